kprobe:vfs_read {
	struct inode *inode = file->f_inode;
	struct socket_alloc *alloc = container_of(inode, struct socket_alloc, vfs_inode);

	@[alloc->socket.type]++;
}
