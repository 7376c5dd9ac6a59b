rawtracepoint:sched_switch {
	__sync_fetch_and_add(&prev->exit_code, 1);
}
