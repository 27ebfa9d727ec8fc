#include "src/report/deployment_of.h"

#include <inttypes.h>
#include <string.h>

#include "audit-log/accounted.h"
#include "src/evm/address.h"

#define CLOCKS_APART INT64_C(3600000)   /* ms: a block's time and a console's clock are this near to each other */

/* ---- causes ----------------------------------------------------------------------------------------------------- */

static bool line_of_cause(struct evidence_of *x, const struct hash32 *id, struct deployment_cause *out, struct err *e)
{
	struct accounted by;
	if (!accounted_for(x->src->ws->log, x->src->ws->views, x->a, id, &by, e))
		return false;
	if (by.change.n > 0)
		*out = (struct deployment_cause){ by.change, by.seq };
	return true;
}

static bool read_beginning(struct evidence_of *x, struct err *e)
{
	static const char *const kinds[] = { "step.mined" };
	struct seqs mined;
	struct line l;
	x->begun_block = UINT64_MAX;
	if (!log_line_read(x->src->ws->log, x->a, 0, &l, e))
		return false;
	x->begun = l.time;
	if (!log_seqs_of_kinds(x->src->ws->log, x->a, kinds, ARRAY_LEN(kinds), &mined, e))
		return false;
	if (mined.n > 0 && !log_line_read(x->src->ws->log, x->a, mined.seq[0], &l, e))
		return false;
	if (mined.n > 0 && !json_get_u64(l.body, "block", &x->begun_block, NULL))
		x->begun_block = UINT64_MAX;
	return true;
}

bool deployment_causes(struct evidence_of *x, struct err *e)
{
	x->causes = ARENA_ARRAY(x->a, struct deployment_cause, x->g->n_events + 1);
	if (!read_beginning(x, e))
		return false;
	const struct custody_event **within = custody_within(x->a, &x->d->safe, &x->d->timelock, x->g->events,
							    x->g->n_events);
	for (size_t i = 0; i < x->g->n_events; i++)
		if (!custody_is_execution(&x->g->events[i]) && within[i] != NULL &&
		    within[i]->kind != CUSTODY_MODULE_RAN && !line_of_cause(x, &within[i]->id, &x->causes[i], e))
			return false;
	return true;
}

static const struct deployment_cause *cause_of(const struct evidence_of *x, const struct custody_event *v)
{
	return &x->causes[v - x->g->events];
}

bool deployment_unlogged(const struct evidence_of *x, const struct custody_event *v)
{
	if (cause_of(x, v)->change.n > 0)
		return false;
	return v->block > x->begun_block ||
	       (v->has_time && v->block_time < INT64_MAX / 1000 &&
		(int64_t)v->block_time * 1000 > x->begun.ms + CLOCKS_APART);
}

/* ---- findings --------------------------------------------------------------------------------------------------- */

void deployment_found(struct evidence_of *x, const char *code, const char *fmt, ...)
{
	struct deployment_finding *f = ARENA_NEW(x->a, struct deployment_finding);
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	*f = (struct deployment_finding){ code, arena_str(x->a, buf_view(&b)), NULL };
	buf_release(&b);
	if (x->last != NULL)
		x->last->next = f;
	else
		x->first = f;
	x->last = f;
}

bool deployment_has_finding(const struct evidence_of *x, const char *code)
{
	for (size_t i = 0; x->k != NULL && i < x->k->n_findings; i++)
		if (span_is(x->k->findings[i].code, code))
			return true;
	for (const struct deployment_finding *f = x->first; f != NULL; f = f->next)
		if (strcmp(f->code, code) == 0)
			return true;
	return false;
}

void deployment_judge(const struct evidence_of *x, struct rows *t, const char *code)
{
	if (x->k != NULL)
		rows_mark(t, deployment_has_finding(x, code) ? REPORT_FINDING : REPORT_AS_IT_SHOULD);
	else
		rows_mark(t, REPORT_LOOK);
}

/* ---- finding things --------------------------------------------------------------------------------------------- */

const char *deployment_named(const struct evidence_of *x, const struct addr *at)
{
	const char *label = deployment_label(x->a, x->d, at);
	struct buf b = {0};
	if (addr_is_zero(at))
		return "none";
	addr_format(&b, at);
	if (label != NULL)
		buf_fmt(&b, " (%s)", label);
	const char *out = arena_str(x->a, buf_view(&b));
	buf_release(&b);
	return out;
}

