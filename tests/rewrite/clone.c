struct pair {
	u64 a, b;
};

static u64 first(struct path *p)
{
	return (u64)p->mnt;
}

kprobe:path_put {
	struct path local = *path;

	@kernel[first((struct path *)path)]++;
	@local[first(&local)]++;
}
