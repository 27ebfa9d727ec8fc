/* From draft to proposal, and back out: propose, edit, withdraw, and the rejection that spends a nonce. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/act.h"
#include "tui/console/compose.h"

/* ---- what it would do ---- */

void act_effects(struct act *x)
{
	const char *change = act_subject(x);
	const char *const words[] = { "preview", change, NULL };
	if (change != NULL && !state_busy(x->s))
		act_run(x, EFFECT_PRINT, arena_fmt(&x->fx->arena, "What %s would do", change), words, NULL);
}

void act_effects_of_all(struct act *x)
{
	const char *const words[] = { "preview", "--queue", NULL };
	if (!state_busy(x->s))
		act_run(x, EFFECT_PRINT, "What all that waits would do, in its order", words, NULL);
}

/* ---- propose ---- */

#define NO_NONCE UINT64_MAX               /* nor line */

static void proposed(struct act *x, const struct ended *how)
{
	const struct work *w = &x->s->work;
	if (!act_succeeded(x, how))
		return;
	if (state_place(x->s)->view != VIEW_BOARD)
		state_go(x->s, VIEW_BOARD, w->change);
	act_ask_export(x, w->change, json_find(how->json,
					       "operation") != NULL ? 1u << STEP_SCHEDULE : 1u << STEP_EXECUTE);
	state_say(x->s, STYLE_GOOD, "%s is proposed and frozen. Next: write its packet for the signers (Esc: later, "
		  "by e).",
		  w->change);
}

static void propose(struct act *x)
{
	const struct work *w = &x->s->work;
	const char *const words[] = { "propose", w->change, NULL };
	const char *what = arena_fmt(&x->fx->arena, "Proposing %s", w->change);
	state_close_ask(x->s);
	struct effect *e = act_run(x, EFFECT_RUN, what, words, proposed);
	if (w->draft != NO_NONCE)
		effect_option(x->fx, e, "--line", span_str(arena_fmt(&x->fx->arena, "%llu",
								     (unsigned long long)w->draft)));
}

static void ask_propose(struct act *x, const char *change)
{
	const struct model_change *m = &x->m->change;
	const bool shown = state_place(x->s)->view == VIEW_CHANGE && m->loaded && span_is(m->c.id, change);
	x->s->work.draft = shown ? m->c.drafted_seq : NO_NONCE;
	snprintf(x->s->work.change, sizeof(x->s->work.change), "%s", change);
	state_ask(x->s, "", 0, propose);
	act_title(x, "Propose %s", x->s->work.change);
	act_explain(x, "This freezes it: actions and calls, their order, delay, predecessor, and with the log's root "
		    "as salt the operation's id. The proposer's words are frozen too.");
	act_explain(x, "A mistake that is found later means: withdraw it, and draft another. Nothing goes to the "
		    "chain yet, and nothing is signed; the chain is only asked for the timelock's delay and for the "
		    "contracts' code.");
}

static bool say_not_a_draft(struct act *x, const char *change, bool withdrawn, bool proposed)
{
	if (withdrawn)
		state_say(x->s, STYLE_WARN, "%s was withdrawn. Next: n composes another change.", change);
	else if (proposed)
		state_say(x->s, STYLE_WARN, "%s is proposed already. Next: s (signatures).", change);
	return withdrawn || proposed;
}

/* In a list it is opened first: what is frozen is what was read, and the command is told which line that was. */
static void propose_from_list(struct act *x, const char *change)
{
	const struct queue_row *row = act_row(x);
	if (row != NULL && say_not_a_draft(x, change, row->withdrawn, row->change_state != CHANGE_DRAFTED))
		return;
	state_go(x->s, VIEW_CHANGE, change);
	state_say(x->s, STYLE_WARN, "Read it first. Next: p proposes it as it stands here.");
}

void act_propose(struct act *x)
{
	const char *change = act_needed(x);
	const struct model_change *m;
	if (change == NULL)
		return;
	if (state_place(x->s)->view != VIEW_CHANGE)
		propose_from_list(x, change);
	else if ((m = act_shown(x)) != NULL && !say_not_a_draft(x, change, m->c.withdrawn, m->c.proposed))
		ask_propose(x, change);
}

bool may_propose(const struct act *x)
{
	const struct change *c = act_readable(x);
	return c != NULL && !c->proposed && !c->withdrawn;
}

