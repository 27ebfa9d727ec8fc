#include "src/gov/findings.h"

#include "src/base/text.h"
#include "src/evm/address.h"

#define FOREIGN_SHOWN 20u             /* the rest is counted */

struct finder {
	struct arena *a;
	struct snapshot *s;
	const struct deployment *d;
	size_t cap;
};

/* ---- saying ---- */

/* What b holds, made safe; b is released. */
static void found(struct finder *f, const char *code, struct buf *b)
{
	struct buf safe = {0};
	if (f->s->n_findings == f->cap) {
		struct snapshot_finding *more = ARENA_ARRAY(f->a, struct snapshot_finding, 2 * f->cap + 16);
		for (size_t i = 0; i < f->s->n_findings; i++)
			more[i] = f->s->findings[i];
		f->s->findings = more;
		f->cap = 2 * f->cap + 16;
	}
	text_safe(&safe, buf_view(b), false);
	f->s->findings[f->s->n_findings++] =
		(struct snapshot_finding){ span_str(code), arena_copy(f->a, buf_view(&safe)) };
	buf_release(&safe);
	buf_release(b);
}


/* "0x… (p3)" */
static void put_addr(const struct finder *f, struct buf *b, const struct addr *at)
{
	const char *label = deployment_label(f->a, f->d, at);
	addr_format(b, at);
	if (label != NULL)
		buf_fmt(b, " (%s)", label);
}

/* ---- the Safe ---- */

static bool is_on_safe(const struct snapshot *s, const struct addr *at)
{
	for (size_t i = 0; i < s->n_owners; i++)
		if (addr_eq(&s->owners[i], at))
			return true;
	return false;
}

static void judge_owners(struct finder *f)
{
	struct buf b = {0};
	size_t n = 0;
	buf_str(&b, "the Safe's owners are not those of the profile:");
	for (size_t i = 0; i < f->s->n_owners; i++)
		if (!deployment_is_owner(f->d, &f->s->owners[i])) {
			buf_str(&b, n++ > 0 ? ", " : " ");
			put_addr(f, &b, &f->s->owners[i]);
			buf_str(&b, " is one and should not be");
		}
	for (size_t i = 0; i < f->d->n_people; i++)
		if (f->d->people[i].owner && !is_on_safe(f->s, &f->d->people[i].address)) {
			buf_str(&b, n++ > 0 ? ", " : " ");
			put_addr(f, &b, &f->d->people[i].address);
			buf_str(&b, " should be one and is not");
		}
	if (n > 0)
		found(f, "OWNERS", &b);
	buf_release(&b);
}

/* Where the Safe project's own deployments put these versions, first the chains' common address, then that of chains
 * that demand replay protection; each plain and L2. Source: safe-global/safe-deployments. */
static const struct { const char *version, *address; } published[] = {
	{ "1.3.0", "0xd9Db270c1B5E3Bd161E8c8503c55cEABeE709552" },
	{ "1.3.0", "0x3E5c63644E683549055b9Be8653de26E0B4CD36E" },
	{ "1.3.0", "0x69f4D1788e39c87893C980c06EdF4b7f686e2938" },
	{ "1.3.0", "0xfb1bffC9d739B8D520DaF37dF666da4C687191EA" },
	{ "1.4.1", "0x41675C099F32341bf84BFc5382aF534df5C7461a" },
	{ "1.4.1", "0x29fcB43b46531BcA003ddC8FCB67FFE91900C762" },
};

static bool is_published(struct span version, const struct addr *singleton)
{
	struct addr at;
	for (size_t i = 0; i < ARRAY_LEN(published); i++)
		if (span_starts(version, published[i].version) &&
		    addr_parse(&at, span_str(published[i].address), NULL) && addr_eq(&at, singleton))
			return true;
	return false;
}

static void judge_code_of_safe(struct finder *f)
{
	struct buf b = {0};
	if (!span_eq(f->s->safe_version, f->d->safe_version)) {
		buf_str(&b, "the Safe says that it is version ");
		buf_span(&b, f->s->safe_version);
		buf_str(&b, ", the profile says ");
		buf_span(&b, f->d->safe_version);
		found(f, "SINGLETON", &b);
	}
	if (is_published(f->d->safe_version, &f->s->singleton))
		return;
	buf_str(&b, "the Safe runs the code at ");
	put_addr(f, &b, &f->s->singleton);
	buf_str(&b, ", which is not where the Safe project puts version ");
	buf_span(&b, f->d->safe_version);
	found(f, "SINGLETON", &b);
}

bool findings_threshold(struct buf *out, const struct deployment *d, uint64_t on_chain)
{
	if (on_chain == d->threshold)
		return false;
	buf_fmt(out, "the Safe asks for %llu of its owners, the profile says %llu", (unsigned long long)on_chain,
		(unsigned long long)d->threshold);
	return true;
}

static void judge_threshold(struct finder *f)
{
	struct buf b = {0};
	if (findings_threshold(&b, f->d, f->s->threshold))
		found(f, "THRESHOLD", &b);
	if (f->s->threshold < 2 && f->s->n_owners > 1) {
		buf_str(&b, "one signature alone moves the Safe");
		found(f, "THRESHOLD", &b);
	}
}

