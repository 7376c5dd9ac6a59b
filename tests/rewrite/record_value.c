kprobe:vfs_read {
	struct path parens = (file->f_path);
	const struct path fixed = file->f_path;

	@path[tid] = file->f_path;
	@by_path[file->f_path]++;
	@dentry[parens.dentry->d_inode->i_ino, fixed.dentry->d_inode->i_ino]++;
}
