/* The meeting packet: what lies on the table, to be read aloud and signed off. */
#include "src/report/facts.h"

#include <string.h>

#include "audit-log/meetings.h"
#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/report/rows.h"

struct packet_report {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	struct meetings all;
	struct meetings_over bad;     /* lines that nobody understands */
	const struct meeting *m;      /* NULL: none is open and none was named */
	struct id_list agenda, missing;       /* missing: changes that the log does not have */
	struct story *stories;        /* one a change of the agenda */
	bool has_last;
	uint64_t last_size;           /* lines that the last packet was made from */
	struct unix_time last_time;
	uint64_t last_seq;
};

/* ---- which changes ---------------------------------------------------------------------------------------------- */

static bool pick_meeting(struct packet_report *x, const char *id, struct err *e)
{
	if (!meetings_read_over(x->src->ws, x->a, &x->all, &x->bad, e))
		return false;
	x->m = id != NULL ? meetings_find(&x->all, span_str(id)) : meetings_in_session(&x->all);
	return x->m != NULL || id == NULL || err_refuse(e, "MEETING-UNKNOWN", "the log has no meeting %s", id);
}

/* The lines say which are open, and no view: one that left a change out would keep it from the table. */
static bool add_open(struct packet_report *x, struct err *e)
{
	const struct chain_facts offline = {0};
	const struct changes *all;
	if (!workspace_unfinished(x->src->ws, &all, e))
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (change_state_is_open(change_state_of(&all->v[i], &offline)))
			id_list_add(x->a, &x->agenda, arena_copy(x->a, all->v[i].id));
	return true;
}

/* What was on the agenda, what was decided besides; before a meeting, whatever is open. */
static bool take_agenda(struct packet_report *x, struct err *e)
{
	if (x->m == NULL)
		return add_open(x, e);
	for (size_t i = 0; i < x->m->agenda.n; i++)
		id_list_add(x->a, &x->agenda, x->m->agenda.v[i]);
	for (size_t i = 0; i < x->m->n_decisions; i++)
		id_list_add(x->a, &x->agenda, x->m->decisions[i].change);
	return true;
}

/* A line may put a change on the agenda that the log does not have: it is told of, and stops nothing. */
static bool read_stories(struct packet_report *x, struct err *e)
{
	struct id_list there = {0};
	x->stories = ARENA_ARRAY(x->a, struct story, x->agenda.n + 1);
	for (size_t i = 0; i < x->agenda.n; i++) {
		struct err why = {0};
		if (story_read(x->a, &x->stories[there.n], x->src, x->agenda.v[i], &why)) {
			id_list_add(x->a, &there, x->agenda.v[i]);
		} else if (why.code == ERR_MISSING) {
			id_list_add(x->a, &x->missing, x->agenda.v[i]);
		} else {
			*e = why;
			return false;
		}
		err_clear(&why);
	}
	x->agenda = there;
	return true;
}

/* The last packet is a line report.made. */
static bool find_last(struct packet_report *x, struct err *e)
{
	static const char *const kinds[] = { "report.made" };
	struct seqs seqs;
	if (!log_seqs_of_kinds(x->src->ws->log, x->a, kinds, ARRAY_LEN(kinds), &seqs, e))
		return false;
	for (size_t i = seqs.n; i-- > 0 && !x->has_last;) {
		struct line l;
		if (!log_line_read(x->src->ws->log, x->a, seqs.seq[i], &l, e))
			return false;
		if (!span_is(line_text(&l, "report"), report_kind_name(REPORT_MEETING)) ||
		    !json_get_u64(l.body, "size", &x->last_size, NULL))
			continue;
		x->has_last = true;
		x->last_time = l.time;
		x->last_seq = l.seq;
	}
	return true;
}

/* ---- the front page --------------------------------------------------------------------------------------------- */

static void words(struct rows *t, const char *field, struct span text, uint64_t seq)
{
	rows_fact(t, field, text);
	rows_rest_on(t, seq);
}

