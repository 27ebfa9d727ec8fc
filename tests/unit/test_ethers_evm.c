/* The test cases that ethers ships (npm @ethersproject/testcases, a development dependency of contracts/): results of
 * solc, geth and ethers itself. They are read where npm put them and skipped when it has not.
 *
 * Out of scope: ICAP addresses; solidity-hashes (packed encoding); hdnode, wallets, units, namehash and wordlists,
 * which are other modules' or nobody's. What we refuse and ethers takes is counted and named: legacy transactions with
 * a gas limit above 64 bits. */
#include <sys/wait.h>

#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/evm/eip712.h"
#include "src/evm/rlp.h"
#include "src/evm/transaction.h"
#include "tests/support/check.h"

#define CASES "contracts/node_modules/@ethersproject/testcases/testcases/"

/* ---- reading ---- */

static void run_gzip(int out, const char *path)
{
	if (dup2(out, STDOUT_FILENO) < 0)
		_exit(126);
	execlp("gzip", "gzip", "-dc", path, (char *)NULL);
	_exit(127);
}

static struct buf unpack(const char *path)
{
	struct buf out = {0};
	uint8_t chunk[65536];
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_gzip(ends[1], path);
	close(ends[1]);
	while ((n = read(ends[0], chunk, sizeof(chunk))) > 0)
		buf_add(&out, chunk, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return out;
}

/* One file of cases, and how many of them were seen. */
struct cases {
	const char *name;
	struct arena arena;
	struct buf text;
	const struct json *all;
	size_t run, refused;
};

static struct cases open_cases(const char *name)
{
	struct cases c = { .name = name };
	const char *path = arena_fmt(&c.arena, CASES "%s.json.gz", name);
	struct err e = {0};

	if (access(path, R_OK) != 0) {
		arena_release(&c.arena);
		print_message("SKIPPED: " CASES " is absent: npm ci in contracts/\n");
		skip();
	}
	c.text = unpack(path);
	c.all = json_parse(&c.arena, buf_view(&c.text), &e);
	assert_ok(c.all != NULL, &e);
	assert_true(c.all->n > 0);
	return c;
}

static void close_cases(struct cases *c)
{
	assert_int_equal(c->run + c->refused, c->all->n);
	if (c->refused)
		print_message("ethers %s: %zu cases agree, %zu refused by us\n", c->name, c->run, c->refused);
	else
		print_message("ethers %s: %zu cases agree\n", c->name, c->run);
	buf_release(&c->text);
	arena_release(&c->arena);
}

static struct span text_of(const struct json *c, const char *name)
{
	struct span s;
	struct err e = {0};

	assert_ok(json_get_str(c, name, &s, &e), &e);
	return s;
}

static struct span hex_of(struct arena *a, const struct json *c, const char *name)
{
	const struct span s = text_of(c, name);

	assert_true(span_starts(s, "0x"));
	return hex_bytes(a, arena_str(a, span_of(s.p + 2, s.n - 2)));
}

static void same_bytes(const struct json *c, struct span found, struct span expected)
{
	if (span_eq(found, expected))
		return;
	print_error("%.*s\n", (int)text_of(c, "name").n, (const char *)text_of(c, "name").p);
	fail_msg("found %zu bytes, expected %zu, or they differ", found.n, expected.n);
}

static void case_ok(const struct json *c, bool ok, const struct err *e)
{
	if (!ok)
		print_error("%.*s\n", (int)text_of(c, "name").n, (const char *)text_of(c, "name").p);
	assert_ok(ok, e);
}

/* The document inside a string. */
static const struct json *inner_json(struct arena *a, const struct json *c, const char *name)
{
	struct err e = {0};
	const struct json *v = json_parse(a, text_of(c, name), &e);

	assert_ok(v != NULL, &e);
	return v;
}

/* ---- addresses ---- */

static void accounts(void **state)
{
	struct cases f = open_cases("accounts");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		struct addr a, b;
		struct err e = {0};
		struct buf out = {0};

		case_ok(c, addr_parse(&a, text_of(c, "address"), &e), &e);
		case_ok(c, addr_parse_checksummed(&b, text_of(c, "checksumAddress"), &e), &e);
		assert_true(addr_eq(&a, &b));
		addr_format(&out, &a);
		assert_true(span_eq(buf_view(&out), text_of(c, "checksumAddress")));
		if (json_find(c, "privateKey")) {
			case_ok(c, sig_key_address(&b, hex_of(&f.arena, c, "privateKey").p, &e), &e);
			assert_true(addr_eq(&a, &b));
		}
		buf_release(&out);
	}
	close_cases(&f);
}

