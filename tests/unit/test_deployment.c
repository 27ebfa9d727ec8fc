/* Profiles: what is read, the id that does not depend on how the file is laid out, and each way to be refused. */
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/gov/deployment.h"
#include "tests/support/check.h"

/* A profile is this, with one thing changed. */
#define REGISTRY "0x0DCd1Bf9A1b36cE34237eEaFef220932846BCD82"
#define SAFE     "0x6d7dafBA98A0270cE96C3b8F839152AaFFf6E04C"
#define TIMELOCK "0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9"
#define P1       "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
#define PAYER    "0x976EA74026E726554dB657fA54763abd0C3a0aa9"
#define ZEROS32  "0000000000000000000000000000000000000000000000000000000000000000"
#define GENESIS  "0x5432d6d29092ae0d7e0f3787ffee2dbf3858f39482e49b2c31c4c9675b2c71f2"

static const char base[] =
	"{\"format\":\"setgov-deployment/1\",\"identity\":{\"name\":\"Demo\",\"class\":\"test\",\"chainId\":84532999,"
	"\"genesisHash\":\"" GENESIS "\",\"safe\":\"" SAFE "\","
	"\"safeVersion\":\"1.4.1\",\"threshold\":1,\"timelock\":\"" TIMELOCK "\","
	"\"contracts\":{\"timelock\":{\"abi\":\"SetTimelock\",\"address\":\"" TIMELOCK "\"},"
	"\"safe\":{\"abi\":\"Safe\",\"address\":\"" SAFE "\"},"
	"\"registry\":{\"abi\":\"SetRegistry\",\"address\":\"" REGISTRY "\"}},"
	"\"people\":[{\"id\":\"p1\",\"address\":\"" P1 "\",\"owner\":true},"
	"{\"id\":\"payer\",\"address\":\"" PAYER "\",\"owner\":false}],"
	"\"feeCaps\":{\"maxFeePerGas\":\"200 gwei\",\"maxPriorityFeePerGas\":\"5 gwei\",\"gas\":2000000}},"
	"\"local\":{\"endpoints\":[{\"name\":\"devnet\",\"url\":\"http://127.0.0.1:8545\"}],\"hooks\":{}}}";

/* `base` with the first `from` replaced; lives in the arena. */
static struct span changed(struct arena *a, const char *from, const char *to)
{
	const char *at = strstr(base, from);

	assert_non_null(at);
	return span_str(arena_fmt(a, "%.*s%s%s", (int)(at - base), base, to, at + strlen(from)));
}

static void a_profile_is_read_whole(void **state)
{
	struct arena a = {0};
	struct deployment d;
	struct err e = {0};
	struct buf b = {0};

	(void)state;
	assert_ok(deployment_parse(&a, &d, span_str(base), &e), &e);
	assert_span_str(d.name, "Demo");
	assert_int_equal(d.class, CLASS_TEST);
	assert_true(d.chain_id == 84532999);
	assert_span_str(d.safe_version, "1.4.1");
	assert_int_equal(d.n_contracts, 3);
	assert_span_str(d.contracts[0].name, "registry");            /* by name, not as written */
	assert_span_str(d.contracts[1].name, "safe");
	assert_span_str(d.contracts[2].name, "timelock");
	assert_int_equal(d.n_people, 2);
	assert_int_equal(deployment_owners(&d), 1);
	assert_true(deployment_is_owner(&d, &d.people[0].address));
	assert_false(deployment_is_owner(&d, &d.people[1].address));
	assert_false(deployment_is_owner(&d, &d.safe));
	assert_ptr_equal(deployment_contract(&d, span_str("safe")), deployment_contract_at(&d, &d.safe));
	assert_null(deployment_contract(&d, span_str("paymaster")));
	assert_ptr_equal(deployment_person(&d, span_str("payer")), &d.people[1]);
	assert_null(deployment_person(&d, span_str("p9")));
	assert_int_equal(d.n_endpoints, 1);
	assert_span_str(d.endpoints[0].url, "http://127.0.0.1:8545");
	deployment_banner(&b, &d);
	assert_buf_str(&b, "CHAIN 84532999 \u00b7 TEST \u00b7 Demo");
	buf_release(&b);
	arena_release(&a);
}

