BPF_HASH(names, char[16], u64);

rawtracepoint:sched_switch {
	names.lookup((void *)prev->comm);
}
