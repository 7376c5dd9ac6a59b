/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text -> clang -> our tree. Every file that clang sees is handed to it from memory under a directory
 * that does not exist, so that parsing works where nothing can be opened. Knows the settings of the
 * parse and clang's diagnostics; the tree itself is made by the other tu_*.c.
 */
#include <stdlib.h>

#include "rewriter/lex.h"
#include "rewriter/tu.h"

#define TU_DIR "/.bcsh/"

const char tu_main_name[] = TU_DIR "unit.c";

static const char *const common_args[] = {
	"-xc", "-std=gnu11", "-O2", "-ffreestanding", "-fno-builtin", "-nostdinc", "-I/.bcsh",
	"-I/.bcsh/bcsh", "-fspell-checking", "-Wno-everything",
	"-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion",
	"-Werror=incompatible-function-pointer-types", "-Werror=return-mismatch",
	"-Wincompatible-pointer-types", "-Wformat", "-Wformat-extra-args",
	"-Wformat-invalid-specifier", "-Wuninitialized", "-Wsometimes-uninitialized",
	"-Wdivision-by-zero", "-Wshift-count-overflow", "-Wshift-count-negative",
	"-Wparentheses", "-Wempty-body", "-Wunused-comparison", "-Wliteral-conversion",
	"-Wconstant-conversion", "-Wliteral-range", "-Wimplicitly-unsigned-literal",
};

void tu_insert(struct tu *t, struct tu_table *table, const void *key, void *value)
{
	size_t at;

	if (table->n * 2 >= table->size) {
		struct tu_table grown = { .size = table->size ? table->size * 2 : 256 };

		grown.slots = mem_array(t->unit, struct tu_slot, grown.size);
		for (size_t i = 0; i < table->size; i++)
			if (table->slots[i].key)
				tu_insert(t, &grown, table->slots[i].key, table->slots[i].value);
		mem_free(table->slots);
		*table = grown;
	}
	at = ((uintptr_t)key >> 4) * 0x9e3779b1u & (table->size - 1);
	while (table->slots[at].key && table->slots[at].key != key)
		at = (at + 1) & (table->size - 1);
	table->n += !table->slots[at].key;
	table->slots[at] = (struct tu_slot){ .key = key, .value = value };
}

void *tu_find(const struct tu_table *t, const void *key)
{
	size_t at;

	if (!t->size)
		return NULL;
	at = ((uintptr_t)key >> 4) * 0x9e3779b1u & (t->size - 1);
	while (t->slots[at].key && t->slots[at].key != key)
		at = (at + 1) & (t->size - 1);
	return t->slots[at].key ? t->slots[at].value : NULL;
}

static enum CXChildVisitResult collect(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	vec_push(NULL, (struct tu_cursors *)data, c);
	return CXChildVisit_Continue;
}

void tu_children(CXCursor c, struct tu_cursors *ret)
{
	*ret = (struct tu_cursors){ 0 };
	clang_visitChildren(c, collect, ret);
}

char *tu_string(const void *parent, CXString s)
{
	const char *text = clang_getCString(s);
	char *copy = mem_strdup(parent, text ? text : "");

	clang_disposeString(s);
	return copy;
}

int tu_parse(CXIndex index, const char *text, size_t len, const struct ast_file *files,
	     size_t n_files, bool host, CXTranslationUnit *ret)
{
	_cleanup_mem_ struct CXUnsavedFile *unsaved =
		mem_array(NULL, struct CXUnsavedFile, n_files + 1);
	const char *args[ARRAY_SIZE(common_args) + 2];
	int n = 0;

	args[n++] = "-target";
	args[n++] = host ? "x86_64-pc-linux-gnu" : "bpf";
	for (size_t i = 0; i < ARRAY_SIZE(common_args); i++)
		args[n++] = common_args[i];
	unsaved[0] = (struct CXUnsavedFile){ tu_main_name, text, len };
	for (size_t i = 0; i < n_files; i++)
		unsaved[i + 1] = (struct CXUnsavedFile){
			mem_printf(unsaved, TU_DIR "%s", files[i].name), files[i].text, files[i].len
		};
	*ret = NULL;
	return clang_parseTranslationUnit2(index, tu_main_name, args, n, unsaved, n_files + 1,
					   CXTranslationUnit_None, ret);
}

static size_t token_end(struct tu *t, size_t start)
{
	struct lexer lx;
	struct token tok;

	lexer_init(&lx, t->text, start, t->len);
	return lexer_next(&lx, &tok) && tok.start == start ? tok.end : start;
}

/* The place of a message in the unit's text: the token it points at. */
static struct range diagnostic_range(struct tu *t, CXDiagnostic d)
{
	struct range at = RANGE_NONE;
	size_t start;

	if (!tu_offset(t, clang_getDiagnosticLocation(d), &start))
		return at;
	at = (struct range){ .src = 0, .start = start, .end = start };
	for (unsigned i = 0; i < clang_getDiagnosticNumRanges(d); i++) {
		CXSourceRange r = clang_getDiagnosticRange(d, i);
		size_t from, to;

		if (tu_offset(t, clang_getRangeStart(r), &from) && from == start &&
		    tu_offset(t, clang_getRangeEnd(r), &to) && to > at.end)
			at.end = to;
	}
	if (at.end == start)
		at.end = token_end(t, start);
	return at;
}

