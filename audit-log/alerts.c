#include "audit-log/alerts.h"

#include <assert.h>

#include "src/base/text.h"
#include "src/evm/address.h"

/* ---- reading ---- */

struct fold {
	struct arena *a;
	struct alert_log *out;
};

static bool fold_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct fold *f = ctx;
	struct line_peek peek;
	struct line l;

	(void)leaf;
	if (line_peek(&peek, raw) && !alert_line_is(peek.kind))
		return true;
	if (!line_parse(f->a, &l, arena_copy(f->a, raw), e))
		return err_in(e, "line %llu", (unsigned long long)seq);
	return alert_log_apply(f->a, f->out, &l, NULL, e) ||
	       err_in(e, "line %llu (%.*s)", (unsigned long long)seq, (int)l.kind.n, (const char *)l.kind.p);
}

/* Lines from..to-1 from the trusted file, as raising, clearing and acknowledging go by them. */
static bool read_lines(struct log *l, struct arena *a, uint64_t from, uint64_t to, struct alert_log *out, struct err *e)
{
	struct fold f = { a, out };

	return log_each(l, from, to, fold_line, &f, e);
}

bool alerts_look(struct workspace *ws, struct arena *a, bool all, struct alert_log *out, struct err *e)
{
	struct fold f = { a, out };
	struct seqs seqs;

	*out = (struct alert_log){ .part = !all };
	return views_alerts(ws->views, a, all, &seqs, e) && log_each_of(ws->log, &seqs, fold_line, &f, e);
}

bool alerts_lines(struct log *l, struct arena *a, struct seqs *out, struct err *e)
{
	return log_seqs_of_kinds(l, a, alert_kinds, N_ALERT_KINDS, out, e);
}

bool alerts_all(struct log *l, struct arena *a, struct alert_log *out, struct err *e)
{
	struct fold f = { a, out };

	*out = (struct alert_log){0};
	return log_each_of_kinds(l, alert_kinds, N_ALERT_KINDS, fold_line, &f, e);
}

bool alerts_mark(struct workspace *ws, struct arena *a, struct snapshot *s, struct err *e)
{
	struct alert_log m;

	if (!alerts_look(ws, a, false, &m, e))
		return false;
	for (size_t i = 0; i < s->n_findings; i++) {
		const struct logged_alert *x = alert_log_of(&m, &s->findings[i]);

		if (x == NULL)
			continue;
		s->findings[i].alert = x->id;
		s->findings[i].acknowledged = alert_acknowledged(x, s->taken) != NULL;
	}
	return true;
}

/* ---- which change a finding concerns ---- */

/* One of its arguments is this word, in whatever case an address is written. */
static bool action_names(const struct json *action, const struct addr *who)
{
	const struct json *args = json_find(action, "args");
	struct addr at;

	for (const struct json *v = args != NULL ? args->first : NULL; v != NULL; v = v->next)
		if (v->type == JSON_STRING && v->text.n == 42 && addr_parse(&at, v->text, NULL) && addr_eq(&at, who))
			return true;
	return false;
}

static bool change_names(const struct change *c, const struct addr *who)
{
	const struct json *actions = c->proposal.actions;

	for (const struct json *x = actions != NULL ? actions->first : NULL; x != NULL; x = x->next)
		if (action_names(x, who))
			return true;
	return false;
}

static bool sent_in(const struct change *c, const struct hash32 *tx)
{
	for (int k = 0; k < N_STEPS; k++)
		for (size_t i = 0; i < c->steps[k].n_submissions; i++)
			if (hash32_eq(&c->steps[k].submissions[i].tx, tx))
				return true;
	return false;
}

/* The newest change whose transaction it was, or that was executed and names the address it is about; or none. */
static struct span concerned(const struct changes *all, const struct snapshot_finding *f)
{
	struct addr who;
	const bool is_addr = f->subject.n >= 42 && addr_parse(&who, span_of(f->subject.p, 42), NULL);

	for (size_t i = all->n; i-- > 0;) {
		const struct change *c = &all->v[i];

		if (!c->proposed)
			continue;
		if ((f->has_event && sent_in(c, &f->event.tx)) ||
		    (is_addr && c->steps[STEP_EXECUTE].mined && change_names(c, &who)))
			return c->id;
	}
	return span_of(NULL, 0);
}

/* ---- writing ---- */

struct writing {
	struct workspace *ws;
	struct arena *a;
	const struct snapshot *s;
	struct alert_look look;
	struct alert_log m;
	struct alerts_written *out;
};

static bool add(struct writing *w, const char *kind, struct span change, const struct json *body, struct err *e)
{
	struct line l = workspace_line(w->ws, kind, change, body);

	return log_add_line(w->ws->log, &l, e);
}

