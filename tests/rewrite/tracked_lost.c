struct mine {
	u64 word;
};

tp_btf:sched_switch {
	int i = bpf_get_smp_processor_id() & 7;
	struct task_struct *next_one = prev + 1;

	@[prev->comm[i]]++;
	@cast[((struct mine *)prev)->word]++;
	@past[next_one->pid]++;
	@task[tid] = prev;
}

tp_btf:sched_wakeup {
	struct task_struct *t = @task[tid];

	if (t)
		@later[t->pid]++;
}
