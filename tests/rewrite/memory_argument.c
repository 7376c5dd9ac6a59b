BPF_HASH(by_pid, int, u64);

rawtracepoint:sched_switch {
	u64 one = 1, *n;

	n = by_pid.lookup(&prev->pid);
	if (n)
		(*n)++;
	else
		by_pid.update(&prev->pid, &one);
	by_pid.increment(next->pid);
}
