// SPDX-License-Identifier: GPL-3.0-or-later
/* Maps in all formats, against tests/render/map_NAME.FORMAT. */
#include <locale.h>

#include "shell/render/map.h"
#include "render_help.h"

struct fixture {
	void *mem;
	struct bcsh_map map;
	struct at_map at;
	struct map_view view;
	struct map_snapshot snap;
	VEC(struct map_entry) entries;
};

static void init(struct fixture *f, const char *name, enum at_value value, size_t key_size, size_t size)
{
	*f = (struct fixture){ .mem = mem_strdup(NULL, "fixture") };
	f->map = (struct bcsh_map){ .name = (char *)name, .type = BPF_MAP_TYPE_HASH,
				    .key_size = key_size, .value_size = size };
	f->at = (struct at_map){ .name = (char *)name, .value = value, .c_type = "__u64" };
	f->view = (struct map_view){ .name = name, .map = &f->map, .at = &f->at };
	f->snap.stride = (size + 7) / 8 * 8;
	f->snap.n_cpus = 1;
}

static void add_key(struct fixture *f, const char *c_type, const char *name)
{
	struct at_key *k = vec_add(f->mem, &f->at.keys);

	k->c_type = (char *)c_type;
	k->name = (char *)name;
}

static void add(struct fixture *f, const void *key, const void *value)
{
	struct map_entry *e = vec_add(f->mem, &f->entries);

	e->key = mem_dup(f->mem, key, f->map.key_size);
	e->value = mem_dup(f->mem, value, f->snap.stride * f->snap.n_cpus);
	f->snap.entries = f->entries.v;
	f->snap.n = f->entries.n;
}

static void check(struct fixture *f, const char *name)
{
	static const char *const formats[] = { "table", "box", "json", "csv", "tsv", "markdown" };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_mem_ char *file = mem_printf(NULL, "map_%s.%s", name, formats[i]);
		enum table_format format;
		char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		assert_true(table_format_find(formats[i], &format));
		map_render(&f->view, &f->snap, format, out);
		fclose(out);
		golden(file, text);
		free(text);
	}
	mem_free(f->mem);
}

static void counts(void **state)
{
	struct key { char comm[16]; uint64_t pid; } keys[] = {
		{ "sshd", 42 }, { "a,\"b\"", 7 }, { "tab\there\n", 9 }, { "caf\xc3\xa9 |", 1 }, { "bash", 42 },
		{ "\x01\033[1m", 5 },
	};
	uint64_t values[] = { 7, 7, 18446744073709551615u, 3, 7, 1 };
	struct fixture f;

	(void)state;
	init(&f, "counts", AT_SCALAR, sizeof(struct key), 8);
	add_key(&f, "char[16]", "comm");
	add_key(&f, "__u64", "pid");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		add(&f, &keys[i], &values[i]);
	check(&f, "counts");
}

static void one_key(void **state)
{
	struct fixture f;

	(void)state;
	init(&f, "@", AT_SCALAR, 16, 8);
	add_key(&f, "char[16]", "prev->comm");
	add(&f, "swapper/0\0\0\0\0\0\0\0", &(uint64_t){ 12 });
	add(&f, "bash\0\0\0\0\0\0\0\0\0\0\0\0", &(uint64_t){ 3 });
	check(&f, "one_key");
}

static void scalar(void **state)
{
	struct fixture f;

	(void)state;
	init(&f, "n", AT_SCALAR, 4, 8);
	add(&f, &(uint32_t){ 0 }, &(uint64_t){ 42 });
	check(&f, "scalar");
}

static void empty(void **state)
{
	struct fixture f;

	(void)state;
	init(&f, "n", AT_SCALAR, 8, 8);
	add_key(&f, "__u64", "pid");
	check(&f, "empty");
}

static void stats_per_cpu(void **state)
{
	int64_t cpus[2][4] = { { 2, 30, 10, 20 }, { 1, -5, -5, -5 } }, idle[2][4] = { { 0 } };
	struct fixture f;

	(void)state;
	init(&f, "lat", AT_STATS, 8, 32);
	f.map.type = BPF_MAP_TYPE_PERCPU_HASH;
	f.snap.n_cpus = 2;
	add_key(&f, "__s64", "cpu");
	add(&f, &(int64_t){ -3 }, cpus);
	add(&f, &(int64_t){ 5 }, idle);
	check(&f, "stats");
}

