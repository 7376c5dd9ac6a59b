kprobe:tcp_connect {
	@daddr[sk->__sk_common.skc_daddr]++;
}
