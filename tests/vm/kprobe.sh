#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The classic case: a probe on a kernel function that the target calls, its parameters by name and by
# register, pointers followed, return values; all with exact counts. Files of /dev are not behind the
# guest's overlay, which opens twice what it is asked to open once.
. "$(dirname "$0")/../lib.sh"
need_root
trace() { # EVENTS CLAUSE...: its maps as JSON lines in $W/out
	events=$1
	shift
	for clause; do set -- "$@" -e "$clause"; shift; done
	status 0 "$B" --norc -q -f json -c "$T $events" "$@"
}
total() { # MAP
	json "$W/out" "sum(r['value'] for r in rows if r['type'] == 'map' and r['map'] == '$1')"
}
value() { # MAP KEY
	json "$W/out" "[r['value'] for r in rows if r['type'] == 'map' and r['map'] == '$1' and r['key'] == $2]"
}

trace getppid=50 'kprobe:__x64_sys_getppid / pid == target / { @n++; }'
equal 50 "$(total n)" 'kprobe'
trace getppid=50 'kretprobe:__x64_sys_getppid / pid == target && retval > 0 / { @n++; }'
equal 50 "$(total n)" 'kretprobe'

# Parameters by their names: numbers and user pointers as they are, kernel pointers followed.
trace write=40 'kprobe:vfs_write / pid == target && file->f_inode->i_rdev == ((1 << 20) | 3) / {
	@bytes += count; @calls++;
}'
equal 40 "$(total calls)" 'calls of vfs_write'
equal 780 "$(total bytes)" 'sum of a parameter'
trace read=30 'kprobe:vfs_read / pid == target / { @[str(file->f_path.dentry->d_name.name)]++; }'
equal '[30]' "$(json "$W/out" "[r['value'] for r in rows if r['type'] == 'map' and r['key'] == 'zero']")" \
	'three pointers deep'
trace read=30 'kprobe:vfs_read / pid == target / { struct file *f = (struct file *)arg0;
	@[f->f_inode->i_rdev]++; }'
equal '[30]' "$(json "$W/out" "[r['value'] for r in rows if r['type'] == 'map' and r['key'] == (1 << 20 | 5)]")" \
	'a parameter by its register'
trace write=20 'kretprobe:vfs_write / pid == target / { @sum += retval; }'
equal 190 "$(total sum)" 'sum of a return value'

# Two probes on the same events.
trace 'getppid=11 write=7' 'kprobe:__x64_sys_getppid / pid == target / { @a++; }' \
	'kprobe:vfs_write / pid == target && file->f_inode->i_rdev == 1048579 / { @b++; }'
equal 11 "$(total a)" 'the first of two'
equal 7 "$(total b)" 'the second of two'

# What is not there.
status 5 "$B" --norc -d 1 -e 'kprobe:vfs_raed { @++; }'
contains "$(cat "$W/err")" vfs_read 'the error'
