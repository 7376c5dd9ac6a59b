#define my_container_of(ptr, type, member) ({			\
	const typeof(((type *)0)->member) *__mptr = (ptr);	\
	(type *)((char *)__mptr - offsetof(type, member));	\
})

rawtracepoint:sched_switch {
	struct task_struct *t = my_container_of(&prev->se, struct task_struct, se);

	@[t->pid, my_container_of(prev->children.next, struct task_struct, sibling)->pid]++;
}
