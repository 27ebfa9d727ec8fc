/* A meeting is opened, paged through, decides, and leaves its minutes. All of it is `setgov meeting …`. */
#include <stdio.h>
#include <string.h>

#include "src/base/text.h"
#include "tui/console/act.h"

/* ---- turning pages ---- */

static void turn_to(struct act *x, const char *change)
{
	struct place *p = state_place(x->s);
	snprintf(x->s->meeting_change, sizeof(x->s->meeting_change), "%s", change);
	memcpy(p->change, x->s->meeting_change, sizeof(p->change));
	p->at = (struct scroll){0};
	p->item = PAPER_NO_ITEM;
}

void act_meeting_next(struct act *x)
{
	const struct model_meeting *m = &x->m->meeting;
	const char *change = state_place(x->s)->change;
	const size_t i = change[0] == '\0' ? 0 : model_agenda_find(x->m, change) + 1;
	if (i < m->n_agenda)
		turn_to(x, m->agenda[i].change);
	else
		state_say(x->s, STYLE_DIM, "This is the last of the agenda.");
}

void act_meeting_previous(struct act *x)
{
	const struct model_meeting *m = &x->m->meeting;
	const char *change = state_place(x->s)->change;
	const size_t i = change[0] == '\0' ? 0 : model_agenda_find(x->m, change);
	if (change[0] == '\0')
		state_say(x->s, STYLE_DIM, "This is the agenda itself; Right turns to its first change.");
	else
		turn_to(x, i > 0 && i < m->n_agenda ? m->agenda[i - 1].change : "");
}

void act_meeting_chosen(struct act *x)
{
	const struct place *p = state_place(x->s);
	if (p->change[0] != '\0')
		act_meeting_next(x);
	else if (p->item < x->m->meeting.n_agenda)
		turn_to(x, x->m->meeting.agenda[p->item].change);
	else
		act_meeting_next(x);
}

/* ---- lists of ids, as they are typed: "p1 p2, p3" ---- */

static bool next_id(struct span *rest, struct span *id)
{
	size_t from = 0, n = 0;
	while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == ','))
		from++;
	while (from + n < rest->n && rest->p[from + n] != ' ' && rest->p[from + n] != ',')
		n++;
	*id = span_of(rest->p + from, n);
	*rest = span_of(rest->p + from + n, rest->n - from - n);
	return n > 0;
}

static void put_people(struct buf *out, const struct deployment *d)
{
	for (size_t i = 0; i < d->n_people; i++)
		buf_fmt(out, "%s%.*s", i > 0 ? " " : "", text_shown(d->people[i].id), (const char *)d->people[i].id.p);
}

static void check_people(const struct act *x, struct field *f)
{
	const struct deployment *d = &x->m->ws->deployment;
	struct span rest = buf_view(&f->edit.text), id;
	buf_clear(&f->trouble);
	while (f->trouble.n == 0 && next_id(&rest, &id))
		if (deployment_person(d, id) == NULL) {
			buf_fmt(&f->trouble, "\"%.*s\" is not in the profile, which has ", text_shown(id),
				(const char *)id.p);
			put_people(&f->trouble, d);
		}
}

static void check_changes(const struct act *x, struct field *f)
{
	const struct change_rows *all = &x->m->changes;
	struct span rest = buf_view(&f->edit.text), id;
	buf_clear(&f->trouble);
	while (f->trouble.n == 0 && next_id(&rest, &id)) {
		bool found = false;
		for (size_t i = 0; i < all->n && !found; i++)
			found = span_is(id, all->row[i].c.id);
		if (!found)
			buf_fmt(&f->trouble, "the log has no change \"%.*s\"; v lists them", text_shown(id),
				(const char *)id.p);
	}
}

/* Each as a word of its own, behind `option` or without one. */
static void add_ids(struct effects *fx, struct effect *e, const char *option, struct span list)
{
	struct span id;
	while (next_id(&list, &id)) {
		if (option != NULL)
			effect_word(fx, e, option);
		effect_fmt(fx, e, "%.*s", (int)id.n, (const char *)id.p);
	}
}

static void ask_present(struct act *x, size_t i, const struct id_list *before)
{
	struct arena *a = &x->s->ask.arena;
	struct buf b = {0};
	buf_str(&b, "ids out of the profile: ");
	put_people(&b, &x->m->ws->deployment);
	struct field *f = act_field(x, i, "present", "who is there", buf_cstr(&b));
	buf_clear(&b);
	for (size_t k = 0; before != NULL && k < before->n; k++)
		buf_fmt(&b, "%s%s", k > 0 ? " " : "", arena_str(a, before->v[k]));
	edit_set(&f->edit, buf_view(&b));
	buf_release(&b);
}

static bool busy(struct act *x)
{
	if (state_busy(x->s))
		return true;
	if (x->m->ws == NULL)
		state_say(x->s, STYLE_DIM, "There is no workspace yet.");
	return x->m->ws == NULL;
}

