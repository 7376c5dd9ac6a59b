kprobe:vfs_read {
	const struct path *path = &file->f_path;
	struct inode **inode = &file->f_inode;

	@[path->dentry->d_inode->i_ino]++;
	@inode[(*inode)->i_ino]++;
	@same[*&file->f_flags]++;
}
