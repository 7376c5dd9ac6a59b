BPF_HASH(currsock, u32, struct sock *);

kprobe:tcp_v4_connect {
	u32 id = tid;

	currsock.update(&id, &sk);
}

kretprobe:tcp_v4_connect {
	u32 id = tid;
	struct sock **skpp = currsock.lookup(&id);

	if (skpp)
		(*skpp)->__sk_common.skc_dport = 0;
}
