/* 'task' is a kernel pointer in pid_of(), a local struct in the second probe. */
static int pid_of(struct task_struct *task)
{
	return task->tgid;
}

rawtracepoint:sched_switch {
	@[pid_of(next)]++;
}

struct item {
	int tgid;
};

rawtracepoint:sched_wakeup {
	struct item item = { .tgid = 7 }, *task = &item;

	@local[task->tgid]++;
}
