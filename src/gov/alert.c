#include "src/gov/alert.h"

#include <inttypes.h>
#include <string.h>

#define ENDPOINTS_MAX 64u             /* a line's size bounds them sooner */

const char *const alert_kinds[N_ALERT_KINDS] = { "alert.raised", "alert.cleared", "alert.acknowledged" };

bool alert_line_is(struct span kind)
{
	for (size_t i = 0; i < N_ALERT_KINDS; i++)
		if (span_is(kind, alert_kinds[i]))
			return true;
	return false;
}

bool alert_number(struct span id, uint64_t *out)
{
	struct u256 v;

	return span_starts(id, "AL-") && id.n > 3 && id.p[3] >= '1' && id.p[3] <= '9' &&
	       u256_parse(&v, span_of(id.p + 3, id.n - 3), NULL) && u256_fits_u64(&v, out);
}

/* ---- bodies, read ---- */

static bool get_endpoints(struct arena *a, const struct json *body, struct alert_look *out, struct err *e)
{
	const struct json *list;

	if (!json_get(body, "endpoints", JSON_ARRAY, &list, e))
		return false;
	if (list->n > ENDPOINTS_MAX)
		return err_set(e, ERR_RANGE, list->at, "at most %u, found %zu", ENDPOINTS_MAX, list->n) ||
		       err_in(e, "endpoints");
	out->endpoints = ARENA_ARRAY(a, struct span, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (v->type != JSON_STRING)
			return err_set(e, ERR_SYNTAX, v->at, "needed names") || err_in(e, "endpoints");
		out->endpoints[out->n_endpoints++] = v->text;
	}
	return true;
}

static bool get_look(struct arena *a, const struct json *body, struct alert_look *out, struct err *e)
{
	return json_get_u64(body, "block", &out->block, e) && json_get_hash(body, "blockHash", &out->block_hash, e) &&
	       get_endpoints(a, body, out, e);
}

static bool get_severity(const struct json *body, enum severity *out, struct err *e)
{
	struct span name;

	return json_get_str(body, "severity", &name, e) && (severity_parse(out, name, e) || err_in(e, "severity"));
}

static bool get_finding(const struct json *body, struct snapshot_finding *f, struct err *e)
{
	return json_get_str(body, "code", &f->code, e) && get_severity(body, &f->severity, e) &&
	       json_get_str(body, "subject", &f->subject, e) && json_get_str(body, "words", &f->words, e) &&
	       json_get_str(body, "found", &f->found, e) && json_get_str(body, "expected", &f->expected, e) &&
	       finding_event_read(body, "event", &f->has_event, &f->event, e);
}

static bool get_note(const struct json *body, struct alert_ack *out, struct err *e)
{
	if (!json_get_str(body, "note", &out->note, e) || !json_get_str(body, "ticket", &out->ticket, e))
		return false;
	return out->note.n > 0 || err_set(e, ERR_SYNTAX, json_find(body, "note")->at, "needed a reason") ||
	       err_in(e, "note");
}

static bool get_until(const struct json *body, struct alert_ack *out, struct err *e)
{
	const struct json *until = json_find(body, "until");

	if (until == NULL)
		return err_set(e, ERR_MISSING, body->at, "missing") || err_in(e, "until");
	out->lapses = until->type != JSON_NULL;
	return !out->lapses || json_get_u64(body, "until", &out->until, e);
}

/* ---- folding ---- */

static bool wrong(enum alert_fault *out, enum alert_fault fault)
{
	if (out != NULL)
		*out = fault;
	return false;
}

static struct logged_alert *add(struct arena *a, struct alert_log *m)
{
	ARENA_GROW(a, m->v, m->n, m->cap);
	return &m->v[m->n++];
}

/* The next number; where only a part of them is read, a higher one. */
static bool is_next(const struct alert_log *m, uint64_t number)
{
	const uint64_t last = m->n > 0 ? m->v[m->n - 1].number : 0;

	return m->part ? number > last : number == last + 1;
}

