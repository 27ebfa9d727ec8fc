#include "src/cli/anchors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/alerts.h"
#include "audit-log/workspace.h"
#include "src/base/frame.h"
#include "src/cli/chain_events.h"
#include "src/gov/event.h"

#define LOOK_MS 10000                 /* a node that is silent is said to be, and is not waited for */

struct planned {
	struct hash32 operation, salt;
	uint64_t seq, size;
	const char *change;
	bool scheduled;               /* the log says that this step was mined */
	uint64_t block;               /* in this block */
	bool seen;                    /* on chain */
};

struct planning {
	struct arena *a;
	struct planned *v;
	size_t n, cap;
	struct alert_log alerts;
};

static struct planned *add(struct planning *p)
{
	if (p->n == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 64;
		p->v = reallocarray(p->v, p->cap, sizeof(*p->v));
		if (p->v == NULL)
			die("out of memory");
	}
	return &p->v[p->n++];
}

static bool take_planned(struct planning *p, const struct line *l, struct err *e)
{
	struct planned *one = add(p);
	*one = (struct planned){ .seq = l->seq, .change = arena_str(p->a, l->change) };
	return json_get_hash(l->body, "operation", &one->operation, e) &&
	       json_get_hash(l->body, "salt", &one->salt, e) && json_get_u64(l->body, "size", &one->size, e);
}

static void take_mined(struct planning *p, const struct line *l)
{
	struct span step;
	if (!json_get_str(l->body, "step", &step, NULL) || !span_is(step, "schedule"))
		return;
	for (size_t i = p->n; i > 0; i--)
		if (span_is(l->change, p->v[i - 1].change)) {
			p->v[i - 1].scheduled = json_get_u64(l->body, "block", &p->v[i - 1].block, NULL);
			return;
		}
}

static bool take_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct planning *p = ctx;
	struct arena a = {0};
	struct line l;
	bool ok = true;
	(void)seq;
	(void)leaf;
	ok = line_parse(&a, &l, raw, e);
	if (ok && line_kind_is(&l, "operation.planned"))
		ok = take_planned(p, &l, e);
	else if (ok)
		take_mined(p, &l);
	arena_release(&a);
	return ok;
}

static int by_operation(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;
	return memcmp(x->operation.b, y->operation.b, sizeof(x->operation.b));
}

static const char *hex_of(struct arena *a, const struct hash32 *id)
{
	struct buf hex = {0};
	buf_0xhex(&hex, SPAN_HASH(id));
	const char *s = arena_str(a, buf_view(&hex));
	buf_release(&hex);
	return s;
}

static void find(struct anchors *out, uint64_t seq, const char *text)
{
	out->findings[out->n_findings++] = (struct anchors_finding){ seq, text };
}

static bool went_with_a_hole(const struct log_holes *holes, const struct event_operation *op)
{
	for (size_t i = 0; i < holes->n; i++)
		for (size_t k = 0; k < holes->v[i].n_anchors; k++)
			if (hash32_eq(&holes->v[i].anchors[k].operation, &op->id) &&
			    hash32_eq(&holes->v[i].anchors[k].salt, &op->operation.salt))
				return true;
	return false;
}

/* That somebody saw it explains nothing: a log that lost its end finds its own operations strange, too. */
static const char *alert_about(struct arena *a, const struct planning *p, const char *operation)
{
	const size_t n = strlen(operation);
	for (size_t i = p->alerts.n; i > 0; i--) {
		const struct logged_alert *x = &p->alerts.v[i - 1];
		if (span_is(x->finding.code, "UNKNOWN-OPERATION") && x->finding.subject.n >= n &&
		    memcmp(x->finding.subject.p, operation, n) == 0)
			return arena_fmt(a, "; the log's alert %s is about it", arena_str(a, x->id));
	}
	return " (setgov alerts look)";
}

