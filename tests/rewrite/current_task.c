rawtracepoint:sched_switch {
	struct task_struct *t = (struct task_struct *)bpf_get_current_task();

	@[t->real_parent->tgid]++;
}
