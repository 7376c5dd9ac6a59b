#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is parsed and cannot run yet is refused, rather than attached in silence.
. "$(dirname "$0")/../lib.sh"
need_root
status 5 "$B" --norc -q -d 1 -e 'event:open { printf("x"); }'
contains "$(cat "$W/err")" 'not supported yet'
status 5 "$B" --norc -q -d 1 -e 'iter:task { @++; }'
contains "$(cat "$W/err")" 'not run yet'
status 0 "$B" --norc -q --check -e 'iter:task { if (task) @[task->tgid]++; }'
# -c with shell syntax: the target is the shell, and -v says so
status 0 "$B" --norc -v -c "$T call=1; :" -e "uprobe:$T:target_func { @++; }"
contains "$(cat "$W/err")" "sees the shell that runs -c's command"
