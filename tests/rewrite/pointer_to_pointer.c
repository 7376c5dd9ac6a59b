kprobe:tcp_connect {
	void *place, **ptr = &place;

	*ptr = sk;
	@[((struct sock *)(*ptr))->__sk_common.skc_daddr]++;
}
