// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The virtual files of a unit: names.h declares the builtins, functions and helpers that are used and
 * that nobody else defines, types.h the kernel types that the text or those declarations name.
 */
#include "rewriter/wrap_inner.h"

#include "kernel/btf_c.h"
#include "rewriter/builtin.h"

/* "const __u32 %s" with NAME in it. */
static char *fill_decl(struct wrap *w, const char *decl, const char *name)
{
	const char *hole = strstr(decl, "%s");

	if (!hole)
		return mem_strdup(w->parent, decl);
	return mem_printf(w->parent, "%.*s%s%s", (int)(hole - decl), decl, name, hole + 2);
}

static void add_builtin(struct wrap *w, const char *name, const char *as, struct strbuf *out)
{
	const struct builtin_row *row = builtin_find(name, strlen(name));
	char *decl;

	if (!row || !row->decl || (w->job->host && !row->host))
		return;
	decl = fill_decl(w, row->decl, as);
	strbuf_addf(out, "BCSH_BUILTIN(\"%s\") extern %s;\n", name, decl);
	wrap_collect_ours(w, decl);
	if (row->code)
		wrap_collect_ours(w, row->code);
}

static void add_function(struct wrap *w, const char *name, struct strbuf *out, struct strbuf *plain)
{
	const struct function_row *row = function_find(name, strlen(name));

	if (!row || !*row->decl || !(w->job->host ? row->host : row->bpf))
		return;
	if (row->plain) {
		strbuf_adds(plain, row->decl);
		return;
	}
	strbuf_addf(out, "BCSH_FUNCTION(\"%s\") %s%s\n", name, row->decl,
		    strchr(row->decl, '\n') ? "" : ";");
	wrap_collect_ours(w, row->decl);
}

/* A helper is a function to the analysis and a pointer with the helper's number to the compiler. */
static void add_helper(struct wrap *w, const char *name, struct strbuf *out)
{
	const struct helper_row *row = helper_find(name, strlen(name));

	if (!row || w->job->host)
		return;
	strbuf_addf(out,
		    "#ifndef BCSH_HELPER_%s\n"
		    "#ifdef BCSH_ANALYSIS\n"
		    "%s %s(%s);\n"
		    "#else\n"
		    "static %s (*const %s)(%s) = (void *)%u;\n"
		    "#endif\n"
		    "#endif\n",
		    name, row->result, name, row->params, row->result, name, row->params, row->id);
	wrap_collect_ours(w, row->params);
}

static char *names_text(struct wrap *w)
{
	struct strbuf out, ours, calls;

	strbuf_init(&out, w->parent);
	strbuf_init(&ours, w->parent);
	strbuf_init(&calls, w->parent);
	vec_each(&w->free.list, name) {
		if (name_set_has(&w->defined, *name, strlen(*name)))
			continue;
		add_builtin(w, *name, *name, &out);
		add_function(w, *name, &ours, &calls);
		add_helper(w, *name, &calls);
	}
	vec_each(&w->dollars.list, name)
		add_builtin(w, *name, mem_printf(w->parent, "__bcsh_builtin_%s", *name), &out);
	/* Builtins are declared to the compiler too: sizeof(comm) stays as it is. */
	strbuf_addf(&out, "#ifdef BCSH_ANALYSIS\n%s#endif\n%s", ours.text, calls.text);
	return strbuf_detach(&out, w->parent);
}

/* The person's own definitions win; a name of ours hides the kernel's but no tag. */
static void exclude(struct wrap *w, struct btf_c *c)
{
	vec_each(&w->job->definitions, d) {
		const struct input *in = d->input;

		vec_each(&in->names, name) {
			if (in->is_directive)
				btf_c_exclude(c, *name, strlen(*name));
			else
				btf_c_exclude_ordinary(c, *name, strlen(*name));
		}
		vec_each(&in->tags, tag)
			btf_c_exclude(c, *tag, strlen(*tag));
	}
	vec_each(&w->free.list, name) {
		size_t len = strlen(*name);

		if (builtin_find(*name, len) || function_find(*name, len) || helper_find(*name, len))
			btf_c_exclude_ordinary(c, *name, len);
	}
}

static char *types_text(struct wrap *w)
{
	struct strbuf out;
	struct btf_c *c;

	strbuf_init(&out, w->parent);
	if (w->btf) {
		c = btf_c_new(w->parent, w->btf);
		vec_each(&w->tokens.list, name)
			btf_c_token(c, *name, strlen(*name));
		exclude(w, c);
		vec_each(&w->needed, id)
			btf_c_need(c, *id);
		btf_c_emit(c, &out);
		mem_free(c);
	}
	vec_each(&w->target_types.list, text)
		strbuf_addf(&out, "%s\n", *text);
	return strbuf_detach(&out, w->parent);
}

static void add_file(struct wrap *w, const char *name, char *text)
{
	struct rewrite_file *f = vec_add(w->parent, &w->req->files);

	f->name = mem_strdup(w->parent, name);
	f->text = text;
}

void wrap_files(struct wrap *w)
{
	/* names.h first: its declarations name types too */
	char *names = names_text(w);

	add_file(w, "bcsh/types.h", types_text(w));
	add_file(w, "bcsh/names.h", names);
}
