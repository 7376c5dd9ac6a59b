rawtracepoint:sched_switch {
	struct task_struct *t = prev->real_parent;

	t->pid++;
}
