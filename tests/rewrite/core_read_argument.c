rawtracepoint:sched_switch {
	int tgid, pid;

	bpf_core_read(&tgid, sizeof(tgid), &prev->group_leader->real_parent->tgid);
	BPF_CORE_READ_INTO(&pid, prev->group_leader, real_parent, pid);
	@[pid, tgid]++;
}