static void labels_are_the_profiles_own_names(void **state)
{
	struct arena a = {0};
	struct addr stranger = {{ 9 }};
	struct deployment d;
	struct err e = {0};

	(void)state;
	assert_ok(deployment_parse(&a, &d, span_str(base), &e), &e);
	assert_string_equal(deployment_label(&a, &d, &d.safe), "this Safe");
	assert_string_equal(deployment_label(&a, &d, &d.contracts[0].address), "registry");
	assert_string_equal(deployment_label(&a, &d, &d.people[1].address), "payer");
	assert_null(deployment_label(&a, &d, &stranger));
	arena_release(&a);
}

/* Computed by the line of node in contracts/deployments/README.md. */
static void the_id_is_what_node_computes(void **state)
{
	struct arena a = {0};
	struct deployment d, pinned;
	struct err e = {0};
	struct buf b = {0};

	(void)state;
	assert_ok(deployment_parse(&a, &d, span_str(base), &e), &e);
	assert_hex(d.id.b, 32, "7d6aafdd78e26b017b2499cccc7411c5432ed472daa1cc39f3ac583af1484496");
	json_canonical(&b, d.identity);
	assert_ok(deployment_parse_identity(&a, &pinned, arena_copy(&a, buf_view(&b)), &e), &e);
	assert_true(hash32_eq(&pinned.id, &d.id));
	assert_int_equal(pinned.n_endpoints, 0);
	buf_release(&b);
	arena_release(&a);
}

static void the_first_block_is_this_machines_own(void **state)
{
	struct arena a = {0};
	struct deployment d, other;
	struct err e = {0};

	(void)state;
	assert_ok(deployment_parse(&a, &d, span_str(base), &e), &e);
	assert_true(d.first_block == 0);
	assert_ok(deployment_parse(&a, &other, changed(&a, "\"hooks\":{}", "\"firstBlock\":1234"), &e), &e);
	assert_true(other.first_block == 1234);
	assert_true(hash32_eq(&other.id, &d.id));
	assert_false(deployment_parse(&a, &other, changed(&a, "\"hooks\":{}", "\"firstBlock\":\"7\""), &e));
	assert_string_equal(buf_cstr(&e.field), "local.firstBlock");
	err_clear(&e);
	arena_release(&a);
}

static void the_id_is_of_the_identity_alone(void **state)
{
	struct arena a = {0};
	struct deployment d, other;
	struct err e = {0};

	(void)state;
	assert_ok(deployment_parse(&a, &d, span_str(base), &e), &e);
	assert_ok(deployment_parse(&a, &other, changed(&a, "8545", "9545"), &e), &e);
	assert_true(hash32_eq(&other.id, &d.id));
	assert_ok(deployment_parse(&a, &other, changed(&a, "\"identity\":{", "\"identity\": {  "), &e), &e);
	assert_true(hash32_eq(&other.id, &d.id));
	assert_ok(deployment_parse(&a, &other, changed(&a, "5 gwei", "6 gwei"), &e), &e);
	assert_false(hash32_eq(&other.id, &d.id));
	arena_release(&a);
}

static void the_example_is_a_profile(void **state)
{
	struct arena a = {0};
	struct deployment d;
	struct err e = {0};
	struct buf file = {0};
	FILE *f = fopen("contracts/deployments/demo.json", "rb");
	char part[4096];

	(void)state;
	assert_non_null(f);
	for (size_t n = fread(part, 1, sizeof(part), f); n > 0; n = fread(part, 1, sizeof(part), f))
		buf_add(&file, part, n);
	fclose(f);
	assert_ok(deployment_parse(&a, &d, buf_view(&file), &e), &e);
	assert_int_equal(deployment_owners(&d), 5);
	buf_release(&file);
	arena_release(&a);
}

