BPF_HASH(names, char[16], u64);

tracepoint:sched:sched_switch {
	names.lookup(&args->prev_comm);
}
