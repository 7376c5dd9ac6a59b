rawtracepoint:sched_switch {
	if (prev->comm == "bash" && next->comm != prev->comm)
		@[next->pid]++;
}
