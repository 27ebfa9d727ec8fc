#include "tui/console/alerts.h"

struct search {
	const struct model *m;
	size_t want, n;
	struct alert *out;            /* NULL: only counted */
};

static void take(struct search *s, struct alert a)
{
	if (s->n++ == s->want && s->out != NULL)
		*s->out = a;
}

static void take_alarms(struct search *s)
{
	const size_t n = model_alarms(s->m);
	for (size_t i = 0; i < n; i++) {
		struct alert a = { .kind = ALERT_OPERATION };
		model_alarm(s->m, i, &a.op, &a.tx);
		if (a.tx != NULL)
			a.kind = ALERT_TX;
		take(s, a);
	}
}

/* Those that are not said by an alert of their own kind. */
static void take_findings(struct search *s)
{
	static const char *const own[] = { "UNKNOWN-OPERATION", "UNKNOWN-TX", "ENDPOINT" };
	for (size_t i = 0; i < s->m->snapshot.n_findings; i++) {
		const struct snapshot_finding *f = &s->m->snapshot.findings[i];
		bool said = !s->m->snapshot.events_known && span_is(f->code, "EVENTS");
		for (size_t k = 0; k < ARRAY_LEN(own); k++)
			said = said || span_is(f->code, own[k]);
		if (!said)
			take(s, (struct alert){ .kind = ALERT_FINDING, .finding = f });
	}
}

static bool row_has(const struct queue_row *r, enum alert_kind kind)
{
	if (kind == ALERT_UNREADABLE || r->trouble != NULL)
		return kind == ALERT_UNREADABLE && r->trouble != NULL;
	switch (kind) {
	case ALERT_LOOSE: return r->loose || r->left_behind;
	case ALERT_TWICE: return r->nonce_twice;
	case ALERT_DUPLICATE: return r->duplicate_of != NULL;
	case ALERT_STALE: return r->stale;
	case ALERT_LOG:
	case ALERT_OPERATION:
	case ALERT_TX:
	case ALERT_FINDING:
	case ALERT_UNREADABLE:
	case ALERT_ENDPOINT:
	case ALERT_EVENTS:
	case ALERT_CHAIN:
		return false;
	}
	BUG("no such kind");
}

static void take_rows(struct search *s)
{
	for (int kind = ALERT_UNREADABLE; kind <= ALERT_STALE; kind++)
		for (size_t i = 0; i < s->m->queue.n; i++)
			if (row_has(&s->m->queue.row[i], (enum alert_kind)kind))
				take(s, (struct alert){ .kind = (enum alert_kind)kind, .row = &s->m->queue.row[i] });
}

static size_t search(struct search *s)
{
	const struct model *m = s->m;
	if (m->ws == NULL)
		return 0;
	if (m->ws->warning != NULL)
		take(s, (struct alert){ .kind = ALERT_LOG });
	take_alarms(s);
	take_findings(s);
	take_rows(s);
	for (size_t i = 0; i < m->snapshot.n_endpoints; i++)
		if (!m->snapshot.endpoints[i].ok)
			take(s, (struct alert){ .kind = ALERT_ENDPOINT, .endpoint = &m->snapshot.endpoints[i] });
	if (m->snapshot.online && !m->snapshot.events_known)
		take(s, (struct alert){ .kind = ALERT_EVENTS });
	if (!m->snapshot.online || m->offline || m->ask_trouble != NULL)
		take(s, (struct alert){ .kind = ALERT_CHAIN });
	return s->n;
}

size_t alerts_count(const struct model *m)
{
	struct search s = { .m = m };
	return search(&s);
}

bool alerts_at(const struct model *m, size_t i, struct alert *out)
{
	struct search s = { .m = m, .want = i, .out = out };
	*out = (struct alert){0};
	return search(&s) > i;
}
