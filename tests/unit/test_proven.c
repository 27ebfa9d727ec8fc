/* The evidence's part "proofs": anvil's proofs (tests/vectors/proof/trie.json) packed, unpacked, tampered with; and the
 * slots that have names. */
#include "tests/support/check.h"
#include "tests/support/packets.h"
#include "tests/support/proofs.h"

#include "src/base/hex.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/gov/proven.h"

static void what_a_node_proved_comes_back_as_words(void **state)
{
	struct arena a = {0};
	const struct json *v = sample_proofs_carried(&a, sample_proofs(&a));
	struct proven p;
	struct addr who;
	struct hash32 slot = {{0}};
	struct err e = {0};

	(void)state;
	assert_ok(proven_check(&a, &p, v, &e), &e);
	assert_int_equal(p.n, 7);
	assert_int_equal(p.n_accounts, 3);
	assert_true(addr_parse(&who, span_str("0x00000000000000000000000000000000000a11ce"), NULL));
	slot.b[31] = 2;
	assert_hex(proven_word(&p, &who, &slot)->b, 32,
		   "00000000000000000000000000000000000000000000000000000000000007d1");
	slot.b[31] = 3;                        /* written, then set to zero again */
	assert_true(hash32_is_zero(proven_word(&p, &who, &slot)));
	slot.b[31] = 4;
	assert_null(proven_word(&p, &who, &slot));
	arena_release(&a);
}

static void a_byte_changed_in_any_node_is_refused(void **state)
{
	struct arena a = {0};
	const struct json *v = sample_proofs_carried(&a, sample_proofs(&a));

	(void)state;
	for (const struct json *node = json_find(v, "nodes")->first; node; node = node->next) {
		uint8_t *text = (uint8_t *)(uintptr_t)node->text.p;

		for (size_t i = 2; i < node->text.n; i += 2) {
			const uint8_t was = text[i];
			struct arena scratch = {0};
			struct proven p;

			text[i] = was == '0' ? '1' : '0';
			assert_false(proven_check(&scratch, &p, v, NULL));
			text[i] = was;
			arena_release(&scratch);
		}
	}
	arena_release(&a);
}

static void check_refused(const char *text, enum err_code code, const char *expected)
{
	struct arena a = {0};
	struct proven p;
	struct err e = {0};
	const struct json *v = json_parse(&a, span_str(text), NULL);

	assert_non_null(v);
	assert_false(proven_check(&a, &p, v, &e));
	assert_err(&e, code, expected);
	err_clear(&e);
	arena_release(&a);
}

static void a_shape_that_is_none_is_refused_at_its_place(void **state)
{
	(void)state;
	check_refused("{\"accounts\":[],\"header\":\"0x\",\"nodes\":[1]}", ERR_SYNTAX,
		      "nodes[0], byte 38: a string was needed");
	check_refused("{\"accounts\":[],\"header\":\"0xc0\",\"nodes\":[]}", ERR_SYNTAX,
		      "header.parentHash, byte 1: needed 1 byte, found 0");
	check_refused("{\"accounts\":[],\"header\":\"0x\",\"nodes\":[],\"x\":1}", ERR_UNKNOWN,
		      "x, byte 44: unknown member");
}

static void a_slot_that_decides_has_a_name(void **state)
{
	struct sample s = {0};
	struct slot_list list = {0};
	const struct hash32 operation = {{1}};
	struct buf names = {0};
	struct err e = {0};

	(void)state;
	sample_rotate(&s);
	list.a = &s.a;
	assert_ok(slots_deciding(&list, &s.pin, s.proposal.actions, s.proposal.calls, &operation, &e), &e);
	for (size_t i = 0; i < list.n; i++) {
		buf_str(&names, list.v[i].name);
		buf_byte(&names, '\n');
	}
	assert_non_null(strstr(buf_cstr(&names), "safe: next nonce of the Safe\n"));
	assert_non_null(strstr(buf_cstr(&names), "timelock: everybody is executor\n"));
	assert_non_null(strstr(buf_cstr(&names), "timelock: when the operation is ready\n"));
	assert_non_null(strstr(buf_cstr(&names), "registry: the code behind the contract\n"));
	assert_non_null(strstr(buf_cstr(&names), "may act as a sequencer\n"));
	buf_release(&names);
	sample_release(&s);
}

