rawtracepoint:sched_switch {
	int pid = BPF_CORE_READ(prev->real_parent, pid), tgid;

	bpf_probe_read_kernel(&tgid, sizeof(tgid), &prev->group_leader->tgid);
	@[pid, tgid]++;
}
