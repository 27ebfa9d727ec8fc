#include "src/chain/revert.h"

#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/abi.h"

/* OpenZeppelin's and the timelock's errors, by signature with the arguments' names: enough to read a revert even from a
 * contract that the profile does not have. */
static const struct {
	const char *signature, *names;
} known_errors[] = {
	{ "AccessControlUnauthorizedAccount(address,bytes32)", "account,neededRole" },
	{ "AccessControlBadConfirmation()", "" },
	{ "AddressEmptyCode(address)", "target" },
	{ "ERC1967InvalidImplementation(address)", "implementation" },
	{ "ERC1967NonPayable()", "" },
	{ "EnforcedPause()", "" },
	{ "ExpectedPause()", "" },
	{ "FailedInnerCall()", "" },
	{ "InvalidInitialization()", "" },
	{ "OwnableInvalidOwner(address)", "owner" },
	{ "OwnableUnauthorizedAccount(address)", "account" },
	{ "TimelockInsufficientDelay(uint256,uint256)", "delay,minDelay" },
	{ "TimelockInvalidOperationLength(uint256,uint256,uint256)", "targets,payloads,values" },
	{ "TimelockUnauthorizedCaller(address)", "caller" },
	{ "TimelockUnexecutedPredecessor(bytes32)", "predecessor" },
	{ "TimelockUnexpectedOperationState(bytes32,bytes32)", "operationId,expectedStates" },
	{ "UUPSUnauthorizedCallContext()", "" },
	{ "UUPSUnsupportedProxiableUUID(bytes32)", "slot" },
};

/* safe-smart-account 1.4.1, docs/error_codes.md. */
static const struct {
	const char *code, *meaning;
} gs_codes[] = {
	{ "GS000", "the Safe's setup call failed" },
	{ "GS001", "the Safe has no threshold: it was never set up" },
	{ "GS010", "not enough gas for the Safe's call" },
	{ "GS011", "the gas could not be paid in ether" },
	{ "GS012", "the gas could not be paid in the token" },
	{ "GS013", "the Safe's call failed" },
	{ "GS020", "there are fewer signatures than the threshold" },
	{ "GS021", "a contract signature points into the fixed part" },
	{ "GS022", "a contract signature's length lies outside the blob" },
	{ "GS023", "a contract signature lies outside the blob" },
	{ "GS024", "a contract refuses its signature" },
	{ "GS025", "an owner has not approved this hash" },
	{ "GS026", "a signature is not an owner's, is out of order or given twice, or is for another nonce" },
	{ "GS027", "the data does not hash to what was given" },
	{ "GS030", "only owners can approve a hash" },
	{ "GS031", "only the Safe itself may call this" },
	{ "GS100", "modules are set up already" },
	{ "GS101", "not a possible module address" },
	{ "GS102", "the module is enabled already" },
	{ "GS103", "not the module before that one in the Safe's list" },
	{ "GS104", "the caller is not an enabled module" },
	{ "GS105", "not a possible start of the module list" },
	{ "GS106", "not a possible page size" },
	{ "GS200", "the Safe is set up already" },
	{ "GS201", "the threshold would be higher than the number of owners" },
	{ "GS202", "the threshold would be zero" },
	{ "GS203", "not a possible owner address" },
	{ "GS204", "this address is an owner already" },
	{ "GS205", "not the owner before that one in the Safe's list" },
	{ "GS300", "the guard does not implement the interface" },
	{ "GS400", "the Safe cannot be its own fallback handler" },
};

static const struct {
	uint64_t code;
	const char *meaning;
} panics[] = {
	{ 0x00, "generic" }, { 0x01, "an assertion failed" }, { 0x11, "arithmetic overflow" }, { 0x12, "division by zero" },
	{ 0x21, "not a value of the enum" }, { 0x22, "damaged storage bytes" }, { 0x31, "pop of an empty array" },
	{ 0x32, "array index out of bounds" }, { 0x41, "too much memory" }, { 0x51, "call of an unset function" },
};

const char *revert_gs_meaning(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(gs_codes); i++)
		if (strcmp(gs_codes[i].code, code) == 0)
			return gs_codes[i].meaning;
	return NULL;
}

/* The text of Error(string). */
static bool error_text(struct arena *a, struct span data, struct span *out)
{
	const struct abi_function *f = abi_function_parse(a, span_str("Error(string)"), NULL);
	struct abi_value args;
	if (f == NULL || data.n < 4 || memcmp(data.p, f->selector, 4) != 0 || !abi_calldata_decode(a, &args, f, data, NULL))
		return false;
	*out = args.items[0].bytes;
	return true;
}

