// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From a spec to a target: what all kinds share. Each kind's own part is in probe_kernel.c,
 * probe_trace.c and probe_user.c. Whether this kernel lets a program attach is not known here.
 */
#include "kernel/probe_inner.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/btf_c.h"

static const struct {
	int (*resolve)(struct resolver *r);
	const char *context;	/* declaration of the context parameter */
	const char *tag;	/* the record in it, if the kernel has it */
} rows[PROBE_KINDS] = {
	[PROBE_KPROBE] = { probe_resolve_function, "struct pt_regs *ctx", "pt_regs" },
	[PROBE_KRETPROBE] = { probe_resolve_function, "struct pt_regs *ctx", "pt_regs" },
	[PROBE_FENTRY] = { probe_resolve_function, "__u64 *ctx", NULL },
	[PROBE_FEXIT] = { probe_resolve_function, "__u64 *ctx", NULL },
	[PROBE_TRACEPOINT] = { probe_resolve_tracepoint, "void *ctx", NULL },
	[PROBE_RAWTRACEPOINT] = { probe_resolve_raw, "struct bpf_raw_tracepoint_args *ctx",
				  "bpf_raw_tracepoint_args" },
	[PROBE_TP_BTF] = { probe_resolve_raw, "__u64 *ctx", NULL },
	[PROBE_SYSCALL] = { probe_resolve_syscall, "void *ctx", NULL },
	[PROBE_SYSRET] = { probe_resolve_syscall, "void *ctx", NULL },
	[PROBE_UPROBE] = { probe_resolve_uprobe, "struct pt_regs *ctx", "pt_regs" },
	[PROBE_URETPROBE] = { probe_resolve_uprobe, "struct pt_regs *ctx", "pt_regs" },
	[PROBE_USDT] = { probe_resolve_usdt, "struct pt_regs *ctx", "pt_regs" },
	[PROBE_PROFILE] = { probe_resolve_profile, "struct bpf_perf_event_data *ctx",
			    "bpf_perf_event_data" },
	[PROBE_HARDWARE] = { probe_resolve_counter, "struct bpf_perf_event_data *ctx",
			     "bpf_perf_event_data" },
	[PROBE_SOFTWARE] = { probe_resolve_counter, "struct bpf_perf_event_data *ctx",
			     "bpf_perf_event_data" },
	[PROBE_ITER] = { probe_resolve_iter, "__u64 *ctx", NULL },
	[PROBE_LSM] = { probe_resolve_lsm, "__u64 *ctx", NULL },
	[PROBE_INTERVAL] = { probe_resolve_interval, NULL, NULL },
	[PROBE_BEGIN] = { probe_resolve_moment, NULL, NULL },
	[PROBE_END] = { probe_resolve_moment, NULL, NULL },
	[PROBE_EVENT] = { probe_resolve_event, NULL, NULL },
};

int probe_missing(struct resolver *r, const char *hint, const char *fmt, ...)
{
	_cleanup_mem_ char *text = NULL;
	struct diag *d;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(NULL, fmt, ap);
	va_end(ap);
	d = diag_add(r->diags, DIAG_ERROR, STATUS_NO_PROBE, r->spec->at, "%s", text);
	if (hint)
		diag_hint(r->diags, d, "%s", hint);
	return -1;
}

char *probe_did_you_mean(struct resolver *r, char *near)
{
	return near ? mem_printf(r->diags->parent, "did you mean %s?", near) : NULL;
}

bool probe_is_word(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("_.$", *s))
			return false;
	return true;
}

struct probe_param *probe_add_param(struct resolver *r, const char *name, enum probe_origin origin,
				    const char *load, const char *why)
{
	struct probe_param *p = vec_add(r->parent, &r->t->params);

	p->name = mem_strdup(r->parent, name);
	p->load = mem_strdup(r->parent, load);
	p->why = mem_strdup(r->parent, why);
	p->origin = origin;
	return p;
}

static bool has_param(const struct resolver *r, const char *name)
{
	vec_each(&r->t->params, p)
		if (!strcmp(p->name, name))
			return true;
	return false;
}

/*
 * What a pointer of BTF type ID points to, in a program of this kind. The verifier knows records;
 * other pointers are plain numbers to it. An unsigned 64-bit number may well be an address.
 */
static enum probe_origin typed_origin(struct resolver *r, uint32_t id)
{
	const struct btf_index *b = r->t->btf;
	const struct btf_type *t = btf_type(b, btf_resolve(b, id));
	uint32_t at;
	int kind;

