#include "audit-log/queue.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the chain says of an operation ---- */

struct chain_view {
	struct chain_facts base;      /* without an operation */
	const struct snapshot_operation **by_id;
	size_t n;
};

static int compare_operations(const void *a, const void *b)
{
	const struct snapshot_operation *const *x = a, *const *y = b;

	return memcmp((*x)->id.b, (*y)->id.b, sizeof((*x)->id.b));
}

static void look(struct chain_view *chain, struct arena *a, const struct snapshot *facts)
{
	*chain = (struct chain_view){0};
	if (facts == NULL || !facts->online)
		return;
	chain->base = (struct chain_facts){ .known = true, .safe_nonce = facts->safe_nonce,
					    .threshold = facts->threshold, .block_time = facts->block_time };
	chain->n = facts->n_operations;
	chain->by_id = ARENA_ARRAY(a, const struct snapshot_operation *, chain->n);
	for (size_t i = 0; i < chain->n; i++)
		chain->by_id[i] = &facts->operations[i];
	if (chain->n > 0)
		qsort(chain->by_id, chain->n, sizeof(*chain->by_id), compare_operations);
}

static const struct snapshot_operation *operation_of(const struct chain_view *chain, const struct hash32 *id)
{
	const struct snapshot_operation wanted = { .id = *id }, *key = &wanted;
	const struct snapshot_operation **found =
		chain->n == 0 ? NULL
			      : bsearch(&key, chain->by_id, chain->n, sizeof(*chain->by_id), compare_operations);

	return found != NULL ? *found : NULL;
}

/* An operation that was not asked for (it was proposed after the look, say) stands as the log left it. */
static uint64_t timestamp_by_log(const struct views_change *c)
{
	if (c->executed)
		return 1;
	return c->scheduled && !c->cancelled ? c->scheduled_at + c->delay : 0;
}

static struct chain_facts facts_of(const struct chain_view *chain, const struct views_change *c, bool *asked)
{
	const struct snapshot_operation *op = c->has_operation ? operation_of(chain, &c->operation) : NULL;
	struct chain_facts f = chain->base;

	*asked = op != NULL;
	if (f.known && c->has_operation)
		f.operation_timestamp = op != NULL ? op->timestamp : timestamp_by_log(c);
	return f;
}

/* ---- a change again, as far as its states go ---- */

static struct change change_from(const struct views_change *c)
{
	struct change out = { .id = span_str(c->id), .proposed = c->proposed, .withdrawn = c->withdrawn,
			      .verified = c->verified, .operation = c->operation };

	out.proposal.route = c->route;
	out.steps[STEP_SCHEDULE].mined = c->scheduled;
	out.steps[STEP_EXECUTE].mined = c->executed;
	out.steps[STEP_CANCEL].mined = c->cancelled;
	return out;
}

/* Good for asking change.h about states: of signatures and submissions there is only how many. */
static struct change change_with_steps(const struct views_waiting *w, struct submission *sent)
{
	struct change out = change_from(&w->c);

	*sent = (struct submission){0};
	for (int k = 0; k < N_STEPS; k++) {
		const struct views_step *s = &w->steps[k];

		out.steps[k].packed = s->packed;
		out.steps[k].nonce = s->nonce;
		out.steps[k].n_signatures = s->n_signers;
		out.steps[k].submissions = sent;
		out.steps[k].n_submissions = s->submitted;
		out.steps[k].failed = s->failed;
	}
	return out;
}

static bool is_over(enum change_state s)
{
	return s == CHANGE_EXECUTED || s == CHANGE_CANCELLED || s == CHANGE_WITHDRAWN;
}

/* ---- rows ---- */

struct making {
	struct views *views;
	struct arena *arena;
	const struct chain_view *chain;
	struct queue *out;
	size_t cap;
	/* of the change at hand */
	const struct views_waiting *w;
	struct change change;
	struct chain_facts facts;
	bool asked;
	enum change_state state;
	const char *twin;
};

static struct queue_row *add_row(struct making *m)
{
	const struct views_change *c = &m->w->c;
	struct queue *q = m->out;
	struct queue_row *row;

