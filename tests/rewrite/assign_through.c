rawtracepoint:sched_switch {
	struct task_struct *a = prev, *b;

	b = a;
	if (b->tgid)
		b = b->group_leader;
	@[b->tgid]++;
}
