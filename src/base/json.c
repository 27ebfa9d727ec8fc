/* Reading: the parser. What is done with a tree once it is there is in json_value.c, writing in json_write.c. */
#include "src/base/json.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

#define MAX_DEPTH 64

/* One member name of an object that is still open: kept on a stack until the object ends and they are compared. */
struct name {
	struct span text;
	size_t at;
};

struct parser {
	struct arena *arena;
	struct span all;
	size_t pos;
	unsigned depth;
	struct buf names;             /* of struct name */
	struct err *e;
};

static bool parse_value(struct parser *p, struct json *out);

static int peek(const struct parser *p)
{
	return p->pos < p->all.n ? p->all.p[p->pos] : -1;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct parser *p)
{
	while (p->pos < p->all.n && is_space(p->all.p[p->pos]))
		p->pos++;
}

static bool needed(struct parser *p, const char *what)
{
	const int c = peek(p);

	if (c < 0)
		return err_set(p->e, ERR_SYNTAX, p->pos, "needed %s, found the end", what);
	if (c > 0x20 && c < 0x7f)
		return err_set(p->e, ERR_SYNTAX, p->pos, "needed %s, found '%c'", what, c);
	return err_set(p->e, ERR_SYNTAX, p->pos, "needed %s, found 0x%02x", what, (unsigned)c);
}

static bool parse_word(struct parser *p, const char *word, enum json_type type, struct json *out)
{
	if (!span_starts(span_of(p->all.p + p->pos, p->all.n - p->pos), word))
		return needed(p, "a JSON value");
	p->pos += strlen(word);
	out->type = type;
	return true;
}

static bool parse_digits(struct parser *p)
{
	const size_t from = p->pos;

	while (peek(p) >= '0' && peek(p) <= '9')
		p->pos++;
	return p->pos > from || needed(p, "a digit");
}

static bool parse_number(struct parser *p, struct json *out)
{
	const size_t from = p->pos;

	if (peek(p) == '-')
		p->pos++;
	if (peek(p) == '0' && p->pos + 1 < p->all.n && p->all.p[p->pos + 1] >= '0' && p->all.p[p->pos + 1] <= '9')
		return err_set(p->e, ERR_SYNTAX, p->pos, "leading zero");
	if (!parse_digits(p))
		return false;
	if (peek(p) == '.') {
		p->pos++;
		if (!parse_digits(p))
			return false;
	}
	if (peek(p) == 'e' || peek(p) == 'E') {
		p->pos++;
		if (peek(p) == '+' || peek(p) == '-')
			p->pos++;
		if (!parse_digits(p))
			return false;
	}
	out->type = JSON_NUMBER;
	out->text = span_of(p->all.p + from, p->pos - from);
	return true;
}

/* Four hex digits at p->pos. */
static bool parse_unit(struct parser *p, uint32_t *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++, p->pos++) {
		const int c = peek(p);

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			v = v << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return needed(p, "a hex digit");
	}
	*out = v;
	return true;
}

