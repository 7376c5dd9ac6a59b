syscall:writev {
	struct iovec *v = (struct iovec *)vec;

	if (vlen > 3)
		v = (struct iovec *)current->mm;
	@[v->iov_len]++;
}
