/* What needs somebody's eyes, the worst first: each with its code, what it is, and what to do next. */
#include "src/base/text.h"
#include "tui/console/alerts.h"
#include "tui/console/view.h"
#include "src/base/when.h"
#include "tui/console/who.h"

static void head(struct paper *p, enum style style, const char *code)
{
	paper_begin(p, 0, 2);
	paper_add(p, style, "! %s", code);
	paper_add(p, STYLE_TEXT, ": ");
}

static void next(struct paper *p, const char *words)
{
	paper_begin(p, 2, 8);
	paper_add(p, STYLE_DIM, "next: ");
	paper_add(p, STYLE_TEXT, "%s", words);
	paper_end(p);
}

/* ---- what the log says of it ---- */

static void put_when(const struct seen *x, struct paper *p, struct unix_time when, struct span who)
{
	struct buf b = {0};
	when_format(&b, when.ms / 1000, x->m->now.ms / 1000);
	paper_add(p, STYLE_TEXT, "%s by ", buf_cstr(&b));
	paper_add_foreign(p, who);
	buf_release(&b);
}

static void put_ack(const struct seen *x, const struct alert_ack *ack, bool holds, struct paper *p)
{
	struct buf b = {0};
	paper_begin(p, 2, 4);
	paper_add(p, holds ? STYLE_GOOD : STYLE_DIM, "acknowledged ");
	put_when(x, p, ack->time, ack->by);
	paper_add(p, STYLE_DIM, " (");
	paper_add_foreign(p, ack->auth);
	paper_add(p, STYLE_DIM, ")");
	paper_add(p, STYLE_TEXT, ": ");
	paper_add_foreign(p, ack->note);
	if (ack->ticket.n > 0) {
		paper_add(p, STYLE_TEXT, "; ticket ");
		paper_add_foreign(p, ack->ticket);
	}
	if (ack->lapses) {
		when_format(&b, (int64_t)ack->until, x->m->now.ms / 1000);
		paper_add(p, STYLE_TEXT, "; until %s", buf_cstr(&b));
	}
	paper_end(p);
	buf_release(&b);
}

static void put_logged(const struct seen *x, const struct logged_alert *l, struct paper *p)
{
	const struct alert_ack *holds = alert_acknowledged(l, x->m->now);
	paper_begin(p, 2, 4);
	paper_add_safe(p, STYLE_TITLE, l->id);
	paper_add(p, STYLE_TEXT, " in the log: raised ");
	put_when(x, p, l->time, l->by);
	paper_add(p, STYLE_TEXT, ", line %llu", (unsigned long long)l->seq);
	if (holds == NULL)
		paper_add(p, STYLE_BAD, l->n_acks > 0 ? "; its acknowledgement has lapsed" : "; not acknowledged");
	paper_end(p);
	for (size_t i = 0; i < l->n_acks; i++)
		put_ack(x, &l->acks[i], &l->acks[i] == holds, p);
	if (!l->cleared)
		return;
	paper_begin(p, 2, 4);
	paper_add(p, STYLE_GOOD, "cleared ");
	put_when(x, p, l->cleared_at, l->cleared_by);
	paper_add(p, STYLE_TEXT, ": not there any more in block %llu", (unsigned long long)l->cleared_in.block);
	paper_end(p);
}

/* Of what the look found: whether the log has it, and what to press. */
static void in_the_log(const struct seen *x, const struct alert *a, struct paper *p)
{
	if (a->finding == NULL)
		return;
	if (a->logged != NULL)
		put_logged(x, a->logged, p);
	else
		paper_line(p, STYLE_WARN, 2, "not in the log: W writes it there");
}