/* ---- RLP ---- */

static void write_item(struct arena *a, struct buf *out, const struct json *v)
{
	size_t list;

	if (v->type == JSON_STRING) {
		rlp_write_bytes(out, hex_bytes(a, arena_str(a, span_of(v->text.p + 2, v->text.n - 2))));
		return;
	}
	list = rlp_begin(out);
	for (const struct json *x = v->first; x; x = x->next)
		write_item(a, out, x);
	rlp_end(out, list);
}

static void rlp_coder(void **state)
{
	struct cases f = open_cases("rlp-coder");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		struct buf out = {0};
		struct err e = {0};

		write_item(&f.arena, &out, json_find(c, "decoded"));
		same_bytes(c, buf_view(&out), hex_of(&f.arena, c, "encoded"));
		case_ok(c, rlp_check(buf_view(&out), &e), &e);
		buf_release(&out);
	}
	close_cases(&f);
}

/* ---- the ABI ---- */

/* {type, value} and arrays of it, as abi_value_from_json() takes it. */
static struct json *plain(struct arena *a, const struct json *v)
{
	struct json *out;

	if (v->type == JSON_OBJECT)
		v = json_find(v, "value");
	if (v->type != JSON_ARRAY)
		return json_copy(a, v);
	out = json_array(a);
	for (const struct json *x = v->first; x; x = x->next)
		json_push(out, plain(a, x));
	return out;
}

/* Values to bytes are ethers' bytes, and the bytes come back as those values. */
static void abi_case(struct arena *a, const struct json *c, const char *values)
{
	struct err e = {0};
	const struct abi *abi = abi_parse(a, inner_json(a, c, "interface"), &e);
	const struct span bytes = hex_of(a, c, "result");
	const struct abi_type *type;
	struct abi_value v, back;
	struct buf out = {0};

	case_ok(c, abi != NULL, &e);
	type = abi->functions[0].outputs;
	case_ok(c, abi_value_from_json(a, &v, type, plain(a, inner_json(a, c, values)), &e), &e);
	abi_encode(&out, &v);
	same_bytes(c, buf_view(&out), bytes);
	case_ok(c, abi_decode(a, &back, type, bytes, &e), &e);
	assert_true(abi_value_eq(&v, &back));
	buf_clear(&out);
	abi_value_format(&out, &back);
	case_ok(c, abi_value_from_text(a, &v, type, buf_view(&out), &e), &e);
	assert_true(abi_value_eq(&v, &back));
	buf_release(&out);
}

static void abi_file(const char *name, const char *values)
{
	struct cases f = open_cases(name);

	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		struct arena a = {0};

		abi_case(&a, c, values);
		arena_release(&a);
	}
	close_cases(&f);
}

static void contract_interface(void **state)
{
	(void)state;
	abi_file("contract-interface", "normalizedValues");
}

static void contract_interface_abi2(void **state)
{
	(void)state;
	abi_file("contract-interface-abi2", "values");
}

