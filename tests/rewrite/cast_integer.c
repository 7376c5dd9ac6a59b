kprobe:vfs_read {
	u64 address = (u64)file;
	unsigned long base = address & ~7UL;
	struct file *again = (struct file *)base;

	@[again->f_flags]++;
	@parm[((struct file *)ctx->di)->f_mode]++;
}
