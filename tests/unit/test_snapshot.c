/* What one look at the chain found, as JSON: it comes back as it went in, and nothing else is taken. */
#include "src/base/fs.h"
#include "src/gov/snapshot.h"
#include "tests/support/check.h"

static struct snapshot read_sample(struct arena *a)
{
	struct buf text = read_vector("gov/snapshot.json");
	struct snapshot s;
	struct err e = {0};

	assert_ok(snapshot_from_json(a, &s, arena_copy(a, buf_view(&text)), &e), &e);
	buf_release(&text);
	return s;
}

static void it_is_written_as_it_was_read(void **state)
{
	struct arena a = {0};
	struct buf text = read_vector("gov/snapshot.json"), again = {0};
	const struct snapshot s = read_sample(&a);

	(void)state;
	json_pretty(&again, snapshot_to_json(&a, &s));
	assert_buf_str(&again, buf_cstr(&text));
	buf_release(&text);
	buf_release(&again);
	arena_release(&a);
}

static void each_part_is_read(void **state)
{
	struct arena a = {0};
	const struct snapshot s = read_sample(&a);
	struct hash32 id;
	uint64_t at = 7;

	(void)state;
	assert_true(s.online && s.trouble.n == 0 && s.block == 57 && !s.has_safe_head && s.finalized == 25);
	assert_true(s.n_endpoints == 2 && s.endpoints[0].ok && !s.endpoints[1].ok);
	assert_span_str(s.endpoints[1].words, "timeout: no answer in time");
	assert_true(s.safe_nonce == 3 && s.threshold == 3 && s.n_owners == 1 && s.modules_known && s.n_modules == 0);
	assert_true(s.n_roles == 2 && s.roles[0].proposer && !s.roles[0].admin && s.roles[1].admin);
	assert_true(s.n_contracts == 2 && s.contracts[0].has_implementation && !s.contracts[1].has_owner);
	assert_true(s.n_operations == 2 && !s.operations[0].known_block && s.operations[1].known_block);
	assert_span_str(s.operations[0].change, "SC-7");
	assert_int_equal(s.operations[1].change.n, 0);
	assert_int_equal(s.operations[1].n_sentences, 2);
	assert_true(s.n_foreign == 1 && !s.foreign[0].ok && s.foreign[0].block == 44);
	assert_span_str(s.findings[0].code, "UNKNOWN-OPERATION");
	assert_true(s.findings[0].severity == SEVERITY_CRITICAL && s.findings[0].has_event);
	assert_true(s.findings[0].event.block == 50 && s.findings[0].event.index == 3 && s.findings[0].acknowledged);
	assert_span_str(s.findings[0].alert, "AL-3");
	assert_true(s.findings[1].severity == SEVERITY_WARNING && !s.findings[1].has_event);
	assert_true(s.findings[1].alert.n == 0 && !s.findings[1].acknowledged);
	memset(&id, 0x33, sizeof(id));
	assert_true(snapshot_operation_at(&s, &id, &at) && at == 1795851000);
	memset(&id, 0x99, sizeof(id));
	assert_false(snapshot_operation_at(&s, &id, &at));
	arena_release(&a);
}

#define HEAD "{\"format\":\"setgov-snapshot/1\",\"taken\":\"2026-11-27T07:30:00.000Z\","

static void offline_only_says_why(void **state)
{
	static const char text[] = HEAD "\"online\":false,\"trouble\":\"main: connect\",\"endpoints\":[]}";
	struct arena a = {0};
	struct snapshot s;
	struct err e = {0};

	(void)state;
	assert_ok(snapshot_from_json(&a, &s, span_str(text), &e), &e);
	assert_false(s.online);
	assert_span_str(s.trouble, "main: connect");
	arena_release(&a);
}

static void the_logs_members_may_stand_in_front(void **state)
{
	static const char text[] =
		"{\"class\":\"test\",\"deployment\":\"00\",\"name\":\"x\",\"size\":1,\"root\":\"00\","
		"\"format\":\"setgov-snapshot/1\",\"taken\":\"2026-11-27T07:30:00.000Z\","
		"\"online\":false,\"trouble\":null,\"endpoints\":[]}";
	struct arena a = {0};
	struct snapshot s;
	struct err e = {0};

	(void)state;
	assert_ok(snapshot_from_json(&a, &s, span_str(text), &e), &e);
	arena_release(&a);
}

static void refused(struct arena *a, const char *text, enum err_code code, const char *words)
{
	struct snapshot s;
	struct err e = {0};

	assert_false(snapshot_from_json(a, &s, span_str(text), &e));
	e.at = ERR_NO_OFFSET;         /* the fuzz target looks at places */
	assert_err(&e, code, words);
	err_clear(&e);
}

