// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * bcsh-handler: links user-side objects by LLVM ORC and calls them when asked. One LLJIT for each
 * object, because definitions of the session come again in every object that uses them.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>
#include <llvm-c/Target.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "loader/handler_run.h"
#include "loader/sandbox.h"

struct object {
	uint32_t id;
	LLVMOrcLLJITRef jit;
	char *elf;
	size_t elf_len;
	struct handler_code code;	/* but for its base, known once a function is looked up */
};

static VEC(struct object) objects;
static void *root;

static char *take_error(LLVMErrorRef e)
{
	char *llvm = LLVMGetErrorMessage(e);
	char *text = mem_strdup(root, llvm);

	LLVMDisposeErrorMessage(llvm);
	return text;
}

static void drop(uint32_t id)
{
	for (size_t i = 0; i < objects.n; i++) {
		if (objects.v[i].id != id)
			continue;
		LLVMConsumeError(LLVMOrcDisposeLLJIT(objects.v[i].jit));
		mem_free(objects.v[i].elf);
		mem_free((void *)objects.v[i].code.lines);
		vec_remove(&objects, i);
		return;
	}
}

typedef VEC(LLVMOrcCSymbolMapPair) symbol_pairs;

static void add_pair(LLVMOrcLLJITRef jit, symbol_pairs *pairs, const char *name,
		     const void *address)
{
	LLVMOrcCSymbolMapPair *p = vec_add(root, pairs);

	p->Name = LLVMOrcLLJITMangleAndIntern(jit, name);
	p->Sym.Address = (LLVMOrcExecutorAddress)(uintptr_t)address;
	p->Sym.Flags.GenericFlags = LLVMJITSymbolGenericFlagsExported;
}

/* Our runtime, the session's variables, then whatever this process has: libc and libm. */
static LLVMErrorRef define_symbols(LLVMOrcLLJITRef jit)
{
	LLVMOrcJITDylibRef dylib = LLVMOrcLLJITGetMainJITDylib(jit);
	LLVMOrcDefinitionGeneratorRef process;
	symbol_pairs pairs = { 0 };
	LLVMErrorRef e;

	for (size_t i = 0; i < handler_run_symbols_n; i++)
		add_pair(jit, &pairs, handler_run_symbols[i].name, handler_run_symbols[i].address);
	for (size_t i = 0; i < handler_map_symbols_n; i++)
		add_pair(jit, &pairs, handler_map_symbols[i].name, handler_map_symbols[i].address);
	for (size_t i = 0; i < handler_map_count(); i++)
		if (handler_map_global(handler_map_name(i)))
			add_pair(jit, &pairs, handler_map_name(i),
				 handler_map_global(handler_map_name(i)));
	e = LLVMOrcJITDylibDefine(dylib, LLVMOrcAbsoluteSymbols(pairs.v, pairs.n));
	mem_free(pairs.v);
	if (e)
		return e;
	e = LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(&process,
			LLVMOrcLLJITGetGlobalPrefix(jit), NULL, NULL);
	if (!e)
		LLVMOrcJITDylibAddGenerator(dylib, process);
	return e;
}

struct elf_symbols {	/* of an object that the worker made; points into it */
	const Elf64_Shdr *sections;
	size_t n_sections;
	Elf64_Sym *sym;
	size_t n;
	const char *names;
	size_t names_len;
};

static bool inside(const Elf64_Shdr *sh, size_t len)
{
	return sh->sh_offset <= len && sh->sh_size <= len - sh->sh_offset;
}

