#include "src/gov/meeting.h"

#include <inttypes.h>
#include <string.h>

#define LIST_MAX 10000u               /* a line's size bounds it sooner */

const char *decision_name(enum decision d)
{
	switch (d) {
	case DECISION_APPROVED:
		return "approved";
	case DECISION_REJECTED:
		return "rejected";
	case DECISION_DEFERRED:
		return "deferred";
	}
	BUG("decision %d", (int)d);
}

bool decision_parse(enum decision *out, struct span name, struct err *e)
{
	for (int d = DECISION_APPROVED; d <= DECISION_DEFERRED; d++)
		if (span_is(name, decision_name((enum decision)d))) {
			*out = (enum decision)d;
			return true;
		}
	return err_set(e, ERR_UNKNOWN, 0, "a decision is approved, rejected or deferred");
}

/* ---- lists of ids ---- */

bool id_list_has(const struct id_list *l, struct span id)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_eq(l->v[i], id))
			return true;
	return false;
}

void id_list_add(struct arena *a, struct id_list *l, struct span id)
{
	struct span *grown;

	if (id_list_has(l, id))
		return;
	grown = ARENA_ARRAY(a, struct span, l->n + 1);
	if (l->n > 0)
		memcpy(grown, l->v, l->n * sizeof(*grown));
	grown[l->n++] = id;
	l->v = grown;
}

struct json *id_list_to_json(struct arena *a, const struct id_list *l)
{
	struct json *out = json_array(a);

	for (size_t i = 0; i < l->n; i++)
		json_push(out, json_text(a, l->v[i]));
	return out;
}

static bool get_ids(struct arena *a, const struct json *body, const char *name, struct id_list *out, struct err *e)
{
	const struct json *list;

	*out = (struct id_list){0};
	if (!json_get(body, name, JSON_ARRAY, &list, e))
		return false;
	if (list->n > LIST_MAX) {
		err_set(e, ERR_RANGE, list->at, "at most %u, found %zu", LIST_MAX, list->n);
		return err_in(e, "%s", name);
	}
	out->v = ARENA_ARRAY(a, struct span, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (v->type != JSON_STRING || id_list_has(out, v->text)) {
			err_set(e, ERR_SYNTAX, v->at, "needed ids, each once");
			return err_in(e, "%s", name);
		}
		out->v[out->n++] = v->text;
	}
	return true;
}

/* ---- folding ---- */

static bool get_number(struct span id, uint64_t *out)
{
	struct u256 v;

	return span_starts(id, "M-") && u256_parse(&v, span_of(id.p + 2, id.n - 2), NULL) && u256_fits_u64(&v, out);
}

static struct meeting *last_of(const struct meetings *m)
{
	return m->n > 0 ? &m->v[m->n - 1] : NULL;
}

static bool apply_opened(struct arena *a, struct meetings *m, const struct line *l, struct err *e)
{
	const struct meeting *before = last_of(m);
	struct meeting new = { .opened_seq = l->seq, .opened_at = l->time };
	struct meeting *grown;

	if (!json_get_str(l->body, "meeting", &new.id, e) || !json_get_str(l->body, "title", &new.title, e) ||
	    !get_ids(a, l->body, "agenda", &new.agenda, e) || !get_ids(a, l->body, "present", &new.present, e))
		return false;
	if (before != NULL && !before->closed)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "opened while another meeting is open");
	if (!get_number(new.id, &new.number) || new.number != (before != NULL ? before->number + 1 : 1)) {
		err_set(e, ERR_MISMATCH, json_find(l->body, "meeting")->at, "needed the next number, like M-1");
		return err_in(e, "meeting");
	}
	grown = ARENA_ARRAY(a, struct meeting, m->n + 1);
	if (m->n > 0)
		memcpy(grown, m->v, m->n * sizeof(*grown));
	grown[m->n++] = new;
	m->v = grown;
	return true;
}

/* The meeting that is open, which has to be the one that the line names. */
static bool in_session(const struct meetings *m, const struct line *l, struct meeting **out, struct err *e)
{
	struct span id;

	if (!json_get_str(l->body, "meeting", &id, e))
		return false;
	*out = last_of(m);
	if (*out != NULL && !(*out)->closed && span_eq((*out)->id, id))
		return true;
	err_set(e, ERR_MISMATCH, json_find(l->body, "meeting")->at, "that meeting is not open");
	return err_in(e, "meeting");
}

static bool get_step(const struct json *v, struct tabled_step *out, struct err *e)
{
	struct span name;

	if (!json_get_str(v, "step", &name, e))
		return false;
	if (!step_parse(&out->step, name, e))
		return err_in(e, "step");
	return json_get_u64(v, "nonce", &out->nonce, e) && json_get_bare_hash(v, "packet", &out->packet, e) &&
	       json_get_hash(v, "safeTxHash", &out->safe_tx_hash, e);
}

static bool get_steps(const struct json *body, struct meeting_decision *d, struct err *e)
{
	const struct json *list;

	if (!json_get(body, "steps", JSON_ARRAY, &list, e))
		return false;
	if (list->n > N_STEPS) {
		err_set(e, ERR_RANGE, list->at, "at most %d, found %zu", N_STEPS, list->n);
		return err_in(e, "steps");
	}
	for (const struct json *v = list->first; v != NULL; v = v->next, d->n_steps++)
		if (!get_step(v, &d->steps[d->n_steps], e)) {
			err_in(e, "[%zu]", d->n_steps);
			return err_in(e, "steps");
		}
	return true;
}

