#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The live tests of kinds that work everywhere, on this kernel: counts and pointers.
. "$(dirname "$0")/../lib.sh"
need_root
for case in count kernel_pointer maps; do
	sh "$TESTS/live/$case.sh" >"$W/live" 2>&1 || fail "live/$case.sh: $(cat "$W/live")"
done