static void minimum(void **state)
{
	int64_t cpus[3][2] = { { 0, 0 }, { 9, 1 }, { -2, 1 } };
	struct fixture f;

	(void)state;
	init(&f, "low", AT_MIN, 8, 16);
	f.map.type = BPF_MAP_TYPE_PERCPU_HASH;
	f.snap.n_cpus = 3;
	add_key(&f, "__u64", "pid");
	add(&f, &(uint64_t){ 1 }, cpus);
	check(&f, "min");
}

static void powers(void **state)
{
	uint64_t slots[2][66] = { { 0 } };
	struct fixture f;

	(void)state;
	slots[0][0] = 1;
	slots[0][1] = 2;
	slots[0][4] = 9;
	slots[1][4] = 3;
	slots[1][14] = 100;
	init(&f, "sizes", AT_HIST, 16, sizeof(slots[0]));
	f.map.type = BPF_MAP_TYPE_PERCPU_HASH;
	f.snap.n_cpus = 2;
	add_key(&f, "char[16]", "disk");
	add(&f, "sda\0\0\0\0\0\0\0\0\0\0\0\0\0", slots);
	check(&f, "hist");
}

static void linear(void **state)
{
	uint64_t slots[7] = { 1, 0, 5, 0, 2, 0, 4 };
	struct fixture f;

	(void)state;
	init(&f, "len", AT_LHIST, 4, sizeof(slots));
	f.at.lhist_min = -10;
	f.at.lhist_max = 40;
	f.at.lhist_step = 10;
	add(&f, &(uint32_t){ 0 }, slots);
	check(&f, "lhist");
}

/* BPF_HASH(by_who, struct who, struct seen), per CPU: numbers are summed, text is not */
static void declared(void **state)
{
	struct who { int pid; char comm[4]; } key = { 3, "ls" };
	struct seen { uint64_t calls; char tag[8]; } cpus[2] = { { 2, "" }, { 5, "last" } };
	struct btf_writer w;
	uint32_t comm, tag;
	struct fixture f;

	(void)state;
	init(&f, "by_who", AT_UNKNOWN, sizeof(key), sizeof(cpus[0]));
	btf_begin(&w);
	comm = put_array(&w, T_CHAR, 4);
	tag = put_array(&w, T_CHAR, 8);
	f.map.key_id = put_type(&w, "who", BTF_KIND_STRUCT, 2, false, sizeof(key));
	put_named(&w, "pid", T_INT, 0, 3);
	put_named(&w, "comm", comm, 32, 3);
	f.map.value_id = put_type(&w, "seen", BTF_KIND_STRUCT, 2, false, sizeof(cpus[0]));
	put_named(&w, "calls", T_U64, 0, 3);
	put_named(&w, "tag", tag, 64, 3);
	f.map.btf = btf_end(&w, f.mem);
	f.map.type = BPF_MAP_TYPE_PERCPU_HASH;
	f.view.at = NULL;
	f.snap.n_cpus = 2;
	add(&f, &key, cpus);
	check(&f, "declared");
}

static void sizes(void **state)
{
	const struct value_types none = { 0 };
	struct fixture f;
	uint32_t key = 0, value = 0;

	(void)state;
	init(&f, "x", AT_STATS, 0, 0);
	add_key(&f, "char[3]", "a");
	add_key(&f, "__u64", "b");
	add_key(&f, "struct sock *", "c");
	assert_true(map_at_sizes(&none, &f.at, &key, &value));
	assert_int_equal(key, 24);
	assert_int_equal(value, 32);
	add_key(&f, "struct key", "d");
	assert_false(map_at_sizes(&none, &f.at, &key, &value));
	mem_free(f.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts), cmocka_unit_test(one_key), cmocka_unit_test(scalar),
		cmocka_unit_test(empty), cmocka_unit_test(stats_per_cpu), cmocka_unit_test(minimum),
		cmocka_unit_test(powers), cmocka_unit_test(linear), cmocka_unit_test(declared),
		cmocka_unit_test(sizes),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