static void judge_safe(struct finder *f)
{
	struct buf b = {0};
	judge_owners(f);
	judge_code_of_safe(f);
	judge_threshold(f);
	for (size_t i = 0; i < f->s->n_modules; i++) {
		buf_str(&b, "the Safe has the module ");
		put_addr(f, &b, &f->s->modules[i]);
		buf_str(&b, ", which needs no signatures");
		found(f, "MODULES", &b);
	}
	if (!f->s->modules_known) {
		buf_str(&b, "the Safe's modules, which need no signatures, cannot be listed");
		found(f, "MODULES", &b);
	}
	if (!addr_is_zero(&f->s->guard) && deployment_contract_at(f->d, &f->s->guard) == NULL) {
		buf_str(&b, "the Safe has the guard ");
		put_addr(f, &b, &f->s->guard);
		buf_str(&b, ", which can hold up every transaction and is not in the profile");
		found(f, "GUARD", &b);
	}
}

/* ---- contracts and the timelock ---- */

static void judge_contracts(struct finder *f)
{
	for (size_t i = 0; i < f->s->n_contracts; i++) {
		const struct snapshot_contract *c = &f->s->contracts[i];
		const bool governs = addr_eq(&c->address, &f->d->safe) || addr_eq(&c->address, &f->d->timelock);
		struct buf b = {0};
		buf_span(&b, c->name);
		buf_str(&b, " (");
		addr_format(&b, &c->address);
		if (!c->has_code) {
			buf_str(&b, ") has no code");
			found(f, "CODE", &b);
		} else if (c->has_owner && !governs && !addr_eq(&c->owner, &f->d->timelock)) {
			buf_str(&b, ") belongs to ");
			put_addr(f, &b, &c->owner);
			buf_str(&b, ", not to the timelock");
			found(f, "OWNER", &b);
		}
		buf_release(&b);
	}
}

static void put_roles(struct buf *b, const struct snapshot_role *r)
{
	const bool has[N_TIMELOCK_ROLES] = { r->proposer, r->executor, r->canceller, r->admin };
	size_t n = 0;
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		if (has[i])
			buf_fmt(b, "%s%s", n++ > 0 ? " and " : "", timelock_roles[i].name);
}

static void judge_role(struct finder *f, const struct snapshot_role *r)
{
	struct buf b = {0};
	if (addr_eq(&r->account, &f->d->safe) && !(r->proposer && r->canceller)) {
		buf_str(&b, "this Safe may not propose to the timelock, or not cancel");
		found(f, "ROLE", &b);
	}
	if (!(r->proposer || r->executor || r->canceller || r->admin) ||
	    deployment_label(f->a, f->d, &r->account) != NULL)
		return;
	if (addr_is_zero(&r->account)) {
		buf_str(&b, "the zero address holds a role of the timelock, so anybody does: ");
	} else {
		addr_format(&b, &r->account);
		buf_str(&b, ", who is not in the profile, holds a role of the timelock: ");
	}
	put_roles(&b, r);
	found(f, "ROLE", &b);
}

static void judge_operation(struct finder *f, const struct snapshot_operation *op)
{
	struct buf b = {0};
	if (op->change.n > 0)
		return;
	buf_str(&b, "the timelock holds an operation that the log does not know, ");
	buf_0xhex(&b, SPAN_HASH(&op->id));
	if (op->n_sentences > 0)
		buf_fmt(&b, ", of %zu call%s, first: %s", op->n_sentences, op->n_sentences == 1 ? "" : "s",
			op->sentences[0]);
	found(f, "UNKNOWN-OPERATION", &b);
}

/* The newest ones; they are in the chain's order. */
static void judge_foreign(struct finder *f)
{
	struct buf b = {0};
	const size_t n = f->s->n_foreign, first = n > FOREIGN_SHOWN ? n - FOREIGN_SHOWN : 0;
	for (size_t i = n; i > first; i--) {
		const struct snapshot_foreign_tx *t = &f->s->foreign[i - 1];
		buf_fmt(&b, "the Safe ran a transaction that the log does not know%s, in block %llu: safeTxHash ",
			t->ok ? "" : " (it failed)", (unsigned long long)t->block);
		buf_0xhex(&b, SPAN_HASH(&t->safe_tx_hash));
		found(f, "UNKNOWN-TX", &b);
	}
	if (first > 0) {
		buf_fmt(&b, "and %zu more before them: a later local.firstBlock in deployment.json leaves out those "
			"from before this log", first);
		found(f, "UNKNOWN-TX", &b);
	}
}

static void judge_endpoints(struct finder *f)
{
	for (size_t i = 0; i < f->s->n_endpoints; i++) {
		struct buf b = {0};
		if (f->s->endpoints[i].ok)
			continue;
		buf_span(&b, f->s->endpoints[i].name);
		buf_str(&b, " is of no use: ");
		buf_span(&b, f->s->endpoints[i].words);
		found(f, "ENDPOINT", &b);
	}
}

void findings_judge(struct arena *a, struct snapshot *s, const struct deployment *d)
{
	struct finder f = { .a = a, .s = s, .d = d };
	struct buf b = {0};
	s->findings = NULL;
	s->n_findings = 0;
	for (size_t i = 0; i < s->n_operations; i++)
		judge_operation(&f, &s->operations[i]);
	judge_foreign(&f);
	judge_safe(&f);
	for (size_t i = 0; i < s->n_roles; i++)
		judge_role(&f, &s->roles[i]);
	if (s->min_delay == 0) {
		buf_str(&b, "the timelock asks for no delay");
		found(&f, "DELAY", &b);
	}
	judge_contracts(&f);
	if (s->events_trouble.n > 0) {
		buf_span(&b, s->events_trouble);
		found(&f, "EVENTS", &b);
	}
	judge_endpoints(&f);
}
