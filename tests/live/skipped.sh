#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An aggregation whose argument reads an absent key is not updated, and that is counted beside hits, lost and faults.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/probes" <<END
uprobe:$T:target_func {
	if (arg0 == 40)
		@start[tid] = 1000;
	@late = sum(@start[tid]);
	@per[arg0 % 2] = hist(nsecs - @start[tid]);
	@all = sum(arg0);
	if (arg0 == 60)
		delete(@start[tid]);
}
uprobe:$T:target_func { if (arg0 > 1000) @nothing[arg0] = 1; @full[arg0] = count(); @other = max(@nothing[arg0]); }
uprobe:$T:target_func { struct task_struct *t = (void *)arg0; @bad = t->pid; }
END
status 0 "$B" --norc -f json -c "$T call=100" "$W/probes"
equal "[('all', 4950), ('late', 21000)]" \
	"$(json "$W/out" 'sorted((r["map"], r["value"]) for r in rows if r.get("map") in ("all", "late"))')" values
equal 21 "$(json "$W/out" 'sum(b["count"] for r in rows if r.get("map") == "per" for b in r["buckets"])')" histogram
equal '[(1, 158), (2, 100)]' \
	"$(json "$W/out" '[(r["probe"], r["count"]) for r in rows if r["type"] == "lost" and r["what"] == "skipped"]')" skipped
# neither lost nor a fault: --strict does not mind
sed -i '/struct task_struct/d' "$W/probes"
status 0 "$B" --norc --strict -c "$T call=100" "$W/probes"
contains "$(cat "$W/err")" "probe 1 (uprobe:$T:target_func): 158 skipped: the aggregation read an absent key"
status 0 "$B" --norc -q -c "$T call=100" "$W/probes"
lacks "$(cat "$W/err")" 'skipped' 'quiet run'
# :probes counts all four, each by itself
{
	cat "$W/probes"
	printf '!%s call=41\n:probes\n' "$T"
} >"$W/in"
status 0 sh -c "'$B' --norc -f csv <'$W/in'"
contains "$(cat "$W/out")" ",41,0,0,attached"
contains "$(cat "$W/err")" "probe 1 (uprobe:$T:target_func): 80 skipped"
