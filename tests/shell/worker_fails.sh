#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A snippet that crashes the compiler, hangs it, eats memory, or whose worker is killed: one clear error, and the
# next input works; in a session earlier definitions go on.
. "$(dirname "$0")/../lib.sh"
survives() { # WORDS TEXT: the bad input is refused, the two good ones around it are rewritten
	printf 'rawtracepoint:sched_switch { @a[prev->pid]++; }\n%b\nrawtracepoint:sched_switch { @b[prev->tgid]++; }\n' "$2" >"$W/in"
	got=0
	timeout 60 "$B" --norc --keep-going --rewrite <"$W/in" >"$W/out" 2>"$W/err" || got=$?
	equal 3 $got "status for $1 ($(cat "$W/err"))"
	contains "$(cat "$W/err")" "$1"
	[ "$(grep -c 'error:' "$W/err")" = 1 ] || fail "not one error: $(cat "$W/err")"
	contains "$(cat "$W/out")" '(prev, pid)'
	contains "$(cat "$W/out")" '(prev, tgid)'
}
survives 'crashed' 'rawtracepoint:sched_switch {\n#pragma clang __debug crash\n@++; }'
survives 'too long' 'rawtracepoint:sched_switch {\n#pragma clang __debug overflow_stack\n@++; }'
survives '' "rawtracepoint:sched_switch {\n$(python3 -c '
print("#define M0 x,x,x,x,x,x,x,x,x,x")
for i in range(1, 12): print(f"#define M{i} " + ",".join([f"M{i-1}"] * 10))
print("int a[] = { M11 };")' | sed ':a;N;$!ba;s/\n/\\n/g')\n@++; }"
# killed from outside, in the middle of a request
(printf 'rawtracepoint:sched_switch { @a[prev->pid]++; }\nrawtracepoint:sched_switch {\n#pragma clang __debug overflow_stack\n@++; }\nrawtracepoint:sched_switch { @b[prev->tgid]++; }\n'
) >"$W/in"
"$B" --norc --keep-going --rewrite <"$W/in" >"$W/out" 2>"$W/err" &
shell=$!
sleep 1.2
for worker in $(pgrep -P $shell -x bcsh-worker); do kill -KILL "$worker"; done
got=0
wait $shell || got=$?
equal 3 $got "status after SIGKILL ($(cat "$W/err"))"
contains "$(cat "$W/out")" '(prev, tgid)'
