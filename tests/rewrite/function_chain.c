static struct task_struct *leader(struct task_struct *t)
{
	return t->group_leader;
}

static int parent_of(struct task_struct *t)
{
	return leader(t)->real_parent->tgid;
}

rawtracepoint:sched_process_fork {
	@[parent_of(parent), parent_of(child)]++;
}
