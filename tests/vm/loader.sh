#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The loader's unit tests on this kernel: every kind attached and counted, maps, events, refusals.
. "$(dirname "$0")/../lib.sh"
need_root
export EMULATED=1
for test in map load event attach; do
	"$BUILD/tests/loader_$test" >"$W/out" 2>&1 || fail "loader_$test: $(cat "$W/out")"
done
