/* One load cannot serve a tracked pointer and another: both are read. */
tp_btf:sched_switch {
	struct task_struct *t = preempt ? prev : (struct task_struct *)bpf_get_current_task();
	struct task_struct *up = prev;

	for (int i = 0; i < 4; i++)
		up = up->real_parent;
	@[t->pid, up->pid]++;
}
