#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The classic case: probes on kernel functions that the target calls, their parameters by name and by
# register, pointers followed, return values; all with exact counts. Files of /dev are not behind the
# guest's overlay, which opens twice what it is asked to open once.
. "$(dirname "$0")/../lib.sh"
need_root
cat >"$W/kprobe.bcsh" <<'BCSH'
kprobe:__x64_sys_getppid / pid == target / { @entered++; }
kretprobe:__x64_sys_getppid / pid == target && retval > 0 / { @returned++; }
kprobe:vfs_write / pid == target && file->f_inode->i_rdev == ((1 << 20) | 3) / {
	@calls++;
	@bytes += count;
}
kretprobe:vfs_write / pid == target / { @written += retval; }
kprobe:vfs_read / pid == target / {
	struct file *by_register = (struct file *)arg0;
	@name[str(file->f_path.dentry->d_name.name)]++;
	@device[by_register->f_inode->i_rdev]++;
}
BCSH
status 0 "$B" --norc -q -f json -c "$T getppid=50 write=40 read=30" "$W/kprobe.bcsh"
# Python starts slowly in the guest: one expression for all.
equal "entered=50 returned=50 calls=40 bytes=780 written=780 name:zero=30 device:1048581=30" "$(json "$W/out" '" ".join(
	[m + "=" + str(sum(r["value"] for r in rows if r["map"] == m))
	 for m in ("entered", "returned", "calls", "bytes", "written")] +
	["%s:%s=%d" % (r["map"], r["key"], r["value"]) for m, k in (("name", "zero"), ("device", 1 << 20 | 5))
	 for r in rows if r["map"] == m and r["key"] == k])')"

status 5 "$B" --norc -d 1 -e 'kprobe:vfs_raed { @++; }'
contains "$(cat "$W/err")" vfs_read 'the error'
