BPF_HASH(by_pid, int, u64);

tracepoint:sched:sched_switch {
	u64 one = 1;

	by_pid.update(&args->prev_pid, &one);
}

tp_btf:sched_switch {
	u64 *n = by_pid.lookup(&next->pid);

	if (n)
		(*n)++;
}
