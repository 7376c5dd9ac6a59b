struct head {
	u64 flags;
	struct head *next;
};

rawtracepoint:sched_switch {
	struct head *h = (struct head *)prev;

	@[h->flags & 1, h->next->flags & 1]++;
}
