#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every bad input gives one clear error with its place, the right exit status, and no output on stdout.
. "$(dirname "$0")/../lib.sh"
# refused STATUS WORDS INPUT...
refused() {
	printf "$3" >"$W/in.bcsh"
	status "$1" "$B" --norc --rewrite "$W/in.bcsh"
	contains "$(cat "$W/err")" "$2" "message for '$3'"
	[ "$(grep -c 'error:' "$W/err")" = 1 ] || fail "not one error for '$3': $(cat "$W/err")"
	[ ! -s "$W/out" ] || fail "output for '$3': $(cat "$W/out")"
}
refused 3 "in.bcsh:1:28: error: unclosed '{'" 'rawtracepoint:sched_switch { @++; '
refused 3 'string' 'int f(void) { return "abc; }\n'
refused 3 'empty' 'rawtracepoint:sched_switch { }\n'
refused 3 "'}'" '}\n'
refused 5 'sched_switch' 'rawtracepoint:sched_swich { @++; }\n'
refused 5 'sched_switch' 'tracepoint:sched:sched_swicth { @++; }\n'
refused 5 "'tcp_connect'" 'kprobe:tcp_connectt { @++; }\n'
refused 5 "'getpid'" 'syscall:getpidp { @++; }\n'
refused 3 "task_strukt" 'rawtracepoint:sched_switch { struct task_strukt *t = (void *)prev; @[t->pid]++; }\n'
refused 3 "no member named 'pidd'" 'rawtracepoint:sched_switch { @[prev->pidd]++; }\n'
refused 3 'in.bcsh:2:' 'rawtracepoint:sched_switch {\n  @[nosuch]++;\n}\n'
refused 3 'NUL' 'rawtracepoint:sched_switch { \0 @++; }\n'
refused 5 'nosuchkind' 'nosuchkind:sched_switch { @++; }\n'

head -c 1048576 /dev/urandom | tr -d '\0' >"$W/garbage.bcsh"
status 3 timeout 20 "$B" --norc --rewrite "$W/garbage.bcsh"
[ "$(grep -c 'error:' "$W/err")" = 1 ] || fail "garbage: $(head -c 500 "$W/err")"
yes '((((((((' | head -c 1048576 >"$W/brackets.bcsh"
status 3 timeout 20 "$B" --norc --rewrite "$W/brackets.bcsh"
status 2 "$B" --norc --nosuchoption
status 2 "$B" --norc "$W/nosuchfile.bcsh"