	ARENA_GROW(m->arena, q->row, q->n, m->cap);
	row = &q->row[q->n++];
	*row = (struct queue_row){
		.change = c->id, .number = c->number, .title = c->title, .change_state = m->state, .route = c->route,
		.words_seq = c->words_seq, .last_seq = c->last_seq, .last_time = c->last_time,
		.has_operation = c->has_operation, .operation = c->operation, .timestamp_known = m->asked,
		.timestamp = m->facts.operation_timestamp, .delay = c->delay, .after = c->after,
		.withdrawn = c->withdrawn, .duplicate_of = m->twin, .trouble = c->trouble, .waits = "",
	};
	return row;
}

static void add_left(struct making *m, enum step_kind k)
{
	const struct views_step *s = &m->w->steps[k];

	for (size_t i = 0; i < s->n_left; i++) {
		struct queue_row *row;

		if (m->facts.known && s->left[i].nonce < m->facts.safe_nonce)
			continue;
		row = add_row(m);
		row->has_step = row->packed = row->loose = row->left_behind = true;
		row->step = k;
		row->nonce = s->left[i].nonce;
		row->safe_tx_hash = s->left[i].safe_tx_hash;
		row->n_signatures = s->left[i].n_signatures;
		row->state = STEP_PARTLY_SIGNED;
		row->waits = "loose";
	}
}

/* Has the change that this one comes after been executed? */
static bool predecessor_is_done(struct making *m, bool *done, struct err *e)
{
	struct views_change before;
	bool found, asked;

	*done = true;
	if (m->w->c.after == NULL)
		return true;
	if (!views_seek_change(m->views, m->arena, span_str(m->w->c.after), &before, &found, e))
		return false;
	if (!found)
		return true;
	const struct chain_facts f = facts_of(m->chain, &before, &asked);
	const struct change c = change_from(&before);

	*done = change_state_of(&c, &f) == CHANGE_EXECUTED;
	return true;
}

/* A complete step: can it be sent now? */
static bool complete_waits(struct making *m, enum step_kind k, const char **out, struct err *e)
{
	bool done;

	*out = "submit";
	if (!m->facts.known || m->w->c.route == ROUTE_DIRECT || k != STEP_EXECUTE)
		return true;
	if (timelock_state_at(m->facts.operation_timestamp, m->facts.block_time) != TIMELOCK_READY) {
		*out = "delay";
		return true;
	}
	if (!predecessor_is_done(m, &done, e))
		return false;
	if (!done)
		*out = "predecessor";
	return true;
}

static bool step_waits(struct making *m, const struct queue_row *row, const char **out, struct err *e)
{
	if (row->loose) {
		*out = "loose";
		return true;
	}
	switch (row->state) {
	case STEP_COMPLETE:
		return complete_waits(m, row->step, out, e);
	case STEP_UNSIGNED:
	case STEP_PARTLY_SIGNED:
		*out = "signatures";
		return true;
	case STEP_SUBMITTED:
		*out = "block";
		return true;
	case STEP_STALE:
		*out = "new nonce";
		return true;
	case STEP_FAILED:
		*out = "somebody";
		return true;
	case STEP_NONE:
	case STEP_MINED:
		break;
	}
	BUG("a step in the queue is %s", step_state_name(row->state));
}

/* *shown: the step stands in the queue for what it does, and not as a mere danger. */
static bool add_step(struct making *m, enum step_kind k, bool *shown, struct err *e)
{
	const struct views_step *s = &m->w->steps[k];
	const enum step_state state = step_state_of(&m->change, k, &m->facts);
	const bool loose = step_is_loose(&m->change, k, &m->facts);
	struct chain_facts unspent = m->facts;
	struct queue_row *row;

	unspent.safe_nonce = 0;
	*shown = step_is_open(&m->change, k, &unspent) ||
		 (!is_over(m->state) && (state == STEP_FAILED || state == STEP_SUBMITTED));
	if (!loose && !*shown)
		return true;
	row = add_row(m);
	row->has_step = true;
	row->step = k;
	row->packed = s->packed;
	row->nonce = s->nonce;
	row->safe_tx_hash = s->safe_tx_hash;
	row->packet = s->packet;
	row->n_signatures = s->n_signers;
	row->signers = s->signers;
	row->n_refused = s->n_refused;
	row->n_declined = s->n_declined;
	row->state = state;
	row->loose = loose;
	row->stale = state == STEP_STALE;
	return step_waits(m, row, &row->waits, e);
}

