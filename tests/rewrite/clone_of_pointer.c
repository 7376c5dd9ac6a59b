/* What the argument points to differs, not the argument: both are on the stack. */
static int first(struct task_struct **list)
{
	return list[0]->pid;
}

tp_btf:sched_switch {
	struct task_struct *tracked[1] = { prev };
	struct task_struct *chased[1] = { (struct task_struct *)bpf_get_current_task() };

	@[first(tracked), first(chased)]++;
}
