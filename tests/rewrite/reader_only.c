/* Nothing stores here yet: what comes out of a map cannot be loaded from directly. */
BPF_HASH(currsock, u32, struct sock *);

kretprobe:tcp_v4_connect {
	u32 id = tid;
	struct sock **skpp = currsock.lookup(&id);

	if (skpp)
		@daddr[(*skpp)->__sk_common.skc_daddr]++;
}
/* oracle: none. No probe here fills the map, so that nothing is read. */
