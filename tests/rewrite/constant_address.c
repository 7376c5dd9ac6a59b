rawtracepoint:sched_switch {
	@[*(u8 *)0xffffffff81000000]++;
}
