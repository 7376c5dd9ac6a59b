rawtracepoint:sched_switch {
	char name[16] = "x";

	__builtin_memcpy(prev->comm, name, sizeof(name));
}