void act_edit_draft(struct act *x)
{
	const struct model_change *m = act_shown(x);
	if (m == NULL)
		return;
	if (m->c.withdrawn || m->c.proposed)
		state_say(x->s, STYLE_WARN, "%s is %s and stays as it is. Next: n composes another change.",
			  act_subject(x), m->c.withdrawn ? "withdrawn" : "frozen");
	else
		compose_edit(x, act_subject(x));
}

/* ---- withdraw ---- */

static void ask_reject(struct act *x, uint64_t nonce, const char *why);       /* what may have to follow */

/* One sentence a step; the lowest nonce of them. */
static uint64_t explain_loose(struct act *x, const struct json *steps)
{
	uint64_t lowest = NO_NONCE;
	for (const struct json *o = steps->first; o != NULL; o = o->next) {
		const struct json *signers = json_find(o, "signers");
		struct buf who = {0};
		uint64_t at;
		if (!json_get_u64(o, "nonce", &at, NULL))
			continue;
		for (const struct json *s = signers != NULL ? signers->first : NULL; s != NULL; s = s->next) {
			buf_str(&who, who.n > 0 ? ", " : "");
			text_safe(&who, s->text, false);
		}
		act_explain(x, "! LOOSE: step %s, signed by %s for nonce %llu. Whoever has as many signatures as the "
			    "Safe needs can run it until nonce %llu is spent, withdrawn or not.", act_member(x, o,
			    "step"),
			    who.n > 0 ? buf_cstr(&who) : "owners", (unsigned long long)at, (unsigned long long)at);
		buf_release(&who);
		lowest = at < lowest ? at : lowest;
	}
	return lowest;
}

static void withdrawn(struct act *x, const struct ended *how)
{
	const char *change = x->s->work.change;
	const struct json *loose = json_find(how->json, "looseSteps");
	if (!act_succeeded(x, how))
		return;
	if (loose == NULL || loose->n == 0) {
		state_say(x->s, STYLE_GOOD, "%s is withdrawn; no signature of it is loose. Next: q (what else waits).",
			  change);
		return;
	}
	ask_reject(x, NO_NONCE, arena_fmt(&x->fx->arena, "%s was withdrawn and its signatures are loose", change));
	buf_clear(&x->s->ask.text);
	x->s->ask.style = STYLE_BAD;
	const uint64_t nonce = explain_loose(x, loose);
	act_explain(x, "A rejection, itself a change that the owners sign, spends that nonce. Enter drafts it; Esc: "
		    "later, by R among the signatures.");
	edit_set(&form_field(&x->s->ask.form, "nonce")->edit, span_str(arena_fmt(
		&x->fx->arena, "%llu", (unsigned long long)nonce)));
	state_say(x->s, STYLE_BAD, "%s is withdrawn, but its signatures are LOOSE.", change);
}

static void withdraw(struct act *x)
{
	struct effects *fx = x->fx;
	const char *reason = arena_str(&fx->arena, form_value(&x->s->ask.form, "reason"));
	const char *const words[] = { "withdraw", x->s->work.change, "--reason", reason, NULL };
	state_close_ask(x->s);
	act_run(x, EFFECT_RUN, arena_fmt(&fx->arena, "Withdrawing %s", x->s->work.change), words, withdrawn);
}

static bool on_chain(const struct change *c)
{
	return c->steps[STEP_SCHEDULE].mined || c->steps[STEP_EXECUTE].mined || c->steps[STEP_CANCEL].mined;
}

bool may_withdraw(const struct act *x)
{
	const struct change *c = act_readable(x);
	return c != NULL && !c->withdrawn && !on_chain(c);
}

void act_withdraw(struct act *x)
{
	const struct model_change *m = act_shown(x);
	if (m == NULL)
		return;
	const char *change = act_subject(x);
	if (m->c.withdrawn || on_chain(&m->c)) {
		state_say(x->s, STYLE_WARN, m->c.withdrawn ? "%s is withdrawn already." :
			  "%s is on chain: it cannot be withdrawn. Next: X packs a cancellation of its operation.",
			  change);
		return;
	}
	snprintf(x->s->work.change, sizeof(x->s->work.change), "%s", change);
	state_ask(x->s, "", 1, withdraw);
	act_title(x, "Withdraw %s", x->s->work.change);
	act_field(x, 0, "reason", "reason", "for the log: why it is taken back")->required = true;
	act_explain(x, "It leaves the queue for good; the log keeps it, with this reason.");
	for (int k = 0; k < N_STEPS; k++)
		if (m->c.steps[k].n_signatures > 0) {
			x->s->ask.style = STYLE_BAD;
			act_explain(x, "! Step %s has %zu signature%s, which withdrawing does not undo.",
				    step_name((enum step_kind)k), m->c.steps[k].n_signatures,
				    m->c.steps[k].n_signatures == 1 ? "" : "s");
		}
}

