struct argument {
	struct path *path;
	u64 n;
};

static long count(u32 i, struct argument *a)
{
	a->n += a->path->mnt != 0;
	return 0;
}

kprobe:path_put {
	struct path own = {};
	struct argument here = { .path = &own }, there = { .path = (struct path *)path };

	bpf_loop(2, count, &here, 0);
	bpf_loop(2, count, &there, 0);
	@[here.n, there.n]++;
}