static void contract_signatures(void **state)
{
	struct cases f = open_cases("contract-signatures");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		struct err e = {0};
		const struct abi *abi = abi_parse(&f.arena, inner_json(&f.arena, c, "abi"), &e);
		const struct span selector = hex_of(&f.arena, c, "sigHash");
		const struct abi_function *found, *alone;

		case_ok(c, abi != NULL, &e);
		found = abi_find_selector(abi, selector.p);
		assert_non_null(found);
		assert_true(span_eq(found->signature, text_of(c, "signature")));
		assert_ptr_equal(found, abi_find_signature(abi, found->signature));
		alone = abi_function_parse(&f.arena, found->signature, &e);
		case_ok(c, alone != NULL, &e);
		same_bytes(c, span_of(alone->selector, 4), selector);
	}
	close_cases(&f);
}

static void event_value(struct arena *a, const struct json *c, const struct abi_value *v, const struct json *expected)
{
	struct abi_value want;
	struct err e = {0};
	const bool ok = abi_value_from_json(a, &want, v->type, plain(a, expected), &e);

	case_ok(c, ok, &e);
	assert_true(abi_value_eq(v, &want));
}

static void event_case(struct arena *a, const struct json *c)
{
	struct err e = {0};
	const struct abi *abi = abi_parse(a, inner_json(a, c, "interface"), &e);
	const struct json *topics = json_find(c, "topics"), *expected = json_find(c, "normalizedValues");
	struct hash32 topic[4];
	size_t n = 0;
	const struct abi_event *ev;
	struct abi_value v;

	case_ok(c, abi != NULL, &e);
	for (const struct json *t = topics->first; t; t = t->next)
		memcpy(topic[n++].b, hex_bytes(a, arena_str(a, span_of(t->text.p + 2, 64))).p, 32);
	ev = abi_find_event_name(abi, "testEvent");
	assert_non_null(ev);
	assert_ptr_equal(n ? abi_find_event(abi, &topic[0]) : NULL, ev->anonymous ? NULL : ev);
	case_ok(c, abi_event_decode(a, &v, ev, topic, n, hex_of(a, c, "data"), &e), &e);
	assert_int_equal(v.n, expected->n);
	for (size_t i = 0; i < v.n; i++) {
		const struct json *hashed = json_at(json_find(c, "hashed"), i);

		assert_int_equal(abi_event_hashed(ev, i), hashed->type == JSON_TRUE);
		event_value(a, c, &v.items[i], json_at(expected, i));
	}
}

static void contract_events(void **state)
{
	struct cases f = open_cases("contract-events");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		struct arena a = {0};

		event_case(&a, c);
		arena_release(&a);
	}
	close_cases(&f);
}

/* ---- typed data ---- */

/* ethers makes the domain's type from the members that are there. */
static struct json *domain_type(struct arena *a, const struct json *domain)
{
	static const char *const member[][2] = { { "name", "string" }, { "version", "string" },
						 { "chainId", "uint256" }, { "verifyingContract", "address" },
						 { "salt", "bytes32" } };
	struct json *out = json_array(a);

	for (size_t i = 0; i < ARRAY_LEN(member); i++) {
		struct json *m;

		if (!json_find(domain, member[i][0]))
			continue;
		m = json_object(a);
		json_set(m, a, "name", json_str(a, member[i][0]));
		json_set(m, a, "type", json_str(a, member[i][1]));
		json_push(out, m);
	}
	return out;
}

static struct json *typed_data(struct arena *a, const struct json *c)
{
	struct json *doc = json_object(a), *types = json_copy(a, json_find(c, "types"));

	json_set(types, a, "EIP712Domain", domain_type(a, json_find(c, "domain")));
	json_set(doc, a, "types", types);
	json_set(doc, a, "primaryType", json_copy(a, json_find(c, "primaryType")));
	json_set(doc, a, "domain", json_copy(a, json_find(c, "domain")));
	json_set(doc, a, "message", json_copy(a, json_find(c, "data")));
	return doc;
}

