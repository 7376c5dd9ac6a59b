#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A .c file has at most 500 lines, a line at most 120 columns, a function at most 60 lines; tables may be long.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(git ls-files '*.c' '*.h' '*.cc'); do
	n=$(wc -l <"$f")
	grep -q 'one row' "$f" || [ "$n" -le 500 ] || { echo "$f: $n lines"; bad=1; }
done
for f in $(git ls-files 'lib/*.c' 'rewriter/*.c' 'loader/*.c' 'shell/*.c' 'tests/*.c'); do
	awk -v f="$f" '/^[a-zA-Z_].*[^;]$/ && !/^(struct|static const|const|enum|typedef|extern|union)/ { start = NR }
		length($0) > 130 { print f ":" NR ": line of " length($0); bad = 1 }
		/^}$/ { if (start && NR - start > 62) { print f ":" start ": function of " NR - start " lines"; bad = 1 } start = 0 }
		END { exit bad }' "$f" || bad=1
done
[ $bad = 0 ]
