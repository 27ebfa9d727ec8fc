#include "src/gov/findings.h"

#include "src/base/text.h"
#include "src/evm/address.h"

#define FOREIGN_SHOWN 20u             /* the rest is counted */
#define EARLIER "earlier"             /* the subject of that count */
#define ALL_MODULES "modules"

struct finder {
	struct arena *a;
	struct snapshot *s;
	const struct events_told *told;       /* or NULL */
	const struct deployment *d;
	size_t cap;
};

/* ---- saying ---- */

static const char *const warnings[] = { "EVENTS", "ENDPOINT" };

static enum severity severity_of(struct span code)
{
	for (size_t i = 0; i < ARRAY_LEN(warnings); i++)
		if (span_is(code, warnings[i]))
			return SEVERITY_WARNING;
	return SEVERITY_CRITICAL;
}

static const struct { const char *code, *next; } advice[] = {
	{ "OWNERS", "call the owners. When it was meant, the profile has to follow it; when not, safe.add-owner, "
		    "safe.remove-owner or safe.swap-owner mends it" },
	{ "THRESHOLD", "call the owners: it is how many of them decide; safe.change-threshold mends it" },
	{ "GUARD", "call the owners: a guard can hold up every transaction; safe.set-guard takes it away" },
	{ "MODULES", "call the owners: a module moves the Safe without signatures; safe.disable-module takes it away" },
	{ "SINGLETON", "sign nothing before somebody has compared the Safe's code" },
	{ "CODE", "compare the profile's address with the deployment's papers" },
	{ "OWNER", "call the owners: a change of that contract would not go through the timelock" },
	{ "ROLE", "call the owners: roles of the timelock decide who can act. What somebody holds and should not, "
		  "timelock.revoke-role takes away, which waits for the delay; what he schedules until then, "
		  "timelock.cancel stops at once" },
	{ "DELAY", "call the owners: what is scheduled can run at once; timelock.update-delay mends it" },
	{ "UNKNOWN-OPERATION", "call the owners: whoever may propose made it. If nobody answers for it, "
			       "timelock.cancel stops it, which has to run before the operation is ready" },
	{ "UNKNOWN-TX", "call the owners: enough of them have signed it. When it was before this log began, "
			"local.firstBlock in deployment.json leaves it out" },
	{ "EVENTS", "look again; when it stays, ask whoever runs the node" },
	{ "ENDPOINT", "look again; when it stays, ask whoever runs the node" },
};

const char *finding_next(const struct snapshot_finding *f)
{
	static const char ran[] = " executed";
	const size_t n = sizeof(ran) - 1;
	if (span_is(f->code, "UNKNOWN-OPERATION") && f->subject.n > n &&
	    span_is(span_of(f->subject.p + f->subject.n - n, n), ran))
		return "call the owners: whoever may propose made it, and it has run: it cannot be cancelled. Another "
		       "change puts right what it did";
	for (size_t i = 0; i < ARRAY_LEN(advice); i++)
		if (span_is(f->code, advice[i].code))
			return advice[i].next;
	return "compare the profile with the chain";
}

static struct span safe_span(struct arena *a, struct span text)
{
	return span_str(text_safe_str(a, text, false));
}

/* A node may say any 64 bits; what is compared with the next look is what a line can hold. */
static uint64_t within_json(uint64_t n)
{
	const uint64_t largest = (UINT64_C(1) << 53) - 1;
	return n < largest ? n : largest;
}

/* One finding: what stands in it beside its sentence. */
struct said {
	const char *code, *subject, *found, *expected;
	const struct finding_event *event;    /* or NULL */
};

/* What b holds, made safe; b is released. */
static void found(struct finder *f, const struct said *said, struct buf *b)
{
	struct snapshot_finding *out;
	ARENA_GROW(f->a, f->s->findings, f->s->n_findings, f->cap);
	out = &f->s->findings[f->s->n_findings++];
	*out = (struct snapshot_finding){ .code = span_str(said->code), .words = safe_span(f->a, buf_view(b)),
					  .severity = severity_of(span_str(said->code)),
					  .subject = safe_span(f->a, span_str(said->subject)),
					  .found = safe_span(f->a, span_str(said->found)),
					  .expected = safe_span(f->a, span_str(said->expected)),
					  .has_event = said->event != NULL };
	if (said->event != NULL)
		out->event = (struct finding_event){ said->event->tx, within_json(said->event->block),
						     within_json(said->event->index) };
	buf_release(b);
}

