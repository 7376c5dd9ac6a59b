static struct inode *inode_of(struct file *f)
{
	return f->f_inode;
}

kprobe:vfs_read {
	@[inode_of(file)->i_sb->s_dev, inode_of(file)->i_ino]++;
}
