rawtracepoint:sched_switch {
	struct task_struct *t = prev;
	int depth = 0;

	for (int i = 0; i < 8 && t->tgid > 1; i++) {
		t = t->real_parent;
		depth++;
	}
	@depth = hist(depth);
}
