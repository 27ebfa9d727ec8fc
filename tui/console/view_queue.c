/* Home: the two clocks in one table. What happened on chain without the log comes first. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/model.h"
#include "tui/console/state.h"
#include "tui/console/view.h"
#include "src/base/when.h"

static size_t count(const struct seen *x)
{
	return model_alarms(x->m) + x->m->queue.n;
}

/* ---- what the log does not know ---- */

static void alarm_operation(const struct seen *x, const struct snapshot_operation *op, struct paper *p)
{
	struct buf b = {0};
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_BAD, "! NOT IN THE LOG: an operation of the timelock");
	if (op->timestamp == 1) {
		paper_add(p, STYLE_BAD, " that has run");
	} else {
		when_relative(&b, (int64_t)op->timestamp, (int64_t)model_chain_time(x->m));
		paper_add(p, STYLE_BAD, ", ready %s", buf_cstr(&b));
	}
	paper_end(p);
	buf_clear(&b);
	buf_0xhex(&b, SPAN_HASH(&op->id));
	paper_line(p, STYLE_HASH, 2, "%s", buf_cstr(&b));
	buf_release(&b);
	for (size_t i = 0; i < op->n_sentences && !x->s->compact; i++) {
		paper_begin(p, 2, 2);
		paper_add_foreign(p, span_str(op->sentences[i]));
		paper_end(p);
	}
}

static void alarm_tx(const struct snapshot_foreign_tx *tx, struct paper *p)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(&tx->safe_tx_hash));
	paper_line(p, STYLE_BAD, 0, "! NOT IN THE LOG: a transaction of the Safe %s in block %llu",
		   tx->ok ? "ran" : "failed", (unsigned long long)tx->block);
	paper_line(p, STYLE_HASH, 2, "%s", buf_cstr(&b));
	buf_release(&b);
}

/* ---- a row ---- */

static void signed_words(const struct seen *x, const struct queue_row *r, struct paper *p)
{
	const struct queue *q = &x->m->queue;
	const bool enough = q->known && r->n_signatures >= q->threshold;
	if (q->known)
		paper_add(p, enough ? STYLE_GOOD : STYLE_TEXT, "%zu of %llu signed", r->n_signatures,
			  (unsigned long long)q->threshold);
	else
		paper_add(p, STYLE_TEXT, "%zu of ? signed", r->n_signatures);
}

static void countdown(const struct seen *x, const struct queue_row *r, struct paper *p)
{
	struct buf b = {0};
	const int64_t now = (int64_t)model_chain_time(x->m);
	if (r->timestamp <= 1)
		return;
	if ((int64_t)r->timestamp <= now)
		buf_str(&b, "operation ready");
	else
		when_relative(&b, (int64_t)r->timestamp, now);
	paper_add(p, STYLE_TEXT, "%s%s", (int64_t)r->timestamp <= now ? " · " : " · operation ready ",
		  buf_cstr(&b));
	if (!r->timestamp_known)
		paper_add(p, STYLE_DIM, " by the log");
	buf_release(&b);
}

/* The queue's word in a sentence; loose signatures wait for nothing. */
static void waits(const struct queue_row *r, struct paper *p)
{
	static const char *const all[][2] = {
		{ "propose", "being proposed" }, { "packet", "its packet" }, { "submit", "being sent" },
		{ "delay", "its delay" }, { "predecessor", "its predecessor" }, { "block", "its block" },
		{ "new nonce", "a new nonce" }, { "somebody", "somebody to look" },
	};
	const char *says = r->waits;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(r->waits, all[i][0]) == 0)
			says = all[i][1];
	if (strcmp(r->waits, "loose") == 0) {
		paper_add(p, STYLE_BAD, " · ! LOOSE");
		return;
	}
	paper_add(p, STYLE_TEXT, " · waits for ");
	paper_add(p, r->stale ? STYLE_BAD : STYLE_KEY, "%s", says);
}

/* One row on 80 columns; the title where there is room for it. */
static void compact(const struct seen *x, const struct queue_row *r, struct paper *p)
{
	struct buf b = {0};
	paper_begin(p, 0, 50);
	paper_add(p, STYLE_TITLE, "%s", r->change);
	paper_to(p, 8);
	paper_add(p, STYLE_TEXT, "%s", r->has_step ? step_name(r->step) : "draft");
	paper_to(p, 18);
	if (r->packed)
		paper_add(p, STYLE_TEXT, "nonce %llu", (unsigned long long)r->nonce);
	paper_to(p, 30);
	if (r->packed && x->m->queue.known)
		paper_add(p, STYLE_TEXT, "%zu/%llu", r->n_signatures, (unsigned long long)x->m->queue.threshold);
	else if (r->packed)
		paper_add(p, STYLE_TEXT, "%zu/?", r->n_signatures);
	paper_to(p, 36);
	if (r->timestamp > 1) {
		const int64_t now = (int64_t)model_chain_time(x->m);
		if ((int64_t)r->timestamp > now)
			when_relative(&b, (int64_t)r->timestamp, now);
		else
			buf_str(&b, "ready");
		paper_add(p, STYLE_TEXT, "%s%s", buf_cstr(&b), r->timestamp_known ? "" : " (log)");
	}
	paper_to(p, 50);
	paper_add(p, r->loose || r->stale ? STYLE_BAD : STYLE_KEY, "%s%s", r->loose || r->stale ? "! " : "", r->waits);
	if (r->nonce_twice)
		paper_add(p, STYLE_WARN, " ! nonce twice");
	if (r->duplicate_of != NULL)
		paper_add(p, STYLE_WARN, " ! as %s", r->duplicate_of);
	if (r->n_refused + r->n_declined > 0)
		paper_add(p, STYLE_WARN, " ! %zu said no", r->n_refused + r->n_declined);
	paper_to(p, 78);
	if (p->cols >= 100)
		paper_add_foreign(p, span_str(r->title));
	paper_end(p);
	buf_release(&b);
}

