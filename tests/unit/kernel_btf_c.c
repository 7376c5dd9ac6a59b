// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The C printed for random members of this kernel's records is compiled: sizes and offsets by
 * static assertions, bitfields and everything else by reading back the BTF that clang made of it.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <libelf.h>

#include "kernel/btf_c.h"
#include "kernel/constant.h"

#define BATCHES 6
#define RECORDS 500	/* in each */
#define TAGS (1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION)

static struct btf_index *kernel;

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)*seed * n >> 32);
}

static void token(struct btf_c *c, const char *name)
{
	btf_c_token(c, name, strlen(name));
}

static const char *keyword(uint32_t id)
{
	return btf_kind_of(btf_type(kernel, id)) == BTF_KIND_UNION ? "union" : "struct";
}

/* Takes a random member of RECORD, going into anonymous ones, and asserts its place. */
static void pick(struct btf_c *c, uint32_t *seed, uint32_t id, struct strbuf *asserts)
{
	struct btf_field f = { .type = id }, outer;
	const char *tag = btf_name(kernel, id);
	const char *kw = keyword(id);

	do {
		const struct btf_type *t = btf_type(kernel, btf_resolve(kernel, f.type));

		if (!btf_vlen_of(t))
			return;
		f = btf_member_at(kernel, btf_resolve(kernel, f.type),
				  random_below(seed, btf_vlen_of(t)));
	} while (!*f.name && !f.bits);
	if (!btf_find_member(kernel, id, f.name, &outer))
		return;
	token(c, f.name);
	if (!outer.bits)
		strbuf_addf(asserts,
			    "_Static_assert(__builtin_offsetof(%s %s, %s) == %u, \"%s.%s\");\n", kw,
			    tag, f.name, outer.bit_offset / 8, tag, f.name);
}

static void add_record(struct btf_c *c, uint32_t *seed, uint32_t id, struct strbuf *asserts)
{
	const char *tag = btf_name(kernel, id);
	const char *kw = keyword(id);

	token(c, tag);
	strbuf_addf(asserts, "%s %s v%u;\n_Static_assert(sizeof(%s %s) == %u, \"%s\");\n", kw, tag,
		    id, kw, tag, btf_type(kernel, id)->size, tag);
	for (int i = 0; i < 3; i++)
		pick(c, seed, id, asserts);
}

static struct btf_index *btf_of_object(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct btf_index *b = NULL;
	Elf_Scn *scn = NULL;
	size_t names;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	assert_non_null(elf);
	assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
	while ((scn = elf_nextscn(elf, scn))) {
		Elf64_Shdr *sh = elf64_getshdr(scn);
		Elf_Data *data;

		if (strcmp(elf_strptr(elf, names, sh->sh_name), ".BTF"))
			continue;
		data = elf_getdata(scn, NULL);
		assert_int_equal(btf_from_blob(NULL, data->d_buf, data->d_size, &b), 0);
	}
	elf_end(elf);
	close(fd);
	assert_non_null(b);
	return b;
}

/*
 * Every member clang saw must be the kernel's, bit by bit. Returns how many bitfields there were.
 */
static unsigned compare(const struct btf_index *made)
{
	unsigned bitfields = 0, records = 0;

	for (uint32_t id = 1; id < btf_count(made); id++) {
		const struct btf_type *t = btf_type(made, id);
		uint32_t real = btf_find(kernel, btf_name(made, id), TAGS);

		if (!(TAGS >> btf_kind_of(t) & 1) || !*btf_name(made, id) || !real)
			continue;
		records++;
		assert_int_equal(t->size, btf_type(kernel, real)->size);
		for (unsigned i = 0; i < btf_vlen_of(t); i++) {
			struct btf_field f = btf_member_at(made, id, i), g;

			if (!*f.name || !strncmp(f.name, "__bcsh_pad", 10))
				continue;
			assert_true(btf_find_member(kernel, real, f.name, &g));
			if (f.bit_offset != g.bit_offset || f.bits != g.bits)
				print_message("%s.%s\n", btf_name(made, id), f.name);
			assert_int_equal(f.bit_offset, g.bit_offset);
			assert_int_equal(f.bits, g.bits);
			assert_true(btf_size(made, f.type) == btf_size(kernel, g.type));
			bitfields += f.bits != 0;
		}
	}
	assert_true(records > 0);
	return bitfields;
}