static const char *words_of(const struct finder *f, struct buf *b)
{
	const char *out = arena_str(f->a, buf_view(b));
	buf_release(b);
	return out;
}

/* "0x…", or with a word behind it. */
static const char *addr_words(const struct finder *f, const struct addr *at, const char *word)
{
	struct buf b = {0};
	addr_format(&b, at);
	buf_fmt(&b, "%s%s", *word != '\0' ? " " : "", word);
	return words_of(f, &b);
}

static const char *hash_words(const struct finder *f, const struct hash32 *h)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(h));
	return words_of(f, &b);
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

static void judge_owner(struct finder *f, const struct addr *at, bool is_one)
{
	static const char *const words[] = { "no owner of the Safe", "an owner of the Safe" };
	const struct said said = { .code = "OWNERS", .subject = addr_words(f, at, ""), .found = words[is_one],
				   .expected = words[!is_one] };
	struct buf b = {0};
	buf_str(&b, "the Safe's owners are not those of the profile: ");
	put_addr(f, &b, at);
	buf_str(&b, is_one ? " is one and should not be" : " should be one and is not");
	found(f, &said, &b);
}

static void judge_owners(struct finder *f)
{
	for (size_t i = 0; i < f->s->n_owners; i++)
		if (!deployment_is_owner(f->d, &f->s->owners[i]))
			judge_owner(f, &f->s->owners[i], true);
	for (size_t i = 0; i < f->d->n_people; i++)
		if (f->d->people[i].owner && !is_on_safe(f->s, &f->d->people[i].address))
			judge_owner(f, &f->d->people[i].address, false);
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
	const char *version = arena_str(f->a, f->d->safe_version);
	const struct said other = { .code = "SINGLETON", .subject = "version",
				    .found = arena_str(f->a, f->s->safe_version), .expected = version };
	const char *at = addr_words(f, &f->s->singleton, "");
	const struct said elsewhere = { .code = "SINGLETON", .subject = at, .found = at,
					.expected = arena_fmt(f->a, "where the Safe project puts %s", version) };
	struct buf b = {0};
	if (!span_eq(f->s->safe_version, f->d->safe_version)) {
		buf_str(&b, "the Safe says that it is version ");
		buf_span(&b, f->s->safe_version);
		buf_str(&b, ", the profile says ");
		buf_span(&b, f->d->safe_version);
		found(f, &other, &b);
	}
	if (is_published(f->d->safe_version, &f->s->singleton))
		return;
	buf_str(&b, "the Safe runs the code at ");
	put_addr(f, &b, &f->s->singleton);
	buf_str(&b, ", which is not where the Safe project puts version ");
	buf_span(&b, f->d->safe_version);
	found(f, &elsewhere, &b);
}

static void judge_modules(struct finder *f)
{
	struct said said = { .code = "MODULES", .found = "a module of the Safe", .expected = "no module" };
	struct buf b = {0};
	for (size_t i = 0; i < f->s->n_modules; i++) {
		said.subject = addr_words(f, &f->s->modules[i], "");
		buf_str(&b, "the Safe has the module ");
		put_addr(f, &b, &f->s->modules[i]);
		buf_str(&b, ", which needs no signatures");
		found(f, &said, &b);
	}
	if (f->s->modules_known)
		return;
	said = (struct said){ .code = "MODULES", .subject = ALL_MODULES, .found = "no list", .expected = "a list" };
	buf_str(&b, "the Safe's modules, which need no signatures, cannot be listed");
	found(f, &said, &b);
}

