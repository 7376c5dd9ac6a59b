static void find(struct task_struct *t, struct task_struct **leader, int *tgid)
{
	*leader = t->group_leader;
	*tgid = t->tgid;
}

rawtracepoint:sched_switch {
	struct task_struct *leader;
	int tgid;

	find(prev, &leader, &tgid);
	@[leader->pid, tgid]++;
}
