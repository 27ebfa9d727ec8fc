/* Sending a step to the chain. What is missing is said before anything is asked; what will happen, before a key is. */
#include <string.h>

#include "src/base/text.h"
#include "src/gov/units.h"
#include "tui/console/act.h"
#include "tui/console/board.h"
#include "src/base/when.h"

/* ---- who could send it without the Safe ---- */

static bool has_role(const struct snapshot_role *r, enum step_kind k)
{
	switch (k) {
	case STEP_SCHEDULE: return r->proposer;
	case STEP_EXECUTE: return r->executor;
	case STEP_CANCEL: return r->canceller;
	}
	BUG("no such step");
}

/* By the timelock's roles: "anyone", or labels of who else than the Safe may call it. Empty: nobody. */
static void role_holders(const struct act *x, const struct change *c, enum step_kind k, struct buf *out)
{
	const struct deployment *d = &x->m->ws->deployment;
	const struct snapshot *s = &x->m->snapshot;
	if (!s->online || c->proposal.route == ROUTE_DIRECT)
		return;
	for (size_t i = 0; i < s->n_roles; i++) {
		const struct addr *at = &s->roles[i].account;
		if (!has_role(&s->roles[i], k) || addr_eq(at, &d->safe))
			continue;
		const char *label = deployment_label(&x->fx->arena, d, at);
		buf_str(out, out->n > 0 ? ", " : "");
		if (addr_is_zero(at))
			buf_str(out, "anyone");
		else if (label != NULL)
			buf_str(out, label);
		else
			buf_0xhex(out, span_of(at->b, sizeof(at->b)));
	}
}

static void names(const struct act *x, const struct step *s, bool signed_by, struct buf *out)
{
	const struct deployment *d = &x->m->ws->deployment;
	for (size_t i = 0; i < d->n_people; i++) {
		bool has = false;
		for (size_t k = 0; k < s->n_signatures; k++)
			has |= addr_eq(&s->signatures[k].owner, &d->people[i].address);
		if (d->people[i].owner && has == signed_by)
			buf_fmt(out, "%s%.*s", out->n > 0 ? ", " : "", (int)d->people[i].id.n,
				(const char *)d->people[i].id.p);
	}
}

/* ---- what stands in the way ---- */

static bool say_missing(struct act *x, const struct model_change *m, enum step_kind k)
{
	const struct step *s = &m->c.steps[k];
	struct buf others = {0}, missing = {0};
	role_holders(x, &m->c, k, &others);
	const size_t n = board_signed(x->m, k);
	const bool enough = !m->facts.known || n >= m->facts.threshold || others.n > 0;
	if (!enough) {
		names(x, s, false, &missing);
		state_say(x->s, STYLE_WARN, "%s of %s has %zu of %llu signatures; not signed by %s. Next: e (export "
			  "the packet), i (import the answers).", step_name(k), act_subject(x), n,
			  (unsigned long long)m->facts.threshold, buf_cstr(&missing));
	}
	buf_release(&others);
	buf_release(&missing);
	return !enough;
}

static bool say_too_early(struct act *x, const struct model_change *m, enum step_kind k)
{
	const uint64_t at = m->facts.operation_timestamp, now = model_chain_time(x->m);
	struct buf b = {0};
	if (k != STEP_EXECUTE || m->c.proposal.route == ROUTE_DIRECT || !m->facts.known)
		return false;
	if (at > now) {
		when_format(&b, (int64_t)at, (int64_t)now);
		state_say(x->s, STYLE_WARN, "The operation of %s is ready %s, by the chain's clock. Next: signatures "
			  "can be gathered meanwhile.", act_subject(x), buf_cstr(&b));
	} else if (at == 0) {
		state_say(x->s, STYLE_WARN, "The timelock does not know the operation of %s: schedule goes first.",
			  act_subject(x));
	}
	buf_release(&b);
	return at > now || at == 0;
}

static bool say_nonce(struct act *x, const struct model_change *m, enum step_kind k)
{
	const uint64_t nonce = m->c.steps[k].nonce;
	if (!m->facts.known || nonce <= m->facts.safe_nonce)
		return false;
	state_say(x->s, STYLE_WARN, "%s of %s has nonce %llu and the Safe is at %llu: what holds the nonces between "
		  "goes first. Next: q shows what that is.", step_name(k), act_subject(x), (unsigned long long)nonce,
		  (unsigned long long)m->facts.safe_nonce);
	return true;
}

/* ---- after it ---- */

static void submitted(struct act *x, const struct ended *how)
{
	static const char *const next[N_STEPS] = {
		[STEP_SCHEDULE] = "the timelock waits now; q counts down. When it is ready, e packs execute for the "
		"signers",
		[STEP_EXECUTE] = "h, on the page of the change, shows its history and whether the effect was read back",
		[STEP_CANCEL] = "the operation is gone; what its nonce displaced is packed and signed again",
	};
	const struct work *w = &x->s->work;
	if (how->ok)
		state_say(x->s, STYLE_GOOD, "%s of %s is on chain. Next: %s.", step_name(w->step), w->change,
			  next[w->step]);
	else if (how->status == 4)
		state_say(x->s, STYLE_WARN, "%s It may be out there all the same. Next: u again follows what was "
			  "sent, and never sends a second one.", how->words);
	else
		(void)act_succeeded(x, how);
}

static void submit(struct act *x)
{
	struct work *w = &x->s->work;
	buf_clear(&w->payer);
	buf_span(&w->payer, form_value(&x->s->ask.form, "payer"));
	const char *const words[] = { "submit", w->change, step_name(w->step), "--from", buf_cstr(&w->payer), NULL };
	state_close_ask(x->s);
	act_run(x, EFFECT_FRONT, arena_fmt(&x->fx->arena, "Sending %s of %s", step_name(w->step), w->change), words,
		submitted);
}