static void judge_guard(struct finder *f)
{
	const char *at = addr_words(f, &f->s->guard, "");
	const struct said said = { .code = "GUARD", .subject = at, .found = at,
				   .expected = "none, or a contract of the profile" };
	struct buf b = {0};
	if (addr_is_zero(&f->s->guard) || deployment_contract_at(f->d, &f->s->guard) != NULL)
		return;
	buf_str(&b, "the Safe has the guard ");
	put_addr(f, &b, &f->s->guard);
	buf_str(&b, ", which can hold up every transaction and is not in the profile");
	found(f, &said, &b);
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
	static const struct said alone = { .code = "THRESHOLD", .subject = "one signature", .found = "1",
					   .expected = "at least 2" };
	const char *n = arena_fmt(f->a, "%llu", (unsigned long long)f->s->threshold);
	const struct said other = { .code = "THRESHOLD", .subject = arena_fmt(f->a, "threshold %s", n), .found = n,
				    .expected = arena_fmt(f->a, "%llu", (unsigned long long)f->d->threshold) };
	struct buf b = {0};
	if (findings_threshold(&b, f->d, f->s->threshold))
		found(f, &other, &b);
	if (f->s->threshold < 2 && f->s->n_owners > 1) {
		buf_str(&b, "one signature alone moves the Safe");
		found(f, &alone, &b);
	}
}

static void judge_safe(struct finder *f)
{
	judge_owners(f);
	judge_code_of_safe(f);
	judge_threshold(f);
	judge_modules(f);
	judge_guard(f);
}

/* ---- contracts and the timelock ---- */

static void judge_contract(struct finder *f, const struct snapshot_contract *c)
{
	const bool governs = addr_eq(&c->address, &f->d->safe) || addr_eq(&c->address, &f->d->timelock);
	const char *owner = addr_words(f, &c->owner, "");
	struct said said = { .code = "CODE", .subject = addr_words(f, &c->address, ""), .found = "no code",
			     .expected = "code" };
	struct buf b = {0};
	buf_span(&b, c->name);
	buf_str(&b, " (");
	addr_format(&b, &c->address);
	if (!c->has_code) {
		buf_str(&b, ") has no code");
		found(f, &said, &b);
	} else if (c->has_owner && !governs && !addr_eq(&c->owner, &f->d->timelock)) {
		said = (struct said){ .code = "OWNER", .subject = addr_words(f, &c->address, owner), .found = owner,
				      .expected = addr_words(f, &f->d->timelock, "") };
		buf_str(&b, ") belongs to ");
		put_addr(f, &b, &c->owner);
		buf_str(&b, ", not to the timelock");
		found(f, &said, &b);
	}
	buf_release(&b);
}

/* The newest grant, where events tell of it. */
static const struct finding_event *granted(const struct finder *f, const struct addr *account,
					   const struct hash32 *role)
{
	for (size_t i = 0; f->told != NULL && i < f->told->n_holders; i++) {
		const struct event_holder *h = &f->told->holders[i];
		struct finding_event *ev;
		if (!addr_eq(&h->account, account) || !hash32_eq(&h->role, role))
			continue;
		ev = ARENA_NEW(f->a, struct finding_event);
		*ev = (struct finding_event){ h->tx, h->block, h->index };
		return ev;
	}
	return NULL;
}

static void judge_stranger(struct finder *f, const struct addr *account, size_t role)
{
	const struct timelock_role *r = &timelock_roles[role];
	/* Anybody's role is asked for whether an event tells of it or not. */
	const bool anybody = addr_is_zero(account);
	const struct said said = { .code = "ROLE", .subject = addr_words(f, account, r->name),
				   .found = arena_fmt(f->a, "holds %s", r->constant),
				   .expected = "held by nobody outside the profile",
				   .event = anybody ? NULL : granted(f, account, &r->hash) };
	struct buf b = {0};
	if (anybody) {
		buf_str(&b, "the zero address holds a role of the timelock, so anybody does: ");
	} else {
		addr_format(&b, account);
		buf_str(&b, ", who is not in the profile, holds a role of the timelock: ");
	}
	buf_str(&b, r->name);
	found(f, &said, &b);
}

