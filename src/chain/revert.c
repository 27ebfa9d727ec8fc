#include "src/chain/revert.h"

#include <string.h>

#include "src/base/text.h"
#include "src/chain/reader.h"
#include "src/evm/abi.h"
#include "src/gov/timelock.h"

#define STRING_CAP 1000       /* bytes of a reason that are shown; the rest is counted */

/* ---- the Safe's codes (safe-smart-account 1.3.0 to 1.5.0, docs/error_codes.md, put for people) ---- */

static const struct {
	const char *code, *meaning;
} gs_codes[] = {
	{ "GS000", "the Safe's setup call failed" },
	{ "GS001", "the Safe has no threshold: it is not set up" },
	{ "GS002", "the Safe's setup call goes to an address without code" },
	{ "GS010", "not enough gas was given for the Safe's call" },
	{ "GS011", "the gas refund in ether failed" },
	{ "GS012", "the gas refund in tokens failed" },
	{ "GS013", "the Safe's call failed" },
	{ "GS020", "fewer signatures than the threshold, or cut off" },
	{ "GS021", "a contract signature points into the other signatures" },
	{ "GS022", "a contract signature points beyond the end" },
	{ "GS023", "a contract signature is cut off" },
	{ "GS024", "an owner contract does not accept its signature" },
	{ "GS025", "an owner named as having approved the hash on chain has not" },
	{ "GS026", "a signature is not an owner's, is out of order or given twice, or is for another nonce" },
	{ "GS027", "the hash of the data does not match the data" },
	{ "GS030", "only an owner can approve a hash" },
	{ "GS031", "only the Safe itself can do this" },
	{ "GS100", "the Safe's modules are already set up" },
	{ "GS101", "this cannot be a module's address" },
	{ "GS102", "this is a module already" },
	{ "GS103", "the module named as the one before is not" },
	{ "GS104", "only a module can do this" },
	{ "GS105", "a page of modules begins at a module" },
	{ "GS106", "a page of modules has at least one" },
	{ "GS200", "the Safe's owners are already set up" },
	{ "GS201", "the threshold would exceed the number of owners" },
	{ "GS202", "the threshold would be zero" },
	{ "GS203", "this cannot be an owner's address" },
	{ "GS204", "this is an owner already" },
	{ "GS205", "the owner named as the one before is not" },
	{ "GS300", "the guard does not say that it is one" },
	{ "GS301", "the module guard does not say that it is one" },
	{ "GS400", "the Safe cannot be its own fallback handler" },
};

const char *revert_gs_meaning(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(gs_codes); i++) {
		if (strcmp(gs_codes[i].code, code) == 0)
			return gs_codes[i].meaning;
	}
	return NULL;
}

/* ---- Error(string) and Panic(uint256): Solidity documentation, "Panic via assert and Error via require" ----
 */

static bool is_selector(struct span data, const uint8_t selector[4])
{
	return data.n >= 4 && memcmp(data.p, selector, 4) == 0;
}

static const uint8_t error_selector[4] = { 0x08, 0xc3, 0x79, 0xa0 };
static const uint8_t panic_selector[4] = { 0x4e, 0x48, 0x7b, 0x71 };

static bool error_string(struct arena *a, struct span data, struct span *out)
{
	struct abi_value v;

	if (!is_selector(data, error_selector) ||
	    !abi_decode(a, &v, abi_type_parse(a, span_str("(string)"), NULL), span_of(data.p + 4, data.n - 4),
			NULL))
		return false;
	*out = v.items[0].bytes;
	return true;
}

static bool gs_code_of(struct span text, char code[6])
{
	if (text.n != 5 || !span_starts(text, "GS"))
		return false;
	for (size_t i = 2; i < 5; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	}
	memcpy(code, text.p, 5);
	code[5] = 0;
	return true;
}

bool revert_is_gs(struct span data, char code[6])
{
	struct arena a = {0};
	struct span text;
	const bool is = error_string(&a, data, &text) && gs_code_of(text, code);

	arena_release(&a);
	return is;
}

