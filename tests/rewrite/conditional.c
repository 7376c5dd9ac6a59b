rawtracepoint:sched_switch {
	int left = preempt ? prev->pid : next->pid;

	@[left]++;
	@either[(preempt ? prev : next)->tgid]++;
	@default[(prev ?: next)->tgid]++;
}
