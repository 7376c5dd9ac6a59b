// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The flattened program as bytes. flat_get() reads what an untrusted worker sent: sizes and counts
 * are bounded here, what they mean is judged by flat_check.c.
 */
#include "loader/flat.h"

#define FLAT_MAGIC 0x31746c66u	/* "flt1" */
#define NAME_MAX_LEN 256u
#define BTF_MAX (16u << 20)
#define VALUE_MAX (32u << 20)
#define INIT_TOTAL_MAX (48u << 20)

static void put_range(struct range at, struct strbuf *out)
{
	wire_put_u32(out, (uint32_t)at.src);
	wire_put_u64(out, at.start);
	wire_put_u64(out, at.end);
}

static void put_map(const struct flat_map *m, struct strbuf *out)
{
	wire_put_str(out, m->name);
	wire_put_u8(out, (uint8_t)m->role);
	wire_put_u32(out, m->type);
	wire_put_u32(out, m->key_size);
	wire_put_u32(out, m->value_size);
	wire_put_u32(out, m->max_entries);
	wire_put_u32(out, m->flags);
	wire_put_u32(out, m->key_id);
	wire_put_u32(out, m->value_id);
	wire_put_u8(out, m->init != NULL);
	if (m->init)
		wire_put_blob(out, m->init, m->value_size);
}

static void put_prog(const struct flat_prog *p, struct strbuf *out)
{
	wire_put_str(out, p->name);
	wire_put_blob(out, p->insns.v, p->insns.n * sizeof(*p->insns.v));
	wire_put_u32(out, (uint32_t)p->relocs.n);
	vec_each(&p->relocs, r) {
		wire_put_u32(out, r->insn);
		wire_put_u8(out, (uint8_t)r->kind);
		wire_put_u32(out, r->index);
		wire_put_u32(out, r->offset);
	}
	wire_put_u32(out, (uint32_t)p->funcs.n);
	vec_each(&p->funcs, f) {
		wire_put_u32(out, f->insn);
		wire_put_u32(out, f->type_id);
	}
	wire_put_u32(out, (uint32_t)p->lines.n);
	vec_each(&p->lines, l) {
		wire_put_u32(out, l->insn);
		wire_put_u32(out, l->file_off);
		wire_put_u32(out, l->line_off);
		wire_put_u32(out, l->line_col);
		put_range(l->at, out);
	}
}

void flat_put(const struct flat *f, struct strbuf *out)
{
	wire_put_u32(out, FLAT_MAGIC);
	wire_put_blob(out, f->btf, f->btf_len);
	wire_put_u32(out, (uint32_t)f->maps.n);
	vec_each(&f->maps, m)
		put_map(m, out);
	wire_put_u32(out, (uint32_t)f->progs.n);
	vec_each(&f->progs, p)
		put_prog(p, out);
}

/* A name that may go into a BPF object name, a path of ours or a message. */
static char *get_name(struct wire_reader *r, const void *parent)
{
	char *name = wire_str(r, parent);

	if (!name || !*name || strlen(name) > NAME_MAX_LEN) {
		r->bad = true;
		return NULL;
	}
	for (const char *c = name; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
		      (*c >= '0' && *c <= '9') || *c == '_' || *c == '.' || *c == '@' || *c == '$'))
			r->bad = true;
	return name;
}

static uint8_t get_enum(struct wire_reader *r, unsigned last)
{
	uint8_t v = wire_u8(r);

	if (v > last) {
		r->bad = true;
		return 0;
	}
	return v;
}

static void get_range(struct wire_reader *r, struct range *ret)
{
	ret->src = (int)wire_u32(r);
	ret->start = wire_u64(r);
	ret->end = wire_u64(r);
	if (ret->src < 0)
		*ret = RANGE_NONE;
	else if (ret->start > ret->end)
		r->bad = true;
}

static void get_map(struct flat_map *m, struct wire_reader *r, const void *parent, size_t *total)
{
	m->name = get_name(r, parent);
	m->role = get_enum(r, FLAT_MAP_OURS);
	m->type = wire_u32(r);
	m->key_size = wire_u32(r);
	m->value_size = wire_u32(r);
	m->max_entries = wire_u32(r);
	m->flags = wire_u32(r);
	m->key_id = wire_u32(r);
	m->value_id = wire_u32(r);
	if (get_enum(r, 1)) {
		size_t len;
		const void *init = wire_blob(r, &len);

		*total += len;
		if (len != m->value_size || len > VALUE_MAX || *total > INIT_TOTAL_MAX)
			r->bad = true;
		else if (!r->bad)
			m->init = mem_dup(parent, init, len);
	}
}

static void get_insns(struct flat_prog *p, struct wire_reader *r, const void *parent, size_t *total)
{
	size_t len;
	const void *insns = wire_blob(r, &len);

	*total += len / sizeof(struct bpf_insn);
	if (r->bad || !len || len % sizeof(struct bpf_insn) || *total > FLAT_INSNS_MAX) {
		r->bad = true;
		return;
	}
	p->insns.v = mem_dup(parent, insns, len);
	p->insns.n = p->insns.alloc = len / sizeof(struct bpf_insn);
}

static void get_prog(struct flat_prog *p, struct wire_reader *r, const void *parent, size_t *total)
{
	uint32_t n;

	p->name = get_name(r, parent);
	get_insns(p, r, parent, total);
	n = wire_count(r, 13);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct flat_reloc *re = vec_add(parent, &p->relocs);

		re->insn = wire_u32(r);
		re->kind = get_enum(r, FLAT_RELOC_FUNC);
		re->index = wire_u32(r);
		re->offset = wire_u32(r);
	}
	n = wire_count(r, 8);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct flat_func *f = vec_add(parent, &p->funcs);

		f->insn = wire_u32(r);
		f->type_id = wire_u32(r);
	}
	n = wire_count(r, 36);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct flat_line *l = vec_add(parent, &p->lines);

		l->insn = wire_u32(r);
		l->file_off = wire_u32(r);
		l->line_off = wire_u32(r);
		l->line_col = wire_u32(r);
		get_range(r, &l->at);
	}
}

bool flat_get(struct flat *ret, struct wire_reader *r, const void *parent)
{
	size_t init_total = 0, insn_total = 0;
	const void *btf;
	uint32_t n;

	*ret = (struct flat){ 0 };
	if (wire_u32(r) != FLAT_MAGIC)
		r->bad = true;
	btf = wire_blob(r, &ret->btf_len);
	if (ret->btf_len > BTF_MAX)
		r->bad = true;
	if (r->bad)
		return false;
	ret->btf = mem_dup(parent, btf, ret->btf_len);
	n = wire_count(r, 35);
	if (n > FLAT_MAPS_MAX)
		r->bad = true;
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_map(vec_add(parent, &ret->maps), r, parent, &init_total);
	n = wire_count(r, 20);
	if (n > FLAT_PROGS_MAX)
		r->bad = true;
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_prog(vec_add(parent, &ret->progs), r, parent, &insn_total);
	return !r->bad;
}