const struct governance_code *deployment_code(const struct evidence_of *x, const struct addr *at)
{
	for (size_t i = 0; i < x->g->n_codes; i++)
		if (addr_eq(&x->g->codes[i].at, at))
			return &x->g->codes[i];
	return NULL;
}

bool deployment_on_safe(const struct evidence_of *x, const struct addr *at)
{
	for (size_t i = 0; x->k != NULL && i < x->k->n_owners; i++)
		if (addr_eq(&x->k->owners[i], at))
			return true;
	return false;
}

struct hash32 deployment_key(const struct addr *at)
{
	struct hash32 key = {{0}};
	memcpy(key.b + 12, at->b, sizeof(at->b));
	return key;
}

const struct hash32 *deployment_word(const struct evidence_of *x, const struct addr *at, const char *getter,
				     const struct hash32 *keys)
{
	struct hash32 slot;
	if (!x->g->proofs_known || !slot_behind(&slot, &x->src->ws->pin, at, getter, keys))
		return NULL;
	return proven_word(&x->g->proven, at, &slot);
}

const struct trie_account *deployment_account(const struct evidence_of *x, const struct addr *at)
{
	for (size_t i = 0; x->g->proofs_known && i < x->g->proven.n_accounts; i++)
		if (addr_eq(&x->g->proven.accounts[i].at, at))
			return &x->g->proven.accounts[i].account;
	return NULL;
}

/* ---- since when, and how it is proven --------------------------------------------------------------------------- */

void put_since(const struct evidence_of *x, struct rows *t, const struct custody_event *v)
{
	if (v == NULL) {
		rows_str(t, "set_by", x->g->known ? "no event since the profile's first block" : x->g->trouble);
		return;
	}
	rows_str(t, "set_by", custody_name(v->kind));
	put_event(x, t, v);
}

void put_event(const struct evidence_of *x, struct rows *t, const struct custody_event *v)
{
	const struct deployment_cause *cause = cause_of(x, v);
	rows_0x(t, "tx_hash", &v->tx);
	rows_u64(t, "block_number", v->block);
	if (v->has_time)
		rows_seconds(t, "block_time", v->block_time);
	rows_0x(t, "block_hash", &v->block_hash);
	rows_u64(t, "log_index", v->index);
	if (cause->change.n == 0) {
		rows_str(t, "change", "not by a change of this log");
		return;
	}
	rows_put(t, "change", cause->change);
	rows_rest_on(t, cause->seq);
}

/* Its place among all that was proven; 0: it is not there. */
static size_t number_of(const struct evidence_of *x, const struct addr *at, const struct hash32 *slot)
{
	for (size_t i = 0; i < x->g->proven.n; i++)
		if (addr_eq(&x->g->proven.words[i].at, at) && hash32_eq(&x->g->proven.words[i].slot, slot))
			return i + 1;
	return 0;
}

void put_proof(const struct evidence_of *x, struct rows *t, const struct addr *at, const char *getter,
	       const struct hash32 *keys)
{
	struct hash32 slot;
	size_t n = 0;
	if (!x->g->proofs_known) {
		rows_fmt(t, "proof", "none: %s", x->g->proofs_trouble);
		return;
	}
	if (!slot_behind(&slot, &x->src->ws->pin, at, getter, keys)) {
		rows_str(t, "proof", "none: no rule of this program says in which slot it lies");
		return;
	}
	n = number_of(x, at, &slot);
	if (n == 0)
		rows_str(t, "proof", "none: there was more to prove than one set of proofs holds");
	else
		rows_fmt(t, "proof", "slot %zu", n);
}

void put_proof_of_code(const struct evidence_of *x, struct rows *t, const struct addr *at)
{
	if (!x->g->proofs_known) {
		rows_fmt(t, "proof", "none: %s", x->g->proofs_trouble);
		return;
	}
	for (size_t i = 0; i < x->g->proven.n_accounts; i++)
		if (addr_eq(&x->g->proven.accounts[i].at, at)) {
			rows_fmt(t, "proof", "account %zu", i + 1);
			return;
		}
	rows_str(t, "proof", "none: it was not asked for");
}
