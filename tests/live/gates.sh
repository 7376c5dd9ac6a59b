#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What an input costs, in things that no busy machine can change: at most two forks, and no reading of the
# kernel's BTF after the start. One bcsh watches another.
. "$(dirname "$0")/../lib.sh"
need_root
inputs=6
mkfifo "$W/in"
"$B" --norc -q <"$W/in" >"$W/out" 2>"$W/err" &
shell=$!
exec 9>"$W/in"
step() { # sends an input and waits until the one after it has printed
	printf '%s\n!echo done %s\n' "$1" "$2" >&9
	for _ in $(seq 100); do
		! grep -q "^done $2\$" "$W/out" || return 0
		sleep 0.1
	done
	fail "no answer to '$1': $(cat "$W/out" "$W/err")"
}
step 'rawtracepoint:sched_switch / prev->pid == 1 / { @a[prev->comm]++; }' start
cat >"$W/watch.bcsh" <<END
rawtracepoint:sched_process_fork / (parent->tgid == $shell || parent->real_parent->tgid == $shell) && comm != "sh" / {
	@forks[parent->comm]++;
}
syscall:openat / (pid == $shell || current->real_parent->tgid == $shell) && str(filename) == "/sys/kernel/btf/vmlinux" / {
	@btf++;
}
BEGIN { printf("ready\n"); }
END
"$B" --norc -q -f json -c "sh -c 'while [ ! -e $W/stop ]; do sleep 0.1; done'" "$W/watch.bcsh" >"$W/seen" 2>"$W/watch_err" &
watcher=$!
for _ in $(seq 100); do
	! grep -q ready "$W/seen" || break
	sleep 0.1
done
for i in $(seq $inputs); do
	step "rawtracepoint:sched_switch / prev->pid == $i / { @b$i[prev->tgid]++; }" "$i"
done
: >"$W/stop"
wait $watcher || fail "the watcher failed: $(cat "$W/watch_err")"
exec 9>&-
wait $shell || fail "the shell failed: $(cat "$W/err")"
# each step also forks once for its !echo
forks=$(json "$W/seen" "sum(r['value'] for r in rows if r.get('map') == 'forks') - $inputs")
[ "$forks" -ge $inputs ] || fail "only $forks forks were seen: $(cat "$W/seen")"
[ "$forks" -le $((2 * inputs)) ] || fail "$forks forks for $inputs inputs: $(cat "$W/seen")"
equal 0 "$(json "$W/seen" "sum(r['value'] for r in rows if r.get('map') == 'btf')")" 'readings of BTF'
