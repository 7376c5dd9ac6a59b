kprobe:vfs_read {
	struct path path = file->f_path;
	struct qstr name;

	name = path.dentry->d_name;
	@[name.len]++;
}
