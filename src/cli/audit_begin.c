/* Where a log begins on chain, and whether its deployment then was what the profile in its first line claims. */
#include "src/cli/audit_parts.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"
#include "src/gov/timelock.h"

#define CONTRACTS_MAX 64u
#define HOLDERS_MAX 256u

/* ---- where ---- */

/* The newest block that is not younger than this time. */
static bool block_at_time(struct audit *t, int64_t seconds, uint64_t *out, struct err *e)
{
	uint64_t low = 0, high = t->chain.pin.number;
	struct block b;
	while (low < high) {
		const uint64_t mid = low + (high - low + 1) / 2;
		if (!chain_block(&t->chain, mid, &b, e))
			return false;
		if ((int64_t)b.time <= seconds)
			low = mid;
		else
			high = mid - 1;
	}
	*out = low;
	return true;
}

/* By the block that the line names, when it is one of this chain; else by the line's clock. */
static bool began_at(struct audit *t, const struct export_profile *p, uint64_t *out, const char **by, struct err *e)
{
	struct block b;
	if (p->has_block && p->block <= t->chain.pin.number) {
		if (!chain_block(&t->chain, p->block, &b, e))
			return false;
		*out = p->block;
		*by = arena_fmt(t->a, "line %" PRIu64 " names it", p->seq);
		if (hash32_eq(&b.hash, &p->block_hash))
			return true;
	}
	if (p->has_block)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "the block that line %" PRIu64 " names, %" PRIu64
			   ": your node has another one there; the line's clock is taken in its place", p->seq,
			   p->block);
	*by = arena_fmt(t->a, "by the clock of line %" PRIu64, p->seq);
	return block_at_time(t, p->seconds, out, e);
}

/* What the log did on chain cannot be older than the log. */
static void not_after_the_first_step(struct audit *t)
{
	for (size_t i = 0; i < t->x.n_steps; i++) {
		const struct export_step *s = &t->x.steps[i];
		if (!s->mined || s->block > t->began || s->block == 0)
			continue;
		t->began = s->block - 1;
		t->began_by = arena_fmt(t->a, "line %" PRIu64 " says that it was on chain in the next one", s->seq);
	}
}

static bool read_began(struct audit *t, struct err *e)
{
	const char *given = cli_option(t->cli, "--began");
	struct u256 v;
	if (given == NULL) {
		if (!began_at(t, &t->x.profiles[0], &t->began, &t->began_by, e))
			return false;
		not_after_the_first_step(t);
		return true;
	}
	t->began_by = "as you say";
	return (u256_parse(&v, span_str(given), e) && u256_fits_u64(&v, &t->began)) ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--began: needed a block number");
}

static bool is_listed(const struct audit *t, const struct addr *at)
{
	for (size_t i = 0; i < t->n_contracts; i++)
		if (addr_eq(&t->contracts[i].at, at))
			return true;
	return false;
}

static bool list_contracts(struct audit *t, const struct deployment *d, uint64_t began, struct err *e)
{
	for (size_t i = 0; i < d->n_contracts; i++) {
		if (is_listed(t, &d->contracts[i].address))
			continue;
		if (t->n_contracts == CONTRACTS_MAX)
			return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more than %u contracts", CONTRACTS_MAX);
		t->contracts[t->n_contracts++] = (struct audit_contract){ d->contracts[i].address, began };
	}
	return true;
}

bool audit_begin(struct audit *t, struct err *e)
{
	t->contracts = ARENA_ARRAY(t->a, struct audit_contract, CONTRACTS_MAX);
	if (!read_began(t, e))
		return false;
	for (size_t i = 0; i < t->x.n_profiles; i++) {
		const struct export_profile *p = &t->x.profiles[i];
		uint64_t began = t->began;
		const char *by;
		if (!p->known) {
			audit_note(t, &t->unchecked, AUDIT_LOOK, "contracts that the profile of line %" PRIu64
				   " names and no other does: the export does not have it", p->seq);
			continue;
		}
		if (i > 0 && !began_at(t, p, &began, &by, e))
			return false;
		if (!list_contracts(t, &p->d, began, e))
			return false;
	}
	return true;
}

/* ---- what the profile claims ---- */

static bool same_owners(const struct deployment *d, const struct chain_safe *s)
{
	for (size_t i = 0; i < s->owner_count; i++)
		if (!deployment_is_owner(d, &s->owners[i]))
			return false;
	return s->owner_count == deployment_owners(d);
}

static void judge_safe(struct audit *t, const struct deployment *d, const struct chain_safe *s)
{
	const char *owners = audit_addresses(t, s->owners, s->owner_count);
	struct buf version = {0};
	if (same_owners(d, s))
		audit_note(t, &t->opening, AUDIT_OK, "owners of the Safe: the profile's %zu and nobody else",
			   s->owner_count);
	else
		audit_note(t, &t->opening, AUDIT_DIFFERS, "owners of the Safe: not those of the profile, but %s",
			   owners);
	audit_note(t, &t->opening, s->threshold == d->threshold ? AUDIT_OK : AUDIT_DIFFERS,
		   "owners who have to sign: %" PRIu64 "; the profile says %" PRIu64, s->threshold, d->threshold);
	text_safe(&version, span_str(s->version), false);
	audit_note(t, &t->opening, span_is(d->safe_version, s->version) ? AUDIT_OK : AUDIT_DIFFERS,
		   "version of the Safe: %s; the profile says %.*s", buf_cstr(&version), text_shown(d->safe_version),
		   (const char *)d->safe_version.p);
	buf_release(&version);
	if (!addr_is_zero(&s->guard))
		audit_note(t, &t->opening, AUDIT_LOOK, "the Safe had a guard: %s", audit_addresses(t, &s->guard, 1));
	if (s->module_count > 0)
		audit_note(t, &t->opening, AUDIT_LOOK, "the Safe had modules, which need no owner: %s",
			   audit_addresses(t, s->modules, s->module_count));
	else if (!s->modules_known)
		audit_note(t, &t->opening, AUDIT_LOOK, "modules of the Safe: it cannot list them");
}

