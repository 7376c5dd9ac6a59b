// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Specs of all kinds on this kernel: what can be named, how it is loaded, what is said of unknown
 * ones.
 */
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/btf_c.h"
#include "kernel/probe.h"
#include "kernel/syscall.h"

struct fixture {
	void *root;
	struct facts *facts;
	struct probe_target t;
	struct diags diags;
};

/* Splits as the input splitter does: colons beyond what the kind takes belong to the last part. */
static int resolve(struct fixture *f, const char *text)
{
	struct probe_spec spec = { .text = mem_strdup(f->root, text), .at = RANGE_NONE };
	char *copy = mem_strdup(f->root, text), *part = copy, *colon = strchr(copy, ':');
	unsigned most;

	diags_init(&f->diags, f->root);
	memset(&f->t, 0, sizeof(f->t));
	if (colon)
		*colon = '\0';
	assert_true(probe_kind_find(copy, strlen(copy), &spec.kind));
	most = probe_kinds[spec.kind].parts_max;
	while (colon) {
		part = colon + 1;
		colon = spec.n_parts + 1 < most ? strchr(part, ':') : NULL;
		if (colon)
			*colon = '\0';
		spec.parts[spec.n_parts++] = part;
	}
	return probe_resolve(f->root, f->facts, &spec, &f->t, &f->diags);
}