#define WITNESS "witness.example/site-b+6a4f530c+BM0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq"
#define LOG_KEY "console.example/changelog+0af78284+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
static const struct { const char *from, *to; enum err_code code; const char *text; } bad[] = {
	{ "deployment/1", "deployment/2", ERR_UNKNOWN, "format" },
	{ "\"local\":", "\"lokal\":", ERR_UNKNOWN, "lokal" },
	{ "\"identity\":", "\"ident\":", ERR_UNKNOWN, "ident" },
	{ "\"name\":\"Demo\"", "\"name\":\"\"", ERR_SYNTAX, "identity.name" },
	{ "\"name\":\"Demo\"", "\"name\":\"a\\u202eb\"", ERR_SYNTAX, "identity.name" },
	{ "\"name\":\"Demo\"", "\"name\":1", ERR_SYNTAX, "identity.name" },
	{ "\"name\":\"Demo\",", "", ERR_MISSING, "identity.name" },
	{ "\"name\":\"Demo\"", "\"name\":\"Demo\",\"note\":1", ERR_UNKNOWN, "identity.note" },
	{ "\"class\":\"test\"", "\"class\":\"Test\"", ERR_UNKNOWN, "identity.class" },
	{ "84532999", "0", ERR_RANGE, "identity.chainId" },
	{ "84532999", "9007199254740992", ERR_RANGE, "identity.chainId" },
	{ "84532999", "\"84532999\"", ERR_SYNTAX, "identity.chainId" },
	{ "84532999", "84532999.0", ERR_RANGE, "identity.chainId" },
	{ GENESIS, "0x5432d6", ERR_SYNTAX, "identity.genesisHash" },
	{ "0x5432d6", "0x5432D6", ERR_SYNTAX, "identity.genesisHash" },
	{ GENESIS, "0x" ZEROS32, ERR_RANGE, "identity.genesisHash" },
	{ "\"safe\":\"" SAFE, "\"safe\":\"0x6D7dafBA98A0270cE96C3b8F839152AaFFf6E04C", ERR_MISMATCH,
	  "identity.safe" },
	{ "\"safe\":\"" SAFE, "\"safe\":\"0x6d7dafba98a0270ce96c3b8f839152aafff6e04c", ERR_MISMATCH,
	  "identity.safe" },
	{ "\"safe\":\"" SAFE, "\"safe\":\"0x0000000000000000000000000000000000000000", ERR_RANGE, "identity.safe" },
	{ "\"safe\":\"" SAFE, "\"safe\":\"" PAYER, ERR_MISSING, "identity.contracts" },
	{ "\"abi\":\"Safe\"", "\"abi\":\"SetRegistry\"", ERR_MISMATCH, "identity.contracts.safe.abi" },
	{ "\"abi\":\"SetTimelock\"", "\"abi\":\"Safe\"", ERR_MISMATCH, "identity.contracts.timelock.abi" },
	{ "\"1.4.1\"", "\"1.4\"", ERR_SYNTAX, "identity.safeVersion" },
	{ "\"1.4.1\"", "\"1..1\"", ERR_SYNTAX, "identity.safeVersion" },
	{ "\"threshold\":1,", "", ERR_MISSING, "identity.threshold" },
	{ "\"threshold\":1", "\"threshold\":0", ERR_RANGE, "identity.threshold" },
	{ "\"threshold\":1", "\"threshold\":2", ERR_RANGE, "identity.threshold" },
	{ "\"threshold\":1", "\"threshold\":\"1\"", ERR_SYNTAX, "identity.threshold" },
	{ "\"registry\":{", "\"Registry\":{", ERR_SYNTAX, "identity.contracts.Registry" },
	{ "\"registry\":{", "\"safe\":{", ERR_SYNTAX, "" },
	{ "\"abi\":\"SetRegistry\"", "\"abi\":\"../x\"", ERR_SYNTAX, "identity.contracts.registry.abi" },
	{ "\"address\":\"" REGISTRY, "\"address\":\"" SAFE, ERR_MISMATCH, "identity.contracts.registry" },
	{ "\"abi\":\"SetRegistry\",", "", ERR_MISSING, "identity.contracts.registry.abi" },
	{ "\"id\":\"p1\"", "\"id\":\"payer\"", ERR_MISMATCH, "identity.people[1]" },
	{ "\"id\":\"p1\"", "\"id\":\"P 1\"", ERR_SYNTAX, "identity.people[0].id" },
	{ "\"address\":\"" P1, "\"address\":\"" PAYER, ERR_MISMATCH, "identity.people[1]" },
	{ "\"address\":\"" P1, "\"address\":\"" SAFE, ERR_MISMATCH, "identity.people[0]" },
	{ "\"owner\":true", "\"owner\":false", ERR_MISSING, "identity.people" },
	{ "\"owner\":true", "\"owner\":1", ERR_SYNTAX, "identity.people[0].owner" },
	{ "\"owner\":true", "\"owner\":true,\"email\":\"x\"", ERR_UNKNOWN, "identity.people[0].email" },
	{ "200 gwei", "200 Gwei", ERR_SYNTAX, "identity.feeCaps.maxFeePerGas" },
	{ "5 gwei", "500 gwei", ERR_RANGE, "identity.feeCaps.maxPriorityFeePerGas" },
	{ "2000000}", "20999}", ERR_RANGE, "identity.feeCaps.gas" },
	{ "\"gas\":2000000", "\"gas\":2000000,\"tip\":1", ERR_UNKNOWN, "identity.feeCaps.tip" },
	{ "http://127", "ftp://127", ERR_SYNTAX, "local.endpoints[0].url" },
	{ "http://127.0.0.1:8545", "http://", ERR_SYNTAX, "local.endpoints[0].url" },
	{ "http://127.0.0.1:8545", "https://a b", ERR_SYNTAX, "local.endpoints[0].url" },
	{ "\"name\":\"devnet\"", "\"name\":\"dev net\"", ERR_SYNTAX, "local.endpoints[0].name" },
	{ "\"hooks\":{}", "\"witnesses\":{}", ERR_SYNTAX, "local.witnesses" },
	{ "\"hooks\":{}", "\"witnesses\":[1]", ERR_SYNTAX, "local.witnesses[0]" },
	{ "\"hooks\":{}", "\"witnesses\":[\"" WITNESS "\",\"x\"]", ERR_SYNTAX, "local.witnesses[1]" },
	{ "\"hooks\":{}", "\"witnesses\":[\"" LOG_KEY "\"]", ERR_UNKNOWN, "local.witnesses[0]" },
	{ "\"hooks\":{}}}", "\"hooks\":{}}} ,", ERR_SYNTAX, "" },
};

