#include "src/cli/previewing.h"

#include <string.h>

#include "src/base/text.h"
#include "src/chain/upgrade.h"
#include "src/cli/preview_parts.h"

#define MAX_PAIRS 90u                 /* simulations that look for what stands in a change's way */

/* ---- upgrades ---- */

/* Asked with the other facts; judged when they are there. */
struct upgrading {
	struct upgrade *v;
	size_t n, *asked;
};

static struct upgrading ask_upgrades(struct previewing *x, const struct preview_run *r)
{
	struct upgrading u = {0};
	if (r->last == STEP_CANCEL)
		return u;
	u.v = upgrades_of(x->a, &u.n, r->proposal.calls, &x->ws->deployment);
	u.asked = ARENA_ARRAY(x->a, size_t, u.n + 1);
	for (size_t i = 0; i < u.n; i++)
		u.asked[i] = chain_upgrade_ask(&x->facts, &u.v[i]);
	return u;
}

static void judge_upgrades(struct previewing *x, struct preview_run *r, struct upgrading *u)
{
	r->out->refusals = ARENA_ARRAY(x->a, const char *, 5 * u->n + 1);
	for (size_t i = 0; i < u->n; i++) {
		struct upgrade_findings f;
		chain_upgrade_take(&x->facts, u->asked[i], &u->v[i]);
		upgrade_judge(x->a, &f, &u->v[i]);
		for (size_t k = 0; k < f.n; k++)
			r->out->refusals[r->out->n_refusals++] = f.refusals[k];
		if (f.code_hash != NULL)
			preview_warn(x, r, "the new code of %.*s: %s", text_shown(u->v[i].proxy->name),
				     (const char *)u->v[i].proxy->name.p, f.code_hash);
	}
}

static bool ask_facts(struct previewing *x, struct err *e)
{
	struct upgrading *u = ARENA_ARRAY(x->a, struct upgrading, x->n_runs);
	for (size_t i = 0; i < x->n_runs; i++)
		u[i] = ask_upgrades(x, &x->runs[i]);
	if (!preview_facts(x, e))
		return false;
	for (size_t i = 0; i < x->n_runs; i++)
		judge_upgrades(x, &x->runs[i], &u[i]);
	return true;
}

/* ---- who stands in whose way ---- */

/* A change that fails in the queue, simulated by itself, and behind each of those before it. */
struct suspicion {
	struct preview_run *failed;
	const struct preview_run *before;     /* NULL: by itself */
	bool fails;
};

static size_t suspect(struct previewing *x, struct suspicion *v, struct preview_run *failed)
{
	size_t n = 0;
	v[n++] = (struct suspicion){ .failed = failed };
	for (size_t i = 0; i < x->n_runs; i++)
		if (&x->runs[i] != failed && x->runs[i].turn < failed->turn)
			v[n++] = (struct suspicion){ .failed = failed, .before = &x->runs[i] };
	return n;
}

/* Whether it is this change that fails there, and not the one before it. */
static bool fails_in(const struct previewing *x, const struct preview_sim *s, const struct suspicion *v)
{
	size_t block = 0;
	if (s->no_answer.n > 0)
		return true;
	for (size_t i = 0; i < x->n_turns; i++) {
		const struct preview_run *r = x->turns[i].run;
		if (r == v->failed && !s->blocks[block].calls[0].ok)
			return true;
		block += r == v->failed || r == v->before;
	}
	return false;
}

static void name_culprit(struct previewing *x, const struct suspicion *v, size_t n, struct preview_run *r)
{
	bool alone = false;
	const struct preview_run *culprit = NULL;
	for (size_t i = 0; i < n; i++) {
		if (v[i].failed != r || !v[i].fails)
			continue;
		alone |= v[i].before == NULL;
		if (v[i].before != NULL && culprit == NULL)
			culprit = v[i].before;
	}
	if (alone)
		r->out->failed = arena_fmt(x->a, "%s (by itself, too)", r->out->failed);
	else if (culprit != NULL)
		r->out->failed = arena_fmt(x->a, "%s (because of %s, which runs before it: without that one it runs)",
					   r->out->failed, culprit->out->change);
	else
		r->out->failed = arena_fmt(x->a, "%s (because of several that run before it, together: by itself it "
					   "runs)", r->out->failed);
}