/* ---- open ---- */

static void is_opened(struct act *x, const struct ended *how)
{
	if (!act_succeeded(x, how))
		return;
	turn_to(x, "");
	state_say(x->s, STYLE_GOOD, "%s is open. Next: Right turns to the first change.",
		  act_member(x, how->json, "meeting"));
}

static void check_open(const struct act *x, struct form *f)
{
	check_people(x, form_field(f, "present"));
	check_changes(x, form_field(f, "changes"));
}

static void open_meeting(struct act *x)
{
	static const char *const words[] = { "meeting", "open", NULL };
	const struct form *f = &x->s->ask.form;
	struct effect *e = act_run(x, EFFECT_RUN, "Opening a meeting", words, is_opened);
	add_ids(x->fx, e, NULL, form_value(f, "changes"));
	effect_option(x->fx, e, "--title", form_value(f, "title"));
	add_ids(x->fx, e, "--present", form_value(f, "present"));
	state_close_ask(x->s);
}

void act_meeting_open(struct act *x)
{
	const struct meeting *open = x->m->meeting.open;
	if (busy(x))
		return;
	if (open != NULL) {
		state_say(x->s, STYLE_WARN, "%.*s is open already. Next: m closes it and leaves its minutes.",
			  text_shown(open->id), (const char *)open->id.p);
		return;
	}
	state_ask(x->s, "Open a meeting", 3, open_meeting);
	x->s->ask.check = check_open;
	act_explain(x, "The log keeps when it began, who is there, and what is on the agenda.");
	act_field(x, 0, "title", "what it is called", "for the minutes; may stay empty");
	ask_present(x, 1, NULL);
	act_field(x, 2, "changes", "about", "changes in the order they are taken, SC-7 SC-9; empty: all that are open");
}

/* ---- decide ---- */

/* "schedule: eight words": what the decision was about, once more, for the room. */
static const char *phrases_of(struct act *x, const struct json *steps)
{
	const char *out = "";
	for (const struct json *o = steps != NULL ? steps->first : NULL; o != NULL; o = o->next)
		out = arena_fmt(&x->fx->arena, "%s\n%s: %s", out, act_member(x, o, "step"), act_member(x, o, "phrase"));
	return out;
}

/* The packets that were read go along: others that are on the table by then are refused. */
static void add_packets(struct act *x, struct effect *e)
{
	const struct work *w = &x->s->work;
	for (size_t i = 0; w->was_read && i < w->n_read; i++) {
		struct buf b = {0};
		buf_hex(&b, SPAN_HASH(&w->read[i].packet));
		effect_option(x->fx, e, "--packet", buf_view(&b));
		buf_release(&b);
	}
	if (w->was_read && w->n_read == 0)
		effect_option(x->fx, e, "--packet", span_str("none"));
}

static void is_decided(struct act *x, const struct ended *how)
{
	const char *change = x->s->work.change;
	if (!act_succeeded(x, how))
		return;
	const char *decision = act_member(x, how->json, "decision");
	const bool approved = strcmp(decision, "approved") == 0, meeting = state_place(x->s)->view == VIEW_MEETING;
	state_say(x->s, STYLE_GOOD, "%s is %s, in the log. Next: %s%s", change, decision,
		  meeting ? "Right turns the page." : approved ? "s (signatures)." :
		  "w withdraws it, if it is not to be.", phrases_of(x, json_find(how->json, "steps")));
}

static void check_decision(const struct act *x, struct form *f)
{
	const struct model_change *m = &x->m->change;
	struct field *d = form_field(f, "decision");
	check_people(x, form_field(f, "present"));
	buf_clear(&d->trouble);
	if (span_is(buf_view(&d->edit.text), "approved") && m->loaded && span_is(m->c.id, x->s->work.change) &&
	    !m->c.proposed)
		buf_str(&d->trouble, "a draft can still change: propose it first (p, on its page), or defer it");
}

static void decide(struct act *x)
{
	const struct form *f = &x->s->ask.form;
	struct effects *fx = x->fx;
	const char *decision = arena_str(&fx->arena, form_value(f, "decision"));
	const char *const words[] = { "meeting", "decide", x->s->work.change, decision, NULL };
	const char *what = arena_fmt(&fx->arena, "Noting that %s is %s", x->s->work.change, decision);
	struct effect *e = act_run(x, EFFECT_RUN, what, words, is_decided);
	effect_option(fx, e, "--note", form_value(f, "note"));
	add_ids(fx, e, "--present", form_value(f, "present"));
	add_packets(x, e);
	state_close_ask(x->s);
}

/* What stands on the page while the question is asked. */
static void remember_read(struct act *x)
{
	const struct change *c = act_readable(x);
	x->s->work.was_read = c != NULL;
	x->s->work.n_read = c != NULL ? meeting_table(c, x->s->work.read) : 0;
}

