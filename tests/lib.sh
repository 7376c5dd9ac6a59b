# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by test cases (POSIX sh). A case ends with 0: passed, 77: skipped (its last line says why),
# anything else: failed. BUILD is the build directory; B bcsh; T the target program.
set -eu
TESTS=$(cd "$(dirname "$0")/.." && pwd)
BUILD=${BUILD:-$TESTS/../build}
BUILD=$(cd "$BUILD" && pwd)
B=$BUILD/bcsh
# shellcheck disable=SC2034 # for the cases
T=${TARGET_BUILD:-$BUILD}/tests/test-target
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
export HOME="$W" XDG_STATE_HOME="$W" XDG_CONFIG_HOME="$W" NO_COLOR=1 LC_ALL=C.UTF-8

fail() {
	printf '%s\n' "FAILED: $*"
	exit 1
}
skip() {
	printf '%s\n' "$*"
	exit 77
}
need_root() { [ "$(id -u)" = 0 ] || skip 'needs root'; }
# equal WANT GOT [WHAT]
equal() { [ "$1" = "$2" ] || fail "${3-value}: wanted '$1', got '$2'"; }
# contains TEXT WORDS [WHAT]
contains() {
	case $1 in *"$2"*) ;; *) fail "${3-output} lacks '$2': $1" ;; esac
}
lacks() {
	case $1 in *"$2"*) fail "${3-output} has '$2': $1" ;; *) ;; esac
}
# status WANT COMMAND...: runs it with stdout in $W/out and stderr in $W/err
status() {
	status_want=$1 status_got=0
	shift
	"$@" >"$W/out" 2>"$W/err" </dev/null || status_got=$?
	[ "$status_want" = "$status_got" ] ||
		fail "exit status $status_got, wanted $status_want: $* -- $(cat "$W/out" "$W/err")"
}
# json FILE EXPR: a Python expression over `rows` (the JSON lines of FILE)
json() {
	python3 -c 'import json,sys
rows=[json.loads(l) for l in open(sys.argv[1]) if l.strip()]
print(eval(sys.argv[2]))' "$1" "$2"
}