/* Behind "\u", which began at `from`. */
static bool parse_unicode(struct parser *p, size_t from, struct buf *out)
{
	uint32_t c, low;

	if (!parse_unit(p, &c))
		return false;
	if (c == 0)
		return err_set(p->e, ERR_SYNTAX, from, "NUL in a string");
	if (c >= 0xdc00 && c <= 0xdfff)
		return err_set(p->e, ERR_SYNTAX, from, "lone surrogate");
	if (c >= 0xd800 && c <= 0xdbff) {
		if (!span_starts(span_of(p->all.p + p->pos, p->all.n - p->pos), "\\u"))
			return err_set(p->e, ERR_SYNTAX, from, "lone surrogate");
		p->pos += 2;
		if (!parse_unit(p, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return err_set(p->e, ERR_SYNTAX, from, "lone surrogate");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	text_encode(out, c);
	return true;
}

static bool parse_escape(struct parser *p, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const size_t at = p->pos++;
	const int c = peek(p);
	const char *known = c > 0 ? strchr(from, c) : NULL;

	if (known) {
		p->pos++;
		buf_byte(out, (uint8_t)to[known - from]);
		return true;
	}
	if (c != 'u')
		return needed(p, "one of \"\\/bfnrtu behind a backslash");
	p->pos++;
	return parse_unicode(p, at, out);
}

/* Printable ASCII but the quote and the backslash: nearly all that documents are made of. */
static const bool is_plain[256] = {
	[0x20] = 1, 1, [0x23] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	[0x3f] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	[0x5d] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

/* Checks the characters up to the next quote, backslash or error. */
static bool skip_plain(struct parser *p)
{
	for (;;) {
		uint32_t c;

		while (p->pos < p->all.n && is_plain[p->all.p[p->pos]])
			p->pos++;
		if (peek(p) == '"' || peek(p) == '\\')
			return true;
		const size_t n = text_decode(span_of(p->all.p + p->pos, p->all.n - p->pos), &c);

		if (p->pos == p->all.n)
			return err_set(p->e, ERR_SYNTAX, p->pos, "needed '\"' to close the string, found the end");
		if (n == 0)
			return err_set(p->e, ERR_SYNTAX, p->pos, "0x%02x is not UTF-8", p->all.p[p->pos]);
		if (c < 0x20)
			return err_set(p->e, ERR_SYNTAX, p->pos, "control byte 0x%02x in a string", c);
		p->pos += n;
	}
}

/* Borrows the document's bytes when there is no escape in them. */
static bool parse_string(struct parser *p, struct span *out)
{
	struct buf decoded = {0};
	size_t from = ++p->pos;

	while (skip_plain(p)) {
		const struct span plain = span_of(p->all.p + from, p->pos - from);

		if (peek(p) == '"') {
			if (decoded.p) {
				buf_span(&decoded, plain);
				*out = arena_copy(p->arena, buf_view(&decoded));
			} else {
				*out = plain;
			}
			p->pos++;
			buf_release(&decoded);
			return true;
		}
		buf_span(&decoded, plain);
		if (!parse_escape(p, &decoded))
			break;
		from = p->pos;
	}
	buf_release(&decoded);
	return false;
}

static void append(struct json *parent, struct json *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->n++;
}

static int name_order(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	const size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
	const int c = n ? memcmp(x->text.p, y->text.p, n) : 0;

	if (c != 0)
		return c;
	if (x->text.n != y->text.n)
		return x->text.n < y->text.n ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

/* As canonical documents have them. */
static bool names_ascend(const struct name *names, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (span_eq(names[i - 1].text, names[i].text) || name_order(&names[i - 1], &names[i]) > 0)
			return false;
	return true;
}

/* The names from `base` on are those of the object that just ended. Sorted, so that an object of a million members
 * costs no more than reading it. */
static bool no_name_twice(struct parser *p, size_t base)
{
	const size_t n = (p->names.n - base) / sizeof(struct name);
	struct name *names;
	const struct name *again = NULL;

	if (n < 2 || names_ascend((const void *)(p->names.p + base), n))
		return true;
	names = malloc(n * sizeof(*names));
	if (!names)
		die("out of memory: %zu names", n);
	memcpy(names, p->names.p + base, n * sizeof(*names));
	qsort(names, n, sizeof(*names), name_order);
	for (size_t i = 1; i < n; i++)
		if (span_eq(names[i - 1].text, names[i].text) && (!again || names[i].at < again->at))
			again = &names[i];
	if (again)
		err_set(p->e, ERR_SYNTAX, again->at, "name \"%.*s\" given twice", text_shown(again->text),
			(const char *)again->text.p);
	free(names);
	return !again;
}

static bool parse_member(struct parser *p, struct json *object)
{
	struct name name = {.at = p->pos};
	struct json *child;

	if (peek(p) != '"')
		return needed(p, "a name in double quotes");
	if (!parse_string(p, &name.text))
		return false;
	buf_add(&p->names, &name, sizeof(name));
	skip_space(p);
	if (peek(p) != ':')
		return needed(p, "':'");
	p->pos++;
	child = ARENA_NEW(p->arena, struct json);
	child->name = name.text;
	append(object, child);
	return parse_value(p, child);
}

static bool parse_element(struct parser *p, struct json *array)
{
	struct json *child = ARENA_NEW(p->arena, struct json);

	append(array, child);
	return parse_value(p, child);
}

static bool parse_children(struct parser *p, struct json *out, int close)
{
	p->pos++;
	skip_space(p);
	if (peek(p) == close)
		return true;
	for (;;) {
		skip_space(p);
		if (!(out->type == JSON_OBJECT ? parse_member(p, out) : parse_element(p, out)))
			return false;
		skip_space(p);
		if (peek(p) == close)
			return true;
		if (peek(p) != ',')
			return needed(p, close == '}' ? "',' or '}'" : "',' or ']'");
		p->pos++;
	}
}

static bool parse_container(struct parser *p, struct json *out, enum json_type type)
{
	const size_t base = p->names.n;

	if (p->depth == MAX_DEPTH)
		return err_set(p->e, ERR_RANGE, p->pos, "nested deeper than %d", MAX_DEPTH);
	p->depth++;
	out->type = type;
	if (!parse_children(p, out, type == JSON_OBJECT ? '}' : ']') || !no_name_twice(p, base))
		return false;
	p->names.n = base;
	p->depth--;
	p->pos++;
	return true;
}

static bool parse_value(struct parser *p, struct json *out)
{
	skip_space(p);
	out->at = p->pos;
	switch (peek(p)) {
	case '{':
		return parse_container(p, out, JSON_OBJECT);
	case '[':
		return parse_container(p, out, JSON_ARRAY);
	case '"':
		out->type = JSON_STRING;
		return parse_string(p, &out->text);
	case 'n':
		return parse_word(p, "null", JSON_NULL, out);
	case 't':
		return parse_word(p, "true", JSON_TRUE, out);
	case 'f':
		return parse_word(p, "false", JSON_FALSE, out);
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return parse_number(p, out);
	}
	return needed(p, "a JSON value");
}

const struct json *json_parse(struct arena *a, struct span text, struct err *e)
{
	struct parser p = {.arena = a, .all = text, .e = e};
	struct json *root = ARENA_NEW(a, struct json);
	bool ok = parse_value(&p, root);

	if (ok) {
		skip_space(&p);
		ok = p.pos == text.n || needed(&p, "the end of the document");
	}
	buf_release(&p.names);
	return ok ? root : NULL;
}

size_t json_line(struct span text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at && i < text.n; i++)
		line += text.p[i] == '\n';
	return line;
}

bool (json_err_file)(struct err *e, const char *path, struct span text)
{
	return err_file(e, path, e && e->at <= text.n ? json_line(text, e->at) : 0);
}
