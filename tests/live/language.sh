#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The language's own forms on the live kernel, with exact values: target_func(i) is called with i = 0..99.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/language.bcsh" <<'SCRIPT'
struct pair { u32 low; u64 high; };
static int third(long x) { @seen[x % 2]++; return x / 3; }
BEGIN { @limit["low"] = 10; }
uprobe:TARGET:target_func / pid == target && comm == "test-target" / {
	long i = arg0;
	struct pair p = { .low = i / 50, .high = i % 2 };

	@sum = sum(i);
	@avg = avg(i - 50);
	@min = min(i - 50);
	@max = max(i - 50);
	@stats[i % 2] = stats(i);
	@hist = hist(i);
	@lhist = lhist(i, 10, 90, 20);
	@count[comm, i % 2 ? "odd" : "even"] = count();
	@pairs[p]++;
	@third[third(i)]++;
	@neg = -i / 7;
	@mod[-i % 3]++;
	if (i == 40)
		@start[tid] = 1000;
	@late = sum(@start[tid]);
	if (i < @limit["low"])
		@few++;
	@last[func] = comm;
	@copy = @last[func];
	if (@copy == "test-target" && @copy != "test" && str(comm) == comm)
		@same++;
	if (i == 60)
		delete(@start[tid]);
	if (has(@start[tid]))
		@while++;
	@by[@few]++;
	if (i == 99)
		emit(done, i, comm, -i / 2, i > 3 ? "yes" : "no");
	if (i == 98)
		printf("%d|%5d|%-4x|%s|%c|%s\n", i, -i, i, comm, 65 + i % 26, probe);
}
END {
	printf("end %lld %lld %lld %d %lld\n", @sum, @few, @count["test-target", "odd"],
	       has(@seen[1]), @limit["low"] * @max);
}
SCRIPT
sed -i "s,TARGET,$T," "$W/language.bcsh"
status 0 "$B" --norc -q --strict -f json -c "$T call=100" "$W/language.bcsh"
value() { json "$W/out" "[r['value'] for r in rows if r.get('type') == 'map' and r['map'] == '$1'${2-}]"; }
keys() { json "$W/out" "sorted((str(r['key']), r['value']) for r in rows if r.get('type') == 'map' and r['map'] == '$1')"; }
text() { json "$W/out" "''.join(r['text'] for r in rows if r.get('type') == 'printf' and r['text'].startswith('$1'))"; }
buckets() { json "$W/out" "[(b.get('min'), b.get('max'), b['count']) for r in rows if r.get('map') == '$1' for b in r['buckets'] if b['count']]"; }
equal '[4950]' "$(value sum)" sum
equal '[-50]' "$(value min)" min
equal '[49]' "$(value max)" max
equal "[(0, 1, 1), (1, 2, 1), (2, 4, 2), (4, 8, 4), (8, 16, 8), (16, 32, 16), (32, 64, 32), (64, 128, 36)]" \
	"$(buckets hist)" hist
equal '[(None, 10, 10), (10, 30, 20), (30, 50, 20), (50, 70, 20), (70, 90, 20), (90, None, 10)]' \
	"$(buckets lhist)" lhist
equal "[('test-target', 'even', 50), ('test-target', 'odd', 50)]" \
	"$(json "$W/out" 'sorted((*r["key"].values(), r["value"]) for r in rows if r.get("map") == "count")')" count
equal '[25, 25, 25, 25]' "$(value pairs)" pairs
equal "[('0', 50), ('1', 50)]" "$(keys seen)" seen
equal 34 "$(json "$W/out" 'len([r for r in rows if r.get("map") == "third"])')" third
equal '[-14]' "$(value neg)" neg
equal "[('-1', 33), ('-2', 33), ('0', 34)]" "$(keys mod)" mod
equal '[21000]' "$(value late)" 'absent keys skipped'
equal '[10]' "$(value few)" few
equal '[100]' "$(value same)" same
equal '[20]' "$(value while)" 'while started'
equal "[('target_func', 'test-target')]" "$(keys last)" last
equal '[91]' "$(value by ' and r["key"] == 10')" 'key from a map'
equal "98|  -98|62  |test-target|U|uprobe:$T:target_func" "$(text 98)" printf
equal 'end 4950 10 50 1 490' "$(text end)" END
equal "[99, 'test-target', -49, 'yes']" \
	"$(json "$W/out" '[list(v for k, v in r.items() if k not in ("type", "event", "time")) for r in rows if r.get("type") == "event"][0]')" emit
