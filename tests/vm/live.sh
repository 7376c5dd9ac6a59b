#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Live tests of what works everywhere, on this kernel: pointers and maps. (loader.sh counts the kinds.)
. "$(dirname "$0")/../lib.sh"
need_root
for case in kernel_pointer maps; do
	sh "$TESTS/live/$case.sh" >"$W/live" 2>&1 || fail "live/$case.sh: $(cat "$W/live")"
done
