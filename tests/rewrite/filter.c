rawtracepoint:sched_switch /prev->pid && next->mm/ {
	@[comm]++;
}
