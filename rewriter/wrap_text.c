// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a person typed, as C that clang can parse: `@m[k]`, `$name` and `str(p, n)` become calls that
 * name what is meant. All else stays theirs, byte for byte.
 */
#include "rewriter/wrap_inner.h"

#include "rewriter/builtin.h"

#define STR_SIZE "64"	/* bytes of a str() without a size */

struct putter {
	struct wrap *w;
	const struct wrap_text *t;
	size_t done;		/* the text before this offset is in the unit */
	VEC(size_t) closers;	/* indices of brackets that need `))` */
};

static void put_until(struct putter *p, size_t offset)
{
	if (offset > p->done)
		unit_user(p->w->unit, p->t->src, p->t->source, p->done, offset);
	p->done = offset;
}

/* TEXT of ours for [start, end) of theirs. */
static void put_instead(struct putter *p, size_t start, size_t end, const char *text)
{
	put_until(p, start);
	unit_ours_for(p->w->unit, p->t->src, start, end, "%s", text);
	p->done = end;
}

static const char *spell(const struct putter *p, const struct wrap_token *tok, size_t skip)
{
	return mem_strndup(p->w->parent, p->t->source->text + tok->t.start + skip,
			   tok->t.end - tok->t.start - skip);
}

static void put_at(struct putter *p, size_t i)
{
	const struct wrap_token *tok = &p->t->tokens.v[i], *next = tok + 1;
	char *call = mem_printf(p->w->parent, "(*__bcsh_at_%s(", spell(p, tok, 1));

	if (i + 1 < p->t->tokens.n && wrap_token_is(p->t, next, "[") && next->match != WRAP_NONE) {
		put_instead(p, tok->t.start, next->t.end, call);
		vec_push(p->w->parent, &p->closers, next->match);
	} else {
		put_instead(p, tok->t.start, tok->t.end, mem_printf(p->w->parent, "%s))", call));
	}
}

static void put_dollar(struct putter *p, size_t i)
{
	const struct wrap_token *tok = &p->t->tokens.v[i];
	const char *name = spell(p, tok, 1);
	const struct builtin_row *row = builtin_find(name, strlen(name));

	if (!row)
		return;		/* wrap_collect() has said so */
	put_instead(p, tok->t.start, tok->t.end,
		    row->decl ? mem_printf(p->w->parent, "__bcsh_builtin_%s", name) : name);
}

/* `str` `(`, ours: not a member and not the person's own function. */
static bool is_str(const struct putter *p, size_t i)
{
	const struct wrap_token *tok = &p->t->tokens.v[i];

	return i + 1 < p->t->tokens.n && wrap_token_is(p->t, tok, "str") && !tok->is_member &&
	       wrap_token_is(p->t, tok + 1, "(") && tok[1].match != WRAP_NONE && !p->w->job->host &&
	       !name_set_has(&p->w->defined, "str", 3);
}

static void put_str(struct putter *p, size_t i)
{
	const struct wrap_token *v = p->t->tokens.v, *open = &v[i + 1], *close = &v[open->match];
	struct range at = { p->t->src, v[i].t.start, close->t.end };
	size_t comma = open->comma;
	const char *size = STR_SIZE;

	if (open->match == i + 2 || open->commas > 1) {
		diag_hint(p->w->diags,
			  diag_error(p->w->diags, at, "str() takes a pointer and perhaps a size"),
			  "write str(p) or str(p, 16)");
		return;
	}
	if (open->commas)
		size = mem_strndup(p->w->parent, p->t->source->text + v[comma].t.end,
				   close->t.start - v[comma].t.end);
	put_instead(p, v[i].t.start, open->t.end,
		    mem_printf(p->w->parent, "(*(char (*)[%s])__bcsh_str(", size));
	vec_push(p->w->parent, &p->closers, open->match);
}

/* Does the record have NAME under PREFIX? */
static bool has_field(const struct putter *p, const char *prefix, const char *name)
{
	_cleanup_mem_ char *decl = mem_printf(NULL, " %s%s", prefix, name);
	const char *at = p->w->record;

	while (at && (at = strstr(at, decl))) {
		at += strlen(decl);
		if (*at == ';' || *at == '[')
			return true;
	}
	return false;
}

/* `args` `->` a field whose text lies behind the record: where, which the kernel keeps as an integer. */
static void put_located(struct putter *p, size_t i)
{
	const struct wrap_token *tok = &p->t->tokens.v[i];
	const char *name;

	if (i + 2 >= p->t->tokens.n || !p->w->record || tok->is_member || !wrap_token_is(p->t, tok, "args") ||
	    !wrap_token_is(p->t, tok + 1, "->"))
		return;
	name = spell(p, tok + 2, 0);
	if (!has_field(p, "data_loc_", name) || has_field(p, "", name))
		return;
	put_instead(p, tok->t.start, tok[2].t.end,
		    mem_printf(p->w->parent, "(" LOCATED_BEFORE "%s" LOCATED_BEHIND ")", name));
}

void wrap_put(struct wrap *w, const struct wrap_text *t)
{
	struct putter p = { .w = w, .t = t, .done = t->start };

	for (size_t i = 0; i < t->tokens.n; i++) {
		const struct wrap_token *tok = &t->tokens.v[i];

		if (p.closers.n && *vec_last(&p.closers) == i) {
			put_instead(&p, tok->t.start, tok->t.end, "))");
			p.closers.n--;
		} else if (tok->t.kind == TOKEN_AT) {
			put_at(&p, i);
		} else if (tok->t.kind == TOKEN_DOLLAR) {
			put_dollar(&p, i);
		} else if (is_str(&p, i)) {
			put_str(&p, i);
		} else {
			put_located(&p, i);
		}
	}
	put_until(&p, t->end);
	mem_free(p.closers.v);
}

void wrap_put_maps(struct wrap *w, const struct wrap_text *texts, size_t n)
{
	struct strbuf names;

	strbuf_init(&names, w->parent);
	for (size_t k = 0; k < n; k++) {
		vec_each(&texts[k].tokens, tok) {
			const char *name = texts[k].source->text + tok->t.start + 1;
			int len = (int)(tok->t.end - tok->t.start) - 1;

			if (tok->t.kind != TOKEN_AT ||
			    !name_set_add(w->parent, &w->declared, name, (size_t)len))
				continue;
			strbuf_addf(&names, "%s%.*s", names.len ? " " : "", len ? len : 1,
				    len ? name : "@");
		}
	}
	if (names.len)
		unit_maps(w->unit, names.text);
}
