// SPDX-License-Identifier: GPL-3.0-or-later
/* The object file's sections, symbols and relocations by libelf, checked once for all who read
 * them. */
#include <libelf.h>

#include "loader/flatten_object.h"

static int damaged(struct flatten *f)
{
	return flatten_fail(f, "the object file is damaged");
}

static int read_section(struct flatten *f, Elf *elf, Elf_Scn *scn, size_t strings)
{
	struct flatten_section *s = &f->sections[elf_ndxscn(scn)];
	const Elf64_Shdr *h = elf64_getshdr(scn);
	Elf_Data *d = elf_rawdata(scn, NULL);

	s->name = h ? elf_strptr(elf, strings, h->sh_name) : NULL;
	if (!s->name || !d)
		return damaged(f);
	s->type = h->sh_type;
	s->flags = h->sh_flags;
	s->size = h->sh_size;
	if (h->sh_type == SHT_NOBITS)
		return 0;
	s->data = d->d_buf;
	if (d->d_size != h->sh_size || (!s->data && s->size))
		return damaged(f);
	return 0;
}

static int read_symbols(struct flatten *f, const Elf64_Shdr *h, const struct flatten_section *s)
{
	if (h->sh_link >= f->n_sections)
		return damaged(f);
	f->syms = (const Elf64_Sym *)s->data;
	f->n_syms = s->size / sizeof(*f->syms);
	f->names = f->sections[h->sh_link].data;
	f->names_len = f->sections[h->sh_link].size;
	if (!f->names_len || f->names[f->names_len - 1])
		return damaged(f);
	return 0;
}

static int read_links(struct flatten *f, Elf *elf)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		const Elf64_Shdr *h = elf64_getshdr(scn);
		size_t i = elf_ndxscn(scn);
		struct flatten_section *s = &f->sections[i];

		if (s->type == SHT_SYMTAB && read_symbols(f, h, s))
			return -1;
		if (s->type == SHT_REL) {
			if (h->sh_info >= f->n_sections)
				return damaged(f);
			f->sections[h->sh_info].rels = (const Elf64_Rel *)s->data;
			f->sections[h->sh_info].n_rels = s->size / sizeof(Elf64_Rel);
		}
		if (!strcmp(s->name, ".maps"))
			f->maps_section = (uint32_t)i;
		if (!strcmp(s->name, ".BTF.ext")) {
			f->ext = s->data;
			f->ext_len = s->size;
		}
		if (!strcmp(s->name, ".BTF") && flatten_types_open(f, s->data, s->size))
			return -1;
	}
	return f->syms ? 0 : damaged(f);
}

int flatten_elf(struct flatten *f, const void *object, size_t len)
{
	Elf_Scn *scn = NULL;
	size_t strings, n;
	Elf *elf;
	int r = 0;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)object, len);	/* opened for reading: never written through */
	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getshdrnum(elf, &n) ||
	    elf_getshdrstrndx(elf, &strings) || !elf64_getehdr(elf) ||
	    elf64_getehdr(elf)->e_machine != EM_BPF) {
		elf_end(elf);
		return flatten_fail(f, "the compiler made no BPF object");
	}
	f->n_sections = n;
	f->sections = mem_array(f->parent, struct flatten_section, n);
	for (size_t i = 0; i < n; i++)
		f->sections[i].name = "";
	while (!r && (scn = elf_nextscn(elf, scn)))
		r = read_section(f, elf, scn, strings);
	if (!r)
		r = read_links(f, elf);
	/* Names and raw data point into OBJECT, which outlives this. */
	elf_end(elf);
	return r;
}
