rawtracepoint:sched_switch {
	prev->prio = 1;
	next->prio = 2;
}
