// ntohs() and its like are there without any header; a person's own comes first.
static u32 ntohl(u32 x) { return x; }
kprobe:tcp_connect {
	@[ntohs(sk->__sk_common.skc_dport), bpf_ntohl(sk->sk_daddr), ntohl(sk->sk_rcv_saddr)]++;
}
