/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session: one program that grows by inputs. It keeps what was accepted (definitions, clauses and the
 * programs made of them, types of maps, origins of what they hold) and the processes and kernel objects
 * that go with it. It decides which definitions an input needs and which programs a change
 * concerns; pipeline.h does the work.
 */
#pragma once

#include "kernel/facts.h"
#include "kernel/probe.h"
#include "loader/attach.h"
#include "loader/event.h"
#include "loader/handler.h"
#include "loader/load.h"
#include "loader/map.h"
#include "loader/worker.h"
#include "rewriter/input.h"
#include "rewriter/rewrite.h"
#include "shell/out.h"
#include "shell/render/value.h"

struct names {
	char **v;
	size_t n;
};

struct item {			/* one input of a person */
	struct input input;
	int src;		/* in session.sources */
	struct names uses;	/* what its text names; maps as "@m" */
	unsigned order;		/* of definitions: by which they are put into a unit */
	bool is_type;		/* a definition of types: its names end a declaration specifier */
};

enum probe_state {
	PROBE_OFF,		/* detached, or never attached (--rewrite, --check) */
	PROBE_ON,
	PROBE_DONE,		/* BEGIN that has run, END that waits */
};

struct probe {			/* one program: an item on one of its targets */
	unsigned id;		/* of kernel programs also the index of its counters */
	char *cname;		/* "bcsh_p3" */
	struct item *item;
	size_t spec;		/* item->input.specs.v[spec] */
	struct probe_target target;
	bool host;
	enum probe_state state;
	int prog_fd;		/* -1: not loaded */
	struct attachment *attachment;
	struct probe *entry;	/* its program at the call's entry (session_entry.c); NULL: needs none */
	uint32_t insns;
	uint32_t object;	/* host: the handler's number of its code; 0: none */
	uint64_t next;		/* interval: when it is due, CLOCK_MONOTONIC ns */
};

struct timing {			/* milliseconds of one input */
	double types, parse, infer, compile, load, attach, total;
};

struct session {
	const struct options *opt;
	struct out *out;
	struct facts *facts;
	struct worker *worker;		/* NULL until the first request, or gone */
	struct handler *handler;
	struct maps *maps;
	struct events *events;		/* NULL until something is loaded */
	VEC(struct source) sources;
	VEC(struct item *) definitions;
	VEC(struct probe *) probes;
	VEC(struct at_map) at_maps;
	struct origin_facts origins;
	VEC(struct event_format) formats;
	VEC(struct record_layout) records;	/* the person's, as events and values use them */
	VEC(struct item *) pending;	/* being read: their typedefs count already */
	unsigned next_id, next_order, next_object;
	int cancel_fd;			/* readable: ^C; -1: none */
	int stats_fd;			/* the kernel counts run time while it is open; -1: off */
	uint64_t began;			/* CLOCK_MONOTONIC ns */
	int target;			/* -p, or -c's child; -1: none */
	bool timing;
	bool said_how_wide;
	bool leaving;			/* :quit or exit() */
	int leave_status;
	char *verifier_log;		/* of the last program that was refused */
	const struct event_format *last_emit;
	struct strbuf lines;		/* of records, on their way to the output */
};

/* Starts the worker, then reads the kernel's facts. Never NULL; 0 or -errno of the worker in *ret_err. */
struct session *session_new(const void *parent, const struct options *opt, struct out *out,
			    int *ret_err);
/* Detaches everything and ends the processes; waits for slow detaches. */
void session_free(struct session *s);
/* Makes the event ring and the counters if they are not there. 0 or -errno. */
int session_open_events(struct session *s);

/* A new text; returns its number. LINE: of its first byte. */
int session_source(struct session *s, const char *name, const char *text, size_t len, unsigned line);
/* Keeps only its first LEN bytes: what comes after is another input. */
void session_source_trim(struct session *s, int src, size_t len);
/* Forgets the last text if nothing kept is in it. */
void session_source_drop(struct session *s, int src);
/* What tells the splitter which identifiers are types. */
struct input_types session_types(struct session *s);
/* For values: the kernel's BTF and which tags are the person's own. */
struct value_types session_value_types(struct session *s);

struct probe *session_probe(struct session *s, unsigned id);
struct at_map *session_at_map(struct session *s, const char *name);
struct event_format *session_format(struct session *s, uint32_t id);
/* Its counters; "lost" includes what the kernel left out because the program was running already. */
bool session_counts(struct session *s, const struct probe *p, struct probe_counts *ret);
/* Is the clause's program running, or does anything else keep the session going? */
bool session_active(const struct session *s);
/* Attaches or detaches one program; diagnostics are shown. 0 or a status. */
enum diag_status session_attach(struct session *s, struct probe *p);
void session_detach(struct session *s, struct probe *p, bool wait);
/* Forgets it, its counters and, when it was the clause's last, the clause. */
void session_drop_probe(struct session *s, struct probe *p);
/* Tells the programs what only we know: when the session began, and the target's process id. */
void session_set_constants(struct session *s);
/* The worker, started again if it is gone; NULL with an error shown. */
struct worker *session_worker(struct session *s);

/* session_entry.c */
struct probe *probe_entry_new(const void *parent, const struct probe *p);
/* Attaches E, if there is one, before P itself. 0, or -1 with diagnostics. */
int probe_entry_attach(struct session *s, struct probe *p, struct probe *e, struct diags *diags);
/* Forgets what was saved for P, which goes. */
void probe_entry_drop(struct session *s, struct probe *p);
/* Closes its programs; it is detached. */
void probe_unload(struct probe *p);

/* session_names.c */
void names_add(const void *parent, struct names *ns, const char *name);
bool names_have(const struct names *ns, const char *name);
/* Does this set name the map or variable NAME, as "x" or as "@x"? */
bool names_have_map(const struct names *ns, const char *name);
void item_names(struct session *s, struct item *it);
/*
 * The definitions that ROOTS need, transitively, in an order that compiles: the session's without those in
 * REPLACED, and the N in FRESH. Nameless ones (directives) are always there. *ret_names: all
 * names that occur in ROOTS and them.
 */
struct item_list {
	VEC(struct item *) list;
};
void session_closure(struct session *s, const void *parent, const struct names *roots,
		     const struct item_list *fresh, const struct item_list *replaced,
		     struct item_list *ret, struct names *ret_names);
/* Names of everything that program P is made of, over the definitions as they stand. */
void session_probe_names(struct session *s, const void *parent, const struct probe *p,
			 struct names *ret);

/* session_facts.c */
/* Would FRESH tell more about a map or variable than KNOWN? Its name is appended to GROWN. */
void origins_grown(const void *parent, const struct origin_facts *known,
		   const struct origin_facts *fresh, struct names *grown);
void origins_merge(const void *parent, struct origin_facts *known, const struct origin_facts *fresh);
void session_learn_maps(struct session *s, const struct at_map *maps, size_t n);
void session_learn_formats(struct session *s, const struct event_format *formats, size_t n);
void session_learn_records(struct session *s, const struct record_layout *records, size_t n);
void at_map_copy(const void *parent, struct at_map *to, const struct at_map *from);
