rawtracepoint:sched_switch {
	struct list_head *first = prev->children.next;
	struct task_struct *child = container_of(first, struct task_struct, sibling);

	if (first != &prev->children)
		@[child->pid, child->real_parent->pid]++;
}