static void another_shape_is_refused_by_name(void **state)
{
	struct arena a = {0};

	(void)state;
	refused(&a, "[]", ERR_SYNTAX, "needed an object");
	refused(&a, "{\"format\":\"setgov-snapshot/2\"}", ERR_UNKNOWN, "format: needed setgov-snapshot/1");
	refused(&a, HEAD "\"online\":false,\"trouble\":\"\",\"endpoints\":[]}", ERR_SYNTAX,
		"trouble: needed words, or null");
	refused(&a, HEAD "\"online\":false,\"endpoints\":[]}", ERR_MISSING, "trouble: missing");
	refused(&a, HEAD "\"online\":false,\"trouble\":null,\"endpoints\":[7]}", ERR_SYNTAX,
		"endpoints[0]: needed an object");
	refused(&a, HEAD "\"online\":false,\"trouble\":null,\"endpoints\":[{\"name\":\"m\",\"ok\":true,"
		"\"words\":\"\",\"url\":\"http://x\"}]}", ERR_UNKNOWN, "endpoints[0].url: unknown member");
	/* offline, and yet a block */
	refused(&a, HEAD "\"online\":false,\"trouble\":null,\"endpoints\":[],\"block\":7}", ERR_UNKNOWN,
		"block: unknown member");
	arena_release(&a);
}

/* The sample with the first `from` replaced. */
static const char *changed(struct arena *a, const char *from, const char *to)
{
	struct buf text = read_vector("gov/snapshot.json");
	const char *whole = arena_str(a, buf_view(&text)), *at = strstr(whole, from);

	buf_release(&text);
	assert_non_null(at);
	return arena_fmt(a, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
}

static void what_would_deceive_is_refused(void **state)
{
	struct arena a = {0};

	(void)state;
	refused(&a, changed(&a, "registry.pause()", "registry\\u202e.pause()"), ERR_SYNTAX,
		"operations[1].scheduled.sentences[0]: needed plain text on one line");
	refused(&a, changed(&a, "the timelock holds", "the\\ntimelock holds"), ERR_SYNTAX,
		"findings[0].words: needed plain text on one line");
	refused(&a, changed(&a, "\"critical\"", "\"grave\""), ERR_UNKNOWN,
		"findings[0].severity: a severity is critical or warning");
	refused(&a, changed(&a, "\"index\": 3", "\"place\": 3"), ERR_UNKNOWN,
		"findings[0].event.place: unknown member");
	refused(&a, changed(&a, "\"SC-7\"", "\"\\u001b[2J\""), ERR_SYNTAX,
		"operations[0].change: needed plain text on one line");
	refused(&a, changed(&a, "0x70997970C51812dc", "0x70997970c51812dc"), ERR_MISMATCH,
		"owners[0]: EIP-55 checksum needs 'C', found 'c': mistyped address?");
	refused(&a, changed(&a, "\"block\": 57", "\"block\": 9007199254740992"), ERR_RANGE,
		"block: at most 2^53-1, found 16 digits");
	arena_release(&a);
}

/* A chain may say any number; none of them ends the program. */
static void numbers_beyond_json_are_the_largest(void **state)
{
	struct arena a = {0};
	struct snapshot s = read_sample(&a), again;
	struct buf text = {0};
	struct err e = {0};

	(void)state;
	s.safe_nonce = UINT64_MAX;
	s.operations[1].timestamp = UINT64_MAX - 1;
	json_compact(&text, snapshot_to_json(&a, &s));
	assert_ok(snapshot_from_json(&a, &again, buf_view(&text), &e), &e);
	assert_true(again.safe_nonce == 9007199254740991 && again.operations[1].timestamp == 9007199254740991);
	buf_release(&text);
	arena_release(&a);
}

/* In tests/e2e/status.sh, what `setgov status --json` printed. */
static void what_status_prints_is_read(void **state)
{
	const char *path = getenv("SETGOV_SNAPSHOT");
	struct arena a = {0};
	struct snapshot s;
	struct buf text = {0};
	struct err e = {0};

	(void)state;
	assert_ok(fs_read(&text, path ? path : "tests/vectors/gov/snapshot.json", SNAPSHOT_MAX, &e), &e);
	assert_ok(snapshot_from_json(&a, &s, buf_view(&text), &e), &e);
	assert_true(s.n_endpoints > 0);
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_written_as_it_was_read),
		cmocka_unit_test(each_part_is_read),
		cmocka_unit_test(offline_only_says_why),
		cmocka_unit_test(the_logs_members_may_stand_in_front),
		cmocka_unit_test(another_shape_is_refused_by_name),
		cmocka_unit_test(what_would_deceive_is_refused),
		cmocka_unit_test(what_status_prints_is_read),
		cmocka_unit_test(numbers_beyond_json_are_the_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
