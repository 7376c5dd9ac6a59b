// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * bcsh-worker, and one request: text -> rewritten text -> object file -> flat program. The one
 * place where the two wings of the house meet. A request runs in the sandbox, in a process that the
 * zygote made for it; whatever happens ends that process only.
 */
#include "loader/worker_request.h"

#include <clang-c/Index.h>
#include <errno.h>
#include <unistd.h>

#include "loader/codegen.h"
#include "loader/flatten.h"
#include "loader/handler_proto.h"
#include "loader/worker.h"
#include "loader/worker_proto.h"
#include "rewriter/prune.h"
#include "rewriter/rewrite.h"

extern const char prelude_bpf[], prelude_host[];
extern const size_t prelude_bpf_len, prelude_host_len;

#define LINE_MAX_COLUMNS 160

struct job {
	void *root;
	struct rewrite_request req;
	struct rewrite_result res;
	VEC(size_t) lines;	/* offset of each line's start in res.code */
	size_t code_len;
};

static int answer_fd = -1;

static void write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(3);
		p += n;
		len -= (size_t)n;
	}
}

static void read_all(int fd, char *p, size_t len)
{
	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(3);
		p += n;
		len -= (size_t)n;
	}
}

static void __attribute__((noreturn)) send_answer(const char *p, size_t len)
{
	uint32_t n = (uint32_t)len;

	if (len > WORKER_MESSAGE_MAX)
		n = 0;	/* worker.c calls that too large */
	write_all(answer_fd, (const char *)&n, sizeof(n));
	if (n)
		write_all(answer_fd, p, len);
	_exit(0);
}

/* Called when memory may be out: allocates nothing. */
static void __attribute__((noreturn)) fatal(const char *text)
{
	static char message[512];
	size_t n = strnlen(text, sizeof(message) - 1);

	message[0] = WORKER_FATAL;
	memcpy(message + 1, text, n);
	send_answer(message, n + 1);
}

static void read_request(struct job *j)
{
	struct wire_reader r;
	uint32_t len;
	char *bytes;

	read_all(answer_fd, (char *)&len, sizeof(len));
	if (len > WORKER_MESSAGE_MAX)
		_exit(3);
	bytes = mem_array(j->root, char, len);
	read_all(answer_fd, bytes, len);
	wire_reader_init(&r, bytes, len);
	if (!rewrite_request_get(&j->req, &r, j->root))
		fatal("the request is damaged");
}

static const char *behind_quoted(const char *p)
{
	char quote = *p;

	for (p++; *p && *p != quote && *p != '\n'; p++)
		p += *p == '\\' && p[1];
	return *p ? p + 1 : p;
}

static const char *behind_comment(const char *p)
{
	const char *end = strstr(p, "*/");

	return end ? end + 2 : p + strlen(p);
}

/* Behind a line that may not be broken: a directive with what continues it, a comment. */
static const char *behind_line(const char *p)
{
	while (*p && (*p != '\n' || p[-1] == '\\'))
		p++;
	return p;
}

/*
 * Line information has ten bits for the column, and what we generate stands in one line: blanks
 * become line ends, so that all offsets stay what they are.
 */
static void break_lines(char *code)
{
	const char *p = code, *start = code;
	bool fresh = true;	/* only blanks since the line began */

	while (*p) {
		if (*p == '\n') {
			start = ++p;
			fresh = true;
			continue;
		}
		if (*p == ' ' && !fresh && p - start >= LINE_MAX_COLUMNS) {
			code[p - code] = '\n';
			continue;
		}
		if (*p == '"' || *p == '\'') {
			p = behind_quoted(p);
		} else if (p[0] == '/' && p[1] == '*') {
			p = behind_comment(p + 2);
		} else if ((*p == '#' && fresh) || (p[0] == '/' && p[1] == '/')) {
			p = behind_line(p);
		} else {
			fresh = fresh && (*p == ' ' || *p == '\t');
			p++;
			continue;
		}
		fresh = false;
	}
}

static void index_lines(struct job *j)
{
	const char *code = j->res.code;

	break_lines(j->res.code);
	j->code_len = strlen(code);
	vec_push(j->root, &j->lines, 0);
	for (const char *p = code; (p = strchr(p, '\n')); p++)
		vec_push(j->root, &j->lines, (size_t)(p - code) + 1);
}

static struct range place_line(void *arg, unsigned line, unsigned column)
{
	struct job *j = arg;
	size_t off;

