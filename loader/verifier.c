/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the verifier's log from its end: the complaint, the instruction before it, and by the
 * program's lines the person's place. A log is text from the kernel, cut at either end when it was
 * longer than its buffer. Knows its layout, not its words: those are in verifier_words.c.
 */
#include "loader/verifier_words.h"

#include <ctype.h>

#define MESSAGES_MAX 4

struct line {
	const char *p;
	size_t len;
};

static bool starts(struct line l, const char *with)
{
	size_t n = strlen(with);

	return l.len >= n && memcmp(l.p, with, n) == 0;
}

/* Lines that report progress or state and never are the complaint. */
static const char *const noise[] = {
	"processed ", "verification time ", "stack depth ", "; ", "mark_precise", "from ",
	"caller:", "callee:", "returning from callee", "to caller at", "cur state:", "old state:",
	"Func#", "Live regs", "regs=", "last_idx", "parent ", "BPF_EXIT instruction in main prog would",
	"func#", "propagating ", "caller",
};

/* "12: (79) r1 = ..." gives 12; -1 for other lines. "12: R1=ctx()" is a state, not an instruction. */
static int line_insn(struct line l, bool *ret_state)
{
	size_t i = 0;
	int n = 0;

	*ret_state = false;
	while (i < l.len && isdigit((unsigned char)l.p[i]) && i < 8)
		n = n * 10 + l.p[i++] - '0';
	if (!i || i + 1 >= l.len || l.p[i] != ':' || l.p[i + 1] != ' ')
		return -1;
	if (i + 2 < l.len && l.p[i + 2] == '(')
		return n;
	*ret_state = true;
	return -1;
}

static bool is_noise(struct line l)
{
	if (!l.len || l.p[0] == ' ')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(noise); i++) {
		if (starts(l, noise[i]))
			return true;
	}
	/* A line of state after a jump: "R0=... R1=..." */
	return l.p[0] == 'R' && l.len > 2 && memchr(l.p, '=', l.len < 6 ? l.len : 6);
}

/* Some complaints name the instruction themselves. */
static int insn_in_words(struct line l)
{
	static const char *const before[] = { "at insn ", "from insn ", "unreachable insn ", "insn " };

	for (size_t k = 0; k < ARRAY_SIZE(before); k++) {
		const char *p = memmem(l.p, l.len, before[k], strlen(before[k]));

		p = p ? p + strlen(before[k]) : NULL;
		if (p && p < l.p + l.len && isdigit((unsigned char)*p))
			return atoi(p);
	}
	return -1;
}

struct ending {
	struct line messages[MESSAGES_MAX];	/* after the last instruction, in order */
	size_t n;
	int insn;
};

static void read_ending(const char *log, struct ending *e)
{
	const char *p = log;

	*e = (struct ending){ .insn = -1 };
	while (*p) {
		struct line l = { p, strcspn(p, "\n") };
		bool state;
		int insn = line_insn(l, &state);

		p += l.len + (p[l.len] == '\n');
		if (insn >= 0) {
			e->insn = insn;
			e->n = 0;
		}
		if (insn >= 0 || state || is_noise(l))
			continue;
		if (e->n == MESSAGES_MAX) {
			memmove(&e->messages[0], &e->messages[1], sizeof(l) * (MESSAGES_MAX - 1));
			e->n--;
		}
		e->messages[e->n++] = l;
	}
}

/* The complaint to show: the first that the table knows, else the last. */
static const struct verifier_words *pick(const void *parent, const struct ending *e,
					 struct line *ret, char **sentence, char **hint)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct verifier_words *w = verifier_words_find(
			parent, e->messages[i].p, e->messages[i].len, sentence, hint);

		if (w) {
			*ret = e->messages[i];
			return w;
		}
	}
	if (e->n)
		*ret = e->messages[e->n - 1];
	return NULL;
}

static const struct verifier_words *find_failure(const void *parent, const char *log,
						 struct verifier_failure *f, char **sentence,
						 char **hint)
{
	struct line l = { NULL, 0 };
	const struct verifier_words *w;
	struct ending e;

	read_ending(log ? log : "", &e);
	w = pick(parent, &e, &l, sentence, hint);
	*f = (struct verifier_failure){ .insn = e.insn, .words = l.p, .words_len = l.len };
	if (l.p && insn_in_words(l) >= 0)
		f->insn = insn_in_words(l);
	if (w)
		f->class = w->class;
	return w;
}

bool verifier_failure(const char *log, struct verifier_failure *ret)
{
	void *tmp = talloc_new(NULL);
	char *sentence, *hint;

	find_failure(tmp, log, ret, &sentence, &hint);
	mem_free(tmp);
	return ret->words != NULL;
}

static uint32_t func_start(const struct flat_prog *prog, uint32_t insn)
{
	uint32_t start = 0;

	vec_each(&prog->funcs, f) {
		if (f->insn <= insn && f->insn > start)
			start = f->insn;
	}
	return start;
}

struct range verifier_place(const struct flat_prog *prog, int insn)
{
	struct range at = RANGE_NONE;
	uint32_t best = 0, first;

	if (insn < 0)
		return at;
	first = func_start(prog, insn);
	/* Lines of our own prelude have no place: the person's line before them made them. */
	vec_each(&prog->lines, l) {
		if (l->insn > (uint32_t)insn || l->insn < first || l->at.src < 0)
			continue;
		if (at.src < 0 || l->insn >= best) {
			at = l->at;
			best = l->insn;
		}
	}
	return at;
}

void verifier_explain(const struct flat_prog *prog, const char *log, struct diags *diags)
{
	void *tmp = talloc_new(NULL);
	char *sentence = NULL, *hint = NULL;
	const struct verifier_words *w;
	struct verifier_failure f;
	struct range at;
	struct diag *d;

	w = find_failure(tmp, log, &f, &sentence, &hint);
	at = verifier_place(prog, f.insn);
	if (w) {
		d = diag_add(diags, DIAG_ERROR, STATUS_VERIFIER, at, "%s", sentence);
		diag_reason(diags, d, RANGE_NONE, "the verifier says: %.*s", (int)f.words_len, f.words);
		if (hint)
			diag_hint(diags, d, "%s", hint);
	} else if (f.words) {
		d = diag_add(diags, DIAG_ERROR, STATUS_VERIFIER, at, "the verifier refused this: %.*s",
			     (int)f.words_len, f.words);
		diag_hint(diags, d, ":verifier shows its whole log");
	} else {
		diag_add(diags, DIAG_ERROR, STATUS_VERIFIER, at,
			 "the verifier refused the program without a word");
	}
	mem_free(tmp);
}
