rawtracepoint:sched_switch {
	struct task_struct *p = (struct task_struct *)args[1];

	@[p->pid, ((struct task_struct *)args[2])->pid]++;
}
