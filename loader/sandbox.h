/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How little a process of ours may do. Order: sandbox_drop() once in the zygote, sandbox_enter() in
 * each request's process (rlimits, timer, Landlock where the kernel has it, seccomp last).
 */
#pragma once

/* As root: becomes nobody with no groups; then no_new_privs, not dumpable, dies with its parent. */
int sandbox_drop(void);
/* Builds the compile filter once, before forking. 0 or -errno. */
int sandbox_prepare_compile(void);
/* rlimits (address space, CPU, no core, no files), real-time limit DEADLINE_MS, the filter. */
int sandbox_enter_compile(int deadline_ms);
/* The handler's: libc and ORC may map code; of bpf() only map-element commands; no open, no sockets. */
int sandbox_enter_handler(void);
