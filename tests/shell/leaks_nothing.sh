#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No real file can be read through the compiler: not by #include, not by .incbin.
. "$(dirname "$0")/../lib.sh"
try() {
	printf '%b' "$1" >"$W/in.bcsh"
	"$B" --norc --check "$W/in.bcsh" >"$W/out" 2>"$W/err" && fail "accepted: $1"
	lacks "$(cat "$W/out" "$W/err")" 'root:'
}
try '#include "/etc/passwd"\nrawtracepoint:sched_switch { @++; }\n'
try 'rawtracepoint:sched_switch { asm volatile(".incbin \\"/etc/passwd\\""); @++; }\n'
try '#include </etc/shadow>\nrawtracepoint:sched_switch { @++; }\n'
