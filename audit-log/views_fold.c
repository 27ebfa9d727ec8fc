/* What only folding can tell, kept in columns: change.h knows what lines mean, and nothing here repeats it. */
#include "audit-log/views_state.h"

#include <string.h>

#include "src/gov/alert.h"

/* ---- folding a change ------------------------------------------------------------------------------------------- */

struct folding {
	struct arena arena;           /* of one change, given back before the next */
	struct change change;
	uint64_t words_seq;
	struct buf trouble;           /* why its lines cannot be understood from one of them on; empty: they can */
};

static void note_trouble(struct folding *f, const struct err *why)
{
	err_format(why, &f->trouble);
}

/* False: the log cannot be read. A line that it holds and change_apply() refuses is trouble of that change alone. */
static bool fold_line(struct folding *f, struct log *l, uint64_t seq, struct err *e)
{
	const struct json *drafted = f->change.draft.actions;
	struct err why = {0};
	struct line line;

	if (!log_line_read(l, &f->arena, seq, &line, e))
		return false;
	if (!change_apply(&f->arena, &f->change, &line, &why))
		note_trouble(f, &why);
	else if (f->change.draft.actions != drafted)
		f->words_seq = seq;
	err_clear(&why);
	return true;
}

static bool fold_lines(struct folding *f, struct log *l, const struct seqs *seqs, struct err *e)
{
	for (size_t i = 0; i < seqs->n && f->trouble.n == 0; i++)
		if (!fold_line(f, l, seqs->seq[i], e))
			return false;
	if (f->change.proposed)
		f->words_seq = f->change.proposed_seq;
	return true;
}

/* ---- writing what it said --------------------------------------------------------------------------------------- */

/* The highest nonce that the Safe would still take signatures for. */
static bool held_nonce(const struct change *c, uint64_t *out)
{
	bool held = false;

	*out = 0;
	for (int k = 0; k < N_STEPS; k++) {
		const struct step *s = &c->steps[k];

		if (s->packed && !s->mined && s->n_signatures > 0) {
			held = true;
			*out = s->nonce > *out ? s->nonce : *out;
		}
		for (size_t i = 0; i < s->n_left; i++) {
			held = true;
			*out = s->left[i].nonce > *out ? s->left[i].nonce : *out;
		}
	}
	return held;
}

static bool is_over(const struct change *c)
{
	switch (change_state_of(c, &(struct chain_facts){0})) {
	case CHANGE_EXECUTED:
	case CHANGE_CANCELLED:
	case CHANGE_WITHDRAWN:
		return true;
	case CHANGE_DRAFTED:
	case CHANGE_PROPOSED:
	case CHANGE_SCHEDULED:
	case CHANGE_READY:
		return false;
	}
	BUG("change state");
}

/* What is not bound is NULL. */
static bool put_change(struct views *v, const struct folding *f, struct span id)
{
	sqlite3_stmt *st = v->st[ST_FOLDED];
	const struct change *c = &f->change;
	const struct proposal *p = c->proposed ? &c->proposal : &c->draft;
	const bool planned = c->proposed && p->route == ROUTE_TIMELOCK && !hash32_is_zero(&c->operation);
	struct hash32 likeness;
	uint64_t nonce;

	views_bind_text(st, 1, id);
	sqlite3_bind_int(st, 2, c->verified);
	if (f->trouble.n > 0)
		views_bind_text(st, 3, buf_view(&f->trouble));
	views_bind_u64(st, 4, f->words_seq);
	sqlite3_bind_int(st, 5, (int)p->route);
	views_bind_u64(st, 6, p->delay);
	if (p->after.n > 0)
		views_bind_text(st, 7, p->after);
	if (c->steps[STEP_SCHEDULE].mined)
		views_bind_u64(st, 8, c->steps[STEP_SCHEDULE].block_time);
	sqlite3_bind_int(st, 9, c->steps[STEP_EXECUTE].mined);
	sqlite3_bind_int(st, 10, c->steps[STEP_CANCEL].mined);
	if (planned)
		views_bind_hash(st, 11, &c->operation);
	if (c->proposed) {
		proposal_likeness(&likeness, p);
		views_bind_hash(st, 12, &likeness);
	}
	sqlite3_bind_int(st, 13, f->trouble.n == 0 && is_over(c));
	if (held_nonce(c, &nonce))
		views_bind_u64(st, 14, nonce);
	return views_done(v, ST_FOLDED);
}

