rawtracepoint:sched_switch {
	u64 number = nsecs;

	@[((struct task_struct *)number)->pid]++;
}