static const struct probe_param *param(struct fixture *f, const char *name)
{
	vec_each(&f->t.params, p)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

static void check_param(struct fixture *f, const char *name, const char *decl, const char *load,
			enum probe_origin origin)
{
	const struct probe_param *p = param(f, name);

	assert_non_null(p);
	assert_string_equal(p->decl, decl);
	assert_string_equal(p->load, load);
	assert_int_equal(p->origin, origin);
}

static void check_missing(struct fixture *f, const char *spec, const char *message,
			  const char *hint)
{
	const struct diag *d;

	assert_int_equal(resolve(f, spec), -1);
	assert_int_equal(f->diags.list.n, 1);
	d = f->diags.list.v;
	assert_int_equal(d->status, STATUS_NO_PROBE);
	if (!strstr(d->message, message) || (hint && (!d->hint || !strstr(d->hint, hint))))
		fail_msg("%s: '%s', hint '%s'", spec, d->message, d->hint ? d->hint : "");
}

static void test_kinds(void **state)
{
	enum probe_kind kind;

	(void)state;
	for (int i = 0; i < PROBE_KINDS; i++) {
		const struct probe_kind_row *row = &probe_kinds[i];

		assert_true(probe_kind_find(row->name, strlen(row->name), &kind));
		assert_int_equal(kind, i);
		for (size_t k = 0; k < ARRAY_SIZE(row->aliases) && row->aliases[k]; k++) {
			assert_true(
				probe_kind_find(row->aliases[k], strlen(row->aliases[k]), &kind));
			assert_int_equal(kind, i);
		}
		assert_non_null(row->form);
		assert_non_null(row->summary);
		assert_non_null(strchr(row->example, '{'));
		assert_int_equal(row->user_space, i >= PROBE_INTERVAL);
		assert_int_equal(row->user_space, row->prog_type == 0);
	}
	assert_false(probe_kind_find("kprob", 5, &kind));
	assert_false(probe_kind_find("", 0, &kind));
}

static void test_raw(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(resolve(f, "rt:sched_switch"), 0);
	assert_string_equal(f->t.name, "rawtracepoint:sched_switch");
	assert_string_equal(f->t.func, "sched_switch");
	assert_string_equal(f->t.context_decl, "struct bpf_raw_tracepoint_args *ctx");
	assert_int_equal(f->t.needs.n, 1);
	check_param(f, "preempt", "bool preempt", "(__u8)((__u64 *)ctx)[0]", ORIGIN_OF_NONE);
	check_param(f, "prev", "struct task_struct *prev", "((__u64 *)ctx)[1]", ORIGIN_OF_KERNEL);
	assert_string_equal(param(f, "prev")->why, "argument 2 of rawtracepoint:sched_switch");
	assert_string_equal(
		btf_name(f->facts->btf, btf_type(f->facts->btf, param(f, "prev")->type)->type),
		"task_struct");
	check_param(f, "args", "__u64 *args", "ctx", ORIGIN_OF_CONTEXT);
	assert_null(param(f, "__data"));
	assert_int_equal(resolve(f, "tp_btf:sched_switch"), 0);
	assert_string_equal(btf_name(f->facts->btf, f->t.btf_id), "btf_trace_sched_switch");
	check_param(f, "prev", "struct task_struct *prev", "((__u64 *)ctx)[1]", ORIGIN_OF_BTF);
	check_missing(f, "rawtracepoint:sched_swich", "no tracepoint 'sched_swich'",
		      "'sched_switch'");
	check_missing(f, "rawtracepoint:", "not a complete probe", "rawtracepoint:EVENT");
	check_missing(f, "rawtracepoint:sched_*", "patterns", NULL);
}

static void test_function(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(resolve(f, "kprobe:vfs_read"), 0);
	check_param(f, "file", "struct file *file", "((__u64 *)ctx)[14]", ORIGIN_OF_KERNEL);
	check_param(f, "count", "size_t count", "((__u64 *)ctx)[12]", ORIGIN_OF_NONE);
	check_param(f, "pos", "loff_t *pos", "((__u64 *)ctx)[11]", ORIGIN_OF_KERNEL);
	check_param(f, "arg5", "unsigned long arg5", "((__u64 *)ctx)[8]", ORIGIN_OF_KERNEL);
	assert_null(param(f, "retval"));
	assert_int_equal(resolve(f, "k:vfs_read+0x10"), 0);
	assert_int_equal(f->t.offset, 16);
	assert_string_equal(f->t.func, "vfs_read");
	assert_null(param(f, "file"));
	assert_int_equal(resolve(f, "kprobe:vmlinux:vfs_read"), 0);
	assert_int_equal(resolve(f, "kretprobe:vfs_read"), 0);
	check_param(f, "retval", "ssize_t retval", "((__u64 *)ctx)[10]", ORIGIN_OF_NONE);
	assert_null(param(f, "file"));
	assert_int_equal(resolve(f, "fexit:vfs_read"), 0);
	check_param(f, "file", "struct file *file", "((__u64 *)ctx)[0]", ORIGIN_OF_BTF);
	check_param(f, "retval", "ssize_t retval", "((__u64 *)ctx)[4]", ORIGIN_OF_NONE);
	assert_int_equal(f->t.btf_id, btf_find_func(f->facts->btf, "vfs_read"));
	assert_int_equal(resolve(f, "lsm:file_open"), 0);
	check_param(f, "file", "struct file *file", "((__u64 *)ctx)[0]", ORIGIN_OF_BTF);
	assert_int_equal(resolve(f, "iter:task"), 0);
	check_param(f, "task", "struct task_struct *task", "((__u64 *)ctx)[1]", ORIGIN_OF_BTF);
	check_missing(f, "kprobe:vfs_raed", "no kernel function 'vfs_raed'", "'vfs_read'");
	check_missing(f, "kprobe:vfs_read+x", "is no offset", NULL);
	check_missing(f, "kretprobe:vfs_read+4", "cannot be at an offset", NULL);
	check_missing(f, "kprobe:no_such_module:vfs_read", "no kernel function", NULL);
	check_missing(f, "lsm:file_opn", "no security hook", "'file_open'");
	check_missing(f, "iter:tsk", "no iterator", "'task'");
}

static void test_syscall(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(resolve(f, "syscall:openat"), 0);
	check_param(f, "filename", "const char *filename", "((__u64 *)ctx)[3]", ORIGIN_OF_USER);
	check_param(f, "dfd", "int dfd", "((__u64 *)ctx)[2]", ORIGIN_OF_NONE);
	assert_int_equal(f->t.event_id != 0, f->facts->tracefs != NULL);
	assert_int_equal(resolve(f, "syscall:mmap"), 0);
	check_param(f, "off", "unsigned long off", "((__u64 *)ctx)[7]", ORIGIN_OF_USER);
	assert_int_equal(resolve(f, "syscall:fstat"), 0);
	check_param(f, "statbuf", "struct stat *statbuf", "((__u64 *)ctx)[3]", ORIGIN_OF_USER);
	assert_non_null(strstr(f->t.types, "struct stat;"));
	assert_int_equal(resolve(f, "sysret:openat"), 0);
	check_param(f, "retval", "long retval", "((__u64 *)ctx)[2]", ORIGIN_OF_USER);
	check_param(f, "filename", "const char *filename", "BCSH_SAVED(1)", ORIGIN_OF_USER);
	assert_int_equal(f->t.params.n, 5);
	vec_each(&f->t.params, p)
		assert_int_equal(p->at_entry, strcmp(p->name, "retval") != 0);
	assert_int_equal(f->t.entry_id != 0, f->facts->tracefs != NULL);
	check_missing(f, "syscall:opnat", "no system call 'opnat'", "'openat'");
	for (size_t i = 0; i < n_syscalls; i++) {
		assert_ptr_equal(syscall_find(syscalls[i].name), &syscalls[i]);
		assert_string_equal(syscall_name(syscalls[i].number), syscalls[i].name);
	}
}

static void test_uprobe(void **state)
{
	struct fixture *f = *state;
	uint64_t at;

	assert_int_equal(resolve(f, "uprobe:libc:malloc"), 0);
	assert_non_null(strstr(f->t.path, "/libc.so.6"));
	assert_int_not_equal(f->t.offset, 0);
	at = f->t.offset;
	check_param(f, "arg0", "unsigned long arg0", "((__u64 *)ctx)[14]", ORIGIN_OF_USER);
	assert_string_equal(f->t.func, "malloc");
	assert_int_equal(resolve(f, "u:libc.so.6:malloc+4"), 0);
	assert_int_equal(f->t.offset, at + 4);
	assert_int_equal(resolve(f, "uretprobe:c:malloc"), 0);
	check_param(f, "retval", "unsigned long retval", "((__u64 *)ctx)[10]", ORIGIN_OF_USER);
	assert_int_equal(resolve(f, "uprobe:libc:0x1234"), 0);
	assert_int_equal(f->t.offset, 0x1234);
	check_missing(f, "uprobe:libc:maloc", "no function 'maloc'", "'malloc'");
	check_missing(f, "uprobe:libc:strlen", "indirect", NULL);
	check_missing(f, "uprobe:/no/such/file:main", "no file '/no/such/file'", NULL);
	check_missing(f, "uprobe:/etc/passwd:main", "not a program", NULL);
	check_missing(f, "uprobe:libc:malloc+99999999", "has only", NULL);
	check_missing(f, "uprobe:libc", "not a complete probe", "PATH:SYM");
}

/*
 * In a position-independent program too, the offset is where the function's bytes are in the file.
 */
static void test_own_symbol(void **state)
{
	struct fixture *f = *state;
	char bytes[16];
	FILE *file;

	assert_int_equal(resolve(f, "uprobe:/proc/self/exe:resolve"), 0);
	assert_null(strstr(f->t.path, "/proc/"));
	file = fopen(f->t.path, "re");
	assert_non_null(file);
	assert_int_equal(fseek(file, (long)f->t.offset, SEEK_SET), 0);
	assert_int_equal(fread(bytes, 1, sizeof(bytes), file), sizeof(bytes));
	fclose(file);
	assert_memory_equal(bytes, (const void *)(uintptr_t)resolve, sizeof(bytes));
}

static void test_clocks(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(resolve(f, "profile:99hz"), 0);
	assert_int_equal(f->t.frequency, 99);
	assert_int_equal(resolve(f, "profile:hz:49"), 0);
	assert_int_equal(f->t.frequency, 49);
	assert_int_equal(resolve(f, "p:10ms"), 0);
	assert_int_equal(f->t.frequency, 0);
	assert_int_equal(f->t.period, 10000000);
	assert_string_equal(f->t.context_decl, "struct bpf_perf_event_data *ctx");
	assert_int_equal(resolve(f, "interval:s:2"), 0);
	assert_int_equal(f->t.period, 2000000000);
	assert_null(f->t.context_decl);
	assert_int_equal(resolve(f, "BEGIN"), 0);
	assert_string_equal(f->t.name, "BEGIN");
	assert_int_equal(resolve(f, "software:page-faults:7"), 0);
	assert_int_equal(f->t.event_id, PERF_COUNT_SW_PAGE_FAULTS);
	assert_int_equal(f->t.period, 7);
	assert_int_equal(resolve(f, "hardware:cycles"), 0);
	assert_int_equal(f->t.event_id, PERF_COUNT_HW_CPU_CYCLES);
	check_missing(f, "software:page-fault", "no software event", "'page-faults'");
	check_missing(f, "profile:99", "no frequency", "99hz");
	check_missing(f, "profile:0hz", "no frequency", NULL);
	check_missing(f, "profile:fast", "no frequency", NULL);
	check_missing(f, "interval:99999999999h", "no time", NULL);
	check_missing(f, "interval", "not a complete probe", NULL);
	check_missing(f, "usdt:libc:setjmp", "not supported yet", NULL);
}

static void test_tracepoint(void **state)
{
	struct fixture *f = *state;

	if (!f->facts->tracefs)
		skip();
	assert_int_equal(resolve(f, "tracepoint:sched:sched_switch"), 0);
	assert_string_equal(f->t.context_decl, "struct bcsh_args_sched_sched_switch *args");
	assert_non_null(strstr(f->t.types, "char prev_comm[16];"));
	assert_int_not_equal(f->t.event_id, 0);
	assert_true(probe_has_record(f->t.kind));
	check_missing(f, "tracepoint:sched:sched_swich", "no tracepoint 'sched:sched_swich'",
		      "'sched_switch'");
	check_missing(f, "tracepoint:schd:sched_switch", "no tracepoint category 'schd'",
		      "'sched'");
	check_missing(f, "tracepoint:timer:sched_switch", "no tracepoint", "'sched:sched_switch'");
	check_missing(f, "tracepoint:../../x:y", "no tracepoint", NULL);
}

/* Without tracefs, as an ordinary user. */
static void test_unprivileged(void **state)
{
	struct fixture *f = *state;
	char *tracefs = f->facts->tracefs;

	f->facts->tracefs = NULL;
	assert_int_equal(resolve(f, "tracepoint:sched:sched_switch"), 0);
	assert_non_null(strstr(f->t.types, "char prev_comm[16];"));
	assert_int_equal(f->t.event_id, 0);
	assert_int_equal(resolve(f, "tracepoint:sched:sched_wakeup"), 0);
	assert_non_null(strstr(f->t.types, " target_cpu;"));
	assert_int_equal(resolve(f, "tracepoint:syscalls:sys_enter_openat"), 0);
	assert_non_null(strstr(f->t.types, "const char *filename;"));
	assert_int_equal(resolve(f, "syscall:openat"), 0);
	check_param(f, "filename", "const char *filename", "((__u64 *)ctx)[3]", ORIGIN_OF_USER);
	check_missing(f, "tracepoint:sched:sched_nonsense", "no tracepoint", NULL);
	f->facts->tracefs = tracefs;
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "apple", "apply", "maple", "banana", "apple" };
	struct fixture *f = *state;

	assert_string_equal(nearest_names(f->root, "appel", names, 5, 3), "'apple', 'apply'");
	assert_string_equal(nearest_names(f->root, "appel", names, 5, 1), "'apple'");
	assert_string_equal(nearest_names(f->root, "anan", names, 5, 3), "'banana'");
	assert_null(nearest_names(f->root, "zzzzzz", names, 5, 3));
	assert_null(nearest_names(f->root, "", names, 5, 3));
	assert_null(nearest_names(f->root, "x", names, 0, 3));
}

static int open_facts(void **state)
{
	struct fixture *f = mem_new(NULL, struct fixture);

	f->root = f;
	f->facts = facts_open(f, NULL);
	*state = f;
	return 0;
}

static int close_facts(void **state)
{
	mem_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	   cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_raw),	   cmocka_unit_test(test_function),
		cmocka_unit_test(test_syscall),	   cmocka_unit_test(test_uprobe),
		cmocka_unit_test(test_own_symbol),
		cmocka_unit_test(test_clocks),	   cmocka_unit_test(test_tracepoint),
		cmocka_unit_test(test_unprivileged),
	};

	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return 77;	/* skipped: this kernel has no BTF */
	return cmocka_run_group_tests(tests, open_facts, close_facts);
}
