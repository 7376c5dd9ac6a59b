static u64 length(struct iovec *v)
{
	return v->iov_len;
}

syscall:writev {
	@user[length((struct iovec *)vec)]++;
}

kprobe:vfs_iter_write {
	@kernel[length((struct iovec *)iter->__iov)]++;
}
