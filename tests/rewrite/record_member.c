struct event {
	int pid;
	char comm[16];
	struct path path;
};
BPF_HASH(events, int, struct event);

kprobe:vfs_read {
	struct event e = { .pid = current->pid, .path = file->f_path };
	int k = 0;

	__builtin_memcpy(e.comm, current->comm, sizeof(e.comm));
	events.update(&k, &e);

	struct event *stored = events.lookup(&k);
	if (stored) {
		stored->path = file->f_path;
		@[stored->path.dentry->d_inode->i_ino]++;
	}
}
