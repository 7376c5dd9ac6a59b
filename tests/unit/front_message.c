// SPDX-License-Identifier: GPL-3.0-or-later
/* The rewriter's messages: nothing is lost on the way, and no bytes can do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/probe_kind.h"
#include "rewriter/rewrite.h"

static const struct source typed = { .name = "t", .text = "@x[pid]++; y", .len = 12 };

static void fill_map(void *parent, struct at_map *m)
{
	*m = (struct at_map){ .name = mem_strdup(parent, "lat"), .known = true, .value = AT_LHIST,
			      .c_type = mem_strdup(parent, "__s64"), .lhist_min = -5, .lhist_max = 500,
			      .lhist_step = 10, .at = { 2, 7, 9 } };
	vec_push(parent, &m->keys, ((struct at_key){ mem_strdup(parent, "__u64"),
						     mem_strdup(parent, "pid") }));
	vec_push(parent, &m->keys, ((struct at_key){ mem_strdup(parent, "char[16]"), NULL }));
}

static void fill_facts(void *parent, struct origin_facts *facts)
{
	vec_push(parent, &facts->list,
		 ((struct origin_fact){ mem_strdup(parent, "currsock"), mem_strdup(parent, "*"),
					ORIGIN_KERNEL | ORIGIN_MAP, mem_strdup(parent, "stored") }));
}

static void fill_request(void *parent, struct rewrite_request *req)
{
	*req = (struct rewrite_request){ .host = true, .rewrite_only = true, .skip_edit = 77 };
	unit_init(&req->unit, parent);
	unit_ours(&req->unit, "int ");
	unit_maps(&req->unit, "x @");
	unit_ours_for(&req->unit, 0, 0, 3, "(*at(");
	unit_user(&req->unit, 0, &typed, 3, 6);
	vec_push(parent, &req->files, ((struct rewrite_file){ mem_strdup(parent, "bcsh/types.h"),
							      mem_strdup(parent, "struct a;\n") }));
	vec_push(parent, &req->programs,
		 ((struct rewrite_program){ mem_strdup(parent, "bcsh_p3"),
					    mem_strdup(parent, "bcsh_p3_body"),
					    mem_strdup(parent, "kprobe:f"), mem_strdup(parent, "f"),
					    PROBE_KPROBE, 3 }));
	fill_map(parent, vec_add(parent, &req->maps));
	fill_facts(parent, &req->facts);
}

static void fill_result(void *parent, struct rewrite_result *res)
{
	struct rewrite_note *note;
	struct event_format *e;
	struct diag *d;

	*res = (struct rewrite_result){ .code = mem_strdup(parent, "int x;"), .parse_ms = 1.5,
					.infer_ms = 2.25 };
	diags_init(&res->diags, parent);
	d = diag_add(&res->diags, DIAG_WARNING, STATUS_OK, (struct range){ 0, 1, 4 }, "careful");
	diag_hint(&res->diags, d, "do not");
	diag_reason(&res->diags, d, RANGE_NONE, "somewhere");
	diag_error(&res->diags, RANGE_NONE, "bad");
	vec_push(parent, &res->edits, ((struct rewrite_edit){ { 0, 3, 6 }, mem_strdup(parent, "r()") }));
	note = vec_add(parent, &res->notes);
	note->at = (struct range){ 0, 3, 6 };
	note->text = mem_strdup(parent, "read");
	vec_push(parent, &note->reasons,
		 ((struct diag_reason){ { 0, 1, 2 }, mem_strdup(parent, "because") }));
	fill_map(parent, vec_add(parent, &res->maps));
	e = vec_add(parent, &res->events);
	*e = (struct event_format){ .id = 3 << 8, .kind = EVENT_PRINTF, .size = 24,
				    .format = mem_strdup(parent, "%d %s\n") };
	vec_push(parent, &e->fields, ((struct event_field){ mem_strdup(parent, "a"),
							    mem_strdup(parent, "char[16]"), 8, 16 }));
	fill_facts(parent, &res->facts);
}

static void same_bytes(const struct strbuf *a, const struct strbuf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->text, b->text, a->len);
}

static void test_request(void **state)
{
	void *parent = talloc_new(NULL);
	struct rewrite_request req, got;
	struct strbuf out, again;
	struct wire_reader r;

	(void)state;
	fill_request(parent, &req);
	strbuf_init(&out, parent);
	strbuf_init(&again, parent);
	rewrite_request_put(&req, &out);
	wire_reader_init(&r, out.text, out.len);
	assert_true(rewrite_request_get(&got, &r, parent));
	assert_true(wire_done(&r));
	assert_int_equal(got.unit.pieces.n, 4);
	assert_string_equal(got.files.v[0].text, "struct a;\n");
	assert_string_equal(got.programs.v[0].body, "bcsh_p3_body");
	assert_int_equal(got.programs.v[0].id, 3);
	assert_string_equal(got.maps.v[0].keys.v[1].c_type, "char[16]");
	assert_null(got.maps.v[0].keys.v[1].name);
	assert_int_equal(got.maps.v[0].lhist_min, -5);
	assert_int_equal(got.facts.list.v[0].origins, ORIGIN_KERNEL | ORIGIN_MAP);
	assert_true(got.host && got.rewrite_only);
	assert_int_equal(got.skip_edit, 77);
	rewrite_request_put(&got, &again);
	same_bytes(&out, &again);
	talloc_free(parent);
}

static void test_result(void **state)
{
	void *parent = talloc_new(NULL);
	struct rewrite_result res, got;
	struct strbuf out, again;
	struct wire_reader r;

	(void)state;
	fill_result(parent, &res);
	strbuf_init(&out, parent);
	strbuf_init(&again, parent);
	rewrite_result_put(&res, &out);
	wire_reader_init(&r, out.text, out.len);
	assert_true(rewrite_result_get(&got, &r, parent));
	assert_true(wire_done(&r));
	assert_int_equal(got.diags.list.n, 2);
	assert_string_equal(got.diags.list.v[0].hint, "do not");
	assert_int_equal(got.diags.list.v[0].reasons.v[0].at.src, -1);
	assert_int_equal(diags_status(&got.diags), STATUS_REFUSED);
	assert_string_equal(got.edits.v[0].text, "r()");
	assert_string_equal(got.notes.v[0].reasons.v[0].text, "because");
	assert_int_equal(got.events.v[0].fields.v[0].offset, 8);
	assert_string_equal(got.code, "int x;");
	assert_null(got.value_type);
	assert_true(got.infer_ms == 2.25);
	rewrite_result_put(&got, &again);
	same_bytes(&out, &again);
	talloc_free(parent);
}

static uint32_t seed = 12345;

static uint32_t dice(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

/* Some bytes changed, and now and then the end cut off or bytes repeated. */
static void mutate(const struct strbuf *from, struct strbuf *to)
{
	unsigned n = 1 + dice(4);

	strbuf_reset(to);
	strbuf_add(to, from->text, from->len);
	while (n--) {
		size_t at = dice((uint32_t)to->len);

		if (dice(2))
			to->text[at] = (char)dice(256);
		else
			to->text[at] = (char[]){ 0, 1, 0x7f, (char)0x80, (char)0xff }[dice(5)];
	}
	if (dice(8) == 0)
		strbuf_trim(to, dice((uint32_t)to->len));
	if (dice(8) == 0)
		strbuf_add(to, from->text, dice((uint32_t)from->len));
}

