/* Governance evidence of a deployment: who holds it, since when and by which change, how that is proven, and what of it
 * is not as it should be. Here are the tables of what is so now; deployment_sources.c holds their sources against each
 * other, deployment_proofs.c carries the proofs, deployment_checks.c sums up. */
#include "src/report/facts.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/report/deployment_of.h"
#include "src/report/facts_alerts.h"

#define PRODUCTION_DELAY 86400u       /* SetTimelock.sol: MAINNET_MIN_DELAY, which binds nothing there */

/* ---- known code ------------------------------------------------------------------------------------------------- */

/* Runtime code of the Safe project, Keccak-256. Source: safe-global/safe-deployments 1.37.63. */
static const struct { const char *what, *hash; } published[] = {
	{ "SafeProxy 1.4.1", "0xd7d408ebcd99b2b70be43e20253d6d92a8ea8fab29bd3be7f55b10032331fb4c" },
	{ "SafeL2 1.4.1", "0xb1f926978a0f44a2c0ec8fe822418ae969bd8c3f18d61e5103100339894f81ff" },
	{ "Safe 1.4.1", "0x1fe2df852ba3299d6534ef416eefa406e56ced995bca886ab7a553e6d0c5e1c4" },
	{ "CompatibilityFallbackHandler 1.4.1", "0x7c6007a5d711cea8dfd5d91f5940ec29c7f200fe511eb1fc1397b367af3c42f9" },
};

/* Where the Safe project's own deployments put the handler that only answers questions. */
static const char *const handlers[] = {
	"0xf48f2B2d2a534e402487b3ee7C18c33Aec0Fe5e4",  /* 1.3.0 */
	"0x017062a1dE2FE6b99BE3d9d37841FeD19F573804",  /* 1.3.0, where chains demand replay protection */
	"0xfd0732Dc9E303f09fCEf3a7388Ad10A83459Ec99",  /* 1.4.1 */
};

static const char *published_as(const struct hash32 *hash)
{
	const char *what = NULL;
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(hash));
	for (size_t i = 0; i < ARRAY_LEN(published); i++)
		if (span_is(buf_view(&b), published[i].hash))
			what = published[i].what;
	buf_release(&b);
	return what;
}

static bool is_published_handler(const struct addr *at)
{
	struct addr known;
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (addr_parse(&known, span_str(handlers[i]), NULL) && addr_eq(&known, at))
			return true;
	return false;
}

/* A row about the code at an address. */
static void code_row(struct evidence_of *x, struct rows *t, const char *field, const struct addr *at)
{
	const struct governance_code *c = deployment_code(x, at);
	const char *name = c != NULL ? published_as(&c->hash) : NULL;
	struct buf b = {0};
	if (c != NULL && c->bytes > 0)
		buf_0xhex(&b, SPAN_HASH(&c->hash));
	else
		buf_str(&b, c == NULL ? "not known" : "no code");
	if (name != NULL)
		buf_fmt(&b, " (as published of %s)", name);
	rows_fact(t, field, buf_view(&b));
	put_proof_of_code(x, t, at);
	if (name != NULL)
		rows_mark(t, REPORT_AS_IT_SHOULD);
	buf_release(&b);
}

/* ---- the Safe --------------------------------------------------------------------------------------------------- */

static const char *const fact_columns[] = { "field", "value", SINCE_COLUMNS };

static void fact(struct evidence_of *x, struct rows *t, const char *field, const char *value,
		 const struct custody_event *by, const char *getter)
{
	rows_fact(t, field, span_str(value));
	put_since(x, t, by);
	put_proof(x, t, &x->d->safe, getter, NULL);
}

/* What nobody set: it is what it is. */
static void plain(struct rows *t, const char *field, struct span value, const char *proof)
{
	rows_fact(t, field, value);
	rows_str(t, "proof", proof);
}

