rawtracepoint:sched_switch {
	u64 address = (u64)prev;
	void *any = next;
	long distance = (char *)&prev->pid - (char *)prev;
	bool same = prev->mm == next->mm;

	address += offsetof(struct task_struct, pid);
	@pid[*(int *)address, *(u32 *)((u64)prev + 16)]++;
	@any[((struct task_struct *)any)->pid, distance, same]++;
	@unary[!prev->mm, -prev->prio, ~prev->flags, prev->pid ?: 7]++;
}
