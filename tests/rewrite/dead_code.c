rawtracepoint:sched_switch {
	if (0)
		@[prev->pid]++;
	(void)next->pid;
}
