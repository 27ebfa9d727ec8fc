/* Each fact by three sources: what events come to, what getters say, what state proofs show. Where two of them differ
 * something was done that one of them was not told of: storage written by a delegatecall without events, events
 * without storage, code that says something else than it keeps. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/report/deployment_of.h"

#define HISTORY_MAX 1000u             /* rows; the newest */
#define UNLOGGED_SHOWN 20u            /* as findings; the rest is counted */

struct sources {
	struct evidence_of *x;
	struct rows t;
};

/* What one source says; NULL: it does not say, and why. */
struct said { const char *text, *why; };

/* ---- values as text --------------------------------------------------------------------------------------------- */

static int by_bytes(const void *p, const void *q)
{
	return memcmp(p, q, sizeof(struct addr));
}

/* In one order, whatever order a source has. */
static const char *set_text(struct evidence_of *x, struct addr *v, size_t n)
{
	struct buf b = {0};
	if (n > 1)
		qsort(v, n, sizeof(*v), by_bytes);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i > 0 ? ", " : "", addr_is_zero(&v[i]) ? "everybody" : deployment_named(x, &v[i]));
	const char *out = n > 0 ? arena_str(x->a, buf_view(&b)) : "none";
	buf_release(&b);
	return out;
}

static const char *copied_text(struct evidence_of *x, const struct addr *v, size_t n)
{
	struct addr *copy = ARENA_ARRAY(x->a, struct addr, n + 1);
	if (n > 0)
		memcpy(copy, v, n * sizeof(*copy));
	return set_text(x, copy, n);
}

static const char *members_text(struct evidence_of *x, const struct custody_set *s)
{
	struct addr *v = ARENA_ARRAY(x->a, struct addr, s->n + 1);
	for (size_t i = 0; i < s->n; i++)
		v[i] = s->v[i].at;
	return set_text(x, v, s->n);
}

static const char *number_text(struct evidence_of *x, uint64_t n)
{
	return n == UINT64_MAX ? "beyond 64 bits" : arena_fmt(x->a, "%" PRIu64, n);
}

static const char *hash_text(struct evidence_of *x, const struct hash32 *h)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(h));
	const char *out = arena_str(x->a, buf_view(&b));
	buf_release(&b);
	return out;
}

static const char *word_address(struct evidence_of *x, const struct hash32 *word)
{
	struct addr at;
	memcpy(at.b, word->b + 12, sizeof(at.b));
	return deployment_named(x, &at);
}

static const char *word_number(struct evidence_of *x, const struct hash32 *word)
{
	const struct u256 v = u256_from_be(word->b);
	uint64_t n = UINT64_MAX;
	u256_fits_u64(&v, &n);
	return number_text(x, n);
}

/* ---- sources ---------------------------------------------------------------------------------------------------- */

static const char *no_events(const struct evidence_of *x)
{
	return x->g->known ? "not known: its beginning is before the first block whose events were read"
			   : x->g->trouble;
}

static const char *no_proofs(const struct evidence_of *x)
{
	return x->g->proofs_known ? "not proven" : x->g->proofs_trouble;
}

static struct said told_address(struct evidence_of *x, const struct custody_value *v)
{
	return (struct said){ v->known ? deployment_named(x, &v->at) : NULL, no_events(x) };
}

static struct said told_number(struct evidence_of *x, const struct custody_value *v)
{
	return (struct said){ v->known ? number_text(x, v->number) : NULL, no_events(x) };
}

static struct said proven_at(struct evidence_of *x, const struct addr *at, const char *getter, bool address)
{
	const struct hash32 *word = deployment_word(x, at, getter, NULL);
	const char *text = word == NULL ? NULL : address ? word_address(x, word) : word_number(x, word);
	return (struct said){ text, no_proofs(x) };
}

/* ---- one fact --------------------------------------------------------------------------------------------------- */

static bool differ(const struct said *p, const struct said *q)
{
	return p->text != NULL && q->text != NULL && strcmp(p->text, q->text) != 0;
}

static const char *shown(const struct said *s)
{
	return s->text != NULL ? s->text : s->why;
}

/* `by_events` has neither text nor reason where no event ever says such a thing. */
static void held(struct sources *s, const char *field, struct said by_events, struct said by_getters,
		 struct said by_proof)
{
	const bool never = by_events.text == NULL && by_events.why == NULL;
	const bool all = (never || by_events.text != NULL) && by_getters.text != NULL && by_proof.text != NULL;
	if (never)
		by_events.why = "no event says so";
	const bool wrong = differ(&by_events, &by_getters) || differ(&by_events, &by_proof) ||
			   differ(&by_getters, &by_proof);
	rows_next(&s->t);
	rows_str(&s->t, "field", field);
	rows_str(&s->t, "by_events", shown(&by_events));
	rows_str(&s->t, "by_getters", shown(&by_getters));
	rows_str(&s->t, "by_proof", shown(&by_proof));
	rows_str(&s->t, "agree", wrong ? "NO" : all ? "yes" : "as far as it is known");
	rows_mark(&s->t, wrong ? REPORT_FINDING : all ? REPORT_AS_IT_SHOULD : REPORT_LOOK);
	if (wrong)
		deployment_found(s->x, "SOURCES", "%s: by events %s; by getters %s; by state proofs %s", field,
				 shown(&by_events), shown(&by_getters), shown(&by_proof));
}

