#include "src/gov/custody.h"

#include <string.h>

#include "src/crypto/keccak.h"
#include "src/evm/abi.h"

/* ---- one event -------------------------------------------------------------------------------------------------- */

#define WORDS_MAX 4u

static const struct kind_def {
	const char *name, *types;
	size_t words;                 /* those of its arguments that are one word each: topics first, then data */
	size_t topics;                /* at least so many of them are topics, besides the first */
	bool more;                    /* bytes follow that nobody here asks about */
} kinds[N_CUSTODY_KINDS] = {
	[CUSTODY_PROXY_MADE] = { "ProxyCreation", "(address,address)", 2, 0, false },
	[CUSTODY_SAFE_MADE] = { "SafeSetup", "(address,address[],uint256,address,address)", 1, 1, true },
	[CUSTODY_OWNER_ADDED] = { "AddedOwner", "(address)", 1, 0, false },
	[CUSTODY_OWNER_REMOVED] = { "RemovedOwner", "(address)", 1, 0, false },
	[CUSTODY_THRESHOLD] = { "ChangedThreshold", "(uint256)", 1, 0, false },
	[CUSTODY_MODULE_ENABLED] = { "EnabledModule", "(address)", 1, 0, false },
	[CUSTODY_MODULE_DISABLED] = { "DisabledModule", "(address)", 1, 0, false },
	[CUSTODY_GUARD] = { "ChangedGuard", "(address)", 1, 0, false },
	[CUSTODY_HANDLER] = { "ChangedFallbackHandler", "(address)", 1, 0, false },
	[CUSTODY_SINGLETON] = { "ChangedMasterCopy", "(address)", 1, 0, false },
	[CUSTODY_MODULE_RAN] = { "ExecutionFromModuleSuccess", "(address)", 1, 0, false },
	[CUSTODY_SAFE_RAN] = { "ExecutionSuccess", "(bytes32,uint256)", 2, 0, false },
	[CUSTODY_SAFE_FAILED] = { "ExecutionFailure", "(bytes32,uint256)", 2, 0, false },
	[CUSTODY_TIMELOCK_MADE] = { "TimelockDeployed", "(uint256,uint256,uint256,address)", 4, 1, false },
	[CUSTODY_GRANTED] = { "RoleGranted", "(bytes32,address,address)", 3, 3, false },
	[CUSTODY_REVOKED] = { "RoleRevoked", "(bytes32,address,address)", 3, 3, false },
	[CUSTODY_DELAY] = { "MinDelayChange", "(uint256,uint256)", 2, 0, false },
	[CUSTODY_OPERATION_RAN] = { "CallExecuted", "(bytes32,uint256,address,uint256,bytes)", 2, 2, true },
	[CUSTODY_OWNED] = { "OwnershipTransferred", "(address,address)", 2, 2, false },
	[CUSTODY_UPGRADED] = { "Upgraded", "(address)", 1, 1, false },
	[CUSTODY_PROXY_ADMIN] = { "AdminChanged", "(address,address)", 2, 0, false },
};

const char *custody_name(enum custody_kind kind)
{
	return kinds[kind].name;
}

void custody_topics(struct hash32 out[N_CUSTODY_KINDS])
{
	for (size_t k = 0; k < N_CUSTODY_KINDS; k++) {
		struct buf b = {0};
		buf_fmt(&b, "%s%s", kinds[k].name, kinds[k].types);
		keccak256(&out[k], buf_view(&b));
		buf_release(&b);
	}
}

/* False: there are not as many as this kind has, or others where topics have to be. */
static bool take_words(struct hash32 out[WORDS_MAX], const struct kind_def *k, const struct chain_event *e)
{
	const size_t topics = e->n_topics - 1;
	if (topics < k->topics || topics > k->words)
		return false;
	const size_t rest = 32 * (k->words - topics);
	if (k->more ? e->data.n < rest : e->data.n != rest)
		return false;
	for (size_t i = 0; i < topics; i++)
		out[i] = e->topics[i + 1];
	for (size_t i = topics; i < k->words; i++)
		memcpy(out[i].b, e->data.p + 32 * (i - topics), 32);
	return true;
}