static void present(struct packet_report *x, struct rows *t)
{
	const struct id_list *ids = &x->m->present;
	struct buf b = {0}, who = {0};
	for (size_t i = 0; i < ids->n; i++) {
		buf_str(&b, i > 0 ? ", " : "");
		buf_span(&b, ids->v[i]);
		story_present(&who, x->src, ids->v[i], x->m->opened_seq);
	}
	words(t, "present", buf_view(&b), x->m->opened_seq);
	words(t, "present_are", buf_view(&who), x->m->opened_seq);
	buf_release(&b);
	buf_release(&who);
}

static void not_understood(struct packet_report *x, struct rows *t)
{
	for (size_t i = 0; i < x->bad.n; i++) {
		words(t, "not_understood", span_str(x->bad.v[i].why), x->bad.v[i].seq);
		rows_mark(t, REPORT_FINDING);
	}
	for (size_t i = 0; i < x->missing.n; i++) {
		rows_fact_fmt(t, "not_understood", "the agenda has %.*s, which the log does not have",
			      text_shown(x->missing.v[i]), (const char *)x->missing.v[i].p);
		rows_mark(t, REPORT_FINDING);
		if (x->m != NULL)
			rows_rest_on(t, x->m->opened_seq);
	}
}

static void front(struct packet_report *x)
{
	const struct meeting *m = x->m;
	struct rows t = rows_begin_facts(x->a, x->r, "meeting", "The meeting");
	not_understood(x, &t);
	if (m == NULL) {
		t.s->text = "No meeting is open: this is for the next one, about every change that is open.";
		return;
	}
	rows_fact(&t, "meeting", m->id);
	rows_rest_on(&t, m->opened_seq);
	rows_fact(&t, "title", m->title);
	rows_rest_on(&t, m->opened_seq);
	rows_fact(&t, "opened_at", span_str(""));
	rows_time(&t, "value", m->opened_at);
	rows_rest_on(&t, m->opened_seq);
	present(x, &t);
	rows_fact(&t, "state", span_str(m->closed ? "closed" : "open"));
	rows_rest_on(&t, m->closed ? m->closed_seq : m->opened_seq);
}

static void agenda(struct packet_report *x)
{
	static const char *const columns[] = { "item", "change_id", "title", "state", "risk", "category",
		"requested_by", "requester", "decision" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "agenda", "Agenda", columns);
	for (size_t i = 0; i < x->agenda.n; i++) {
		const struct story *s = &x->stories[i];
		const struct meeting_decision *d = x->m != NULL ? meeting_decision_on(x->m, s->c.id) : NULL;
		rows_next(&t);
		rows_u64(&t, "item", i + 1);
		rows_put(&t, "change_id", s->c.id);
		rows_put(&t, "title", story_words(s)->title);
		rows_str(&t, "state", story_outcome(s));
		rows_str(&t, "risk", s->risk_known ? action_risk_name(s->risk) : "not known");
		rows_put(&t, "category", story_words(s)->category);
		rows_put(&t, "requested_by", s->requester);
		rows_who(&t, "requester", x->src, s->requester, s->drafted.seq);
		rows_str(&t, "decision", d != NULL ? decision_name(d->decision) : "");
		rows_rest_on(&t, s->c.proposed ? s->c.proposed_seq : s->c.drafted_seq);
		if (d != NULL)
			rows_rest_on(&t, d->seq);
		if (s->trouble != NULL)
			rows_mark(&t, REPORT_FINDING);
	}
}

/* ---- a page a change -------------------------------------------------------------------------------------------- */

static void sentences(struct packet_report *x, struct rows *t, const struct story *s, uint64_t seq)
{
	const struct json *list = story_words(s)->actions;
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		struct buf b = {0};
		struct err why = {0};
		if (!action_say(x->a, &b, &x->src->ws->pin, v, &why)) {
			buf_clear(&b);
			buf_fmt(&b, "(not readable under this catalogue: %s)", text_safe_err(x->a, &why));
		}
		words(t, "what_it_does", buf_view(&b), seq);
		buf_release(&b);
		err_clear(&why);
	}
}

