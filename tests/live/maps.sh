#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Declared maps of each kind, their methods, struct keys and values, shared and kept.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/maps.bcsh" <<'END'
struct who { u32 pid; char comm[16]; };
struct seen { u64 calls; u64 last; };
BPF_HASH(by_who, struct who, struct seen);
BPF_HASH(plain);
BPF_ARRAY(slots, u64, 4);
BPF_PERCPU_ARRAY(percpu, u64, 2);
BPF_PERCPU_HASH(percpu_hash, u32, u64);
BPF_TABLE("lru_hash", u32, u64, lru, 128);
uprobe:TARGET:target_func / pid == target / {
	struct who key = { .pid = pid };
	struct seen zero = {}, *v;
	u64 one = 1, *p;
	int slot = arg0 % 4, first = 0;
	u32 k = 7;

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	v = by_who.lookup_or_try_init(&key, &zero);
	if (v) {
		__sync_fetch_and_add(&v->calls, 1);
		v->last = arg0;
	}
	plain.increment(arg0 % 2);
	slots.increment(slot);
	p = percpu.lookup(&first);
	if (p)
		*p += 1;
	p = percpu_hash.lookup(&k);
	if (p)
		*p += 1;
	else
		percpu_hash.update(&k, &one);
	if (!lru.lookup(&k))
		lru.insert(&k, &one);
	if (arg0 == 99)
		lru.delete(&k);
}
END
sed -i "s,TARGET,$T," "$W/maps.bcsh"
status 0 "$B" --norc -q -f json -c "$T call=100" "$W/maps.bcsh"
value() { json "$W/out" "[r['value'] for r in rows if r.get('map') == '$1'${2-}]"; }
equal "[{'calls': 100, 'last': 99}]" "$(value by_who)"
equal test-target "$(json "$W/out" "[r['key']['comm'] for r in rows if r.get('map') == 'by_who'][0]")"
equal '[50, 50]' "$(value plain)"
equal '[25, 25, 25, 25]' "$(value slots)"
equal '[100]' "$(value percpu)"
equal '[100]' "$(value percpu_hash)"
equal '[]' "$(value lru)"

# what finds no room in a full map is lost, and said; a key that is there already is an answer
status 7 "$B" --norc -q --strict -c "$T call=12" -e 'BPF_HASH(full, u64, u64, 8);' \
	-e "uprobe:$T:target_func { u64 k = arg0; full.update(&k, &k); }"
contains "$(cat "$W/err")" ' 4 lost'
status 0 "$B" --norc -q --strict -c "$T call=12" -e 'BPF_HASH(roomy, u64, u64, 8);' \
	-e "uprobe:$T:target_func { u64 k = arg0 % 4; if (roomy.insert(&k, &k)) @again++; }"
contains "$(cat "$W/out")" '@again: 8'