static void logged(const struct seen *x, const struct logged_alert *l, struct paper *p)
{
	paper_begin(p, 0, 2);
	paper_add(p, l->cleared ? STYLE_WARN : STYLE_BAD, "! ");
	paper_add_safe(p, l->cleared ? STYLE_WARN : STYLE_BAD, l->finding.code);
	paper_add(p, STYLE_TEXT, ": ");
	paper_add_foreign(p, l->finding.words);
	paper_end(p);
	put_logged(x, l, p);
	next(p, l->cleared ? "A says that you have seen it, and what came of it" :
	     "it is not among what was seen last, and no look has cleared it: u looks again, W writes down what is "
	     "found");
}

/* ---- what the log does not know ---- */

static void operation_found(const struct snapshot_operation *op, struct paper *p)
{
	struct buf b = {0};
	who_hash(p, 2, "operation", &op->id);
	if (!op->known_block) {
		paper_line(p, STYLE_WARN, 2, "its event was not found: calls, predecessor and salt are not known");
		return;
	}
	paper_line(p, STYLE_TEXT, 2, "scheduled in block %llu by the transaction", (unsigned long long)op->block);
	buf_0xhex(&b, SPAN_HASH(&op->tx));
	paper_line(p, STYLE_HASH, 4, "%s", buf_cstr(&b));
	buf_clear(&b);
	when_span(&b, op->delay);
	paper_line(p, STYLE_TEXT, 2, "delay %s", buf_cstr(&b));
	if (hash32_is_zero(&op->predecessor))
		paper_line(p, STYLE_TEXT, 2, "no predecessor");
	else
		who_hash(p, 2, "predecessor", &op->predecessor);
	who_hash(p, 2, "salt", &op->salt);
	paper_line(p, STYLE_DIM, 2, op->n_sentences == 1 ? "its call" : "its %zu calls, in order", op->n_sentences);
	for (size_t i = 0; i < op->n_sentences; i++) {
		paper_begin(p, 4, 6);
		paper_add_foreign(p, span_str(op->sentences[i]));
		paper_end(p);
	}
	buf_release(&b);
}

static void unknown_operation(const struct seen *x, const struct snapshot_operation *op, struct paper *p)
{
	struct buf b = {0};
	head(p, STYLE_BAD, "UNKNOWN-OPERATION");
	paper_add(p, STYLE_TEXT, "the timelock %s an operation that the log does not know",
		  op->timestamp == 1 ? "has run" : "holds");
	if (op->timestamp > 1) {
		when_format(&b, (int64_t)op->timestamp, (int64_t)model_chain_time(x->m));
		paper_add(p, STYLE_BAD, ", ready %s", buf_cstr(&b));
	}
	paper_end(p);
	operation_found(op, p);
	next(p, "call the owners: whoever may propose made it. If nobody answers for it:");
	if (op->timestamp > 1)
		paper_line(p, STYLE_TEXT, 8, "n composes timelock.cancel, whose argument is this id; it has to run "
			   "before the operation is ready");
	else
		paper_line(p, STYLE_TEXT, 8, "it has run and cannot be cancelled: d shows what the chain says now, n "
			   "composes a change that puts it right");
	buf_release(&b);
}

static void unknown_tx(const struct snapshot_foreign_tx *tx, struct paper *p)
{
	head(p, STYLE_BAD, "UNKNOWN-TX");
	paper_add(p, STYLE_TEXT, "the Safe ran a transaction that the log does not know, in block %llu%s",
		  (unsigned long long)tx->block, tx->ok ? "" : "; it failed, and its nonce is spent");
	paper_end(p);
	who_hash(p, 2, "safeTxHash", &tx->safe_tx_hash);
	who_hash(p, 2, "transaction", &tx->tx);
	next(p, alerts_next(&(struct snapshot_finding){ .code = span_str("UNKNOWN-TX") }));
}

/* ---- what is not as the profile has it ---- */

