rawtracepoint:sys_enter {
	struct iovec __user *vec = (struct iovec *)regs->si;

	if (id == 20)
		@[vec->iov_len]++;
	@cast[((struct iovec __user *)regs->si)->iov_len]++;
}