/* A third round trip, and only where a change of the queue fails. */
static bool find_culprits(struct previewing *x, struct err *e)
{
	struct suspicion *v = ARENA_ARRAY(x->a, struct suspicion, x->n_runs * x->n_runs + 1);
	struct preview p = {0};
	for (size_t i = 0; x->n_runs > 1 && i < x->n_runs; i++)
		if (!x->runs[i].out->ran)
			p.n_sims += suspect(x, v + p.n_sims, &x->runs[i]);
	if (p.n_sims == 0)
		return true;
	if (p.n_sims > MAX_PAIRS) {
		preview_warn_all(x, "too many changes fail to look for what stands in the way of each");
		return true;
	}
	p.sims = ARENA_ARRAY(x->a, struct preview_sim, p.n_sims);
	for (size_t i = 0; i < p.n_sims; i++)
		preview_plain(x, &p.sims[i], v[i].failed, v[i].before);
	if (!preview_run(x->chain, x->a, &p, e))
		return false;
	for (size_t i = 0; i < p.n_sims; i++)
		v[i].fails = fails_in(x, &p.sims[i], &v[i]);
	for (size_t i = 0; i < x->n_runs; i++)
		if (!x->runs[i].out->ran)
			name_culprit(x, v, p.n_sims, &x->runs[i]);
	return true;
}

/* ---- all of it ---- */

static bool has_something_to_do(const struct preview_run *r, struct err *e)
{
	if (r->proposal.route != ROUTE_TIMELOCK)
		return true;
	if (r->timestamp == 1)
		return err_refuse(e, "DONE", "the operation has been executed: there is nothing to preview");
	return r->last != STEP_CANCEL || r->timestamp > 1 ||
	       err_refuse(e, "NOT-SCHEDULED", "the operation is not scheduled: there is nothing to cancel");
}

/* Of a queue, what is done on chain already (and the log does not know yet) is left out. */
static bool drop_done(struct previewing *x, bool queue, struct err *e)
{
	size_t n = 0;
	for (size_t i = 0; i < x->n_runs; i++) {
		struct err no = {0};
		if (has_something_to_do(&x->runs[i], queue ? &no : e))
			x->runs[n++] = x->runs[i];
		else if (!queue)
			return false;
		err_clear(&no);
	}
	x->n_runs = n;
	return true;
}

static bool run_all(struct previewing *x, bool queue, struct err *e)
{
	if (!preview_compile(x, e) || !ask_facts(x, e) || !drop_done(x, queue, e))
		return false;
	if (x->n_runs == 0)
		return true;
	if (!preview_order(x, e) || !preview_asks(x, e))
		return false;
	preview_questions(x);
	if (!preview_run(x->chain, x->a, &x->p, e))
		return false;
	for (size_t i = 0; i < x->n_runs; i++)
		preview_answers(x, &x->runs[i]);
	return find_culprits(x, e);
}

static void begin_run(struct previewing *x, struct preview_run *r, const struct change *c, struct effects *out)
{
	const struct block *pin = &x->chain->pin;
	*out = (struct effects){ .change = arena_str(x->a, c->id), .block = pin->number, .block_time = pin->time,
				 .block_hash = pin->hash, .slots_compared = true };
	*r = (struct preview_run){ .change = c, .last = STEP_EXECUTE, .out = out };
}

bool previewing_run(const struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
		    const struct previewing_how *how, struct effects *out, struct err *e)
{
	struct preview_run run;
	struct previewing x = { .ws = ws, .chain = c, .a = a, .as = how != NULL ? how->as : NULL, .runs = &run,
				.n_runs = 1, .facts = { .a = a } };
	begin_run(&x, &run, change, out);
	run.last = how != NULL && how->cancel ? STEP_CANCEL : STEP_EXECUTE;
	return run_all(&x, false, e);
}

static bool is_waiting(const struct change *c)
{
	const struct chain_facts unknown = {0};
	return c->proposed && change_state_is_open(change_state_of(c, &unknown));
}

/* In the order in which their effects come. */
static void put_in_order(const struct previewing *x, struct effects *out)
{
	size_t n = 0;
	for (size_t i = 0; i < x->n_turns; i++)
		if (x->turns[i].looked_at)
			out[n++] = *x->turns[i].run->out;
}

bool previewing_queue(const struct workspace *ws, struct chain *c, struct arena *a, const struct changes *all,
		      struct effects **out, size_t *n, struct err *e)
{
	struct previewing x = { .ws = ws, .chain = c, .a = a, .facts = { .a = a } };
	struct effects *each = ARENA_ARRAY(a, struct effects, PREVIEW_MAX_CHANGES);
	x.runs = ARENA_ARRAY(a, struct preview_run, PREVIEW_MAX_CHANGES);
	for (size_t i = 0; i < all->n; i++) {
		if (!is_waiting(&all->v[i]))
			continue;
		if (x.n_runs == PREVIEW_MAX_CHANGES)
			return err_refuse(e, "TOO-MANY", "more than %u changes wait: preview them by themselves",
					  PREVIEW_MAX_CHANGES);
		begin_run(&x, &x.runs[x.n_runs], &all->v[i], &each[x.n_runs]);
		each[x.n_runs++].slots_compared = false;
	}
	if (x.n_runs > 0 && !run_all(&x, true, e))
		return false;
	*out = ARENA_ARRAY(a, struct effects, x.n_runs + 1);
	*n = x.n_runs;
	put_in_order(&x, *out);
	return true;
}