static bool as_addr(struct addr *out, const struct hash32 *word)
{
	static const uint8_t nothing[12];
	memcpy(out->b, word->b + 12, sizeof(out->b));
	return memcmp(word->b, nothing, sizeof(nothing)) == 0;
}

/* What is beyond 64 bits is beyond every sense. */
static uint64_t as_number(const struct hash32 *word)
{
	const struct u256 v = u256_from_be(word->b);
	uint64_t n = UINT64_MAX;
	u256_fits_u64(&v, &n);
	return n;
}

static bool read_setup(struct arena *a, struct custody_event *out, struct span data)
{
	struct abi_value v;
	if (!abi_decode(a, &v, abi_type_parse(a, span_str("(address[],uint256,address,address)"), NULL), data, NULL))
		return false;
	struct addr *owners = ARENA_ARRAY(a, struct addr, v.items[0].n + 1);
	for (size_t i = 0; i < v.items[0].n; i++)
		owners[i] = abi_as_addr(&v.items[0].items[i]);
	out->owners = owners;
	out->n_owners = v.items[0].n;
	out->number = UINT64_MAX;
	u256_fits_u64(&v.items[1].word, &out->number);
	out->other = abi_as_addr(&v.items[2]);
	out->who = abi_as_addr(&v.items[3]);
	return true;
}

static bool read_kind(struct arena *a, struct custody_event *out, const struct hash32 w[WORDS_MAX], struct span data)
{
	switch (out->kind) {
	case CUSTODY_SAFE_MADE:
		return read_setup(a, out, data);
	case CUSTODY_PROXY_MADE:
		return as_addr(&out->who, &w[0]) && as_addr(&out->other, &w[1]);
	case CUSTODY_OWNER_ADDED: case CUSTODY_OWNER_REMOVED: case CUSTODY_MODULE_ENABLED:
	case CUSTODY_MODULE_DISABLED:
	case CUSTODY_GUARD: case CUSTODY_HANDLER: case CUSTODY_SINGLETON: case CUSTODY_MODULE_RAN:
	case CUSTODY_UPGRADED:
		return as_addr(&out->who, &w[0]);
	case CUSTODY_THRESHOLD:
		out->number = as_number(&w[0]);
		return true;
	case CUSTODY_SAFE_RAN: case CUSTODY_SAFE_FAILED: case CUSTODY_OPERATION_RAN:
		out->id = w[0];
		return true;
	case CUSTODY_TIMELOCK_MADE:
		out->number = as_number(&w[1]);
		return as_addr(&out->other, &w[0]);
	case CUSTODY_GRANTED: case CUSTODY_REVOKED:
		out->id = w[0];
		return as_addr(&out->who, &w[1]) && as_addr(&out->other, &w[2]);
	case CUSTODY_DELAY:
		out->from_nothing = hash32_is_zero(&w[0]);
		out->number = as_number(&w[1]);
		return true;
	case CUSTODY_OWNED: case CUSTODY_PROXY_ADMIN:
		return as_addr(&out->other, &w[0]) && as_addr(&out->who, &w[1]);
	case N_CUSTODY_KINDS:
		break;
	}
	BUG("custody kind %d", (int)out->kind);
}

static bool kind_of(enum custody_kind *out, const struct hash32 topics[N_CUSTODY_KINDS], const struct chain_event *e)
{
	for (int k = 0; k < N_CUSTODY_KINDS && e->n_topics > 0; k++)
		if (hash32_eq(&topics[k], &e->topics[0])) {
			*out = (enum custody_kind)k;
			return true;
		}
	return false;
}

bool custody_read(struct arena *a, struct custody_event *out, const struct hash32 topics[N_CUSTODY_KINDS],
		  const struct chain_event *e, bool *unreadable)
{
	struct hash32 words[WORDS_MAX];
	*out = (struct custody_event){ .at = e->address, .tx = e->tx, .block = e->block, .index = e->index };
	*unreadable = false;
	if (!kind_of(&out->kind, topics, e))
		return false;
	*unreadable = !take_words(words, &kinds[out->kind], e) || !read_kind(a, out, words, e->data);
	return !*unreadable;
}

