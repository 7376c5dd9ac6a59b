/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside bcsh-handler: handler_main.c talks and owns the compiled objects, handler_run.c calls
 * their functions and survives (or reports) what they do, handler_map.c is the runtime they call
 * for maps.
 */
#pragma once

#include "base/source.h"
#include "base/vec.h"
#include "base/wire.h"
#include "loader/handler_proto.h"

#define HANDLER_FD 3

/* Sends one message; what was printed so far goes first. */
void handler_say(enum handler_say type, const struct strbuf *payload);
void handler_say_text(enum handler_say type, const char *text);

/* Before the sandbox: signals, an own stack for them, stdout into messages. */
void handler_run_init(void);
struct handler_line {
	uint32_t offset;	/* in the code */
	struct range at;
};
struct handler_code {	/* the object that a function belongs to */
	uintptr_t base;		/* of its .text; 0: not known */
	size_t len;
	const struct handler_line *lines;
	size_t n_lines;
};
/* Calls FN of CODE. NULL, or a sentence why the run ended early (valid until the next call). */
const char *handler_call(void (*fn)(void), const struct handler_code *code);
/* From runtime functions inside a call: ends the run. */
void handler_abandon(const char *fmt, ...) __attribute__((noreturn)) mem_attr(1, 2);

/* Runtime functions by name, for the objects' references. */
struct handler_symbol {
	const char *name;
	void *address;
};
extern const struct handler_symbol handler_run_symbols[], handler_map_symbols[];
extern const size_t handler_run_symbols_n, handler_map_symbols_n;

void handler_session(uint64_t start, uint32_t target);
/* Takes over FD, which may replace a map of the same name. NULL, or why not. */
const char *handler_map_add(struct wire_reader *r, int fd);
/* Where the value of the global variable NAME is mapped, NULL if it is none. */
void *handler_map_global(const char *name);
size_t handler_map_count(void);
const char *handler_map_name(size_t i);
/* Before the sandbox: counts processors. */
void handler_map_init(void);
