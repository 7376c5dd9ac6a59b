#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual is well-formed and has every option that bcsh --help has, and no other.
. "$(dirname "$0")/../lib.sh"
scdoc <"$TESTS/../man/bcsh.1.scd" >"$W/bcsh.1"
mandoc -T lint -W error "$W/bcsh.1" || fail 'mandoc finds errors in the manual'
"$B" --help >"$W/help"
grep -oE -- '--[a-z]+(-[a-z]+)*' "$W/help" | sort -u | grep -v -e '^--usage$' -e '^--help$' -e '^--version$' -e '^--verbose$' -e '^--quiet$' >"$W/has"
sed 's/\\//g' "$TESTS/../man/bcsh.1.scd" | grep -E '^\*-' | grep -oE -- '--[a-z]+(-[a-z]+)*' | sort -u >"$W/says"
diff "$W/has" "$W/says" || fail 'bcsh --help (<) and the manual (>) name different options'
