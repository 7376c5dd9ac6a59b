kprobe:tcp_connect {
	@[sk->__sk_common.skc_reuseport, sk->__sk_common.skc_ipv6only]++;
}

rawtracepoint:sched_switch {
	@io[prev->real_parent->in_iowait]++;
}
