rawtracepoint:sched_switch {
	unsigned long *words = (unsigned long *)prev;
	char (*name)[16] = &prev->comm;

	@words[words[0], *(words + 2), words[prev->pid & 3]]++;
	@name[(*name)[1], (prev->comm)[2], *(&prev->comm[3]), prev->comm [ 4 ]]++;
}
