tp_btf:sched_switch {
	prev->prio += 1;
}
