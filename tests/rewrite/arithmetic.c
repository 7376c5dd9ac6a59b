rawtracepoint:sched_switch {
	char *name = prev->comm;
	int *where = (int *)((char *)prev + offsetof(struct task_struct, pid));

	name += 1;
	@[name[0], *(name + 1)]++;
	@pid[*where]++;
}
