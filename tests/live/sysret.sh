#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The end of a system call knows the arguments that its entry had: saved by thread, and only for what was seen.
. "$(dirname "$0")/../lib.sh"
need_root

# text of user memory, at the end of the call
status 0 "$B" --norc -q --strict -c "$T noent=3 open=2" \
	-e 'sysret:openat / pid == target && retval < 0 / { printf("%d %s\n", retval, str(filename)); }'
equal '-2 /nonexistent/target-0
-2 /nonexistent/target-1
-2 /nonexistent/target-2' "$(grep -v '^3 ' "$W/out")" 'names'

# numbers: write() of 0, 1, ... 99 bytes to /dev/null returns what it was given
status 0 "$B" --norc -q --strict -f json -c "$T write=100 getppid=7" \
	-e 'sysret:write / pid == target && fd > 2 / {
		@n++; @returned += retval; @given += count; @same += retval == count; }' \
	-e 'sysret:getppid / pid == target / { @without++; }'
equal "[('given', 4950), ('n', 100), ('returned', 4950), ('same', 100), ('without', 7)]" \
	"$(json "$W/out" 'sorted((r["map"], r["value"]) for r in rows if r["type"] == "map")')"

# two clauses on one call each take their own; a child's return from fork is no return of what it called
status 0 "$B" --norc -q --strict -f json -c "$T noent=5 fork=4" \
	-e 'sysret:openat / pid == target && str(filename) == "/nonexistent/target-4" / { @one++; }' \
	-e 'sysret:openat / pid == target && retval == -2 && flags + dfd != 12345 / { @two++; }' \
	-e 'sysret:clone / clone_flags != 0 && retval == 0 && comm == "test-target" / { @child++; }' \
	-e 'sysret:clone / clone_flags != 0 && retval > 0 && pid == target / { @parent++; }'
equal "[('one', 1), ('parent', 4), ('two', 5)]" \
	"$(json "$W/out" 'sorted((r["map"], r["value"]) for r in rows if r["type"] == "map")')"

# rebuilt, detached and attached again, dropped: with the program at the entry
cat >"$W/in" <<END
#define WHICH filename
sysret:openat { if (str(WHICH) == "/nonexistent/target-1") @n[retval]++; }
!$T noent=2
#define WHICH (filename + 1)
!$T noent=2
#define WHICH filename
!$T noent=2
:detach 1
!$T noent=2
:attach 1
!$T noent=2
@n
:maps
:drop 1
!$T noent=2
@n
END
status 0 sh -c "'$B' --norc -f json <'$W/in'"
equal '[3, 3, 3]' "$(json "$W/out" '[r["value"] for r in rows if r["type"] == "map" and r["map"] == "n" and r.get("key") == -2]')"
lacks "$(cat "$W/out")" '__bcsh_' 'list of maps'

# shown without any right
status 0 "$B" --norc --rewrite -e 'sysret:openat { @[filename[0]]++; }'
contains "$(cat "$W/out")" 'argument 2 of sysret:openat'