static void head(const struct seen *x, const struct queue_row *r, struct paper *p)
{
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TITLE, "%s", r->change);
	if (!r->has_step) {
		paper_add(p, STYLE_TEXT, " draft");
	} else if (!r->packed) {
		paper_add(p, STYLE_TEXT, " %s · no packet yet", step_name(r->step));
	} else {
		paper_add(p, STYLE_TEXT, " %s · nonce %llu · ", step_name(r->step), (unsigned long long)r->nonce);
		signed_words(x, r, p);
	}
	countdown(x, r, p);
	waits(r, p);
	paper_end(p);
}

static bool has_signed(const struct queue_row *r, const struct addr *owner)
{
	for (size_t i = 0; r->signers != NULL && i < r->n_signatures; i++)
		if (addr_eq(&r->signers[i], owner))
			return true;
	return false;
}

static void said_no(const struct queue_row *r, struct paper *p)
{
	paper_add(p, STYLE_WARN, " · !");
	if (r->n_refused > 0)
		paper_add(p, STYLE_WARN, " %zu refused", r->n_refused);
	if (r->n_declined > 0)
		paper_add(p, STYLE_WARN, "%s %zu declined", r->n_refused > 0 ? "," : "", r->n_declined);
}

/* Whose are missing, by the names of the profile. */
static void missing(const struct seen *x, const struct queue_row *r, struct paper *p)
{
	const struct deployment *d = &x->m->ws->deployment;
	size_t n = 0;
	if (!r->packed || r->signers == NULL || r->state == STEP_SUBMITTED ||
	    (x->m->queue.known && r->n_signatures >= x->m->queue.threshold))
		return;
	paper_begin(p, 2, 2);
	paper_add(p, STYLE_DIM, "not signed by ");
	for (size_t i = 0; i < d->n_people; i++)
		if (d->people[i].owner && !has_signed(r, &d->people[i].address)) {
			paper_add(p, STYLE_DIM, "%s", n++ > 0 ? ", " : "");
			paper_add_span(p, STYLE_LABEL, d->people[i].id);
		}
	if (r->n_refused + r->n_declined > 0)
		said_no(r, p);
	paper_end(p);
}

static void stands_out(const struct queue_row *r, struct paper *p)
{
	if (r->left_behind)
		paper_line(p, STYLE_BAD, 2, "! LOOSE: signatures left behind: anyone can use them until nonce %llu is "
			   "spent", (unsigned long long)r->nonce);
	else if (r->loose)
		paper_line(p, STYLE_BAD, 2, "! LOOSE: %sanyone with enough signatures can run it until nonce %llu is "
			   "spent", r->withdrawn ? "withdrawn, and " : "", (unsigned long long)r->nonce);
	if (r->stale)
		paper_line(p, STYLE_WARN, 2, "! STALE: the Safe has passed its nonce; it needs a new packet");
	if (r->nonce_twice)
		paper_line(p, STYLE_WARN, 2, "! NONCE HELD TWICE: only one of the steps at nonce %llu can ever run",
			   (unsigned long long)r->nonce);
	if (r->duplicate_of != NULL)
		paper_line(p, STYLE_WARN, 2, "! THE SAME AS %s: another change that waits makes the same calls",
			   r->duplicate_of);
	if (r->after != NULL)
		paper_line(p, STYLE_TEXT, 2, "only after %s", r->after);
}

static void row(const struct seen *x, size_t i, struct paper *p)
{
	const struct queue_row *r = &x->m->queue.row[i];
	const char *sentences = x->m->sentences != NULL ? x->m->sentences[i] : NULL;
	if (r->trouble != NULL) {
		paper_begin(p, 0, 2);
		paper_add(p, STYLE_TITLE, "%s ", r->change);
		paper_add(p, STYLE_BAD, "! cannot be read: ");
		paper_add_foreign(p, span_str(r->trouble));
		paper_end(p);
		return;
	}
	if (x->s->compact) {
		compact(x, r, p);
		return;
	}
	head(x, r, p);
	if (sentences != NULL)
		paper_span(p, STYLE_TEXT, 2, span_str(sentences));
	missing(x, r, p);
	stands_out(r, p);
	if ((r->packed || r->timestamp > 1) && !x->m->queue.known)
		paper_line(p, STYLE_DIM, 2, "the chain has not been asked: nonce and operation are the log's word");
}

static void item(const struct seen *x, size_t i, struct paper *p)
{
	const size_t alarms = model_alarms(x->m);
	const struct snapshot_operation *op;
	const struct snapshot_foreign_tx *tx;
	if (i >= alarms) {
		row(x, i - alarms, p);
		return;
	}
	model_alarm(x->m, i, &op, &tx);
	if (op != NULL)
		alarm_operation(x, op, p);
	else if (tx != NULL)
		alarm_tx(tx, p);
}

const struct view queue_view = {
	.count = count, .item = item, .empty = "Nothing waits. n composes a change, v shows those that are done.",
};
