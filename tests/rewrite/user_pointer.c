syscall:writev {
	@[vec->iov_len]++;
	@first[*(char *)vec->iov_base]++;
}
