syscall:writev {
	@v[tid] = (struct iovec *)vec;
}

kprobe:vfs_read {
	@v[tid] = (struct iovec *)file;
	@[@v[tid]->iov_len]++;
}
