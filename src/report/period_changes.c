/* The period report's changes: a row each, and what is counted over all of them. */
#include "src/report/period.h"

#include <string.h>

#include "audit-log/census.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/meeting.h"

/* ---- one change ------------------------------------------------------------------------------------------------- */

static const char *class_of(struct period_report *x, const struct story *s)
{
	const struct span category = story_words(s)->category;
	return arena_fmt(x->a, "%.*s, risk %s", category.n > 0 ? text_shown(category) : 11,
			 category.n > 0 ? (const char *)category.p : "no category",
			 s->risk_known ? action_risk_name(s->risk) : "not known");
}

/* Classes are few: categories times risks. A log with more of them than that has its own row for each change. */
static void tally(struct period_report *x, const struct story *s)
{
	const char *class = class_of(x, s), *outcome = story_outcome(s);
	size_t i = 0;
	while (i < x->n_tallies && (strcmp(x->tallies[i].class, class) != 0 ||
				    strcmp(x->tallies[i].outcome, outcome) != 0))
		i++;
	if (i == x->n_tallies) {
		if ((i & (i - 1)) == 0) {
			struct tally *more = ARENA_ARRAY(x->a, struct tally, i > 0 ? 2 * i : 1);
			if (i > 0)
				memcpy(more, x->tallies, i * sizeof(*more));
			x->tallies = more;
		}
		x->tallies[x->n_tallies++] = (struct tally){ class, outcome, 0 };
	}
	x->tallies[i].n++;
}

static size_t signatures_of(const struct story *s)
{
	size_t n = 0;
	for (int k = 0; k < N_STEPS; k++)
		n += s->c.steps[k].n_signatures;
	return n;
}

/* The ids of all whose signatures count, each once, in the order in which they signed. The row rests on each of these
 * lines: a page that checks itself holds the signatures against them. */
static void put_approvers(struct period_report *x, const struct story *s)
{
	struct id_list ids = {0};
	struct buf b = {0};
	struct arena a = {0};
	for (int k = 0; k < N_STEPS; k++)
		for (size_t i = 0; i < s->c.steps[k].n_signatures; i++) {
			const struct step_signature *v = &s->c.steps[k].signatures[i];
			id_list_add(&a, &ids, story_person(x->src, &v->owner, v->seq));
			rows_rest_on(&x->changes, v->seq);
		}
	for (size_t i = 0; i < ids.n; i++) {
		buf_str(&b, i > 0 ? ", " : "");
		buf_span(&b, ids.v[i]);
	}
	rows_put(&x->changes, "approved_by", buf_view(&b));
	buf_release(&b);
	arena_release(&a);
}

static void change_row(struct period_report *x, const struct story *s)
{
	struct rows *t = &x->changes;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_put(t, "title", story_words(s)->title);
	rows_put(t, "category", story_words(s)->category);
	rows_str(t, "risk", s->risk_known ? action_risk_name(s->risk) : "not known");
	rows_put(t, "requested_by", s->requester);
	rows_who(t, "requester", x->src, s->requester, s->drafted.seq);
	rows_put(t, "ticket", story_words(s)->ticket);
	rows_str(t, "outcome", story_outcome(s));
	rows_yes_no(t, "emergency", s->emergency);
	put_approvers(x, s);
	rows_u64(t, "signatures", signatures_of(s));
	period_rest_on_moment(t, &s->drafted);
	period_rest_on_moment(t, &s->proposed);
	period_rest_on_moment(t, period_ended(s));
	period_rest_on_moment(t, &s->failed);
	if (s->trouble != NULL)
		rows_mark(t, REPORT_FINDING);
	else if (s->executed.known && s->verified == NULL)
		rows_mark(t, REPORT_LOOK);
}

static void four_eyes_row(struct period_report *x, const struct story *s, bool is_so, const char *what,
			  const struct moment *when)
{
	struct rows *t = &x->four_eyes;
	if (!is_so)
		return;
	rows_next(t);
	rows_put(t, "change_id", s->c.id);
	rows_str(t, "exception", what);
	rows_put(t, "requested_by", s->requester);
	rows_who(t, "requester", x->src, s->requester, s->drafted.seq);
	period_rest_on_moment(t, &s->drafted);
	period_rest_on_moment(t, when);
	rows_mark(t, REPORT_LOOK);
}

/* Ids are few: the people of the profiles that the log adopted. */
static struct signer *signer_of(struct period_report *x, struct span id, const struct addr *at)
{
	for (size_t i = 0; i < x->n_signers; i++)
		if (span_is(id, x->signers[i].id))
			return &x->signers[i];
	struct signer *more = ARENA_ARRAY(x->a, struct signer, x->n_signers + 1);
	if (x->n_signers > 0)
		memcpy(more, x->signers, x->n_signers * sizeof(*more));
	more[x->n_signers] = (struct signer){ .id = arena_str(x->a, id), .at = *at };
	x->signers = more;
	return &more[x->n_signers++];
}

