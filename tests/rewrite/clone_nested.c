static int tgid_of(struct task_struct *t)
{
	return t->tgid;
}

static int twice(struct task_struct *t)
{
	return 2 * tgid_of(t);
}

tp_btf:sched_switch {
	@tracked[twice(prev)]++;
	@chased[twice((struct task_struct *)bpf_get_current_task())]++;
}
