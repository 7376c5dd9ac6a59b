// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A printf's format against its arguments. Length modifiers are allowed and mean nothing: an
 * argument is as wide as it is. TABLE of the conversions.
 */
#include "rewriter/lower_parts.h"

enum takes { TAKES_NOTHING, TAKES_NUMBER, TAKES_TEXT, TAKES_ADDRESS };

static const struct {
	char letter;
	enum takes takes;
} conversions[] = {
	{ 'd', TAKES_NUMBER }, { 'i', TAKES_NUMBER }, { 'u', TAKES_NUMBER }, { 'x', TAKES_NUMBER },
	{ 'X', TAKES_NUMBER }, { 'o', TAKES_NUMBER }, { 'c', TAKES_NUMBER }, { 's', TAKES_TEXT },
	{ 'p', TAKES_ADDRESS }, { '%', TAKES_NOTHING },
};

struct conversion {
	const char *start;	/* its '%' */
	char letter;
	enum takes takes;
	bool known;
};

/* The next conversion at or after *P; false at the end of the format. */
static bool next_conversion(const char **p, struct conversion *ret)
{
	const char *s = strchr(*p, '%');

	if (!s)
		return false;
	*ret = (struct conversion){ .start = s++ };
	s += strspn(s, "-+ #0'");
	s += strspn(s, "0123456789");
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	s += strspn(s, "hlqjzt");
	ret->letter = *s;
	for (size_t i = 0; *s && i < ARRAY_SIZE(conversions); i++) {
		if (conversions[i].letter == *s) {
			ret->takes = conversions[i].takes;
			ret->known = true;
		}
	}
	*p = *s ? s + 1 : s;
	return true;
}

static bool is_number(const struct ast_type *t)
{
	return t && (t->kind == TYPE_INT || t->kind == TYPE_ENUM || t->kind == TYPE_BOOL);
}

static bool check_argument(struct lowering *w, struct ast *arg, const struct conversion *c)
{
	bool text = lower_text_size(w, arg) != 0;
	const struct ast_type *t = lower_strip(arg)->type;
	bool pointer = t && t->kind == TYPE_POINTER;
	char *source = lower_source(w->l->parent, w->l->unit, arg);

	if (c->takes == TAKES_TEXT) {
		if (text || (pointer && t->to && t->to->is_char))
			return true;
		lower_hint(w, lower_error(w, arg, "'%%s' needs text, and '%s' is %s", source,
					  t ? t->name : "not"),
			   !pointer ? "print '%s' with %%d" :
			   t->to && t->to->kind == TYPE_RECORD ? "print a member of '%s', or the address with %%p" :
								 "read it with str(%s)", source);
		return false;
	}
	if (text && c->takes == TAKES_NUMBER) {
		lower_hint(w, lower_error(w, arg, "'%%%c' needs a number, and '%s' is text", c->letter,
					  source),
			   "print it with %%s");
		return false;
	}
	if (!is_number(t) && !pointer) {
		lower_hint(w, lower_error(w, arg, "'%s' cannot be printed: it is %s", source,
					  t ? t->name : "no value"),
			   "print its members");
		return false;
	}
	return true;
}

bool lower_check_format(struct lowering *w, struct ast *call)
{
	struct ast *format = call->n_sub ? lower_array(call->sub[0]) : NULL;
	struct conversion c;
	size_t arg = 1;
	const char *p;

	if (!format || format->kind != AST_STRING) {
		lower_hint(w, lower_error(w, call, "the format of printf must be a string literal"),
			   "print text with printf(\"%%s\", ...)");
		return false;
	}
	for (p = format->text; next_conversion(&p, &c);) {
		if (!c.known) {
			lower_hint(w, lower_error(w, format, "printf has no conversion '%.*s'",
						  (int)(p - c.start), c.start),
				   c.letter && strchr("eEfFgGaA", c.letter) ?
					   "kernel code has no floating point: print in a user-side clause" :
					   "there are %%d %%i %%u %%x %%X %%o %%c %%s %%p and %%%%");
			return false;
		}
		if (c.takes == TAKES_NOTHING)
			continue;
		if (arg >= call->n_sub) {
			lower_error(w, format, "printf's '%.*s' has no argument", (int)(p - c.start), c.start);
			return false;
		}
		if (!check_argument(w, call->sub[arg++], &c))
			return false;
	}
	if (arg < call->n_sub) {
		lower_hint(w, lower_error(w, call->sub[arg], "printf's format does not use '%s'",
					  lower_source(w->l->parent, w->l->unit, call->sub[arg])),
			   "add a conversion for it, or leave it out");
		return false;
	}
	return true;
}
