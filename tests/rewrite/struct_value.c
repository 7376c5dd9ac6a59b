struct saved {
	struct file *file;
	u64 when;
};
BPF_HASH(reads, u32, struct saved);

kprobe:vfs_read {
	u32 id = tid;
	struct saved s = { file, nsecs };

	reads.update(&id, &s);
}

kretprobe:vfs_read {
	u32 id = tid;
	struct saved *s = reads.lookup(&id);

	if (s)
		@ns[s->file->f_inode->i_ino] = sum(nsecs - s->when);
}