bool revert_is_gs(struct span data, char code[6])
{
	struct arena a = {0};
	struct span text;
	bool is = error_text(&a, data, &text) && text.n == 5 && text.p[0] == 'G' && text.p[1] == 'S';
	for (size_t i = 2; is && i < 5; i++)
		is = text.p[i] >= '0' && text.p[i] <= '9';
	if (is) {
		memcpy(code, text.p, 5);
		code[5] = '\0';
	}
	arena_release(&a);
	return is;
}

static bool panic_words(struct arena *a, struct buf *out, struct span data)
{
	const struct abi_function *f = abi_function_parse(a, span_str("Panic(uint256)"), NULL);
	struct abi_value args;
	uint64_t code;
	if (f == NULL || data.n < 4 || memcmp(data.p, f->selector, 4) != 0 || !abi_calldata_decode(a, &args, f, data, NULL))
		return false;
	if (!u256_fits_u64(&args.items[0].word, &code))
		code = UINT64_MAX;
	for (size_t i = 0; i < ARRAY_LEN(panics); i++)
		if (panics[i].code == code) {
			buf_fmt(out, "panic 0x%02llx: %s", (unsigned long long)code, panics[i].meaning);
			return true;
		}
	buf_str(out, "panic of an unknown kind");
	return true;
}

static void put_arg(struct buf *out, const char *name, struct span given, const struct abi_value *v)
{
	struct buf text = {0};
	abi_value_format(&text, v);
	if (given.n > 0)
		buf_fmt(out, "%.*s ", text_shown(given), (const char *)given.p);
	else if (name[0] != '\0')
		buf_fmt(out, "%s ", name);
	text_safe(out, buf_view(&text), false);
	buf_release(&text);
}

/* The next name of a comma-separated list. */
static struct span next_name(const char **list)
{
	const size_t n = strcspn(*list, ",");
	const struct span s = span_of(*list, n);
	*list += n + ((*list)[n] == ',');
	return s;
}

/* expectedStates is a bitmap of 1 << state. */
static void state_words(struct buf *out, const struct abi_value *v)
{
	static const char *const states[] = { "not scheduled", "waiting", "ready", "done" };
	const uint8_t bits = v->bytes.n == 32 ? v->bytes.p[31] : 0;
	bool any = false;
	buf_str(out, ": it would have to be ");
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if ((bits >> i & 1) != 0) {
			buf_fmt(out, "%s%s", any ? " or " : "", states[i]);
			any = true;
		}
}

static void custom_words(struct buf *out, const struct abi_function *f, const struct abi_value *args, const char *names)
{
	buf_fmt(out, "%s(", f->name);
	for (size_t i = 0; i < args->n; i++) {
		if (i > 0)
			buf_str(out, ", ");
		put_arg(out, args->type->fields[i].name, next_name(&names), &args->items[i]);
	}
	buf_byte(out, ')');
	if (strcmp(f->name, "TimelockUnexpectedOperationState") == 0 && args->n == 2)
		state_words(out, &args->items[1]);
}

static bool try_custom(struct arena *a, struct buf *out, const struct abi_function *f, struct span data, const char *names)
{
	struct abi_value args;
	if (f == NULL || data.n < 4 || memcmp(data.p, f->selector, 4) != 0 || !abi_calldata_decode(a, &args, f, data, NULL))
		return false;
	custom_words(out, f, &args, names);
	return true;
}

static bool known_words(struct arena *a, struct buf *out, struct span data)
{
	for (size_t i = 0; i < ARRAY_LEN(known_errors); i++) {
		const struct abi_function *f = abi_function_parse(a, span_str(known_errors[i].signature), NULL);
		if (try_custom(a, out, f, data, known_errors[i].names))
			return true;
	}
	return false;
}

static void text_words(struct buf *out, struct span text)
{
	char code[6];
	const char *meaning = NULL;
	if (text.n == 5) {
		memcpy(code, text.p, 5);
		code[5] = '\0';
		meaning = revert_gs_meaning(code);
	}
	if (meaning != NULL) {
		buf_fmt(out, "%s: %s", code, meaning);
		return;
	}
	buf_byte(out, '"');
	text_safe(out, text, false);
	buf_byte(out, '"');
}

void revert_words(struct buf *out, struct span data, const struct abi *const *abis, size_t n)
{
	struct arena a = {0};
	struct span text;
	bool said = false;
	if (data.n == 0) {
		buf_str(out, "reverted without a reason (empty revert data)");
		return;
	}
	if (error_text(&a, data, &text)) {
		text_words(out, text);
		said = true;
	}
	said = said || panic_words(&a, out, data);
	for (size_t i = 0; !said && data.n >= 4 && i < n; i++)
		said = try_custom(&a, out, abi_find_error(abis[i], data.p), data, "");
	if (!said && !known_words(&a, out, data)) {
		buf_str(out, "reverted with bytes nobody here knows: ");
		buf_0xhex(out, data);
	}
	arena_release(&a);
}
