rawtracepoint:sched_switch {
	@[prev->pid]++;
}