static void add_text(struct buf *out, struct span s)
{
	size_t n = s.n < STRING_CAP ? s.n : STRING_CAP;

	while (n < s.n && n > 0 && (s.p[n] & 0xc0) == 0x80)
		n--;
	text_safe(out, span_of(s.p, n), false);
	if (n < s.n)
		buf_fmt(out, "… (%zu bytes more)", s.n - n);
}

static bool add_error_string(struct buf *out, struct arena *a, struct span data)
{
	struct span text;
	char code[6];
	const char *meaning;

	if (!error_string(a, data, &text))
		return false;
	meaning = gs_code_of(text, code) ? revert_gs_meaning(code) : NULL;
	if (meaning)
		buf_fmt(out, "%s: %s", code, meaning);
	else if (text.n == 0)
		buf_str(out, "reverted with an empty reason");
	else {
		buf_byte(out, '"');
		add_text(out, text);
		buf_byte(out, '"');
	}
	return true;
}

static const char *panic_meaning(uint64_t code)
{
	switch (code) {
	case 0x00: return "a panic of the compiler's own";
	case 0x01: return "an assertion failed";
	case 0x11: return "arithmetic over- or underflow";
	case 0x12: return "division by zero";
	case 0x21: return "a value that its enum does not have";
	case 0x22: return "wrongly encoded bytes in storage";
	case 0x31: return "pop() of an empty array";
	case 0x32: return "an array index out of bounds";
	case 0x41: return "too much memory";
	case 0x51: return "a call of a function variable that is not set";
	default: return NULL;
	}
}

static bool add_panic(struct buf *out, struct span data)
{
	struct u256 code;
	uint64_t small = UINT64_MAX;
	const char *meaning;

	if (!is_selector(data, panic_selector) || data.n != 36)
		return false;
	code = u256_from_be(data.p + 4);
	u256_fits_u64(&code, &small);
	meaning = panic_meaning(small);
	buf_str(out, "panic ");
	u256_format_quantity(out, &code);
	if (meaning)
		buf_fmt(out, ": %s", meaning);
	return true;
}

/* ---- custom errors ---- */

/* What OpenZeppelin 5 and the timelock revert with: known without any contract's ABI. */
static const struct {
	const char *signature, *names;
} known[] = {
	{ "TimelockInsufficientDelay(uint256,uint256)", "delay minDelay" },
	{ "TimelockUnexpectedOperationState(bytes32,bytes32)", "operationId expectedStates" },
	{ "TimelockUnexecutedPredecessor(bytes32)", "predecessorId" },
	{ "TimelockUnauthorizedCaller(address)", "caller" },
	{ "TimelockInvalidOperationLength(uint256,uint256,uint256)", "targets payloads values" },
	{ "AccessControlUnauthorizedAccount(address,bytes32)", "account neededRole" },
	{ "AccessControlBadConfirmation()", "" },
	{ "OwnableUnauthorizedAccount(address)", "account" },
	{ "OwnableInvalidOwner(address)", "owner" },
	{ "EnforcedPause()", "" },
	{ "ExpectedPause()", "" },
	{ "FailedInnerCall()", "" },
	{ "FailedCall()", "" },
	{ "AddressEmptyCode(address)", "target" },
	{ "AddressInsufficientBalance(address)", "account" },
	{ "InsufficientBalance(uint256,uint256)", "balance needed" },
	{ "InvalidInitialization()", "" },
	{ "NotInitializing()", "" },
	{ "ReentrancyGuardReentrantCall()", "" },
	{ "ERC1967InvalidImplementation(address)", "implementation" },
	{ "ERC1967NonPayable()", "" },
	{ "UUPSUnauthorizedCallContext()", "" },
	{ "UUPSUnsupportedProxiableUUID(bytes32)", "slot" },
	{ "SafeERC20FailedOperation(address)", "token" },
	{ "SafeCastOverflowedUintDowncast(uint8,uint256)", "bits value" },
};