static void add_u64(struct buf *b, uint64_t n)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (uint8_t)(n >> shift));
}

static bool put_step(struct views *v, const struct step *s, enum step_kind k, struct span id)
{
	sqlite3_stmt *st = v->st[ST_PUT_STEP];
	struct buf signers = {0}, left = {0};
	size_t declined = 0;
	bool ok;

	for (size_t i = 0; i < s->n_signatures; i++)
		buf_add(&signers, s->signatures[i].owner.b, sizeof(s->signatures[i].owner.b));
	for (size_t i = 0; i < s->n_left; i++) {
		add_u64(&left, s->left[i].nonce);
		buf_span(&left, SPAN_HASH(&s->left[i].safe_tx_hash));
		add_u64(&left, s->left[i].n_signatures);
	}
	for (size_t i = 0; i < s->n_notes; i++)
		declined += s->notes[i].declined;
	views_bind_text(st, 1, id);
	sqlite3_bind_int(st, 2, (int)k);
	sqlite3_bind_int(st, 3, s->packed);
	views_bind_u64(st, 4, s->packed_seq);
	views_bind_u64(st, 5, s->nonce);
	views_bind_hash(st, 6, &s->safe_tx_hash);
	views_bind_hash(st, 7, &s->packet);
	sqlite3_bind_blob64(st, 8, buf_cstr(&signers), signers.n, SQLITE_STATIC);
	sqlite3_bind_int(st, 9, step_is_submitted(s));
	sqlite3_bind_int(st, 10, s->mined);
	sqlite3_bind_int(st, 11, s->failed);
	views_bind_u64(st, 12, s->block_time);
	views_bind_u64(st, 13, s->n_notes - declined);
	views_bind_u64(st, 14, declined);
	sqlite3_bind_blob64(st, 15, buf_cstr(&left), left.n, SQLITE_STATIC);
	ok = views_done(v, ST_PUT_STEP);
	buf_release(&signers);
	buf_release(&left);
	return ok;
}

static bool step_is_empty(const struct step *s)
{
	return !s->packed && !s->mined && !s->failed && s->n_submissions == 0 && s->n_notes == 0;
}

static bool put_steps(struct views *v, const struct change *c, struct span id)
{
	views_bind_text(v->st[ST_DROP_STEPS], 1, id);
	if (!views_done(v, ST_DROP_STEPS))
		return false;
	for (int k = 0; k < N_STEPS; k++)
		if (!step_is_empty(&c->steps[k]) && !put_step(v, &c->steps[k], (enum step_kind)k, id))
			return false;
	return true;
}

static enum outcome fold_change(struct views *v, struct folding *f, struct span id, struct err *e)
{
	struct seqs seqs;

	views_bind_text(v->st[ST_OF_CHANGE], 1, id);
	if (!views_take_seqs(v, ST_OF_CHANGE, &f->arena, &seqs))
		return NO_GOOD;
	if (!fold_lines(f, v->log, &seqs, e))
		return LOG_FAILED;
	return put_change(v, f, id) && put_steps(v, &f->change, id) ? FINE : NO_GOOD;
}

/* *found false: none is left. */
static bool next_unfolded(struct views *v, struct arena *a, struct span *id, bool *found)
{
	sqlite3_stmt *st = v->st[ST_UNFOLDED];
	const int rc = sqlite3_step(st);

	*found = rc == SQLITE_ROW;
	if (*found)
		*id = span_str(views_str(st, 0, a));
	sqlite3_reset(st);
	return *found || rc == SQLITE_DONE;
}

enum outcome views_fold(struct views *v, struct err *e)
{
	enum outcome outcome = FINE;
	bool found = true;

	while (outcome == FINE && found) {
		struct folding f = {0};
		struct span id;

		if (!next_unfolded(v, &f.arena, &id, &found))
			outcome = NO_GOOD;
		else if (found)
			outcome = fold_change(v, &f, id, e);
		buf_release(&f.trouble);
		arena_release(&f.arena);
	}
	return outcome;
}