static void add_next_step(struct making *m, enum step_kind k, const char *waits)
{
	struct queue_row *row = add_row(m);

	row->has_step = true;
	row->step = k;
	row->state = STEP_NONE;
	row->waits = waits;
	row->n_refused = m->w->steps[k].n_refused;
	row->n_declined = m->w->steps[k].n_declined;
}

/* Nothing of it is on its way: what does somebody have to do next? */
static void add_next(struct making *m)
{
	switch (m->state) {
	case CHANGE_DRAFTED:
		add_row(m)->waits = "propose";
		return;
	case CHANGE_PROPOSED:
		add_next_step(m, m->w->c.route == ROUTE_DIRECT ? STEP_EXECUTE : STEP_SCHEDULE, "packet");
		return;
	case CHANGE_SCHEDULED:
	case CHANGE_READY:
		if (m->w->c.withdrawn)         /* it can still be executed on chain: only cancelling stops it */
			add_next_step(m, STEP_CANCEL, "packet");
		else
			add_next_step(m, STEP_EXECUTE,
				      m->facts.known && m->state == CHANGE_SCHEDULED ? "delay" : "packet");
		return;
	case CHANGE_EXECUTED:
	case CHANGE_CANCELLED:
	case CHANGE_WITHDRAWN:
		return;
	}
	BUG("change state");
}

static bool add_change(struct making *m, const struct views_waiting *w, const char *twin, struct err *e)
{
	struct submission sent;
	bool on_its_way = false;

	m->w = w;
	m->twin = twin;
	m->change = change_with_steps(w, &sent);
	m->facts = facts_of(m->chain, &w->c, &m->asked);
	m->state = change_state_of(&m->change, &m->facts);
	if (w->c.trouble != NULL) {
		add_row(m)->waits = "somebody";
		return true;
	}
	for (int k = 0; k < N_STEPS; k++) {
		bool shown;

		add_left(m, (enum step_kind)k);
		if (!add_step(m, (enum step_kind)k, &shown, e))
			return false;
		on_its_way |= shown && (w->c.withdrawn || k != STEP_CANCEL);
	}
	if (!on_its_way)
		add_next(m);
	return true;
}

/* ---- what stands out among them ---- */

struct likeness {
	const struct hash32 *hash;
	size_t i;
};

static int compare_likeness(const void *a, const void *b)
{
	const struct likeness *x = a, *y = b;
	const int order = memcmp(x->hash->b, y->hash->b, sizeof(x->hash->b));

	return order ? order : (x->i > y->i) - (x->i < y->i);
}

/* For each waiting change another one that does the same, or NULL. */
static const char **find_twins(struct arena *a, const struct chain_view *chain, const struct views_waitings *all)
{
	const char **twins = ARENA_ARRAY(a, const char *, all->n);
	struct likeness *v = ARENA_ARRAY(a, struct likeness, all->n);
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct views_change *c = &all->v[i].c;
		const struct change change = change_from(c);
		bool asked;
		const struct chain_facts f = facts_of(chain, c, &asked);

		if (c->has_likeness && !is_over(change_state_of(&change, &f)))
			v[n++] = (struct likeness){ &c->likeness, i };
	}
	if (n > 0)
		qsort(v, n, sizeof(*v), compare_likeness);
	for (size_t i = 1; i < n; i++)
		if (hash32_eq(v[i - 1].hash, v[i].hash)) {
			twins[v[i].i] = all->v[v[i - 1].i].c.id;
			if (twins[v[i - 1].i] == NULL)
				twins[v[i - 1].i] = all->v[v[i].i].c.id;
		}
	return twins;
}

static int compare_rows(const void *a, const void *b)
{
	const struct queue_row *x = a, *y = b;

	if (x->packed != y->packed)
		return x->packed ? -1 : 1;
	if (x->packed && x->nonce != y->nonce)
		return x->nonce < y->nonce ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return memcmp(x->safe_tx_hash.b, y->safe_tx_hash.b, sizeof(x->safe_tx_hash.b));
}

/* One nonce, two transactions: whichever comes first kills the other. */
static void mark_nonces(struct queue *q)
{
	for (size_t i = 1; i < q->n; i++) {
		struct queue_row *x = &q->row[i - 1], *y = &q->row[i];
		const bool spent = q->known && y->nonce < q->safe_nonce;

		if (x->packed && y->packed && x->nonce == y->nonce && !spent &&
		    !hash32_eq(&x->safe_tx_hash, &y->safe_tx_hash))
			x->nonce_twice = y->nonce_twice = true;
	}
}

