#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A file includes only its own floor or one below; rewriter/ and loader/ do not include each other.
cd "$(dirname "$0")/../.." || exit 1
bad=0
climbs() { # FLOOR FORBIDDEN
	found=$(git ls-files "$1" | grep '\.\(c\|h\|cc\)$' | grep -v '^loader/worker_main.c$' |
		xargs -r grep -nE "#include \"($2)/")
	[ -z "$found" ] || { echo "$found"; bad=1; }
}
climbs lib/base 'kernel|rewriter|loader|shell'
climbs lib/kernel 'rewriter|loader|shell'
climbs rewriter 'loader|shell'
climbs loader 'rewriter|shell'
found=$(git grep -nE '#include .*clang-c/' -- 'rewriter/*.[ch]' | grep -v '^rewriter/tu')
[ -z "$found" ] || { echo "clang-c outside rewriter/tu*: $found"; bad=1; }
[ $bad = 0 ]
