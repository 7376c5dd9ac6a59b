#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A map declared in C is @name for expressions and user-side clauses, with its own types; methods are not there.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/in" <<END
BPF_ARRAY(slots, u64, 4);
uprobe:$T:target_func { int k = arg0; slots.increment(k); }
!$T call=3
@slots[1] + 40
struct key { u32 x; char n[8]; };
BPF_HASH(by_key, struct key, u32);
struct key k = { 1, "abc" };
@by_key[k] = 7
@by_key[k] += 4
@by_key[k] + 500
BPF_HASH(plain);
interval:10ms { @plain[2] = 3; exit(@plain[2]); }
END
got=0
"$B" --norc -q -d 5 <"$W/in" >"$W/out" 2>"$W/err" || got=$?
equal 3 $got "status ($(cat "$W/err"))"
contains "$(cat "$W/out")" 'long long) 41'
contains "$(cat "$W/out")" ') 511'
status 3 "$B" --norc -q -e 'BPF_HASH(h);' -e 'BEGIN { u64 k = 1; h.update(&k, &k); }'
contains "$(cat "$W/err")" 'methods of maps are for kernel clauses'
equal 1 "$(grep -c error: "$W/err")" "$(cat "$W/err")"
