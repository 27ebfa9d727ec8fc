#include "src/evm/abi.h"
#include "tests/support/check.h"

static struct span member(const struct json *c, const char *name)
{
	const struct json *v = json_find(c, name);

	assert_non_null(v);
	return v->text;
}

static const struct abi_type *type_of(struct arena *a, struct span text)
{
	struct err e = {0};
	const struct abi_type *t = abi_type_parse(a, text, &e);

	assert_ok(t != NULL, &e);
	return t;
}

/* A word written short, or with '=' in front bytes as they are. */
static struct span words(struct arena *a, const struct json *list)
{
	struct buf hex = {0};
	struct span out;

	for (const struct json *w = list->first; w; w = w->next) {
		const bool raw = span_starts(w->text, "=");

		for (size_t i = w->text.n; !raw && i < 64; i++)
			buf_byte(&hex, '0');
		buf_add(&hex, w->text.p + raw, w->text.n - raw);
	}
	out = hex_bytes(a, buf_cstr(&hex));
	buf_release(&hex);
	return out;
}

/* ---- types ---- */

static void types_are_written_as_they_are_read(void **state)
{
	static const char *const types[] = {
		"uint8", "uint256", "int8", "int136", "address", "bool", "bytes1", "bytes32", "bytes", "string",
		"function", "uint8[]", "uint8[3][][2]", "(uint256,bytes)[2][]", "()", "((address,(bool)[])[4],string)",
		"(((((((((((((((((((((((((((((((bool)))))))))))))))))))))))))))))))",
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct buf out = {0};

		abi_type_format(&out, type_of(&a, span_str(types[i])));
		assert_buf_str(&out, types[i]);
		buf_release(&out);
	}
	arena_release(&a);
}

static void bad_types_are_located(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/abi-type-bad.json"), "cases");

	(void)state;
	for (const struct json *c = cases->first; c; c = c->next) {
		struct err e = {0};

		assert_null(abi_type_parse(&a, member(c, "type"), &e));
		assert_err(&e, e.code, arena_str(&a, member(c, "error")));
		assert_true(e.code == ERR_SYNTAX || e.code == ERR_RANGE);
		err_clear(&e);
	}
	arena_release(&a);
}

static void heads_are_measured(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_int_equal(type_of(&a, span_str("(uint8,(bool,address)[3])"))->size, 32 + 3 * 64);
	assert_int_equal(type_of(&a, span_str("(uint8,string[3])"))->size, 32);
	assert_true(type_of(&a, span_str("(uint8,(bool,bytes)[3])"))->dynamic);
	assert_false(type_of(&a, span_str("(uint8,(bool,bytes3)[3])"))->dynamic);
	arena_release(&a);
}

/* ---- bytes ---- */

static void one_call(struct arena *a, const struct json *c)
{
	struct err e = {0};
	const struct abi_function *f = abi_function_parse(a, member(c, "signature"), &e);
	const struct span hex = member(c, "calldata");
	const struct span calldata = hex_bytes(a, arena_str(a, span_of(hex.p + 2, hex.n - 2)));
	struct abi_value v, back;
	struct buf out = {0};

	assert_ok(f != NULL, &e);
	assert_ok(abi_value_from_json(a, &v, f->inputs, json_find(c, "args"), &e), &e);
	abi_calldata_encode(&out, f, &v);
	assert_int_equal(out.n, calldata.n);
	assert_memory_equal(out.p, calldata.p, out.n);
	assert_ok(abi_calldata_decode(a, &back, f, calldata, &e), &e);
	assert_true(abi_value_eq(&v, &back));
	buf_clear(&out);
	abi_value_format(&out, &back);
	assert_ok(abi_value_from_text(a, &v, f->inputs, buf_view(&out), &e), &e);
	assert_true(abi_value_eq(&v, &back));
	buf_release(&out);
}

static void calls_agree_with_ethers(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/abi.json"), "cases");

	(void)state;
	for (const struct json *c = cases->first; c; c = c->next)
		one_call(&a, c);
	arena_release(&a);
}