static void judge_operation(struct anchors *out, struct arena *a, struct planning *p, const struct log_holes *holes,
			    const struct event_operation *op)
{
	const struct planned key = { .operation = op->id };
	struct planned *line = p->n > 0 ? bsearch(&key, p->v, p->n, sizeof(key), by_operation) : NULL;
	if (line == NULL && hash32_is_zero(&op->operation.salt)) {
		out->n_foreign++;
	} else if (line == NULL && went_with_a_hole(holes, op)) {
		out->n_lost_before++;
	} else if (line == NULL) {
		out->lost[out->n_lost++] = (struct lost_anchor){ op->id, op->operation.salt, op->block };
		find(out, UINT64_MAX,
		     arena_fmt(a, "operation %s was scheduled in block %" PRIu64 " with a salt, and no line planned "
			       "it: it is another log's, this one has lost its end, or somebody scheduled it past the "
			       "log%s",
			       hex_of(a, &op->id), op->block, alert_about(a, p, hex_of(a, &op->id))));
	} else if (!hash32_eq(&line->salt, &op->operation.salt)) {
		find(out, line->seq,
		     arena_fmt(a, "operation %s, scheduled in block %" PRIu64 ", has another salt on chain",
			       hex_of(a, &op->id), op->block));
	} else {
		line->seen = true;
		out->n_explained++;
		if (!out->vouched || line->size > out->newest.size) {
			out->vouched = true;
			out->newest.block = op->block;
			out->newest.size = line->size;
			out->newest.change = line->change;
			out->newest.operation = op->id;
			out->newest.tx = op->tx;
		}
	}
}

static void judge_planned(struct anchors *out, struct arena *a, const struct planned *line, const struct deployment *d)
{
	if (!line->scheduled || line->seen)
		return;
	if (line->block < d->first_block) {
		out->n_before++;
		return;
	}
	find(out, line->seq,
	     arena_fmt(a, "operation %s was scheduled, says the log; up to block %" PRIu64
		       " the chain does not know it", hex_of(a, &line->operation), out->pin.number));
}

static bool check(struct anchors *out, struct arena *a, struct log *l, struct chain *c, const struct deployment *d,
		  struct err *e)
{
	static const char *const kinds[] = { "operation.planned", "step.mined" };
	struct planning p = { .a = a };
	struct events_told told;
	struct log_holes holes;
	*out = (struct anchors){ .pin = c->pin };
	const bool ok = log_each_of_kinds(l, kinds, ARRAY_LEN(kinds), take_line, &p, e) &&
			log_holes(l, a, &holes, e) &&
			chain_events(c, a, d, d->first_block, c->pin.number, &told, e);
	if (ok) {
		if (!alerts_all(l, a, &p.alerts, NULL))
			p.alerts = (struct alert_log){0};      /* log verify finds the line */
		if (p.n > 1)
			qsort(p.v, p.n, sizeof(*p.v), by_operation);
		out->findings = ARENA_ARRAY(a, struct anchors_finding, told.n_operations + p.n + 1);
		out->lost = ARENA_ARRAY(a, struct lost_anchor, told.n_operations + 1);
		out->n_operations = told.n_operations;
		for (size_t i = 0; i < told.n_operations; i++)
			judge_operation(out, a, &p, &holes, &told.operations[i]);
		for (size_t i = 0; i < p.n; i++)
			judge_planned(out, a, &p.v[i], d);
	}
	free(p.v);
	return ok;
}

/* ---- of a workspace ---- */

static bool read_profile(struct arena *a, struct deployment *d, const char *dir, const char *rpc, struct err *e)
{
	const char *path = arena_fmt(a, "%s/deployment.json", dir);
	struct endpoint *one = ARENA_NEW(a, struct endpoint);
	struct span text;
	if (!workspace_profile(a, &text, path, e) || !deployment_parse(a, d, text, e))
		return false;
	if (rpc != NULL) {
		*one = (struct endpoint){ span_str("rpc"), span_str(rpc) };
		d->endpoints = one;
		d->n_endpoints = 1;
	}
	return d->n_endpoints > 0 || err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no node to ask: --rpc URL names one");
}

bool anchors_look(struct anchors *out, struct arena *a, const char *dir, const char *rpc, uint64_t *size,
		  struct err *e)
{
	const struct chain_patience patience = { frame_clock_ms() + LOOK_MS, LOOK_MS / 2, 1 };
	struct log *l = log_open(dir, LOG_READ, NULL, e);
	struct deployment d;
	struct chain c = {0};
	const bool ok = l != NULL && read_profile(a, &d, dir, rpc, e) &&
			chain_open_within(&c, d.endpoints, d.n_endpoints, d.chain_id, &d.genesis, &patience, e) &&
			check(out, a, l, &c, &d, e);
	*size = l != NULL ? log_size(l) : 0;
	chain_release(&c);
	log_release(l);
	return ok;
}
