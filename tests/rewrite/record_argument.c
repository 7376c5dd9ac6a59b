struct pair {
	struct task_struct *a, *b;
};

static struct pair make(struct task_struct *a, struct task_struct *b)
{
	struct pair p = { a, b };

	return p;
}

static int second(struct pair p)
{
	return p.b->tgid;
}

rawtracepoint:sched_switch {
	struct pair p = make(prev, next);
	u64 copy;

	__builtin_memcpy(&copy, &p.a, sizeof(copy));
	@[make(next, prev).a->pid, second(p), ((struct task_struct *)copy)->prio]++;
}
