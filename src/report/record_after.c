/* The change record: files, the review afterwards, where the log can be checked from, and its lines. */
#include "src/report/record.h"

#include "audit-log/cosignatures.h"
#include "src/base/text.h"
#include "src/report/emergency.h"
#include "src/report/said.h"

/* ---- files, review, anchors ------------------------------------------------------------------------------------- */

void record_test_evidence(struct record *x)
{
	static const char *const columns[] = { "name", "sha256", "kept" };
	const struct json *list = story_words(&x->s)->attachments;
	struct rows t = ROWS_BEGIN(x->a, x->r, "test_evidence", "Test evidence and other files", columns);
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		struct hash32 digest;
		struct buf bytes = {0};
		if (!json_get_bare_hash(v, "sha256", &digest, NULL))
			continue;
		rows_next(&t);
		rows_put(&t, "name", record_text(v, "name"));
		rows_bare(&t, "sha256", &digest);
		rows_str(&t, "kept", log_blob(x->src->ws->log, &digest, &bytes, NULL, NULL) ? "in the log"
											  : "not in this log");
		rows_rest_on(&t, record_words_seq(&x->s));
		buf_release(&bytes);
	}
}

/* Who declared it and why, what it was let off, for what alone and until when. */
static void declared(struct record *x, struct rows *t)
{
	const struct story *s = &x->s;
	const uint64_t seq = s->drafted.known ? s->drafted.seq : record_words_seq(s);
	struct waived w;
	struct buf scope = {0};
	if (!s->emergency) {
		record_fact(t, "declared_by", span_str("nobody: it is no emergency"), record_words_seq(s));
		return;
	}
	emergency_waived(&w, x->a, x->src, s);
	emergency_scope(&scope, s);
	record_fact(t, "declared_by", s->requester, seq);
	rows_fact_who(t, "declarer", x->src, s->requester, seq);
	record_fact(t, "declared_at", span_str(""), seq);
	if (s->drafted.known)
		rows_time(t, "value", s->drafted.time);
	record_fact(t, "declared_reason", story_words(s)->reason, record_words_seq(s));
	record_fact(t, "bypassed_rule", buf_view(&w.rules), s->judged != NULL ? s->judged->seq : seq);
	rows_mark(t, w.any ? REPORT_LOOK : REPORT_PLAIN);
	record_fact(t, "scope", buf_view(&scope), record_words_seq(s));
	record_fact(t, "expires_at", buf_view(&w.expires), s->judged != NULL ? s->judged->seq : seq);
	waived_release(&w);
	buf_release(&scope);
}

static void reviewed(struct record *x, struct rows *t)
{
	const struct line *l = x->s.review;
	const bool own = span_eq(l->actor, x->s.requester) || span_eq(l->actor, x->s.proposer);
	record_fact(t, "reviewed_by", l->actor, l->seq);
	rows_mark(t, own ? REPORT_FINDING : REPORT_AS_IT_SHOULD);
	rows_fact_who(t, "reviewer", x->src, l->actor, l->seq);
	record_fact(t, "reviewed_at", span_str(""), l->seq);
	rows_time(t, "value", l->time);
	record_fact(t, "review_outcome", line_text(l, "outcome"), l->seq);
	record_fact(t, "review_note", line_text(l, "note"), l->seq);
}

void record_post_review(struct record *x)
{
	const struct story *s = &x->s;
	struct rows t = rows_begin_facts(x->a, x->r, "post_review", "Emergency, and the review afterwards");
	declared(x, &t);
	if (s->emergency) {
		record_fact(&t, "review_due_at", span_str("not yet: it is neither executed nor cancelled"),
			    s->executed.known ? s->executed.seq : s->cancelled.known ? s->cancelled.seq
			    : record_words_seq(s));
		if (s->review_due_known)
			rows_time(&t, "value", s->review_due);
	}
	if (s->review != NULL)
		reviewed(x, &t);
	else
		record_fact(&t, "reviewed_by", span_str(s->emergency ? "nobody yet"
							: "nobody; only an emergency needs it"), record_words_seq(s));
	if (s->review_due_known)
		record_result(&t, "overdue", s->overdue ? "yes" : "no",
			      s->overdue ? REPORT_FINDING : REPORT_AS_IT_SHOULD,
			      s->review != NULL ? s->review->seq : record_words_seq(s));
}

/* The operation's salt is the root over the lines up to the proposal: a block that has it vouches for them. */
static void anchor(struct record *x, struct rows *t)
{
	const struct story *s = &x->s;
	const struct line *l = s->steps[STEP_SCHEDULE].receipt;
	if (!s->c.proposed || story_words(s)->route != ROUTE_TIMELOCK || l == NULL ||
	    !line_kind_is(l, "step.mined") || s->c.size > l->seq)
		return;
	rows_fact(t, "anchor_tx", line_text(l, "txHash"));
	rows_rest_on(t, l->seq);
	rows_fact_fmt(t, "anchor_block", "%llu", (unsigned long long)s->c.steps[STEP_SCHEDULE].block);
	rows_rest_on(t, l->seq);
	rows_fact(t, "anchor_root", span_str(""));
	rows_bare(t, "value", &s->c.root);
	rows_rest_on(t, s->c.size);           /* operation.planned, right after the proposal */
	rows_fact_fmt(t, "anchor_size", "%llu", (unsigned long long)s->c.size);
	rows_rest_on(t, s->c.size);
}

void record_anchoring(struct record *x)
{
	const struct story *s = &x->s;
	struct log_cosignatures all;
	struct err why = {0};
	struct rows t = rows_begin_facts(x->a, x->r, "anchoring", "Where the log can be checked from");
	t.s->text = "The checkpoint over these lines is with the evidence. The salt of the operation is the log's root "
		    "over the first anchor_size lines, so that block vouches for them.";
	anchor(x, &t);
	if (!log_cosignatures(x->src->ws->log, x->a, &all, &why)) {
		rows_fact_fmt(&t, "cosigned_by", "cannot be read: %s", text_safe_err(x->a, &why));
		rows_mark(&t, REPORT_FINDING);
		err_clear(&why);
		return;
	}
	for (size_t i = 0; i < all.n; i++) {
		if (all.v[i].head.size <= record_words_seq(s))
			continue;
		rows_fact_fmt(&t, "cosigned_by", "%s %.*s over %llu lines", all.v[i].witness ? "witness" : "owner",
			      text_shown(all.v[i].key), (const char *)all.v[i].key.p,
			      (unsigned long long)all.v[i].head.size);
		rows_rest_on(&t, all.v[i].seq);
	}
}

void record_history(struct record *x)
{
	static const char *const columns[] = { "seq", "time", "action", "what", "actor_id", "actor", "auth_method",
		"entry_id", "prev" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "history", "Every line of the log about it", columns);
	for (size_t i = 0; i < x->s.n; i++) {
		const struct line *l = &x->s.lines[i];
		struct buf id = {0}, what = {0};
		buf_hex(&id, span_of(l->id, sizeof(l->id)));
		rows_next(&t);
		rows_u64(&t, "seq", l->seq);
		rows_put(&t, "entry_id", buf_view(&id));
		rows_time(&t, "time", l->time);
		rows_put(&t, "action", l->kind);
		said_line(&what, l);
		rows_put(&t, "what", buf_view(&what));
		rows_put(&t, "actor_id", l->actor);
		rows_who(&t, "actor", x->src, l->actor, l->seq);
		rows_put(&t, "auth_method", l->auth);
		rows_bare(&t, "prev", &l->prev);
		rows_rest_on(&t, l->seq);
		buf_release(&id);
		buf_release(&what);
	}
}
