#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The session is one program: a writer typed after the reader changes where a map's pointers come from, so the
# reader, attached first, is rebuilt and swapped. Detached clauses leave their maps.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/in" <<END
BPF_HASH(currtask, u32, struct task_struct *);
uprobe:$T:target_func / comm == "test-target" / {
	u32 k = 1;
	struct task_struct **tp = currtask.lookup(&k);
	if (tp) { struct task_struct *t = *tp; @read[t->comm]++; }
}
uprobe:$T:target_func / comm == "test-target" / { u32 k = 1; struct task_struct *t = current; currtask.update(&k, &t); @written++; }
!$T call=10
:probes
:detach 1
!$T call=10
:print @read
:print @written
END
status 0 sh -c "'$B' --norc -q -f json <'$W/in'"
equal 20 "$(json "$W/out" '[r["value"] for r in rows if r.get("map") == "written"][-1]')" written
[ "$(json "$W/out" 'sum(r["value"] for r in rows if r.get("map") == "read" and r["key"] == "test-target") > 0')" = True ] ||
	fail "the rebuilt reader read nothing: $(cat "$W/out" "$W/err")"