/* ---- before it ---- */

static void check_payer(const struct act *x, struct form *f)
{
	(void)x;
	act_check_path(form_field(f, "payer"));
}

static void explain_what(struct act *x, const struct model_change *m, enum step_kind k)
{
	const unsigned long long nonce = m->c.steps[k].nonce;
	struct buf delay = {0};
	if (m->c.proposal.route == ROUTE_DIRECT) {
		act_explain(x, "The Safe runs the change at nonce %llu, at once.", nonce);
		return;
	}
	duration_format(&delay, m->c.proposal.delay);
	if (k == STEP_SCHEDULE)
		act_explain(x, "The Safe tells the timelock at nonce %llu; nothing changes yet, and for %s it can be "
			    "cancelled.",
			    nonce, buf_cstr(&delay));
	else if (k == STEP_EXECUTE)
		act_explain(x, "The timelock runs the operation now: the change takes effect (the Safe's nonce %llu).",
			    nonce);
	else
		act_explain(x, "The timelock forgets the operation at once (the Safe's nonce %llu).", nonce);
	buf_release(&delay);
}

static void explain_who(struct act *x, const struct model_change *m, enum step_kind k)
{
	const struct step *s = &m->c.steps[k];
	struct buf who = {0}, others = {0};
	names(x, s, true, &who);
	if (m->facts.known)
		act_explain(x, "Signed by %s: %zu of %llu.", who.n > 0 ? buf_cstr(&who) : "nobody", board_signed(x->m,
			    k),
			    (unsigned long long)m->facts.threshold);
	else
		act_explain(x, "Signed by %s; the chain has not been asked how many are needed.",
			    who.n > 0 ? buf_cstr(&who) : "nobody");
	role_holders(x, &m->c, k, &others);
	if (others.n > 0)
		act_explain(x, "On chain this step may also be sent, without the Safe, by %s.", buf_cstr(&others));
	buf_release(&who);
	buf_release(&others);
}

static void explain_fees(struct act *x)
{
	const struct fee_caps *caps = &x->m->ws->deployment.caps;
	struct buf max = {0}, priority = {0};
	wei_format(&max, &caps->max_fee);
	wei_format(&priority, &caps->max_priority);
	act_explain(x, "The payer's key pays for gas and signs nothing else: at most %s per gas, of it %s for the "
		    "block's maker, and %llu gas. An owner's key pays for nothing.", buf_cstr(&max),
		    buf_cstr(&priority),
		    (unsigned long long)caps->gas);
	act_explain(x, "setgov-signer asks for the payer's passphrase, in front of this screen.");
	buf_release(&max);
	buf_release(&priority);
}

static void ask_submit(struct act *x, const struct model_change *m, enum step_kind k)
{
	const struct step *s = &m->c.steps[k];
	struct work *w = &x->s->work;
	snprintf(w->change, sizeof(w->change), "%s", act_subject(x));
	w->step = k;
	state_ask(x->s, "", 1, submit);
	x->s->ask.check = check_payer;
	act_title(x, "Send %s of %s to the chain", step_name(k), w->change);
	struct field *payer = act_field(x, 0, "payer", "the payer's key file", "a path; remembered until you leave");
	payer->required = true;
	edit_set(&payer->edit, buf_view(&w->payer));
	explain_what(x, m, k);
	explain_who(x, m, k);
	if (step_state_of(&m->c, k, &m->facts) == STEP_SUBMITTED)
		act_explain(x, "It was sent before: that transaction is followed, no second one is made.");
	else if (m->facts.known && s->nonce < m->facts.safe_nonce)
		act_explain(x, "! The Safe has passed its nonce. If this step is what ran, it is found; if not, it "
			    "needs a new packet: Esc, then e.");
	explain_fees(x);
}

/* ---- which step ---- */

static void submit_step(struct act *x, const struct model_change *m, enum step_kind k)
{
	const bool sent = step_state_of(&m->c, k, &m->facts) == STEP_SUBMITTED;
	if (!sent && (say_missing(x, m, k) || say_too_early(x, m, k) || say_nonce(x, m, k)))
		return;
	ask_submit(x, m, k);
}

static void step_chosen(struct act *x)
{
	const struct model_change *m = &x->m->change;
	const enum step_kind k = act_step_chosen(x, x->s->work.steps);
	state_close_ask(x->s);
	submit_step(x, m, k);
}

/* Steps that have a packet and are not on chain. */
static unsigned waiting(const struct change *c)
{
	unsigned mask = 0;
	for (int k = 0; k < N_STEPS; k++)
		mask |= c->steps[k].packed && !c->steps[k].mined ? 1u << k : 0;
	return mask;
}

bool may_submit(const struct act *x)
{
	const struct change *c = act_readable(x);
	return c != NULL && c->proposed && waiting(c) != 0;
}

void act_submit(struct act *x)
{
	const struct model_change *m = act_proposed(x);
	const uint32_t item = state_place(x->s)->item;
	if (m == NULL)
		return;
	const unsigned mask = waiting(&m->c);
	if (mask == 0) {
		state_say(x->s, STYLE_WARN, "%s has no packet that waits. Next: e writes one.", act_subject(x));
	} else if (item < N_STEPS && (mask & 1u << item)) {
		submit_step(x, m, (enum step_kind)item);         /* the one that has the focus */
	} else if (act_step_fields(mask) == 0) {
		submit_step(x, m, act_step_chosen(x, mask));
	} else {
		x->s->work.steps = mask;
		state_ask(x->s, "Send a step to the chain", 1, step_chosen);
		act_ask_step(x, mask, "Left and Right choose");
	}
}
