// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Definitions at file scope: is this one, where does it end, what does it declare. Reads declarators
 * as far as their names; types and values are skipped by brackets.
 */
#include "rewriter/input_reader.h"

#include <string.h>

/* Words that begin a declaration or stand in its specifiers, and are never what it declares. */
static const char *const specifiers[] = {
	"struct", "union", "enum", "typedef", "static", "extern", "const", "volatile", "register",
	"inline", "__inline", "__inline__", "__always_inline", "_Thread_local", "__thread",
	"__attribute__", "__attribute", "_Alignas", "alignas", "typeof", "__typeof__", "__typeof",
	"__typeof_unqual__", "typeof_unqual", "void", "char", "short", "int", "long", "float",
	"double", "signed", "unsigned", "_Bool", "bool", "_Atomic", "__int128", "__const",
	"__volatile__", "__signed__", "auto", "__auto_type", "_Noreturn", "noinline", "__noinline",
	"_Static_assert", "static_assert", "constexpr", "restrict", "__restrict", "__restrict__",
	"__kernel", "__user", "__direct", "__percpu", "__rcu", "SEC", "__weak", "__hidden",
	"__noreturn", "__maybe_unused", "__used", "__unused", "__packed", "__aligned", "_Complex",
};

/* Of those, the ones that take something in parentheses which is not a parameter list. */
static const char *const with_parens[] = {
	"__attribute__", "__attribute", "_Alignas", "alignas", "typeof", "__typeof__", "__typeof",
	"__typeof_unqual__", "typeof_unqual", "_Static_assert", "static_assert", "SEC", "__aligned",
	"_Atomic", "asm", "__asm__",
};

/* Words after which a name does not make a declaration. */
static const char *const not_types[] = {
	"return", "goto", "sizeof", "else", "case", "do", "break", "continue", "default", "if",
	"for", "while", "switch", "_Alignof", "__alignof__", "__extension__", "for_each",
};

/* Types that everybody expects, where nobody says which exist. */
static const char *const usual_types[] = {
	"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "__u8", "__u16", "__u32", "__u64",
	"__s8", "__s16", "__s32", "__s64", "__be16", "__be32", "__be64", "__le16", "__le32",
	"__le64", "__wsum", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t",
	"int32_t", "int64_t", "uintptr_t", "intptr_t", "size_t", "ssize_t", "pid_t", "uid_t",
	"gid_t", "dev_t", "umode_t", "gfp_t", "loff_t", "off_t", "sector_t", "ktime_t", "atomic_t",
	"ptrdiff_t", "uint", "ulong", "ushort", "wchar_t",
};

static bool is_among(const struct reader *rd, const struct token *t, const char *const *words,
		     size_t n)
{
	if (t->kind != TOKEN_NAME)
		return false;
	for (size_t i = 0; i < n; i++)
		if (reader_is(rd, t, words[i]))
			return true;
	return false;
}
#define IS_AMONG(rd, t, words) is_among((rd), (t), (words), ARRAY_SIZE(words))

static bool is_type(const struct reader *rd, const struct token *t)
{
	if (rd->types && rd->types->is_type)
		return rd->types->is_type(rd->types->arg, rd->source->text + t->start,
					  t->end - t->start);
	return IS_AMONG(rd, t, usual_types);
}

/* T is no keyword: do the tokens that follow it make a declaration of it? */
static bool name_starts_definition(struct reader *rd, const struct token *t, struct lexer lx)
{
	const struct macro_row *m = input_macro_find(rd, t);
	struct token t2, t3, t4;

	lexer_next(&lx, &t2);
	if (m && m->kind != MACRO_NAMED)
		return token_is(&lx, &t2, "(");
	if (is_type(rd, t)) {
		if (token_is(&lx, &t2, "(")) {
			lexer_next(&lx, &t3);
			return token_is(&lx, &t3, "*");
		}
		return t2.kind == TOKEN_END || t2.kind == TOKEN_NAME ||
		       t2.kind == TOKEN_OPEN_COMMENT || token_is(&lx, &t2, "*") ||
		       token_is(&lx, &t2, ";");
	}
	if (t2.kind == TOKEN_NAME)
		return !t2.line_start;
	if (!token_is(&lx, &t2, "*"))
		return false;
	lexer_next(&lx, &t3);
	lexer_next(&lx, &t4);
	return t3.kind == TOKEN_NAME && token_is(&lx, &t4, "=");
}

bool starts_definition(struct reader *rd)
{
	struct lexer lx = rd->lx;
	struct token t;

	lexer_next(&lx, &t);
	if (t.kind == TOKEN_NAME && token_is(&lx, &t, "__extension__"))
		lexer_next(&lx, &t);
	if (t.kind != TOKEN_NAME || IS_AMONG(rd, &t, not_types))
		return false;
	return IS_AMONG(rd, &t, specifiers) || name_starts_definition(rd, &t, lx);
}

