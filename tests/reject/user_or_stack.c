syscall:writev {
	const struct iovec own = {}, *v = vlen ? vec : &own;

	@[v->iov_len]++;
}
