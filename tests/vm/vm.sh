#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# vm.sh: one command under another kernel, in a virtual machine that is thrown away afterwards. Its
# root is this machine's, read-only, with a writable layer in memory: same paths, same programs.
#
#   vm.sh prepare PACKAGE DIR    DIR becomes a machine with the kernel of a linux-image-*.deb
#   vm.sh run [-t SECONDS] [-w SHARE] [-i] [-v] DIR CMD [ARG...]
#       -t  at most this long (120)          -w  this directory can be written to
#       -i  give it our stdin                -v  show its console afterwards
#
# The exit status is the command's; 124: it took too long; 125: the guest did not get so far.
# QEMU emulates (TCG): no KVM is needed. A snapshot of the booted guest makes a run start in half a
# second; it is renewed by itself when QEMU, the host's boot or the guest has changed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
memory=1024
modules='virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_console
netfs fscache 9pnet 9pnet_virtio 9p overlay'
append='console=ttyS0 panic=-1 oops=panic quiet mitigations=off nokaslr cryptomgr.notests audit=0
apparmor=0 lsm=bpf'

die() {
	echo "vm.sh: $*" >&2
	exit 125
}

quote() { # the word as a shell reads it back
	printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

number_at() { # FILE OFFSET BYTES
	od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# The ELF file inside a bzImage, by the offsets in its header: booted directly (PVH), it spares the
# emulated machine its decompression, half of the boot.
extract_elf() { # BZIMAGE OUT
	start=$(((($(number_at "$1" 497 1) + 1) * 512) + $(number_at "$1" 584 4)))
	length=$(($(number_at "$1" 588 4) - 4))
	case $(od -An -tx1 -j "$start" -N 4 "$1" | tr -d ' ') in
	fd377a58) unpack='xz -dc --single-stream' ;;
	28b52ffd) unpack='zstd -dcq' ;;
	1f8b*) unpack='gzip -dc' ;;
	*) die "$1: compressed in an unknown way" ;;
	esac
	tail -c "+$((start + 1))" "$1" | head -c "$length" | $unpack >"$2"
}

take_module() { # KERNEL_TREE NAME OUTDIR: nothing if it is built in
	found=$(find "$1" -name "$2.ko*" | head -n 1)
	case $found in
	'') return 0 ;;
	*.xz) xz -dc "$found" >"$3/$2.ko" ;;
	*.zst) zstd -dcq "$found" >"$3/$2.ko" ;;
	*) cp "$found" "$3/$2.ko" ;;
	esac
	echo "$2" >>"$3/order"
}

