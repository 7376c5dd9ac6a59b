/* The kernel's types do not say that vfs_read()'s buffer is the user's; a member can. */
struct request {
	char __user *name;
	u64 size;
};

kprobe:vfs_read {
	struct request r = { buf, count };
	char __user *same = buf;

	@[*r.name, *same, *(char __user *)buf]++;
}
/* oracle: none. An annotation says what the machine does not hold: a user pointer from the kernel. */
