#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The privileged shell has no LLVM in it.
. "$(dirname "$0")/../lib.sh"
libs=$(ldd "$B")
lacks "$libs" LLVM 'ldd bcsh'
lacks "$libs" clang 'ldd bcsh'
