#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The fuzzer of the worker's answers, for a bounded number of runs, under ASan and UBSan.
. "$(dirname "$0")/../lib.sh"
cd "$TESTS/.."
clang-19 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -D_GNU_SOURCE -std=gnu11 \
	-include lib/base/banned.h -Ilib -I. -Itests/fuzz -o "$W/fuzz" tests/fuzz/flat.c loader/flat.c loader/flat_check.c loader/flat_check_insn.c \
	lib/base/mem.c lib/base/strbuf.c lib/base/wire.c lib/base/diag.c lib/base/source.c -ltalloc
"$W/fuzz" -max_len=8192 -runs=200000 -max_total_time=30 -seed=1 -rss_limit_mb=2048 2>"$W/log" || fail "$(tail -n 40 "$W/log")"
tail -n 1 "$W/log"
