kprobe:vfs_read {
	@[file->f_inode->i_sb->s_dev]++;
	@names[(*(file->f_inode)).i_ino]++;
}
