rawtracepoint:sched_switch {
	switch (prev->__state) {
	case 0:
		@running[prev->tgid]++;
		break;
	default:
		@blocked[prev->tgid] = count();
	}
	while (next->exit_code)
		break;
}