static void finding(const struct snapshot_finding *f, struct paper *p)
{
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_BAD, "! ");
	paper_add_safe(p, STYLE_BAD, f->code);
	paper_add(p, STYLE_TEXT, ": ");
	paper_add_safe(p, STYLE_TEXT, f->words);
	paper_end(p);
	paper_begin(p, 2, 8);
	paper_add(p, STYLE_DIM, "next: ");
	paper_add(p, STYLE_TEXT, "%s. d shows the profile beside the chain", alerts_next(f));
	paper_end(p);
}

/* ---- what is not as it should be in the queue ---- */

static void loose(const struct queue_row *r, struct paper *p)
{
	head(p, STYLE_BAD, "LOOSE");
	paper_add(p, STYLE_TITLE, "%s", r->change);
	paper_add(p, STYLE_TEXT, " %s: %zu signature%s for nonce %llu", step_name(r->step), r->n_signatures,
		  r->n_signatures == 1 ? "" : "s", (unsigned long long)r->nonce);
	paper_add(p, STYLE_TEXT, r->left_behind ? ", which the step has given up" :
		  r->withdrawn ? " of a change that was withdrawn" : " that nobody waits for");
	paper_add(p, STYLE_TEXT, ": whoever has enough of them can run it until that nonce is spent");
	paper_end(p);
	who_hash(p, 2, "safeTxHash", &r->safe_tx_hash);
	next(p, "Enter opens the change; R, on its signatures (s), drafts a rejection that spends the nonce");
}

static void row(const struct alert *a, struct paper *p)
{
	const struct queue_row *r = a->row;
	if (a->kind == ALERT_LOOSE) {
		loose(r, p);
		return;
	}
	head(p, a->kind == ALERT_UNREADABLE ? STYLE_BAD : STYLE_WARN,
	     a->kind == ALERT_UNREADABLE ? "UNREADABLE" : a->kind == ALERT_TWICE ? "NONCE-TWICE" :
	     a->kind == ALERT_DUPLICATE ? "DUPLICATE" : "STALE");
	paper_add(p, STYLE_TITLE, "%s", r->change);
	if (a->kind == ALERT_UNREADABLE) {
		paper_add(p, STYLE_TEXT, " cannot be read from the log: ");
		paper_add_foreign(p, span_str(r->trouble));
	} else if (a->kind == ALERT_TWICE) {
		paper_add(p, STYLE_TEXT, " %s is not the only step at nonce %llu: just one of them can ever run",
			  step_name(r->step), (unsigned long long)r->nonce);
	} else if (a->kind == ALERT_DUPLICATE) {
		paper_add(p, STYLE_TEXT, " makes the same calls as ");
		paper_add(p, STYLE_TITLE, "%s", r->duplicate_of);
		paper_add(p, STYLE_TEXT, ", which waits too");
	} else {
		paper_add(p, STYLE_TEXT, " %s was signed for nonce %llu, which the Safe has passed",
			  step_name(r->step), (unsigned long long)r->nonce);
	}
	paper_end(p);
	next(p, a->kind == ALERT_UNREADABLE ? "Enter opens the change; :log verify recomputes the whole log" :
	     a->kind == ALERT_TWICE ?
	     "Enter opens the change; f, on its signatures (s), packs it anew at a free nonce" :
	     a->kind == ALERT_DUPLICATE ? "Enter opens the change; w withdraws it when it is one too many" :
	     "Enter opens the change; f, on its signatures (s), packs it anew; it has to be signed again");
}

/* ---- what is not known ---- */

static void not_watched(const struct seen *x, struct paper *p)
{
	head(p, STYLE_WARN, "EVENTS");
	paper_add(p, STYLE_TEXT, "NOT WATCHED: the events of Safe and timelock could not be read, so that operations "
		  "and transactions which the log does not know would not be seen");
	paper_end(p);
	if (x->m->snapshot.events_trouble.n > 0) {
		paper_begin(p, 2, 4);
		paper_add_foreign(p, x->m->snapshot.events_trouble);
		paper_end(p);
	}
	next(p, "u looks again; when it stays, ask whoever runs the node, or name another endpoint in deployment.json");
}