static void eip712_case(struct arena *a, const struct json *c)
{
	struct buf text = {0};
	struct err e = {0};
	const struct eip712 *doc;
	struct hash32 digest;
	struct sig s;
	struct addr by, of;

	json_compact(&text, typed_data(a, c));
	doc = eip712_parse(a, buf_view(&text), &e);
	case_ok(c, doc != NULL, &e);
	same_bytes(c, eip712_message_data(doc), hex_of(a, c, "encoded"));
	eip712_digest(doc, &digest);
	same_bytes(c, SPAN_HASH(&digest), hex_of(a, c, "digest"));
	if (json_find(c, "signature")) {
		case_ok(c, sig_from_bytes(&s, hex_of(a, c, "signature"), &e), &e);
		case_ok(c, sig_recover(&by, &s, &digest, &e), &e);
		case_ok(c, sig_key_address(&of, hex_of(a, c, "privateKey").p, &e), &e);
		assert_true(addr_eq(&by, &of));
	}
	buf_release(&text);
}

static void typed_data_cases(void **state)
{
	struct cases f = open_cases("eip712");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		struct arena a = {0};

		eip712_case(&a, c);
		arena_release(&a);
	}
	close_cases(&f);
}

/* ---- transactions ---- */

/* unsigned -> fields -> unsigned; key -> signed bytes; signed bytes -> fields, signer. */
static void transaction_case(struct arena *a, const struct json *c, const char *bare, const char *with_sig,
			     const char *key)
{
	struct transaction tx, again;
	struct sig s, s2;
	struct hash32 digest;
	struct addr by, of;
	struct buf out = {0};
	struct err e = {0};

	case_ok(c, transaction_decode_unsigned(a, &tx, hex_of(a, c, bare), &e), &e);
	transaction_encode(&out, &tx, NULL);
	same_bytes(c, buf_view(&out), hex_of(a, c, bare));
	transaction_digest(&digest, &tx);
	assert_true(sig_make(&s, &digest, hex_of(a, c, key).p));
	buf_clear(&out);
	transaction_encode(&out, &tx, &s);
	same_bytes(c, buf_view(&out), hex_of(a, c, with_sig));
	case_ok(c, transaction_decode(a, &again, &s2, buf_view(&out), &e), &e);
	case_ok(c, transaction_sender(&by, &again, &s2, &e), &e);
	case_ok(c, sig_key_address(&of, hex_of(a, c, key).p, &e), &e);
	assert_true(addr_eq(&by, &of));
	buf_release(&out);
}

/* "0x" and quantities with leading zeros, as these files write numbers. */
static struct u256 number(struct arena *a, const struct json *fields, const char *name)
{
	const struct json *v = json_find(fields, name);
	uint8_t be[32] = {0};
	struct u256 n = {{0}};
	struct span s;

	if (!v)
		return n;
	if (v->type == JSON_NUMBER) {
		assert_true(u256_parse(&n, v->text, NULL));
		return n;
	}
	s = span_of(v->text.p + 2, v->text.n - 2);
	s = hex_bytes(a, arena_fmt(a, "%s%.*s", s.n % 2 ? "0" : "", (int)s.n, (const char *)s.p));
	assert_true(s.n <= 32);
	if (s.n)
		memcpy(be + 32 - s.n, s.p, s.n);
	return u256_from_be(be);
}

static uint64_t number64(struct arena *a, const struct json *fields, const char *name)
{
	const struct u256 v = number(a, fields, name);
	uint64_t out = 0;

	assert_true(u256_fits_u64(&v, &out));
	return out;
}