/* ---- alerts ----------------------------------------------------------------------------------------------------- */

static bool put_of_alert(struct views *v, enum statement which, uint64_t number, int64_t value)
{
	sqlite3_stmt *st = v->st[which];

	views_bind_u64(st, 1, number);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, value);
	return views_done(v, which);
}

/* Until when, in milliseconds; one that does not lapse, or not in any time that there is: for good. */
static int64_t acknowledged_until(const struct line *l)
{
	uint64_t until;

	return json_get_u64(l->body, "until", &until, NULL) && until < INT64_MAX / 1000 ? (int64_t)until * 1000
											: INT64_MAX;
}

bool views_fold_alert(struct views *v, const struct line *l)
{
	uint64_t number;
	struct span id;

	if (!alert_line_is(l->kind) || !json_get_str(l->body, "alert", &id, NULL) || !alert_number(id, &number) ||
	    number > INT64_MAX)
		return true;
	if (line_kind_is(l, "alert.raised") && !put_of_alert(v, ST_PUT_ALERT, number, 0))
		return false;
	if (line_kind_is(l, "alert.cleared") && !put_of_alert(v, ST_CLEARED, number, l->time.ms))
		return false;
	if (line_kind_is(l, "alert.acknowledged") &&
	    !put_of_alert(v, ST_ACKNOWLEDGED, number, acknowledged_until(l)))
		return false;
	return put_of_alert(v, ST_PUT_LINE_OF_ALERT, number, (int64_t)l->seq);
}

struct alerts_asked {
	struct arena *arena;
	bool all;
	struct seqs *out;
};

static bool ask_alerts(struct views *v, void *ctx)
{
	const struct alerts_asked *q = ctx;

	return views_take_seqs(v, q->all ? ST_ALERTS : ST_UNSETTLED_ALERTS, q->arena, q->out);
}

bool views_alerts(struct views *v, struct arena *a, bool all, struct seqs *out, struct err *e)
{
	struct alerts_asked q = { a, all, out };

	return views_ask(v, ask_alerts, &q, e);
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

static uint64_t get_u64(const uint8_t *p)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | p[i];
	return n;
}

/* False: the blob is not a whole number of these. */
static bool column_blob(sqlite3_stmt *st, int column, size_t item, struct span *out, size_t *n)
{
	const void *p = sqlite3_column_blob(st, column);

	*out = span_of(p, (size_t)sqlite3_column_bytes(st, column));
	*n = out->n / item;
	return out->n % item == 0;
}

static bool column_hash(sqlite3_stmt *st, int column, struct hash32 *out)
{
	struct span bytes;
	size_t n;

	if (!column_blob(st, column, sizeof(out->b), &bytes, &n) || n != 1)
		return false;
	memcpy(out->b, bytes.p, sizeof(out->b));
	return true;
}

static bool column_left(sqlite3_stmt *st, int column, struct arena *a, struct views_step *out)
{
	const size_t item = 8 + 32 + 8;
	struct span bytes;

	if (!column_blob(st, column, item, &bytes, &out->n_left))
		return false;
	out->left = ARENA_ARRAY(a, struct left_behind, out->n_left);
	for (size_t i = 0; i < out->n_left; i++) {
		const uint8_t *p = bytes.p + i * item;

		out->left[i].nonce = get_u64(p);
		memcpy(out->left[i].safe_tx_hash.b, p + 8, 32);
		out->left[i].n_signatures = (size_t)get_u64(p + 40);
	}
	return true;
}

static bool column_signers(sqlite3_stmt *st, int column, struct arena *a, struct views_step *out)
{
	struct span bytes;

	if (!column_blob(st, column, sizeof(struct addr), &bytes, &out->n_signers))
		return false;
	out->signers = ARENA_ARRAY(a, struct addr, out->n_signers);
	for (size_t i = 0; i < out->n_signers; i++)
		memcpy(out->signers[i].b, bytes.p + i * sizeof(struct addr), sizeof(struct addr));
	return true;
}

