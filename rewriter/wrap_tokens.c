// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A text as an array of tokens, made once: brackets are matched and commas counted, so that lowering
 * looks nowhere twice, however deep it nests. And which names a text uses.
 */
#include "rewriter/wrap_inner.h"

#include "kernel/probe.h"
#include "rewriter/builtin.h"

bool wrap_token_is(const struct wrap_text *t, const struct wrap_token *tok, const char *text)
{
	size_t len = strlen(text);

	return tok->t.end - tok->t.start == len &&
	       !memcmp(t->source->text + tok->t.start, text, len);
}


struct matcher {
	const void *parent;
	VEC(size_t) open;	/* indices of brackets that are open */
};

static bool closes(char open, char c)
{
	return (open == '(' && c == ')') || (open == '[' && c == ']') || (open == '{' && c == '}');
}

static void match_token(struct matcher *m, struct wrap_text *t, size_t base)
{
	size_t index = t->tokens.n - 1;
	struct wrap_token *tok = &t->tokens.v[index], *open;
	char c = t->source->text[tok->t.start];

	if (tok->t.kind != TOKEN_PUNCT || tok->t.end - tok->t.start != 1)
		return;
	if (c == '(' || c == '[' || c == '{') {
		vec_push(m->parent, &m->open, index);
		return;
	}
	if (m->open.n <= base)
		return;
	open = &t->tokens.v[*vec_last(&m->open)];
	if (c == ',') {
		open->comma = open->commas++ ? open->comma : index;
	} else if (closes(t->source->text[open->t.start], c)) {
		open->match = index;
		tok->match = *vec_last(&m->open);
		m->open.n--;
	}
}

static void add_token(struct matcher *m, struct wrap_text *t, struct token token, bool in_directive,
		      size_t base)
{
	struct wrap_token *tok = vec_add(m->parent, &t->tokens);
	const struct wrap_token *before = t->tokens.n > 1 ? tok - 1 : NULL;

	tok->t = token;
	tok->match = tok->comma = WRAP_NONE;
	tok->in_directive = in_directive;
	if (before && token.kind == TOKEN_NAME) {
		tok->is_member = wrap_token_is(t, before, ".") || wrap_token_is(t, before, "->");
		tok->is_tag = wrap_token_is(t, before, "struct") ||
			      wrap_token_is(t, before, "union") || wrap_token_is(t, before, "enum");
	}
	match_token(m, t, base);
}

/* A directive's words after its own; brackets in it are a matter of its line. */
static void add_directive(struct matcher *m, struct wrap_text *t, const struct token *directive)
{
	size_t base = m->open.n;
	struct lexer lx;
	struct token word;
	bool is_define;

	lexer_init(&lx, t->source->text, directive->start + 1, directive->end);
	lx.at_line_start = false;
	if (!lexer_next(&lx, &word))
		return;
	is_define = token_is(&lx, &word, "define");
	if (!is_define && t->source->text[word.start] != 'i' && !token_is(&lx, &word, "elif"))
		return;
	if (token_is(&lx, &word, "include") || (is_define && !lexer_next(&lx, &word)))
		return;
	while (lexer_next(&lx, &word))
		add_token(m, t, word, true, base);
	m->open.n = base;
}

void wrap_tokenize(const void *parent, int src, const struct source *s, size_t start, size_t end,
		   struct wrap_text *ret)
{
	struct matcher m = { .parent = parent };
	struct lexer lx;
	struct token t;

	*ret = (struct wrap_text){ .src = src, .source = s, .start = start, .end = end };
	lexer_init(&lx, s->text, start, end);
	while (lexer_next(&lx, &t)) {
		if (t.kind == TOKEN_DIRECTIVE)
			add_directive(&m, ret, &t);
		else
			add_token(&m, ret, t, false, 0);
	}
	mem_free(m.open.v);
}

static void unknown_dollar(struct wrap *w, const struct wrap_text *t, const struct wrap_token *tok)
{
	const char **names = mem_array(w->parent, const char *, n_builtins);
	struct range at = { t->src, tok->t.start, tok->t.end };
	char *name = mem_strndup(w->parent, t->source->text + tok->t.start,
				 tok->t.end - tok->t.start), *near;
	struct diag *d = diag_error(w->diags, at, "unknown builtin '%s'", name);

	for (size_t i = 0; i < n_builtins; i++)
		names[i] = mem_printf(w->parent, "$%s", builtins[i].name);
	near = nearest_names(w->parent, name, names, n_builtins, 3);
	if (near)
		diag_hint(w->diags, d, "did you mean %s?", near);
	else
		diag_hint(w->diags, d, "'$' is for builtins, as in '$pid'");
}

