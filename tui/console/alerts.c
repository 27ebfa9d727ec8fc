#include "tui/console/alerts.h"

#include "src/gov/findings.h"

struct search {
	const struct model *m;
	size_t want, n;
	struct alert *out;            /* NULL: only counted */
};

/* "0x… executed": of an operation that has run. */
static bool is_first_word(struct span text, struct span word)
{
	return text.n > word.n && text.p[word.n] == ' ' && span_eq(span_of(text.p, word.n), word);
}

/* What the last look found of this code about this subject; NULL: nothing. */
static const struct snapshot_finding *finding_about(const struct model *m, const char *code, struct span subject)
{
	for (size_t i = 0; i < m->snapshot.n_findings; i++) {
		const struct snapshot_finding *f = &m->snapshot.findings[i];
		if (span_is(f->code, code) && (subject.n == 0 || span_eq(f->subject, subject) ||
					       is_first_word(f->subject, subject)))
			return f;
	}
	return NULL;
}

static const struct snapshot_finding *finding_of_hash(const struct model *m, const char *code, const struct hash32 *h)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(h));
	const struct snapshot_finding *f = finding_about(m, code, buf_view(&b));
	buf_release(&b);
	return f;
}

/* The finding that the alert is about; NULL: it is of another kind. */
static const struct snapshot_finding *finding_of(const struct model *m, const struct alert *a)
{
	switch (a->kind) {
	case ALERT_OPERATION: return finding_of_hash(m, "UNKNOWN-OPERATION", &a->op->id);
	case ALERT_TX: return finding_of_hash(m, "UNKNOWN-TX", &a->tx->safe_tx_hash);
	case ALERT_FINDING: return a->finding;
	case ALERT_ENDPOINT: return finding_about(m, "ENDPOINT", a->endpoint->name);
	case ALERT_EVENTS: return finding_about(m, "EVENTS", span_str(""));
	case ALERT_LOG:
	case ALERT_LOGGED:
	case ALERT_UNREADABLE:
	case ALERT_LOOSE:
	case ALERT_TWICE:
	case ALERT_DUPLICATE:
	case ALERT_STALE:
	case ALERT_CHAIN:
		return NULL;
	}
	BUG("no such kind");
}

static void take(struct search *s, struct alert a)
{
	if (s->n++ != s->want || s->out == NULL)
		return;
	a.finding = finding_of(s->m, &a);
	if (a.finding != NULL)
		a.logged = alert_log_of(&s->m->logged.log, a.finding);
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

/* Is it said by what the last look found? */
static bool is_seen(const struct model *m, const struct logged_alert *x)
{
	for (size_t i = 0; i < m->snapshot.n_findings && !x->cleared; i++)
		if (finding_is_same(&m->snapshot.findings[i], &x->finding))
			return true;
	return false;
}

static void take_logged(struct search *s)
{
	const struct alert_log *log = &s->m->logged.log;
	for (size_t i = 0; i < log->n; i++)
		if (!is_seen(s->m, &log->v[i]))
			take(s, (struct alert){ .kind = ALERT_LOGGED, .logged = &log->v[i] });
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
	case ALERT_LOGGED:
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
	take_logged(s);
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

size_t alerts_not_logged(const struct model *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->snapshot.n_findings; i++)
		n += alert_log_of(&m->logged.log, &m->snapshot.findings[i]) == NULL;
	return n;
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

const char *alerts_next(const struct snapshot_finding *f)
{
	return finding_next(f);
}
