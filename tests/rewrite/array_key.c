rawtracepoint:sched_switch {
	@[prev->comm, next->comm]++;
}
