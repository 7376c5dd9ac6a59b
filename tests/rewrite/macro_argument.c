#define MAX(a, b) ((a) > (b) ? (a) : (b))

rawtracepoint:sched_switch {
	@[MAX(prev->prio, next->prio)]++;
}
