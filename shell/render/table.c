// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One const table of writers by format. Plain tables are laid out by libsmartcols, which measures wide
 * characters; it is told that its output is no terminal, so that nothing is cut off.
 */
#include <libsmartcols.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "shell/render/table.h"

struct table *table_new(const void *parent, const char *type)
{
	struct table *t = mem_new(parent, struct table);

	t->type = mem_strdup(t, type);
	return t;
}

void table_column(struct table *t, const char *name, bool number)
{
	struct table_column *c = vec_add(t, &t->columns);

	c->name = mem_strdup(t, name);
	c->number = number;
}

char **table_row(struct table *t)
{
	char **cells = mem_array(t, char *, t->columns.n);

	vec_push(t, &t->rows, cells);
	return cells;
}

static const char *cell(char *const *row, size_t i)
{
	return row[i] ? row[i] : "";
}

void table_add_padded(struct strbuf *out, const char *text, size_t width, bool right)
{
	size_t w = utf8_width(text, strlen(text)), pad = w < width ? width - w : 0;

	if (right)
		strbuf_fill(out, ' ', pad);
	strbuf_adds(out, text);
	if (!right)
		strbuf_fill(out, ' ', pad);
}

/* smartcols pads a last column that is aligned to the right, even when it is empty. */
static void add_trimmed(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n"), keep = len;

		while (keep && text[keep - 1] == ' ')
			keep--;
		strbuf_add(out, text, keep);
		strbuf_addc(out, '\n');
		text += len + (text[len] == '\n');
	}
}

static void print_plain(const struct table *t, struct strbuf *out)
{
	struct libscols_table *tb = scols_new_table();
	char *text = NULL;

	if (!tb)
		mem_oom();
	scols_table_set_termforce(tb, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_noencoding(tb, 1);	/* cells are safe already; \x01 would become \x5cx01 */
	vec_each(&t->columns, c) {
		if (!scols_table_new_column(tb, c->name, 0, c->number ? SCOLS_FL_RIGHT : 0))
			mem_oom();
	}
	vec_each(&t->rows, row) {
		struct libscols_line *ln = scols_table_new_line(tb, NULL);

		if (!ln)
			mem_oom();
		for (size_t i = 0; i < t->columns.n; i++)
			if (scols_line_set_data(ln, i, cell(*row, i)))
				mem_oom();
	}
	if (scols_print_table_to_string(tb, &text) == 0 && text)
		add_trimmed(out, text);
	free(text);
	scols_unref_table(tb);
}

static size_t *column_widths(const struct table *t)
{
	size_t *w = mem_array(NULL, size_t, t->columns.n);

	for (size_t i = 0; i < t->columns.n; i++) {
		w[i] = utf8_width(t->columns.v[i].name, strlen(t->columns.v[i].name));
		vec_each(&t->rows, row) {
			size_t n = utf8_width(cell(*row, i), strlen(cell(*row, i)));

			w[i] = n > w[i] ? n : w[i];
		}
	}
	return w;
}

static void box_rule(const size_t *w, size_t n, const char *left, const char *mid,
		     const char *right, struct strbuf *out)
{
	strbuf_adds(out, left);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < w[i] + 2; k++)
			strbuf_adds(out, "─");
		strbuf_adds(out, i + 1 < n ? mid : right);
	}
	strbuf_addc(out, '\n');
}

static void print_box(const struct table *t, struct strbuf *out)
{
	_cleanup_mem_ size_t *w = column_widths(t);
	size_t n = t->columns.n;

	box_rule(w, n, "┌", "┬", "┐", out);
	for (size_t i = 0; i < n; i++) {
		strbuf_adds(out, "│ ");
		table_add_padded(out, t->columns.v[i].name, w[i], t->columns.v[i].number);
		strbuf_addc(out, ' ');
	}
	strbuf_adds(out, "│\n");
	box_rule(w, n, "├", "┼", "┤", out);
	vec_each(&t->rows, row) {
		for (size_t i = 0; i < n; i++) {
			strbuf_adds(out, "│ ");
			table_add_padded(out, cell(*row, i), w[i], t->columns.v[i].number);
			strbuf_addc(out, ' ');
		}
		strbuf_adds(out, "│\n");
	}
	box_rule(w, n, "└", "┴", "┘", out);
}

