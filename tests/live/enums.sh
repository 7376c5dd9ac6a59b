#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys and values of maps made by use keep their enum, the kernel's or the person's own, and print by name.
. "$(dirname "$0")/../lib.sh"
need_root
rows() { json "$W/out" "sorted((r['map'], str(r.get('key')), r['value']) for r in rows if r.get('type') == 'map')"; }

# the kernel's: nanosleep starts a relative timer, and nothing else of the target does
status 0 "$B" --norc -q --strict -f json -c "$T sleep=5" \
	-e 'rawtracepoint:hrtimer_start / pid == target && mode == HRTIMER_MODE_REL / {
		@by[mode]++; @last = mode; @pair[pid == target, mode]++; @number[mode | 0]++; @sum += mode; @again = @last; }' \
	-e 'END { printf("%d %d\n", @last == HRTIMER_MODE_REL, @by[HRTIMER_MODE_REL]); }'
equal "[('again', 'None', 'HRTIMER_MODE_REL'), ('by', 'HRTIMER_MODE_REL', 5), ('last', 'None', 'HRTIMER_MODE_REL'), ('number', '1', 5), ('pair', \"{'pid == target': 1, 'mode': 'HRTIMER_MODE_REL'}\", 5), ('sum', 'None', 5)]" \
	"$(rows)" "the kernel's"
equal '1 5' "$(json "$W/out" '[r["text"].strip() for r in rows if r.get("type") == "printf"][0]')" END

# the person's own, and a later input of the session that gives numbers
cat >"$W/in" <<END
enum colour { RED, GREEN = 5, BLUE };
uprobe:$T:target_func { enum colour c = arg0 % 3 == 0 ? RED : arg0 % 3 == 1 ? GREEN : BLUE; @by[c]++; @last = c; }
!$T call=100
@last == RED
uprobe:$T:target_func { if (arg0 == 7) @by[5] += 1000; @by[77] = 1; }
!$T call=100
END
status 0 sh -c "'$B' --norc -q -f json <'$W/in'"
equal "[('by', '77', 1), ('by', 'BLUE', 66), ('by', 'GREEN', 1066), ('by', 'RED', 68), ('last', 'None', 'RED')]" "$(rows)" 'own'
equal '[1]' "$(json "$W/out" '[r["value"] for r in rows if r.get("type") == "value"]')" 'compared'
status 0 sh -c "'$B' --norc -q -f csv <'$W/in'"
contains "$(cat "$W/out")" 'GREEN,1066'