/* ---- sets ------------------------------------------------------------------------------------------------------- */

const struct custody_member *custody_member(const struct custody_set *s, const struct addr *at)
{
	for (size_t i = 0; i < s->n; i++)
		if (addr_eq(&s->v[i].at, at))
			return &s->v[i];
	return NULL;
}

struct replay {
	struct arena *a;
	struct custody *c;
};

static void put(struct replay *r, struct custody_set *s, const struct addr *at, const struct custody_event *by)
{
	if (custody_member(s, at) != NULL)
		return;
	if (s->n == CUSTODY_MAX) {
		r->c->more = true;
		return;
	}
	ARENA_GROW(r->a, s->v, s->n, s->cap);
	s->v[s->n++] = (struct custody_member){ *at, by };
}

static void drop(struct custody_set *s, const struct addr *at)
{
	for (size_t i = 0; i < s->n; i++)
		if (addr_eq(&s->v[i].at, at)) {
			memmove(&s->v[i], &s->v[i + 1], (s->n - i - 1) * sizeof(*s->v));
			s->n--;
			return;
		}
}

static void set(struct custody_value *v, const struct custody_event *by)
{
	*v = (struct custody_value){ true, by->who, by->number, by };
}

/* ---- replay ----------------------------------------------------------------------------------------------------- */

/* Its event comes last in its transaction, after those of what it delegated to; what it says was first. */
static void setup(struct replay *r, const struct custody_event *e)
{
	struct custody *c = r->c;
	c->made = e;
	for (size_t i = 0; i < e->n_owners; i++) {
		put(r, &c->owners, &e->owners[i], e);
		put(r, &c->ever, &e->owners[i], e);
	}
	set(&c->threshold, e);
	set(&c->handler, e);
	c->guard = (struct custody_value){ .known = true };
}

static void of_safe(struct replay *r, const struct custody_event *e)
{
	struct custody *c = r->c;
	if (e->kind == CUSTODY_OWNER_ADDED || e->kind == CUSTODY_MODULE_ENABLED) {
		put(r, e->kind == CUSTODY_OWNER_ADDED ? &c->owners : &c->modules, &e->who, e);
		put(r, &c->ever, &e->who, e);
	}
	if (e->kind == CUSTODY_OWNER_REMOVED)
		drop(&c->owners, &e->who);
	if (e->kind == CUSTODY_MODULE_DISABLED)
		drop(&c->modules, &e->who);
	if (e->kind == CUSTODY_THRESHOLD)
		set(&c->threshold, e);
	if (e->kind == CUSTODY_GUARD)
		set(&c->guard, e);
	if (e->kind == CUSTODY_HANDLER)
		set(&c->handler, e);
	if (e->kind == CUSTODY_SINGLETON)
		set(&c->singleton, e);
	c->executions += e->kind == CUSTODY_SAFE_RAN || e->kind == CUSTODY_SAFE_FAILED;
}

const struct custody_role *custody_role(const struct custody *c, const struct hash32 *role, const struct addr *who)
{
	for (size_t i = 0; i < c->n_roles; i++)
		if (hash32_eq(&c->roles[i].role, role) && addr_eq(&c->roles[i].who, who))
			return &c->roles[i];
	return NULL;
}

static void grant(struct replay *r, const struct custody_event *e)
{
	struct custody *c = r->c;
	if (custody_role(c, &e->id, &e->who) != NULL)
		return;
	if (c->n_roles == CUSTODY_MAX) {
		c->more = true;
		return;
	}
	ARENA_GROW(r->a, c->roles, c->n_roles, c->cap_roles);
	c->roles[c->n_roles++] = (struct custody_role){ e->id, e->who, e };
}

static void take_back(struct custody *c, const struct custody_event *e)
{
	const struct custody_role *held = custody_role(c, &e->id, &e->who);
	if (held == NULL)
		return;
	const size_t i = (size_t)(held - c->roles);
	memmove(&c->roles[i], &c->roles[i + 1], (c->n_roles - i - 1) * sizeof(*c->roles));
	c->n_roles--;
}

