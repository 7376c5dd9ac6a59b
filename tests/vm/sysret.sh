#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arguments of a system call, saved at its entry, at its end: on this kernel.
. "$(dirname "$0")/../lib.sh"
need_root
status 0 "$B" --norc -q --strict -c "$T noent=3 write=10" \
	-e 'sysret:openat / pid == target && retval < 0 / { printf("%d %s\n", retval, str(filename)); }' \
	-e 'sysret:write / pid == target && fd > 2 / { @n += count; }'
equal '-2 /nonexistent/target-0
-2 /nonexistent/target-1
-2 /nonexistent/target-2
@n: 45' "$(cat "$W/out")"