	if (btf_kind_of(t) == BTF_KIND_INT)
		return t->size == 8 && !(BTF_INT_ENCODING(*(const uint32_t *)(t + 1))) &&
		       strcmp(btf_name(b, id), "size_t") ? ORIGIN_OF_KERNEL : ORIGIN_OF_NONE;
	if (btf_kind_of(t) != BTF_KIND_PTR)
		return ORIGIN_OF_NONE;
	for (at = t->type; btf_kind_of(btf_type(b, at)) == BTF_KIND_TYPE_TAG;
	     at = btf_type(b, at)->type)
		if (!strcmp(btf_name(b, at), "user"))
			return ORIGIN_OF_USER;
	kind = btf_kind_of(btf_type(b, btf_resolve(b, at)));
	if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION)
		return ORIGIN_OF_KERNEL;
	return probe_kinds[r->spec->kind].origin;
}

void probe_add_typed(struct resolver *r, const char *name, uint32_t id, const char *load,
		     const char *why)
{
	const struct btf_index *b = r->t->btf;
	const struct btf_type *t = btf_type(b, btf_resolve(b, id));
	struct probe_param *p;
	struct strbuf sb;

	if (has_param(r, name) || btf_kind_of(t) == BTF_KIND_STRUCT ||
	    btf_kind_of(t) == BTF_KIND_UNION)
		return;
	p = probe_add_param(r, name, typed_origin(r, id), load, why);
	strbuf_init(&sb, r->parent);
	btf_c_declare(b, id, name, &sb);
	p->decl = strbuf_detach(&sb, r->parent);
	p->type = id;
	/*
	 * Of a bool only the lowest byte is passed, and C's conversion would look at all of them.
	 */
	if (btf_kind_of(t) == BTF_KIND_INT &&
	    BTF_INT_ENCODING(*(const uint32_t *)(t + 1)) & BTF_INT_BOOL)
		p->load = mem_printf(r->parent, "(__u8)%s", load);
}

char *probe_word(struct resolver *r, unsigned n)
{
	return mem_printf(r->parent, "((__u64 *)ctx)[%u]", n);
}

char *probe_register(struct resolver *r, unsigned n)
{
	/* di si dx cx r8 r9, as words of the kernel's struct pt_regs on x86-64 */
	static const unsigned words[] = { 14, 13, 12, 11, 9, 8 };

	return probe_word(r, words[n]);
}

char *probe_result(struct resolver *r)
{
	return probe_word(r, 10);	/* ax */
}

void probe_add_plain(struct resolver *r, const char *name, const char *type,
		     enum probe_origin origin, const char *load, const char *why)
{
	struct probe_param *p;

	if (has_param(r, name))
		return;
	p = probe_add_param(r, name, origin, load, why);
	p->decl = mem_printf(r->parent, "%s%s", type, name);
}

void probe_add_registers(struct resolver *r, enum probe_origin origin)
{
	bool is_return = r->spec->kind == PROBE_KRETPROBE || r->spec->kind == PROBE_URETPROBE;

	for (unsigned i = 0; i < 6 && !is_return; i++)
		probe_add_plain(r, mem_printf(r->parent, "arg%u", i), "unsigned long ", origin,
				probe_register(r, i),
				mem_printf(r->parent, "argument %u of %s", i + 1, r->t->name));
	if (is_return)
		probe_add_plain(r, "retval", "unsigned long ", origin, probe_result(r),
				mem_printf(r->parent, "return value of %s", r->t->name));
}

void probe_need(struct resolver *r, const char *tag)
{
	uint32_t id = r->t->btf ? btf_find(r->t->btf, tag,
					   1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION |
						   1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64) :
				  0;

	if (id)
		vec_push(r->parent, &r->t->needs, id);
}

const char *probe_decl_name(const char *decl)
{
	const char *p = decl + strlen(decl);

	while (p > decl && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))
		p--;
	return p;
}

