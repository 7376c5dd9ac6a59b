kprobe:vfs_read {
	struct file *f = (struct file *)arg0;

	@[f->f_flags, ((struct file *)arg0)->f_mode]++;
}
