rawtracepoint:sys_enter {
	struct iovec __user *vec = (struct iovec *)regs->si;

	if (id == 20)
		@[vec->iov_len]++;
	@cast[((struct iovec __user *)regs->si)->iov_len]++;
}
/* oracle: none. An annotation says what the machine's memory does not hold: a user pointer in kernel memory. */
