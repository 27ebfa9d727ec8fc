/* Lines about alerts, "kind body" each, as a follower may be given them: what is folded is numbered, each finding has
 * one open alert, and what was read is written again as it stood; what is refused has a reason. */
#include <string.h>

#include "src/gov/alert.h"
#include "tests/fuzz/target.h"

struct fold {
	struct arena a;
	struct alert_log m;
	uint64_t seq;
};

static void check_order(const struct alert_log *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct logged_alert *x = &m->v[i];

		DEMAND(x->number == i + 1);
		DEMAND(x->cleared || alert_log_of(m, &x->finding) == x);
		DEMAND(alert_log_find(m, x->id) == x);
		for (size_t k = 0; k < x->n_acks; k++)
			DEMAND(x->acks[k].note.n > 0);
	}
}

/* Members that we write stood there with the same value. */
static void check_same(const struct json *written, const struct json *read)
{
	for (const struct json *v = written->first; v != NULL; v = v->next) {
		struct buf name = {0};

		buf_span(&name, v->name);
		DEMAND(json_find(read, buf_cstr(&name)) != NULL && json_same(v, json_find(read, buf_cstr(&name))));
		buf_release(&name);
	}
}

static void check_written(struct fold *f, const struct line *l)
{
	const struct logged_alert *x;
	struct span id;

	DEMAND(json_get_str(l->body, "alert", &id, NULL));
	x = alert_log_find(&f->m, id);
	if (line_kind_is(l, "alert.raised"))
		check_same(alert_raised_json(&f->a, id, &x->finding, &x->seen), l->body);
	else if (line_kind_is(l, "alert.cleared"))
		check_same(alert_cleared_json(&f->a, id, &x->cleared_in), l->body);
	else
		check_same(alert_acknowledged_json(&f->a, id, &x->acks[x->n_acks - 1]), l->body);
}

static void take(struct fold *f, struct span text)
{
	const uint8_t *space = text.n > 0 ? memchr(text.p, ' ', text.n) : NULL;
	struct line l = { .seq = f->seq++, .time = { (int64_t)f->seq * 1000 } };
	struct err e = {0};

	if (space == NULL)
		return;
	l.kind = span_of(text.p, (size_t)(space - text.p));
	l.body = json_parse(&f->a, span_of(space + 1, text.n - l.kind.n - 1), NULL);
	/* As line_parse() would have it. */
	if (l.body == NULL || l.body->type != JSON_OBJECT || !json_is_canonical(l.body, NULL))
		return;
	if (!alert_log_apply(&f->a, &f->m, &l, NULL, &e))
		DEMAND(e.code != ERR_NONE && e.what.n > 0);
	else if (alert_line_is(l.kind))
		check_written(f, &l);
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fold f = {0};
	struct span rest = span_of(data, n);

	while (rest.n > 0) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		const size_t len = end != NULL ? (size_t)(end - rest.p) : rest.n;

		take(&f, span_of(rest.p, len));
		rest = end != NULL ? span_of(end + 1, rest.n - len - 1) : span_of(rest.p + len, 0);
	}
	check_order(&f.m);
	arena_release(&f.a);
	return 0;
}