static void other_encodings_are_refused_and_located(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/abi-bad.json"), "cases");

	(void)state;
	for (const struct json *c = cases->first; c; c = c->next) {
		struct abi_value v;
		struct err e = {0};

		assert_false(abi_decode(&a, &v, type_of(&a, member(c, "type")), words(&a, json_find(c, "data")), &e));
		assert_err(&e, span_is(member(c, "code"), "RANGE") ? ERR_RANGE : ERR_SYNTAX,
			   arena_str(&a, member(c, "error")));
		err_clear(&e);
	}
	arena_release(&a);
}

/* Whatever byte of good calldata is changed, what is still accepted encodes back to those bytes. */
static void no_altered_byte_reads_as_the_same_call(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/abi.json"), "cases");
	const struct json *c = json_at(cases, 10);
	const struct abi_function *f = abi_function_parse(&a, member(c, "signature"), NULL);
	const struct span hex = member(c, "calldata");
	struct span data = hex_bytes(&a, arena_str(&a, span_of(hex.p + 2, hex.n - 2)));
	uint8_t *bytes = ARENA_ARRAY(&a, uint8_t, data.n);
	size_t refused = 0;

	(void)state;
	for (size_t i = 4; i < data.n * 8; i++) {
		struct abi_value v;
		struct buf out = {0};

		memcpy(bytes, data.p, data.n);
		bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1u << i % 8);
		if (abi_calldata_decode(&a, &v, f, span_of(bytes, data.n), NULL)) {
			abi_calldata_encode(&out, f, &v);
			assert_int_equal(out.n, data.n);
			assert_memory_equal(out.p, bytes, data.n);
		} else {
			refused++;
		}
		buf_release(&out);
	}
	assert_true(refused > data.n);
	arena_release(&a);
}

static void a_wrong_selector_is_refused(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const struct abi_function *f = abi_function_parse(&a, span_str("transfer(address,uint256)"), &e);
	struct abi_value v;

	(void)state;
	assert_hex(f->selector, 4, "a9059cbb");
	assert_false(abi_calldata_decode(&a, &v, f, span_of("\xa9\x05\x9c", 3), &e));
	assert_err(&e, ERR_SYNTAX, "byte 0: a selector has 4 bytes, found 3");
	assert_false(abi_calldata_decode(&a, &v, f, span_of("\xa9\x05\x9c\xbc", 4), &e));
	assert_err(&e, ERR_MISMATCH, "byte 0: transfer(address,uint256) has the selector 0xa9059cbb");
	err_clear(&e);
	arena_release(&a);
}

/* ---- text ---- */

static void bad_arguments_say_why(void **state)
{
	struct arena a = {0};
	const struct json *cases = json_find(json_vector(&a, "evm/abi-text-bad.json"), "cases");

	(void)state;
	for (const struct json *c = cases->first; c; c = c->next) {
		struct abi_value v;
		struct err e = {0};

		assert_false(abi_value_from_text(&a, &v, type_of(&a, member(c, "type")), member(c, "text"), &e));
		assert_err(&e, e.code, arena_str(&a, member(c, "error")));
		err_clear(&e);
	}
	arena_release(&a);
}

