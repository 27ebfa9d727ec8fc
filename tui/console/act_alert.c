/* An alert is written into the log, and acknowledged: `setgov alerts look`, `setgov alerts ack`. */
#include <stdio.h>

#include "src/base/text.h"
#include "tui/console/act.h"
#include "tui/console/alerts.h"

/* ---- write ---- */

bool may_alerts_write(const struct act *x)
{
	return alerts_not_logged(x->m) > 0;
}

static size_t count_ids(const struct json *list)
{
	return list != NULL && list->type == JSON_ARRAY ? list->n : 0;
}

static void is_written(struct act *x, const struct ended *how)
{
	if (!act_succeeded(x, how))
		return;
	state_say(x->s, STYLE_GOOD, "The log has it: %zu raised, %zu cleared. Next: A says that you have seen one.",
		  count_ids(json_find(how->json, "raised")), count_ids(json_find(how->json, "cleared")));
}

void act_alerts_write(struct act *x)
{
	static const char *const words[] = { "alerts", "look", NULL };
	if (state_busy(x->s))
		return;
	if (x->m->offline)
		state_say(x->s, STYLE_WARN, "The chain is not asked: o begins again, then W looks and writes.");
	else
		act_run(x, EFFECT_RUN, "Looking at the chain, and writing down what is found", words, is_written);
}

/* ---- acknowledge ---- */

static const struct logged_alert *focused(const struct act *x)
{
	struct alert a;
	return alerts_at(x->m, state_place(x->s)->at.cursor, &a) ? a.logged : NULL;
}

bool may_alert_ack(const struct act *x)
{
	return focused(x) != NULL;
}

static void is_acknowledged(struct act *x, const struct ended *how)
{
	if (!act_succeeded(x, how))
		return;
	state_say(x->s, STYLE_GOOD, "%s is acknowledged by %s, in the log.", act_member(x, how->json, "alert"),
		  act_member(x, how->json, "by"));
}

static void acknowledge(struct act *x)
{
	const struct form *f = &x->s->ask.form;
	const char *const words[] = { "alerts", "ack", x->s->work.alert, NULL };
	const char *what = arena_fmt(&x->fx->arena, "Acknowledging %s", x->s->work.alert);
	struct effect *e = act_run(x, EFFECT_RUN, what, words, is_acknowledged);
	effect_option(x->fx, e, "--note", form_value(f, "note"));
	effect_option(x->fx, e, "--ticket", form_value(f, "ticket"));
	effect_option(x->fx, e, "--until", form_value(f, "until"));
	state_close_ask(x->s);
}

static void ask_acknowledge(struct act *x, const struct logged_alert *l)
{
	snprintf(x->s->work.alert, sizeof(x->s->work.alert), "%.*s", text_shown(l->id), (const char *)l->id.p);
	state_ask(x->s, "", 3, acknowledge);
	act_title(x, "Acknowledge %s", x->s->work.alert);
	act_explain(x, "%s", text_safe_str(&x->s->ask.arena, l->finding.words, false));
	act_explain(x, "It goes into the log under your name: that you have seen it, and what is done about it. It "
		    "mends nothing.");
	act_field(x, 0, "note", "note", "what is known of it, and what is done about it")->required = true;
	act_field(x, 1, "ticket", "ticket", "where it is followed up; may stay empty");
	act_field(x, 2, "until", "until", "a day, 2026-11-30, after which it counts as open again; empty: for good");
}

void act_alert_ack(struct act *x)
{
	const struct logged_alert *l = focused(x);
	if (state_busy(x->s))
		return;
	if (l != NULL)
		ask_acknowledge(x, l);
	else
		state_say(x->s, STYLE_DIM, "The log has no alert about this%s", alerts_not_logged(x->m) > 0 ?
			  ": W writes down what was found." : ".");
}