static bool elf_symbols(char *object, size_t len, struct elf_symbols *ret)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)object;
	const Elf64_Shdr *sh;

	if (len < sizeof(*eh) || eh->e_shoff > len ||
	    eh->e_shnum > (len - eh->e_shoff) / sizeof(*sh))
		return false;
	sh = (const Elf64_Shdr *)(object + eh->e_shoff);
	for (size_t i = 0; i < eh->e_shnum; i++) {
		const Elf64_Shdr *names = &sh[sh[i].sh_link];

		if (sh[i].sh_type != SHT_SYMTAB || sh[i].sh_link >= eh->e_shnum ||
		    !inside(&sh[i], len) || !inside(names, len) || !names->sh_size ||
		    object[names->sh_offset + names->sh_size - 1])
			continue;
		*ret = (struct elf_symbols){
			.sections = sh,
			.n_sections = eh->e_shnum,
			.sym = (Elf64_Sym *)(object + sh[i].sh_offset),
			.n = sh[i].sh_size / sizeof(Elf64_Sym),
			.names = object + names->sh_offset,
			.names_len = names->sh_size,
		};
		return true;
	}
	return false;
}

/*
 * A variable that the session keeps in a map is defined by the object too, since its text is the
 * same for kernel and host. Made weak, that definition gives way to the map's bytes.
 */
static void weaken_variables(char *object, size_t len)
{
	struct elf_symbols s;

	if (!elf_symbols(object, len, &s))
		return;
	for (size_t k = 0; k < s.n; k++)
		if (ELF64_ST_TYPE(s.sym[k].st_info) == STT_OBJECT &&
		    ELF64_ST_BIND(s.sym[k].st_info) == STB_GLOBAL &&
		    s.sym[k].st_name < s.names_len &&
		    handler_map_global(s.names + s.sym[k].st_name))
			s.sym[k].st_info = ELF64_ST_INFO(STB_WEAK, STT_OBJECT);
}

/* Splits what the worker made into object and lines. False: damaged. */
static bool unpack(struct object *o, const void *bytes, size_t len)
{
	struct wire_reader r;
	struct handler_line *lines;
	const void *elf;
	uint32_t n;

	if (len > SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG)) {
		o->elf = mem_dup(root, bytes, len);
		o->elf_len = len;
		return true;
	}
	wire_reader_init(&r, bytes, len);
	if (wire_u32(&r) != HANDLER_CODE_MAGIC)
		return false;
	elf = wire_blob(&r, &o->elf_len);
	n = wire_count(&r, 24);
	lines = mem_array(root, struct handler_line, n);
	for (uint32_t i = 0; i < n; i++) {
		lines[i].offset = wire_u32(&r);
		lines[i].at.src = (int)wire_u32(&r);
		lines[i].at.start = wire_u64(&r);
		lines[i].at.end = wire_u64(&r);
	}
	o->code.lines = lines;
	o->code.n_lines = n;
	o->elf = elf ? mem_dup(root, elf, o->elf_len) : NULL;
	return wire_done(&r) && elf;
}

static char *add(uint32_t id, const void *bytes, size_t len)
{
	struct object o = { .id = id };
	LLVMErrorRef e;

	drop(id);
	if (!unpack(&o, bytes, len))
		return mem_strdup(root, "an object is damaged");
	weaken_variables(o.elf, o.elf_len);
	e = LLVMOrcCreateLLJIT(&o.jit, NULL);
	if (e)
		return take_error(e);
	e = define_symbols(o.jit);
	if (!e)
		e = LLVMOrcLLJITAddObjectFile(
			o.jit, LLVMOrcLLJITGetMainJITDylib(o.jit),
			LLVMCreateMemoryBufferWithMemoryRangeCopy(o.elf, o.elf_len, "input"));
	if (e) {
		LLVMConsumeError(LLVMOrcDisposeLLJIT(o.jit));
		return take_error(e);
	}
	vec_push(root, &objects, o);
	return NULL;
}

/* From where one function is: its section's start and length. */
static void locate(struct object *o, const char *name, uintptr_t address)
{
	struct elf_symbols s;

	o->code.base = 0;
	if (!elf_symbols(o->elf, o->elf_len, &s))
		return;
	for (size_t k = 0; k < s.n; k++) {
		uint16_t section = s.sym[k].st_shndx;

		if (s.sym[k].st_name >= s.names_len || strcmp(s.names + s.sym[k].st_name, name) ||
		    section == SHN_UNDEF || section >= s.n_sections)
			continue;
		o->code.base = address - s.sym[k].st_value;
		o->code.len = s.sections[section].sh_size;
	}
}