/* ---- the Safe --------------------------------------------------------------------------------------------------- */

static struct said proven_members(struct evidence_of *x, bool modules)
{
	const struct addr *v;
	size_t n;
	const bool ok = x->g->proofs_known && proven_list(x->a, &v, &n, &x->g->proven, &x->d->safe, modules);
	return (struct said){ ok ? copied_text(x, v, n) : NULL,
			      x->g->proofs_known ? "its list is not proven to its end" : x->g->proofs_trouble };
}

static void safe_lists(struct sources *s)
{
	struct evidence_of *x = s->x;
	const struct custody *told = &x->g->told;
	const struct snapshot *k = x->k;
	const bool whole = told->made != NULL;
	held(s, "safe.owners", (struct said){ whole ? members_text(x, &told->owners) : NULL, no_events(x) },
	     (struct said){ copied_text(x, k->owners, k->n_owners), NULL }, proven_members(x, false));
	held(s, "safe.owner_count", (struct said){ whole ? number_text(x, told->owners.n) : NULL, no_events(x) },
	     (struct said){ number_text(x, k->n_owners), NULL }, proven_at(x, &x->d->safe, "(owners)", false));
	held(s, "safe.modules", (struct said){ whole ? members_text(x, &told->modules) : NULL, no_events(x) },
	     (struct said){ k->modules_known ? copied_text(x, k->modules, k->n_modules) : NULL, "cannot be listed" },
	     proven_members(x, true));
}

static void safe_values(struct sources *s)
{
	struct evidence_of *x = s->x;
	const struct custody *told = &x->g->told;
	const struct addr *at = &x->d->safe;
	held(s, "safe.threshold", told_number(x, &told->threshold),
	     (struct said){ number_text(x, x->k->threshold), NULL },
	     proven_at(x, at, "getThreshold()", false));
	held(s, "safe.nonce",
	     (struct said){ told->made != NULL ? number_text(x, told->executions) : NULL, no_events(x) },
	     (struct said){ number_text(x, x->k->safe_nonce), NULL }, proven_at(x, at, "nonce()", false));
	held(s, "safe.guard", told_address(x, &told->guard), (struct said){ deployment_named(x, &x->k->guard), NULL },
	     proven_at(x, at, "(guard)", true));
	held(s, "safe.fallback_handler", told_address(x, &told->handler),
	     (struct said){ deployment_named(x, &x->k->fallback_handler), NULL }, proven_at(x, at, "(handler)", true));
	held(s, "safe.singleton", told_address(x, &told->singleton),
	     (struct said){ deployment_named(x, &x->k->singleton), NULL }, proven_at(x, at, "(singleton)", true));
}

/* Whoever is in the mapping is an owner to the Safe, on the list or not: his signature counts, and no getter but
 * isOwner() tells of him. */
static void hidden(struct evidence_of *x, const struct addr *who, bool modules)
{
	const struct addr *v, sentinel = SLOT_SENTINEL;
	struct hash32 slot;
	size_t n, i = 0;
	slot_listed(&slot, modules, who);
	const struct hash32 *word = proven_word(&x->g->proven, &x->d->safe, &slot);
	if (word == NULL || hash32_is_zero(word) || addr_eq(who, &sentinel))
		return;
	if (proven_list(x->a, &v, &n, &x->g->proven, &x->d->safe, modules)) {
		while (i < n && !addr_eq(&v[i], who))
			i++;
		if (i < n)
			return;
	}
	deployment_found(x, modules ? "MODULES" : "OWNERS", "%s counts as %s of the Safe by its storage and is not "
			 "on the Safe's list: no list of %s shows it", deployment_named(x, who),
			 modules ? "a module" : "an owner", modules ? "modules" : "owners");
}

static void hidden_members(struct evidence_of *x)
{
	for (int modules = 0; modules <= 1; modules++) {
		for (size_t i = 0; i < x->g->told.ever.n; i++)
			hidden(x, &x->g->told.ever.v[i].at, modules == 1);
		for (size_t i = 0; i < x->d->n_people; i++)
			if (custody_member(&x->g->told.ever, &x->d->people[i].address) == NULL)
				hidden(x, &x->d->people[i].address, modules == 1);
	}
}

