// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Untrusted text made safe; see utf8.h. Knows which code points a terminal acts on instead of
 * showing them; knows nothing of columns in tables or of JSON beyond one string.
 */
#include "base/utf8.h"

#include <stdint.h>
#include <wchar.h>

/*
 * Decodes one code point of [p, p + len), len > 0. Returns its length in bytes, 0 if the bytes
 * there are no UTF-8: too short, overlong, a surrogate or above U+10FFFF.
 */
static size_t decode(const unsigned char *p, size_t len, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 :
		   p[0] < 0xf8 ? 4 : 0;
	uint32_t c;

	if (!n || n > len)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return n;
}

/* Code points that move, hide or reorder what stands around them. All lie below U+10000. */
static bool acts(uint32_t c)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f },
		{ 0x61c, 0x61c },	/* Arabic letter mark */
		{ 0x200b, 0x200b }, { 0x200e, 0x200f },	/* zero-width space, direction marks */
		{ 0x2028, 0x202e },	/* line and paragraph separators, embeddings, overrides */
		{ 0x2060, 0x2069 },	/* invisible operators, isolates */
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* The letter of a short escape both outputs share, or 0. */
static char short_escape(uint32_t c)
{
	return c == '\n' ? 'n' : c == '\t' ? 't' : c == '\r' ? 'r' : 0;
}

static void add_visible_escape(struct strbuf *out, uint32_t c)
{
	if (short_escape(c))
		strbuf_addf(out, "\\%c", short_escape(c));
	else if (!c)
		strbuf_adds(out, "\\0");
	else if (c == 0x1b)
		strbuf_adds(out, "\\e");
	else
		strbuf_addf(out, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
}

void utf8_add_visible(struct strbuf *out, const char *p, size_t len)
{
	const unsigned char *s = (const unsigned char *)p;

	for (size_t i = 0; i < len;) {
		uint32_t c;
		size_t n = decode(s + i, len - i, &c);

		if (!n) {
			strbuf_addf(out, "\\x%02x", s[i]);
			n = 1;
		} else if (acts(c)) {
			add_visible_escape(out, c);
		} else {
			strbuf_add(out, s + i, n);
		}
		i += n;
	}
}

void utf8_add_json(struct strbuf *out, const char *p, size_t len)
{
	const unsigned char *s = (const unsigned char *)p;

	strbuf_addc(out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t c;
		size_t n = decode(s + i, len - i, &c);

		if (!n) {
			strbuf_adds(out, "\xef\xbf\xbd");
			n = 1;
		} else if (c == '"' || c == '\\') {
			strbuf_addf(out, "\\%c", (char)c);
		} else if (short_escape(c)) {
			strbuf_addf(out, "\\%c", short_escape(c));
		} else if (acts(c)) {
			strbuf_addf(out, "\\u%04x", c);
		} else {
			strbuf_add(out, s + i, n);
		}
		i += n;
	}
	strbuf_addc(out, '"');
}

size_t utf8_width(const char *p, size_t len)
{
	const unsigned char *s = (const unsigned char *)p;
	_cleanup_strbuf_ struct strbuf escape = STRBUF_INIT;
	size_t width = 0;

	for (size_t i = 0; i < len;) {
		uint32_t c;
		size_t n = decode(s + i, len - i, &c);

		if (!n) {
			width += 4;
			n = 1;
		} else if (acts(c)) {
			strbuf_reset(&escape);
			add_visible_escape(&escape, c);
			width += escape.len;
		} else if (c < 0x80) {
			width++;
		} else {
			int w = wcwidth((wchar_t)c);

			width += w < 0 ? 1 : (size_t)w;	/* not known to this locale: one column */
		}
		i += n;
	}
	return width;
}