static void judge_role(struct finder *f, const struct snapshot_role *r)
{
	const bool has[N_TIMELOCK_ROLES] = { r->proposer, r->executor, r->canceller, r->admin };
	struct said said = { .code = "ROLE", .subject = addr_words(f, &f->d->safe, ""),
			     .expected = "proposer and canceller" };
	struct buf b = {0};
	if (addr_eq(&r->account, &f->d->safe) && !(r->proposer && r->canceller)) {
		said.found = r->proposer ? "no canceller" : r->canceller ? "no proposer" : "neither";
		buf_str(&b, "this Safe may not propose to the timelock, or not cancel");
		found(f, &said, &b);
	}
	if (deployment_label(f->a, f->d, &r->account) != NULL)
		return;
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		if (has[i])
			judge_stranger(f, &r->account, i);
}

/* Where it was scheduled or, when it has run, where that was; NULL: its event was not found. */
static const struct finding_event *event_of(const struct finder *f, const struct snapshot_operation *op, bool ran)
{
	struct finding_event *ev = ARENA_NEW(f->a, struct finding_event);
	for (size_t i = 0; f->told != NULL && i < f->told->n_operations; i++) {
		const struct event_operation *t = &f->told->operations[i];
		if (!hash32_eq(&t->id, &op->id) || (ran && !t->executed))
			continue;
		*ev = ran ? (struct finding_event){ t->executed_tx, t->executed_block, t->executed_index }
			  : (struct finding_event){ t->tx, t->block, t->index };
		return ev;
	}
	return NULL;
}

static void judge_operation(struct finder *f, const struct snapshot_operation *op)
{
	const bool ran = op->timestamp == 1;
	const struct said said = { .code = "UNKNOWN-OPERATION",
				   .subject = arena_fmt(f->a, "%s%s", hash_words(f, &op->id), ran ? " executed" : ""),
				   .found = arena_fmt(f->a, "%s, %zu call%s", ran ? "executed" : "scheduled",
						      op->n_sentences, op->n_sentences == 1 ? "" : "s"),
				   .expected = "planned by a change of the log", .event = event_of(f, op, ran) };
	struct buf b = {0};
	if (op->change.n > 0)
		return;
	buf_fmt(&b, "the timelock %s an operation that the log does not know, ", ran ? "has run" : "holds");
	buf_0xhex(&b, SPAN_HASH(&op->id));
	if (op->n_sentences > 0)
		buf_fmt(&b, ", of %zu call%s, first: %s", op->n_sentences, op->n_sentences == 1 ? "" : "s",
			op->sentences[0]);
	found(f, &said, &b);
}

static const struct finding_event *executed(const struct finder *f, const struct snapshot_foreign_tx *t)
{
	struct finding_event *ev = ARENA_NEW(f->a, struct finding_event);
	*ev = (struct finding_event){ t->tx, t->block, 0 };
	for (size_t i = 0; f->told != NULL && i < f->told->n_executions; i++)
		if (hash32_eq(&f->told->executions[i].safe_tx_hash, &t->safe_tx_hash) &&
		    hash32_eq(&f->told->executions[i].tx, &t->tx))
			ev->index = f->told->executions[i].index;
	return ev;
}

static void judge_foreign_tx(struct finder *f, const struct snapshot_foreign_tx *t)
{
	const struct said said = { .code = "UNKNOWN-TX", .subject = hash_words(f, &t->safe_tx_hash),
				   .found = t->ok ? "executed" : "failed", .expected = "signed by a step of the log",
				   .event = executed(f, t) };
	struct buf b = {0};
	buf_fmt(&b, "the Safe ran a transaction that the log does not know%s, in block %llu: safeTxHash ",
		t->ok ? "" : " (it failed)", (unsigned long long)t->block);
	buf_0xhex(&b, SPAN_HASH(&t->safe_tx_hash));
	found(f, &said, &b);
}

/* The newest ones; they are in the chain's order. */
static void judge_foreign(struct finder *f)
{
	struct buf b = {0};
	const size_t n = f->s->n_foreign, first = n > FOREIGN_SHOWN ? n - FOREIGN_SHOWN : 0;
	for (size_t i = n; i > first; i--)
		judge_foreign_tx(f, &f->s->foreign[i - 1]);
	if (first == 0)
		return;
	const struct said said = { .code = "UNKNOWN-TX", .subject = EARLIER,
				   .found = arena_fmt(f->a, "%zu more", first), .expected = "none" };
	buf_fmt(&b, "and %zu more before them: a later local.firstBlock in deployment.json leaves out those from "
		"before this log", first);
	found(f, &said, &b);
}

