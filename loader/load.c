/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A checked flat program -> programs in the kernel: BTF first, then the maps from the session's
 * registry, then each program with its relocations filled in. All or nothing: on failure no
 * program stays and no map that this call has made. Knows nothing of clauses or of the prompt.
 */
#include "loader/load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/attach.h"
#include "loader/verifier.h"

#define LOG_WORDS_ONLY 4	/* BPF_LOG_STATS: complaints and totals, not each instruction */

struct loading {	/* one load_flat() */
	const void *parent;
	void *tmp;
	const struct flat *flat;
	struct maps *maps;
	struct diags *diags;
	int btf_fd;
	struct btf_index *btf;
	int *map_fds;		/* by index in flat->maps */
	bool *map_private;	/* ours to close: CONST */
};

bool load_has_cap(int cap)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { 0 };

	if (syscall(SYS_capget, &h, d))
		return false;
	return d[cap / 32].effective & (1u << (cap % 32));
}

/* Capabilities of a user namespace look like real ones: only trying tells. */
static bool trial_load(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACEPOINT, "bcsh_try", "GPL", insns,
			       ARRAY_SIZE(insns), NULL);
	bool refused = fd < 0 && errno == EPERM;

	fd_close(&fd);
	return !refused;
}

const char *load_permission(void)
{
	bool admin = load_has_cap(CAP_SYS_ADMIN);
	bool bpf = admin || load_has_cap(CAP_BPF);
	bool perfmon = admin || load_has_cap(CAP_PERFMON);
	static int works = -1;

	if (!bpf && !perfmon)
		return "loading BPF programs needs CAP_BPF and CAP_PERFMON (or root)";
	if (!bpf)
		return "loading BPF programs needs CAP_BPF as well (or root)";
	if (!perfmon)
		return "loading tracing programs needs CAP_PERFMON as well (or root)";
	if (works < 0)
		works = trial_load();
	if (!works)
		return "the kernel refuses bpf() although this process has CAP_BPF: a container, "
		       "seccomp or lockdown forbids it";
	return NULL;
}

static void load_errno(struct loading *l, int err, const char *what)
{
	const char *why = err == EPERM ? load_permission() : NULL;

	if (why)
		diag_add(l->diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE, "%s", why);
	else
		diag_add(l->diags, DIAG_ERROR, STATUS_RUNTIME, RANGE_NONE, "%s: %s", what,
			 strerror(err));
}

/*
 * Programs load without BTF too, if they hold no callbacks; a kernel that finds fault with ours
 * must not stop them. Only a lack of permission ends it here.
 */
static int load_btf(struct loading *l)
{
	LIBBPF_OPTS(bpf_btf_load_opts, opts);

	if (!l->flat->btf_len)
		return 0;
	l->btf_fd = bpf_btf_load(l->flat->btf, l->flat->btf_len, &opts);
	if (l->btf_fd < 0 && errno == EPERM && load_permission()) {
		load_errno(l, EPERM, "types");
		return -1;
	}
	if (btf_from_blob(l->tmp, l->flat->btf, l->flat->btf_len, &l->btf))
		l->btf = NULL;
	return 0;
}

static int load_map(struct loading *l, size_t i)
{
	const struct flat_map *fm = &l->flat->maps.v[i];
	struct bcsh_map *m = NULL;
	char *why = NULL;
	int err;

	if (fm->role == FLAT_MAP_CONST) {
		err = map_create(fm, -1);
		l->map_fds[i] = err;
		l->map_private[i] = err >= 0;
	} else {
		err = maps_get(l->maps, fm, l->btf_fd, l->btf, &m, &why);
		l->map_fds[i] = m ? m->fd : -1;
	}
	if (err >= 0)
		return 0;
	if (err == -EEXIST && why) {
		struct diag *d = diag_error(l->diags, RANGE_NONE, "%s", why);

		diag_hint(l->diags, d, "use another name, or :drop %s first", fm->name);
	} else {
		load_errno(l, -err, mem_printf(l->tmp, "cannot make map '%s'", fm->name));
	}
	return -1;
}

static int load_maps(struct loading *l)
{
	size_t n = l->flat->maps.n;

	l->map_fds = mem_array(l->tmp, int, n + 1);
	l->map_private = mem_array(l->tmp, bool, n + 1);
	for (size_t i = 0; i < n; i++)
		l->map_fds[i] = -1;
	for (size_t i = 0; i < n; i++) {
		if (load_map(l, i))
			return -1;
	}
	return 0;
}

static struct bpf_insn *relocate(const struct loading *l, const struct flat_prog *p)
{
	struct bpf_insn *insns = mem_dup(l->tmp, p->insns.v, p->insns.n * sizeof(*insns));