	if (!line || line > j->lines.n)
		return RANGE_NONE;
	off = j->lines.v[line - 1] + (column ? column - 1 : 0);
	return off < j->code_len ? rewrite_place(&j->req, &j->res, off) : RANGE_NONE;
}

static bool is_known(const struct diags *ds, struct range at, const char *message)
{
	vec_each(&ds->list, d)
		if (d->at.src == at.src && (at.src < 0 || d->at.start == at.start) &&
		    !strcmp(d->message, message))
			return true;
	return false;
}

/* What the code generator says in words of its own, at every place that it thinks of. */
static const struct {
	const char *start, *message, *hint;
} backend_words[] = {
	{ "Looks like the BPF stack limit is exceeded",
	  "this needs more than the 512 bytes of stack that BPF has",
	  "read only the members you need, or keep large values in a map" },
};

/* Says such words once, at the narrowest place. False: they are the parser's. */
static bool merge_backend(struct diags *ds, const char *message, struct range at)
{
	for (size_t i = 0; i < ARRAY_SIZE(backend_words); i++) {
		struct diag *d = NULL;

		if (strncmp(message, backend_words[i].start, strlen(backend_words[i].start)) != 0)
			continue;
		vec_each(&ds->list, it)
			if (!strcmp(it->message, backend_words[i].message))
				d = it;
		if (!d) {
			d = diag_error(ds, at, "%s", backend_words[i].message);
			diag_hint(ds, d, "%s", backend_words[i].hint);
		} else if (at.src >= 0 && (d->at.src < 0 || at.end - at.start < d->at.end - d->at.start)) {
			d->at = at;
		}
		return true;
	}
	return false;
}

/* The compiler's words at the person's place, each once; notes become reasons of what they follow.
 */
static void merge_diags(struct job *j, const struct codegen_result *cg)
{
	struct diags *ds = &j->res.diags;
	struct diag *last = NULL;

	for (size_t i = 0; i < cg->n_diags; i++) {
		const struct codegen_diag *d = &cg->diags[i];
		struct range at = RANGE_NONE;

		if (d->offset != (size_t)-1)
			at = rewrite_place(&j->req, &j->res, d->offset);
		if (d->severity == 2) {
			if (last && at.src >= 0)
				diag_reason(ds, last, at, "%s", d->message);
			continue;
		}
		last = NULL;
		if (merge_backend(ds, d->message, at) || is_known(ds, at, d->message))
			continue;
		last = diag_add(ds, d->severity ? DIAG_WARNING : DIAG_ERROR,
				d->severity ? STATUS_OK : STATUS_REFUSED, at, "%s", d->message);
		if (at.src < 0 && !d->severity)
			diag_hint(ds, last,
				  "this is in code that bcsh generated; :source shows it");
	}
}

/* The prelude comes first among FILES: all of it, or what the code uses. */
static struct codegen_file choose_prelude(struct job *j, const struct codegen_file *files, size_t n,
					  bool whole)
{
	const char *text = j->req.host ? prelude_host : prelude_bpf;
	size_t len = j->req.host ? prelude_host_len : prelude_bpf_len;
	const char **users = mem_array(j->root, const char *, n);

	users[0] = j->res.code;
	for (size_t i = 1; i < n; i++)
		users[i] = files[i].text;
	if (!whole)
		text = prune_prelude(j->root, text, len, users, n, &len);
	return (struct codegen_file){ "bcsh/prelude.h", text, len };
}

static bool compile(struct job *j, struct codegen_result *cg)
{
	enum codegen_target target = j->req.host ? CODEGEN_HOST : CODEGEN_BPF;
	struct codegen_file *files = mem_array(j->root, struct codegen_file, j->req.files.n + 1);
	size_t n = 1;
	int r = -1;

	vec_each(&j->req.files, f)
		files[n++] = (struct codegen_file){ f->name, f->text, strlen(f->text) };
	index_lines(j);
	/* Should the part not do, the whole must. */
	for (int whole = 0; whole < 2 && r; whole++) {
		files[0] = choose_prelude(j, files, n, whole);
		r = codegen_compile(target, j->res.code, j->code_len, files, n, cg);
	}
	merge_diags(j, cg);
	if (r && !diags_errors(&j->res.diags))
		diag_error(&j->res.diags, RANGE_NONE, "the compiler failed without saying why");
	return !r && !diags_errors(&j->res.diags);
}

