rawtracepoint:sched_switch {
	int pid = BPF_CORE_READ(prev, real_parent, pid), tgid;
	char name[16];

	bpf_probe_read_kernel(&tgid, sizeof(tgid), &prev->tgid);
	bpf_probe_read_kernel_str(name, sizeof(name), next->comm);
	@[pid, tgid, name]++;
}