	vec_each(&p->relocs, r) {
		struct bpf_insn *i = &insns[r->insn];

		switch (r->kind) {
		case FLAT_RELOC_MAP:
			i[0].src_reg = BPF_PSEUDO_MAP_FD;
			i[0].imm = l->map_fds[r->index];
			i[1].imm = 0;
			break;
		case FLAT_RELOC_VALUE:
			i[0].src_reg = BPF_PSEUDO_MAP_VALUE;
			i[0].imm = l->map_fds[r->index];
			i[1].imm = r->offset;
			break;
		case FLAT_RELOC_FUNC:
			i[0].src_reg = BPF_PSEUDO_FUNC;
			i[0].imm = (int)r->index - (int)r->insn - 1;
			i[1].imm = 0;
			break;
		}
	}
	return insns;
}

static int by_insn(const void *a, const void *b)
{
	uint32_t x = ((const struct bpf_line_info *)a)->insn_off;
	uint32_t y = ((const struct bpf_line_info *)b)->insn_off;

	return x < y ? -1 : x > y;
}

static bool line_at(const struct bpf_line_info *v, size_t n, uint32_t insn)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].insn_off == insn)
			return true;
	}
	return false;
}

/*
 * The kernel wants rising instructions, none in the second half of a 16-byte load, and one at the
 * start of each function.
 */
static struct bpf_line_info *line_infos(const struct loading *l, const struct flat_prog *p,
					uint32_t *ret_n)
{
	struct bpf_line_info *v = mem_array(l->tmp, struct bpf_line_info, p->lines.n + p->funcs.n + 1);
	size_t n = 0, kept = 0;

	vec_each(&p->lines, fl) {
		if (fl->insn >= p->insns.n || !p->insns.v[fl->insn].code)
			continue;
		v[n++] = (struct bpf_line_info){ .insn_off = fl->insn, .file_name_off = fl->file_off,
			.line_off = fl->line_off, .line_col = fl->line_col };
	}
	if (n)
		qsort(v, n, sizeof(*v), by_insn);
	for (size_t i = 0; i < n; i++) {
		if (!kept || v[kept - 1].insn_off != v[i].insn_off)
			v[kept++] = v[i];
	}
	n = kept;
	vec_each(&p->funcs, f) {
		if (!n || line_at(v, kept, f->insn))
			continue;
		v[n] = v[0];
		for (size_t i = 0; i < kept; i++) {
			if (v[i].insn_off > f->insn) {
				v[n] = v[i];
				break;
			}
		}
		v[n++].insn_off = f->insn;
	}
	if (n)
		qsort(v, n, sizeof(*v), by_insn);
	*ret_n = n;
	return v;
}

static struct bpf_func_info *func_infos(const struct loading *l, const struct flat_prog *p)
{
	struct bpf_func_info *v = mem_array(l->tmp, struct bpf_func_info, p->funcs.n + 1);

	for (size_t i = 0; i < p->funcs.n; i++) {
		v[i].insn_off = p->funcs.v[i].insn;
		v[i].type_id = p->funcs.v[i].type_id;
	}
	return v;
}

struct attempt {
	const struct flat_prog *prog;
	const struct probe_target *target;
	struct bpf_insn *insns;
	struct bpf_prog_load_opts opts;
};

static int try_load(struct attempt *a, char *log, size_t log_size, unsigned level)
{
	char name[MAP_KERNEL_NAME];
	int fd;

	map_kernel_name(a->prog->name, name);
	a->opts.log_buf = log;
	a->opts.log_size = log_size;
	a->opts.log_level = level;
	if (log)
		log[0] = 0;
	fd = bpf_prog_load(probe_kinds[a->target->kind].prog_type, name, "GPL", a->insns,
			   a->prog->insns.n, &a->opts);
	return fd < 0 ? -errno : fd;
}

/*
 * Loads once more for the log. When it does not fit, newer kernels keep its end, which is all that
 * counts; for older ones the buffer grows once. A log too long for that is one of a program too
 * complex: then only the last words are asked for.
 */
static int load_with_log(struct loading *l, struct attempt *a, char **ret_log)
{
	static const struct { size_t size; unsigned level; } tries[] = {
		{ 1u << 20, 1 }, { 16u << 20, 1 }, { 1u << 20, LOG_WORDS_ONLY },
	};
	char *log = NULL;
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		mem_free(log);
		log = mem_zalloc(l->tmp, tries[i].size, "verifier log");
		err = try_load(a, log, tries[i].size, tries[i].level);
		if (err != -ENOSPC || strstr(log, "\nprocessed "))
			break;
	}
	*ret_log = log;
	return err;
}

static bool about_debug_info(int err, const char *log)
{
	return err == -EINVAL && (strstr(log, "line_info") || strstr(log, "func_info") ||
				  strstr(log, "missing bpf_line_info"));
}