static bool flatten(struct job *j, const struct codegen_result *cg, struct flat *ret)
{
	struct flatten_place place = { place_line, j };
	size_t n = j->req.programs.n;
	const char **names = mem_array(j->root, const char *, n + 1);
	char *error;

	for (size_t i = 0; i < n; i++)
		names[i] = j->req.programs.v[i].name;
	if (!flatten_object(j->root, cg->object, cg->object_len, names, n, &place, ret, &error))
		return true;
	diag_error(&j->res.diags, RANGE_NONE, "%s", error);
	return false;
}

/* The form is handler_proto.h's. */
static void put_host_code(struct job *j, const struct codegen_result *cg, struct strbuf *answer)
{
	struct strbuf code, lines;
	uint32_t n = 0;

	strbuf_init(&code, j->root);
	strbuf_init(&lines, j->root);
	for (size_t i = 0; i < cg->n_lines; i++) {
		struct range at = place_line(j, cg->lines[i].line, cg->lines[i].column);

		if (at.src < 0)
			continue;
		n++;
		wire_put_u32(&lines, cg->lines[i].offset);
		wire_put_u32(&lines, (uint32_t)at.src);
		wire_put_u64(&lines, at.start);
		wire_put_u64(&lines, at.end);
	}
	wire_put_u32(&code, HANDLER_CODE_MAGIC);
	wire_put_blob(&code, cg->object, cg->object_len);
	wire_put_u32(&code, n);
	strbuf_add(&code, lines.text, lines.len);
	wire_put_blob(answer, code.text, code.len);
}

void worker_request_init(void)
{
	/* The first index of a process installs libclang's fatal handler, which aborts; ours comes
	 * after. */
	clang_disposeIndex(clang_createIndex(0, 0));
	codegen_set_fatal(fatal);
}

/* Nothing here may be needed by a request: only the time it takes counts, and not its success. */
void worker_request_warm(void)
{
	static const char text[] =
		"#include \"bcsh/prelude.h\"\n"
		"struct __bcsh_warm { struct __bcsh_warm *next; int pid; char comm[16]; };\n"
		"BPF_HASH(__bcsh_warm_map, u32);\n"
		"static __always_inline long __bcsh_warm_body(BCSH_ORIGIN(\"kernel\", \"\") struct "
		"__bcsh_warm *p)\n"
		"{ const __u32 __bcsh_id = 0; BCSH_ENTER u32 k = p->next->pid; char c[16];\n"
		"if (p->comm[0] == 'x') return 0; bpf_get_current_comm(c, sizeof(c));\n"
		"__bcsh_warm_map.increment(k + c[1]); return 0; }\n"
		"BCSH_PROGRAM(__bcsh_warm) long __bcsh_warm(void *ctx)\n"
		"{ return __bcsh_warm_body((struct __bcsh_warm *)((__u64 *)ctx)[1]); }\n";
	struct job j = { .root = mem_new(NULL, char) };
	struct rewrite_program *p = vec_add(j.root, &j.req.programs);
	struct codegen_result cg = { 0 };
	struct flat flat = { 0 };

	unit_init(&j.req.unit, j.root);
	unit_ours(&j.req.unit, "%s", text);
	p->name = mem_strdup(j.root, "__bcsh_warm");
	p->body = mem_strdup(j.root, "__bcsh_warm_body");
	p->probe = p->func = mem_strdup(j.root, "");
	rewrite_run(j.root, &j.req, &j.res);
	if (j.res.code && !diags_errors(&j.res.diags) && compile(&j, &cg))
		flatten(&j, &cg, &flat);
	mem_free(j.root);
}

void worker_request(int fd)
{
	struct job j = { .root = mem_new(NULL, char) };
	struct strbuf answer = STRBUF_INIT;
	struct codegen_result cg = { 0 };
	struct flat flat = { 0 };
	bool made = false;

	answer_fd = fd;
	read_request(&j);
	rewrite_run(j.root, &j.req, &j.res);
	if (j.res.code && !j.req.rewrite_only && !diags_errors(&j.res.diags)) {
		made = compile(&j, &cg) && (j.req.host || flatten(&j, &cg, &flat));
		if (!made)
			j.res.code = NULL;
	}
	wire_put_u8(&answer, WORKER_OK);
	rewrite_result_put(&j.res, &answer);
	if (made && j.req.host)
		put_host_code(&j, &cg, &answer);
	else if (made)
		flat_put(&flat, &answer);
	send_answer(answer.text, answer.len);
}

int main(void)
{
	return worker_zygote();
}
