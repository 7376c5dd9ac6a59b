kprobe:tcp_connect {
	sk->sk_destruct(sk);
}
