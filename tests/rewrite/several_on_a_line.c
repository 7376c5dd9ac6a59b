rawtracepoint:sched_switch { if (prev->pid && next->pid) @[prev->pid - next->pid] = sum(prev->prio + next->prio); }