static void access_list(struct arena *a, struct transaction *tx, const struct json *list)
{
	struct tx_access *out = ARENA_ARRAY(a, struct tx_access, list ? list->n : 0);

	for (const struct json *x = list ? list->first : NULL; x; x = x->next) {
		const struct json *keys = json_find(x, "storageKeys");
		struct hash32 *key = ARENA_ARRAY(a, struct hash32, keys->n);
		struct tx_access *entry = &out[tx->n_access++];

		assert_true(json_get_addr(x, "address", &entry->address, NULL));
		for (const struct json *k = keys->first; k; k = k->next)
			memcpy(key[entry->n_keys++].b, hex_bytes(a, arena_str(a, span_of(k->text.p + 2, 64))).p, 32);
		entry->keys = key;
	}
	tx->access = out;
}

/* The transaction from the fields the file names, and not from bytes. */
static struct transaction from_fields(struct arena *a, const struct json *f)
{
	struct transaction tx = { .kind = TX_LEGACY };
	const struct json *type = json_find(f, "type"), *to = json_find(f, "to");

	if (type)
		tx.kind = span_is(type->text, "2") ? TX_1559 : TX_ACCESS_LIST;
	tx.chain_id = type ? number64(a, f, "chainId") : 0;
	tx.nonce = number64(a, f, "nonce");
	tx.gas = number64(a, f, "gasLimit");
	tx.gas_price = number(a, f, "gasPrice");
	tx.max_fee = number(a, f, "maxFeePerGas");
	tx.max_priority = number(a, f, "maxPriorityFeePerGas");
	tx.value = number(a, f, "value");
	if (json_find(f, "data"))
		tx.data = hex_of(a, f, "data");
	tx.has_to = to && to->text.n > 2;
	if (tx.has_to)
		assert_true(addr_parse(&tx.to, to->text, NULL));
	access_list(a, &tx, json_find(f, "accessList"));
	return tx;
}

static void same_encoding(struct arena *a, const struct json *c, const struct transaction *tx, const char *name)
{
	struct buf out = {0};

	transaction_encode(&out, tx, NULL);
	same_bytes(c, buf_view(&out), hex_of(a, c, name));
	buf_release(&out);
}

static bool gas_too_large(struct arena *a, const struct json *c)
{
	const struct u256 gas = number(a, c, "gasLimit");
	struct transaction tx;
	struct err e = {0};

	if (u256_bit_length(&gas) <= 64)
		return false;
	assert_false(transaction_decode_unsigned(a, &tx, hex_of(a, c, "unsignedTransaction"), &e));
	assert_int_equal(e.code, ERR_RANGE);
	assert_string_equal(buf_cstr(&e.field), "gas");
	err_clear(&e);
	return true;
}

static void legacy_transactions(void **state)
{
	struct cases f = open_cases("transactions");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next) {
		struct transaction tx;

		if (gas_too_large(&f.arena, c)) {
			f.refused++;
			continue;
		}
		f.run++;
		tx = from_fields(&f.arena, c);
		same_encoding(&f.arena, c, &tx, "unsignedTransaction");
		tx.chain_id = 5;
		same_encoding(&f.arena, c, &tx, "unsignedTransactionChainId5");
		transaction_case(&f.arena, c, "unsignedTransaction", "signedTransaction", "privateKey");
		transaction_case(&f.arena, c, "unsignedTransactionChainId5", "signedTransactionChainId5", "privateKey");
	}
	close_cases(&f);
}

static void typed_transactions(void **state)
{
	struct cases f = open_cases("typed-transactions");

	(void)state;
	for (const struct json *c = f.all->first; c; c = c->next, f.run++) {
		const struct transaction tx = from_fields(&f.arena, json_find(c, "tx"));

		same_encoding(&f.arena, c, &tx, "unsigned");
		transaction_case(&f.arena, c, "unsigned", "signed", "key");
	}
	close_cases(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts),
		cmocka_unit_test(rlp_coder),
		cmocka_unit_test(contract_interface),
		cmocka_unit_test(contract_interface_abi2),
		cmocka_unit_test(contract_signatures),
		cmocka_unit_test(contract_events),
		cmocka_unit_test(typed_data_cases),
		cmocka_unit_test(legacy_transactions),
		cmocka_unit_test(typed_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