static bool apply_raised(struct arena *a, struct alert_log *m, const struct line *l, enum alert_fault *fault,
			 struct err *e)
{
	struct logged_alert new = { .change = l->change, .by = l->actor, .seq = l->seq, .time = l->time };

	if (!json_get_str(l->body, "alert", &new.id, e) || !get_finding(l->body, &new.finding, e) ||
	    !get_look(a, l->body, &new.seen, e))
		return wrong(fault, ALERT_FAULT_FORM);
	if (!alert_number(new.id, &new.number) || !is_next(m, new.number)) {
		err_set(e, ERR_MISMATCH, json_find(l->body, "alert")->at, "needed the next number, like AL-1");
		err_in(e, "alert");
		return wrong(fault, ALERT_FAULT_ID);
	}
	if (alert_log_of(m, &new.finding) != NULL) {
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the same finding's alert is not cleared");
		return wrong(fault, ALERT_FAULT_TWICE);
	}
	*add(a, m) = new;
	return true;
}

/* The alert that the line names; NULL with *ok true: one that is not read here. */
static struct logged_alert *named(const struct alert_log *m, const struct line *l, bool *ok, enum alert_fault *fault,
				  struct err *e)
{
	struct logged_alert *x;
	struct span id;

	*ok = json_get_str(l->body, "alert", &id, e) || wrong(fault, ALERT_FAULT_FORM);
	if (!*ok)
		return NULL;
	x = alert_log_find(m, id);
	if (x != NULL || m->part)
		return x;
	err_set(e, ERR_MISMATCH, json_find(l->body, "alert")->at, "that alert was never raised");
	err_in(e, "alert");
	*ok = wrong(fault, ALERT_FAULT_UNKNOWN);
	return NULL;
}

static bool apply_cleared(struct arena *a, struct alert_log *m, const struct line *l, enum alert_fault *fault,
			  struct err *e)
{
	struct alert_look in = {0};
	bool ok;
	struct logged_alert *x = named(m, l, &ok, fault, e);

	if (x == NULL)
		return ok;
	if (!get_look(a, l->body, &in, e))
		return wrong(fault, ALERT_FAULT_FORM);
	if (x->cleared) {
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "it was cleared before, by line %" PRIu64, x->cleared_seq);
		return wrong(fault, ALERT_FAULT_TWICE);
	}
	x->cleared = true;
	x->cleared_in = in;
	x->cleared_by = l->actor;
	x->cleared_seq = l->seq;
	x->cleared_at = l->time;
	return true;
}

static bool apply_acknowledged(struct arena *a, struct alert_log *m, const struct line *l, enum alert_fault *fault,
			       struct err *e)
{
	struct alert_ack new = { .by = l->actor, .auth = l->auth, .seq = l->seq, .time = l->time }, *grown;
	bool ok;
	struct logged_alert *x = named(m, l, &ok, fault, e);

	if (x == NULL)
		return ok;
	if (!get_note(l->body, &new, e) || !get_until(l->body, &new, e))
		return wrong(fault, ALERT_FAULT_FORM);
	grown = ARENA_ARRAY(a, struct alert_ack, x->n_acks + 1);
	if (x->n_acks > 0)
		memcpy(grown, x->acks, x->n_acks * sizeof(*grown));
	grown[x->n_acks++] = new;
	x->acks = grown;
	return true;
}

bool alert_log_apply(struct arena *a, struct alert_log *m, const struct line *l, enum alert_fault *fault, struct err *e)
{
	static bool (*const apply[])(struct arena *a, struct alert_log *m, const struct line *l,
				     enum alert_fault *fault, struct err *e) = {
		apply_raised, apply_cleared, apply_acknowledged,
	};

	for (size_t i = 0; i < N_ALERT_KINDS; i++)
		if (line_kind_is(l, alert_kinds[i]))
			return apply[i](a, m, l, fault, e);
	return true;
}

/* ---- asking ---- */

