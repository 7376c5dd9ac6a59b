typedef struct task_struct task_t;

static inline task_t *pick(task_t *a, task_t *b, int which)
{
	return which ? a : b;
}

rawtracepoint:sched_switch {
	@[pick(prev, next, preempt)->pid, pick(prev, next, 0)->real_parent->pid]++;
}