/* The words that everybody hears from the same voice, each on his own screen. */
static void steps(struct rows *t, const struct story *s)
{
	struct tabled_step table[N_STEPS];
	const size_t n = meeting_table(&s->c, table);
	for (size_t i = 0; i < n; i++) {
		const struct step *step = &s->c.steps[table[i].step];
		const char *name = step_name(table[i].step);
		struct buf phrase = {0};
		words_phrase(&phrase, &table[i].packet);
		rows_fact_fmt(t, "read_aloud", "%s at nonce %llu: %s", name, (unsigned long long)table[i].nonce,
			      buf_cstr(&phrase));
		rows_rest_on(t, step->packed_seq);
		rows_fact(t, "packet", span_str(""));
		rows_bare(t, "value", &table[i].packet);
		rows_rest_on(t, step->packed_seq);
		rows_fact(t, "safe_tx_hash", span_str(""));
		rows_0x(t, "value", &table[i].safe_tx_hash);
		rows_rest_on(t, step->packed_seq);
		rows_fact_fmt(t, "signatures", "%zu signed %s so far", step->n_signatures, name);
		for (size_t k = 0; k < step->n_signatures; k++)
			rows_rest_on(t, step->signatures[k].seq);
		buf_release(&phrase);
	}
	if (n == 0)
		rows_fact(t, "read_aloud", span_str("nothing: no packet is on the table"));
}

/* "p5, owner of the Safe: Eve Example; schedule: I was not asked" */
static void objection(struct packet_report *x, struct rows *t, enum step_kind step, const struct step_note *n)
{
	struct addr at;
	struct span who = n->owner_text;
	struct buf b = {0};
	if (addr_parse(&at, who, NULL) && story_person(x->src, &at, n->seq).n > 0) {
		who = story_person(x->src, &at, n->seq);
		story_present(&b, x->src, who, n->seq);
	} else {
		buf_span(&b, who);
	}
	buf_fmt(&b, "; %s: ", step_name(step));
	buf_span(&b, n->code);
	buf_str(&b, n->code.n > 0 ? ": " : "");
	buf_span(&b, n->text);
	words(t, n->declined ? "declined" : "refused_by_program", buf_view(&b), n->seq);
	buf_release(&b);
	rows_mark(t, REPORT_LOOK);
}

static void objections(struct packet_report *x, struct rows *t, const struct story *s)
{
	for (int k = 0; k < N_STEPS; k++)
		for (size_t i = 0; i < s->c.steps[k].n_notes; i++)
			objection(x, t, (enum step_kind)k, &s->c.steps[k].notes[i]);
}

static void page(struct packet_report *x, const struct story *s)
{
	const struct proposal *p = story_words(s);
	const uint64_t seq = s->c.proposed ? s->c.proposed_seq : s->c.drafted_seq;
	struct rows t = rows_begin_facts(x->a, x->r,
		arena_fmt(x->a, "change_%.*s", text_shown(s->c.id), (const char *)s->c.id.p),
		arena_fmt(x->a, "%.*s: %.*s", text_shown(s->c.id), (const char *)s->c.id.p, text_shown(p->title),
			  (const char *)p->title.p));
	sentences(x, &t, s, seq);
	words(&t, "reason", p->reason, seq);
	words(&t, "ticket", p->ticket, seq);
	words(&t, "category", p->category, seq);
	words(&t, "security_impact", p->impact, seq);
	words(&t, "backout_plan", p->rollback, seq);
	words(&t, "requested_by", s->requester, s->drafted.known ? s->drafted.seq : seq);
	rows_fact_who(&t, "requester", x->src, s->requester, s->drafted.known ? s->drafted.seq : seq);
	if (p->route == ROUTE_TIMELOCK) {
		rows_fact(&t, "delay_required", span_str(""));
		if (s->c.proposed)
			rows_duration(&t, "value", p->delay);
		else
			rows_str(&t, "value", "not settled: it is not proposed");
		rows_rest_on(&t, seq);
	}
	steps(&t, s);
	objections(x, &t, s);
}

/* ---- sign-off --------------------------------------------------------------------------------------------------- */