struct logged_alert *alert_log_find(const struct alert_log *m, struct span id)
{
	for (size_t i = m->n; i-- > 0;)
		if (span_eq(m->v[i].id, id))
			return &m->v[i];
	return NULL;
}

struct logged_alert *alert_log_of(const struct alert_log *m, const struct snapshot_finding *f)
{
	for (size_t i = m->n; i-- > 0;)
		if (!m->v[i].cleared && finding_is_same(&m->v[i].finding, f))
			return &m->v[i];
	return NULL;
}

const struct alert_ack *alert_acknowledged(const struct logged_alert *x, struct unix_time at)
{
	const struct unix_time ends = x->cleared && x->cleared_at.ms < at.ms ? x->cleared_at : at;

	for (size_t i = x->n_acks; i-- > 0;) {
		const struct alert_ack *ack = &x->acks[i];

		if (!ack->lapses || (int64_t)ack->until * 1000 > ends.ms)
			return ack;
	}
	return NULL;
}

bool alert_is_settled(const struct logged_alert *x)
{
	return x->cleared && alert_acknowledged(x, x->cleared_at) != NULL;
}

const char *alert_standing(const struct logged_alert *x, struct unix_time at)
{
	if (alert_acknowledged(x, at) != NULL)
		return x->cleared ? "cleared, acknowledged" : "open, acknowledged";
	if (x->n_acks > 0)
		return x->cleared ? "cleared after its acknowledgement had lapsed"
				  : "open, its acknowledgement has lapsed";
	return x->cleared ? "cleared, not acknowledged" : "open, not acknowledged";
}

/* ---- bodies, written ---- */

static void set_look(struct json *o, struct arena *a, const struct alert_look *look)
{
	struct json *names = json_array(a);

	for (size_t i = 0; i < look->n_endpoints; i++)
		json_push(names, json_text(a, look->endpoints[i]));
	json_set(o, a, "block", json_u64(a, look->block));
	json_set(o, a, "blockHash", json_0x(a, SPAN_HASH(&look->block_hash)));
	json_set(o, a, "endpoints", names);
}

struct json *alert_raised_json(struct arena *a, struct span id, const struct snapshot_finding *f,
			       const struct alert_look *look)
{
	struct json *o = json_object(a);

	json_set(o, a, "alert", json_text(a, id));
	set_look(o, a, look);
	json_set(o, a, "code", json_text(a, f->code));
	json_set(o, a, "event", f->has_event ? finding_event_json(a, &f->event) : json_null(a));
	json_set(o, a, "expected", json_text(a, f->expected));
	json_set(o, a, "found", json_text(a, f->found));
	json_set(o, a, "severity", json_str(a, severity_name(f->severity)));
	json_set(o, a, "subject", json_text(a, f->subject));
	json_set(o, a, "words", json_text(a, f->words));
	return o;
}

struct json *alert_cleared_json(struct arena *a, struct span id, const struct alert_look *look)
{
	struct json *o = json_object(a);

	json_set(o, a, "alert", json_text(a, id));
	set_look(o, a, look);
	return o;
}

struct json *alert_acknowledged_json(struct arena *a, struct span id, const struct alert_ack *ack)
{
	struct json *o = json_object(a);

	json_set(o, a, "alert", json_text(a, id));
	json_set(o, a, "note", json_text(a, ack->note));
	json_set(o, a, "ticket", json_text(a, ack->ticket));
	json_set(o, a, "until", ack->lapses ? json_u64(a, ack->until) : json_null(a));
	return o;
}

struct alert_look alert_look_of(struct arena *a, const struct snapshot *s)
{
	const uint64_t largest = (UINT64_C(1) << 53) - 1;     /* a chain may say any 64 bits */
	struct alert_look look = { .block = s->block < largest ? s->block : largest, .block_hash = s->block_hash };

	look.endpoints = ARENA_ARRAY(a, struct span, s->n_endpoints + 1);
	for (size_t i = 0; i < s->n_endpoints; i++)
		if (s->endpoints[i].ok)
			look.endpoints[look.n_endpoints++] = s->endpoints[i].name;
	return look;
}