/* One declaration on its way. */
struct declaration {
	struct token name;	/* the declarator's name so far */
	bool has_name;
	bool named;		/* it has been added */
	bool is_value;		/* after =, until the next comma */
	bool in_record;		/* after struct, union or enum, before its body or a declarator */
	bool is_enum;
	struct token tag;
	bool has_tag;
	bool has_params;	/* NAME(...): a `{` is a function's body */
	bool any;		/* something was declared */
};

static void take_name(struct reader *rd, struct declaration *d)
{
	if (d->has_name && !d->named)
		reader_name(rd, &d->name);
	d->named = d->any = d->has_name;
}

/* Inside the parentheses of `int (*name)(...)`, the opening one taken. */
static void read_inner(struct reader *rd, struct declaration *d)
{
	size_t depth = rd->brackets.n;
	struct token t;

	d->has_name = false;
	while (reader_next(rd, &t) && rd->brackets.n >= depth)
		if (t.kind == TOKEN_NAME && !d->has_name && !IS_AMONG(rd, &t, specifiers)) {
			d->name = t;
			d->has_name = true;
		}
	take_name(rd, d);
}

static void read_enum(struct reader *rd)
{
	size_t depth = rd->brackets.n;
	bool first = true;
	struct token t;

	while (reader_next(rd, &t) && rd->brackets.n >= depth) {
		if (first && t.kind == TOKEN_NAME)
			reader_name(rd, &t);
		if (t.kind != TOKEN_DIRECTIVE)
			first = rd->brackets.n == depth && reader_is(rd, &t, ",");
	}
}

static void definition_paren(struct reader *rd, struct declaration *d, const struct token *before)
{
	struct token next = reader_peek(rd);
	const struct macro_row *m;

	if (IS_AMONG(rd, before, with_parens) || d->is_value || d->named) {
		d->has_params |= d->named && !d->is_value && !IS_AMONG(rd, before, with_parens);
		reader_group(rd);
	} else if (reader_is(rd, &next, "*") || !d->has_name) {
		read_inner(rd, d);
	} else {
		m = input_macro_find(rd, &d->name);
		d->has_params = true;
		if (m && m->kind == MACRO_NAMED) {
			d->has_name = input_macro_arguments(rd, &d->name, 1) > 0;
			take_name(rd, d);
		} else {
			take_name(rd, d);
			reader_group(rd);
		}
	}
}

/* True: the definition is complete. */
static bool definition_brace(struct reader *rd, struct declaration *d)
{
	if (d->in_record) {
		d->in_record = false;
		d->any = true;
		if (d->has_tag)
			reader_tag(rd, &d->tag);
		d->has_tag = false;
		if (d->is_enum)
			read_enum(rd);
		else
			reader_group(rd);
		return false;
	}
	if (!reader_group(rd) || d->is_value || !d->has_params)
		return false;
	rd->in->is_function = true;
	reader_complete(rd, rd->last.end);
	return true;
}

static void definition_name(struct reader *rd, struct declaration *d, const struct token *t)
{
	if (reader_is(rd, t, "struct") || reader_is(rd, t, "union") || reader_is(rd, t, "enum")) {
		d->in_record = !d->is_value;
		d->is_enum = reader_is(rd, t, "enum");
		d->has_tag = false;
	} else if (IS_AMONG(rd, t, specifiers)) {
		return;
	} else if (d->in_record && !d->has_tag) {
		d->tag = *t;
		d->has_tag = true;
	} else if (!d->named && !d->is_value) {
		d->in_record = false;
		d->name = *t;
		d->has_name = true;
	}
}

static void definition_punct(struct reader *rd, struct declaration *d, const struct token *t,
			     const struct token *before, const struct token *before2)
{
	if (reader_is(rd, t, ";")) {
		take_name(rd, d);
		if (!d->any && d->has_tag)
			reader_tag(rd, &d->tag);
		reader_complete(rd, t->end);
	} else if (reader_is(rd, t, ",")) {
		take_name(rd, d);
		d->has_name = d->named = d->is_value = d->has_params = false;
	} else if (reader_is(rd, t, "=")) {
		take_name(rd, d);
		d->is_value = true;
	} else if (reader_is(rd, t, "[")) {
		take_name(rd, d);
		reader_group(rd);
	} else if (reader_is(rd, t, "(")) {
		definition_paren(rd, d, before);
	} else if (reader_is(rd, t, "{")) {
		definition_brace(rd, d);
	} else if (reader_is(rd, t, "*")) {
		d->in_record = false;
	} else if (reader_is(rd, t, ":") && !d->is_value && !(d->in_record && d->is_enum)) {
		/* the word before it is the kind of a clause */
		reader_semicolon(rd, before2, "definition");
	}
}

void read_definition(struct reader *rd)
{
	struct declaration d = { 0 };
	struct token t = reader_peek(rd), before = t, before2 = t;
	const struct macro_row *m = input_macro_find(rd, &t);

	if (m && m->kind != MACRO_NAMED) {
		read_macro(rd, m);
		return;
	}
	while (reader_next(rd, &t)) {
		if (t.kind == TOKEN_NAME)
			definition_name(rd, &d, &t);
		else if (t.kind == TOKEN_PUNCT)
			definition_punct(rd, &d, &t, &before, &before2);
		before2 = before;
		before = rd->last;
	}
}
