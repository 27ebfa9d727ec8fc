#include "src/proof/line.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/proof/merkle.h"

#define MAX_INTEGER "9007199254740991"        /* 2^53 - 1 */

void line_leaf(struct hash32 *out, struct span raw)
{
	merkle_leaf(out, raw);
}

bool line_kind_is(const struct line *l, const char *kind)
{
	return span_is(l->kind, kind);
}

/* ---- what each field may be ------------------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool kind_is_valid(struct span kind)
{
	for (size_t i = 0; i < kind.n; i++) {
		const uint8_t c = kind.p[i];

		if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '.' && c != '-')
			return false;
	}
	return kind.n >= 1 && kind.n <= 64;
}

bool line_is_in_time(const struct line *l, struct unix_time before)
{
	struct span text;
	struct unix_time from, to;

	if (!line_kind_is(l, "clock.stepped-back"))
		return l->time.ms >= before.ms;
	return json_get_str(l->body, "from", &text, NULL) && time_parse(&from, text, NULL) &&
	       json_get_str(l->body, "to", &text, NULL) && time_parse(&to, text, NULL) && from.ms == before.ms &&
	       to.ms == l->time.ms && to.ms < from.ms;
}

bool line_change_is_valid(struct span change)
{
	size_t i = 0, digits;

	while (i < change.n && ((change.p[i] >= 'A' && change.p[i] <= 'Z') || (i && is_digit(change.p[i]))))
		i++;
	if (i < 1 || i > 8 || i == change.n || change.p[i] != '-')
		return false;
	digits = ++i;
	while (i < change.n && is_digit(change.p[i]))
		i++;
	return i == change.n && i > digits && i - digits <= 15 && change.p[digits] != '0';
}

static bool actor_is_valid(struct span actor)
{
	for (size_t i = 0; i < actor.n; i++)
		if (actor.p[i] <= ' ' || actor.p[i] > '~' || actor.p[i] == '"' || actor.p[i] == '\\')
			return false;
	return actor.n >= 1 && actor.n <= 64;
}

static bool auth_is_valid(struct span auth)
{
	return span_is(auth, "signature") || span_is(auth, "os-user") || span_is(auth, "claimed");
}

static bool number_is_valid(struct span digits)
{
	const size_t sign = digits.n && digits.p[0] == '-';
	const size_t n = digits.n - sign;

	if (!n || n > sizeof(MAX_INTEGER) - 1 || (digits.p[sign] == '0' && digits.n > 1))
		return false;
	for (size_t i = sign; i < digits.n; i++)
		if (!is_digit(digits.p[i]))
			return false;
	return n < sizeof(MAX_INTEGER) - 1 || memcmp(digits.p + sign, MAX_INTEGER, n) <= 0;
}

/* Numbers that every reader agrees on; json_canonical() takes no others. */
static bool numbers_are_valid(const struct json *v, struct err *e)
{
	size_t i = 0;

	if (v->type == JSON_NUMBER && !number_is_valid(v->text))
		return err_set(e, ERR_RANGE, v->at,
			       "a number in a line is an integer within 2^53-1, larger ones are strings");
	for (const struct json *c = v->first; c; c = c->next, i++) {
		if (numbers_are_valid(c, e))
			continue;
		if (v->type == JSON_ARRAY)
			return err_in(e, "[%zu]", i);
		return err_in(e, "%.*s", (int)c->name.n, (const char *)c->name.p);
	}
	return true;
}

static bool check_fields(const struct line *l, struct err *e)
{
	if (l->seq >= MERKLE_MAX_SIZE) {
		err_set(e, ERR_RANGE, ERR_NO_OFFSET, "seq is below 2^53");
		return err_in(e, "seq");
	}
	if (!kind_is_valid(l->kind)) {
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a kind is 1 to 64 of a-z 0-9 . -");
		return err_in(e, "kind");
	}
	if (l->change.n && !line_change_is_valid(l->change)) {
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "a change reads SC-7");
		return err_in(e, "change");
	}
	if (!actor_is_valid(l->actor)) {
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET,
			"an actor's id is 1 to 64 printable ASCII characters without quotes");
		return err_in(e, "actor.id");
	}
	if (!auth_is_valid(l->auth)) {
		err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "auth is signature, os-user or claimed");
		return err_in(e, "actor.auth");
	}
	if (!l->body || l->body->type != JSON_OBJECT) {
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "the body is an object");
		return err_in(e, "body");
	}
	return numbers_are_valid(l->body, e) || err_in(e, "body");
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void write_fields(struct buf *out, const struct line *l)
{
	buf_fmt(out, "{\"seq\":%" PRIu64 ",\"id\":\"", l->seq);
	buf_hex(out, span_of(l->id, sizeof(l->id)));
	buf_str(out, "\",\"prev\":\"");
	buf_hex(out, SPAN_HASH(&l->prev));
	buf_str(out, "\",\"time\":\"");
	time_format(out, l->time);
	buf_str(out, "\",\"kind\":\"");
	buf_span(out, l->kind);
	buf_str(out, l->change.n ? "\",\"change\":\"" : "\",\"change\":null");
	buf_span(out, l->change);
	buf_str(out, l->change.n ? "\",\"actor\":{\"id\":\"" : ",\"actor\":{\"id\":\"");
	buf_span(out, l->actor);
	buf_str(out, "\",\"auth\":\"");
	buf_span(out, l->auth);
	buf_str(out, "\"},\"body\":");
	json_canonical(out, l->body);
	buf_byte(out, '}');
}

