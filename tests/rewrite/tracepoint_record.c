tracepoint:sched:sched_switch {
	@[args->prev_pid, args->prev_comm]++;
}