static void of_timelock(struct replay *r, const struct custody_event *e)
{
	if (e->kind == CUSTODY_GRANTED)
		grant(r, e);
	if (e->kind == CUSTODY_REVOKED)
		take_back(r->c, e);
	if (e->kind != CUSTODY_DELAY)
		return;
	/* The constructor's is the first one; a delay that was set to 0 and then to something looks like it. */
	if (!r->c->delay.known)
		r->c->timelock_whole = e->from_nothing;
	set(&r->c->delay, e);
}

const struct custody_contract *custody_contract(const struct custody *c, const struct addr *at)
{
	for (size_t i = 0; i < c->n_contracts; i++)
		if (addr_eq(&c->contracts[i].at, at))
			return &c->contracts[i];
	return NULL;
}

static void of_contract(struct replay *r, const struct custody_event *e)
{
	struct custody *c = r->c;
	const struct custody_contract *found = custody_contract(c, &e->at);
	size_t i = found != NULL ? (size_t)(found - c->contracts) : c->n_contracts;
	if (found == NULL) {
		ARENA_GROW(r->a, c->contracts, i, c->cap_contracts);
		c->contracts[i] = (struct custody_contract){ .at = e->at };
		c->n_contracts++;
	}
	set(e->kind == CUSTODY_OWNED ? &c->contracts[i].owner
	    : e->kind == CUSTODY_UPGRADED ? &c->contracts[i].implementation : &c->contracts[i].admin, e);
}

/* The Safe is set up once, and by whose factory is said of it alone. */
static void beginnings(struct replay *r, const struct addr *safe, const struct custody_event *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].kind == CUSTODY_SAFE_MADE && addr_eq(&v[i].at, safe) && r->c->made == NULL)
			setup(r, &v[i]);
		if (v[i].kind == CUSTODY_PROXY_MADE && addr_eq(&v[i].who, safe) && r->c->proxy == NULL) {
			r->c->proxy = &v[i];
			r->c->singleton = (struct custody_value){ true, v[i].other, 0, &v[i] };
		}
	}
}

void custody_replay(struct arena *a, struct custody *out, const struct addr *safe, const struct addr *timelock,
		    const struct custody_event *v, size_t n)
{
	struct replay r = { a, out };
	*out = (struct custody){0};
	beginnings(&r, safe, v, n);
	for (size_t i = 0; i < n; i++) {
		const enum custody_kind k = v[i].kind;
		if (k > CUSTODY_SAFE_MADE && k <= CUSTODY_SAFE_FAILED && addr_eq(&v[i].at, safe))
			of_safe(&r, &v[i]);
		if (k >= CUSTODY_TIMELOCK_MADE && k <= CUSTODY_OPERATION_RAN && addr_eq(&v[i].at, timelock))
			of_timelock(&r, &v[i]);
		if (k >= CUSTODY_OWNED)
			of_contract(&r, &v[i]);
	}
}

bool custody_is_execution(const struct custody_event *v)
{
	return v->kind == CUSTODY_SAFE_RAN || v->kind == CUSTODY_SAFE_FAILED || v->kind == CUSTODY_OPERATION_RAN;
}

/* By whose word it counts: any contract can say that something ran. */
static bool ends_execution(const struct custody_event *v, const struct addr *safe, const struct addr *timelock)
{
	if (v->kind == CUSTODY_OPERATION_RAN)
		return addr_eq(&v->at, timelock);
	return (v->kind == CUSTODY_SAFE_RAN || v->kind == CUSTODY_MODULE_RAN) && addr_eq(&v->at, safe);
}

const struct custody_event **custody_within(struct arena *a, const struct addr *safe, const struct addr *timelock,
					    const struct custody_event *v, size_t n)
{
	const struct custody_event **in = ARENA_ARRAY(a, const struct custody_event *, n + 1), *next = NULL;
	for (size_t i = n; i-- > 0;) {
		if (next != NULL && hash32_eq(&next->tx, &v[i].tx))
			in[i] = next;
		if (ends_execution(&v[i], safe, timelock))
			next = &v[i];
	}
	return in;
}
