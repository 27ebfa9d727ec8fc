/* From here to there: the views that a key opens, and what the focused row or item leads to. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/alerts.h"
#include "tui/console/keys.h"
#include "tui/console/view_change.h"

/* A view that stands by itself: from there Esc goes to the queue, not through all that was seen before. */
static void go_home(struct act *x, enum view_id view)
{
	if (x->m->ws == NULL) {
		state_say(x->s, STYLE_DIM, "There is no workspace yet.");
		return;
	}
	x->s->depth = 1;
	if (view != VIEW_QUEUE)
		state_go(x->s, view, NULL);
}

void act_queue(struct act *x) { go_home(x, VIEW_QUEUE); }
void act_changes(struct act *x) { go_home(x, VIEW_CHANGES); }
void act_alerts(struct act *x) { go_home(x, VIEW_ALERTS); }
void act_deployment(struct act *x) { go_home(x, VIEW_DEPLOYMENT); }

/* The meeting goes on where it was left. */
void act_meeting(struct act *x)
{
	go_home(x, VIEW_MEETING);
	if (x->m->ws != NULL)
		memcpy(state_place(x->s)->change, x->s->meeting_change, sizeof(x->s->meeting_change));
}

void act_log(struct act *x)
{
	buf_clear(&x->s->filter);
	go_home(x, VIEW_LOG);
}

/* ---- what has the focus ---- */

static const struct shown_line *focused_line(const struct act *x)
{
	const struct model_log *log = &x->m->log;
	const size_t i = state_place(x->s)->at.cursor;
	return i >= log->first && i - log->first < log->n_lines ? &log->lines[i - log->first] : NULL;
}

static const char *id_of(const struct act *x, struct span change)
{
	return change.n > 0 ? arena_str(&x->fx->arena, change) : NULL;
}

const struct queue_row *act_row(const struct act *x)
{
	const struct place *p = state_place(x->s);
	const struct queue *q = &x->m->queue;
	if (p->view == VIEW_QUEUE) {
		const size_t alarms = model_alarms(x->m), i = p->at.cursor - alarms;
		return p->at.cursor >= alarms && i < q->n ? &q->row[i] : NULL;
	}
	for (size_t i = 0; p->change[0] != '\0' && i < q->n; i++)
		if (strcmp(q->row[i].change, p->change) == 0 && !q->row[i].left_behind)
			return &q->row[i];
	return NULL;
}

static const char *change_of_alert(const struct act *x)
{
	struct alert a;
	return alerts_at(x->m, state_place(x->s)->at.cursor, &a) && a.row != NULL ? a.row->change : NULL;
}

const char *act_subject(const struct act *x)
{
	const struct place *p = state_place(x->s);
	const struct change_rows *c = &x->m->changes;
	if (p->view == VIEW_QUEUE)
		return act_row(x) != NULL ? act_row(x)->change : NULL;
	if (p->view == VIEW_CHANGES)
		return p->at.cursor < c->n ? c->row[c->n - 1 - p->at.cursor].c.id : NULL;
	if (p->view == VIEW_ALERTS)
		return change_of_alert(x);
	if (p->view == VIEW_LOG)
		return focused_line(x) != NULL ? id_of(x, focused_line(x)->line.change) : NULL;
	if (p->view == VIEW_LINE)
		return x->m->line.trouble == NULL ? id_of(x, x->m->line.shown.line.change) : NULL;
	return p->change[0] != '\0' ? p->change : NULL;
}

static void go_to_line(struct act *x, uint64_t seq)
{
	state_go(x->s, VIEW_LINE, NULL);
	state_place(x->s)->seq = seq;
}

void act_open_row(struct act *x)
{
	const char *change = act_subject(x);
	if (state_place(x->s)->view == VIEW_LOG) {
		if (focused_line(x) != NULL)
			go_to_line(x, focused_line(x)->line.seq);
	} else if (change != NULL) {
		state_go(x->s, VIEW_CHANGE, change);
	} else if (state_place(x->s)->view == VIEW_ALERTS) {
		state_say(x->s, STYLE_DIM, "This is about no change: what to do next stands below it.");
	} else if (model_alarms(x->m) > 0) {
		state_go(x->s, VIEW_ALERTS, NULL);
	} else {
		state_say(x->s, STYLE_DIM, "Nothing waits: n composes a change.");
	}
}

void act_open_item(struct act *x)
{
	const struct place *p = state_place(x->s);
	if (p->view == VIEW_BOARD)
		state_go(x->s, VIEW_CHANGE, p->change);
	else if (p->item >= CHANGE_ITEM_LINES && p->item - CHANGE_ITEM_LINES < x->m->change.n_lines)
		go_to_line(x, x->m->change.lines[p->item - CHANGE_ITEM_LINES].line.seq);
	else
		state_say(x->s, STYLE_DIM, "Enter opens a line of the history, further down.");
}

static const char *needed_subject(struct act *x)
{
	const char *change = act_subject(x);
	if (change == NULL)
		state_say(x->s, STYLE_DIM, "No change is selected here.");
	return change;
}

void act_board(struct act *x)
{
	const char *change = needed_subject(x);
	if (change != NULL)
		state_go(x->s, VIEW_BOARD, change);
}

void act_log_of_change(struct act *x)
{
	const char *change = needed_subject(x);
	if (change == NULL)
		return;
	buf_clear(&x->s->filter);
	buf_str(&x->s->filter, change);
	state_go(x->s, VIEW_LOG, NULL);
}

void act_change_of_line(struct act *x)
{
	const char *change = act_subject(x);
	if (change == NULL)
		state_say(x->s, STYLE_DIM, "This line speaks of no change.");
	else
		state_go(x->s, VIEW_CHANGE, change);
}

void act_next_line(struct act *x)
{
	struct place *p = state_place(x->s);
	if (p->seq + 1 < x->m->head.size)
		p->seq++;
	else
		state_say(x->s, STYLE_DIM, "This is the last line of the log.");
	p->at = (struct scroll){0};
}

void act_previous_line(struct act *x)
{
	struct place *p = state_place(x->s);
	if (p->seq > 0)
		p->seq--;
	else
		state_say(x->s, STYLE_DIM, "This is the first line of the log.");
	p->at = (struct scroll){0};
}

/* ---- how things are shown ---- */

void act_compact(struct act *x)
{
	x->s->compact = !x->s->compact;
}

static void set_filter(struct act *x)
{
	const struct span text = form_value(&x->s->ask.form, "only");
	struct place *p = state_place(x->s);
	buf_clear(&x->s->filter);
	buf_span(&x->s->filter, text);
	p->at = (struct scroll){0};
	state_close_ask(x->s);
}

void act_filter(struct act *x)
{
	struct form *f = state_ask(x->s, "Show only these lines", 1, set_filter);
	f->fields[0].name = "only";
	f->fields[0].label = "a change, or a kind of line";
	f->fields[0].hint = "SC-7, or change.proposed, step.packed, signature.added, step.mined …; nothing: all lines";
}

void act_clear_filter(struct act *x)
{
	buf_clear(&x->s->filter);
	state_place(x->s)->at = (struct scroll){0};
}

/* ---- the chain ---- */

void act_look(struct act *x)
{
	if (x->m->offline)
		state_say(x->s, STYLE_WARN, "Offline: o begins to ask the chain again.");
	else
		effects_add(x->fx, EFFECT_LOOK, "");
}

void act_offline(struct act *x)
{
	effects_add(x->fx, EFFECT_OFFLINE, "");
}
