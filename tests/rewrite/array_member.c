rawtracepoint:sched_switch {
	char *name = prev->comm;
	int i = 1;

	@[prev->comm[0], prev->comm[i], name[2]]++;
	@limit[prev->signal->rlim[3].rlim_cur]++;
	@index[prev->comm[prev->pid & 7]]++;
}
