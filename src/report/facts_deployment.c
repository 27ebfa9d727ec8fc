/* Governance evidence of a deployment: who holds it, since when, and what of that is not as it should be. */
#include "src/report/facts.h"

#include <string.h>

#include "audit-log/offers.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/timelock.h"
#include "src/report/facts_alerts.h"
#include "src/report/rows.h"

struct evidence_of {
	struct arena *a;
	struct report *r;
	const struct report_source *src;
	const struct governance *g;
	const struct snapshot *k;     /* online, or NULL */
	const struct deployment *d;
};

#define NOT_ASKED "not known: the chain was not asked"

/* ---- finding things --------------------------------------------------------------------------------------------- */

static bool has_finding(const struct evidence_of *x, const char *code)
{
	for (size_t i = 0; x->k != NULL && i < x->k->n_findings; i++)
		if (span_is(x->k->findings[i].code, code))
			return true;
	return false;
}

static void judge(const struct evidence_of *x, struct rows *t, const char *code)
{
	if (x->k != NULL)
		rows_mark(t, has_finding(x, code) ? REPORT_FINDING : REPORT_AS_IT_SHOULD);
	else
		rows_mark(t, REPORT_LOOK);
}

/* The newest of its kind: `who` and `role` NULL: any. */
static const struct governance_event *newest(const struct evidence_of *x, enum governance_event_kind kind,
					     const struct addr *at, const struct addr *who, const struct hash32 *role)
{
	for (size_t i = x->g->n_events; i-- > 0;) {
		const struct governance_event *v = &x->g->events[i];
		if (v->kind == kind && addr_eq(&v->at, at) && (who == NULL || addr_eq(&v->who, who)) &&
		    (role == NULL || hash32_eq(&v->role, role)))
			return v;
	}
	return NULL;
}

static const struct governance_code *code_of(const struct evidence_of *x, const struct addr *at)
{
	for (size_t i = 0; i < x->g->n_codes; i++)
		if (addr_eq(&x->g->codes[i].at, at))
			return &x->g->codes[i];
	return NULL;
}

