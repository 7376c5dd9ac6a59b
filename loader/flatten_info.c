// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * .BTF.ext -> function and line records of one program. Both come per section with offsets in
 * bytes there; a program is made of functions of several sections, so each function takes its own.
 */
#include <linux/btf.h>

#include "loader/codegen.h"
#include "loader/flatten_object.h"

struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, func_off, func_len, line_off, line_len;
};

struct records {	/* those of one section */
	const char *first;
	uint32_t n, size;
};

static uint32_t word(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The records for section NAME in the table [OFF, OFF+LEN) behind the header. */
static struct records find_records(const struct flatten *f, uint64_t off, uint64_t len,
				   uint32_t min, const char *name)
{
	const char *p, *end;
	uint32_t size;

	if (off + len > f->ext_len || len < 4)
		return (struct records){ 0 };
	p = f->ext + off;
	end = p + len;
	size = word(p);
	if (size < min)
		return (struct records){ 0 };
	for (p += 4; end - p >= 8;) {
		uint32_t n = word(p + 4);

		if ((uint64_t)n * size > (uint64_t)(end - p - 8))
			break;
		if (!strcmp(flatten_type_str(f, word(p)), name))
			return (struct records){ p + 8, n, size };
		p += 8 + (size_t)n * size;
	}
	return (struct records){ 0 };
}

static void add_func(struct flatten *f, const struct records *rs, const struct flatten_func *func,
		     struct flat_prog *p)
{
	for (uint32_t i = 0; i < rs->n; i++) {
		const char *r = rs->first + (size_t)i * rs->size;

		if (word(r) == func->off) {
			vec_push(f->parent, &p->funcs,
				 ((struct flat_func){ func->insn, word(r + 4) }));
			return;
		}
	}
}

static bool in_main_file(const struct flatten *f, uint32_t file_off)
{
	const char *file = flatten_type_str(f, file_off);
	size_t len = strlen(file), n = strlen(CODEGEN_MAIN);

	return len >= n && !strcmp(file + len - n, CODEGEN_MAIN);
}

static void add_line(struct flatten *f, struct flat_prog *p, size_t first, uint32_t insn,
		     const char *r)
{
	struct flat_line *last = p->lines.n > first ? vec_last(&p->lines) : NULL;
	struct range before = last ? last->at : RANGE_NONE;
	uint32_t line_col = word(r + 12);
	struct flat_line *l;

	/* Two records for one instruction: the later stands nearer to what was typed. */
	l = last && last->insn == insn ? last : vec_add(f->parent, &p->lines);
	*l = (struct flat_line){ .insn = insn, .file_off = word(r + 4), .line_off = word(r + 8),
				 .line_col = line_col, .at = RANGE_NONE };
	if (f->place && in_main_file(f, l->file_off))
		l->at = f->place->fn(f->place->arg, line_col >> 10, line_col & 1023);
	/* Code of the prelude belongs to the person's words that led into it. */
	if (l->at.src < 0)
		l->at = before;
}

static void add_lines(struct flatten *f, const struct records *rs, const struct flatten_func *func,
		      struct flat_prog *p)
{
	size_t first = p->lines.n;

	for (uint32_t i = 0; i < rs->n; i++) {
		const char *r = rs->first + (size_t)i * rs->size;
		uint64_t off = word(r);

		if (off < func->off || off - func->off >= func->size ||
		    off % sizeof(struct bpf_insn))
			continue;
		add_line(f, p, first,
			 func->insn + (uint32_t)((off - func->off) / sizeof(struct bpf_insn)), r);
	}
	/* The kernel wants a line at the start of each function. */
	if (p->lines.n > first) {
		p->lines.v[first].insn = func->insn;
	} else if (first) {
		struct flat_line l = p->lines.v[first - 1];

		l.insn = func->insn;
		l.at = RANGE_NONE;
		vec_push(f->parent, &p->lines, l);
	}
}

int flatten_info(struct flatten *f, const struct flatten_func *func, struct flat_prog *p)
{
	const char *name = f->sections[func->section].name;
	struct ext_header h;
	struct records rs;

	if (f->ext_len < sizeof(h) || !f->types.n)
		return 0;
	memcpy(&h, f->ext, sizeof(h));
	if (h.magic != BTF_MAGIC)
		return flatten_fail(f, "the object's line information is damaged");
	rs = find_records(f, (uint64_t)h.hdr_len + h.func_off, h.func_len, 8, name);
	add_func(f, &rs, func, p);
	rs = find_records(f, (uint64_t)h.hdr_len + h.line_off, h.line_len, 16, name);
	add_lines(f, &rs, func, p);
	return 0;
}
