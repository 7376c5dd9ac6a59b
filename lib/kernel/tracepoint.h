/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of a tracepoint: its fields as C, at the kernel's own offsets. From tracefs, or where
 * that cannot be read from BTF's trace_event_raw_* types.
 *
 * A field of varying length (`__data_loc char[] filename`) is an int `data_loc_filename`: its lower
 * 16 bits are where the bytes begin in the record, the upper 16 how many they are.
 */
#pragma once

#include "base/vec.h"
#include "kernel/facts.h"

struct tracepoint_field {
	char *name;
	char *type;	/* as the kernel spells it: "char[16]", "struct sock *" */
	char *decl;	/* C declaration: "char comm[16]" */
	uint32_t offset, size;
};

struct tracepoint {
	char *category, *event;
	uint64_t id;	/* for perf_event_open(); 0: not known, tracefs is not readable */
	VEC(struct tracepoint_field) fields;	/* by offset */
};

/* 0, -ENOENT: no such event, -EACCES: its record cannot be known without tracefs, or -errno. */
int tracepoint_read(const void *parent, const struct facts *facts, const char *category,
		    const char *event, struct tracepoint *ret);
/* The same from the text of a `format` file. -EINVAL if it is none. */
int tracepoint_parse(const void *parent, const char *text, struct tracepoint *ret);
/* Id of an event for perf_event_open(), 0 if not known. */
uint64_t tracepoint_id(const struct facts *facts, const char *category, const char *event);
/* Appends "struct bcsh_args_CAT_EVENT { ... };", all fields and the paddings between them. */
void tracepoint_record(const struct tracepoint *tp, struct strbuf *out);
/*
 * Names of events of CATEGORY (NULL: "category:event" of all). Below PARENT; 0 of them without
 * tracefs.
 */
size_t tracepoint_names(const void *parent, const struct facts *facts, const char *category,
			char ***ret);
