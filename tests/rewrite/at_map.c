kretprobe:tcp_v4_connect {
	struct sock *sk = @sock[tid];

	if (sk)
		@daddr[sk->__sk_common.skc_daddr]++;
}

kprobe:tcp_v4_connect {
	@sock[tid] = sk;
}
