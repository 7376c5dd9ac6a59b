#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Without the right to load BPF: one line that names the capability, status 6; --rewrite works all the same.
. "$(dirname "$0")/../lib.sh"
need_root
cp -L "$B" "$BUILD/bcsh-worker" "$BUILD/bcsh-handler" "$W/"
chmod -R a+rX "$W"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all env HOME=/ "$@"; }
status 6 as_nobody "$W/bcsh" --norc -d 1 -e 'rawtracepoint:sched_switch { @[prev->comm]++; }'
contains "$(cat "$W/err")" CAP_BPF
equal 1 "$(wc -l <"$W/err")" 'lines of the message'
status 0 as_nobody "$W/bcsh" --norc --rewrite -e 'rawtracepoint:sched_switch { @[prev->comm, prev->pid]++; }'
contains "$(cat "$W/out")" 'BPF_CORE_READ(prev, pid)'
status 0 as_nobody "$W/bcsh" --norc --rewrite -e 'syscall:openat { @[str(filename)]++; }'

# Single capabilities: what each kind needs is said, and is enough.
with() { # CAPABILITIES COMMAND...
	caps=$1
	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="-all,$caps" --inh-caps="-all,$caps" \
		--ambient-caps="-all,$caps" env HOME=/ "$@"
}
cp "$T" "$W/target"
chmod a+rx "$W/target"
bpf=+bpf,+perfmon
run() { status "$1" with "$2" "$W/bcsh" --norc -q -c "$W/target getppid=5 call=5" -e "$3"; }
run 0 $bpf 'rawtracepoint:sys_enter / pid == target && id == 110 / { @++; }'
equal '@: 5' "$(cat "$W/out")"
run 0 $bpf 'tp_btf:sys_enter / pid == target && id == 110 / { @++; }'
equal '@: 5' "$(cat "$W/out")"
run 6 $bpf 'syscall:getppid / pid == target / { @++; }'
contains "$(cat "$W/err")" CAP_DAC_READ_SEARCH
run 0 $bpf,+dac_read_search 'syscall:getppid / pid == target / { @++; }'
equal '@: 5' "$(cat "$W/out")"
run 6 $bpf "uprobe:$W/target:target_func { @++; }"
contains "$(cat "$W/err")" CAP_SYS_ADMIN
run 0 +sys_admin "uprobe:$W/target:target_func / pid == target / { @++; }"
equal '@: 5' "$(cat "$W/out")"
