// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ELF object -> struct flat: gathers each program, its entry function and behind it every function
 * that it calls or takes the address of, and turns ELF's relocations into flat ones. Reading the
 * file is flatten_elf.c's; types flatten_btf.c's, variables flatten_map.c's, places
 * flatten_info.c's.
 */
#include "loader/flatten_object.h"

#include <inttypes.h>

#define R_BPF_64_64 1
#define R_BPF_64_32 10
#define INSN sizeof(struct bpf_insn)

struct gather {
	struct flatten *f;
	struct flat_prog *p;
	VEC(struct flatten_func) funcs;
	size_t insns;			/* of all funcs so far */
	VEC(uint8_t) resolved;		/* per instruction: a relocation spoke of it */
};

int flatten_fail(struct flatten *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!f->error)
		f->error = mem_vprintf(f->parent, fmt, ap);
	va_end(ap);
	return -1;
}

const char *flatten_symbol_name(const struct flatten *f, const Elf64_Sym *sym)
{
	return sym->st_name < f->names_len ? f->names + sym->st_name : "";
}

/* The program's copy of the function at OFF in SECTION, queued now if this is its first use. */
static int func_at(struct gather *g, uint32_t section, uint64_t off, uint32_t *ret_insn)
{
	const Elf64_Sym *sym = NULL;
	struct flatten_func *func;

	vec_each(&g->funcs, it) {
		if (it->section == section && it->off == off) {
			*ret_insn = it->insn;
			return 0;
		}
	}
	for (size_t i = 0; i < g->f->n_syms && !sym; i++)
		if (ELF64_ST_TYPE(g->f->syms[i].st_info) == STT_FUNC &&
		    g->f->syms[i].st_shndx == section && g->f->syms[i].st_value == off)
			sym = &g->f->syms[i];
	if (!sym || !sym->st_size || sym->st_size % INSN || off % INSN ||
	    off + sym->st_size > g->f->sections[section].size || !g->f->sections[section].data)
		return flatten_fail(g->f, "a call in '%s' leads to no function", g->p->name);
	func = vec_add(g->f->parent, &g->funcs);
	*func = (struct flatten_func){ section, off, sym->st_size, (uint32_t)g->insns };
	g->insns += sym->st_size / INSN;
	*ret_insn = func->insn;
	if (g->insns > FLAT_INSNS_MAX)
		return flatten_fail(g->f, "program '%s' has more than %u instructions", g->p->name,
				    FLAT_INSNS_MAX);
	return 0;
}

static int undefined(struct gather *g, const Elf64_Sym *sym, bool call)
{
	const char *name = flatten_symbol_name(g->f, sym);

	if (call)
		return flatten_fail(g->f, "function '%s' is declared but has no body", name);
	return flatten_fail(g->f, "variable '%s' is declared but not defined", name);
}

static void add_reloc(struct gather *g, uint32_t insn, enum flat_reloc_kind kind, uint32_t index,
		      uint32_t offset)
{
	vec_push(g->f->parent, &g->p->relocs, ((struct flat_reloc){ insn, kind, index, offset }));
	g->p->insns.v[insn].imm = g->p->insns.v[insn + 1].imm = 0;
	g->p->insns.v[insn].src_reg = 0;
}

static int resolve_address(struct gather *g, uint32_t insn, const Elf64_Sym *sym)
{
	struct bpf_insn *in = &g->p->insns.v[insn];
	struct flatten *f = g->f;
	uint32_t index, offset;
	bool is_map;

	if (in->code != (BPF_LD | BPF_IMM | BPF_DW) || insn + 1 == g->p->insns.n)
		return flatten_fail(f, "'%s' has an address where none can be", g->p->name);
	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= f->n_sections)
		return undefined(g, sym, false);
	if (f->sections[sym->st_shndx].flags & SHF_EXECINSTR) {
		if (func_at(g, sym->st_shndx, sym->st_value + (uint32_t)in->imm, &index))
			return -1;
		add_reloc(g, insn, FLAT_RELOC_FUNC, index, 0);
		return 0;
	}
	if (flatten_map_at(f, sym->st_shndx, sym->st_value + (uint32_t)in->imm, &index, &offset,
			   &is_map))
		return -1;
	add_reloc(g, insn, is_map ? FLAT_RELOC_MAP : FLAT_RELOC_VALUE, index, offset);
	return 0;
}

static int resolve_call(struct gather *g, uint32_t insn, uint32_t section, int64_t off)
{
	uint32_t target;

	if (off < 0 || func_at(g, section, (uint64_t)off, &target))
		return flatten_fail(g->f, "a call in '%s' leads to no function", g->p->name);
	g->p->insns.v[insn].imm = (int32_t)target - (int32_t)insn - 1;
	return 0;
}

static bool is_call(const struct bpf_insn *in)
{
	return in->code == (BPF_JMP | BPF_CALL) && in->src_reg == BPF_PSEUDO_CALL;
}

