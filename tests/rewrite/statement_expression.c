rawtracepoint:sched_switch {
	int id = ({ struct task_struct *t = next->group_leader; t->pid; });
	struct task_struct *both[2] = { prev, next };

	@[id, both[0]->tgid, both[id & 1]->group_leader->tgid]++;
}