static void a_mapping_s_entry_is_named_by_its_key(void **state)
{
	struct sample s = {0};
	struct slot_list list = {0};
	struct hash32 slot, key = {{0}}, word = {{0}};
	const struct named_slot *found;
	const struct contract *registry;
	struct buf text = {0};
	size_t i = 0;

	(void)state;
	sample_rotate(&s);
	list.a = &s.a;
	key.b[31] = 0xaa;
	slots_known(&list, &s.pin, &key, 1);
	registry = deployment_contract(&s.d, span_str("registry"));
	/* anvil's own, from a trace of setSequencerAuthorization(0x…aa, true) */
	assert_true(hex_bare(slot.b, 32, span_str("d6f751104ddfead9549c96fabdbd4d2fc6876c8cd9a49ea4a821de938f71a011"),
			     NULL));
	found = slots_at(&list, &i, &registry->address, &slot);
	assert_non_null(found);
	assert_string_equal(found->name, "registry.authorizedSequencers(0x00000000000000000000000000000000000000AA)");
	word.b[31] = 1;
	slot_say(&s.a, &text, found, &s.d, &word);
	assert_buf_str(&text, "true");
	assert_null(slots_at(&list, &i, &registry->address, &slot));
	buf_release(&text);
	sample_release(&s);
}

/* The slot of this name; the test fails where there is none. */
static const struct named_slot *slot_called(const struct slot_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	fail_msg("no slot is called %s", name);
	return NULL;
}

static void whoever_may_govern_has_a_slot_that_is_found_again(void **state)
{
	struct sample s = {0};
	struct slot_list list = {0};
	const struct addr nobody = {{0}}, member = { .b = { [19] = 0xaa } };
	const struct slots_about about = { &nobody, &member, 1, 1 };
	struct hash32 slot, admin, keys[2] = { timelock_roles[0].hash };

	(void)state;
	sample_rotate(&s);
	list.a = &s.a;
	slots_governing(&list, &s.pin, &about);
	assert_true(slot_behind(&slot, &s.pin, &s.d.timelock, "hasRole(bytes32,address)", keys));
	assert_true(hash32_eq(&slot, &slot_called(&list, "timelock: everybody is proposer")->slot));
	slot_listed(&slot, false, &member);
	assert_true(hash32_eq(&slot, &slot_called(&list, "safe.isOwner(0x00000000000000000000000000000000000000AA)")
				      ->slot));
	slot_called(&list, "safe: how many owners have to sign");
	/* ERC-1967: keccak256("eip1967.proxy.admin") - 1 */
	keccak256(&admin, span_str("eip1967.proxy.admin"));
	admin.b[31]--;
	assert_true(hash32_eq(&admin, &slot_called(&list, "registry: who may change the code besides the owner")
				       ->slot));
	assert_true(slot_behind(&slot, &s.pin, &deployment_contract(&s.d, span_str("registry"))->address,
				SLOT_PROXY_ADMIN, NULL));
	assert_true(hash32_eq(&admin, &slot));
	assert_false(slot_behind(&slot, &s.pin, &member, "owner()", NULL));
	sample_release(&s);
}

static void check_rules(const char *text, const char *expected)
{
	struct arena a = {0};
	struct err e = {0};

	assert_null(slot_rules_parse(&a, span_str(text), &e));
	check_err(&e, e.code, expected, __FILE__, __LINE__);
	err_clear(&e);
	arena_release(&a);
}

static void a_layout_file_s_mistake_is_named(void **state)
{
	(void)state;
	check_rules("{\"format\":\"setgov-layouts/1\",\"contracts\":{\"X\":[{\"getter\":\"f()\",\"slot\":\"0\","
		    "\"kind\":\"no\"}]}}",
		    "contracts.X[0].kind, byte 81: no such kind");
	check_rules("{\"format\":\"setgov-layouts/1\",\"contracts\":{\"X\":[{\"getter\":\"f(bytes)\",\"slot\":\"0\","
		    "\"kind\":\"flag\"}]}}", "contracts.X[0].getter: a key is one word");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_node_proved_comes_back_as_words),
		cmocka_unit_test(a_byte_changed_in_any_node_is_refused),
		cmocka_unit_test(a_shape_that_is_none_is_refused_at_its_place),
		cmocka_unit_test(a_slot_that_decides_has_a_name),
		cmocka_unit_test(a_mapping_s_entry_is_named_by_its_key),
		cmocka_unit_test(whoever_may_govern_has_a_slot_that_is_found_again),
		cmocka_unit_test(a_layout_file_s_mistake_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
