kprobe:vfs_read {
	@file[tid] = (u64)file;
}

kretprobe:vfs_read {
	struct file *f = (struct file *)@file[tid];

	if (f)
		@[f->f_flags]++;
	delete(@file[tid]);
}
