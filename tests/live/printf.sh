#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# printf, emit and exit in kernel clauses; strings of the traced program; order kept.
. "$(dirname "$0")/../lib.sh"
need_root
status 0 "$B" --norc -q -c "$T open=3" -e 'syscall:openat / pid == target && str(filename) == "/dev/null" / { printf("%s %d %s\n", comm, flags, str(filename)); }'
equal 3 "$(grep -c '^test-target 0 /dev/null$' "$W/out")" lines
status 0 "$B" --norc -q -f json -c "$T open=2" -e 'syscall:openat / pid == target && str(filename) == "/dev/null" / { emit(open, pid, str(filename)); }'
equal 2 "$(json "$W/out" 'len([r for r in rows if r["type"] == "event" and r["event"] == "open"])')" records
contains "$(cat "$W/out")" '/dev/null'
status 9 "$B" --norc -q -e "uprobe:$T:target_func { exit(9); }" -e "interval:100ms { if (0) exit(1); }" -e "!$T call=1"
