#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Scripts without privilege: NAME.bcsh under --rewrite must give NAME.out (what it prints, what it says, its status).
# "# options: ..." on the first line adds options. BLESS=1 rewrites; a missing .out is written and fails.
. "$(dirname "$0")/../lib.sh"
cd "$(dirname "$0")"
bad=0
for script in *.bcsh; do
	want=${script%.bcsh}.out
	options=$(sed -n '1,2s,^// options: ,,p' "$script")
	got=0
	# shellcheck disable=SC2086 # several words
	"$B" --norc --rewrite $options "$script" >"$W/out" 2>"$W/err" </dev/null || got=$?
	{
		cat "$W/out"
		[ ! -s "$W/err" ] || sed 's/^/! /' "$W/err"
		echo "status $got"
	} >"$W/got"
	if [ -n "${BLESS-}" ] || [ ! -e "$want" ]; then
		cp "$W/got" "$want"
		[ -n "${BLESS-}" ] || { echo "$want was missing and is written now"; bad=1; }
	elif ! diff -u "$want" "$W/got"; then
		bad=1
	fi
done
[ $bad = 0 ] || fail 'see above'
