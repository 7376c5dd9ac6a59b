#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# How a run ends and where its results go: -d, ^C, SIGTERM, -c's status, exit(), -i, -o, formats, --strict, a pipe.
. "$(dirname "$0")/../lib.sh"
need_root
probe="uprobe:$T:target_func { @n[arg0]++; }"
status 0 "$B" --norc -q -d 200ms -e 'BEGIN { @n = 7; }'
equal '@n: 7' "$(cat "$W/out")" 'nothing to wait for'

for signal in INT TERM; do
	"$B" --norc -q -e "$probe" >"$W/out" 2>"$W/err" &
	shell=$!
	sleep 0.7
	"$T" call=3
	kill -$signal $shell
	got=0
	wait $shell || got=$?
	equal 0 $got "status after $signal"
	equal 5 "$(wc -l <"$W/out")" "lines after $signal: $(cat "$W/out" "$W/err")"
done

status 3 "$B" --norc -q -c 'sh -c "exit 3"' -e "$probe"
status 143 "$B" --norc -q -c 'kill -TERM $$' -e "$probe"
status 127 "$B" --norc -q -c '/nonexistent/program' -e "$probe"
status 6 "$B" --norc -q -c "$T call=5" -e "uprobe:$T:target_func { if (arg0 == 4) exit(6); }"

status 0 "$B" --norc -q -f csv -i 100ms -d 350ms -e "$probe" -e "!$T call=2"
[ "$(grep -c '^arg0,value$' "$W/out")" -ge 3 ] || fail "-i printed too little: $(cat "$W/out")"

status 0 "$B" --norc -q -o "$W/file" -f tsv -c "$T call=2" -e "$probe"
equal "$(printf 'arg0\tvalue\n0\t1\n1\t1')" "$(cat "$W/file")" '-o'
[ ! -s "$W/out" ] || fail 'stdout is not empty with -o'
status 2 "$B" --norc -q -o "$W/no/such/place" -e "$probe"

status 0 "$B" --norc -q --strict -c "$T call=2" -e "$probe"
status 7 "$B" --norc -q --strict -c "$T call=2" \
	-e "uprobe:$T:target_func { struct task_struct *t = (void *)arg0; @[t->tgid]++; }"
contains "$(cat "$W/err")" 'faults'

# a pipe runs its inputs one by one and is over at its end
printf 'uprobe:%s:target_func { @n[arg0]++; }\n!%s call=1\n@n\n:clear @n\n' "$T" "$T" >"$W/in"
status 0 sh -c "'$B' --norc -q <'$W/in'"
contains "$(cat "$W/out")" 'arg0 value'
# a run ends when nobody reads it any more, one with -c when its command does
{
	got=0
	timeout 5 "$B" --norc -q -e 'interval:50ms { printf("tick\n"); }' 2>"$W/err" || got=$?
	echo $got >"$W/status"
} | head -n 1 >"$W/out"
equal 'tick 0' "$(cat "$W/out" "$W/status" | xargs)" 'a closed pipe'
status 1 timeout 5 "$B" --norc -q -o /dev/full -e 'interval:50ms { printf("tick\n"); }'
contains "$(cat "$W/err")" 'No space left'

# with --timing each input says where its time went
status 0 "$B" --norc --timing -c "$T call=1" -e "$probe"
for word in parse types infer compile load attach; do contains "$(cat "$W/err")" "$word "; done
