static void reset(struct task_struct *t)
{
	t->exit_code = 0;
}

rawtracepoint:sched_switch {
	reset(prev);
}
