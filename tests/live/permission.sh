#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Without the right to load BPF: one line that names the capability, status 6; --rewrite works all the same.
. "$(dirname "$0")/../lib.sh"
need_root
cp -r "$B" "$BUILD/bcsh-worker" "$BUILD/bcsh-handler" "$W/"
chmod -R a+rX "$W"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all env HOME=/ "$@"; }
status 6 as_nobody "$W/bcsh" --norc -d 1 -e 'rawtracepoint:sched_switch { @[prev->comm]++; }'
contains "$(cat "$W/err")" CAP_BPF
equal 1 "$(wc -l <"$W/err")" 'lines of the message'
status 0 as_nobody "$W/bcsh" --norc --rewrite -e 'rawtracepoint:sched_switch { @[prev->comm, prev->pid]++; }'
contains "$(cat "$W/out")" 'BPF_CORE_READ(prev, pid)'
status 0 as_nobody "$W/bcsh" --norc --rewrite -e 'syscall:openat { @[str(filename)]++; }'