prepare() {
	package=$1 out=$2
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$out" "$work/kernel"
	set -- './boot/vmlinuz-*'
	for m in $modules; do set -- "$@" "*/$m.ko*"; done
	# tar complains of the modules that are built in.
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/kernel" --wildcards "$@" 2>/dev/null || :
	for image in "$work"/kernel/boot/vmlinuz-*; do :; done
	[ -e "$image" ] || die "$package: no kernel in it"
	extract_elf "$image" "$out/vmlinux"
	root=$work/root
	for d in bin modules dev proc sys root lower layer; do mkdir -p "$root/$d"; done
	cp "$(command -v busybox)" "$root/bin/busybox"
	: >"$root/modules/order"
	for m in $modules; do take_module "$work/kernel" "$m" "$root/modules"; done
	cp "$here/init" "$root/init"
	chmod 755 "$root/init"
	(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$out/initrd"
	echo "${image##*/vmlinuz-}" >"$out/release"
	rm -f "$out/state"
}

# What a snapshot depends on: its devices, its clock and its memory must be found as they were.
state_key() { # DIR
	qemu-system-x86_64 --version | head -n 1
	cat /proc/sys/kernel/random/boot_id
	echo "$memory $append"
	cksum <"$1/initrd"
	cksum <"$1/vmlinux"
	cksum <"$here/vm.sh"
}

# machine DIR WORK SHARE [ARG...]: the same devices whether it boots or goes on from a snapshot.
machine() {
	dir=$1 work=$2 share=$3
	shift 3
	mhz=$(awk '/^cpu MHz/ { printf "%d", $4; exit }' /proc/cpuinfo)
	exec timeout --foreground -k 2 "$limit" qemu-system-x86_64 \
		-nodefaults -no-user-config -display none -no-reboot \
		-M pc -accel tcg,thread=multi -cpu max -smp 1 -m "$memory" \
		-kernel "$dir/vmlinux" -initrd "$dir/initrd" \
		-append "$(echo $append) tsc_early_khz=${mhz}000" \
		-chardev "file,id=console,path=$work/console" -serial chardev:console \
		-device virtio-serial-pci \
		-chardev "pipe,id=order,path=$work/order" -device virtserialport,chardev=order,name=order \
		-chardev "file,id=out,path=$work/out" -device virtserialport,chardev=out,name=out \
		-chardev "file,id=err,path=$work/err" -device virtserialport,chardev=err,name=err \
		-chardev "file,id=status,path=$work/status" \
		-device virtserialport,chardev=status,name=status \
		-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev "local,id=share,path=$share,security_model=none" \
		-device virtio-9p-pci,fsdev=share,mount_tag=share "$@"
}

# Boots DIR's guest to where it waits for its order and writes that to DIR/state. That must be before
# it mounts anything of ours: QEMU saves no machine with a mounted share.
snapshot() (
	dir=$1 limit=180
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	: >"$work/status"
	mkfifo "$work/order.in" "$work/order.out" "$work/monitor"
	exec 5<>"$work/order.out" 6<>"$work/order.in" 7<>"$work/monitor"
	machine "$dir" "$work" "$work" -monitor stdio <"$work/monitor" >"$work/log" 2>&1 &
	qemu=$!
	until grep -q ready "$work/status"; do
		sleep 0.2
		kill -0 $qemu 2>/dev/null || { cat "$work/console" "$work/log" >&2; die 'the guest does not boot'; }
	done
	sleep 0.3
	echo "migrate \"exec:cat >$dir/state.new\"" >&7
	until grep -q 'status: completed' "$work/log"; do
		sleep 0.2
		echo 'info migrate' >&7
		kill -0 $qemu 2>/dev/null || { cat "$work/log" >&2; die 'no snapshot was made'; }
	done
	echo quit >&7
	wait $qemu
	state_key "$dir" >"$dir/key"
	mv "$dir/state.new" "$dir/state"
)

# The archive that tells the guest what to do.
write_order() { # WORK STDIN SHARE CMD...
	order=$1/order-files
	mkdir "$order"
	cat "$2" >"$order/order.stdin"
	echo "$3" >"$order/order.share"
	date +%s >"$order/order.now"
	archive=$1/archive
	shift 3
	{
		echo 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
		for name in HOME LANG LC_ALL TERM USER BUILD BCSH_DEADLINE; do
			eval "value=\${$name-}"
			[ -z "$value" ] || echo "export $name=$(quote "$value")"
		done
		echo "cd $(quote "$PWD") || exit 126"
		printf 'exec'
		for word; do printf ' %s' "$(quote "$word")"; done
		echo
	} >"$order/order.command"
	(cd "$order" && printf '%s\n' order.* | cpio -o -H newc --quiet) >"$archive"
}

run() {
	limit=120 share='' input=/dev/null show=''
	while getopts t:w:iv option; do
		case $option in
		t) limit=$OPTARG ;;
		w) share=$(realpath "$OPTARG") ;;
		i) input=/dev/stdin ;;
		v) show=1 ;;
		*) die 'no such option' ;;
		esac
	done
	shift $((OPTIND - 1))
	dir=$(realpath "$1")
	shift
	if ! { [ -s "$dir/state" ] && state_key "$dir" | cmp -s - "$dir/key"; }; then
		snapshot "$dir"
	fi
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	write_order "$work" "$input" "$share" "$@"
	mkdir "$work/empty"
	mkfifo "$work/out" "$work/err" "$work/order.in" "$work/order.out"
	# Held open both ways, so that neither side waits for the other to open.
	exec 5<>"$work/order.out" 6<>"$work/order.in" 8<>"$work/out" 9<>"$work/err"
	cat "$work/out" 5>&- 6>&- 8>&- 9>&- &
	out=$!
	cat "$work/err" >&2 5>&- 6>&- 8>&- 9>&- &
	err=$!
	{ printf %8d "$(wc -c <"$work/archive")"; cat "$work/archive"; } >&6 8>&- 9>&- &
	order=$!
	ended=0
	(machine "$dir" "$work" "${share:-$work/empty}" -monitor none -incoming "exec:cat $dir/state" \
		</dev/null 2>"$work/log" 5>&- 6>&- 8>&- 9>&-) || ended=$?
	kill $order 2>/dev/null || :
	exec 5>&- 6>&- 8>&- 9>&-
	wait $out $err || :
	status=''
	[ ! -s "$work/status" ] || read -r status <"$work/status"
	[ -z "$show" ] && [ -n "$status" ] || cat "$work/log" "$work/console" >&2
	[ -z "$status" ] || exit "$status"
	case $ended in
	124 | 137) exit 124 ;;
	*) exit 125 ;;
	esac
}

case ${1-} in
prepare | run) "$@" ;;
*) die 'usage: vm.sh prepare PACKAGE DIR | vm.sh run [OPTION...] DIR CMD [ARG...]' ;;
esac
