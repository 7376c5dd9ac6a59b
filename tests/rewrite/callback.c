struct walk {
	struct task_struct *task;
	u64 depth;
};

static long up(u32 i, struct walk *w)
{
	if (w->task->tgid <= 1)
		return 1;
	w->task = w->task->real_parent;
	w->depth++;
	return 0;
}

rawtracepoint:sched_switch {
	struct walk w = { .task = prev };

	bpf_loop(16, up, &w, 0);
	@depth = hist(w.depth);
}
