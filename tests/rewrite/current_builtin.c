rawtracepoint:sched_switch {
	@[current->real_parent->tgid] = count();
}
