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
# The port is in network order; nothing is left in currsock.
equal '[(2001, 3), (2002, 1)] 0' "$(json "$W/out" '(str(sorted(
	((r["key"] & 255) << 8 | r["key"] >> 8, r["value"]) for r in rows if r["map"] == "port")) + " " +
	str(len([r for r in rows if r["map"] == "currsock"])))')"
