rawtracepoint:sched_switch {
	prev->prio = 1;
}
