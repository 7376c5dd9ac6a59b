tp_btf:sched_switch {
	@[prev->pid, prev->real_parent->tgid, prev->comm]++;
}
