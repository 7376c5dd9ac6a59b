syscall:openat {
	@[str(filename)]++;
}
