/* The timelock's operations: ids, calldata, and reading it back. */
#include "src/gov/fields.h"
#include "src/gov/timelock.h"
#include "tests/support/check.h"

static struct span read_bytes(struct arena *a, const struct json *o, const char *name)
{
	struct span s;
	struct err e = {0};

	assert_ok(json_get_bytes(a, o, name, &s, &e), &e);
	return s;
}

static uint64_t read_delay(const struct json *o)
{
	struct err e = {0};
	struct u256 v;
	uint64_t n = 0;

	assert_ok(json_get_u256(o, "delay", &v, &e), &e);
	assert_true(u256_fits_u64(&v, &n));
	return n;
}

static void check_call(struct arena *a, struct span data, const struct operation *op, const struct hash32 *id,
		       enum timelock_function wanted)
{
	struct timelock_call call;
	struct err e = {0};

	assert_ok(timelock_parse(a, &call, data, &e), &e);
	assert_int_equal(call.function, wanted);
	assert_true(hash32_eq(&call.id, id));
	if (wanted == TIMELOCK_CANCEL)
		return;
	assert_true(calls_eq(call.operation.calls, op->calls));
	assert_int_equal(call.operation.batch, op->batch);
	assert_true(hash32_eq(&call.operation.predecessor, &op->predecessor));
	assert_true(hash32_eq(&call.operation.salt, &op->salt));
}

static void check_operation(struct arena *a, const struct json *v)
{
	const uint64_t delay = read_delay(v);
	struct operation op;
	struct hash32 id, want;
	struct buf data = {0};
	struct err e = {0};

	assert_ok(operation_from_json(a, &op, json_find(v, "input"), &e), &e);
	timelock_id(&id, &op);
	assert_true(json_get_hash(v, "id", &want, &e));
	assert_true(hash32_eq(&id, &want));
	timelock_schedule(&data, &op, delay);
	assert_true(span_eq(buf_view(&data), read_bytes(a, v, "schedule")));
	check_call(a, arena_copy(a, buf_view(&data)), &op, &id,
		   op.batch ? TIMELOCK_SCHEDULE_BATCH : TIMELOCK_SCHEDULE);
	buf_clear(&data);
	timelock_execute(&data, &op);
	assert_true(span_eq(buf_view(&data), read_bytes(a, v, "execute")));
	check_call(a, arena_copy(a, buf_view(&data)), &op, &id, op.batch ? TIMELOCK_EXECUTE_BATCH : TIMELOCK_EXECUTE);
	buf_clear(&data);
	timelock_cancel(&data, &id);
	assert_true(span_eq(buf_view(&data), read_bytes(a, v, "cancel")));
	check_call(a, arena_copy(a, buf_view(&data)), &op, &id, TIMELOCK_CANCEL);
	buf_release(&data);
}

static void ids_and_calldata_are_those_of_ethers(void **state)
{
	struct arena a = {0};
	const struct json *all = json_find(json_vector(&a, "gov/timelock.json"), "operations");

	(void)state;
	for (const struct json *v = all->first; v != NULL; v = v->next)
		check_operation(&a, v);
	arena_release(&a);
}

static void a_batch_of_one_is_another_operation(void **state)
{
	struct arena a = {0};
	const struct call call = { .data = span_str("x") };
	struct operation op = { .calls = { &call, 1 } };
	struct hash32 single, batch;

	(void)state;
	timelock_id(&single, &op);
	op.batch = true;
	timelock_id(&batch, &op);
	assert_false(hash32_eq(&single, &batch));
	arena_release(&a);
}

static void refused(struct arena *a, struct span data, enum err_code code, const char *text)
{
	struct timelock_call call;
	struct err e = {0};

	assert_false(timelock_parse(a, &call, data, &e));
	assert_err(&e, code, text);
	err_clear(&e);
}

