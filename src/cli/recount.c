#include "src/cli/recount.h"

#include <string.h>

#include "src/crypto/keccak.h"

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

const char *recount_signature(size_t kind)
{
	return events[kind].signature;
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