static void witnesses_are_keys_of_their_kind(void **state)
{
	struct arena a = {0};
	struct deployment d;
	struct err e = {0};
	struct buf vkey = {0};
	(void)state;
	assert_ok(deployment_parse(&a, &d, changed(&a, "\"hooks\":{}", "\"witnesses\":[\"" WITNESS "\"]"), &e), &e);
	assert_int_equal(d.n_witnesses, 1);
	note_key_format(&vkey, &d.witnesses[0]);
	assert_buf_str(&vkey, WITNESS);
	buf_release(&vkey);
	arena_release(&a);
}

static void each_slip_is_refused_where_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena a = {0};
		struct deployment d;
		struct err e = {0};

		if (deployment_parse(&a, &d, changed(&a, bad[i].from, bad[i].to), &e))
			fail_msg("accepted: %s -> %s", bad[i].from, bad[i].to);
		if (e.code != bad[i].code || strcmp(buf_cstr(&e.field), bad[i].text) != 0 || e.at == ERR_NO_OFFSET)
			fail_msg("%s -> %s: %d %s, byte %zu: %s", bad[i].from, bad[i].to, (int)e.code,
				 buf_cstr(&e.field), e.at, buf_cstr(&e.what));
		err_clear(&e);
		arena_release(&a);
	}
}

static void a_mistyped_address_shows_the_character(void **state)
{
	struct arena a = {0};
	struct deployment d;
	struct err e = {0};

	(void)state;
	assert_false(deployment_parse(&a, &d, changed(&a, "0x70997970C5", "0x70997970c5"), &e));
	assert_err(&e, ERR_MISMATCH,
		   "identity.people[0].address, byte 628: EIP-55 checksum needs 'C', found 'c': mistyped address?");
	err_clear(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_is_read_whole),
		cmocka_unit_test(labels_are_the_profiles_own_names),
		cmocka_unit_test(the_id_is_what_node_computes),
		cmocka_unit_test(the_first_block_is_this_machines_own),
		cmocka_unit_test(the_id_is_of_the_identity_alone),
		cmocka_unit_test(the_example_is_a_profile),
		cmocka_unit_test(witnesses_are_keys_of_their_kind),
		cmocka_unit_test(each_slip_is_refused_where_it_is),
		cmocka_unit_test(a_mistyped_address_shows_the_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