static bool apply_decided(struct arena *a, struct meetings *m, const struct line *l, struct err *e)
{
	struct meeting_decision new = { .change = l->change, .seq = l->seq, .time = l->time }, *grown;
	struct meeting *held;
	struct span name;

	if (!in_session(m, l, &held, e) || !json_get_str(l->body, "decision", &name, e))
		return false;
	if (!decision_parse(&new.decision, name, e))
		return err_in(e, "decision");
	if (l->change.n == 0)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "a decision about no change");
	if (!json_get_str(l->body, "note", &new.note, e) || !get_ids(a, l->body, "present", &new.present, e) ||
	    !get_steps(l->body, &new, e))
		return false;
	for (size_t i = 0; i < new.present.n; i++)
		id_list_add(a, &held->present, new.present.v[i]);
	grown = ARENA_ARRAY(a, struct meeting_decision, held->n_decisions + 1);
	if (held->n_decisions > 0)
		memcpy(grown, held->decisions, held->n_decisions * sizeof(*grown));
	grown[held->n_decisions++] = new;
	held->decisions = grown;
	return true;
}

static bool apply_closed(struct arena *a, struct meetings *m, const struct line *l, struct err *e)
{
	struct meeting *held;

	(void)a;
	if (!in_session(m, l, &held, e) || !json_get_bare_hash(l->body, "minutes", &held->minutes, e))
		return false;
	held->closed = true;
	held->closed_seq = l->seq;
	held->closed_at = l->time;
	return true;
}

bool meetings_apply(struct arena *a, struct meetings *m, const struct line *l, struct err *e)
{
	static const struct {
		const char *kind;
		bool (*apply)(struct arena *a, struct meetings *m, const struct line *l, struct err *e);
	} kinds[] = {
		{ "meeting.opened", apply_opened },
		{ "meeting.decided", apply_decided },
		{ "meeting.closed", apply_closed },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (line_kind_is(l, kinds[i].kind))
			return kinds[i].apply(a, m, l, e) ||
			       err_in(e, "line %" PRIu64 " (%s)", l->seq, kinds[i].kind);
	return true;
}

/* ---- asking ---- */

const struct meeting *meetings_in_session(const struct meetings *m)
{
	const struct meeting *last = last_of(m);

	return last != NULL && !last->closed ? last : NULL;
}

const struct meeting *meetings_find(const struct meetings *m, struct span id)
{
	for (size_t i = m->n; i-- > 0;)
		if (span_eq(m->v[i].id, id))
			return &m->v[i];
	return NULL;
}

const struct meeting_decision *meeting_decision_on(const struct meeting *m, struct span change)
{
	for (size_t i = m->n_decisions; i-- > 0;)
		if (span_eq(m->decisions[i].change, change))
			return &m->decisions[i];
	return NULL;
}

size_t meeting_table(const struct change *c, struct tabled_step out[N_STEPS])
{
	size_t n = 0;

	for (int k = 0; k < N_STEPS; k++) {
		const struct step *s = &c->steps[k];

		if (s->packed && !s->mined)
			out[n++] = (struct tabled_step){ (enum step_kind)k, s->nonce, s->packet, s->safe_tx_hash };
	}
	return n;
}

/* ---- bodies ---- */

struct json *meeting_opened_json(struct arena *a, const struct meeting *m)
{
	struct json *o = json_object(a);

	json_set(o, a, "agenda", id_list_to_json(a, &m->agenda));
	json_set(o, a, "meeting", json_text(a, m->id));
	json_set(o, a, "present", id_list_to_json(a, &m->present));
	json_set(o, a, "title", json_text(a, m->title));
	return o;
}

struct json *meeting_decided_json(struct arena *a, struct span meeting, const struct meeting_decision *d)
{
	struct json *o = json_object(a), *steps = json_array(a);

	for (size_t i = 0; i < d->n_steps; i++) {
		const struct tabled_step *s = &d->steps[i];
		struct json *one = json_object(a);

		json_set(one, a, "nonce", json_u64(a, s->nonce));
		json_set(one, a, "packet", json_bare(a, SPAN_HASH(&s->packet)));
		json_set(one, a, "safeTxHash", json_0x(a, SPAN_HASH(&s->safe_tx_hash)));
		json_set(one, a, "step", json_str(a, step_name(s->step)));
		json_push(steps, one);
	}
	json_set(o, a, "decision", json_str(a, decision_name(d->decision)));
	json_set(o, a, "meeting", json_text(a, meeting));
	json_set(o, a, "note", json_text(a, d->note));
	json_set(o, a, "present", id_list_to_json(a, &d->present));
	json_set(o, a, "steps", steps);
	return o;
}

struct json *meeting_closed_json(struct arena *a, struct span meeting, const struct hash32 *minutes)
{
	struct json *o = json_object(a);

	json_set(o, a, "meeting", json_text(a, meeting));
	json_set(o, a, "minutes", json_bare(a, SPAN_HASH(minutes)));
	return o;
}
