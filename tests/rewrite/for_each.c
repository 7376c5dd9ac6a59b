BPF_HASH(tasks, int, struct task_struct *, 64);

struct total {
	u64 prio;
	struct task_struct *than;
};

static long add(void *map, int *pid, struct task_struct **task, struct total *t)
{
	if (*task != t->than)
		t->prio += (*task)->prio;
	return 0;
}

rawtracepoint:sched_switch {
	struct total t = { .than = prev };
	int pid = next->pid;

	tasks.update(&pid, &next);
	bpf_for_each_map_elem(&tasks, add, &t, 0);
	@ = max(t.prio - t.than->prio);
}