/* ---- the whole table ---- */

static int compare_waiting(const void *a, const void *b)
{
	const struct views_waiting *x = a, *y = b;

	if (x->c.number != y->c.number)
		return x->c.number < y->c.number ? -1 : 1;
	return strcmp(x->c.id, y->c.id);
}

static bool is_among(const struct views_waitings *w, const char *id)
{
	for (size_t low = 0, high = w->n; low < high;) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(w->v[middle].c.id, id);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int compare_ids(const void *a, const void *b)
{
	const struct views_waiting *x = a, *y = b;

	return strcmp(x->c.id, y->c.id);
}

/* The change of an operation that can still be executed, when it is over by the log; {0}: not such a one. `known`:
 * those that the log says are not, by id. */
static struct span alive_change(const struct snapshot_operation *op, const struct views_waitings *known,
				struct arena *a)
{
	if (op->timestamp <= 1 || op->change.n == 0 || is_among(known, arena_str(a, op->change)))
		return (struct span){0};
	return op->change;
}

/* By number, each once: a snapshot may name a change twice. */
static void put_in_order(struct views_waitings *w)
{
	size_t n = 0;

	if (w->n > 0)
		qsort(w->v, w->n, sizeof(*w->v), compare_waiting);
	for (size_t i = 0; i < w->n; i++)
		if (n == 0 || strcmp(w->v[n - 1].c.id, w->v[i].c.id) != 0)
			w->v[n++] = w->v[i];
	w->n = n;
}

/* Adds the changes that are over by the log, while the chain says that their operation can still be executed. */
static bool add_alive(struct views *v, struct arena *a, const struct snapshot *facts, struct views_waitings *w,
		      struct err *e)
{
	const struct views_waitings known = *w;
	size_t alive = 0;

	if (known.n > 0)
		qsort(known.v, known.n, sizeof(*known.v), compare_ids);
	for (size_t i = 0; i < facts->n_operations; i++)
		alive += alive_change(&facts->operations[i], &known, a).n > 0;
	w->v = ARENA_ARRAY(a, struct views_waiting, known.n + alive);
	if (known.n > 0)
		memcpy(w->v, known.v, known.n * sizeof(*w->v));
	for (size_t i = 0; i < facts->n_operations && alive > 0; i++) {
		const struct span id = alive_change(&facts->operations[i], &known, a);
		bool found;

		if (id.n == 0)
			continue;
		if (!views_waiting_one(v, a, id, &w->v[w->n], &found, e))
			return false;
		w->n += found;
	}
	put_in_order(w);
	return true;
}

bool queue_read(struct views *v, struct arena *a, const struct snapshot *facts, struct queue *out, struct err *e)
{
	struct views_waitings all;
	struct chain_view chain;
	struct making m = { .views = v, .arena = a, .chain = &chain, .out = out };
	const char **twins;

	look(&chain, a, facts);
	*out = (struct queue){ .known = chain.base.known, .safe_nonce = chain.base.safe_nonce,
			       .threshold = chain.base.threshold, .block_time = chain.base.block_time };
	if (!views_waiting(v, a, chain.base.safe_nonce, &all, e) ||
	    (out->known && !add_alive(v, a, facts, &all, e)))
		return false;
	twins = find_twins(a, &chain, &all);
	for (size_t i = 0; i < all.n; i++)
		if (!add_change(&m, &all.v[i], twins[i], e))
			return false;
	if (out->n > 0)
		qsort(out->row, out->n, sizeof(*out->row), compare_rows);
	mark_nonces(out);
	return true;
}

/* ---- every change ---- */

bool change_rows_read(struct views *v, struct arena *a, const struct snapshot *facts, struct change_rows *out,
		      struct err *e)
{
	struct views_changes all;
	struct chain_view chain;

	*out = (struct change_rows){0};
	if (!views_changes(v, a, &all, e))
		return false;
	look(&chain, a, facts);
	out->row = ARENA_ARRAY(a, struct change_row, all.n);
	for (out->n = 0; out->n < all.n; out->n++) {
		const struct views_change *c = &all.v[out->n];
		const struct change change = change_from(c);
		bool asked;
		const struct chain_facts f = facts_of(&chain, c, &asked);

		out->row[out->n] = (struct change_row){ *c, change_state_of(&change, &f) };
	}
	return true;
}