static struct btf_index *compile(const char *text, size_t len, const char *flags)
{
	char dir[] = "/tmp/bcsh-btf-XXXXXX";
	struct btf_index *b;
	char path[64], obj[64];
	char *command;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/t.c", dir);
	snprintf(obj, sizeof(obj), "%s/t.o", dir);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	command = mem_printf(NULL, "clang-19 -target bpf -std=gnu11 -g -c %s -o %s %s", flags, obj,
			     path);
	if (system(command)) {
		print_message("%s\n", command);
		fail_msg("clang refuses the C that was printed");
	}
	mem_free(command);
	b = btf_of_object(obj);
	unlink(path);
	unlink(obj);
	rmdir(dir);
	return b;
}

static void test_layouts(void **state)
{
	unsigned bitfields = 0;
	uint32_t seed = 7;

	(void)state;
	for (int batch = 0; batch < BATCHES; batch++) {
		_cleanup_strbuf_ struct strbuf out = STRBUF_INIT, asserts = STRBUF_INIT;
		struct btf_c *c = btf_c_new(NULL, kernel);
		struct btf_index *made;

		for (int n = 0; n < RECORDS;) {
			uint32_t id = 1 + random_below(&seed, btf_count(kernel) - 1);
			const char *tag = btf_name(kernel, id);

			if (!(TAGS >> btf_kind_of(btf_type(kernel, id)) & 1) || !*tag ||
			    btf_find(kernel, tag, TAGS) != id)
				continue;
			add_record(c, &seed, id, &asserts);
			n++;
		}
		strbuf_adds(&out, "typedef _Bool bool;\n");
		btf_c_emit(c, &out);
		strbuf_add(&out, asserts.text, asserts.len);
		made = compile(out.text, out.len, "-w");
		bitfields += compare(made);
		mem_free(made);
		mem_free(c);
	}
	print_message("%d records, %u bitfields\n", BATCHES * RECORDS, bitfields);
	assert_true(bitfields > 20);
}

static char *emit(const char *const *tokens, const char *const *excluded)
{
	struct btf_c *c = btf_c_new(NULL, kernel);
	struct strbuf out = STRBUF_INIT;
	char *text;

	for (; *tokens; tokens++)
		token(c, *tokens);
	for (; *excluded; excluded++)
		btf_c_exclude(c, *excluded, strlen(*excluded));
	btf_c_emit(c, &out);
	text = strbuf_detach(&out, NULL);
	mem_free(c);
	return text;
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]){ NULL })

/* Chains of members through pointers, without one warning, and nothing else of a large record. */
static void test_chain(void **state)
{
	static const char use[] =
		"int f(struct task_struct *t)\n"
		"{ return t->real_parent->mm->exe_file->f_path.dentry->d_name.len; }\n"
		"int g(struct sk_buff *skb) { return skb->dev->ifindex; }\n";
	char *text = emit(NAMES("task_struct", "real_parent", "mm", "exe_file", "f_path", "dentry",
				"d_name", "len", "sk_buff", "dev", "ifindex"), NOTHING);
	struct btf_index *made;
	char *all;

	(void)state;
	assert_null(strstr(text, "static_prio"));
	assert_true(strlen(text) < 8000);
	all = mem_printf(NULL, "%s%s", text, use);
	made = compile(all, strlen(all), "-Wall -Wextra -Werror");
	compare(made);
	mem_free(made);
	mem_free(all);
	mem_free(text);
}

static void test_names(void **state)
{
	char *text = emit(NAMES("BPF_MAP_TYPE_HASH", "BPF_MAP_TYPE_LRU_HASH", "u64", "atomic_t",
				"counter", "true", "NULL"), NOTHING);

	(void)state;
	assert_non_null(strstr(text, "BPF_MAP_TYPE_HASH = 1ULL"));
	assert_null(strstr(text, "BPF_MAP_TYPE_ARRAY "));
	assert_non_null(strstr(text, "typedef __u64 u64;"));
	assert_non_null(strstr(text, "} __attribute__((aligned(4))) atomic_t;"));
	assert_null(strstr(text, "true"));
	mem_free(text);
	/* The user's own type wins, and the records that hold the kernel's keep their layout. */
	text = emit(NAMES("path", "dentry", "file", "f_path", "u64"), NAMES("path", "u64"));
	assert_null(strstr(text, "struct path {"));
	assert_null(strstr(text, " u64;"));
	assert_non_null(strstr(text, "struct path___"));
	mem_free(text);
	mem_free(emit(NOTHING, NOTHING));
}

