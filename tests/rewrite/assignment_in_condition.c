rawtracepoint:sched_switch {
	struct task_struct *p;
	int n = 0;

	if (!(p = prev->real_parent))
		return;
	while ((p = p->real_parent)->pid > 1 && n++ < 4)
		;
	@[p->pid, (p, next)->prio]++;
}
