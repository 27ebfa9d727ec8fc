/* Meeting mode: the agenda, then one page for each change on it, made to be looked at by a room. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/state.h"
#include "tui/console/view.h"
#include "tui/console/view_change.h"
#include "src/base/when.h"

static void ids(struct paper *p, const struct id_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		paper_add(p, STYLE_LABEL, "%s%.*s", i > 0 ? ", " : "", text_shown(l->v[i]), (const char *)l->v[i].p);
	if (l->n == 0)
		paper_add(p, STYLE_DIM, "nobody is noted");
}

static enum style decision_style(enum decision d)
{
	switch (d) {
	case DECISION_APPROVED: return STYLE_GOOD;
	case DECISION_REJECTED: return STYLE_BAD;
	case DECISION_DEFERRED: return STYLE_WARN;
	}
	BUG("no such decision");
}

static void decision(const struct meeting_decision *d, struct paper *p)
{
	struct buf b = {0};
	time_format_minute(&b, d->time.ms / 1000);
	paper_begin(p, 6, 8);
	paper_add(p, decision_style(d->decision), "%s", decision_name(d->decision));
	paper_add(p, STYLE_DIM, " %s, line %llu, present: ", buf_cstr(&b), (unsigned long long)d->seq);
	ids(p, &d->present);
	paper_end(p);
	if (d->note.n > 0) {
		paper_begin(p, 6, 8);
		paper_add(p, STYLE_DIM, "note ");
		paper_add_foreign(p, d->note);
		paper_end(p);
	}
	buf_release(&b);
}

/* ---- the agenda ---- */

static void opened(const struct seen *x, const struct meeting *m, struct paper *p)
{
	struct buf b = {0};
	when_format(&b, m->opened_at.ms / 1000, x->m->now.ms / 1000);
	paper_begin(p, 0, 2);
	paper_add_span(p, STYLE_TITLE, m->id);
	paper_add(p, STYLE_GOOD, " is open");
	paper_add(p, STYLE_TEXT, " since %s", buf_cstr(&b));
	paper_end(p);
	if (m->title.n > 0) {
		paper_begin(p, 2, 2);
		paper_add_foreign(p, m->title);
		paper_end(p);
	}
	paper_begin(p, 2, 4);
	paper_add(p, STYLE_DIM, "present ");
	ids(p, &m->present);
	paper_end(p);
	buf_release(&b);
}

static void not_open(const struct seen *x, struct paper *p)
{
	const struct meetings *all = &x->m->meeting.all;
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TITLE, "No meeting is open: ");
	paper_add(p, STYLE_KEY, "o");
	paper_add(p, STYLE_TITLE, " opens one.");
	paper_end(p);
	paper_line(p, STYLE_TEXT, 2, "It writes into the log who is there and which changes are talked about. What is "
		   "decided lets nothing happen and stops nothing: signatures do, and withdrawing.");
	if (all->n > 0) {
		const struct meeting *m = &all->v[all->n - 1];
		struct buf b = {0};
		when_format(&b, m->closed_at.ms / 1000, x->m->now.ms / 1000);
		paper_begin(p, 2, 4);
		paper_add(p, STYLE_TEXT, "The last one, %.*s, was closed %s; ", text_shown(m->id),
			  (const char *)m->id.p, buf_cstr(&b));
		paper_add(p, STYLE_KEY, "m");
		paper_add(p, STYLE_TEXT, " shows its minutes.");
		paper_end(p);
		buf_release(&b);
	}
}

