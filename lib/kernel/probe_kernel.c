// SPDX-License-Identifier: GPL-3.0-or-later
/* Kernel functions (kprobe, kretprobe, fentry, fexit), security hooks and iterators. */
#include "kernel/probe_inner.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/ksyms.h"

struct func_names {
	const void *parent;
	const char *prefix;
	VEC(const char *) list;
};

static bool add_func_name(void *arg, const char *name, uint32_t id)
{
	struct func_names *names = arg;
	size_t len = strlen(names->prefix);

	(void)id;
	if (!strncmp(name, names->prefix, len))
		vec_push(names->parent, &names->list, name + len);
	return false;
}

/* Functions whose names begin with PREFIX and go on nearly like NAME. */
static char *near_functions(struct resolver *r, const char *prefix, const char *name)
{
	_cleanup_mem_ void *scratch = mem_new(NULL, char);
	struct func_names names = { .parent = scratch, .prefix = prefix };

	if (!r->t->btf)
		return NULL;
	btf_each_name(r->t->btf, 1u << BTF_KIND_FUNC, add_func_name, &names);
	return nearest_names(r->parent, name, names.list.v, names.list.n, 3);
}

static bool by_btf(enum probe_kind kind)
{
	return kind == PROBE_FENTRY || kind == PROBE_FEXIT;
}

/* Registers, or 64-bit words of a trampoline's context, that a parameter of type ID takes. */
static unsigned words_of(const struct btf_index *b, uint32_t id)
{
	uint64_t size = btf_size(b, id);

	return size <= 8 ? 1 : (unsigned)((size + 7) / 8);
}

/*
 * Parameters by name. What registers do not hold is left out. Returns the words that all parameters
 * take.
 */
static unsigned add_params(struct resolver *r, uint32_t func)
{
	const struct btf_index *b = r->t->btf;
	bool trampoline = probe_kinds[r->spec->kind].context == CONTEXT_BTF_ARGS;
	unsigned at = 0;

	for (unsigned i = 0; i < btf_param_count(b, func); i++) {
		struct btf_parameter p = btf_param_at(b, func, i);
		unsigned words = p.type ? words_of(b, p.type) : 0;

		/* Records of more than two words are passed in memory, not in registers. */
		if (!trampoline && (words > 2 || at + words > 6))
			continue;
		if (*p.name && words == 1)
			probe_add_typed(
				r, p.name, p.type,
				trampoline ? probe_word(r, at) : probe_register(r, at),
				mem_printf(r->parent, "argument %u of %s", i + 1, r->t->name));
		at += words;
	}
	return at;
}

static void add_retval(struct resolver *r, uint32_t func, char *load)
{
	uint32_t id = btf_return_type(r->t->btf, func);

	if (id)
		probe_add_typed(r, "retval", id, load,
				mem_printf(r->parent, "return value of %s", r->t->name));
}

/* Splits "FUNC+0x10". */
static int take_offset(struct resolver *r, char **name)
{
	char *plus = strchr(*name, '+'), *end;

	if (!plus)
		return 0;
	if (r->spec->kind != PROBE_KPROBE)
		return probe_missing(r, NULL, "%s cannot be at an offset: '%s'",
				     probe_kinds[r->spec->kind].name, *name);
	r->t->offset = strtoull(plus + 1, &end, 0);
	if (!plus[1] || *end)
		return probe_missing(r, "write it as FUNC+0x10", "'%s' is no offset", plus + 1);
	*name = mem_strndup(r->parent, *name, (size_t)(plus - *name));
	return 0;
}

/* The function in the module named in the spec, or in the one that kallsyms knows. */
static uint32_t find_in_module(struct resolver *r, const char *module, const char *name)
{
	struct btf_index *b;

	if (!r->facts->btf || btf_open_module(r->parent, r->facts->btf, module, &b))
		return 0;
	r->t->btf = b;
	return btf_find_func(b, name);
}

static uint32_t find_function(struct resolver *r, const char *module, const char *name,
			      bool *ret_known)
{
	uint32_t func = r->t->btf ? btf_find_func(r->t->btf, name) : 0;
	struct ksym sym;

	*ret_known = func && (!module || !strcmp(module, "vmlinux"));
	if (*ret_known)
		return func;
	if (ksym_find(r->parent, name, &sym))
		return 0;
	if (module && strcmp(module, sym.module ? sym.module : "vmlinux"))
		return 0;
	*ret_known = true;
	r->t->module = sym.module;
	return sym.module ? find_in_module(r, sym.module, name) : func;
}

int probe_resolve_function(struct resolver *r)
{
	const char *module = r->spec->n_parts == 2 ? r->spec->parts[0] : NULL;
	char *name = r->spec->parts[r->spec->n_parts - 1];
	enum probe_kind kind = r->spec->kind;
	uint32_t func;
	unsigned words;
	bool known;

	if (take_offset(r, &name))
		return -1;
	func = find_function(r, module, name, &known);
	if (!known)
		return probe_missing(r, probe_did_you_mean(r, near_functions(r, "", name)),
				     "no kernel function '%s'%s%s", name,
				     module ? " in module " : "", module ? module : "");
	r->t->func = mem_strdup(r->parent, name);
	if (by_btf(kind)) {
		if (!func)
			return probe_missing(r, "use kprobe", "BTF does not describe function '%s'",
					     name);
		r->t->btf_id = func;
	}
	words = r->t->offset || kind == PROBE_KRETPROBE || !func ? 0 : add_params(r, func);
	if (kind == PROBE_KPROBE)
		probe_add_registers(r, ORIGIN_OF_KERNEL);
	else if (kind == PROBE_FEXIT)
		add_retval(r, func, probe_word(r, words));
	else if (kind == PROBE_KRETPROBE && func)
		add_retval(r, func, probe_result(r));
	else if (kind == PROBE_KRETPROBE)
		probe_add_registers(r, ORIGIN_OF_KERNEL);
	return 0;
}

static int resolve_stub(struct resolver *r, const char *prefix, const char *what)
{
	const char *name = r->spec->parts[0];
	uint32_t func;

	if (!r->t->btf)
		return probe_missing(r, NULL,
				     "'%s' needs the kernel's BTF, and this kernel has none",
				     r->t->name);
	func = btf_find_func(r->t->btf, mem_printf(r->parent, "%s%s", prefix, name));
	if (!func)
		return probe_missing(r, probe_did_you_mean(r, near_functions(r, prefix, name)),
				     "no %s '%s'", what, name);
	r->t->btf_id = func;
	add_params(r, func);
	return 0;
}

int probe_resolve_lsm(struct resolver *r)
{
	return resolve_stub(r, "bpf_lsm_", "security hook");
}

int probe_resolve_iter(struct resolver *r)
{
	return resolve_stub(r, "bpf_iter_", "iterator");
}
