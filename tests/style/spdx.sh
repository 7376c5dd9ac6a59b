#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every source file names its licence in its first three lines and says what it is.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(git ls-files '*.c' '*.h' '*.cc' '*.sh' 'scripts/*' 'tests/run' | grep -v -e '^tests/re[wj]' -e '\.bcsh$'); do
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || { echo "$f: no SPDX line"; bad=1; }
done
[ $bad = 0 ]