bool line_write(struct buf *out, const struct line *l, struct err *e)
{
	const size_t before = out->n;

	if (!check_fields(l, e))
		return false;
	write_fields(out, l);
	if (out->n - before > LINE_MAX_BYTES) {
		err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed at most %d bytes, found %zu", LINE_MAX_BYTES,
			out->n - before);
		out->n = before;
		return false;
	}
	return true;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static bool bare_bytes(const struct json *object, const char *name, uint8_t *out, size_t n, struct err *e)
{
	struct span text;

	if (!json_get_str(object, name, &text, e))
		return false;
	if (!hex_bare(out, n, text, e)) {
		if (e)
			e->at = json_find(object, name)->at;
		return err_in(e, "%s", name);
	}
	return true;
}

static bool read_time(const struct json *object, struct unix_time *out, struct err *e)
{
	struct span text;

	if (!json_get_str(object, "time", &text, e))
		return false;
	if (!time_parse(out, text, e)) {
		if (e)
			e->at = json_find(object, "time")->at;
		return err_in(e, "time");
	}
	return true;
}

static bool read_actor(const struct json *doc, struct line *l, struct err *e)
{
	static const char *const names[] = { "id", "auth", NULL };
	const struct json *actor;

	if (!json_get(doc, "actor", JSON_OBJECT, &actor, e))
		return false;
	return (json_only(actor, names, e) && json_get_str(actor, "id", &l->actor, e) &&
		json_get_str(actor, "auth", &l->auth, e)) || err_in(e, "actor");
}

static bool read_change(const struct json *doc, struct line *l, struct err *e)
{
	const struct json *change = json_find(doc, "change");

	l->change = span_of(NULL, 0);
	if (change && change->type == JSON_NULL)
		return true;
	if (!json_get_str(doc, "change", &l->change, e))
		return false;
	if (!l->change.n) {
		err_set(e, ERR_SYNTAX, change->at, "a change reads SC-7");
		return err_in(e, "change");
	}
	return true;
}

static bool read_fields(const struct json *doc, struct line *l, struct err *e)
{
	static const char *const names[] = { "seq", "id", "prev", "time", "kind", "change", "actor", "body", NULL };

	return json_only(doc, names, e) && json_get_u64(doc, "seq", &l->seq, e) &&
	       bare_bytes(doc, "id", l->id, sizeof(l->id), e) && bare_bytes(doc, "prev", l->prev.b, 32, e) &&
	       read_time(doc, &l->time, e) && json_get_str(doc, "kind", &l->kind, e) && read_change(doc, l, e) &&
	       read_actor(doc, l, e) && json_get(doc, "body", JSON_OBJECT, &l->body, e);
}

/* The order of members, white space and escapes are right when writing the line again gives the same bytes. */
static bool demand_canonical(const struct line *l, struct err *e)
{
	struct buf again = {0};
	size_t at = 0;
	bool ok;

	buf_reserve(&again, l->raw.n);
	write_fields(&again, l);
	ok = span_eq(buf_view(&again), l->raw);
	while (!ok && at < again.n && at < l->raw.n && again.p[at] == l->raw.p[at])
		at++;
	if (!ok)
		err_set(e, ERR_SYNTAX, at, "not canonical from here on");
	buf_release(&again);
	return ok;
}

bool line_parse(struct arena *a, struct line *l, struct span raw, struct err *e)
{
	const struct json *doc;

	*l = (struct line){ .raw = raw };
	if (raw.n > LINE_MAX_BYTES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed at most %d bytes, found %zu", LINE_MAX_BYTES,
			       raw.n);
	doc = json_parse(a, raw, e);
	if (!doc)
		return false;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, 0, "a line is an object");
	return read_fields(doc, l, e) && check_fields(l, e) && demand_canonical(l, e);
}

/* ---- peeking ---------------------------------------------------------------------------------------------------- */

static bool skip(struct span *rest, const char *text)
{
	const size_t n = strlen(text);

	if (!span_starts(*rest, text))
		return false;
	*rest = span_of(rest->p + n, rest->n - n);
	return true;
}

static bool take(struct span *rest, struct span *out, size_t n)
{
	if (n > rest->n)
		return false;
	*out = span_of(rest->p, n);
	*rest = span_of(rest->p + n, rest->n - n);
	return true;
}

static bool take_to_quote(struct span *rest, struct span *out)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] != '"')
		n++;
	return take(rest, out, n) && skip(rest, "\"");
}

static bool take_seq(struct span *rest, uint64_t *out)
{
	uint64_t v = 0;
	size_t n = 0;

	while (n < rest->n && n < 16 && is_digit(rest->p[n]))
		v = v * 10 + (uint64_t)(rest->p[n++] - '0');
	if (!n || (n > 1 && rest->p[0] == '0'))
		return false;
	*out = v;
	*rest = span_of(rest->p + n, rest->n - n);
	return true;
}

static bool take_hex(struct span *rest, uint8_t *out, size_t n)
{
	struct span digits;

	return take(rest, &digits, 2 * n) && hex_bare(out, n, digits, NULL);
}

bool line_peek(struct line_peek *out, struct span raw)
{
	struct span rest = raw;

	*out = (struct line_peek){0};
	if (!skip(&rest, "{\"seq\":") || !take_seq(&rest, &out->seq) || !skip(&rest, ",\"id\":\"") ||
	    !take_hex(&rest, out->id, sizeof(out->id)) || !skip(&rest, "\",\"prev\":\"") ||
	    !take_hex(&rest, out->prev.b, sizeof(out->prev.b)) || !skip(&rest, "\",\"time\":\"") ||
	    !take(&rest, &out->time, 24) || !skip(&rest, "\",\"kind\":\"") || !take_to_quote(&rest, &out->kind))
		return false;
	if (skip(&rest, ",\"change\":null,"))
		return true;
	return skip(&rest, ",\"change\":\"") && take_to_quote(&rest, &out->change) && skip(&rest, ",");
}
