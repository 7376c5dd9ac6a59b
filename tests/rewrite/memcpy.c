rawtracepoint:sched_switch {
	char name[16];

	__builtin_memcpy(name, prev->comm, sizeof(name));
	@[name]++;
}
