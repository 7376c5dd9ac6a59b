#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Kernel pointers are dereferenced rightly on live events: names, parents, chains, in filters and keys.
. "$(dirname "$0")/../lib.sh"
need_root
status 0 "$B" --norc -q -f json -c "$T getppid=5" -e 'tracepoint:syscalls:sys_enter_getppid / pid == target / {
	@self[current->comm, current->tgid]++;
	@parent[current->real_parent->tgid, current->real_parent->comm]++;
}'
equal "test-target" "$(json "$W/out" '[r["key"] for r in rows if r["map"] == "self"][0]["current->comm"]')" comm
equal 5 "$(json "$W/out" '[r["value"] for r in rows if r["map"] == "self"][0]')" count
equal bcsh "$(json "$W/out" '[r["key"] for r in rows if r["map"] == "parent"][0]["current->real_parent->comm"]')" parent
status 0 "$B" --norc -q -f json -c "$T fork=3" -e 'rawtracepoint:sched_process_fork / parent->tgid == target / { @[child->real_parent->comm]++; }'
equal 3 "$(json "$W/out" 'sum(r["value"] for r in rows)')" forks
equal test-target "$(json "$W/out" 'rows[0]["key"]')" 'the parent'