static void other_calldata_is_refused(void **state)
{
	struct arena a = {0};
	const struct json *first = json_find(json_vector(&a, "gov/timelock.json"), "operations")->first;
	const struct span good = read_bytes(&a, first, "schedule");
	struct timelock_call call;
	struct err e = {0};

	(void)state;
	refused(&a, hex_bytes(&a, ""), ERR_SYNTAX, "byte 0: a selector is 4 bytes, found 0");
	refused(&a, hex_bytes(&a, "01d506"), ERR_SYNTAX, "byte 0: a selector is 4 bytes, found 3");
	refused(&a, hex_bytes(&a, "deadbeef00"), ERR_UNKNOWN,
		"byte 0: selector 0xdeadbeef is none of the timelock's five calls");
	for (size_t n = 4; n < good.n; n++) {
		assert_false(timelock_parse(&a, &call, span_of(good.p, n), &e));
		assert_true(e.at != ERR_NO_OFFSET);
	}
	err_clear(&e);
	arena_release(&a);
}

static void batches_have_as_many_values_as_targets(void **state)
{
	struct arena a = {0};
	/* scheduleBatch([], [], [0 bytes], 0, 0, 0) */
	struct span data = hex_bytes(&a, "8f2a0bb0"
		"00000000000000000000000000000000000000000000000000000000000000c0"
		"00000000000000000000000000000000000000000000000000000000000000e0"
		"0000000000000000000000000000000000000000000000000000000000000100"
		"0000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000001"
		"0000000000000000000000000000000000000000000000000000000000000020"
		"0000000000000000000000000000000000000000000000000000000000000000");

	(void)state;
	refused(&a, data, ERR_MISMATCH, "payloads: 0 targets need 0, found 1");
	arena_release(&a);
}

#define TARGET "{\"targets\":[\"0x7777777777777777777777777777777777777777\"],"

static void documents_are_read_strictly(void **state)
{
	static const struct { const char *json; enum err_code code; const char *text; } cases[] = {
		{ "[]", ERR_SYNTAX, "byte 0: needed an object, found an array" },
		{ "{\"target\":\"0x12\"}", ERR_SYNTAX, "target, byte 10: an address has 40 digits after 0x, "
						       "found 2" },
		{ "{\"targets\":[],\"values\":[0],\"payloads\":[]}", ERR_MISMATCH,
		  "values: 0 targets need 0, found 1" },
		{ TARGET "\"values\":[1.5],\"payloads\":[\"0x\"]}", ERR_SYNTAX,
		  "values[0], byte 69: needed a whole number without exponent" },
		{ TARGET "\"values\":[1],\"payloads\":[\"0xzz\"]}", ERR_SYNTAX,
		  "payloads[0], byte 86: 'z' is not a hex digit" },
		{ "{\"targets\":[],\"values\":[],\"payloads\":[],\"delay\":5}", ERR_UNKNOWN,
		  "delay, byte 48: unknown member" },
		{ "{\"targets\":[],\"values\":[],\"payloads\":[]}", ERR_MISSING, "predecessor, byte 0: missing" },
	};
	struct arena a = {0};
	struct operation op;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct json *doc = json_parse(&a, span_str(cases[i].json), &e);

		assert_ok(doc != NULL, &e);
		assert_false(operation_from_json(&a, &op, doc, &e));
		assert_err(&e, cases[i].code, cases[i].text);
	}
	err_clear(&e);
	arena_release(&a);
}

static void states_come_from_timestamp_and_block_time(void **state)
{
	(void)state;
	assert_string_equal(timelock_state_name(timelock_state_at(0, 100)), "unset");
	assert_string_equal(timelock_state_name(timelock_state_at(1, 100)), "done");
	assert_string_equal(timelock_state_name(timelock_state_at(101, 100)), "waiting");
	assert_string_equal(timelock_state_name(timelock_state_at(100, 100)), "ready");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_and_calldata_are_those_of_ethers),
		cmocka_unit_test(a_batch_of_one_is_another_operation),
		cmocka_unit_test(other_calldata_is_refused),
		cmocka_unit_test(batches_have_as_many_values_as_targets),
		cmocka_unit_test(documents_are_read_strictly),
		cmocka_unit_test(states_come_from_timestamp_and_block_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