static bool is_basic(const char *word)
{
	static const char *const words[] = {
		"const", "volatile", "unsigned", "signed", "char", "short", "int", "long", "void",
		"_Bool", "bool", "__restrict",
		"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64",
		"__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "size_t",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/* Can the unit have the type that WORD names, after the tag keyword BEFORE ("" if none)? */
static bool use_word(struct resolver *r, const char *before, const char *word)
{
	struct btf_index *b = r->t->btf;
	uint32_t id;

	if (!strcmp(before, "struct") || !strcmp(before, "union")) {
		struct strbuf sb;

		probe_need(r, word);
		/* Declared here too, in case BTF does not know it: it is behind a pointer. */
		strbuf_init(&sb, r->parent);
		strbuf_addf(&sb, "%s%s %s;\n", r->t->types ? r->t->types : "", before, word);
		r->t->types = strbuf_detach(&sb, r->parent);
		return true;
	}
	if (!strcmp(before, "enum")) {
		id = b ? btf_find(b, word, 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64) : 0;
		if (id)
			vec_push(r->parent, &r->t->needs, id);
		return id;
	}
	if (is_basic(word))
		return true;
	id = b ? btf_find(b, word, 1u << BTF_KIND_TYPEDEF) : 0;
	if (id)
		vec_push(r->parent, &r->t->needs, id);
	return id;
}

char *probe_use_decl(struct resolver *r, const char *decl)
{
	const char *name = probe_decl_name(decl), *p = decl;
	char before[64] = "";

	while (p < name) {
		size_t len = 0;
		char word[64];

		while (isalnum((unsigned char)p[len]) || p[len] == '_')
			len++;
		if (!len) {
			p++;
			continue;
		}
		if (len >= sizeof(word))
			break;
		memcpy(word, p, len);
		word[len] = '\0';
		p += len;
		if (strcmp(word, "struct") && strcmp(word, "union") && strcmp(word, "enum") &&
		    !use_word(r, before, word))
			break;
		memcpy(before, word, sizeof(word));
	}
	if (p >= name)
		return mem_strdup(r->parent, decl);
	return mem_printf(r->parent, "%s%s", strchr(decl, '*') ? "void *" : "unsigned long ", name);
}

static bool read_number(const char *s, uint64_t *ret, const char **ret_end)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	*ret = strtoull(s, &end, 10);
	*ret_end = end;
	return true;
}

bool probe_time(const struct probe_spec *spec, uint64_t *ret_ns, uint64_t *ret_hz)
{
	static const struct { const char *name; uint64_t ns; } units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
		{ "m", 60000000000 }, { "h", 3600000000000 },
	};
	const char *number = spec->n_parts == 2 ? spec->parts[1] : spec->parts[0], *end;
	uint64_t n;

	if (!read_number(number, &n, &end) || !n)
		return false;
	if (spec->n_parts == 2) {
		if (*end)
			return false;
		end = spec->parts[0];
	}
	*ret_ns = *ret_hz = 0;
	if (!strcmp(end, "hz") || !strcmp(end, "Hz")) {
		*ret_hz = n;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(end, units[i].name))
			return !__builtin_mul_overflow(n, units[i].ns, ret_ns);
	return false;
}

bool probe_has_record(enum probe_kind kind)
{
	return kind == PROBE_TRACEPOINT;
}

static int check_parts(struct resolver *r)
{
	const struct probe_kind_row *row = &probe_kinds[r->spec->kind];
	char *hint = mem_printf(r->diags->parent, "the form is %s", row->form);

	if (r->spec->n_parts < row->parts_min || r->spec->n_parts > row->parts_max)
		return probe_missing(r, hint, "'%s' is not a complete probe", r->spec->text);
	for (unsigned i = 0; i < r->spec->n_parts; i++) {
		if (!*r->spec->parts[i])
			return probe_missing(r, hint, "'%s' is not a complete probe",
					     r->spec->text);
		if (strpbrk(r->spec->parts[i], "*?"))
			return probe_missing(r, "name one probe; several can be listed with commas",
					     "patterns such as '%s' are not supported yet",
					     r->spec->text);
	}
	return 0;
}

static char *canonical_name(struct resolver *r)
{
	struct strbuf sb;

	strbuf_init(&sb, r->parent);
	strbuf_adds(&sb, probe_kinds[r->spec->kind].name);
	for (unsigned i = 0; i < r->spec->n_parts; i++)
		strbuf_addf(&sb, ":%s", r->spec->parts[i]);
	return strbuf_detach(&sb, r->parent);
}

int probe_resolve(const void *parent, const struct facts *facts, const struct probe_spec *spec,
		  struct probe_target *ret, struct diags *diags)
{
	struct probe_target t = { .kind = spec->kind, .btf = facts->btf };
	struct resolver r = { parent, facts, spec, &t, diags };

	if (check_parts(&r))
		return -1;
	t.name = canonical_name(&r);
	t.func = mem_strdup(parent, spec->n_parts ? spec->parts[spec->n_parts - 1] : t.name);
	if (rows[spec->kind].context)
		t.context_decl = mem_strdup(parent, rows[spec->kind].context);
	if (rows[spec->kind].tag) {
		probe_need(&r, rows[spec->kind].tag);
		t.types = mem_printf(parent, "struct %s;\n", rows[spec->kind].tag);
	}
	if (rows[spec->kind].resolve(&r))
		return -1;
	*ret = t;
	return 0;
}
