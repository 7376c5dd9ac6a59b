// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Variables of the object -> maps of the flat program: those declared in .maps, one for each
 * file-scope variable (it has a section of its own), and one for all constants together.
 */
#include "loader/flatten_object.h"

#define OF_AT "__bcsh_map_"	/* what `@name` is called in C */

static bool has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* Maps that the session makes once; a program has them only if it uses them. */
static bool is_ours(const char *name)
{
	return has_prefix(name, "__bcsh_ring") || has_prefix(name, "__bcsh_counts") ||
	       has_prefix(name, "__bcsh_exit");
}

static const Elf64_Sym *variable_at(const struct flatten *f, uint32_t section, uint64_t off)
{
	for (size_t i = 0; i < f->n_syms; i++)
		if (ELF64_ST_TYPE(f->syms[i].st_info) == STT_OBJECT &&
		    f->syms[i].st_shndx == section && f->syms[i].st_value == off)
			return &f->syms[i];
	return NULL;
}

static int add_map(struct flatten *f, struct flat_map **ret)
{
	if (f->flat->maps.n == FLAT_MAPS_MAX)
		return flatten_fail(f, "more than %u maps and variables in one input",
				    FLAT_MAPS_MAX);
	*ret = vec_add(f->parent, &f->flat->maps);
	return 0;
}

static int declare(struct flatten *f, const char *c_name)
{
	const char *name = c_name;
	struct flat_map *m;

	if (add_map(f, &m))
		return -1;
	if (has_prefix(name, OF_AT))
		name += strlen(OF_AT);
	m->name = mem_strdup(f->parent, *name ? name : "@");
	m->role = is_ours(c_name) ? FLAT_MAP_OURS : FLAT_MAP_USER;
	return flatten_types_map(f, flatten_types_variable(f, c_name), m);
}

/* Index of the map declared as C_NAME, made if it is not there yet. */
static int declared(struct flatten *f, const char *c_name, uint32_t *ret)
{
	const char *name = has_prefix(c_name, OF_AT) ? c_name + strlen(OF_AT) : c_name;

	if (!*name)
		name = "@";
	for (size_t i = 0; i < f->flat->maps.n; i++) {
		if (!strcmp(f->flat->maps.v[i].name, name)) {
			*ret = (uint32_t)i;
			return 0;
		}
	}
	*ret = (uint32_t)f->flat->maps.n;
	return declare(f, c_name);
}

static bool is_variable_section(const struct flatten_section *s)
{
	return has_prefix(s->name, ".data") || has_prefix(s->name, ".bss");
}

static int add_variable(struct flatten *f, uint32_t section, const char *name)
{
	struct flatten_section *s = &f->sections[section];
	struct flat_map *m;

	if (s->n_rels)
		return flatten_fail(
			f,
			"variable '%s' starts with an address in it, which a BPF variable cannot",
			name);
	if (add_map(f, &m))
		return -1;
	*m = (struct flat_map){
		.name = mem_strdup(f->parent, name), .role = FLAT_MAP_GLOBAL,
		.type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = (uint32_t)s->size,
		.max_entries = 1, .flags = BPF_F_MMAPABLE,
		.value_id = flatten_types_variable(f, name),
		.init = s->data ? mem_dup(f->parent, s->data, s->size) : NULL,
	};
	s->map = (uint32_t)f->flat->maps.n;
	return 0;
}

static int add_constants(struct flatten *f, uint32_t section)
{
	struct flatten_section *s = &f->sections[section];
	struct flat_map *m;
	size_t base;

	if (s->n_rels)
		return flatten_fail(f, "a constant holds an address, which BPF constants cannot: "
				    "use a switch, or an array of characters");
	if (!f->rodata) {
		if (add_map(f, &m))
			return -1;
		*m = (struct flat_map){ .name = mem_strdup(f->parent, ".rodata"),
					.role = FLAT_MAP_CONST,
					.type = BPF_MAP_TYPE_ARRAY,
					.key_size = 4,
					.max_entries = 1,
					.flags = BPF_F_RDONLY_PROG };
		f->rodata = (uint32_t)f->flat->maps.n;
	}
	m = &f->flat->maps.v[f->rodata - 1];
	base = (m->value_size + 15u) & ~15u;
	m->init = mem_resize(f->parent, m->init, 1, base + s->size);
	memset((char *)m->init + m->value_size, 0, base - m->value_size);
	if (s->data)
		memcpy((char *)m->init + base, s->data, s->size);
	else
		memset((char *)m->init + base, 0, s->size);
	m->value_size = (uint32_t)(base + s->size);
	s->map = f->rodata;
	s->base = (uint32_t)base;
	return 0;
}

int flatten_maps_declared(struct flatten *f)
{
	for (size_t i = 0; i < f->n_syms; i++) {
		const Elf64_Sym *sym = &f->syms[i];
		const char *name = flatten_symbol_name(f, sym);
		const struct flatten_section *s;
		uint32_t index;

		if (ELF64_ST_TYPE(sym->st_info) != STT_OBJECT || sym->st_shndx >= f->n_sections ||
		    !sym->st_shndx)
			continue;
		s = &f->sections[sym->st_shndx];
		if (f->maps_section && sym->st_shndx == f->maps_section) {
			/* The tools of our own prelude only where they are used. */
			if ((!has_prefix(name, "__bcsh_") || has_prefix(name, OF_AT)) &&
			    declared(f, name, &index))
				return -1;
		} else if (is_variable_section(s) && !s->map && !s->n_rels &&
			   !has_prefix(name, "__bcsh_") && add_variable(f, sym->st_shndx, name)) {
			return -1;
		}
	}
	return 0;
}

int flatten_map_at(struct flatten *f, uint32_t section, uint64_t off, uint32_t *ret_map,
		   uint32_t *ret_offset, bool *ret_is_map)
{
	struct flatten_section *s = &f->sections[section];
	const Elf64_Sym *sym;

	*ret_is_map = f->maps_section && section == f->maps_section;
	*ret_offset = 0;
	if (*ret_is_map) {
		sym = variable_at(f, section, off);
		if (!sym)
			return flatten_fail(f, "a map is used at an offset inside its declaration");
		return declared(f, flatten_symbol_name(f, sym), ret_map);
	}
	if (!s->map && has_prefix(s->name, ".rodata") && add_constants(f, section))
		return -1;
	if (!s->map && is_variable_section(s)) {
		sym = variable_at(f, section, 0);
		if (add_variable(f, section, sym ? flatten_symbol_name(f, sym) : s->name))
			return -1;
	}
	if (!s->map)
		return flatten_fail(f, "section '%s' cannot be used from BPF", s->name);
	*ret_map = s->map - 1;
	if (off >= s->size)
		return flatten_fail(f, "an address past the end of '%s'",
				    f->flat->maps.v[*ret_map].name);
	*ret_offset = s->base + (uint32_t)off;
	return 0;
}
