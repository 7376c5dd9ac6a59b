kprobe:vfs_read {
	const unsigned char *name = file->f_path.dentry->d_name.name;

	@[str(name), name[0]]++;
	@again[str(file->f_path.dentry->d_name.name)]++;
	@task[str(current->comm)]++;
}