static void no_chain(const struct seen *x, struct paper *p)
{
	const struct model *m = x->m;
	struct buf b = {0};
	const char *code = m->offline ? "OFFLINE" : m->asking == ASK_RUNNING ? "ASKING" : "CHAIN";
	head(p, STYLE_WARN, code);
	paper_add(p, STYLE_TEXT, "the chain %s", m->offline ? "is not asked" : m->asking == ASK_RUNNING ?
		  "is being asked" : "did not answer");
	if (m->snapshot.online) {
		when_format(&b, m->snapshot.taken.ms / 1000, m->now.ms / 1000);
		paper_add(p, STYLE_TEXT, "; what is shown was seen %s", buf_cstr(&b));
	} else {
		paper_add(p, STYLE_TEXT, ": owners, roles, contracts, nonces, and operations that the log does not "
			  "know cannot be told from here; what is above comes from the log alone");
	}
	paper_end(p);
	if (m->ask_trouble != NULL && !m->offline)
		paper_line(p, STYLE_TEXT, 2, "%s", m->ask_trouble);
	next(p, m->offline ? "o begins to ask again" : "u asks now; d shows how each endpoint is");
	buf_release(&b);
}

static void log_warning(const struct seen *x, struct paper *p)
{
	head(p, STYLE_BAD, "LOG");
	paper_add(p, STYLE_TEXT, "this is not the log that this machine remembers: ");
	paper_add_foreign(p, span_str(x->m->ws->warning));
	paper_end(p);
	next(p, "write nothing into it. Ask whoever keeps the log where this copy comes from; :log verify recomputes "
	     "it");
}

static void endpoint(const struct snapshot_endpoint *e, struct paper *p)
{
	head(p, STYLE_WARN, "ENDPOINT");
	paper_add_safe(p, STYLE_LABEL, e->name);
	paper_add(p, STYLE_TEXT, " is of no use: ");
	paper_add_foreign(p, e->words);
	paper_end(p);
	next(p, "u looks again; when it stays, ask whoever runs the node, or take it out of deployment.json");
}

/* ---- the list ---- */

static size_t count(const struct seen *x)
{
	return alerts_count(x->m) + 1;
}

/* What stands below all alerts. */
static void last(const struct seen *x, size_t alerts, struct paper *p)
{
	if (x->m->logged.trouble != NULL)
		paper_line(p, STYLE_BAD, 0, "the log's alerts cannot be read: %s", x->m->logged.trouble);
	if (alerts == 0)
		paper_line(p, STYLE_GOOD, 0, "✓ nothing stands out, as far as was looked");
	paper_line(p, STYLE_DIM, 0, "not watched yet: a watch that runs by itself comes later. This is what the "
		   "console sees while it is open, and what was written into the log");
}

static void item(const struct seen *x, size_t i, struct paper *p)
{
	struct alert a;
	if (!alerts_at(x->m, i, &a)) {
		last(x, i, p);
		return;
	}
	switch (a.kind) {
	case ALERT_LOG: log_warning(x, p); break;
	case ALERT_OPERATION: unknown_operation(x, a.op, p); break;
	case ALERT_TX: unknown_tx(a.tx, p); break;
	case ALERT_FINDING: finding(a.finding, p); break;
	case ALERT_LOGGED: logged(x, a.logged, p); break;
	case ALERT_UNREADABLE:
	case ALERT_LOOSE:
	case ALERT_TWICE:
	case ALERT_DUPLICATE:
	case ALERT_STALE: row(&a, p); break;
	case ALERT_ENDPOINT: endpoint(a.endpoint, p); break;
	case ALERT_EVENTS: not_watched(x, p); break;
	case ALERT_CHAIN: no_chain(x, p); break;
	}
	in_the_log(x, &a, p);
	paper_blank(p);
}

const struct view alerts_view = { .count = count, .item = item };
