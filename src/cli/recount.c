#include "src/cli/recount.h"

#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/gov/timelock.h"

static const char *const population_names[N_POPULATIONS] = {
	"Safe transactions", "operations scheduled", "operations executed", "operations cancelled", "upgrades",
	"role changes", "owner changes",
};

/* ---- events ---- */

static const struct { const char *signature; enum population population; } events[RECOUNT_EVENTS] = {
	{ "ExecutionSuccess(bytes32,uint256)", POP_SAFE },
	{ "ExecutionFailure(bytes32,uint256)", POP_SAFE },
	{ "CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)", POP_SCHEDULED },
	{ "CallExecuted(bytes32,uint256,address,uint256,bytes)", POP_EXECUTED },
	{ "Cancelled(bytes32)", POP_CANCELLED },
	{ "Upgraded(address)", POP_UPGRADE },
	{ "AdminChanged(address,address)", POP_UPGRADE },
	{ "ChangedMasterCopy(address)", POP_UPGRADE },
	{ "RoleGranted(bytes32,address,address)", POP_ROLE },
	{ "RoleRevoked(bytes32,address,address)", POP_ROLE },
	{ "RoleAdminChanged(bytes32,bytes32,bytes32)", POP_ROLE },
	{ "MinDelayChange(uint256,uint256)", POP_ROLE },
	{ "OwnershipTransferred(address,address)", POP_OWNER },
	{ "OwnershipTransferStarted(address,address)", POP_OWNER },
	{ "AddedOwner(address)", POP_OWNER },
	{ "RemovedOwner(address)", POP_OWNER },
	{ "ChangedThreshold(uint256)", POP_OWNER },
	{ "EnabledModule(address)", POP_OWNER },
	{ "DisabledModule(address)", POP_OWNER },
	{ "ChangedGuard(address)", POP_OWNER },
};

const char *population_name(enum population p)
{
	return population_names[p];
}

static void put_address(struct buf *out, const struct deployment *d, const struct addr *at)
{
	const struct contract *c = deployment_contract_at(d, at);
	const struct person *p = deployment_person_at(d, at);
	addr_format(out, at);
	if (c == NULL && p == NULL)
		return;
	buf_str(out, " (");
	text_safe(out, c != NULL ? c->name : p->id, false);
	buf_byte(out, ')');
}

/* One word of a static type, as such: an address and a role by their names, too. */
static void put_word(struct buf *out, const struct deployment *d, const struct timelock_role *role, char type,
		     struct span word)
{
	struct addr at;
	struct u256 n;
	if (role != NULL) {
		buf_str(out, role->name);
	} else if (type == 'a') {
		memcpy(at.b, word.p + 12, sizeof(at.b));
		put_address(out, d, &at);
	} else if (type == 'u') {
		n = u256_from_be(word.p);
		u256_format(out, &n);
	} else {
		buf_0xhex(out, word);
	}
}

/* Argument i: those that are indexed come first in each of these events. p NULL: the event has no such word. */
static struct span event_word(const struct chain_log *l, size_t i)
{
	const size_t indexed = l->topic_count > 0 ? l->topic_count - 1 : 0;
	if (i < indexed)
		return SPAN_HASH(&l->topics[i + 1]);
	return l->data.n / 32 > i - indexed ? span_of(l->data.p + 32 * (i - indexed), 32) : span_of(NULL, 0);
}

const char *recount_words(struct arena *a, const struct deployment *d, size_t kind, const struct chain_log *l)
{
	const char *type = strchr(events[kind].signature, '(') + 1;
	const bool roles = events[kind].population == POP_ROLE;
	struct buf b = {0};
	put_address(&b, d, &l->address);
	buf_fmt(&b, ": %.*s", (int)(type - events[kind].signature), events[kind].signature);
	for (size_t i = 0; strncmp(type, "bytes,", 6) != 0 && strncmp(type, "bytes)", 6) != 0; i++) {
		const struct span word = event_word(l, i);
		if (word.p == NULL)
			break;
		buf_str(&b, i > 0 ? ", " : "");
		put_word(&b, d, roles && type[0] == 'b' ? timelock_role_of(word) : NULL, type[0], word);
		type += strcspn(type, ",)");
		if (*type++ == ')')
			break;
	}
	buf_byte(&b, ')');
	const char *words = arena_str(a, buf_view(&b));
	buf_release(&b);
	return words;
}

enum population recount_population(size_t kind)
{
	return events[kind].population;
}

void recount_topics(struct hash32 out[RECOUNT_EVENTS])
{
	for (size_t i = 0; i < RECOUNT_EVENTS; i++)
		keccak256(&out[i], span_str(events[i].signature));
}

bool recount_kind(const struct hash32 topics[RECOUNT_EVENTS], const struct chain_log *l, size_t *kind)
{
	for (size_t i = 0; l->topic_count > 0 && i < RECOUNT_EVENTS; i++)
		if (hash32_eq(&topics[i], &l->topics[0])) {
			*kind = i;
			return true;
		}
	return false;
}

