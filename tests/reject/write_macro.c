#define SET(t, v) ((t)->exit_code = (v))

rawtracepoint:sched_switch {
	SET(prev, 3);
}