/* "0x… (p3)" */
static const char *named(const struct evidence_of *x, const struct addr *at)
{
	const char *label = deployment_label(x->a, x->d, at);
	struct buf b = {0};
	addr_format(&b, at);
	if (label != NULL)
		buf_fmt(&b, " (%s)", label);
	const char *out = arena_str(x->a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* In the columns tx_hash, block_number and block_time. */
static void put_event(const struct evidence_of *x, struct rows *t, const struct governance_event *v)
{
	if (v == NULL) {
		rows_str(t, "tx_hash", x->g->known ? "no event since the profile's first block" : x->g->trouble);
		return;
	}
	rows_0x(t, "tx_hash", &v->tx);
	rows_u64(t, "block_number", v->block);
	if (v->has_time)
		rows_seconds(t, "block_time", v->block_time);
}

static void put_code(const struct evidence_of *x, struct rows *t, const char *column, const struct addr *at)
{
	const struct governance_code *c = code_of(x, at);
	if (c == NULL)
		rows_str(t, column, "not known");
	else if (c->bytes == 0)
		rows_str(t, column, "no code");
	else
		rows_0x(t, column, &c->hash);
}

/* ---- what is proven --------------------------------------------------------------------------------------------- */

static void proofs(struct evidence_of *x)
{
	static const char *const columns[] = { "what", "value" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "state_proofs", "What state proofs show", columns);
	if (!x->g->proofs_known) {
		t.s->text = arena_fmt(x->a, "No proofs: %s. What the tables say is the node's word.",
				      x->g->proofs_trouble);
		return;
	}
	struct buf hex = {0};
	buf_0xhex(&hex, SPAN_HASH(&x->k->block_hash));
	t.s->text = arena_fmt(x->a, "Each was followed from the state root of block %llu, whose header hashes to %s: "
			      "true in that block, if that hash is the chain's. Ask for it elsewhere.",
			      (unsigned long long)x->k->block, buf_cstr(&hex));
	for (size_t i = 0; i < x->g->n_proven; i++) {
		rows_next(&t);
		rows_str(&t, "what", x->g->proven[i].name);
		rows_str(&t, "value", x->g->proven[i].text);
	}
	if (x->g->kept) {
		rows_next(&t);
		rows_str(&t, "what", "the file with these proofs, its SHA-256");
		rows_bare(&t, "value", &x->g->proofs_digest);
	}
	buf_release(&hex);
}

/* ---- the Safe --------------------------------------------------------------------------------------------------- */

static void fact_event(const struct evidence_of *x, struct rows *t, const char *field,
		       const struct governance_event *v)
{
	rows_fact(t, field, span_str(""));
	if (v == NULL) {
		rows_str(t, "value", x->g->known ? "no event since the profile's first block" : x->g->trouble);
		rows_mark(t, REPORT_LOOK);
		return;
	}
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(&v->tx));
	rows_fmt(t, "value", "%s in block %llu", buf_cstr(&b), (unsigned long long)v->block);
	buf_release(&b);
}

static void safe_state(struct evidence_of *x, struct rows *t)
{
	const struct snapshot *k = x->k;
	rows_fact(t, "version", k->safe_version);
	judge(x, t, "SINGLETON");
	rows_fact(t, "singleton", span_str(named(x, &k->singleton)));
	judge(x, t, "SINGLETON");
	rows_fact(t, "singleton_code_hash", span_str(""));
	put_code(x, t, "value", &k->singleton);
	rows_fact_fmt(t, "threshold", "%llu of %zu", (unsigned long long)k->threshold, k->n_owners);
	judge(x, t, "THRESHOLD");
	rows_fact(t, "guard", span_str(addr_is_zero(&k->guard) ? "none" : named(x, &k->guard)));
	judge(x, t, "GUARD");
	rows_fact(t, "fallback_handler", span_str(addr_is_zero(&k->fallback_handler) ? "none"
									: named(x, &k->fallback_handler)));
	rows_fact(t, "modules", span_str(k->modules_known ? k->n_modules > 0 ? "" : "none" : "cannot be listed"));
	judge(x, t, "MODULES");
	for (size_t i = 0; i < k->n_modules; i++) {
		rows_fact(t, "module", span_str(named(x, &k->modules[i])));
		rows_mark(t, REPORT_FINDING);
	}
	rows_fact_fmt(t, "nonce", "%llu", (unsigned long long)k->safe_nonce);
}

static void safe(struct evidence_of *x)
{
	struct rows t = rows_begin_facts(x->a, x->r, "safe", "The Safe");
	rows_fact_fmt(&t, "chain_id", "%llu", (unsigned long long)x->d->chain_id);
	rows_fact(&t, "genesis_hash", span_str(""));
	rows_0x(&t, "value", &x->d->genesis);
	rows_fact(&t, "address", span_str(""));
	rows_addr(&t, "value", &x->d->safe);
	if (x->k == NULL) {
		t.s->text = NOT_ASKED;
		return;
	}
	safe_state(x, &t);
	fact_event(x, &t, "deployment_tx", newest(x, GOVERNANCE_SAFE_MADE, &x->d->safe, NULL, NULL));
}

/* ---- signers ---------------------------------------------------------------------------------------------------- */

static bool is_on_safe(const struct evidence_of *x, const struct addr *at)
{
	for (size_t i = 0; x->k != NULL && i < x->k->n_owners; i++)
		if (addr_eq(&x->k->owners[i], at))
			return true;
	return false;
}

/* The newest line in which this person's key signed; false: none. */
static bool last_signature(struct evidence_of *x, struct span id, struct line *out, bool *found, struct err *e)
{
	const struct views_filter f = { .kind = span_str("signature.added"), .actor = id };
	struct seqs seqs;
	*found = false;
	if (!views_lines_page(x->src->ws->views, x->a, &f, UINT64_MAX, 1, &seqs, e))
		return false;
	*found = seqs.n > 0;
	return seqs.n == 0 || log_line_read(x->src->ws->log, x->a, seqs.seq[0], out, e);
}

/* A challenge that this key signed (key.attested), which is as good. */
static bool last_challenge(struct evidence_of *x, const struct addr *at, struct line *out, bool *found, struct err *e)
{
	struct seqs seqs;
	struct addr account;
	*found = false;
	if (!views_lines_of_kind(x->src->ws->views, x->a, span_str("key.attested"), &seqs, e))
		return false;
	for (size_t i = seqs.n; i-- > 0 && !*found;) {
		if (!log_line_read(x->src->ws->log, x->a, seqs.seq[i], out, e))
			return false;
		*found = json_get_addr(out->body, "account", &account, NULL) && addr_eq(&account, at);
	}
	return true;
}

static bool signer(struct evidence_of *x, struct rows *t, const struct person *p, struct err *e)
{
	struct line l;
	bool found;
	if (!last_signature(x, p->id, &l, &found, e) || (!found && !last_challenge(x, &p->address, &l, &found, e)))
		return false;
	rows_next(t);
	rows_put(t, "id", p->id);
	rows_addr(t, "address", &p->address);
	rows_str(t, "owner_in_profile", "yes");
	rows_str(t, "owner_on_safe", x->k == NULL ? "not known" : is_on_safe(x, &p->address) ? "yes" : "no");
	if (found) {
		const struct span of = l.change.n > 0 ? l.change : span_str("no change");
		rows_fmt(t, "verified_by", "%s, %.*s",
			 line_kind_is(&l, "key.attested") ? "a challenge it signed" : "a signature", text_shown(of),
			 (const char *)of.p);
		rows_time(t, "verified_at", l.time);
		rows_rest_on(t, l.seq);
	} else {
		rows_str(t, "verified_by", "nothing yet: this key has signed nothing in this log");
	}
	if (x->k != NULL && !is_on_safe(x, &p->address))
		rows_mark(t, REPORT_FINDING);
	else
		rows_mark(t, found && x->k != NULL ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
	return true;
}

static bool signers(struct evidence_of *x, struct err *e)
{
	static const char *const columns[] = { "id", "address", "owner_in_profile", "owner_on_safe", "verified_by",
		"verified_at" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "signers", "Signers", columns);
	t.s->text = "Verified: the newest signature by this key that the log has, or a challenge that it signed.";
	for (size_t i = 0; i < x->d->n_people; i++)
		if (x->d->people[i].owner && !signer(x, &t, &x->d->people[i], e))
			return false;
	for (size_t i = 0; x->k != NULL && i < x->k->n_owners; i++) {
		if (deployment_is_owner(x->d, &x->k->owners[i]))
			continue;
		rows_next(&t);
		rows_addr(&t, "address", &x->k->owners[i]);
		rows_str(&t, "owner_in_profile", "no");
		rows_str(&t, "owner_on_safe", "yes");
		rows_mark(&t, REPORT_FINDING);
	}
	return true;
}

/* ---- the timelock ----------------------------------------------------------------------------------------------- */

/* A deployer that was admin for a while has given it up; where none ever was there is nothing to give up. */
static void admin(struct evidence_of *x, struct rows *t)
{
	const struct hash32 *role = &timelock_role_named(span_str("admin"))->hash;
	const struct governance_event *v = newest(x, GOVERNANCE_REVOKED, &x->d->timelock, NULL, role);
	for (size_t i = 0; v == NULL && i < x->g->n_events; i++) {
		const struct governance_event *given = &x->g->events[i];
		if (given->kind == GOVERNANCE_GRANTED && addr_eq(&given->at, &x->d->timelock) &&
		    hash32_eq(&given->role, role) && !addr_eq(&given->who, &x->d->timelock)) {
			rows_fact_fmt(t, "admin_given_up_by", "nobody: %s was given it and has not lost it",
				      named(x, &given->who));
			rows_mark(t, REPORT_FINDING);
			return;
		}
	}
	if (v != NULL || !x->g->known) {
		fact_event(x, t, "admin_given_up_by", v);
		return;
	}
	rows_fact(t, "admin_given_up_by", span_str("nobody but the timelock was ever given it"));
	rows_mark(t, REPORT_AS_IT_SHOULD);
}

static void timelock(struct evidence_of *x)
{
	const struct addr *at = &x->d->timelock;
	struct rows t = rows_begin_facts(x->a, x->r, "timelock", "The timelock");
	rows_fact(&t, "address", span_str(""));
	rows_addr(&t, "value", at);
	if (x->k == NULL) {
		t.s->text = NOT_ASKED;
		return;
	}
	rows_fact(&t, "min_delay", span_str(""));
	rows_duration(&t, "value", x->k->min_delay);
	judge(x, &t, "DELAY");
	fact_event(x, &t, "delay_set_by", newest(x, GOVERNANCE_DELAY, at, NULL, NULL));
	admin(x, &t);
}

/* Admin is for the timelock itself; the other three for the Safe; executing may be open to anybody. */
static bool is_meant(const struct evidence_of *x, const struct addr *who, size_t role)
{
	const bool admin = strcmp(timelock_roles[role].name, "admin") == 0;
	return admin ? addr_eq(who, &x->d->timelock) : addr_eq(who, &x->d->safe);
}

static void roles(struct evidence_of *x)
{
	static const char *const columns[] = { "role", "holder", "tx_hash", "block_number", "block_time" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "roles", "Roles of the timelock, and who holds them", columns);
	t.s->text = x->k == NULL ? NOT_ASKED : "Asked of everybody whom the profile or an event names.";
	for (size_t i = 0; x->k != NULL && i < x->k->n_roles; i++) {
		const struct snapshot_role *v = &x->k->roles[i];
		const bool has[N_TIMELOCK_ROLES] = { v->proposer, v->executor, v->canceller, v->admin };
		for (size_t k = 0; k < N_TIMELOCK_ROLES; k++) {
			if (!has[k])
				continue;
			rows_next(&t);
			rows_str(&t, "role", timelock_roles[k].name);
			rows_str(&t, "holder", addr_is_zero(&v->account) ? "anybody" : named(x, &v->account));
			put_event(x, &t, newest(x, GOVERNANCE_GRANTED, &x->d->timelock, &v->account,
						&timelock_roles[k].hash));
			rows_mark(&t, is_meant(x, &v->account, k) ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
		}
	}
}

/* ---- contracts -------------------------------------------------------------------------------------------------- */

static void put_upgrade(const struct evidence_of *x, struct rows *t, const struct governance_event *v)
{
	if (v == NULL) {
		rows_str(t, "upgrade_tx", x->g->known ? "no event since the profile's first block" : x->g->trouble);
		return;
	}
	rows_0x(t, "upgrade_tx", &v->tx);
	rows_u64(t, "upgrade_block", v->block);
}

static void contract(struct evidence_of *x, struct rows *t, const struct snapshot_contract *c)
{
	const bool is_core = addr_eq(&c->address, &x->d->safe) || addr_eq(&c->address, &x->d->timelock);
	rows_next(t);
	rows_put(t, "contract", c->name);
	rows_addr(t, "address", &c->address);
	put_code(x, t, "code_hash", &c->address);
	if (c->has_owner) {
		rows_str(t, "owner", named(x, &c->owner));
		put_event(x, t, newest(x, GOVERNANCE_OWNED, &c->address, &c->owner, NULL));
	} else {
		rows_str(t, "owner", is_core ? "none: it is its own" : "none");
	}
	if (c->has_implementation) {
		rows_str(t, "implementation", named(x, &c->implementation));
		put_code(x, t, "implementation_code_hash", &c->implementation);
		put_upgrade(x, t, newest(x, GOVERNANCE_UPGRADED, &c->address, &c->implementation, NULL));
	}
	if (!c->has_code || (c->has_owner && !addr_eq(&c->owner, &x->d->timelock)))
		rows_mark(t, REPORT_FINDING);
	else
		rows_mark(t, c->has_owner ? REPORT_AS_IT_SHOULD : REPORT_PLAIN);
}

static void contracts(struct evidence_of *x)
{
	static const char *const columns[] = { "contract", "address", "owner", "tx_hash", "block_number", "block_time",
		"code_hash", "implementation", "implementation_code_hash", "upgrade_tx", "upgrade_block" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "contracts", "Contracts: owner, code, upgrade path", columns);
	t.s->text = x->k == NULL ? NOT_ASKED : "tx_hash and block are of the ownership's transfer.";
	for (size_t i = 0; x->k != NULL && i < x->k->n_contracts; i++)
		contract(x, &t, &x->k->contracts[i]);
}

/* ---- findings and checklist ------------------------------------------------------------------------------------- */

static void findings(struct evidence_of *x)
{
	static const char *const columns[] = { "code", "finding" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "findings", "What is not as it should be", columns);
	if (x->k == NULL)
		t.s->text = NOT_ASKED;
	for (size_t i = 0; x->k != NULL && i < x->k->n_findings; i++) {
		rows_next(&t);
		rows_put(&t, "code", x->k->findings[i].code);
		rows_put(&t, "finding", x->k->findings[i].words);
		rows_mark(&t, REPORT_FINDING);
	}
}

static void checked(struct rows *t, const char *what, bool known, bool good)
{
	rows_next(t);
	rows_str(t, "check", what);
	rows_str(t, "answer", !known ? "not known" : good ? "yes" : "no");
	rows_mark(t, !known ? REPORT_LOOK : good ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
}

/* Some operation of ours ran from its scheduling to its end, and the contracts said what was intended. */
static bool has_flowed(struct evidence_of *x, uint64_t *seq, struct err *e)
{
	struct seqs seqs;
	struct line l;
	bool ok;
	*seq = UINT64_MAX;
	if (!views_lines_of_kind(x->src->ws->views, x->a, span_str("change.verified"), &seqs, e))
		return false;
	for (size_t i = seqs.n; i-- > 0 && *seq == UINT64_MAX;) {
		if (!log_line_read(x->src->ws->log, x->a, seqs.seq[i], &l, e))
			return false;
		if (json_get_bool(l.body, "ok", &ok, NULL) && ok)
			*seq = seqs.seq[i];
	}
	return true;
}

/* Which one, and whether the owners signed for it. */
static bool policy_in_force(struct evidence_of *x, struct rows *t, struct err *e)
{
	const struct policy *p = x->src->policy;
	struct offers all;
	struct buf digest = {0};
	checked(t, "A policy is in force", true, p != NULL);
	if (p == NULL)
		return true;
	buf_hex(&digest, SPAN_HASH(&p->digest));
	rows_fmt(t, "answer", "yes: %.*s, digest %s", text_shown(p->name), (const char *)p->name.p,
		 buf_cstr(&digest));
	buf_release(&digest);
	if (!offers_look(x->src->ws, x->a, &all, e))
		return false;
	checked(t, "The owners adopted it by their signatures", true, true);
	if (all.in_force != NULL) {
		rows_rest_on(t, all.in_force->adopted_seq);
		return true;
	}
	rows_str(t, "answer", "no: it lies beside the log, and nobody signed for it");
	rows_mark(t, REPORT_LOOK);
	return true;
}

static bool all_have_signed(const struct report *r)
{
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		for (const struct report_row *row = strcmp(s->id, "signers") == 0 ? s->first : NULL; row != NULL;
		     row = row->next)
			if (row->n_lines == 0)
				return false;
	return true;
}

static bool checklist(struct evidence_of *x, struct err *e)
{
	static const char *const columns[] = { "check", "answer" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "checklist", "Checklist", columns);
	const bool known = x->k != NULL;
	uint64_t seq;
	if (!has_flowed(x, &seq, e))
		return false;
	checked(&t, "The Safe's owners are those of the profile", known, !has_finding(x, "OWNERS"));
	checked(&t, "All signers have signed something", true, all_have_signed(x->r));
	checked(&t, "The timelock asks for a delay", known, known && x->k->min_delay > 0);
	checked(&t, "Every contract belongs to the timelock", known, !has_finding(x, "OWNER"));
	checked(&t, "Nobody but the Safe and the timelock has a role", known, !has_finding(x, "ROLE"));
	checked(&t, "No module and no guard on the Safe", known, !has_finding(x, "MODULES") &&
								    !has_finding(x, "GUARD"));
	checked(&t, "A change went from proposal to execution and was read back", true, seq != UINT64_MAX);
	if (seq != UINT64_MAX)
		rows_rest_on(&t, seq);
	return policy_in_force(x, &t, e);
}

bool facts_deployment(struct arena *a, struct report *r, const struct report_source *src, const struct governance *g,
		      struct err *e)
{
	struct evidence_of x = { a, r, src, g, src->look != NULL && src->look->online ? src->look : NULL,
				 &src->ws->deployment };
	r->kind = REPORT_DEPLOYMENT;
	r->subject = arena_str(a, x.d->name);
	r->title = arena_fmt(a, "Governance evidence of %s", r->subject);
	safe(&x);
	if (!signers(&x, e))
		return false;
	timelock(&x);
	roles(&x);
	contracts(&x);
	findings(&x);
	if (!facts_alerts_now(a, r, src, e) || !checklist(&x, e))
		return false;
	proofs(&x);
	return true;
}