/* ---- calls ---- */

/* `repeats`: the arguments that the event has too, by number. `emitter`: the argument that is the contract whose event
 * it is; -1: the target. Two rows of one function: either event will do. */
static const struct leaves {
	const char *function, *event, *repeats;
	int emitter;
} leaves[] = {
	{ "grantRole(bytes32,address)", "RoleGranted(bytes32,address,address)", "01", -1 },
	{ "revokeRole(bytes32,address)", "RoleRevoked(bytes32,address,address)", "01", -1 },
	{ "renounceRole(bytes32,address)", "RoleRevoked(bytes32,address,address)", "01", -1 },
	{ "updateDelay(uint256)", "MinDelayChange(uint256,uint256)", "0", -1 },
	{ "upgradeTo(address)", "Upgraded(address)", "0", -1 },
	{ "upgradeToAndCall(address,bytes)", "Upgraded(address)", "0", -1 },
	{ "upgrade(address,address)", "Upgraded(address)", "1", 0 },
	{ "upgradeAndCall(address,address,bytes)", "Upgraded(address)", "1", 0 },
	{ "changeAdmin(address)", "AdminChanged(address,address)", "0", -1 },
	{ "transferOwnership(address)", "OwnershipTransferred(address,address)", "0", -1 },
	{ "transferOwnership(address)", "OwnershipTransferStarted(address,address)", "0", -1 },
	{ "acceptOwnership()", "OwnershipTransferred(address,address)", "", -1 },
	{ "renounceOwnership()", "OwnershipTransferred(address,address)", "", -1 },
	{ "addOwnerWithThreshold(address,uint256)", "AddedOwner(address)", "0", -1 },
	{ "removeOwner(address,address,uint256)", "RemovedOwner(address)", "1", -1 },
	{ "swapOwner(address,address,address)", "AddedOwner(address)", "2", -1 },
	{ "changeThreshold(uint256)", "ChangedThreshold(uint256)", "0", -1 },
	{ "enableModule(address)", "EnabledModule(address)", "0", -1 },
	{ "disableModule(address,address)", "DisabledModule(address)", "1", -1 },
	{ "setGuard(address)", "ChangedGuard(address)", "0", -1 },
};

static bool is_call_of(const struct call *c, const char *function)
{
	struct hash32 h;
	if (c->data.n < 4)
		return false;
	keccak256(&h, span_str(function));
	return memcmp(h.b, c->data.p, 4) == 0;
}

static size_t kind_of_event(const char *signature)
{
	for (size_t i = 0; i < RECOUNT_EVENTS; i++)
		if (strcmp(events[i].signature, signature) == 0)
			return i;
	BUG("an event that is not counted: %s", signature);
}

bool recount_expects(const struct call *c, enum population *p, const char **what)
{
	for (size_t i = 0; i < ARRAY_LEN(leaves); i++)
		if (is_call_of(c, leaves[i].function)) {
			*p = events[kind_of_event(leaves[i].event)].population;
			*what = leaves[i].function;
			return true;
		}
	return false;
}

/* NULL: the call is cut off before its end. */
static const uint8_t *argument(const struct call *c, size_t i)
{
	return c->data.n >= 4 + 32 * (i + 1) ? c->data.p + 4 + 32 * i : NULL;
}

/* In a topic, or in a word of the data: contracts differ in what they index. */
static bool has_word(const struct chain_log *l, const uint8_t *word)
{
	for (size_t i = 1; word != NULL && i < l->topic_count; i++)
		if (memcmp(l->topics[i].b, word, 32) == 0)
			return true;
	for (size_t at = 0; word != NULL && at + 32 <= l->data.n; at += 32)
		if (memcmp(l->data.p + at, word, 32) == 0)
			return true;
	return false;
}

static bool is_emitter(const struct call *c, const struct leaves *row, const struct addr *at)
{
	const uint8_t *word = row->emitter < 0 ? NULL : argument(c, (size_t)row->emitter);
	return row->emitter < 0 ? addr_eq(at, &c->to) : word != NULL && memcmp(word + 12, at->b, sizeof(at->b)) == 0;
}

bool recount_is_of(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l)
{
	for (size_t i = 0; i < ARRAY_LEN(leaves); i++) {
		const struct leaves *row = &leaves[i];
		bool all = l->topic_count > 0 && is_call_of(c, row->function) &&
			   hash32_eq(&topics[kind_of_event(row->event)], &l->topics[0]) &&
			   is_emitter(c, row, &l->address);
		for (const char *arg = row->repeats; all && *arg != '\0'; arg++)
			all = has_word(l, argument(c, (size_t)(*arg - '0')));
		if (all)
			return true;
	}
	return false;
}