static void judge_endpoints(struct finder *f)
{
	for (size_t i = 0; i < f->s->n_endpoints; i++) {
		const struct said said = { .code = "ENDPOINT", .subject = arena_str(f->a, f->s->endpoints[i].name),
					   .found = arena_str(f->a, f->s->endpoints[i].words),
					   .expected = "an answer" };
		struct buf b = {0};
		if (f->s->endpoints[i].ok)
			continue;
		buf_span(&b, f->s->endpoints[i].name);
		buf_str(&b, " is of no use: ");
		buf_span(&b, f->s->endpoints[i].words);
		found(f, &said, &b);
	}
}

static void judge_delay(struct finder *f)
{
	static const struct said said = { .code = "DELAY", .subject = "delay", .found = "0 s", .expected = "a delay" };
	struct buf b = {0};
	if (f->s->min_delay > 0)
		return;
	buf_str(&b, "the timelock asks for no delay");
	found(f, &said, &b);
}

static void judge_events(struct finder *f)
{
	const struct said said = { .code = "EVENTS", .subject = "events",
				   .found = arena_str(f->a, f->s->events_trouble),
				   .expected = "every event of the Safe and the timelock" };
	struct buf b = {0};
	if (f->s->events_trouble.n == 0)
		return;
	buf_span(&b, f->s->events_trouble);
	found(f, &said, &b);
}

void findings_judge(struct arena *a, struct snapshot *s, const struct events_told *told, const struct deployment *d)
{
	struct finder f = { .a = a, .s = s, .told = told, .d = d };
	s->findings = NULL;
	s->n_findings = 0;
	for (size_t i = 0; i < s->n_operations; i++)
		judge_operation(&f, &s->operations[i]);
	judge_foreign(&f);
	judge_safe(&f);
	for (size_t i = 0; i < s->n_roles; i++)
		judge_role(&f, &s->roles[i]);
	judge_delay(&f);
	for (size_t i = 0; i < s->n_contracts; i++)
		judge_contract(&f, &s->contracts[i]);
	judge_events(&f);
	judge_endpoints(&f);
}

/* ---- from one look to the next ---- */

static bool event_is_same(const struct finding_event *x, const struct finding_event *y)
{
	return hash32_eq(&x->tx, &y->tx) && x->index == y->index;
}

bool finding_is_same(const struct snapshot_finding *x, const struct snapshot_finding *y)
{
	return span_eq(x->code, y->code) && span_eq(x->subject, y->subject) && x->has_event == y->has_event &&
	       (!x->has_event || event_is_same(&x->event, &y->event));
}

static bool has_earlier(const struct snapshot *s)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (span_is(s->findings[i].code, "UNKNOWN-TX") && span_is(s->findings[i].subject, EARLIER))
			return true;
	return false;
}

/* Its owner was read, or it is no contract of the profile any more. */
static bool owner_is_known(const struct snapshot *s, struct span subject)
{
	for (size_t i = 0; i < s->n_contracts; i++) {
		struct buf at = {0};
		addr_format(&at, &s->contracts[i].address);
		const bool is_it = span_starts(subject, buf_cstr(&at));
		buf_release(&at);
		if (is_it)
			return s->contracts[i].has_owner;
	}
	return true;
}

bool findings_would_show(const struct snapshot *s, const struct snapshot_finding *f)
{
	const bool told = s->events_known && s->events_trouble.n == 0;
	if (!s->online || (f->has_event && (!told || f->event.block < s->events_from)))
		return false;
	if (span_is(f->code, "UNKNOWN-TX"))
		return told && (span_is(f->subject, EARLIER) || !has_earlier(s));
	if (span_is(f->code, "UNKNOWN-OPERATION"))
		return told;
	if (span_is(f->code, "MODULES"))
		return s->modules_known;
	return !span_is(f->code, "OWNER") || owner_is_known(s, f->subject);
}