/* ---- the timelock ----------------------------------------------------------------------------------------------- */

static const char *told_holders(struct evidence_of *x, const struct hash32 *role)
{
	struct addr *v = ARENA_ARRAY(x->a, struct addr, x->g->told.n_roles + 1);
	size_t n = 0;
	for (size_t i = 0; i < x->g->told.n_roles; i++)
		if (hash32_eq(&x->g->told.roles[i].role, role))
			v[n++] = x->g->told.roles[i].who;
	return set_text(x, v, n);
}

static bool has_role(const struct snapshot_role *r, size_t role)
{
	const bool has[N_TIMELOCK_ROLES] = { r->proposer, r->executor, r->canceller, r->admin };
	return has[role];
}

static const char *read_holders(struct evidence_of *x, size_t role)
{
	struct addr *v = ARENA_ARRAY(x->a, struct addr, x->k->n_roles + 1);
	size_t n = 0;
	for (size_t i = 0; i < x->k->n_roles; i++)
		if (has_role(&x->k->roles[i], role))
			v[n++] = x->k->roles[i].account;
	return set_text(x, v, n);
}

/* Of those whom the look asked about, whoever has it by the proofs; NULL: one of those who have it is not proven. */
static const char *proven_holders(struct evidence_of *x, size_t role)
{
	struct addr *v = ARENA_ARRAY(x->a, struct addr, x->k->n_roles + 1);
	size_t n = 0;
	for (size_t i = 0; i < x->k->n_roles; i++) {
		const struct addr *who = &x->k->roles[i].account;
		const struct hash32 keys[] = { timelock_roles[role].hash, deployment_key(who) };
		const struct hash32 *word = deployment_word(x, &x->d->timelock, "hasRole(bytes32,address)", keys);
		if (word == NULL && has_role(&x->k->roles[i], role))
			return NULL;
		if (word != NULL && !hash32_is_zero(word))
			v[n++] = *who;
	}
	return set_text(x, v, n);
}

static void timelock(struct sources *s)
{
	struct evidence_of *x = s->x;
	held(s, "timelock.min_delay", told_number(x, &x->g->told.delay),
	     (struct said){ number_text(x, x->k->min_delay), NULL },
	     proven_at(x, &x->d->timelock, "getMinDelay()", false));
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		held(s, arena_fmt(x->a, "timelock.%ss", timelock_roles[i].name),
		     (struct said){ x->g->told.timelock_whole ? told_holders(x, &timelock_roles[i].hash) : NULL,
				    no_events(x) },
		     (struct said){ read_holders(x, i), NULL }, (struct said){ proven_holders(x, i), no_proofs(x) });
}

/* ---- contracts and code ----------------------------------------------------------------------------------------- */

static void contract(struct sources *s, const struct snapshot_contract *c)
{
	struct evidence_of *x = s->x;
	const struct custody_contract nothing = { .at = c->address };
	const struct custody_contract *told = custody_contract(&x->g->told, &c->address);
	const char *name = arena_str(x->a, c->name);
	if (told == NULL)
		told = &nothing;
	if (c->has_owner)
		held(s, arena_fmt(x->a, "%s.owner", name), told_address(x, &told->owner),
		     (struct said){ deployment_named(x, &c->owner), NULL }, proven_at(x, &c->address, "owner()", true));
	if (c->has_implementation)
		held(s, arena_fmt(x->a, "%s.implementation", name), told_address(x, &told->implementation),
		     (struct said){ deployment_named(x, &c->implementation), NULL },
		     proven_at(x, &c->address, "(implementation)", true));
}

static void code(struct sources *s, const struct governance_code *c)
{
	struct evidence_of *x = s->x;
	const struct trie_account *account = deployment_account(x, &c->at);
	held(s, arena_fmt(x->a, "code of %s", deployment_named(x, &c->at)), (struct said){ NULL, NULL },
	     (struct said){ hash_text(x, &c->hash), NULL },
	     (struct said){ account != NULL ? hash_text(x, &account->code_hash) : NULL, no_proofs(x) });
}