static bool is_number(const char *s)
{
	size_t n;

	if (*s == '-')
		s++;
	n = strspn(s, "0123456789");
	return n && !s[n] && !(s[0] == '0' && n > 1);
}

static void print_json(const struct table *t, struct strbuf *out)
{
	vec_each(&t->rows, row) {
		strbuf_adds(out, "{\"type\":");
		utf8_add_json(out, t->type, strlen(t->type));
		for (size_t i = 0; i < t->columns.n; i++) {
			const struct table_column *c = &t->columns.v[i];
			const char *text = cell(*row, i);

			strbuf_addc(out, ',');
			utf8_add_json(out, c->name, strlen(c->name));
			strbuf_addc(out, ':');
			if (c->number && is_number(text))
				strbuf_adds(out, text);
			else if (c->number && !*text)
				strbuf_adds(out, "null");
			else
				utf8_add_json(out, text, strlen(text));
		}
		strbuf_adds(out, "}\n");
	}
}

void table_add_csv(struct strbuf *out, const char *text)
{
	if (!text[strcspn(text, "\",\r\n")]) {
		strbuf_adds(out, text);
		return;
	}
	strbuf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			strbuf_addc(out, '"');
		strbuf_addc(out, *text);
	}
	strbuf_addc(out, '"');
}

static void add_markdown(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *text);
	}
}

/* Cells hold no tabs and no line ends: utf8_add_visible() has made them \t and \n. */
static void print_separated(const struct table *t, const char *before, const char *between,
			    const char *after, void (*add)(struct strbuf *, const char *),
			    bool rule, struct strbuf *out)
{
	strbuf_adds(out, before);
	for (size_t i = 0; i < t->columns.n; i++) {
		strbuf_adds(out, i ? between : "");
		add(out, t->columns.v[i].name);
	}
	strbuf_adds(out, after);
	for (size_t i = 0; rule && i < t->columns.n; i++)
		strbuf_adds(out, t->columns.v[i].number ? "|---:" : "|---");
	if (rule)
		strbuf_adds(out, "|\n");
	vec_each(&t->rows, row) {
		strbuf_adds(out, before);
		for (size_t i = 0; i < t->columns.n; i++) {
			strbuf_adds(out, i ? between : "");
			add(out, cell(*row, i));
		}
		strbuf_adds(out, after);
	}
}

static void print_csv(const struct table *t, struct strbuf *out)
{
	print_separated(t, "", ",", "\n", table_add_csv, false, out);
}

static void print_tsv(const struct table *t, struct strbuf *out)
{
	print_separated(t, "", "\t", "\n", strbuf_adds, false, out);
}

static void print_markdown(const struct table *t, struct strbuf *out)
{
	print_separated(t, "| ", " | ", " |\n", add_markdown, true, out);
}

static const struct {
	const char *name;
	void (*print)(const struct table *t, struct strbuf *out);
} formats[] = {
	[TABLE_TABLE] = { "table", print_plain },
	[TABLE_BOX] = { "box", print_box },
	[TABLE_JSON] = { "json", print_json },
	[TABLE_CSV] = { "csv", print_csv },
	[TABLE_TSV] = { "tsv", print_tsv },
	[TABLE_MARKDOWN] = { "markdown", print_markdown },
};
_Static_assert(ARRAY_SIZE(formats) == TABLE_FORMATS, "a writer for each format");

bool table_format_find(const char *name, enum table_format *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (strcmp(name, formats[i].name) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

void table_print(const struct table *t, enum table_format format, struct strbuf *out)
{
	if (t->columns.n)
		formats[format].print(t, out);
}
