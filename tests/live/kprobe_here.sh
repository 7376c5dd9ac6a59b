#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# kprobe where the kernel has none: verified, then refused with the true cause and an alternative; --check accepts.
. "$(dirname "$0")/../lib.sh"
need_root
[ ! -e /sys/bus/event_source/devices/kprobe ] || skip 'this kernel has kprobes: tests/vm counts them'
status 0 "$B" --norc --check -e 'kprobe:tcp_connect { @[sk->__sk_common.skc_dport]++; }'
status 5 "$B" --norc -d 1 -e 'kprobe:tcp_connect { @[sk->__sk_common.skc_dport]++; }'
contains "$(cat "$W/err")" 'without kprobes'
contains "$(cat "$W/err")" 'rawtracepoint:'
status 0 "$B" --norc --check -e 'kretprobe:tcp_connect { @[retval]++; }'
