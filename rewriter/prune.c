// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A prelude without what an input does not use; see prune.h. Splits the text into items (a
 * directive with its continued lines, or a declaration up to its `;` or `}`) and keeps those that
 * are reached by name. It knows the shape of our own preludes, not all of C: what it does not
 * recognise stays.
 */
#include "rewriter/prune.h"

#include <ctype.h>

#include "base/strbuf.h"
#include "base/vec.h"

struct word {
	const char *p;
	size_t len;
};

struct item {
	const char *start, *end;
	struct word name;	/* len 0: stays whatever happens */
	bool kept;
};

struct prune {
	void *scratch;
	VEC(struct item) items;
	struct word *set;	/* names in use, by hash; p NULL: free */
	size_t slots, used;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t hash(struct word w)
{
	size_t h = 5381;

	for (size_t i = 0; i < w.len; i++)
		h = h * 33 + (unsigned char)w.p[i];
	return h;
}

static struct word *slot(const struct prune *pr, struct word w)
{
	size_t i = hash(w) & (pr->slots - 1);

	while (pr->set[i].p && (pr->set[i].len != w.len || memcmp(pr->set[i].p, w.p, w.len)))
		i = (i + 1) & (pr->slots - 1);
	return &pr->set[i];
}

static void grow(struct prune *pr)
{
	struct prune old = *pr;

	pr->slots = old.slots ? old.slots * 2 : 2048;
	pr->set = mem_array(pr->scratch, struct word, pr->slots);
	for (size_t i = 0; i < old.slots; i++)
		if (old.set[i].p)
			*slot(pr, old.set[i]) = old.set[i];
}

static void use(struct prune *pr, struct word w)
{
	struct word *s;

	if (pr->used * 2 >= pr->slots)
		grow(pr);
	s = slot(pr, w);
	if (s->p)
		return;
	*s = w;
	pr->used++;
}

static void use_all(struct prune *pr, const char *p, const char *end)
{
	while (p < end) {
		const char *start = p;

		while (p < end && is_word(*p))
			p++;
		if (p == start)
			p++;
		else if (!isdigit((unsigned char)*start))
			use(pr, (struct word){ start, (size_t)(p - start) });
	}
}

/* Behind a comment, string or character constant that starts at P, else P. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p;

	if (end - p > 1 && p[0] == '/' && p[1] == '*') {
		p = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);
		return p ? p + 2 : end;
	}
	if (quote != '"' && quote != '\'')
		return p;
	for (p++; p < end && *p != quote; p++)
		p += *p == '\\' && p + 1 < end;
	return p < end ? p + 1 : end;
}

static const char *directive_end(const char *p, const char *end)
{
	for (; p < end; p++)
		if (*p == '\n' && p[-1] != '\\')
			return p + 1;
	return end;
}

static struct word word_at(const char *p, const char *end)
{
	const char *start;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (start = p; p < end && is_word(*p);)
		p++;
	return (struct word){ start, (size_t)(p - start) };
}

/* `#define NAME`, else nothing. */
static struct word macro_name(const char *p, const char *end)
{
	static const char define[] = "#define";

	if ((size_t)(end - p) < sizeof(define) || memcmp(p, define, sizeof(define) - 1))
		return (struct word){ 0 };
	return word_at(p + sizeof(define) - 1, end);
}

/* The word before the first `(`, or behind a `(*` or `(*const`: a function, or a pointer to one. */
static struct word function_name(const char *p, const char *end)
{
	const char *open = memchr(p, '(', (size_t)(end - p));
	const char *start = open;
	struct word w;

	if (!open)
		return (struct word){ 0 };
	if (end - open > 1 && open[1] == '*') {
		w = word_at(open + 2, end);
		if (w.len == 5 && !memcmp(w.p, "const", 5))
			w = word_at(w.p + 5, end);
		return w;
	}
	while (start > p && is_word(start[-1]))
		start--;
	return (struct word){ start, (size_t)(open - start) };
}

/* Up to the `;` or, of a function, the `}` that ends the declaration at P. */
static const char *declaration(const char *p, const char *end, struct item *it)
{
	const char *start = p, *brace = NULL;
	bool type = false, body = false;
	int depth = 0;

	for (; p < end; p++) {
		const char *q = skip_quoted(p, end);

		if (q != p) {
			p = q - 1;
			continue;
		}
		if (*p == '(' || *p == '{' || *p == '[') {
			if (*p == '{' && !depth && !brace) {
				brace = p;
				while (q > start && isspace((unsigned char)q[-1]))
					q--;
				body = q > start && q[-1] == ')';
			}
			depth++;
		} else if (*p == ')' || *p == '}' || *p == ']') {
			depth--;
			if (*p == '}' && !depth && body)
				break;
		} else if (*p == ';' && !depth) {
			break;
		}
	}
	p = p < end ? p + 1 : end;
	type = !strncmp(start, "typedef", 7) || (brace && !body);
	if (!type)
		it->name = function_name(start, p);
	return p;
}

static void split(struct prune *pr, const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end) {
		struct item it = { .start = p };

		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (end - p > 1 && p[0] == '/' && p[1] == '*') {
			p = skip_quoted(p, end);
			continue;
		}
		if (*p == '#') {
			p = directive_end(p, end);
			it.name = macro_name(it.start, p);
		} else {
			p = declaration(p, end, &it);
		}
		it.end = p;
		vec_push(pr->scratch, &pr->items, it);
	}
}

static bool wanted(const struct prune *pr, const struct item *it)
{
	struct word w = it->name;

	if (!w.len || slot(pr, w)->p)
		return true;
	while (w.len && isdigit((unsigned char)w.p[w.len - 1]))
		w.len--;
	return w.len && w.len < it->name.len && slot(pr, w)->p;
}

char *prune_prelude(const void *parent, const char *text, size_t len, const char *const *users,
		    size_t n, size_t *ret_len)
{
	struct prune pr = { .scratch = mem_new(NULL, char) };
	struct strbuf out;
	bool more = true;
	char *ret;

	grow(&pr);
	split(&pr, text, len);
	for (size_t i = 0; i < n; i++)
		use_all(&pr, users[i], users[i] + strlen(users[i]));
	while (more) {
		more = false;
		vec_each(&pr.items, it) {
			if (it->kept || !wanted(&pr, it))
				continue;
			it->kept = more = true;
			use_all(&pr, it->start, it->end);
		}
	}
	strbuf_init(&out, pr.scratch);
	vec_each(&pr.items, it) {
		if (!it->kept)
			continue;
		strbuf_add(&out, it->start, (size_t)(it->end - it->start));
		if (it->end[-1] != '\n')
			strbuf_addc(&out, '\n');
	}
	*ret_len = out.len;
	ret = strbuf_detach(&out, parent);
	mem_free(pr.scratch);
	return ret;
}