static void add_diagnostic(struct tu *t, CXDiagnostic d)
{
	static const char guess[] = "; did you mean ";
	enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(d);
	_cleanup_mem_ char *text = NULL;
	char *hint;
	struct range at;
	struct diag *diag;

	if (severity < CXDiagnostic_Warning)
		return;
	text = tu_string(NULL, clang_getDiagnosticSpelling(d));
	at = diagnostic_range(t, d);
	hint = strstr(text, guess);
	if (hint) {
		*hint = '\0';
		hint += 2;
	}
	for (size_t i = 0; i < t->diags->list.n; i++)
		if (t->diags->list.v[i].at.start == at.start && t->diags->list.v[i].at.src == at.src &&
		    !strcmp(t->diags->list.v[i].message, text))
			return;
	if (severity == CXDiagnostic_Warning)
		diag = diag_add(t->diags, DIAG_WARNING, STATUS_OK, at, "%s", text);
	else
		diag = diag_error(t->diags, at, "%s", text);
	if (hint)
		diag_hint(t->diags, diag, "%s", hint);
}

static enum CXChildVisitResult visit_file(CXCursor c, CXCursor parent, CXClientData data)
{
	struct tu *t = data;
	enum CXCursorKind kind = clang_getCursorKind(c);
	size_t at;

	(void)parent;
	if (kind != CXCursor_FunctionDecl && kind != CXCursor_VarDecl)
		return CXChildVisit_Continue;
	if (tu_offset(t, clang_getCursorLocation(c), &at))
		tu_file_decl(t, c);
	return CXChildVisit_Continue;
}

/* Numbers the nodes, sets parents, and gives implicit nodes the text of what they convert. */
static void finish(struct tu *t, struct ast *n, struct ast *parent)
{
	n->parent = parent;
	n->index = t->unit->n_nodes++;
	if (n->callee)
		finish(t, n->callee, n);
	if (n->kind == AST_DECLARE && n->decl->init)
		finish(t, n->decl->init, n);
	for (size_t i = 0; i < n->n_sub; i++)
		finish(t, n->sub[i], n);
}

static void copy_places(struct ast *n)
{
	if (n->callee)
		copy_places(n->callee);
	if (n->kind == AST_DECLARE && n->decl->init)
		copy_places(n->decl->init);
	for (size_t i = 0; i < n->n_sub; i++)
		copy_places(n->sub[i]);
	if ((n->kind == AST_LOAD || n->kind == AST_DECAY || n->kind == AST_CONVERT) && n->n_sub) {
		n->start = n->sub[0]->start;
		n->end = n->sub[0]->end;
		n->at = n->sub[0]->at;
		n->text_kind = n->sub[0]->text_kind;
	}
}

static void convert(struct tu *t)
{
	struct ast_unit *u = t->unit;

	clang_visitChildren(clang_getTranslationUnitCursor(t->tu), visit_file, t);
	if (t->too_deep) {
		u->n_decls = 0;
		diag_error(t->diags, RANGE_NONE, "expression or statement nested too deep");
		return;
	}
	for (size_t i = 0; i < u->n_decls; i++) {
		if (u->decls[i]->init)
			finish(t, u->decls[i]->init, NULL);
		if (u->decls[i]->body)
			finish(t, u->decls[i]->body, NULL);
	}
	tu_settle(t);
	tu_arguments(t);
	for (size_t i = 0; i < u->n_decls; i++) {
		if (u->decls[i]->init)
			copy_places(u->decls[i]->init);
		if (u->decls[i]->body)
			copy_places(u->decls[i]->body);
	}
}

int ast_parse(const void *parent, const char *text, size_t len, const struct ast_file *files,
	      size_t n_files, bool host, struct ast_unit **ret, struct diags *diags)
{
	size_t errors = diags_errors(diags);
	struct tu t = { .parent = parent, .text = text, .len = len, .diags = diags };
	CXIndex index;
	int rc;

	setenv("LIBCLANG_NOTHREADS", "1", 1);
	t.unit = mem_new(parent, struct ast_unit);
	t.unit->text = text;
	t.unit->len = len;
	*ret = t.unit;
	if (!tu_check(&t, files, n_files))
		return -1;
	index = clang_createIndex(1, 0);
	rc = tu_parse(index, text, len, files, n_files, host, &t.tu);
	if (rc || !t.tu) {
		diag_error(diags, RANGE_NONE, "the C parser failed on this input");
	} else {
		t.file = clang_getFile(t.tu, tu_main_name);
		for (unsigned i = 0; i < clang_getNumDiagnostics(t.tu); i++) {
			CXDiagnostic d = clang_getDiagnostic(t.tu, i);

			add_diagnostic(&t, d);
			clang_disposeDiagnostic(d);
		}
		convert(&t);
		clang_disposeTranslationUnit(t.tu);
	}
	clang_disposeIndex(index);
	mem_free(t.invocations.v);
	mem_free(t.arguments.v);
	return diags_errors(diags) == errors ? 0 : -1;
}
