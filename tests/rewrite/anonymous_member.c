kprobe:tcp_connect {
	@[sk->__sk_common.skc_portpair]++;
	@family[sk->__sk_common.skc_family, sk->__sk_common.skc_dport]++;
}
