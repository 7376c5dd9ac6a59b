#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each kind that attaches on this kernel counts exactly what the target does.
. "$(dirname "$0")/../lib.sh"
need_root
n=100
count() { # WHAT WANT CLAUSE EVENTS
	status 0 "$B" --norc -q -f json -c "$T $4" -e "$3"
	equal "$2" "$(json "$W/out" 'sum(r["value"] for r in rows if r["type"] == "map")')" "$1"
}
count syscall $n 'syscall:getppid / pid == target / { @n++; }' getppid=$n
count sysret $n 'sysret:getppid / pid == target && retval > 0 / { @n++; }' getppid=$n
count tracepoint $n 'tracepoint:syscalls:sys_enter_getppid / pid == target / { @n++; }' getppid=$n
count tp_btf $n 'tp_btf:sys_enter / pid == target && id == 110 / { @n++; }' getppid=$n
count rawtracepoint $n 'rawtracepoint:sys_enter / pid == target && id == 110 / { @n++; }' getppid=$n
count uprobe $n "uprobe:$T:target_func / pid == target / { @n++; }" call=$n
count 'uprobe argument' 4950 "uprobe:$T:target_func / pid == target / { @n += arg0; }" call=$n
count 'uretprobe retval' 9900 "uretprobe:$T:target_func / pid == target / { @n += retval; }" call=$n
count forks 7 'rawtracepoint:sched_process_fork / pid == target / { @n++; }' fork=7
count 'two clauses, one map' $((n + 7)) "uprobe:$T:target_func / pid == target / { @n++; }
rawtracepoint:sched_process_fork / pid == target / { @n++; }" "call=$n fork=7"
