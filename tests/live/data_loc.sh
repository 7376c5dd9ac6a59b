#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Text of varying length in a tracepoint's record is read by its field's own name, which is also its column's.
. "$(dirname "$0")/../lib.sh"
need_root
status 0 "$B" --norc -q -f json -c "$T getppid=1" \
	-e 'tracepoint:sched:sched_process_exec / pid == target / { @[str(args->filename)]++; emit(exec, str(args->filename)); }'
equal "$T" "$(json "$W/out" '[r["key"] for r in rows if r["type"] == "map"][0]')" key
equal "$T" "$(json "$W/out" '[r["str(args->filename)"] for r in rows if r["type"] == "event"][0]')" event
