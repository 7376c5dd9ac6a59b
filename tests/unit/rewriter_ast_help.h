/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses a snippet against a small prelude and compares the tree of its function f. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rewriter/ast.h"

static const char help_prelude[] =
	"struct page;\n"
	"struct task { int pid; struct task *parent; char comm[16]; unsigned flag:3;\n"
	"  union { long whole; struct { short low; struct { short high; }; }; }; struct page *page; };\n"
	"struct pair { struct task *a, *b; };\n"
	"#define PARENT(t) ((t)->parent)\n"
	"#define PID pid\n"
	"static long (*bpf_get)(int) = (void *)7;\n"
	"int plain(const struct task *t);\n"
	"struct task copy(void);\n"
	"struct { int *key; int *(*lookup)(const int *); } start __attribute__((annotate(\"map:hash\")));\n"
	"int *__bcsh_at_m();\n";

struct parsed {
	void *root;
	struct ast_unit *unit;
	struct diags diags;
	int rc;
};

static inline struct parsed parse(const char *text)
{
	const struct ast_file file = { "bcsh/prelude.h", help_prelude, strlen(help_prelude) };
	struct parsed p = { .root = mem_new(NULL, char) };
	char *whole = mem_printf(p.root, "#include \"bcsh/prelude.h\"\n%s", text);

	diags_init(&p.diags, p.root);
	p.rc = ast_parse(p.root, whole, strlen(whole), &file, 1, false, &p.unit, &p.diags);
	return p;
}

static inline struct ast_decl *find(const struct parsed *p, const char *name)
{
	for (size_t i = 0; i < p->unit->n_decls; i++)
		if (!strcmp(p->unit->decls[i]->name, name))
			return p->unit->decls[i];
	return NULL;
}

/* The tree of f's body, without the line of its block. */
static inline char *body(const struct parsed *p)
{
	struct ast_decl *f = find(p, "f");
	struct strbuf out;

	strbuf_init(&out, p->root);
	for (size_t i = 0; f && f->body && i < f->body->n_sub; i++)
		ast_dump(f->body->sub[i], 0, &out);
	return strbuf_detach(&out, p->root);
}

static inline void expect(const char *text, const char *want)
{
	struct parsed p = parse(text);

	for (size_t i = 0; i < p.diags.list.n; i++)
		print_message("%s\n", p.diags.list.v[i].message);
	assert_int_equal(p.rc, 0);
	assert_string_equal(body(&p), want);
	mem_free(p.root);
}

#define LOAD_T(indent) indent "load : struct task *\n" indent "  var t : struct task *\n"
