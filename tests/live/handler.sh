#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# User-side clauses and expressions; a crash there is an error at the person's line and the session goes on.
. "$(dirname "$0")/../lib.sh"
need_root
status 0 "$B" --norc -q -e 'BEGIN { printf("begin %.1f\n", 1.5); }' -e 'END { printf("end\n"); }' -c "$T getppid=1" \
	-e 'syscall:getppid / pid == target / { @n++; }'
equal 'begin 1.5' "$(head -n 1 "$W/out")"
contains "$(cat "$W/out")" end
printf 'sizeof(struct task_struct)\n1 + 2 * 3\n"text"\n1 / 4.0\nhtonl(1)\n' >"$W/in"
status 0 sh -c "'$B' --norc -q <'$W/in'"
contains "$(cat "$W/out")" 7
contains "$(cat "$W/out")" 0.25
contains "$(cat "$W/out")" 16777216
contains "$(cat "$W/out")" unsigned
printf '*(int *)0\n6 * 7\n' >"$W/in"
got=0
"$B" --norc -q --keep-going <"$W/in" >"$W/out" 2>"$W/err" || got=$?
equal 1 $got status
contains "$(cat "$W/err")" '1:1: error:'
contains "$(cat "$W/out")" 42
status 5 "$B" --norc -q -d 5 -e 'interval:50ms { static int n; if (++n == 3) exit(5); }'