static void test_exclude_compiles(void **state)
{
	static const char theirs[] =
		"struct path { int mine; };\n"
		"int f(struct file *x) { return sizeof(x->f_path) == 16; }\n"
		"_Static_assert(sizeof(((struct file *)0)->f_path) == 16, \"\");\n";
	char *text = emit(NAMES("path", "dentry", "file", "f_path"), NAMES("path"));
	char *all = mem_printf(NULL, "%s%s", text, theirs);

	(void)state;
	mem_free(compile(all, strlen(all), "-Wall -Wextra -Werror"));
	mem_free(all);
	mem_free(text);
}

/* What headers define is there too, with the members that a macro stands for. */
static void test_headers(void **state)
{
	static const char use[] =
		"unsigned f(struct sock *sk) { return sk->sk_family == AF_INET6 ? sk->sk_daddr : "
		"S_ISDIR(O_CREAT); }\n"
		"_Static_assert(AF_INET6 == 10 && O_CREAT == 0100 && ENOENT == 2, \"\");\n"
		"_Static_assert(INT_MIN < 0 && UINT_MAX > 0 && S64_MAX > UINT_MAX, \"\");\n";
	char *text = emit(NAMES("sock", "sk_family", "AF_INET6", "sk_daddr", "S_ISDIR", "O_CREAT",
				"ENOENT", "INT_MIN", "UINT_MAX", "S64_MAX"), NOTHING);
	char *all = mem_printf(NULL, "%s%s", text, use);

	(void)state;
	assert_int_equal(header_constant("AF_ALG")->value, 38);
	assert_int_equal(header_constant("__TASK_TRACED")->value, 8);
	assert_null(header_constant("AF_"));
	mem_free(compile(all, strlen(all), "-Wall -Wextra -Werror"));
	mem_free(all);
	mem_free(text);
	text = emit(NAMES("AF_INET6", "sk_daddr"), NAMES("AF_INET6", "sk_daddr"));
	assert_string_equal(text, "");
	mem_free(text);
}

static void check_declare(uint32_t id, const char *name, const char *want)
{
	struct strbuf out = STRBUF_INIT;

	btf_c_declare(kernel, id, name, &out);
	assert_string_equal(out.text, want);
	strbuf_clear(&out);
}

static uint32_t member_type(const char *tag, const char *member)
{
	struct btf_field f = { 0 };

	assert_true(btf_find_member(kernel, btf_find(kernel, tag, TAGS), member, &f));
	return f.type;
}

static void test_declare(void **state)
{
	uint32_t func = btf_find_func(kernel, "__traceiter_sched_switch");

	(void)state;
	check_declare(0, "", "void");
	check_declare(btf_param_at(kernel, func, 2).type, "prev", "struct task_struct *prev");
	check_declare(member_type("task_struct", "comm"), "comm", "char comm[16]");
	check_declare(member_type("task_struct", "cpus_ptr"), "m", "const cpumask_t *m");
	check_declare(member_type("file_operations", "llseek"), "",
		      "loff_t (*)(struct file *, loff_t, int)");
	check_declare(member_type("file_operations", "release"), "fn",
		      "int (*fn)(struct inode *, struct file *)");
}

static int open_kernel(void **state)
{
	(void)state;
	return btf_open(NULL, NULL, &kernel) ? -1 : 0;
}

static int close_kernel(void **state)
{
	(void)state;
	mem_free(kernel);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declare), cmocka_unit_test(test_names),
		cmocka_unit_test(test_chain),	cmocka_unit_test(test_exclude_compiles),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_layouts),
	};

	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return 77;	/* skipped: this kernel has no BTF */
	return cmocka_run_group_tests(tests, open_kernel, close_kernel);
}
