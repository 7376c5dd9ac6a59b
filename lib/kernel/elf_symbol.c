// SPDX-License-Identifier: GPL-3.0-or-later
/* Symbols of ELF files, by libelf; see elf_symbol.h. */
#include "kernel/elf_symbol.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct elf_file {
	int fd;
	Elf *elf;
};

static int file_open(const char *path, struct elf_file *f)
{
	GElf_Ehdr header;
	struct stat st;

	*f = (struct elf_file){ .fd = -1 };
	/* A FIFO would block here, a device might do anything. */
	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOEXEC;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &header) ||
	    header.e_machine != EM_X86_64 || (header.e_type != ET_EXEC && header.e_type != ET_DYN))
		return -ENOEXEC;
	return 0;
}

static void file_close(struct elf_file *f)
{
	if (f->elf)
		elf_end(f->elf);
	fd_close(&f->fd);
}

/* Where in the file an address of the program is: false if no executable segment has it. */
static bool file_offset(const struct elf_file *f, uint64_t address, uint64_t *ret)
{
	size_t n;

	if (elf_getphdrnum(f->elf, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr p;

		if (!gelf_getphdr(f->elf, (int)i, &p) || p.p_type != PT_LOAD || !(p.p_flags & PF_X))
			continue;
		if (address < p.p_vaddr || address - p.p_vaddr >= p.p_filesz)
			continue;
		*ret = address - p.p_vaddr + p.p_offset;
		return true;
	}
	return false;
}

typedef bool (*symbol_fn)(void *arg, const char *name, const struct elf_symbol *sym);

static bool each_in(const struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *sh, symbol_fn fn,
		    void *arg)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0;

	for (size_t i = 0; i < n; i++) {
		struct elf_symbol s = { 0 };
		const char *name, *at;
		char cut[512];
		GElf_Sym sym;

		if (!gelf_getsym(data, (int)i, &sym) || sym.st_shndx == SHN_UNDEF || !sym.st_value)
			continue;
		s.indirect = GELF_ST_TYPE(sym.st_info) == STT_GNU_IFUNC;
		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC && !s.indirect)
			continue;
		name = elf_strptr(f->elf, sh->sh_link, sym.st_name);
		if (!name || !*name || !file_offset(f, sym.st_value, &s.offset))
			continue;
		s.address = sym.st_value;
		s.size = sym.st_size;
		at = strchr(name, '@');
		if (at && (size_t)(at - name) < sizeof(cut)) {
			memcpy(cut, name, (size_t)(at - name));
			cut[at - name] = '\0';
			name = cut;
		}
		if (fn(arg, name, &s))
			return true;
	}
	return false;
}

int elf_symbol_each(const char *path, symbol_fn fn, void *arg)
{
	struct elf_file f;
	int err = file_open(path, &f);
	Elf_Scn *scn = NULL;

	while (!err && (scn = elf_nextscn(f.elf, scn))) {
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh) ||
		    (sh.sh_type != SHT_SYMTAB && sh.sh_type != SHT_DYNSYM))
			continue;
		if (each_in(&f, scn, &sh, fn, arg))
			break;
	}
	file_close(&f);
	return err;
}

struct wanted {
	const char *name;
	struct elf_symbol *ret;
	bool found;
};

static bool is_wanted(void *arg, const char *name, const struct elf_symbol *sym)
{
	struct wanted *w = arg;

	if (strcmp(name, w->name))
		return false;
	*w->ret = *sym;
	w->found = true;
	return true;
}

int elf_symbol_find(const char *path, const char *name, struct elf_symbol *ret)
{
	struct elf_symbol found;
	struct wanted w = { .name = name, .ret = &found };
	int err = elf_symbol_each(path, is_wanted, &w);

	if (err)
		return err;
	if (!w.found)
		return -ENOENT;
	*ret = found;
	return 0;
}