static bool column_step(sqlite3_stmt *st, struct arena *a, struct views_step steps[N_STEPS])
{
	const int kind = sqlite3_column_int(st, 0);
	struct views_step *s;

	if (kind < 0 || kind >= N_STEPS)
		return false;
	s = &steps[kind];
	s->packed = sqlite3_column_int(st, 1) != 0;
	s->packed_seq = views_u64(st, 2);
	s->nonce = views_u64(st, 3);
	s->submitted = sqlite3_column_int(st, 7) != 0;
	s->mined = sqlite3_column_int(st, 8) != 0;
	s->failed = sqlite3_column_int(st, 9) != 0;
	s->block_time = views_u64(st, 10);
	s->n_refused = (size_t)views_u64(st, 11);
	s->n_declined = (size_t)views_u64(st, 12);
	return column_hash(st, 4, &s->safe_tx_hash) && column_hash(st, 5, &s->packet) &&
	       column_signers(st, 6, a, s) && column_left(st, 13, a, s);
}

static bool take_steps(struct views *v, struct arena *a, struct views_waiting *w)
{
	sqlite3_stmt *st = v->st[ST_STEPS];
	bool good = true;
	int rc = SQLITE_ROW;

	views_bind_text(st, 1, span_str(w->c.id));
	while (good && (rc = sqlite3_step(st)) == SQLITE_ROW)
		good = column_step(st, a, w->steps);
	sqlite3_reset(st);
	return good && rc == SQLITE_DONE;
}

struct waiting_asked {
	struct arena *arena;
	uint64_t safe_nonce;
	struct views_waitings *out;
};

static struct views_waiting *one_more(struct arena *a, struct views_waitings *w, size_t *cap)
{
	ARENA_GROW(a, w->v, w->n, *cap);
	return &w->v[w->n++];
}

static bool ask_waiting(struct views *v, void *ctx)
{
	const struct waiting_asked *q = ctx;
	sqlite3_stmt *st = v->st[ST_WAITING];
	size_t cap = 0;
	bool good = true;
	int rc = SQLITE_ROW;

	*q->out = (struct views_waitings){0};
	views_bind_u64(st, 1, q->safe_nonce);
	while (good && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct views_waiting *w = one_more(q->arena, q->out, &cap);

		good = views_column_change(st, q->arena, &w->c) && take_steps(v, q->arena, w);
	}
	sqlite3_reset(st);
	return good && rc == SQLITE_DONE;
}

bool views_waiting(struct views *v, struct arena *a, uint64_t safe_nonce, struct views_waitings *out, struct err *e)
{
	struct waiting_asked q = { a, safe_nonce, out };

	return views_ask(v, ask_waiting, &q, e);
}

struct steps_asked {
	struct arena *arena;
	struct views_waiting *out;
};

static bool ask_steps(struct views *v, void *ctx)
{
	const struct steps_asked *q = ctx;

	memset(q->out->steps, 0, sizeof(q->out->steps));
	return take_steps(v, q->arena, q->out);
}

bool views_waiting_one(struct views *v, struct arena *a, struct span id, struct views_waiting *out, bool *found,
		       struct err *e)
{
	struct steps_asked q = { a, out };

	return views_seek_change(v, a, id, &out->c, found, e) && (!*found || views_ask(v, ask_steps, &q, e));
}

struct operations_asked {
	struct arena *arena;
	struct views_operations *out;
};

static bool ask_operations(struct views *v, void *ctx)
{
	const struct operations_asked *q = ctx;
	struct views_operations *out = q->out;
	sqlite3_stmt *st = v->st[ST_OPERATIONS];
	size_t cap = 0;
	bool good = true;
	int rc = SQLITE_ROW;

	*out = (struct views_operations){0};
	while (good && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		ARENA_GROW(q->arena, out->v, out->n, cap);
		out->v[out->n].change = views_str(st, 0, q->arena);
		good = column_hash(st, 1, &out->v[out->n++].id);
	}
	sqlite3_reset(st);
	return good && rc == SQLITE_DONE;
}

bool views_operations(struct views *v, struct arena *a, struct views_operations *out, struct err *e)
{
	struct operations_asked q = { a, out };

	return views_ask(v, ask_operations, &q, e);
}
