/* What the Safe and the timelock say of themselves at the pinned block (reader.h). */
#include <assert.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/chain/ask.h"
#include "src/chain/reader.h"
#include "src/evm/abi.h"

/* ---- roles ---- */

static const struct abi_value *role_args(struct arena *a, const struct hash32 *role, const struct addr *account)
{
	struct abi_value *items = ARENA_ARRAY(a, struct abi_value, 2), *tuple = ARENA_NEW(a, struct abi_value);

	items[0] = abi_bytes(&abi_bytes32, SPAN_HASH(role));
	items[1] = abi_address(&abi_address_type, account);
	*tuple = abi_items(abi_type_parse(a, span_str("(bytes32,address)"), NULL), items, 2);
	return tuple;
}

static bool is_true(const struct abi_value *tuple)
{
	return !u256_is_zero(&tuple->items[0].word);
}

bool chain_roles(struct chain *c, const struct addr *timelock, struct chain_roles *roles, size_t n,
		 struct err *e)
{
	const struct hash32 *const all[] = { &timelock_roles[0].hash, &timelock_roles[1].hash,
					     &timelock_roles[2].hash, &timelock_roles[3].hash };
	struct arena a = {0};
	struct getter *g = ARENA_ARRAY(&a, struct getter, n * 4);
	struct abi_value *outs = ARENA_ARRAY(&a, struct abi_value, n * 4);
	bool ok;

	for (size_t i = 0; i < n * 4; i++) {
		g[i] = (struct getter) {
			.to = *timelock, .signature = "hasRole(bytes32,address)", .returns = "(bool)"};
		g[i].args = role_args(&a, all[i % 4], &roles[i / 4].account);
	}
	ok = ask_getters(c, &a, g, outs, NULL, n * 4, e);
	for (size_t i = 0; ok && i < n; i++) {
		roles[i].proposer = is_true(&outs[i * 4]);
		roles[i].executor = is_true(&outs[i * 4 + 1]);
		roles[i].canceller = is_true(&outs[i * 4 + 2]);
		roles[i].admin = is_true(&outs[i * 4 + 3]);
	}
	arena_release(&a);
	return ok;
}

/* ---- operations ---- */

/* A time beyond 64 bits is beyond every clock. */
static uint64_t as_time(const struct abi_value *tuple)
{
	uint64_t v = UINT64_MAX;

	u256_fits_u64(&tuple->items[0].word, &v);
	return v;
}

bool chain_min_delay(struct chain *c, const struct addr *timelock, uint64_t *seconds, struct err *e)
{
	struct arena a = {0};
	const struct getter g = { .to = *timelock, .signature = "getMinDelay()", .returns = "(uint256)" };
	struct abi_value out;
	const bool ok = ask_getters(c, &a, &g, &out, NULL, 1, e);

	if (ok)
		*seconds = as_time(&out);
	arena_release(&a);
	return ok;
}

static const struct abi_value *id_args(struct arena *a, const struct hash32 *id)
{
	struct abi_value *item = ARENA_NEW(a, struct abi_value), *tuple = ARENA_NEW(a, struct abi_value);

	*item = abi_bytes(&abi_bytes32, SPAN_HASH(id));
	*tuple = abi_items(abi_type_parse(a, span_str("(bytes32)"), NULL), item, 1);
	return tuple;
}

/* getTimestamp alone: getOperationState() is younger than many timelocks, and says the same. */
bool chain_operations(struct chain *c, const struct addr *timelock, struct chain_operation *ops, size_t n,
		      struct err *e)
{
	struct arena a = {0};
	struct getter *g = ARENA_ARRAY(&a, struct getter, n);
	struct abi_value *outs = ARENA_ARRAY(&a, struct abi_value, n);
	bool ok;

	for (size_t i = 0; i < n; i++) {
		g[i] = (struct getter) {
			.to = *timelock, .signature = "getTimestamp(bytes32)", .returns = "(uint256)"};
		g[i].args = id_args(&a, &ops[i].id);
	}
	ok = ask_getters(c, &a, g, outs, NULL, n, e);
	for (size_t i = 0; ok && i < n; i++) {
		const uint64_t at = as_time(&outs[i]);

		ops[i].state = timelock_state_at(at, c->pin.time);
		ops[i].ready_at = at > 1 ? at : 0;
	}
	arena_release(&a);
	return ok;
}

/* ---- the Safe ---- */

/* Safe.sol: keccak256("guard_manager.guard.address"), keccak256("fallback_manager.handler.address"). */
static const struct hash32 slot_singleton = {{0}};
static const struct hash32 slot_guard = {{
	0x4a, 0x20, 0x4f, 0x62, 0x0c, 0x8c, 0x5c, 0xcd, 0xca, 0x3f, 0xd5, 0x4d, 0x00, 0x3b, 0xad, 0xd8,
	0x5b, 0xa5, 0x00, 0x43, 0x6a, 0x43, 0x1f, 0x0c, 0xbd, 0xa4, 0xf5, 0x58, 0xc9, 0x3c, 0x34, 0xc8 }};
