#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A kernel pointer that is stored in a map when a function is entered and followed when it returns.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/connect.py" <<'PY'
import socket
for port in (2001, 2001, 2001, 2002):
    s = socket.socket()
    try:
        s.connect(("127.0.0.1", port))
    except ConnectionRefusedError:
        pass
    s.close()
PY
cat >"$W/currsock.bcsh" <<'BCSH'
BPF_HASH(currsock, u32, struct sock *);
kprobe:tcp_v4_connect / pid == target / {
	u32 t = tid;
	currsock.update(&t, &sk);
}
kretprobe:tcp_v4_connect {
	u32 t = tid;
	struct sock **skpp = currsock.lookup(&t);
	if (!skpp)
		return 0;
	struct sock *sk = *skpp;
	@port[sk->__sk_common.skc_dport]++;
	currsock.delete(&t);
}
BCSH
status 0 "$B" --norc -q -f json -c "python3 $W/connect.py" "$W/currsock.bcsh"
ports() { # PORT: the count under its number in network order
	json "$W/out" "[r['value'] for r in rows if r['type'] == 'map' and r['map'] == 'port' and r['key'] == (($1 & 255) << 8 | $1 >> 8)]"
}
equal '[3]' "$(ports 2001)" 'connections to 2001'
equal '[1]' "$(ports 2002)" 'connections to 2002'
BCSH_LEFT=$(json "$W/out" "len([r for r in rows if r['type'] == 'map' and r['map'] == 'currsock'])")
equal 0 "$BCSH_LEFT" 'pointers left'
