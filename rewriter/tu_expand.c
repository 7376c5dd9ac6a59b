/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a macro invocation expands to, by the C preprocessor's own hand: the unit is parsed once more
 * with a string at its end that holds the expansion (`#` of a macro's argument). Macros of the
 * virtual files (preludes differ between analysis and compilation) stay unexpanded inside, except the
 * one that is invoked.
 */
#include <stdlib.h>

#include "rewriter/lex.h"
#include "rewriter/tu.h"

static const char result_prefix[] = "__bcsh_expansion_";

struct expansion {
	const struct ast_file *files;
	size_t n_files;
	bool host;
	VEC(char *) macros;	/* defined by the virtual files */
	struct strbuf text;
	void *scratch;
};

static void find_macros(struct expansion *x, const struct ast_file *file)
{
	struct lexer lx;
	struct token tok;

	lexer_init(&lx, file->text, 0, file->len);
	while (lexer_next(&lx, &tok)) {
		struct lexer in;
		struct token word;

		if (tok.kind != TOKEN_DIRECTIVE)
			continue;
		lexer_init(&in, file->text, tok.start + 1, tok.end);
		if (!lexer_next(&in, &word) || !token_is(&in, &word, "define") ||
		    !lexer_next(&in, &word) || word.kind != TOKEN_NAME)
			continue;
		vec_push(x->scratch, &x->macros,
			 mem_strndup(x->scratch, file->text + word.start, word.end - word.start));
	}
}

static void each_macro(struct expansion *x, const char *except, size_t len, const char *fmt)
{
	vec_each(&x->macros, m) {
		if (strlen(*m) == len && !strncmp(*m, except, len))
			continue;
		for (const char *f = fmt; *f; f++) {
			if (*f == '$')
				strbuf_adds(&x->text, *m);
			else
				strbuf_addc(&x->text, *f);
		}
	}
}

static void add_invocation(struct expansion *x, const char *text, struct range r, size_t number)
{
	struct lexer lx;
	struct token tok = { 0 };
	const char *name = text + r.start;
	size_t len;

	lexer_init(&lx, text, r.start, r.end);
	lexer_next(&lx, &tok);
	len = tok.end - tok.start;
	each_macro(x, name, len, "#pragma push_macro(\"$\")\n#undef $\n");
	strbuf_addf(&x->text, "static const char %s%zu[] = __BCSH_QUOTE(", result_prefix, number);
	strbuf_add(&x->text, name, r.end - r.start);
	strbuf_adds(&x->text, "\n);\n");
	each_macro(x, name, len, "#pragma pop_macro(\"$\")\n");
}

struct result_list {
	struct tu tu;
	const void *parent;
	size_t n;
	char **ret;
};

static enum CXChildVisitResult find_result(CXCursor c, CXCursor parent, CXClientData data)
{
	struct result_list *l = data;
	char *name;
	size_t number;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_VarDecl)
		return CXChildVisit_Continue;
	name = tu_string(NULL, clang_getCursorSpelling(c));
	if (!strncmp(name, result_prefix, strlen(result_prefix))) {
		CXCursor init = tu_peel(clang_Cursor_getVarDeclInitializer(c));

		number = strtoul(name + strlen(result_prefix), NULL, 10);
		if (number < l->n && clang_getCursorKind(init) == CXCursor_StringLiteral) {
			struct ast *s = tu_literal(&l->tu, init);

			l->ret[number] = mem_strndup(l->parent, s->text, s->text_len);
		}
	}
	mem_free(name);
	return CXChildVisit_Continue;
}

static int read_results(struct expansion *x, const void *parent, size_t n, char **ret)
{
	struct result_list l = { .parent = parent, .n = n, .ret = ret };
	CXIndex index = clang_createIndex(1, 0);
	int rc = tu_parse(index, x->text.text, x->text.len, x->files, x->n_files, x->host, &l.tu.tu);

	if (!rc && l.tu.tu) {
		l.tu.unit = x->scratch;
		l.tu.file = clang_getFile(l.tu.tu, tu_main_name);
		l.tu.text = x->text.text;
		l.tu.len = x->text.len;
		clang_visitChildren(clang_getTranslationUnitCursor(l.tu.tu), find_result, &l);
		clang_disposeTranslationUnit(l.tu.tu);
	}
	clang_disposeIndex(index);
	return rc ? -1 : 0;
}

int ast_expand(const void *parent, const char *text, size_t len, const struct ast_file *files,
	       size_t n_files, bool host, const struct range *invocations, size_t n, char **ret)
{
	struct expansion x = { .files = files, .n_files = n_files, .host = host };
	int rc;

	x.scratch = mem_new(NULL, struct ast_unit);
	strbuf_init(&x.text, x.scratch);
	strbuf_add(&x.text, text, len);
	for (size_t i = 0; i < n_files; i++)
		find_macros(&x, &files[i]);
	strbuf_adds(&x.text, "\n#define __BCSH_QUOTE_(...) #__VA_ARGS__\n"
			     "#define __BCSH_QUOTE(...) __BCSH_QUOTE_(__VA_ARGS__)\n");
	for (size_t i = 0; i < n; i++) {
		ret[i] = NULL;
		add_invocation(&x, text, invocations[i], i);
	}
	rc = read_results(&x, parent, n, ret);
	mem_free(x.scratch);
	return rc;
}