static int relocate(struct gather *g, const struct flatten_func *func, const Elf64_Rel *rel)
{
	uint32_t insn = func->insn + (uint32_t)((rel->r_offset - func->off) / INSN);
	uint64_t index = ELF64_R_SYM(rel->r_info);
	const Elf64_Sym *sym;
	int64_t off;

	if (index >= g->f->n_syms || rel->r_offset % INSN)
		return flatten_fail(g->f, "the object file has a relocation out of place");
	sym = &g->f->syms[index];
	g->resolved.v[insn] = 1;
	switch (ELF64_R_TYPE(rel->r_info)) {
	case R_BPF_64_64:
		return resolve_address(g, insn, sym);
	case R_BPF_64_32:
		if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= g->f->n_sections)
			return undefined(g, sym, true);
		if (!is_call(&g->p->insns.v[insn]))
			break;
		off = (int64_t)sym->st_value +
		      ((int64_t)g->p->insns.v[insn].imm + 1) * (int64_t)INSN;
		return resolve_call(g, insn, sym->st_shndx, off);
	}
	return flatten_fail(g->f, "'%s' needs relocation type %" PRIu64 ", which is not known here",
			    g->p->name, (uint64_t)ELF64_R_TYPE(rel->r_info));
}

static int gather_func(struct gather *g, const struct flatten_func *func)
{
	const struct flatten_section *s = &g->f->sections[func->section];
	size_t n = func->size / INSN;

	for (size_t i = 0; i < n; i++) {
		struct bpf_insn *in = vec_add(g->f->parent, &g->p->insns);

		memcpy(in, s->data + func->off + i * INSN, INSN);
		vec_push(g->f->parent, &g->resolved, 0);
	}
	for (size_t i = 0; i < s->n_rels; i++)
		if (s->rels[i].r_offset >= func->off &&
		    s->rels[i].r_offset - func->off < func->size && relocate(g, func, &s->rels[i]))
			return -1;
	/* Calls inside one section are settled by the assembler and have no relocation. */
	for (size_t i = 0; i < n; i++) {
		uint32_t insn = func->insn + (uint32_t)i;
		int64_t to = (int64_t)i + 1 + g->p->insns.v[insn].imm;

		if (is_call(&g->p->insns.v[insn]) && !g->resolved.v[insn] &&
		    resolve_call(g, insn, func->section, (int64_t)func->off + to * (int64_t)INSN))
			return -1;
	}
	return 0;
}

static const Elf64_Sym *find_entry(const struct flatten *f, const char *name)
{
	for (size_t i = 0; i < f->n_syms; i++)
		if (ELF64_ST_TYPE(f->syms[i].st_info) == STT_FUNC &&
		    f->syms[i].st_shndx < f->n_sections && f->syms[i].st_shndx != SHN_UNDEF &&
		    !strcmp(flatten_symbol_name(f, &f->syms[i]), name))
			return &f->syms[i];
	return NULL;
}

static int by_insn(const void *a, const void *b)
{
	const struct flat_reloc *x = a, *y = b;

	return x->insn < y->insn ? -1 : x->insn > y->insn;
}

static int flatten_prog(struct flatten *f, const char *name)
{
	const Elf64_Sym *entry = find_entry(f, name);
	struct flat_prog *p = vec_add(f->parent, &f->flat->progs);
	struct gather g = { .f = f, .p = p };
	uint32_t insn;

	p->name = mem_strdup(f->parent, name);
	if (!entry)
		return flatten_fail(f, "program '%s' is not in the object file", name);
	if (func_at(&g, entry->st_shndx, entry->st_value, &insn))
		return -1;
	for (size_t i = 0; i < g.funcs.n; i++) {
		struct flatten_func func = g.funcs.v[i];

		if (gather_func(&g, &func) || flatten_info(f, &func, p))
			return -1;
	}
	if (p->relocs.n)
		qsort(p->relocs.v, p->relocs.n, sizeof(*p->relocs.v), by_insn);
	/* The kernel wants all functions or none, and a line for each or none. */
	if (p->funcs.n != g.funcs.n)
		p->funcs.n = p->lines.n = 0;
	if (p->lines.n && p->lines.v[0].insn)
		p->lines.n = 0;
	return 0;
}

int flatten_object(const void *parent, const void *object, size_t len, const char *const *progs,
		   size_t n, const struct flatten_place *place, struct flat *ret, char **ret_error)
{
	struct flatten f = { .parent = parent, .flat = ret, .place = place };
	int r;

	*ret = (struct flat){ 0 };
	r = flatten_elf(&f, object, len);
	if (!r)
		r = flatten_maps_declared(&f);
	for (size_t i = 0; i < n && !r; i++)
		r = flatten_prog(&f, progs[i]);
	if (r) {
		*ret_error = f.error ? f.error : mem_strdup(parent, "the object file is damaged");
		return -1;
	}
	flatten_types_finish(&f);
	return 0;
}