static void explain(struct loading *l, const struct flat_prog *p, const struct probe_target *t,
		    int err, char *log, struct load_result *ret)
{
	const char *why = err == -EPERM ? load_permission() : NULL;
	/* Where the kernel cannot hook its functions, it says so at the load, as if forbidden. */
	const char *lacking = err == -EPERM && !why ? attach_unsupported(t->kind) : NULL;
	struct verifier_failure f;

	ret->refused = mem_strdup(l->parent, p->name);
	ret->verifier_log = mem_strdup(l->parent, log ? log : "");
	if (why)
		load_errno(l, EPERM, "");
	else if (lacking)
		diag_add(l->diags, DIAG_ERROR, STATUS_NO_PROBE, RANGE_NONE, "%s: %s", t->name, lacking);
	else if (log && verifier_failure(log, &f))
		verifier_explain(p, log, l->diags);
	else
		diag_add(l->diags, DIAG_ERROR, STATUS_VERIFIER, verifier_place(p, 0),
			 "the kernel refused the program: %s", strerror(-err));
}

static uint32_t final_insns(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.xlated_prog_len / 8;
}

static int load_prog(struct loading *l, const struct flat_prog *p, const struct probe_target *t,
		     struct load_result *ret)
{
	struct attempt a = { .prog = p, .target = t, .insns = relocate(l, p) };
	struct loaded_prog *lp;
	char *log = NULL;
	uint32_t n_lines;
	int fd;

	a.opts.sz = sizeof(a.opts);
	a.opts.expected_attach_type = probe_kinds[t->kind].attach_type;
	/* a raw tracepoint has an id too, which the kernel refuses for that type of program */
	a.opts.attach_btf_id = a.opts.expected_attach_type ? t->btf_id : 0;
	if (l->btf_fd >= 0 && p->funcs.n) {
		a.opts.prog_btf_fd = l->btf_fd;
		a.opts.func_info = func_infos(l, p);
		a.opts.func_info_cnt = p->funcs.n;
		a.opts.func_info_rec_size = sizeof(struct bpf_func_info);
		a.opts.line_info = line_infos(l, p, &n_lines);
		a.opts.line_info_cnt = n_lines;
		a.opts.line_info_rec_size = sizeof(struct bpf_line_info);
	}
	fd = try_load(&a, NULL, 0, 0);
	if (fd < 0 && !(fd == -EPERM && load_permission()))
		fd = load_with_log(l, &a, &log);
	if (fd < 0 && log && a.opts.prog_btf_fd && about_debug_info(fd, log)) {
		a.opts.line_info = NULL;
		a.opts.line_info_cnt = 0;
		fd = load_with_log(l, &a, &log);
	}
	if (fd < 0) {
		explain(l, p, t, fd, log, ret);
		return -1;
	}
	lp = vec_add(l->parent, &ret->progs);
	lp->name = mem_strdup(l->parent, p->name);
	lp->fd = fd;
	lp->insns = final_insns(fd);
	return 0;
}

static const struct probe_target *target_of(const struct load_spec *specs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(specs[i].name, name) == 0)
			return specs[i].target;
	}
	return NULL;
}

static int load_progs(struct loading *l, const struct load_spec *specs, size_t n,
		      struct load_result *ret)
{
	vec_each(&l->flat->progs, p) {
		const struct probe_target *t = target_of(specs, n, p->name);

		if (!t) {
			diag_add(l->diags, DIAG_ERROR, STATUS_RUNTIME, RANGE_NONE,
				 "program '%s' was not asked for", p->name);
			return -1;
		}
		if (load_prog(l, p, t, ret))
			return -1;
	}
	return 0;
}

static bool btf_in_use(struct maps *ms, const struct btf_index *btf)
{
	for (size_t i = 0; i < maps_count(ms); i++) {
		if (maps_at(ms, i)->btf == btf)
			return true;
	}
	return false;
}

static void finish(struct loading *l, size_t maps_before, bool failed)
{
	for (size_t i = 0; l->map_private && i < l->flat->maps.n; i++) {
		if (l->map_private[i])
			close(l->map_fds[i]);
	}
	while (failed && maps_count(l->maps) > maps_before)
		maps_drop(l->maps, maps_at(l->maps, maps_count(l->maps) - 1));
	/* The maps may outlive this flat, and with them what describes them. */
	if (l->btf && btf_in_use(l->maps, l->btf))
		talloc_steal(l->maps, l->btf);
	fd_close(&l->btf_fd);
	mem_free(l->tmp);
}

int load_flat(const void *parent, const struct flat *f, struct maps *ms,
	      const struct load_spec *specs, size_t n, struct load_result *ret, struct diags *diags)
{
	struct loading l = { .parent = parent, .tmp = talloc_new(NULL), .flat = f, .maps = ms,
		.diags = diags, .btf_fd = -1 };
	size_t maps_before = maps_count(ms);
	bool failed;

	*ret = (struct load_result){ 0 };
	failed = load_btf(&l) || load_maps(&l) || load_progs(&l, specs, n, ret);
	if (failed) {
		vec_each(&ret->progs, p)
			fd_close(&p->fd);
		ret->progs.n = 0;
	}
	finish(&l, maps_before, failed);
	return failed ? -1 : 0;
}

void load_result_clear(struct load_result *r)
{
	vec_each(&r->progs, p) {
		fd_close(&p->fd);
		mem_free(p->name);
	}
	mem_free(r->progs.v);
	mem_free(r->verifier_log);
	mem_free(r->refused);
	*r = (struct load_result){ 0 };
}