/* Whatever is accepted can be used: written again, and its unit rendered and mapped back. */
static void use_request(struct rewrite_request *req, void *parent)
{
	struct strbuf out;
	struct range at;
	size_t len;

	strbuf_init(&out, parent);
	rewrite_request_put(req, &out);
	unit_text(&req->unit, parent, &len);
	for (size_t i = 0; i < len; i += 3)
		unit_to_user(&req->unit, i, i + 5, &at);
}

#define MUTATIONS 10000

static void test_mutations(void **state)
{
	void *parent = talloc_new(NULL);
	struct rewrite_request req;
	struct rewrite_result res;
	struct strbuf good[2], bad;
	unsigned accepted = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		strbuf_init(&good[i], parent);
	strbuf_init(&bad, parent);
	fill_request(parent, &req);
	fill_result(parent, &res);
	rewrite_request_put(&req, &good[0]);
	rewrite_result_put(&res, &good[1]);
	for (int i = 0; i < MUTATIONS; i++) {
		void *child = talloc_new(NULL);
		struct rewrite_request got_req;
		struct rewrite_result got_res;
		struct strbuf out;
		struct wire_reader r;
		/* a block of its own, so that reading past the end is seen */
		char *exact;

		mutate(&good[i & 1], &bad);
		exact = mem_dup(child, bad.text, bad.len);
		wire_reader_init(&r, exact, bad.len);
		strbuf_init(&out, child);
		if (!(i & 1) && rewrite_request_get(&got_req, &r, child)) {
			use_request(&got_req, child);
			accepted++;
		} else if ((i & 1) && rewrite_result_get(&got_res, &r, child)) {
			rewrite_result_put(&got_res, &out);
			accepted++;
		}
		talloc_free(child);
	}
	print_message("# %u of %d accepted\n", accepted, MUTATIONS);
	assert_true(accepted > 0 && accepted < MUTATIONS);
	talloc_free(parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
