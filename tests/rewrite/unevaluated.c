rawtracepoint:sched_switch {
	int size = sizeof(prev->comm) + sizeof(*prev->mm);
	typeof(prev->pid) pid = prev->pid;

	@[size + offsetof(struct task_struct, pid) - __alignof__(prev->pid)] = sum(pid);
}
