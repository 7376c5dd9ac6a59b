#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every shell script at least parses.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(git ls-files '*.sh' scripts/setup scripts/try .ci/run); do
	sh -n "$f" || bad=1
done
bash -n tests/run || bad=1
[ $bad = 0 ]