static void agenda(const struct seen *x, struct paper *p)
{
	const struct model_meeting *m = &x->m->meeting;
	if (m->open != NULL)
		opened(x, m->open, p);
	else
		not_open(x, p);
	paper_title(p, m->open != NULL ? "Agenda" : "It would be about every change that is open");
	for (size_t i = 0; i < m->n_agenda; i++) {
		paper_item(p, (uint32_t)i);
		paper_begin(p, 0, 6);
		paper_add(p, STYLE_DIM, "%4zu. ", i + 1);
		paper_add(p, STYLE_TITLE, "%s", m->agenda[i].change);
		paper_add(p, STYLE_TEXT, " %s  ", change_state_name(m->agenda[i].state));
		paper_add_foreign(p, span_str(m->agenda[i].title));
		paper_end(p);
		if (m->agenda[i].decision != NULL)
			decision(m->agenda[i].decision, p);
		else if (m->open != NULL)
			paper_line(p, STYLE_DIM, 6, "nothing decided yet");
	}
	paper_item(p, PAPER_NO_ITEM);
	if (m->n_agenda == 0)
		paper_line(p, STYLE_DIM, 2, "no change is open");
	else
		paper_line(p, STYLE_DIM, 0, "Right begins with the first; Enter opens the selected one.");
}

/* ---- one change ---- */

/* Numbered, so that somebody can say "the fifth word"; in capitals, to be read from the back of the room. */
static void aloud(const struct hash32 *packet, struct paper *p)
{
	struct arena a = {0};
	const char *word[8];
	model_phrase(&a, word, packet);
	for (size_t i = 0; i < 8; i++) {
		if (i % 4 == 0) {
			paper_blank(p);
			paper_begin(p, 4, 4);
		}
		paper_to(p, 4 + i % 4 * 19);
		paper_add(p, STYLE_DIM, "%zu ", i + 1);
		for (const char *c = word[i]; *c != '\0'; c++)
			paper_add(p, STYLE_TITLE, "%c", *c - 'a' + 'A');
		if (i % 4 == 3)
			paper_end(p);
	}
	arena_release(&a);
}

static void phrases(const struct seen *x, struct paper *p)
{
	const struct change *c = &x->m->change.c;
	for (int k = 0; k < N_STEPS; k++) {
		const struct step *s = &c->steps[k];
		if (!s->packed || s->mined)
			continue;
		paper_title(p, "Read aloud: %s at nonce %llu", step_name((enum step_kind)k),
			    (unsigned long long)s->nonce);
		aloud(&s->packet, p);
	}
}

static void where(const struct seen *x, const char *change, struct paper *p)
{
	const struct model_meeting *m = &x->m->meeting;
	const size_t i = model_agenda_find(x->m, change);
	struct buf b = {0};
	paper_begin(p, 0, 2);
	if (m->open != NULL)
		paper_add_span(p, STYLE_TITLE, m->open->id);
	else
		paper_add(p, STYLE_WARN, "no meeting is open");
	if (i < m->n_agenda)
		paper_add(p, STYLE_TEXT, " · %zu of %zu on the agenda", i + 1, m->n_agenda);
	else
		paper_add(p, STYLE_WARN, " · not on the agenda");
	time_format_minute(&b, x->m->now.ms / 1000);
	paper_add(p, STYLE_DIM, " · %s", buf_cstr(&b));
	paper_end(p);
	if (i < m->n_agenda && m->agenda[i].decision != NULL)
		decision(m->agenda[i].decision, p);
	else if (m->open != NULL)
		paper_line(p, STYLE_DIM, 6, "nothing decided yet: D notes what is");
	paper_blank(p);
	buf_release(&b);
}

static void one_change(const struct seen *x, const char *change, struct paper *p)
{
	where(x, change, p);
	if (!change_is_there(x, p))
		return;
	change_head(x, p);
	phrases(x, p);
	change_effect(x, p);
	change_words(x, p);
	change_policy(x, p);
	change_calls(x, p);
	change_steps(x, p);
}

static void page(const struct seen *x, struct paper *p)
{
	const char *change = state_place(x->s)->change;
	if (x->m->meeting.trouble != NULL)
		paper_line(p, STYLE_BAD, 0, "! the log's meetings cannot be understood: %s", x->m->meeting.trouble);
	if (change[0] != '\0')
		one_change(x, change, p);
	else
		agenda(x, p);
}

const struct view meeting_view = { .page = page };