static const struct hash32 slot_handler = {{
	0x6c, 0x9a, 0x6c, 0x4a, 0x39, 0x28, 0x4e, 0x37, 0xed, 0x1c, 0xf5, 0x3d, 0x33, 0x75, 0x77, 0xd1,
	0x42, 0x12, 0xa4, 0x87, 0x0f, 0xb9, 0x76, 0xa4, 0x36, 0x6c, 0x69, 0x3b, 0x93, 0x99, 0x18, 0xd5 }};

static bool slot_addr(struct chain *c, const struct addr *safe, const struct hash32 *slot, struct addr *out,
		      struct err *e)
{
	struct hash32 word;

	if (!chain_storage(c, safe, slot, &word, e))
		return false;
	memcpy(out->b, word.b + 12, sizeof(out->b));
	return true;
}

static struct addr *addrs_of(struct arena *a, const struct abi_value *list)
{
	struct addr *out = ARENA_ARRAY(a, struct addr, list->n);

	for (size_t i = 0; i < list->n; i++)
		out[i] = abi_as_addr(&list->items[i]);
	return out;
}

static const struct abi_value *page_args(struct arena *a, const struct addr *from)
{
	const struct u256 size = u256_from_u64(50);
	struct abi_value *items = ARENA_ARRAY(a, struct abi_value, 2), *tuple = ARENA_NEW(a, struct abi_value);

	items[0] = abi_address(&abi_address_type, from);
	items[1] = abi_word(&abi_uint256, &size);
	*tuple = abi_items(abi_type_parse(a, span_str("(address,uint256)"), NULL), items, 2);
	return tuple;
}

static void add_modules(struct arena *a, struct chain_safe *s, const struct abi_value *list)
{
	const struct addr *page = addrs_of(a, list);

	for (size_t i = 0; i < list->n && s->module_count < SAFE_MAX_MODULES; i++)
		s->modules[s->module_count++] = page[i];
}

/* getModulesPaginated is in every Safe since 1.1.1; 0x…01 is both ends of its list. What it returns as "next"
 * is the first module of the next page in 1.3.0 and the last of this one in 1.4.1, so we go on from the last we
 * have. */
static bool read_modules(struct chain *c, struct arena *a, struct chain_safe *s, struct err *e)
{
	const struct addr sentinel = { .b = { [19] = 1 } };
	struct addr at = sentinel, next;
	bool missing = false;

	s->modules = ARENA_ARRAY(a, struct addr, SAFE_MAX_MODULES);
	do {
		const struct getter g = { .to = s->address, .signature = "getModulesPaginated(address,uint256)",
					  .returns = "(address[],address)", .args = page_args(a, &at) };
		struct abi_value out;

		if (!ask_getters(c, a, &g, &out, &missing, 1, e))
			return false;
		if (missing)
			break;
		add_modules(a, s, &out.items[0]);
		next = abi_as_addr(&out.items[1]);
		if (out.items[0].n == 0)
			break;
		at = s->modules[s->module_count - 1];
	} while (!addr_eq(&next, &sentinel) && !addr_is_zero(&next) && s->module_count < SAFE_MAX_MODULES);
	s->modules_known = !missing && s->module_count < SAFE_MAX_MODULES;
	return true;
}

static bool judge_safe(const struct chain_safe *s, struct err *e)
{
	if (s->owner_count == 0 || s->owner_count > SAFE_MAX_OWNERS)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the Safe has %zu owners, 1 to %d can be read",
			       s->owner_count, SAFE_MAX_OWNERS);
	if (s->threshold == 0 || s->threshold > s->owner_count)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET,
			       "the Safe's threshold is not between 1 and its %zu owners", s->owner_count);
	return true;
}

bool chain_safe(struct chain *c, struct arena *a, const struct addr *safe, struct chain_safe *out,
		struct err *e)
{
	const struct getter g[] = {
		{ .to = *safe, .signature = "nonce()", .returns = "(uint256)" },
		{ .to = *safe, .signature = "getThreshold()", .returns = "(uint256)" },
		{ .to = *safe, .signature = "getOwners()", .returns = "(address[])" },
		{ .to = *safe, .signature = "VERSION()", .returns = "(string)" },
	};
	struct abi_value v[ARRAY_LEN(g)];
	struct chain_safe s = { .address = *safe };
	struct span version;

	if (!ask_getters(c, a, g, v, NULL, ARRAY_LEN(g), e))
		return false;
	if (!u256_fits_u64(&v[0].items[0].word, &s.nonce) || !u256_fits_u64(&v[1].items[0].word, &s.threshold))
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the Safe's nonce or threshold exceeds 64 bits");
	s.owners = addrs_of(a, &v[2].items[0]);
	s.owner_count = v[2].items[0].n;
	version = rpc_words(a, v[3].items[0].bytes);
	s.version = arena_str(a, version);
	if (!judge_safe(&s, e) || !slot_addr(c, safe, &slot_singleton, &s.singleton, e) ||
	    !slot_addr(c, safe, &slot_guard, &s.guard, e) ||
	    !slot_addr(c, safe, &slot_handler, &s.fallback_handler, e) || !read_modules(c, a, &s, e))
		return false;
	*out = s;
	return true;
}