static void text_comes_back(void **state)
{
	static const char *const pairs[][3] = {      /* type, typed, formatted */
		{ "uint256", "0x0c", "12" }, { "int8", "-128", "-128" }, { "int8", "127", "127" },
		{ "bool", "true", "true" },
		{ "address", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
		  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed" },
		{ "bytes", "0x", "0x" }, { "bytes3", "0xAABBcc", "0xaabbcc" }, { "string", "say \"hi\"", "say \"hi\"" },
		{ "string", "", "" }, { "string[]", "[ \"a\\n\", \"\" ]", "[\"a\\n\",\"\"]" },
		{ "(uint8,bool)[1]", "[[7, true]]", "[[\"7\",true]]" },
		{ "int16[]", "[-1, \"-2\"]", "[\"-1\",\"-2\"]" },
		{ "uint256[]", "[]", "[]" },
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct abi_value v;
		struct buf out = {0};
		struct err e = {0};

		const struct abi_type *t = type_of(&a, span_str(pairs[i][0]));

		assert_ok(abi_value_from_text(&a, &v, t, span_str(pairs[i][1]), &e), &e);
		abi_value_format(&out, &v);
		assert_buf_str(&out, pairs[i][2]);
		buf_release(&out);
	}
	arena_release(&a);
}

/* ---- contracts ---- */

static const char registry[] =
	"[{\"type\":\"constructor\",\"inputs\":[]},"
	"{\"type\":\"function\",\"name\":\"set\",\"stateMutability\":\"payable\",\"outputs\":[],\"inputs\":["
	"{\"name\":\"key\",\"type\":\"tuple[2]\",\"internalType\":\"struct Key[2]\",\"components\":["
	"{\"name\":\"owner\",\"type\":\"address\"},{\"name\":\"limits\",\"type\":\"uint8[]\"}]}]},"
	"{\"type\":\"function\",\"name\":\"get\",\"stateMutability\":\"view\",\"inputs\":[],\"outputs\":["
	"{\"name\":\"\",\"type\":\"uint256\"}]},"
	"{\"type\":\"function\",\"name\":\"get\",\"stateMutability\":\"view\",\"inputs\":["
	"{\"name\":\"at\",\"type\":\"uint64\"}],\"outputs\":[]},"
	"{\"type\":\"event\",\"name\":\"Set\",\"anonymous\":false,\"inputs\":["
	"{\"name\":\"who\",\"type\":\"address\",\"indexed\":true},"
	"{\"name\":\"why\",\"type\":\"string\",\"indexed\":true},"
	"{\"name\":\"v\",\"type\":\"uint8\",\"indexed\":false}]},"
	"{\"type\":\"error\",\"name\":\"Denied\",\"inputs\":[{\"name\":\"who\",\"type\":\"address\"}]}]";

static const struct abi *registry_abi(struct arena *a)
{
	struct err e = {0};
	const struct json *doc = json_parse(a, span_str(registry), &e);
	const struct abi *abi = doc ? abi_parse(a, doc, &e) : NULL;

	assert_ok(abi != NULL, &e);
	return abi;
}

static void entries_are_found(void **state)
{
	struct arena a = {0};
	const struct abi *abi = registry_abi(&a);
	const struct abi_function *set = abi_find_name(abi, "set");

	(void)state;
	assert_int_equal(abi->n_functions, 3);
	assert_span_str(set->signature, "set((address,uint8[])[2])");
	assert_true(set->payable && !set->view);
	assert_string_equal(set->inputs->fields[0].name, "key");
	assert_ptr_equal(abi_find_selector(abi, set->selector), set);
	assert_ptr_equal(abi_find_signature(abi, span_str("get(uint64)")), &abi->functions[2]);
	assert_true(abi->functions[2].view);
	assert_null(abi_find_name(abi, "get"));
	assert_null(abi_find_name(abi, "unset"));
	assert_null(abi_find_signature(abi, span_str("get(uint65)")));
	assert_ptr_equal(abi_find_error(abi, abi->errors[0].selector), &abi->errors[0]);
	assert_null(abi_find_error(abi, set->selector));
	assert_ptr_equal(abi_find_event(abi, &abi->events[0].topic), abi_find_event_name(abi, "Set"));
	assert_null(abi_find_event_name(abi, "Unset"));
	assert_int_equal(abi_field_index(abi->events[0].inputs, "why"), 1);
	assert_true(abi_field_index(abi->events[0].inputs, "nope") == SIZE_MAX);
	arena_release(&a);
}

static const char two_keys[] =
	"{\"key\":[{\"owner\":\"0x0000000000000000000000000000000000000001\",\"limits\":[]},"
	"{\"owner\":\"0x0000000000000000000000000000000000000002\",\"limits\":[\"1\",\"2\"]}]}";

static void errors_inside_structs_name_the_field(void **state)
{
	struct arena a = {0};
	const struct abi_function *set = abi_find_name(registry_abi(&a), "set");
	struct abi_value v;
	struct err e = {0};
	struct buf data = {0};

	(void)state;
	assert_ok(abi_value_from_text(&a, &v, set->inputs, span_str(two_keys), &e), &e);
	abi_encode(&data, &v);
	data.p[data.n - 2] = 1;
	assert_false(abi_decode(&a, &v, set->inputs, buf_view(&data), &e));
	assert_err(&e, ERR_RANGE, "args[0][1].limits[1], byte 320: uint8 holds 8 bits, found 9");
	assert_false(abi_value_from_text(&a, &v, set->inputs, span_str("[[{\"owner\":1},0]]"), &e));
	assert_err(&e, ERR_SYNTAX, "[0][0].owner, byte 11: needed a string");
	assert_false(abi_value_from_text(&a, &v, set->inputs, span_str("[[{\"own\":1},0]]"), &e));
	assert_err(&e, ERR_UNKNOWN, "[0][0].own, byte 9: there is no such field");
	assert_false(abi_value_from_text(&a, &v, set->inputs, span_str("[[{},0]]"), &e));
	assert_err(&e, ERR_MISSING, "[0][0].owner, byte 2: field is missing");
	err_clear(&e);
	buf_release(&data);
	arena_release(&a);
}

static void named_tuples_are_objects(void **state)
{
	struct arena a = {0};
	const struct abi_function *set = abi_find_name(registry_abi(&a), "set");
	struct abi_value v;
	struct buf out = {0};

	(void)state;
	assert_true(abi_value_from_text(&a, &v, set->inputs, span_str(two_keys), NULL));
	abi_value_format(&out, &v);
	assert_buf_str(&out, two_keys);
	buf_release(&out);
	arena_release(&a);
}

static void events_are_decoded(void **state)
{
	struct arena a = {0};
	const struct abi_event *ev = abi_find_event_name(registry_abi(&a), "Set");
	struct hash32 topics[3] = { ev->topic, { .b = { [31] = 7 } }, { .b = { 1 } } };
	uint8_t data[32] = { [31] = 9 };
	struct abi_value v;
	struct err e = {0};

	(void)state;
	assert_ok(abi_event_decode(&a, &v, ev, topics, 3, span_of(data, 32), &e), &e);
	assert_int_equal(v.n, 3);
	assert_int_equal(abi_as_addr(&v.items[0]).b[19], 7);
	assert_true(abi_event_hashed(ev, 1) && !abi_event_hashed(ev, 0) && !abi_event_hashed(ev, 2));
	assert_ptr_equal(v.items[1].type, &abi_bytes32);
	assert_int_equal(v.items[1].bytes.p[0], 1);
	assert_int_equal(v.items[2].word.w[0], 9);
	assert_false(abi_event_decode(&a, &v, ev, topics, 2, span_of(data, 32), &e));
	assert_err(&e, ERR_SYNTAX, "needed 3 topics, found 2");
	topics[1].b[0] = 1;
	assert_false(abi_event_decode(&a, &v, ev, topics, 3, span_of(data, 32), &e));
	assert_err(&e, ERR_RANGE, "topics[1], byte 0: address holds 160 bits, found 249");
	topics[0].b[0] ^= 1;
	assert_false(abi_event_decode(&a, &v, ev, topics, 3, span_of(data, 32), &e));
	assert_err(&e, ERR_MISMATCH, "topics[0]: not the topic of Set(address,string,uint8)");
	err_clear(&e);
	arena_release(&a);
}

static void bad_abis_are_refused(void **state)
{
#define FN(name, type) "{\"type\":\"function\",\"name\":\"" name "\",\"outputs\":[],\"stateMutability\":\"view\"," \
	"\"inputs\":[{\"name\":\"x\",\"type\":\"" type "\"}]}"
	static const char *const pairs[][2] = {
		{ "{}", "byte 0: needed an array" },
		{ "[7]", "[0], byte 1: needed an object" },
		{ "[{\"type\":\"thing\"}]",
		  "[0].type, byte 9: needed function, event, error, constructor, fallback or receive" },
		{ "[" FN("a b", "bool") "]", "[0].name, byte 27: not an identifier" },
		{ "[" FN("ab", "tuple") "]", "[0].inputs[0].components, byte 80: missing" },
		{ "[" FN("ab", "uint") "]", "[0].inputs[0].type, byte 99: write uint256: uint is not its name" },
		{ "[" FN("ab", "(bool)") "]", "[0].inputs[0].type, byte 99: needed the name of a type" },
		{ "[" FN("ab", "bool") "," FN("ab", "bool") "]",
		  "functions ab(bool) and ab(bool) share the selector 0x" },
		/* 4byte.directory: two names for 0x42966c68 */
		{ "[" FN("burn", "uint256") "," FN("collate_propagate_storage", "bytes16") "]",
		  "functions burn(uint256) and collate_propagate_storage(bytes16) share the selector 0x42966c68" },
		{ "[{\"type\":\"event\",\"name\":\"A\",\"inputs\":[]},"
		  "{\"type\":\"event\",\"name\":\"A\",\"inputs\":[]}]",
		  "event A() is there twice" },
		{ "[{\"type\":\"error\",\"name\":\"A\",\"inputs\":[],\"x\":1}]", "[0].x, byte 44: unknown member" },
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct err e = {0};
		struct buf text = {0};
		const struct json *doc = json_parse(&a, span_str(pairs[i][0]), &e);

		assert_ok(doc != NULL, &e);
		assert_null(abi_parse(&a, doc, &e));
		err_format(&e, &text);
		if (!span_starts(buf_view(&text), pairs[i][1]))
			assert_string_equal(buf_cstr(&text), pairs[i][1]);
		buf_release(&text);
		err_clear(&e);
	}
	arena_release(&a);
}

static void our_contracts_abis_are_read(void **state)
{
	static const struct { const char *name, *signature; } known[] = {
		{ "Safe", "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,"
			"address,address,bytes)" },
		{ "SetTimelock", "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)" },
		{ "SetRegistry", "batchSetSequencerAuthorization(address[],bool)" },
	};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct json *doc = json_vector(&a, arena_fmt(&a, "../../contracts/abi/%s.json", known[i].name));
		struct err e = {0};
		const struct abi *abi = abi_parse(&a, json_find(doc, "abi"), &e);

		assert_ok(abi != NULL, &e);
		assert_non_null(abi_find_signature(abi, span_str(known[i].signature)));
	}
	arena_release(&a);
}

