#include "src/cli/recount.h"

#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/gov/timelock.h"

static const char *const population_names[N_POPULATIONS] = {
	"Safe transactions", "Safe module calls", "approvals on chain", "operations scheduled", "operations executed",
	"operations cancelled", "upgrades", "role changes", "owner changes", "pauses", "settings",
};

/* ---- events ---- */

static const struct { const char *signature; enum population population; } events[RECOUNT_EVENTS] = {
	{ "ExecutionSuccess(bytes32,uint256)", POP_SAFE },
	{ "ExecutionFailure(bytes32,uint256)", POP_SAFE },
	{ "ExecutionFromModuleSuccess(address)", POP_MODULE },
	{ "ExecutionFromModuleFailure(address)", POP_MODULE },
	{ "ApproveHash(bytes32,address)", POP_APPROVAL },
	{ "SignMsg(bytes32)", POP_APPROVAL },
	{ "CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)", POP_SCHEDULED },
	{ "CallExecuted(bytes32,uint256,address,uint256,bytes)", POP_EXECUTED },
	{ "Cancelled(bytes32)", POP_CANCELLED },
	{ "Upgraded(address)", POP_UPGRADE },
	{ "AdminChanged(address,address)", POP_UPGRADE },
	{ "ChangedMasterCopy(address)", POP_UPGRADE },
	{ "BeaconUpgraded(address)", POP_UPGRADE },
	{ "Initialized(uint64)", POP_UPGRADE },
	{ "Initialized(uint8)", POP_UPGRADE },
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
	{ "ChangedModuleGuard(address)", POP_OWNER },
	{ "ChangedFallbackHandler(address)", POP_OWNER },
	{ "SafeSetup(address,address[],uint256,address,address)", POP_OWNER },
	{ "Paused(address)", POP_PAUSE },
	{ "Unpaused(address)", POP_PAUSE },
	{ "BreakerTripped(address,uint256)", POP_PAUSE },
	{ "BreakerReset(address,uint256)", POP_PAUSE },
	{ "CircuitBreakerReset(address,uint256)", POP_PAUSE },
	{ "BridgePausedSet(bool)", POP_PAUSE },
	{ "DepositsPaused(bool)", POP_PAUSE },
	{ "RedemptionsPaused(bool)", POP_PAUSE },
	{ "MintRedeemPauseSet(bool)", POP_PAUSE },
	{ "PaymasterPausedSet(bool)", POP_PAUSE },
	{ "EscrowOpsPausedSet(bool)", POP_PAUSE },
	{ "NavUpdatesPausedSet(bool)", POP_PAUSE },
	{ "QueueOpsPausedSet(bool)", POP_PAUSE },
	{ "SequencerAuthorized(address,bool)", POP_SETTING },
	{ "StrictModeUpdated(bool)", POP_SETTING },
	{ "AssetConfigured(address,bool,uint256,uint256,uint256)", POP_SETTING },
	{ "MerchantSponsored(address,uint256)", POP_SETTING },
	{ "MerchantRevoked(address)", POP_SETTING },
	{ "MinDepositUpdated(uint256)", POP_SETTING },
	{ "OperatorUpdated(address,bool)", POP_SETTING },
	{ "TierCreated(uint256,string,uint256,uint256)", POP_SETTING },
	{ "TierStatusUpdated(uint256,bool)", POP_SETTING },
	{ "TierUpdated(uint256,uint256,uint256)", POP_SETTING },
	{ "Withdrawn(address,uint256)", POP_SETTING },
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
static void put_word(struct buf *out, const struct deployment *d, const struct timelock_role *role,
		     const char *type, struct span word)
{
	struct addr at;
	struct u256 n;
	if (role != NULL) {
		buf_str(out, role->name);
	} else if (type[0] == 'a') {
		memcpy(at.b, word.p + 12, sizeof(at.b));
		put_address(out, d, &at);
	} else if (type[0] == 'u' || strncmp(type, "bool", 4) == 0) {
		n = u256_from_be(word.p);
		u256_format(out, &n);
	} else {
		buf_0xhex(out, word);
	}
}

struct span recount_word(const struct chain_log *l, size_t i)
{
	const size_t indexed = l->topic_count > 0 ? l->topic_count - 1 : 0;
	if (i < indexed)
		return SPAN_HASH(&l->topics[i + 1]);
	return l->data.n / 32 > i - indexed ? span_of(l->data.p + 32 * (i - indexed), 32) : span_of(NULL, 0);
}

static bool has_fixed_size(const char *type)
{
	const size_t n = strcspn(type, ",)");
	const struct span t = span_of(type, n);
	return !span_is(t, "bytes") && !span_is(t, "string") && type[n - 1] != ']';
}

const char *recount_words(struct arena *a, const struct deployment *d, size_t kind, const struct chain_log *l)
{
	const char *type = strchr(events[kind].signature, '(') + 1;
	const bool roles = events[kind].population == POP_ROLE;
	struct buf b = {0};
	put_address(&b, d, &l->address);
	buf_fmt(&b, ": %.*s", (int)(type - events[kind].signature), events[kind].signature);
	for (size_t i = 0; has_fixed_size(type); i++) {
		const struct span word = recount_word(l, i);
		if (word.p == NULL)
			break;
		buf_str(&b, i > 0 ? ", " : "");
		put_word(&b, d, roles && type[0] == 'b' ? timelock_role_of(word) : NULL, type, word);
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

const char *recount_signature(size_t kind)
{
	return events[kind].signature;
}

size_t recount_kind_named(const char *signature)
{
	for (size_t i = 0; i < RECOUNT_EVENTS; i++)
		if (strcmp(events[i].signature, signature) == 0)
			return i;
	BUG("an event that is not counted: %s", signature);
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
 * it is; -1: the target. Two rows of one function: either event will do. `beside`: it comes with another one, or does
 * not come at all. */
static const struct leaves {
	const char *function, *event, *repeats;
	int emitter;
	bool beside;
} leaves[] = {
	{ "grantRole(bytes32,address)", "RoleGranted(bytes32,address,address)", "01", -1, false },
	{ "revokeRole(bytes32,address)", "RoleRevoked(bytes32,address,address)", "01", -1, false },
	{ "renounceRole(bytes32,address)", "RoleRevoked(bytes32,address,address)", "01", -1, false },
	{ "updateDelay(uint256)", "MinDelayChange(uint256,uint256)", "0", -1, false },
	{ "cancel(bytes32)", "Cancelled(bytes32)", "0", -1, false },
	{ "upgradeTo(address)", "Upgraded(address)", "0", -1, false },
	{ "upgradeToAndCall(address,bytes)", "Upgraded(address)", "0", -1, false },
	{ "upgrade(address,address)", "Upgraded(address)", "1", 0, false },
	{ "upgradeAndCall(address,address,bytes)", "Upgraded(address)", "1", 0, false },
	{ "changeAdmin(address)", "AdminChanged(address,address)", "0", -1, false },
	{ "transferOwnership(address)", "OwnershipTransferred(address,address)", "0", -1, false },
	{ "transferOwnership(address)", "OwnershipTransferStarted(address,address)", "0", -1, false },
	{ "acceptOwnership()", "OwnershipTransferred(address,address)", "", -1, false },
	{ "renounceOwnership()", "OwnershipTransferred(address,address)", "", -1, false },
	{ "addOwnerWithThreshold(address,uint256)", "AddedOwner(address)", "0", -1, false },
	{ "removeOwner(address,address,uint256)", "RemovedOwner(address)", "1", -1, false },
	{ "swapOwner(address,address,address)", "AddedOwner(address)", "2", -1, false },
	{ "swapOwner(address,address,address)", "RemovedOwner(address)", "1", -1, true },
	{ "addOwnerWithThreshold(address,uint256)", "ChangedThreshold(uint256)", "1", -1, true },
	{ "removeOwner(address,address,uint256)", "ChangedThreshold(uint256)", "2", -1, true },
	{ "upgradeToAndCall(address,bytes)", "Initialized(uint64)", "", -1, true },
	{ "changeThreshold(uint256)", "ChangedThreshold(uint256)", "0", -1, false },
	{ "enableModule(address)", "EnabledModule(address)", "0", -1, false },
	{ "disableModule(address,address)", "DisabledModule(address)", "1", -1, false },
	{ "setGuard(address)", "ChangedGuard(address)", "0", -1, false },
	{ "setFallbackHandler(address)", "ChangedFallbackHandler(address)", "0", -1, false },
	{ "pause()", "Paused(address)", "", -1, false },
	{ "unpause()", "Unpaused(address)", "", -1, false },
	{ "setSequencerAuthorization(address,bool)", "SequencerAuthorized(address,bool)", "01", -1, false },
	{ "setStrictMode(bool)", "StrictModeUpdated(bool)", "0", -1, false },
	{ "configureAsset(address,bool,uint256,uint256,uint256)",
	  "AssetConfigured(address,bool,uint256,uint256,uint256)", "01234", -1, false },
	{ "sponsorMerchant(address,uint256)", "MerchantSponsored(address,uint256)", "01", -1, false },
	{ "revokeMerchant(address)", "MerchantRevoked(address)", "0", -1, false },
	{ "setMinDeposit(uint256)", "MinDepositUpdated(uint256)", "0", -1, false },
	{ "setOperator(address,bool)", "OperatorUpdated(address,bool)", "01", -1, false },
	{ "createTier(string,uint256,uint256,uint256)", "TierCreated(uint256,string,uint256,uint256)", "12", -1,
		   false },
	{ "setTierActive(uint256,bool)", "TierStatusUpdated(uint256,bool)", "01", -1, false },
	{ "updateTier(uint256,uint256,uint256,uint256)", "TierUpdated(uint256,uint256,uint256)", "012", -1, false },
	{ "withdraw(uint256)", "Withdrawn(address,uint256)", "0", -1, false },
};

static bool is_call_of(const struct call *c, const char *function)
{
	struct hash32 h;
	if (c->data.n < 4)
		return false;
	keccak256(&h, span_str(function));
	return memcmp(h.b, c->data.p, 4) == 0;
}

bool recount_expects(const struct call *c, enum population *p, const char **what)
{
	for (size_t i = 0; i < ARRAY_LEN(leaves); i++)
		if (is_call_of(c, leaves[i].function)) {
			*p = events[recount_kind_named(leaves[i].event)].population;
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

static bool is_left_by(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l,
		       bool beside)
{
	for (size_t i = 0; i < ARRAY_LEN(leaves); i++) {
		const struct leaves *row = &leaves[i];
		bool all = l->topic_count > 0 && (beside || !row->beside) && is_call_of(c, row->function) &&
			   hash32_eq(&topics[recount_kind_named(row->event)], &l->topics[0]) &&
			   is_emitter(c, row, &l->address);
		for (const char *arg = row->repeats; all && *arg != '\0'; arg++)
			all = has_word(l, argument(c, (size_t)(*arg - '0')));
		if (all)
			return true;
	}
	return false;
}

bool recount_is_of(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l)
{
	return is_left_by(topics, c, l, false);
}

bool recount_may_be_of(const struct hash32 topics[RECOUNT_EVENTS], const struct call *c, const struct chain_log *l)
{
	return is_left_by(topics, c, l, true);
}