static void add_holder(struct chain_roles *v, size_t *n, const struct addr *who)
{
	for (size_t i = 0; i < *n; i++)
		if (addr_eq(&v[i].account, who))
			return;
	if (*n < HOLDERS_MAX)
		v[(*n)++].account = *who;
}

/* The Safe first; nobody, who stands for anybody; everybody in the profile, and whom an event gave a role. */
static size_t role_holders(const struct audit *t, const struct deployment *d, struct chain_roles *v)
{
	const size_t granted = recount_kind_named("RoleGranted(bytes32,address,address)");
	size_t n = 2;
	v[0].account = d->safe;
	for (size_t i = 0; i < d->n_contracts; i++)
		add_holder(v, &n, &d->contracts[i].address);
	for (size_t i = 0; i < d->n_people; i++)
		add_holder(v, &n, &d->people[i].address);
	for (size_t i = 0; i < t->n_logs; i++) {
		const struct chain_log *l = &t->logs[i];
		struct addr who;
		if (!addr_eq(&l->address, &d->timelock) || l->topic_count != 4 ||
		    !hash32_eq(&l->topics[0], &t->topics[granted]))
			continue;
		memcpy(who.b, l->topics[2].b + 12, sizeof(who.b));
		add_holder(v, &n, &who);
	}
	return n;
}

static void judge_roles(struct audit *t, const struct deployment *d, const struct chain_roles *v, size_t n)
{
	const struct { const char *name; size_t at; } roles[] = {
		{ "proposer", offsetof(struct chain_roles, proposer) }, { "executor", offsetof(struct chain_roles,
			   executor) },
		{ "canceller", offsetof(struct chain_roles, canceller) }, { "admin", offsetof(struct chain_roles,
			   admin) },
	};
	audit_note(t, &t->opening, v[0].proposer && v[0].canceller ? AUDIT_OK : AUDIT_DIFFERS,
		   "the Safe could%s propose to the timelock, and could%s cancel", v[0].proposer ? "" : " not",
		   v[0].canceller ? "" : " not");
	for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
		struct addr holders[HOLDERS_MAX];
		size_t have = 0, strangers = 0;
		for (size_t i = 0; i < n; i++)
			if (*(const bool *)((const char *)&v[i] + roles[r].at)) {
				strangers += !addr_eq(&v[i].account, &d->safe) && !addr_eq(&v[i].account, &d->timelock);
				holders[have++] = v[i].account;
			}
		audit_note(t, &t->opening, strangers > 0 ? AUDIT_LOOK : AUDIT_OK, "%s of the timelock: %s",
			   roles[r].name,
			   have > 0 ? audit_addresses(t, holders, have) : "nobody");
	}
}

static void judge_contracts(struct audit *t, const struct deployment *d, const struct chain_contract *v)
{
	for (size_t i = 0; i < d->n_contracts; i++) {
		const char *which = audit_addresses(t, &v[i].at, 1);
		if (!v[i].has_code)
			audit_note(t, &t->opening, AUDIT_DIFFERS, "%s: no contract was there", which);
		else if (v[i].has_owner)
			audit_note(t, &t->opening, addr_eq(&v[i].owner, &d->timelock) ? AUDIT_OK : AUDIT_LOOK,
				   "%s: owned by %s", which, audit_addresses(t, &v[i].owner, 1));
	}
}

static bool read_opening(struct audit *t, const struct deployment *d, struct err *e)
{
	struct chain_safe safe;
	struct chain_roles roles[HOLDERS_MAX] = {0};
	struct chain_contract *v = ARENA_ARRAY(t->a, struct chain_contract, d->n_contracts + 1);
	const size_t n = role_holders(t, d, roles);
	for (size_t i = 0; i < d->n_contracts; i++)
		v[i].at = d->contracts[i].address;
	if (!chain_safe(&t->chain, t->a, &d->safe, &safe, e))
		return false;
	judge_safe(t, d, &safe);
	if (!chain_roles(&t->chain, &d->timelock, roles, n, e))
		return false;
	judge_roles(t, d, roles, n);
	if (n == HOLDERS_MAX)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "roles of more than %u accounts", HOLDERS_MAX);
	if (t->from > 0)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "roles of the timelock that were given before block %" PRIu64
			   " to somebody who is not in the profile", t->from);
	if (!chain_contracts(&t->chain, v, d->n_contracts, e))
		return false;
	judge_contracts(t, d, v);
	return true;
}

void audit_opening(struct audit *t)
{
	const struct export_profile *p = &t->x.profiles[0];
	struct block b;
	struct err e = {0};
	if (!p->known) {
		audit_note(t, &t->unchecked, AUDIT_LOOK, "what the profile of line 0 claims: the export does not have "
			   "it");
		return;
	}
	if (!chain_block(&t->chain, t->began, &b, &e)) {
		audit_not_checked(t, "what the profile of line 0 claims", &e);
		return;
	}
	audit_pin(t, &b);
	if (!read_opening(t, &p->d, &e))
		audit_not_checked(t, arena_fmt(t->a, "what the profile of line 0 claims, in block %" PRIu64, b.number),
			   &e);
}