static void count_signers(struct period_report *x, const struct story *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->lines[i];
		struct addr owner;
		if (!period_is_in(x, l->time) || !json_get_addr(l->body, "owner", &owner, NULL))
			continue;
		const struct span id = story_person(x->src, &owner, l->seq);
		if (id.n == 0)
			continue;
		struct signer *who = signer_of(x, id, &owner);
		who->last = l->seq;
		who->signed_ += line_kind_is(l, "signature.added");
		who->refused += line_kind_is(l, "answer.refused");
		who->declined += line_kind_is(l, "answer.declined");
	}
}

static void take_story(struct period_report *x, struct arena *a, const struct story *s)
{
	change_row(x, s);
	tally(x, s);
	period_take_times(x, s);
	period_take_emergency(x, a, s);
	four_eyes_row(x, s, s->requester_approved, "the requester approved it", &s->approved);
	four_eyes_row(x, s, s->executor_approved, "who executed or paid approved it",
		      s->executed.known ? &s->executed : &s->scheduled);
	four_eyes_row(x, s, s->under_quorum, "under quorum", period_ended(s));
	count_signers(x, s);
}

/* Lines before the period are read as well: a lead time may begin there. */
static bool take_change(struct period_report *x, const struct counted *c, struct err *e)
{
	struct arena a = {0};
	struct story s;
	if (c->first >= x->end || c->last < x->begin)
		return true;
	const bool ok = story_read(&a, &s, x->src, c->name, e);
	if (ok)
		take_story(x, &a, &s);
	arena_release(&a);
	return ok;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static void begin_sections(struct period_report *x)
{
	static const char *const changes[] = { "change_id", "title", "category", "risk", "requested_by", "requester",
		"ticket", "outcome", "emergency", "approved_by", "signatures" };
	static const char *const four_eyes[] = { "change_id", "exception", "requested_by", "requester" };
	x->changes = ROWS_BEGIN(x->a, x->r, "changes", "All changes of the period", changes);
	x->changes.s->text = "Every change with a line in the period, and how it stands now.";
	period_begin_times(x);
	period_begin_emergencies(x);
	x->four_eyes = ROWS_BEGIN(x->a, x->r, "four_eyes", "Four-eyes exceptions", four_eyes);
}

static void tallies(struct period_report *x)
{
	static const char *const columns[] = { "class_and_outcome", "changes" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "by_class", "Changes by class and outcome", columns);
	for (size_t i = 0; i < x->n_tallies; i++) {
		rows_next(&t);
		rows_fmt(&t, "class_and_outcome", "%s: %s", x->tallies[i].class, x->tallies[i].outcome);
		rows_u64(&t, "changes", x->tallies[i].n);
	}
	period_draw_bars(&t, 0, 1);
}

/* Who is an owner now and signed nothing is looked at; so is who signed and is none any more. */
static void signer_row(struct period_report *x, struct rows *t, const struct signer *who)
{
	const struct deployment *d = &x->src->ws->deployment;
	const struct person *now = deployment_person(d, span_str(who->id));
	rows_next(t);
	rows_str(t, "approver_id", who->id);
	rows_who(t, "approver", x->src, span_str(who->id), who->last > 0 ? who->last : log_size(x->src->ws->log));
	rows_addr(t, "address", &who->at);
	rows_yes_no(t, "owner_now", now != NULL && now->owner);
	rows_u64(t, "signed", who->signed_);
	rows_u64(t, "declined", who->declined);
	rows_u64(t, "refused_by_program", who->refused);
	if (who->last > 0)
		rows_rest_on(t, who->last);
	rows_mark(t, who->signed_ > 0 && now != NULL && now->owner ? REPORT_PLAIN : REPORT_LOOK);
}

static void signers(struct period_report *x)
{
	static const char *const columns[] = { "approver_id", "approver", "address", "owner_now", "signed", "declined",
		"refused_by_program" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "signers", "Approvals per signer", columns);
	for (size_t i = 0; i < x->n_signers; i++)
		signer_row(x, &t, &x->signers[i]);
	period_draw_bars(&t, 0, 4);
}

/* Who signed nothing is in the table, too. */
static void begin_signers(struct period_report *x)
{
	const struct deployment *d = &x->src->ws->deployment;
	for (size_t i = 0; i < d->n_people; i++)
		if (d->people[i].owner)
			(void)signer_of(x, d->people[i].id, &d->people[i].address);
}

bool period_changes(struct period_report *x, struct err *e)
{
	const struct census *census;
	begin_signers(x);
	begin_sections(x);
	if (!census_of(x->src->ws->log, &census, e))
		return false;
	for (size_t i = 0; i < census->changes.n; i++)
		if (!take_change(x, &census->changes.v[i], e))
			return false;
	period_exceptions_now(x);
	period_draw_times(x);
	tallies(x);
	period_durations(x);
	signers(x);
	return true;
}
