#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A definition that changes rebuilds who uses it, keeping id, counters and maps; what cannot be is refused and
# leaves everything as it was. Probes are dropped, detached and attached by number; variables are shared.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/in" <<END
static int times(int x) { return 2 * x; }
uprobe:$T:target_func { @t[times(arg0)]++; }
!$T call=2
static int times(int x) { return 3 * x; }
!$T call=2
static int times(int x, int y) { return x + y; }
!$T call=2
:probes
:print @t
int hits;
uprobe:$T:target_func { hits++; }
!$T call=5
hits
times(hits)
uprobe:$T:target_func { @t[comm]++; }
:drop 1
:attach 9
!$T call=5
hits
:detach all
!$T call=5
:probes
:attach 2
!$T call=5
:probes
END
got=0
"$B" --norc -q --keep-going -f json <"$W/in" >"$W/out" 2>"$W/err" || got=$?
equal 3 $got status
equal '[[1, 6, "attached"]]' "$(json "$W/out" 'json.dumps([[r["id"], r["hits"], r["state"]] for r in rows if r["type"] == "probe"][:1])')" 'probe 1'
equal '[[2, 1], [3, 2], [0, 3]]' "$(json "$W/out" '[[r["key"], r["value"]] for r in rows if r.get("map") == "t"][:3]')" map
equal '[5, 10]' "$(json "$W/out" '[r["value"] for r in rows if r.get("map") == "hits"]')" variable
equal '[15]' "$(json "$W/out" '[r["value"] for r in rows if r["type"] == "value"]')" expression
equal '[[2, 10, "detached"], [2, 15, "attached"]]' "$(json "$W/out" 'json.dumps([[r["id"], r["hits"], r["state"]] for r in rows if r["type"] == "probe"][1:])')" 'probe 2'
equal 3 "$(grep -c '"type":"error"' "$W/err")" "errors: $(cat "$W/err")"
