// SPDX-License-Identifier: GPL-3.0-or-later
/* Diagnostics as values; see diag.h. */
#include "base/diag.h"

static const char *const severity_names[] = {
	[DIAG_ERROR] = "error", [DIAG_WARNING] = "warning", [DIAG_NOTE] = "note",
};

void diags_init(struct diags *ds, const void *parent)
{
	*ds = (struct diags){ .parent = parent };
}

static struct diag *add(struct diags *ds, enum diag_severity severity, enum diag_status status,
			struct range at, const char *fmt, va_list ap)
{
	struct diag *d = vec_add(ds->parent, &ds->list);

	d->severity = severity;
	d->status = status;
	d->at = at;
	d->message = mem_vprintf(ds->parent, fmt, ap);
	return d;
}

struct diag *diag_add(struct diags *ds, enum diag_severity severity, enum diag_status status,
		      struct range at, const char *fmt, ...)
{
	struct diag *d;
	va_list ap;

	va_start(ap, fmt);
	d = add(ds, severity, status, at, fmt, ap);
	va_end(ap);
	return d;
}

struct diag *diag_error(struct diags *ds, struct range at, const char *fmt, ...)
{
	struct diag *d;
	va_list ap;

	va_start(ap, fmt);
	d = add(ds, DIAG_ERROR, STATUS_REFUSED, at, fmt, ap);
	va_end(ap);
	return d;
}

void diag_hint(struct diags *ds, struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	d->hint = mem_vprintf(ds->parent, fmt, ap);
	va_end(ap);
}

void diag_reason(struct diags *ds, struct diag *d, struct range at, const char *fmt, ...)
{
	struct diag_reason *r = vec_add(ds->parent, &d->reasons);
	va_list ap;

	va_start(ap, fmt);
	r->at = at;
	r->text = mem_vprintf(ds->parent, fmt, ap);
	va_end(ap);
}

size_t diags_errors(const struct diags *ds)
{
	size_t n = 0;

	vec_each(&ds->list, d)
		n += d->severity == DIAG_ERROR;
	return n;
}

enum diag_status diags_status(const struct diags *ds)
{
	vec_each(&ds->list, d)
		if (d->severity == DIAG_ERROR)
			return d->status;
	return STATUS_OK;
}

static bool in_sources(struct range at, size_t n)
{
	return at.src >= 0 && (size_t)at.src < n;
}

static void add_place(struct range at, const struct source *sources, struct strbuf *out)
{
	unsigned line, column;

	source_position(&sources[at.src], at.start, &line, &column);
	strbuf_addf(out, "%s:%u:%u: ", sources[at.src].name, line, column);
}

void diag_format(const struct diag *d, const struct source *sources, size_t n, struct strbuf *out)
{
	bool placed = in_sources(d->at, n);

	if (placed)
		add_place(d->at, sources, out);
	strbuf_addf(out, "%s: %s\n", severity_names[d->severity], d->message);
	if (placed)
		source_excerpt(&sources[d->at.src], d->at.start, d->at.end, out);
	vec_each(&d->reasons, r) {
		strbuf_adds(out, "  because: ");
		if (in_sources(r->at, n)) {
			unsigned line, column;

			source_position(&sources[r->at.src], r->at.start, &line, &column);
			strbuf_addf(out, "%u:%u: ", line, column);
		}
		strbuf_addf(out, "%s\n", r->text);
	}
	if (d->hint)
		strbuf_addf(out, "  hint: %s\n", d->hint);
}
