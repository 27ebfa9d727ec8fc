#include "src/chain/revert.h"
#include "src/evm/abi.h"
#include "tests/support/check.h"

/* What a revert with these bytes (hex) is called. */
static void says_with(const char *hex, const struct abi *abi, const char *words)
{
	struct arena a = {0};
	struct buf out = {0};
	const struct abi *const abis[] = { abi };

	revert_words(&out, hex_bytes(&a, hex), abis, abi ? 1 : 0);
	assert_buf_str(&out, words);
	buf_release(&out);
	arena_release(&a);
}

static void says(const char *hex, const char *words)
{
	says_with(hex, NULL, words);
}

#define W(tail) "00000000000000000000000000000000000000000000000000000000" tail
#define ERROR_STRING(length, text) "08c379a0" W("00000020") W(length) text

static void nothing_is_said_as_such(void **state)
{
	(void)state;
	says("", "reverted without a reason (empty revert data)");
}

static void a_reason_is_quoted(void **state)
{
	(void)state;
	says(ERROR_STRING("00000003", "6e6f210000000000000000000000000000000000000000000000000000000000"), "\"no!\"");
	says(ERROR_STRING("00000000", ""), "reverted with an empty reason");
}

static void a_reason_cannot_drive_a_terminal(void **state)
{
	(void)state;
	says(ERROR_STRING("00000004", "611b5b6d00000000000000000000000000000000000000000000000000000000"),
	     "\"a\\u{001B}[m\"");
}

static void a_long_reason_is_cut_and_counted(void **state)
{
	struct arena a = {0};
	struct buf data = {0}, out = {0};
	struct abi_value text = abi_bytes(&abi_string_type, span_of(arena_alloc(&a, 5000, 1), 5000)), tuple;

	(void)state;
	memset((void *)(uintptr_t)text.bytes.p, 'x', 5000);
	tuple = abi_items(abi_type_parse(&a, span_str("(string)"), NULL), &text, 1);
	buf_add(&data, "\x08\xc3\x79\xa0", 4);
	abi_encode(&data, &tuple);
	revert_words(&out, buf_view(&data), NULL, 0);
	assert_int_equal(out.n, 1 + 1000 + strlen("… (4000 bytes more)") + 1);
	buf_release(&data);
	buf_release(&out);
	arena_release(&a);
}

static void gs_codes_are_words(void **state)
{
	struct arena a = {0};
	char code[6] = "";
	const struct span gs013 = hex_bytes(&a, ERROR_STRING("00000005",
		"4753303133000000000000000000000000000000000000000000000000000000"));

	(void)state;
	says(ERROR_STRING("00000005", "4753303236000000000000000000000000000000000000000000000000000000"),
	     "GS026: a signature is not an owner's, is out of order or given twice, or is for another nonce");
	says(ERROR_STRING("00000005", "4753303230000000000000000000000000000000000000000000000000000000"),
	     "GS020: fewer signatures than the threshold, or cut off");
	says(ERROR_STRING("00000005", "4753393939000000000000000000000000000000000000000000000000000000"), "\"GS999\"");
	assert_true(revert_is_gs(gs013, code));
	assert_string_equal(code, "GS013");
	assert_false(revert_is_gs(span_of(gs013.p, gs013.n - 1), code));
	assert_string_equal(revert_gs_meaning("GS013"), "the Safe's call failed");
	assert_null(revert_gs_meaning("GS999"));
	arena_release(&a);
}

static void panics_are_words(void **state)
{
	(void)state;
	says("4e487b71" W("00000011"), "panic 0x11: arithmetic over- or underflow");
	says("4e487b71" W("00000032"), "panic 0x32: an array index out of bounds");
	says("4e487b71" W("00000099"), "panic 0x99");
	says("4e487b71" "ff" "00000000000000000000000000000000000000000000000000000000000011",
	     "panic 0xff00000000000000000000000000000000000000000000000000000000000011");
}

/* The bytes and names of reference/anvil.md, "What failing looks like". */
static void the_timelock_is_known_without_an_abi(void **state)
{
	(void)state;
	says("54336609" W("0001517f") W("00015180"), "TimelockInsufficientDelay(delay 86399, minDelay 86400)");
	says("5ead8eb5" W("00000009") W("00000004"),
	     "TimelockUnexpectedOperationState(operationId 0x" W("00000009") ", expectedStates 0x" W("00000004")
	     " = needed to be ready)");
	says("5ead8eb5" W("00000009") W("00000001"),
	     "TimelockUnexpectedOperationState(operationId 0x" W("00000009") ", expectedStates 0x" W("00000001")
	     " = needed to be not scheduled)");
	says("5ead8eb5" W("00000009") W("00000006"),
	     "TimelockUnexpectedOperationState(operationId 0x" W("00000009") ", expectedStates 0x" W("00000006")
	     " = needed to be waiting or ready)");
	says("e2517d3f" "000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
	     "b09aa5aeb3702cfd50b6b62bc4532604938f21248a27a1d5ca736082b6819cc1",
	     "AccessControlUnauthorizedAccount(account 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, neededRole "
	     "0xb09aa5aeb3702cfd50b6b62bc4532604938f21248a27a1d5ca736082b6819cc1 = PROPOSER_ROLE)");
	says("8dfc202b", "ExpectedPause()");
	says("118cdaa7" "00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906",
	     "OwnableUnauthorizedAccount(account 0x90F79bf6EB2c4f870365E785982E1f101E93b906)");
	says("90a9a618" W("00000001"), "TimelockUnexecutedPredecessor(predecessorId 0x" W("00000001") ")");
	says("e2850c59" "00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906",
	     "TimelockUnauthorizedCaller(caller 0x90F79bf6EB2c4f870365E785982E1f101E93b906)");
	says("4c9c8ce3" "00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906",
	     "ERC1967InvalidImplementation(implementation 0x90F79bf6EB2c4f870365E785982E1f101E93b906)");
}

static void a_contracts_own_errors_come_from_its_abi(void **state)
{
	struct arena a = {0};
	const struct json *doc = json_parse(&a, span_str(
		"[{\"type\":\"error\",\"name\":\"InvalidTier\",\"inputs\":[]},"
		"{\"type\":\"error\",\"name\":\"Lost\",\"inputs\":[{\"name\":\"why\",\"type\":\"string\"},"
		"{\"name\":\"\",\"type\":\"uint8[]\"}]}]"), NULL);
	const struct abi *abi = abi_parse(&a, doc, NULL);

	(void)state;
	assert_non_null(abi);
	says_with("e1423617", abi, "InvalidTier()");
	says_with("e142361700", abi, "InvalidTier with arguments that do not decode: 0xe142361700");
	arena_release(&a);
}

static void what_nobody_knows_is_shown_whole(void **state)
{
	(void)state;
	says("deadbeef00", "reverted with an error that no known ABI has: 0xdeadbeef00");
	says("de", "reverted with an error that no known ABI has: 0xde");
	says("08c379a0", "reverted with an error that no known ABI has: 0x08c379a0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_as_such),
		cmocka_unit_test(a_reason_is_quoted),
		cmocka_unit_test(a_reason_cannot_drive_a_terminal),
		cmocka_unit_test(a_long_reason_is_cut_and_counted),
		cmocka_unit_test(gs_codes_are_words),
		cmocka_unit_test(panics_are_words),
		cmocka_unit_test(the_timelock_is_known_without_an_abi),
		cmocka_unit_test(a_contracts_own_errors_come_from_its_abi),
		cmocka_unit_test(what_nobody_knows_is_shown_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
