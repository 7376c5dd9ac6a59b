rawtracepoint:sched_process_exit {
	printf("%d %s from %d\n", p->pid, p->comm, p->real_parent->tgid);
}