/* ---- a nonce is spent ---- */

static void rejection_drafted(struct act *x, const struct ended *how)
{
	uint64_t line;
	if (!act_succeeded(x, how))
		return;
	const char *change = act_member(x, how->json, "change");
	state_go(x->s, VIEW_CHANGE, change);
	ask_propose(x, change);
	if (json_get_u64(how->json, "line", &line, NULL))
		x->s->work.draft = line;
	state_say(x->s, STYLE_GOOD, "%s is drafted. Next: propose it.", change);
}

static void reject(struct act *x)
{
	const struct form *f = &x->s->ask.form;
	struct arena *a = &x->fx->arena;
	const char *nonce = arena_fmt(a, "nonce=%s", arena_str(a, form_value(f, "nonce")));
	const char *title = arena_str(a, form_value(f, "title")), *reason = arena_str(a, form_value(f, "reason"));
	const char *const words[] = { "draft", "safe.reject", nonce, "--title", title, "--reason", reason, NULL };
	state_close_ask(x->s);
	act_run(x, EFFECT_RUN, "Drafting the rejection", words, rejection_drafted);
}

static void check_nonce(const struct act *x, struct form *f)
{
	struct field *field = form_field(f, "nonce");
	const struct span text = buf_view(&field->edit.text);
	const struct queue *q = &x->m->queue;
	struct u256 v;
	uint64_t n;
	buf_clear(&field->trouble);
	if (text.n == 0)
		return;
	if (text.p[0] < '0' || text.p[0] > '9' || !u256_parse(&v, text, NULL) || !u256_fits_u64(&v, &n))
		buf_str(&field->trouble, "a nonce is a whole number");
	else if (q->known && n < q->safe_nonce)
		buf_fmt(&field->trouble, "the Safe is at %llu: that one is spent", (unsigned long long)q->safe_nonce);
}

static void ask_reject(struct act *x, uint64_t nonce, const char *why)
{
	struct arena *a = &x->s->ask.arena;
	state_ask(x->s, "Draft a rejection", 3, reject);
	x->s->ask.check = check_nonce;
	struct field *n = act_field(x, 0, "nonce", "nonce to spend", "of the Safe; what was signed for it can then "
				    "never run");
	struct field *title = act_field(x, 1, "title", "title", NULL);
	struct field *reason = act_field(x, 2, "reason", "reason", "for the log and for whoever signs it");
	n->required = title->required = reason->required = true;
	if (nonce != NO_NONCE)
		edit_set(&n->edit, span_str(arena_fmt(a, "%llu", (unsigned long long)nonce)));
	edit_set(&title->edit, span_str("Spend a nonce of the Safe"));
	edit_set(&reason->edit, span_str(why));
	act_explain(x, "The Safe runs an empty transaction with this nonce. It does nothing else; it needs as many "
		    "signatures as any other step, and is sent like one.");
}

/* What is loose here comes first, then what the focused step holds. */
static uint64_t nonce_meant(const struct act *x, const struct model_change *m)
{
	const uint32_t item = state_place(x->s)->item;
	for (int k = 0; k < N_STEPS; k++)
		for (size_t i = 0; i < m->c.steps[k].n_left; i++)
			if (!m->facts.known || m->c.steps[k].left[i].nonce >= m->facts.safe_nonce)
				return m->c.steps[k].left[i].nonce;
	for (int k = 0; k < N_STEPS; k++)
		if (step_is_loose(&m->c, (enum step_kind)k, &m->facts))
			return m->c.steps[k].nonce;
	return item < N_STEPS && m->c.steps[item].packed && !m->c.steps[item].mined ? m->c.steps[item].nonce
										    : NO_NONCE;
}

void act_reject_nonce(struct act *x)
{
	const struct model_change *m = act_shown(x);
	if (m != NULL)
		ask_reject(x, nonce_meant(x, m),
			   arena_fmt(&x->fx->arena, "signatures for %s must not be used", act_subject(x)));
}
