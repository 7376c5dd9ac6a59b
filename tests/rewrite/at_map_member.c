kprobe:tcp_v4_connect {
	@sock[tid] = sk;
}

kretprobe:tcp_v4_connect {
	if (has(@sock[tid]))
		@daddr[@sock[tid]->__sk_common.skc_daddr]++;
}
