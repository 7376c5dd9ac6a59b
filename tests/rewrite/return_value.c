kretprobe:filp_close {
	@status[(int)retval]++;
}

kretprobe:alloc_empty_file {
	struct file *f = (struct file *)retval;

	@flags[f->f_flags]++;
}
