// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What stands in the place of `@m` at file scope: for the analysis a function that yields a place of
 * the value's type, in compiled code the key's struct and the map. Members of keys have their
 * natural alignment; whoever fills a key zeroes it first.
 */
#include "rewriter/lower_parts.h"

#define ENTRIES 10240
enum { MAP_HASH = 1, MAP_PERCPU_HASH = 5, MAP_NO_PREALLOC = 1 };	/* the kernel's numbers */

static const char *const aggregation_struct[] = {
	[AT_COUNT] = "struct __bcsh_agg_count",
	[AT_SUM] = "struct __bcsh_agg_sum",
	[AT_AVG] = "struct __bcsh_agg_stats",
	[AT_STATS] = "struct __bcsh_agg_stats",
	[AT_MIN] = "struct __bcsh_agg_least",
	[AT_MAX] = "struct __bcsh_agg_least",
	[AT_HIST] = "struct __bcsh_agg_hist",
};

bool lower_is_aggregation(const struct at_map *m)
{
	return m->value >= AT_COUNT;
}

void lower_map_analysis(const struct at_map *m, struct strbuf *out)
{
	if (m->value == AT_BYTES && lower_text_bytes(m->c_type))
		/* An array could not be assigned to: text is seen as a pointer to it. */
		strbuf_addf(out, "\nconst char **__bcsh_at_%s();\n", m->name);
	else if (m->value == AT_SCALAR || m->value == AT_BYTES)
		strbuf_addf(out, "\n%s *__bcsh_at_%s();\n", m->c_type, m->name);
	else
		strbuf_addf(out, "\n__s64 *__bcsh_at_%s();\n", m->name);
}

const char *lower_value_type(const void *parent, const struct at_map *m)
{
	if (m->value < ARRAY_SIZE(aggregation_struct) && aggregation_struct[m->value])
		return aggregation_struct[m->value];
	if (m->value == AT_LHIST)
		return mem_printf(parent, "struct __bcsh_value_%s", m->name);
	return m->c_type ? m->c_type : "__s64";
}

uint64_t lower_lhist_steps(const struct at_map *m)
{
	uint64_t span = (uint64_t)(m->lhist_max - m->lhist_min), step = (uint64_t)m->lhist_step;

	return step ? (span + step - 1) / step : 1;
}

static void key_struct(const struct at_map *m, struct strbuf *out)
{
	if (!m->keys.n)
		return;
	strbuf_addf(out, "struct __bcsh_key_%s {", m->name);
	for (size_t i = 0; i < m->keys.n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "k%zu", i);
		strbuf_adds(out, " ");
		lower_declare(out, m->keys.v[i].c_type, name);
		strbuf_adds(out, ";");
	}
	strbuf_adds(out, " };\n");
}

/* "T *NAME", where T may be an array. */
static void pointer_to(struct strbuf *out, const char *c_type, const char *name)
{
	const char *array = strchr(c_type, '[');

	if (array)
		strbuf_addf(out, "%.*s (*%s)%s; ", (int)(array - c_type), c_type, name, array);
	else
		strbuf_addf(out, "%s *%s; ", c_type, name);
}

void lower_map_code(const struct at_map *m, bool host, struct strbuf *out)
{
	const char *type = lower_value_type(out->parent, m);
	char *zero = mem_printf(out->parent, "__bcsh_zero_%s", m->name);

	strbuf_addf(out, "\n#ifndef __bcsh_has_%s\n#define __bcsh_has_%s\n", m->name, m->name);
	/* Declared here too: sizeof(@m[k]) stays as it is. */
	lower_map_analysis(m, out);
	if (!m->declared)
		key_struct(m, out);
	if (m->value == AT_LHIST)
		strbuf_addf(out, "struct __bcsh_value_%s { __u64 slots[%llu]; };\n", m->name,
			    (unsigned long long)lower_lhist_steps(m) + 2);
	if (!host) {
		strbuf_adds(out, "static const ");
		lower_declare(out, type, zero);
		strbuf_adds(out, ";\n");
	}
	if (!host && !m->declared) {
		strbuf_addf(out, "static struct { int (*type)[%d]; int (*max_entries)[%d]; "
			    "int (*map_flags)[%d]; ",
			    lower_is_aggregation(m) ? MAP_PERCPU_HASH : MAP_HASH,
			    m->keys.n ? ENTRIES : 1, MAP_NO_PREALLOC);
		if (m->keys.n)
			strbuf_addf(out, "struct __bcsh_key_%s *key; ", m->name);
		else
			strbuf_adds(out, "__u32 *key; ");
		pointer_to(out, type, "value");
		strbuf_addf(out, "} __bcsh_map_%s __bcsh_map;\n", m->name);
	}
	strbuf_adds(out, "#endif\n");
}