void deployment_sources(struct evidence_of *x)
{
	static const char *const columns[] = { "field", "by_events", "by_getters", "by_proof", "agree" };
	struct sources s = { x, ROWS_BEGIN(x->a, x->r, "sources", "Events, getters and proofs held against each other",
					   columns) };
	if (x->k == NULL) {
		s.t.s->text = NOT_ASKED;
		return;
	}
	s.t.s->text = "What the events since the beginning come to, what the contracts' getters say (of guard, "
		      "fallback handler, singleton and implementation: the node, of the slot), and what state proofs "
		      "show. A Safe's delegatecall writes storage without events, and events without "
		      "storage: then they differ.";
	safe_lists(&s);
	safe_values(&s);
	hidden_members(x);
	timelock(&s);
	for (size_t i = 0; i < x->k->n_contracts; i++)
		contract(&s, &x->k->contracts[i]);
	for (size_t i = 0; i < x->g->n_codes; i++)
		code(&s, &x->g->codes[i]);
	if (x->g->n_unreadable > 0)
		deployment_found(x, "EVENTS", "%zu events are not what their topic says, and count for nothing",
				 x->g->n_unreadable);
	if (x->g->told.more)
		deployment_found(x, "EVENTS", "events name more than %u owners, modules or holders: the rest is left "
				 "out", CUSTODY_MAX);
}

/* ---- every event ------------------------------------------------------------------------------------------------ */

static const char *about(struct evidence_of *x, const struct custody_event *v)
{
	switch (v->kind) {
	case CUSTODY_SAFE_MADE:
		return arena_fmt(x->a, "%s of %s; it delegated to: %s", number_text(x, v->number),
				 copied_text(x, v->owners, v->n_owners), deployment_named(x, &v->other));
	case CUSTODY_THRESHOLD: case CUSTODY_DELAY:
		return number_text(x, v->number);
	case CUSTODY_TIMELOCK_MADE:
		return arena_fmt(x->a, "delay %s s; admin besides itself: %s", number_text(x, v->number),
				 deployment_named(x, &v->other));
	case CUSTODY_GRANTED: case CUSTODY_REVOKED: {
		const struct timelock_role *role = timelock_role_of(SPAN_HASH(&v->id));
		return arena_fmt(x->a, "%s: %s", role != NULL ? role->name : hash_text(x, &v->id),
				 addr_is_zero(&v->who) ? "everybody" : deployment_named(x, &v->who));
	}
	case CUSTODY_PROXY_MADE:
		return arena_fmt(x->a, "%s, its code %s", deployment_named(x, &v->who), deployment_named(x, &v->other));
	case CUSTODY_OWNER_ADDED: case CUSTODY_OWNER_REMOVED: case CUSTODY_MODULE_ENABLED: case CUSTODY_MODULE_DISABLED:
	case CUSTODY_GUARD: case CUSTODY_HANDLER: case CUSTODY_SINGLETON: case CUSTODY_MODULE_RAN:
	case CUSTODY_SAFE_RAN: case CUSTODY_SAFE_FAILED: case CUSTODY_OPERATION_RAN: case CUSTODY_OWNED:
	case CUSTODY_UPGRADED: case CUSTODY_PROXY_ADMIN: case N_CUSTODY_KINDS:
		break;
	}
	return deployment_named(x, &v->who);
}

static void unlogged(struct evidence_of *x, const struct custody_event *v, size_t *n)
{
	if ((*n)++ < UNLOGGED_SHOWN)
		deployment_found(x, "UNKNOWN-CHANGE", "%s of %s in block %" PRIu64 " (%s) was by no change of this log",
				 custody_name(v->kind), deployment_named(x, &v->at), v->block, about(x, v));
}

static void event(struct evidence_of *x, struct rows *t, const struct custody_event *v, size_t *n_unlogged)
{
	const bool foreign = deployment_unlogged(x, v);
	rows_next(t);
	rows_str(t, "event", custody_name(v->kind));
	rows_str(t, "at", deployment_named(x, &v->at));
	rows_str(t, "about", about(x, v));
	put_event(x, t, v);
	if (foreign)
		unlogged(x, v, n_unlogged);
	rows_mark(t, foreign || v->kind == CUSTODY_MODULE_RAN ? REPORT_FINDING : REPORT_PLAIN);
}

void deployment_history(struct evidence_of *x)
{
	static const char *const columns[] = { "event", "at", "about", "tx_hash", "block_number", "block_time",
					       "block_hash", "log_index", "change" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "custody_history", "Every event about who holds what", columns);
	size_t all = 0, seen = 0, foreign = 0;
	for (size_t i = 0; i < x->g->n_events; i++)
		all += !custody_is_execution(&x->g->events[i]);
	for (size_t i = 0; i < x->g->n_events; i++)
		if (!custody_is_execution(&x->g->events[i]) && seen++ + HISTORY_MAX >= all)
			event(x, &t, &x->g->events[i], &foreign);
	if (foreign > UNLOGGED_SHOWN)
		deployment_found(x, "UNKNOWN-CHANGE", "and %zu more", foreign - UNLOGGED_SHOWN);
	t.s->text = !x->g->known ? x->g->trouble
		    : arena_fmt(x->a, "From block %" PRIu64 " on, without the executions themselves. Events are the "
				"node's word.%s", x->g->from,
				all > HISTORY_MAX ? " Older ones than these are left out." : "");
}