struct custom {
	const struct abi_function *f;
	const char *names;            /* space-separated; NULL: the inputs' own */
};

static struct custom find_custom(struct arena *a, struct span data, const struct abi *const *abis, size_t n)
{
	struct custom c = {0};

	for (size_t i = 0; i < n && !c.f && data.n >= 4; i++)
		c.f = abi_find_error(abis[i], data.p);
	for (size_t i = 0; i < ARRAY_LEN(known) && !c.f && data.n >= 4; i++) {
		const struct abi_function *f = abi_function_parse(a, span_str(known[i].signature), NULL);

		if (f && memcmp(f->selector, data.p, 4) == 0) {
			c.f = f;
			c.names = known[i].names;
		}
	}
	return c;
}

/* The i-th word of "delay minDelay". */
static struct span nth_name(const char *names, size_t i)
{
	const char *end;

	for (; i > 0 && names; i--) {
		names = strchr(names, ' ');
		names = names ? names + 1 : NULL;
	}
	if (!names)
		return span_str("");
	end = strchr(names, ' ');
	return end ? span_of(names, (size_t)(end - names)) : span_str(names);
}

/* TimelockController: a bitmap of 1 << state. */
static void add_states(struct buf *out, const uint8_t *word)
{
	static const char *const states[] = { "not scheduled", "waiting", "ready", "done" };
	bool any = false;

	buf_str(out, " = needed to be ");
	for (unsigned i = TIMELOCK_UNSET; i <= TIMELOCK_DONE; i++) {
		if (!(word[31] & (1u << i)))
			continue;
		buf_fmt(out, "%s%s", any ? " or " : "", states[i]);
		any = true;
	}
}

/* A bytes32 that is a role, or states of an operation, is also said in words. */
static void add_riddle(struct buf *out, const struct abi_function *f, size_t i, const struct abi_value *v)
{
	const struct timelock_role *role;

	if (v->type->kind != ABI_FIXED_BYTES || v->bytes.n != 32)
		return;
	role = timelock_role_of(v->bytes);
	if (i == 1 && strcmp(f->name, "TimelockUnexpectedOperationState") == 0)
		add_states(out, v->bytes.p);
	else if (i == 1 && role && strcmp(f->name, "AccessControlUnauthorizedAccount") == 0)
		buf_fmt(out, " = %s", role->constant);
}

static void add_argument(struct buf *out, const struct custom *c, size_t i, const struct abi_value *v)
{
	const struct span name = c->names ? nth_name(c->names, i) : span_str(c->f->inputs->fields[i].name);
	struct buf text = {0};

	if (i > 0)
		buf_str(out, ", ");
	add_text(out, name);
	if (name.n > 0)
		buf_byte(out, ' ');
	abi_value_format(&text, v);
	add_text(out, buf_view(&text));
	buf_release(&text);
	add_riddle(out, c->f, i, v);
}

static bool add_custom(struct buf *out, struct arena *a, struct span data, const struct abi *const *abis,
		       size_t n)
{
	const struct custom c = find_custom(a, data, abis, n);
	struct abi_value args;

	if (!c.f)
		return false;
	add_text(out, span_str(c.f->name));
	if (!abi_calldata_decode(a, &args, c.f, data, NULL)) {
		buf_str(out, " with arguments that do not decode: ");
		buf_0xhex(out, data);
		return true;
	}
	buf_byte(out, '(');
	for (size_t i = 0; i < args.n; i++)
		add_argument(out, &c, i, &args.items[i]);
	buf_byte(out, ')');
	return true;
}

void revert_words(struct buf *out, struct span data, const struct abi *const *abis, size_t n)
{
	struct arena a = {0};

	if (data.n == 0)
		buf_str(out, "reverted without a reason (empty revert data)");
	else if (!add_error_string(out, &a, data) && !add_panic(out, data) &&
		 !add_custom(out, &a, data, abis, n)) {
		buf_str(out, "reverted with an error that no known ABI has: ");
		buf_0xhex(out, data);
	}
	arena_release(&a);
}
