#define for_parents(t, p) for (struct task_struct *p = (t); p->pid > 1; p = p->real_parent)

rawtracepoint:sched_switch {
	int n = 0;

	for_parents(prev, q)
		if (n++ > 5)
			break;
	@[n]++;
}
