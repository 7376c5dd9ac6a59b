struct task_struct *last;

rawtracepoint:sched_switch {
	if (last)
		@[last->tgid]++;
	last = next;
}
