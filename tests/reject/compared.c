rawtracepoint:sched_switch {
	if (!__builtin_memcmp(prev->comm, "bash", 5))
		@[prev->pid]++;
}
