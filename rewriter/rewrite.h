/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rewriter as a whole, and the two messages around it. The shell's process builds a request
 * (wrap.c) and reads the result; the worker calls rewrite_run() and compiles the code it gives.
 */
#pragma once

#include "rewriter/infer.h"
#include "rewriter/unit.h"

struct rewrite_program {
	char *name;		/* C function of the entry: "bcsh_p3" */
	char *body;		/* C function that holds the clause: "bcsh_p3_body" */
	char *probe;		/* canonical spec */
	char *func;
	uint32_t kind;		/* enum probe_kind */
	uint32_t id;		/* the session's number of this program: counters and events carry it */
};

struct rewrite_file {	/* virtual file included by the unit */
	char *name;
	char *text;
};

/* A map used with @: what is known of its types. */
enum at_value {
	AT_UNKNOWN,
	AT_SCALAR,		/* 64-bit integer, pointer, bool or enum: c_type is its C type */
	AT_BYTES,		/* a struct, or char[n] as text */
	AT_COUNT, AT_SUM, AT_AVG, AT_MIN, AT_MAX, AT_STATS, AT_HIST, AT_LHIST,
};

struct at_key {
	char *c_type;		/* "__u64", "__s64", "char[16]", "struct sock *", "struct key" */
	char *name;		/* source text of the key expression, for column heads: "pid", "prev->comm" */
};

struct at_map {
	char *name;		/* without @; "" for @ */
	bool known;		/* the session has it: types are fixed */
	enum at_value value;
	char *c_type;		/* of the value, when SCALAR or BYTES */
	int64_t lhist_min, lhist_max, lhist_step;
	VEC(struct at_key) keys;	/* none: a scalar map */
	struct range at;	/* first use */
	/* not sent: the unit declares it in C, BPF_HASH(name, ...): that map is used */
	bool declared;
};

struct rewrite_request {
	struct unit unit;
	VEC(struct rewrite_file) files;	/* types.h, names.h; prelude.h is the worker's own */
	VEC(struct rewrite_program) programs;
	VEC(struct at_map) maps;	/* every @map of the unit, known or not */
	struct origin_facts facts;	/* from the session */
	bool host;
	bool rewrite_only;		/* stop before code generation */
	uint32_t skip_edit;		/* tests: leave out the Nth dereference edit; 0: none */
};

struct rewrite_edit {		/* in the person's text */
	struct range at;
	char *text;
};
struct rewrite_note {
	struct range at;
	char *text;
	VEC(struct diag_reason) reasons;
};

enum event_kind { EVENT_PRINTF, EVENT_EMIT, EVENT_PRINT, EVENT_CLEAR, EVENT_ZERO, EVENT_EXIT };

struct event_field {
	char *name;
	char *c_type;		/* as C spells it */
	uint32_t offset;	/* in the record, after the event header (loader/event.h) */
	uint32_t size;
};
struct event_format {
	uint32_t id;		/* in the record's header; unique in the session: program id << 8 | n */
	enum event_kind kind;
	char *name;		/* emit: its name; print/clear/zero: the map's */
	char *format;		/* printf: the format */
	uint32_t size;		/* of the record without header */
	VEC(struct event_field) fields;
};

/* A record that the person defined and whose values come out as bytes: an event's field, a value. */
struct record_member {
	char *name;		/* members of anonymous records appear as the outer one's */
	char *c_type;
	uint32_t bit_offset;
	uint32_t bits;		/* of a bitfield; 0: none */
	uint32_t size;
};
struct record_layout {
	char *name;		/* as c_type spells it: "struct pair" */
	uint32_t size;
	VEC(struct record_member) members;
};

struct rewrite_result {
	struct diags diags;
	VEC(struct rewrite_edit) edits;
	VEC(struct rewrite_note) notes;
	VEC(struct at_map) maps;
	VEC(struct event_format) events;
	VEC(struct record_layout) records;
	struct origin_facts facts;
	char *code;		/* the C that is compiled; NULL after an error */
	char *value_type;	/* host expression: its C type */
	double parse_ms, infer_ms;
	/* not sent: for placing compiler and verifier messages */
	struct edit_map *map;
};

/* Worker side: parse, infer, lower, edit. Fills RET; errors are in ret->diags. */
void rewrite_run(const void *parent, struct rewrite_request *req, struct rewrite_result *ret);
/* Place of a byte of ret->code in the person's text; RANGE_NONE if none. */
struct range rewrite_place(const struct rewrite_request *req, const struct rewrite_result *res,
			   size_t code_offset);

void rewrite_request_put(const struct rewrite_request *req, struct strbuf *out);
bool rewrite_request_get(struct rewrite_request *req, struct wire_reader *r, const void *parent);
void rewrite_result_put(const struct rewrite_result *res, struct strbuf *out);
bool rewrite_result_get(struct rewrite_result *res, struct wire_reader *r, const void *parent);
