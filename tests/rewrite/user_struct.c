syscall:writev {
	struct iovec one = *vec;

	@[*(char *)one.iov_base, one.iov_len]++;
}