/* Whoever was there at the last decision, or when the meeting was opened. */
static const struct id_list *present_before(const struct meeting *m)
{
	return m->n_decisions > 0 ? &m->decisions[m->n_decisions - 1].present : &m->present;
}

void act_meeting_decide(struct act *x)
{
	static const char *const choices[] = { "approved", "rejected", "deferred", NULL };
	const struct meeting *open = x->m->meeting.open;
	const char *change = act_subject(x);
	if (busy(x))
		return;
	if (open == NULL || change == NULL) {
		state_say(x->s, STYLE_WARN, open == NULL ? "No meeting is open. Next: m, then o, opens one." :
			  "No change is on the page. Next: Right turns to the first one.");
		return;
	}
	snprintf(x->s->work.change, sizeof(x->s->work.change), "%s", change);
	remember_read(x);
	state_ask(x->s, "", 3, decide);
	x->s->ask.check = check_decision;
	act_title(x, "What %.*s decides about %s", text_shown(open->id), (const char *)open->id.p,
		  x->s->work.change);
	act_explain(x, "It is noted in the log, with the packets that lie on the table. It lets nothing happen and "
		    "stops nothing: signatures do, and withdrawing.");
	struct field *d = act_field(x, 0, "decision", "decision", "Left and Right choose");
	d->kind = FIELD_CHOICE;
	d->choices = choices;
	d->required = true;
	act_field(x, 1, "note", "note", "what the minutes are to say about it; may stay empty");
	ask_present(x, 2, present_before(open));
}

/* ---- minutes ---- */

static void is_closed(struct act *x, const struct ended *how)
{
	struct buf text = {0};
	struct span minutes;
	if (!act_succeeded(x, how))
		return;
	const char *meeting = act_member(x, how->json, "meeting");
	turn_to(x, "");
	if (how->json != NULL && json_get_str(how->json, "minutes", &minutes, NULL))
		buf_span(&text, minutes);
	act_show(x, arena_fmt(&x->fx->arena, "The minutes of %s", meeting), &text);
	state_say(x->s, STYLE_GOOD, "%s is closed; its minutes are in the log and in the file.", meeting);
	buf_release(&text);
}

static void check_minutes(const struct act *x, struct form *f)
{
	(void)x;
	act_check_path(form_field(f, "path"));
}

static void close_meeting(struct act *x)
{
	struct effects *fx = x->fx;
	const struct meeting *open = x->m->meeting.open;
	const struct span path = form_value(&x->s->ask.form, "path");
	if (open == NULL) {                                      /* somebody else has closed it meanwhile */
		state_close_ask(x->s);
		state_say(x->s, STYLE_WARN, "The meeting has been closed meanwhile. m shows its minutes.");
		return;
	}
	const char *id = arena_str(&fx->arena, open->id);
	const char *const words[] = { "meeting", "minutes", id, "--close", NULL };
	struct effect *e = act_run(x, EFFECT_RUN, arena_fmt(&fx->arena, "Closing %s", id), words, is_closed);
	effect_option(fx, e, "-o", path);
	state_close_ask(x->s);
}

static void show_last(struct act *x)
{
	const struct meetings *all = &x->m->meeting.all;
	const char *const words[] = { "meeting", "minutes", NULL };
	if (all->n == 0) {
		state_say(x->s, STYLE_DIM, "There was no meeting yet: o opens one.");
		return;
	}
	struct effect *e = act_run(x, EFFECT_PRINT, "The minutes of the last meeting", words, NULL);
	effect_fmt(x->fx, e, "%.*s", text_shown(all->v[all->n - 1].id), (const char *)all->v[all->n - 1].id.p);
}

static size_t undecided(const struct model_meeting *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n_agenda; i++)
		n += m->agenda[i].decision == NULL;
	return n;
}

void act_meeting_close(struct act *x)
{
	const struct meeting *open = x->m->meeting.open;
	struct arena *a = &x->s->ask.arena;
	if (busy(x))
		return;
	if (open == NULL) {
		show_last(x);
		return;
	}
	state_ask(x->s, "", 1, close_meeting);
	x->s->ask.check = check_minutes;
	act_title(x, "Close %.*s", text_shown(open->id), (const char *)open->id.p);
	act_explain(x, "Its minutes go into the log, with a checkpoint, and into this file.");
	if (undecided(&x->m->meeting) > 0)
		act_explain(x, "Nothing was decided about %zu of %zu on the agenda; the minutes say so.",
			    undecided(&x->m->meeting), x->m->meeting.n_agenda);
	struct field *f = act_field(x, 0, "path", "file", "Markdown; folders above it are made");
	f->required = true;
	edit_set(&f->edit, span_str(arena_fmt(a, "%s/minutes/%s.md", x->m->ws->dir, arena_str(a, open->id))));
}
