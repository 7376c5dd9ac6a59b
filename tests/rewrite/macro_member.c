#define min_t(type, x, y) ({ type __x = (x); type __y = (y); __x < __y ? __x : __y; })
#define F(t, member) ((t)->member)

rawtracepoint:sched_switch {
	@[min_t(int, prev->pid, next->pid), F(prev, tgid), F(F(prev, real_parent), pid)]++;
}
