rawtracepoint:sched_switch {
	prev->comm[0] = 'x';
}