static bool raise_one(struct writing *w, const struct changes *all, const struct snapshot_finding *f, uint64_t number,
		      struct err *e)
{
	const struct span id = span_str(arena_fmt(w->a, "AL-%llu", (unsigned long long)number));

	w->out->raised[w->out->n_raised++] = id;
	return add(w, "alert.raised", concerned(all, f), alert_raised_json(w->a, id, f, &w->look), e);
}

static bool is_found(const struct snapshot *s, const struct snapshot_finding *f)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (finding_is_same(&s->findings[i], f))
			return true;
	return false;
}

/* A node that lags behind tells of what was. */
static bool is_behind(const struct writing *w, const struct logged_alert *x)
{
	return w->s->block < (x->cleared ? x->cleared_in.block : x->seen.block);
}

static bool clear_gone(struct writing *w, struct err *e)
{
	w->out->cleared = ARENA_ARRAY(w->a, struct span, w->m.n + 1);
	for (size_t i = 0; i < w->m.n; i++) {
		const struct logged_alert *x = &w->m.v[i];

		if (x->cleared || is_behind(w, x) || is_found(w->s, &x->finding) ||
		    !findings_would_show(w->s, &x->finding))
			continue;
		w->out->cleared[w->out->n_cleared++] = x->id;
		if (!add(w, "alert.cleared", x->change, alert_cleared_json(w->a, x->id, &w->look), e))
			return false;
	}
	return true;
}

/* Two findings of one look may be the same: one alert then. */
static bool is_repeated(const struct snapshot *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (finding_is_same(&s->findings[k], &s->findings[i]))
			return true;
	return false;
}

/* An alert says this already, or said it and was cleared in a later block than this. */
static bool is_logged(const struct writing *w, const struct snapshot_finding *f)
{
	for (size_t i = 0; i < w->m.n; i++)
		if (finding_is_same(&w->m.v[i].finding, f) && (!w->m.v[i].cleared || is_behind(w, &w->m.v[i])))
			return true;
	return false;
}

static bool raise_new(struct writing *w, struct err *e)
{
	uint64_t next = w->m.n > 0 ? w->m.v[w->m.n - 1].number + 1 : 1;
	const struct changes none = {0}, *all;

	/* A change that cannot be read holds up no alert. */
	if (!workspace_fold(w->ws, &all, NULL))
		all = &none;
	w->out->raised = ARENA_ARRAY(w->a, struct span, w->s->n_findings + 1);
	for (size_t i = 0; i < w->s->n_findings; i++) {
		const struct snapshot_finding *f = &w->s->findings[i];

		if (!is_logged(w, f) && !is_repeated(w->s, i) && !raise_one(w, all, f, next++, e))
			return false;
	}
	return true;
}

/* Most of the log is read before it is held: what came since, then. */
static bool begin(struct workspace *ws, struct arena *a, struct alert_log *m, struct err *e)
{
	const uint64_t size = log_size(ws->log);

	return read_lines(ws->log, a, 0, size, m, e) && log_begin(ws->log, e) &&
	       read_lines(ws->log, a, size, log_size(ws->log), m, e);
}

static bool end(struct workspace *ws, bool ok, struct err *e)
{
	if (ok && log_commit(ws->log, e))
		return views_catch_up(ws->views, e);
	log_abort(ws->log);
	return false;
}

bool alerts_write(struct workspace *ws, struct arena *a, const struct snapshot *s, struct alerts_written *out,
		  struct err *e)
{
	struct writing w = { .ws = ws, .a = a, .s = s, .look = alert_look_of(a, s), .out = out };

	*out = (struct alerts_written){0};
	assert(s->online);
	return end(ws, begin(ws, a, &w.m, e) && clear_gone(&w, e) && raise_new(&w, e), e);
}

static bool acknowledge(struct workspace *ws, struct arena *a, const struct alert_log *m, struct span id,
			const struct alert_ack *ack, struct err *e)
{
	const struct logged_alert *x = alert_log_find(m, id);
	struct line l;

	if (x == NULL)
		return err_refuse(e, "ALERT-UNKNOWN", "the log has no alert %.*s; setgov alerts --all lists them",
				  text_shown(id), (const char *)id.p);
	l = workspace_line(ws, "alert.acknowledged", x->change, alert_acknowledged_json(a, x->id, ack));
	return log_add_line(ws->log, &l, e);
}

bool alerts_acknowledge(struct workspace *ws, struct arena *a, struct span id, const struct alert_ack *ack,
			struct err *e)
{
	struct alert_log m = {0};

	return end(ws, begin(ws, a, &m, e) && acknowledge(ws, a, &m, id, ack, e), e);
}
