struct both {
	struct task_struct *from, *to;
	int n;
};

rawtracepoint:sched_switch {
	struct both b = { .from = prev, .to = next, .n = 1 };
	struct both c = b;

	@[b.from->pid, c.to->pid] += c.n;
	@leader[c.from->group_leader->tgid]++;
}