static void sign_off(struct packet_report *x)
{
	static const char *const columns[] = { "change_id", "step", "phrase", "approver_id", "approver",
		"heard_the_same_words",
		"decision", "initials_and_date" };
	const struct deployment *d = &x->src->ws->deployment;
	struct rows t = ROWS_BEGIN(x->a, x->r, "sign_off", "Sign-off sheet", columns);
	t.s->text = "To be filled in by hand. It signs nothing: signatures are made by each owner's own signer.";
	for (size_t i = 0; i < x->agenda.n; i++) {
		struct tabled_step table[N_STEPS];
		const size_t n = meeting_table(&x->stories[i].c, table);
		for (size_t k = 0; k < n; k++)
			for (size_t o = 0; o < d->n_people; o++) {
				struct buf phrase = {0};
				if (!d->people[o].owner)
					continue;
				words_phrase(&phrase, &table[k].packet);
				rows_next(&t);
				rows_put(&t, "change_id", x->agenda.v[i]);
				rows_str(&t, "step", step_name(table[k].step));
				rows_put(&t, "phrase", buf_view(&phrase));
				rows_put(&t, "approver_id", d->people[o].id);
				rows_who(&t, "approver", x->src, d->people[o].id, log_size(x->src->ws->log));
				rows_rest_on(&t, x->stories[i].c.steps[table[k].step].packed_seq);
				buf_release(&phrase);
			}
	}
}

/* ---- what is new ------------------------------------------------------------------------------------------------ */

static void new_line(struct packet_report *x, struct rows *t, const struct line *l)
{
	struct hash32 packet;
	struct buf phrase = {0};
	rows_next(t);
	rows_put(t, "change_id", l->change);
	rows_time(t, "time", l->time);
	rows_put(t, "action", l->kind);
	rows_put(t, "actor_id", l->actor);
	rows_who(t, "actor", x->src, l->actor, l->seq);
	rows_put(t, "step", line_text(l, "step"));
	if (line_kind_is(l, "step.packed") && json_get_bare_hash(l->body, "packet", &packet, NULL)) {
		words_phrase(&phrase, &packet);
		rows_fmt(t, "what", "%s: %s", json_is_null(json_find(l->body, "supersedes")) ? "first packet"
			 : "another packet: the words are new", buf_cstr(&phrase));
		rows_mark(t, json_is_null(json_find(l->body, "supersedes")) ? REPORT_PLAIN : REPORT_LOOK);
	} else {
		rows_put(t, "what", line_text(l, "text"));
	}
	rows_rest_on(t, l->seq);
	buf_release(&phrase);
}

static void differences(struct packet_report *x)
{
	static const char *const columns[] = { "change_id", "time", "action", "actor_id", "actor", "step", "what" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "differences", "What is new since the last packet", columns);
	struct buf when = {0};
	if (!x->has_last) {
		t.s->text = "This log has no earlier packet.";
		return;
	}
	time_format(&when, x->last_time);
	t.s->text = arena_fmt(x->a, "The last packet is line %llu of the log, %s.", (unsigned long long)x->last_seq,
			      buf_cstr(&when));
	buf_release(&when);
	for (size_t i = 0; i < x->agenda.n; i++)
		for (size_t k = 0; k < x->stories[i].n; k++)
			if (x->stories[i].lines[k].seq >= x->last_size)
				new_line(x, &t, &x->stories[i].lines[k]);
}

bool facts_meeting(struct arena *a, struct report *r, const struct report_source *src, const char *meeting,
		   struct err *e)
{
	struct packet_report x = { .a = a, .r = r, .src = src };
	if (!pick_meeting(&x, meeting, e) || !take_agenda(&x, e) || !read_stories(&x, e) || !find_last(&x, e))
		return false;
	r->kind = REPORT_MEETING;
	r->subject = x.m != NULL ? arena_str(a, x.m->id) : "the next meeting";
	r->title = x.m != NULL && x.m->title.n > 0
		? arena_fmt(a, "Meeting packet of %s: %.*s", r->subject, text_shown(x.m->title),
			    (const char *)x.m->title.p)
		: arena_fmt(a, "Meeting packet of %s", r->subject);
	front(&x);
	agenda(&x);
	for (size_t i = 0; i < x.agenda.n; i++)
		page(&x, &x.stories[i]);
	sign_off(&x);
	differences(&x);
	return true;
}
