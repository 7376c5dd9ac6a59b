// SPDX-License-Identifier: GPL-3.0-or-later
/* What cannot be rewritten, said at the person's own words with the chain of reasons and a remedy. */
#include "rewriter/planner.h"

static struct diag *refuse(struct planner *pl, const struct ast *n, const char *hint,
			   const char *format, ...) mem_attr(4, 5);

/* One complaint per place, however many instances see it; NULL: already made. */
static struct diag *refuse(struct planner *pl, const struct ast *n, const char *hint,
			   const char *format, ...)
{
	struct diags *ds = pl->plan->diags;
	struct range at = { .src = 0, .start = n->start, .end = n->end };
	char text[256];
	struct diag *d;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	vec_each(&ds->list, old)
		if (old->at.start == at.start && old->at.end == at.end && !strcmp(old->message, text))
			return NULL;
	d = diag_error(ds, at, "%s", text);
	diag_hint(ds, d, "%s", hint);
	return d;
}

static const char *memory_of(unsigned origins)
{
	return origins & ORIGIN_USER ? "user" : origins == ORIGIN_CTX ? "context" : "kernel";
}

static enum origin main_origin(unsigned origins)
{
	return origins & ORIGIN_USER ? ORIGIN_USER :
	       origins & ORIGIN_KERNEL ? ORIGIN_KERNEL :
	       origins & ORIGIN_BTF ? ORIGIN_BTF : ORIGIN_CTX;
}

static const char write_hint[] =
	"a tracing program can only read there; change a copy in a variable or map";

void refuse_write(struct planner *pl, const struct ast *place)
{
	unsigned origins = infer_place(pl->inf, place, pl->instance);
	struct diag *d;

	d = refuse(pl, place, write_hint, "'%s' is %s memory: it cannot be written", plan_words(pl, place),
		   memory_of(origins));
	if (d)
		infer_why(pl->inf, place, pl->instance, main_origin(origins), pl->plan->diags, d);
}

static const char mixed_hint[] =
	"use two variables, or declare the pointer __user or __kernel";

void refuse_mixed(struct planner *pl, const struct ast *place)
{
	unsigned origins = infer_place(pl->inf, place, pl->instance);
	struct diag *d;

	d = refuse(pl, place, mixed_hint, "'%s' may be user memory or not: which read is right is not known",
		   plan_words(pl, place));
	if (!d)
		return;
	infer_why(pl->inf, place, pl->instance, ORIGIN_USER, pl->plan->diags, d);
	origins &= ~(unsigned)ORIGIN_USER;
	infer_why(pl->inf, place, pl->instance,
		  origins & ORIGIN_KERNEL ? ORIGIN_KERNEL : (enum origin)(origins & -origins),
		  pl->plan->diags, d);
}

void refuse_mixed_value(struct planner *pl, const struct ast *pointer)
{
	struct diag *d = refuse(pl, pointer, mixed_hint,
				"'%s' may be user memory or not: which read is right is not known",
				plan_words(pl, pointer));

	if (!d)
		return;
	infer_why_value(pl->inf, pointer, pl->instance, ORIGIN_USER, pl->plan->diags, d);
	infer_why_value(pl->inf, pointer, pl->instance, ORIGIN_KERNEL, pl->plan->diags, d);
}

/* The pointer that PLACE is reached through. */
static const struct ast *pointer_of(const struct ast *place)
{
	while (place->kind == AST_MEMBER && !place->arrow && place->n_sub)
		place = place->sub[0];
	return place->n_sub ? place->sub[0] : place;
}

void refuse_unknown(struct planner *pl, const struct ast *place)
{
	const struct ast *pointer = pointer_of(place);

	refuse(pl, pointer,
	       "give it a value that comes from the probe, or declare it __kernel, __user or __direct",
	       "the origin of '%s' is unknown", plan_words(pl, pointer));
}

void refuse_call(struct planner *pl, const struct ast *callee)
{
	const struct ast *place = callee->sub[0];
	unsigned origins = infer_place(pl->inf, place, pl->instance);
	struct diag *d;

	d = refuse(pl, callee, "a BPF program can call its own functions and bpf_* helpers",
		   "'%s' is a function pointer in %s memory: it cannot be called",
		   plan_words(pl, callee), memory_of(origins));
	if (d)
		infer_why(pl->inf, place, pl->instance, main_origin(origins), pl->plan->diags, d);
}

static void refuse_pointed(struct planner *pl, const struct ast *argument, const char *what,
			   const char *hint)
{
	bool address = argument->kind == AST_ADDRESS || argument->kind == AST_DECAY;
	unsigned origins = infer_value(pl->inf, argument, pl->instance);
	struct diag *d;

	d = refuse(pl, argument, hint, "'%s' %s %s memory: %s",
		   plan_words(pl, address ? argument->sub[0] : argument),
		   address ? "is" : "points to", memory_of(origins), what);
	if (d)
		infer_why_value(pl->inf, argument, pl->instance, main_origin(origins),
				pl->plan->diags, d);
}

void refuse_memory(struct planner *pl, const struct ast *argument, const char *what)
{
	refuse_pointed(pl, argument, what,
		       "read it into a local variable with bpf_probe_read_kernel() first");
}

void refuse_fill(struct planner *pl, const struct ast *argument)
{
	refuse_pointed(pl, argument, "it cannot be written", write_hint);
}