static void modules(struct evidence_of *x, struct rows *t)
{
	const struct snapshot *k = x->k;
	if (!k->modules_known || k->n_modules == 0) {
		plain(t, "modules", span_str(k->modules_known ? "none" : "cannot be listed"), "");
		const struct hash32 sentinel = deployment_key(&SLOT_SENTINEL);
		put_proof(x, t, &x->d->safe, "isModuleEnabled(address)", &sentinel);
		deployment_judge(x, t, "MODULES");
	}
	for (size_t i = 0; i < k->n_modules; i++) {
		const struct custody_member *m = custody_member(&x->g->told.modules, &k->modules[i]);
		const struct hash32 key = deployment_key(&k->modules[i]);
		rows_fact(t, "module", span_str(deployment_named(x, &k->modules[i])));
		put_since(x, t, m != NULL ? m->by : NULL);
		put_proof(x, t, &x->d->safe, "isModuleEnabled(address)", &key);
		rows_mark(t, REPORT_FINDING);
		code_row(x, t, "module_code_hash", &k->modules[i]);
	}
}

static void handler(struct evidence_of *x, struct rows *t)
{
	const struct addr *at = &x->k->fallback_handler;
	const bool known = addr_is_zero(at) || is_published_handler(at) || deployment_contract_at(x->d, at) != NULL;
	fact(x, t, "fallback_handler", deployment_named(x, at), x->g->told.handler.by, "(handler)");
	rows_mark(t, known ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
	if (!known)
		deployment_found(x, "HANDLER", "the Safe's fallback handler is %s, which is neither the Safe "
				 "project's own nor in the profile: it answers in the Safe's name whatever "
				 "the Safe itself does not", deployment_named(x, at));
	if (!addr_is_zero(at))
		code_row(x, t, "fallback_handler_code_hash", at);
}

static void threshold(struct evidence_of *x, struct rows *t)
{
	const struct policy *p = x->src->policy;
	if (p != NULL && p->threshold != 0 && p->threshold != x->k->threshold)
		deployment_found(x, "THRESHOLD", "the Safe asks for %" PRIu64 " signatures, the policy in force "
				 "takes it to ask for %" PRIu64, x->k->threshold, p->threshold);
	fact(x, t, "threshold", arena_fmt(x->a, "%" PRIu64 " of %zu", x->k->threshold, x->k->n_owners),
	     x->g->told.threshold.by, "getThreshold()");
	deployment_judge(x, t, "THRESHOLD");
}

/* Who made it, and what it was told in that transaction: a delegatecall there may have written anything. */
static void beginnings(struct evidence_of *x, struct rows *t)
{
	const struct custody *told = &x->g->told;
	plain(t, "deployment", span_str(told->proxy == NULL ? "not known"
		: arena_fmt(x->a, "by the factory %s", deployment_named(x, &told->proxy->at))),
	      "none: storage does not keep who made it");
	put_since(x, t, told->proxy);
	if (told->proxy == NULL)
		rows_mark(t, REPORT_LOOK);
	plain(t, "setup_delegated_to", span_str(told->made == NULL ? "not known"
						: deployment_named(x, &told->made->other)),
	      "none: storage does not keep it");
	put_since(x, t, told->made);
	rows_mark(t, told->made != NULL && addr_is_zero(&told->made->other) ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
}

static void safe_state(struct evidence_of *x, struct rows *t)
{
	const struct snapshot *k = x->k;
	const struct custody *told = &x->g->told;
	const struct governance_code *code;
	code_row(x, t, "proxy_code_hash", &x->d->safe);
	plain(t, "version", k->safe_version, "none: the code says it; see the hash of the singleton's code");
	deployment_judge(x, t, "SINGLETON");
	fact(x, t, "singleton", deployment_named(x, &k->singleton), told->singleton.by, "(singleton)");
	deployment_judge(x, t, "SINGLETON");
	code_row(x, t, "singleton_code_hash", &k->singleton);
	code = deployment_code(x, &k->singleton);
	if (code != NULL && span_is(x->d->safe_version, "1.4.1") && published_as(&code->hash) == NULL) {
		deployment_found(x, "SINGLETON", "the code at %s is not what the Safe project published as 1.4.1",
				 deployment_named(x, &k->singleton));
		rows_mark(t, REPORT_FINDING);
	}
	threshold(x, t);
	fact(x, t, "guard", deployment_named(x, &k->guard), told->guard.by != NULL ? told->guard.by : told->made,
	     "(guard)");
	deployment_judge(x, t, "GUARD");
	if (!addr_is_zero(&k->guard))
		code_row(x, t, "guard_code_hash", &k->guard);
	handler(x, t);
	modules(x, t);
	plain(t, "nonce", span_str(arena_fmt(x->a, "%" PRIu64, k->safe_nonce)), "");
	put_proof(x, t, &x->d->safe, "nonce()", NULL);
	beginnings(x, t);
}

static void safe(struct evidence_of *x)
{
	struct rows t = ROWS_BEGIN(x->a, x->r, "safe", "The Safe", fact_columns);
	struct buf b = {0};
	plain(&t, "chain_id", span_str(arena_fmt(x->a, "%" PRIu64, x->d->chain_id)), "none: the node says it");
	buf_0xhex(&b, SPAN_HASH(&x->d->genesis));
	plain(&t, "genesis_hash", buf_view(&b), "none: the node says it");
	buf_release(&b);
	plain(&t, "address", span_str(""), "none: it is the profile's");
	rows_addr(&t, "value", &x->d->safe);
	if (x->k == NULL)
		t.s->text = NOT_ASKED;
	else
		safe_state(x, &t);
}

/* ---- signers ---------------------------------------------------------------------------------------------------- */

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
	static const char *const kinds[] = { "key.attested" };
	struct seqs seqs;
	struct addr account;
	*found = false;
	if (!log_seqs_of_kinds(x->src->ws->log, x->a, kinds, ARRAY_LEN(kinds), &seqs, e))
		return false;
	for (size_t i = seqs.n; i-- > 0 && !*found;) {
		if (!log_line_read(x->src->ws->log, x->a, seqs.seq[i], out, e))
			return false;
		*found = json_get_addr(out->body, "account", &account, NULL) && addr_eq(&account, at);
	}
	return true;
}

/* "owner", and what else the policy's roles call this person: "owner, security". */
static void put_role(const struct evidence_of *x, struct rows *t, struct span id)
{
	const struct policy *p = x->src->policy;
	struct buf b = {0};
	buf_str(&b, "owner");
	for (size_t i = 0; p != NULL && i < p->n_roles; i++)
		for (size_t k = 0; k < p->roles[i].people.n; k++)
			if (span_eq(p->roles[i].people.v[k], id)) {
				buf_str(&b, ", ");
				buf_span(&b, p->roles[i].name);
			}
	rows_put(t, "role", buf_view(&b));
	buf_release(&b);
}

static void put_membership(const struct evidence_of *x, struct rows *t, const struct addr *at)
{
	const struct custody_member *m = custody_member(&x->g->told.owners, at);
	const struct hash32 key = deployment_key(at);
	if (x->k == NULL)
		return;
	put_since(x, t, m != NULL ? m->by : NULL);
	put_proof(x, t, &x->d->safe, "isOwner(address)", &key);
}

static void put_verified(struct rows *t, const struct line *l)
{
	const struct span of = l->change.n > 0 ? l->change : span_str("no change");
	rows_fmt(t, "verified_by", "%s, %.*s",
		 line_kind_is(l, "key.attested") ? "a challenge it signed" : "a signature", text_shown(of),
		 (const char *)of.p);
	rows_time(t, "verified_at", l->time);
	rows_rest_on(t, l->seq);
}

static bool signer(struct evidence_of *x, struct rows *t, const struct person *p, struct err *e)
{
	struct line l;
	bool found;
	const bool on_safe = deployment_on_safe(x, &p->address);
	if (!last_signature(x, p->id, &l, &found, e) || (!found && !last_challenge(x, &p->address, &l, &found, e)))
		return false;
	rows_next(t);
	rows_put(t, "id", p->id);
	put_role(x, t, p->id);
	rows_addr(t, "address", &p->address);
	rows_str(t, "owner_in_profile", "yes");
	rows_str(t, "owner_on_safe", x->k == NULL ? "not known" : on_safe ? "yes" : "no");
	if (found)
		put_verified(t, &l);
	else
		rows_str(t, "verified_by", "nothing yet: this key has signed nothing in this log");
	put_membership(x, t, &p->address);
	if (x->k != NULL && !on_safe)
		rows_mark(t, REPORT_FINDING);
	else
		rows_mark(t, found && x->k != NULL ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
	return true;
}

/* An owner whom the profile does not know as one; it may know him as somebody else. */
static void stranger(struct evidence_of *x, struct rows *t, const struct addr *at)
{
	const struct person *p = deployment_person_at(x->d, at);
	rows_next(t);
	if (p != NULL)
		rows_put(t, "id", p->id);
	rows_str(t, "role", "none");
	rows_addr(t, "address", at);
	rows_str(t, "owner_in_profile", "no");
	rows_str(t, "owner_on_safe", "yes");
	put_membership(x, t, at);
	rows_mark(t, REPORT_FINDING);
}

static bool signers(struct evidence_of *x, struct err *e)
{
	static const char *const columns[] = { "id", "role", "address", "owner_in_profile", "owner_on_safe",
					       "verified_by", "verified_at", SINCE_COLUMNS };
	struct rows t = ROWS_BEGIN(x->a, x->r, "signers", "Signers", columns);
	t.s->text = "Verified: the newest signature by this key that the log has, or a challenge that it signed. "
		    "Roles are the policy's.";
	for (size_t i = 0; i < x->d->n_people; i++)
		if (x->d->people[i].owner && !signer(x, &t, &x->d->people[i], e))
			return false;
	for (size_t i = 0; x->k != NULL && i < x->k->n_owners; i++)
		if (!deployment_is_owner(x->d, &x->k->owners[i]))
			stranger(x, &t, &x->k->owners[i]);
	return true;
}

/* ---- the timelock ----------------------------------------------------------------------------------------------- */

/* The newest of its kind at the timelock; `role` NULL: any. */
static const struct custody_event *newest(const struct evidence_of *x, enum custody_kind kind,
					  const struct hash32 *role)
{
	for (size_t i = x->g->n_events; i-- > 0;) {
		const struct custody_event *v = &x->g->events[i];
		if (v->kind == kind && addr_eq(&v->at, &x->d->timelock) && (role == NULL || hash32_eq(&v->id, role)))
			return v;
	}
	return NULL;
}

/* A deployer that was admin for a while has given it up; where none ever was there is nothing to give up. Not by
 * AdminRenounced, which anybody can have the timelock say: by RoleRevoked, and by who holds it now. */
static void admin(struct evidence_of *x, struct rows *t)
{
	const struct hash32 *role = &timelock_role_named(span_str("admin"))->hash;
	const struct custody_event *v = newest(x, CUSTODY_REVOKED, role);
	for (size_t i = 0; i < x->g->told.n_roles; i++) {
		const struct custody_role *held = &x->g->told.roles[i];
		const struct hash32 keys[] = { held->role, deployment_key(&held->who) };
		if (!hash32_eq(&held->role, role) || addr_eq(&held->who, &x->d->timelock))
			continue;
		rows_fact_fmt(t, "admin_given_up", "no: %s was given it and has not lost it",
			      deployment_named(x, &held->who));
		put_since(x, t, held->by);
		put_proof(x, t, &x->d->timelock, "hasRole(bytes32,address)", keys);
		rows_mark(t, REPORT_FINDING);
		return;
	}
	rows_fact(t, "admin_given_up", span_str(!x->g->known ? "not known"
		: v != NULL ? arena_fmt(x->a, "yes, by %s", deployment_named(x, &v->who))
		: x->g->told.timelock_whole ? "nobody but the timelock was ever given it"
		: "not known: the timelock's beginning is before the profile's first block"));
	if (v != NULL)
		put_since(x, t, v);
	rows_mark(t, x->g->known && (v != NULL || x->g->told.timelock_whole) ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
}

static void min_delay(struct evidence_of *x, struct rows *t)
{
	if (x->d->class == CLASS_PRODUCTION && x->k->min_delay > 0 && x->k->min_delay < PRODUCTION_DELAY)
		deployment_found(x, "DELAY", "the timelock of a production deployment asks for %" PRIu64 " s, less "
				 "than the %u s that its own code calls the least for a main network", x->k->min_delay,
				 PRODUCTION_DELAY);
	rows_fact(t, "min_delay", span_str(""));
	rows_duration(t, "value", x->k->min_delay);
	put_since(x, t, x->g->told.delay.by);
	put_proof(x, t, &x->d->timelock, "getMinDelay()", NULL);
	deployment_judge(x, t, "DELAY");
}

static void timelock_state(struct evidence_of *x, struct rows *t)
{
	const struct custody_event *made = newest(x, CUSTODY_TIMELOCK_MADE, NULL);
	code_row(x, t, "code_hash", &x->d->timelock);
	min_delay(x, t);
	plain(t, "deployment", span_str(made == NULL ? "not known" : arena_fmt(x->a, "with a delay of %" PRIu64 " s; "
			"admin besides itself: %s", made->number, deployment_named(x, &made->other))),
	      "none: storage does not keep it");
	put_since(x, t, made);
	if (made == NULL)
		rows_mark(t, REPORT_LOOK);
	admin(x, t);
}

static void timelock(struct evidence_of *x)
{
	struct rows t = ROWS_BEGIN(x->a, x->r, "timelock", "The timelock", fact_columns);
	plain(&t, "address", span_str(""), "none: it is the profile's");
	rows_addr(&t, "value", &x->d->timelock);
	if (x->k == NULL)
		t.s->text = NOT_ASKED;
	else
		timelock_state(x, &t);
}

/* Admin is for the timelock itself; the other three for the Safe; executing may be open to anybody. */
static bool is_meant(const struct evidence_of *x, const struct addr *who, size_t role)
{
	const bool is_admin = strcmp(timelock_roles[role].name, "admin") == 0;
	return is_admin ? addr_eq(who, &x->d->timelock) : addr_eq(who, &x->d->safe);
}

static void holder(struct evidence_of *x, struct rows *t, const struct addr *who, size_t role)
{
	const struct hash32 keys[] = { timelock_roles[role].hash, deployment_key(who) };
	const struct custody_role *by = custody_role(&x->g->told, &timelock_roles[role].hash, who);
	const char *label = deployment_label(x->a, x->d, who);
	const bool good = is_meant(x, who, role);
	rows_next(t);
	rows_str(t, "role", timelock_roles[role].name);
	rows_str(t, "holder", addr_is_zero(who) ? "anybody" : deployment_named(x, who));
	put_since(x, t, by != NULL ? by->by : NULL);
	put_proof(x, t, &x->d->timelock, "hasRole(bytes32,address)", keys);
	rows_mark(t, good ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
	if (!good && label != NULL)      /* the look's findings have those whom the profile does not name */
		deployment_found(x, "ROLE", "%s is %s of the timelock: %s should be", deployment_named(x, who),
				 timelock_roles[role].name, strcmp(timelock_roles[role].name, "admin") == 0
				 ? "nobody but the timelock itself" : "nobody but the Safe");
}

static void roles(struct evidence_of *x)
{
	static const char *const columns[] = { "role", "holder", SINCE_COLUMNS };
	struct rows t = ROWS_BEGIN(x->a, x->r, "roles", "Roles of the timelock, and who holds them", columns);
	t.s->text = x->k == NULL ? NOT_ASKED : "Asked of everybody whom the profile or an event names.";
	for (size_t i = 0; x->k != NULL && i < x->k->n_roles; i++) {
		const struct snapshot_role *v = &x->k->roles[i];
		const bool has[N_TIMELOCK_ROLES] = { v->proposer, v->executor, v->canceller, v->admin };
		for (size_t k = 0; k < N_TIMELOCK_ROLES; k++)
			if (has[k])
				holder(x, &t, &v->account, k);
	}
}

/* ---- contracts -------------------------------------------------------------------------------------------------- */

struct contract_of {
	const struct snapshot_contract *c;
	const struct contract *known;         /* its entry in the profile; or NULL */
	const struct custody_contract *told;  /* or NULL */
};

static void contract_row(struct rows *t, const struct contract_of *q, const char *field, const char *value)
{
	rows_next(t);
	rows_put(t, "contract", q->c->name);
	rows_str(t, "field", field);
	rows_str(t, "value", value);
}

static void owner(struct evidence_of *x, struct rows *t, const struct contract_of *q)
{
	const bool core = addr_eq(&q->c->address, &x->d->safe) || addr_eq(&q->c->address, &x->d->timelock);
	contract_row(t, q, "owner", q->c->has_owner ? deployment_named(x, &q->c->owner)
						    : core ? "none: it is its own" : "none");
	if (!q->c->has_owner) {
		rows_str(t, "proof", "none: it has no owner()");
		return;
	}
	put_since(x, t, q->told != NULL ? q->told->owner.by : NULL);
	put_proof(x, t, &q->c->address, "owner()", NULL);
	rows_mark(t, !core && !addr_eq(&q->c->owner, &x->d->timelock) ? REPORT_FINDING : REPORT_AS_IT_SHOULD);
}

static void contract_code(struct evidence_of *x, struct rows *t, const struct contract_of *q, const char *field,
			  const struct addr *at)
{
	const struct governance_code *c = deployment_code(x, at);
	contract_row(t, q, field, c == NULL ? "not known" : c->bytes == 0 ? "no code" : "");
	if (c != NULL && c->bytes > 0)
		rows_0x(t, "value", &c->hash);
	put_proof_of_code(x, t, at);
	if (c != NULL && c->bytes == 0)
		rows_mark(t, REPORT_FINDING);
}

/* Whether the list of releases has the code, by its hash or by the hash of the compiler's metadata. */
static void release(struct evidence_of *x, struct rows *t, const struct contract_of *q)
{
	const struct releases *list = x->g->releases;
	const struct governance_code *c = deployment_code(x, &q->c->implementation);
	const struct release *v = NULL;
	if (list == NULL || c == NULL || q->known == NULL) {
		contract_row(t, q, "release", list == NULL ? "not known: this workspace has no list of releases"
							    : "not known");
		rows_mark(t, REPORT_LOOK);
		return;
	}
	if (c->has_metadata)
		v = releases_metadata(list, q->known->abi, &c->metadata);
	if (v == NULL)
		v = releases_code(list, &c->hash);
	if (v != NULL && !span_eq(v->contract, q->known->abi))
		v = NULL;
	contract_row(t, q, "release", v == NULL ? "none of the list"
		     : arena_fmt(x->a, "%.*s %.*s", text_shown(v->contract), (const char *)v->contract.p,
				 text_shown(v->version), (const char *)v->version.p));
	rows_mark(t, v == NULL ? REPORT_FINDING : REPORT_AS_IT_SHOULD);
	if (v == NULL)
		deployment_found(x, "RELEASE", "the code behind %.*s, at %s, is not in the list of releases %.*s",
				 text_shown(q->c->name), (const char *)q->c->name.p,
				 deployment_named(x, &q->c->implementation), text_shown(list->name),
				 (const char *)list->name.p);
}

/* ERC-1967's admin: a UUPS proxy has none, and what was upgraded to may ask it. */
static void proxy_admin(struct evidence_of *x, struct rows *t, const struct contract_of *q)
{
	const struct hash32 *word = deployment_word(x, &q->c->address, SLOT_PROXY_ADMIN, NULL);
	struct addr at = {{0}};
	if (word != NULL)
		memcpy(at.b, word->b + 12, sizeof(at.b));
	contract_row(t, q, "proxy_admin", word == NULL ? "not known" : deployment_named(x, &at));
	if (q->told != NULL && q->told->admin.known)
		put_since(x, t, q->told->admin.by);
	put_proof(x, t, &q->c->address, SLOT_PROXY_ADMIN, NULL);
	rows_mark(t, word == NULL ? REPORT_LOOK : addr_is_zero(&at) ? REPORT_AS_IT_SHOULD : REPORT_FINDING);
	if (!addr_is_zero(&at))
		deployment_found(x, "PROXY-ADMIN", "%.*s has the proxy admin %s, who may change its code past the "
				 "timelock", text_shown(q->c->name), (const char *)q->c->name.p,
				 deployment_named(x, &at));
}

static void contract(struct evidence_of *x, struct rows *t, const struct snapshot_contract *c)
{
	const struct contract_of q = { c, deployment_contract_at(x->d, &c->address),
				       custody_contract(&x->g->told, &c->address) };
	owner(x, t, &q);
	contract_row(t, &q, "address", "");
	rows_addr(t, "value", &c->address);
	contract_code(x, t, &q, "code_hash", &c->address);
	if (!c->has_implementation)
		return;
	contract_row(t, &q, "implementation", deployment_named(x, &c->implementation));
	put_since(x, t, q.told != NULL ? q.told->implementation.by : NULL);
	put_proof(x, t, &c->address, "(implementation)", NULL);
	contract_code(x, t, &q, "implementation_code_hash", &c->implementation);
	release(x, t, &q);
	proxy_admin(x, t, &q);
	contract_row(t, &q, "upgrade_path", c->has_owner ? arena_fmt(x->a, "its owner, %s, by upgradeToAndCall()",
								    deployment_named(x, &c->owner)) : "not known");
}

static void contracts(struct evidence_of *x)
{
	static const char *const columns[] = { "contract", "field", "value", SINCE_COLUMNS };
	struct rows t = ROWS_BEGIN(x->a, x->r, "contracts", "Contracts: owner, code, upgrade path", columns);
	t.s->text = x->k == NULL ? NOT_ASKED : "Those of the profile. Code hashes are Keccak-256.";
	for (size_t i = 0; x->k != NULL && i < x->k->n_contracts; i++)
		contract(x, &t, &x->k->contracts[i]);
}

bool facts_deployment(struct arena *a, struct report *r, const struct report_source *src, const struct governance *g,
		      struct err *e)
{
	struct evidence_of x = { .a = a, .r = r, .src = src, .g = g, .d = &src->ws->deployment };
	x.k = src->look != NULL && src->look->online ? src->look : NULL;
	r->kind = REPORT_DEPLOYMENT;
	r->subject = arena_str(a, x.d->name);
	r->title = arena_fmt(a, "Governance evidence of %s", r->subject);
	if (!deployment_causes(&x, e))
		return false;
	deployment_begin(&x);
	safe(&x);
	if (!signers(&x, e))
		return false;
	timelock(&x);
	roles(&x);
	contracts(&x);
	deployment_sources(&x);
	deployment_history(&x);
	if (!facts_alerts_now(a, r, src, e))
		return false;
	deployment_proofs(&x);
	deployment_findings(&x);
	return deployment_checklist(&x, e);
}