/* ---- cost ---- */

static void a_batch_of_100_calls_takes_less_than_a_millisecond(void **state)
{
	struct arena a = {0};
	const char *signature = "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)";
	const struct abi_function *f = abi_function_parse(&a, span_str(signature), NULL);
	struct buf text = {0}, data = {0};
	struct abi_value v;
	struct err e = {0};
	struct timespec from, to;
	double best = 1e9;

	(void)state;
	buf_str(&text, "[[");
	for (int i = 0; i < 100; i++)
		buf_fmt(&text, "%s\"0x%040d\"", i ? "," : "", i);
	buf_str(&text, "],[");
	for (int i = 0; i < 100; i++)
		buf_fmt(&text, "%s%d", i ? "," : "", i);
	buf_str(&text, "],[");
	for (int i = 0; i < 100; i++)
		buf_fmt(&text, "%s\"0x%0200d\"", i ? "," : "", i);
	buf_fmt(&text, "],\"0x%064d\",\"0x%064d\",86400]", 0, 1);
	assert_ok(abi_value_from_text(&a, &v, f->inputs, buf_view(&text), &e), &e);
	abi_calldata_encode(&data, f, &v);
	for (int i = 0; i < 20; i++) {
		struct arena scratch = {0};
		double us;

		clock_gettime(CLOCK_MONOTONIC, &from);
		assert_ok(abi_calldata_decode(&scratch, &v, f, buf_view(&data), &e), &e);
		clock_gettime(CLOCK_MONOTONIC, &to);
		us = (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
		best = us < best ? us : best;
		arena_release(&scratch);
	}
	print_message("a batch of 100 calls, %zu bytes, is decoded in %.0f microseconds\n", data.n, best);
	assert_true(best < 1000);
	buf_release(&text);
	buf_release(&data);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_written_as_they_are_read),
		cmocka_unit_test(bad_types_are_located),
		cmocka_unit_test(heads_are_measured),
		cmocka_unit_test(calls_agree_with_ethers),
		cmocka_unit_test(other_encodings_are_refused_and_located),
		cmocka_unit_test(no_altered_byte_reads_as_the_same_call),
		cmocka_unit_test(a_wrong_selector_is_refused),
		cmocka_unit_test(bad_arguments_say_why),
		cmocka_unit_test(text_comes_back),
		cmocka_unit_test(entries_are_found),
		cmocka_unit_test(errors_inside_structs_name_the_field),
		cmocka_unit_test(named_tuples_are_objects),
		cmocka_unit_test(events_are_decoded),
		cmocka_unit_test(bad_abis_are_refused),
		cmocka_unit_test(our_contracts_abis_are_read),
		cmocka_unit_test(a_batch_of_100_calls_takes_less_than_a_millisecond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
