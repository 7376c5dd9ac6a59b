#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the kernel's verifier refuses is said at the person's line and column, in a sentence, with status 4.
. "$(dirname "$0")/../lib.sh"
need_root
refused() { # PLACE WORDS INPUT
	printf '%b' "$3" >"$W/in.bcsh"
	status 4 "$B" --norc --check "$W/in.bcsh"
	contains "$(cat "$W/err")" "in.bcsh:$1: error:"
	contains "$(cat "$W/err")" "$2"
	contains "$(cat "$W/err")" 'hint:'
}
refused 1:39 loop 'rawtracepoint:sched_switch { for (;;) @++; }\n'
refused 4:6 NULL 'BPF_HASH(h, u32, u64);\nrawtracepoint:sched_switch {\n  u32 k = 1; u64 *v = h.lookup(&k);\n  *v += 1;\n}\n'
# what the code generator refuses is said once, in our words
status 3 "$B" --norc --check -e 'rawtracepoint:sched_switch { struct task_struct t = *prev; @[t.pid]++; }'
equal 1 "$(grep -c 'error: this needs more than the 512 bytes of stack' "$W/err")" "$(cat "$W/err")"
equal 1 "$(grep -c error: "$W/err")" "$(cat "$W/err")"