static void collect_map(struct wrap *w, const struct wrap_text *t, const struct wrap_token *tok)
{
	const char *name = t->source->text + tok->t.start + 1;
	size_t len = tok->t.end - tok->t.start - 1;
	struct at_map *m = NULL;

	if (!name_set_add(w->parent, &w->maps, name, len))
		return;
	vec_each(&w->req->maps, have)
		if (strlen(have->name) == len && !memcmp(have->name, name, len))
			m = have;
	if (m) {
		m->known = true;
	} else {
		m = vec_add(w->parent, &w->req->maps);
		vec_each(&w->job->known_maps, known) {
			if (strlen(known->name) != len || memcmp(known->name, name, len))
				continue;
			*m = *known;
			m->known = true;
		}
		m->name = mem_strndup(w->parent, name, len);
	}
	m->at = (struct range){ t->src, tok->t.start, tok->t.end };
	if (m->c_type)
		wrap_collect_ours(w, m->c_type);
	vec_each(&m->keys, k)
		if (k->c_type)
			wrap_collect_ours(w, k->c_type);
}

static void empty_key(struct wrap *w, const struct wrap_text *t, const struct wrap_token *tok,
		      const struct wrap_token *close)
{
	struct range at = { t->src, tok->t.start, close->t.end };
	const char *name = t->source->text + tok->t.start;
	int len = (int)(tok->t.end - tok->t.start);

	diag_hint(w->diags, diag_error(w->diags, at, "a map's key is missing"),
		  "write '%.*s' alone for a map without keys", len, name);
}

void wrap_collect(struct wrap *w, const struct wrap_text *t)
{
	const char *text = t->source->text;

	for (size_t i = 0; i < t->tokens.n; i++) {
		const struct wrap_token *tok = &t->tokens.v[i], *next = tok + 1;
		const char *p = text + tok->t.start;
		size_t len = tok->t.end - tok->t.start;

		switch (tok->t.kind) {
		case TOKEN_NAME:
			name_set_add(w->parent, &w->tokens, p, len);
			if (!tok->is_member && !tok->is_tag)
				name_set_add(w->parent, &w->free, p, len);
			break;
		case TOKEN_AT:
			collect_map(w, t, tok);
			if (i + 2 < t->tokens.n && wrap_token_is(t, next, "[") &&
			    next->match == i + 2)
				empty_key(w, t, tok, next + 1);
			break;
		case TOKEN_DOLLAR:
			if (builtin_find(p + 1, len - 1))
				name_set_add(w->parent, &w->dollars, p + 1, len - 1);
			else
				unknown_dollar(w, t, tok);
			break;
		default:
			break;
		}
	}
}

void wrap_collect_ours(struct wrap *w, const char *text)
{
	struct lexer lx;
	struct token t;

	lexer_init(&lx, text, 0, strlen(text));
	while (lexer_next(&lx, &t))
		if (t.kind == TOKEN_NAME)
			name_set_add(w->parent, &w->tokens, text + t.start, t.end - t.start);
}

static bool is_keyword(const char *p, size_t len)
{
	static const char *const words[] = {
		"auto", "break", "case", "char", "const", "continue", "default", "do", "double",
		"else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long",
		"register", "return", "short", "signed", "sizeof", "static", "struct", "switch",
		"typedef", "union", "unsigned", "void", "volatile", "while",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len && !memcmp(words[i], p, len))
			return true;
	return false;
}

void wrap_names(const void *parent, const struct source *s, size_t start, size_t end, char ***ret,
		size_t *ret_n)
{
	struct name_set names = { 0 };
	struct wrap_text t;

	wrap_tokenize(parent, 0, s, start, end, &t);
	vec_each(&t.tokens, tok) {
		const char *p = s->text + tok->t.start;
		size_t len = tok->t.end - tok->t.start;

		if (tok->t.kind == TOKEN_AT ||
		    (tok->t.kind == TOKEN_NAME && !tok->is_member && !is_keyword(p, len)))
			name_set_add(parent, &names, p, len);
	}
	mem_free(t.tokens.v);
	mem_free(names.slots);
	*ret = names.list.v;
	*ret_n = names.list.n;
}
