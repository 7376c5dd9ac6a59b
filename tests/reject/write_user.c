syscall:openat {
	*(char *)filename = 0;
}
