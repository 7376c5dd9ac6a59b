#define PARENT(t) ((t)->real_parent)
#define IDS(t) ((t)->tgid * 100000 + (t)->pid)
#define skc_addr __sk_common.skc_daddr

rawtracepoint:sched_switch {
	@[PARENT(PARENT(prev))->tgid]++;
	@ids[IDS(next)]++;
}

kprobe:tcp_connect {
	@addr[sk->skc_addr]++;
}