static char *run(uint32_t id, const char *name)
{
	LLVMOrcExecutorAddress address;
	LLVMErrorRef e;
	const char *why;

	vec_each(&objects, o) {
		if (o->id != id)
			continue;
		e = LLVMOrcLLJITLookup(o->jit, &address, name);
		if (e)
			return take_error(e);
		locate(o, name, (uintptr_t)address);
		why = handler_call((void (*)(void))(uintptr_t)address, &o->code);
		return why ? mem_strdup(root, why) : NULL;
	}
	return mem_strdup(root, "the code to run is not there");
}

static bool read_all(void *p, size_t len)
{
	char *to = p;

	while (len) {
		ssize_t n = read(HANDLER_FD, to, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

/* Header, and the descriptor that came with it (-1: none). */
static bool read_header(struct handler_header *h, int *ret_fd)
{
	struct iovec io = { h, sizeof(*h) };
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cm;
	ssize_t n;

	do {
		n = recvmsg(HANDLER_FD, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	cm = CMSG_FIRSTHDR(&m);
	*ret_fd = -1;
	if (cm && cm->cmsg_type == SCM_RIGHTS && cm->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_fd, CMSG_DATA(cm), sizeof(int));
	return read_all((char *)h + n, sizeof(*h) - (size_t)n);
}

static char *obey(uint32_t type, struct wire_reader *r, int fd)
{
	uint32_t id = 0;
	const char *why, *name;
	const void *bytes;
	size_t len;

	if (type == HANDLER_ASK_MAP) {
		why = handler_map_add(r, fd);
		return why ? mem_strdup(root, why) : NULL;
	}
	if (type == HANDLER_ASK_SESSION) {
		uint64_t start = wire_u64(r);

		handler_session(start, wire_u32(r));
		return NULL;
	}
	id = wire_u32(r);
	switch (type) {
	case HANDLER_ASK_ADD:
		bytes = wire_blob(r, &len);
		return bytes ? add(id, bytes, len) : mem_strdup(root, "an object is damaged");
	case HANDLER_ASK_DROP:
		drop(id);
		return NULL;
	case HANDLER_ASK_RUN:
		name = wire_str(r, root);
		return name ? run(id, name) : mem_strdup(root, "a message is damaged");
	}
	return mem_strdup(root, "a message is not known");
}

static void serve(void)
{
	struct handler_header h;
	int fd;

	while (read_header(&h, &fd) && h.length <= HANDLER_MESSAGE_MAX) {
		char *payload = mem_array(root, char, h.length);
		struct wire_reader r;
		char *why;

		if (!read_all(payload, h.length))
			return;
		wire_reader_init(&r, payload, h.length);
		why = obey(h.type, &r, fd);
		handler_say_text(why ? HANDLER_SAY_FAILED : HANDLER_SAY_DONE, why);
		mem_free(why);
		mem_free(payload);
		/* what linking touched of LLVM is not needed to run; other processes may want the room */
		if (h.type == HANDLER_ASK_ADD)
			proc_forget_pages();
	}
}

int main(void)
{
	if (fcntl(HANDLER_FD, F_GETFD) < 0) {
		fprintf(stderr, "bcsh-handler is started by bcsh\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	root = mem_new(NULL, char);
	tzset();
	handler_map_init();
	handler_run_init();
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86Target();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86AsmPrinter();
	if (sandbox_drop() || sandbox_enter_handler()) {
		fprintf(stderr, "bcsh-handler: cannot give up its rights: %s\n", strerror(errno));
		return 1;
	}
	proc_forget_pages();
	serve();
	return 0;
}
