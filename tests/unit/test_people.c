/* Ids have the role that they had at a line, by the profile of that time, and a name that can be erased. */
#include "tests/support/check.h"

#include <string.h>

#include "audit-log/erase.h"
#include "audit-log/people.h"
#include "src/base/fs.h"
#include "tests/support/logs.h"

struct bench {
	struct arena a;
	struct workspace ws;
	struct people p;
};

static void bench_open(struct bench *b)
{
	struct err e = {0};

	*b = (struct bench){0};
	b->ws.log = test_log_create(temporary_directory(&b->a), NULL);
	b->ws.views = views_open(b->ws.log, &e);
	assert_ok(b->ws.views != NULL, &e);
}

static void bench_close(struct bench *b)
{
	views_release(b->ws.views);
	log_release(b->ws.log);
	arena_release(&b->a);
}

static void look(struct bench *b)
{
	struct err e = {0};

	assert_ok(views_catch_up(b->ws.views, &e) && people_look(&b->ws, &b->a, &b->p, &e), &e);
}

/* A line of this kind whose member names a blob with this text. */
static uint64_t name_blob(struct bench *b, const char *kind, const char *member, struct span text,
			  enum blob_class class, const char *person, struct hash32 *digest)
{
	struct json *body = json_object(&b->a);
	struct line l = { .kind = span_str(kind), .actor = span_str("p1"), .auth = span_str("claimed"), .body = body };
	struct err e = {0};

	assert_ok(log_begin(b->ws.log, &e) && log_add_blob(b->ws.log, text, class, digest, &e), &e);
	json_set(body, &b->a, member, json_bare(&b->a, SPAN_HASH(digest)));
	if (person != NULL)
		json_set(body, &b->a, "person", json_str(&b->a, person));
	assert_ok(log_add_line(b->ws.log, &l, &e) && log_commit(b->ws.log, &e), &e);
	return l.seq;
}

/* "id":"p3","owner":true to false, in the text of a profile. */
static const char *take_owner(struct arena *a, const char *profile, const char *person)
{
	const char *owned = arena_fmt(a, "\"id\":\"%s\",\"owner\":true", person != NULL ? person : "");
	const char *at = strstr(profile, owned);

	if (person == NULL)
		return arena_fmt(a, "%s", profile);
	assert_non_null(at);
	return arena_fmt(a, "%.*s\"id\":\"%s\",\"owner\":false%s", (int)(at - profile), profile, person,
			 at + strlen(owned));
}

/* The demo's profile; `without` takes this person's ownership away. */
static uint64_t adopt(struct bench *b, const char *without)
{
	struct deployment d;
	struct buf file = {0}, identity = {0};
	struct hash32 digest;
	struct err e = {0};

	assert_ok(fs_read(&file, "contracts/deployments/demo.json", PROFILE_MAX, &e) &&
		  deployment_parse(&b->a, &d, arena_copy(&b->a, buf_view(&file)), &e), &e);
	json_canonical(&identity, d.identity);
	const char *text = take_owner(&b->a, buf_cstr(&identity), without);
	const uint64_t seq = name_blob(b, "deployment.adopted", "profile", span_str(text), BLOB_PUBLIC, NULL, &digest);
	buf_release(&file);
	buf_release(&identity);
	return seq;
}

static uint64_t give(struct bench *b, const char *person, const char *name, struct hash32 *digest)
{
	struct buf text = {0};

	person_name_write(&text, span_str(name));
	const uint64_t seq = name_blob(b, "person.named", "name", buf_view(&text), BLOB_PRIVATE, person, digest);
	buf_release(&text);
	return seq;
}

static void assert_who(const struct bench *b, const char *id, uint64_t seq, const char *words)
{
	struct buf who = {0};

	people_who(&who, &b->p, span_str(id), seq);
	assert_string_equal(buf_cstr(&who), words);
	buf_release(&who);
}

static void a_role_is_the_one_of_that_time(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	const uint64_t first = adopt(&b, NULL);
	const uint64_t second = adopt(&b, "p3");
	look(&b);
	assert_who(&b, "p3", first, "owner of the Safe: no name in the log");
	assert_who(&b, "p3", second, "in the profile, no owner: no name in the log");
	assert_who(&b, "payer", second, "in the profile, no owner: no name in the log");
	bench_close(&b);
}

static void a_name_is_the_one_of_that_time(void **state)
{
	struct bench b;
	struct hash32 digest;

	(void)state;
	bench_open(&b);
	const uint64_t before = adopt(&b, NULL);
	const uint64_t first = give(&b, "p3", "Ada Example", &digest);
	const uint64_t second = give(&b, "p3", "Bob Example", &digest);
	look(&b);
	assert_who(&b, "p3", before, "owner of the Safe: Ada Example");        /* given later, no other before */
	assert_who(&b, "p3", first, "owner of the Safe: Ada Example");
	assert_who(&b, "p3", second, "owner of the Safe: Bob Example");
	bench_close(&b);
}

static void a_name_that_was_erased_is_called_so(void **state)
{
	struct bench b;
	struct hash32 digest;
	struct erased done;
	struct erasing what = { &digest, span_str("p1"), span_str("claimed"), span_str("left us") };
	struct err e = {0};

	(void)state;
	bench_open(&b);
	adopt(&b, NULL);
	const uint64_t seq = give(&b, "p3", "Ada Example", &digest);
	assert_ok(log_erase(b.ws.log, &b.a, &done, &what, &e), &e);
	what.actor = span_str("p2");
	assert_ok(log_erase(b.ws.log, &b.a, &done, &what, &e), &e);
	look(&b);
	assert_who(&b, "p3", seq, arena_fmt(&b.a, "owner of the Safe: name erased, line %llu",
					    (unsigned long long)done.seq));
	bench_close(&b);
}

static void an_id_that_no_profile_has_is_called_so(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	look(&b);
	assert_who(&b, "p3", 0, "role not known: the profile of that time cannot be read");
	const uint64_t seq = adopt(&b, NULL);
	look(&b);
	assert_who(&b, "mallory", seq, "nobody of the profile");
	assert_who(&b, "console", seq, "whoever ran this console without saying who");
	assert_who(&b, "", seq, "");
	bench_close(&b);
}

static void the_blob_of_a_name_has_one_spelling(void **state)
{
	static const char good[] = "{\"format\":\"setgov-name/1\",\"name\":\"Ada\",\"salt\":\""
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}";
	struct arena a = {0};
	struct span name;
	struct err e = {0};

	(void)state;
	assert_ok(person_name_parse(&a, &name, span_str(good), &e), &e);
	assert_true(span_is(name, "Ada"));
	assert_false(person_name_parse(&a, &name, span_str(arena_fmt(&a, " %s", good)), &e));
	assert_err(&e, ERR_SYNTAX, "not canonical JSON");
	err_clear(&e);
	assert_false(person_name_parse(&a, &name, span_str("{\"format\":\"setgov-name/1\",\"name\":\"\",\"salt\":\""
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}"), &e));
	assert_err(&e, ERR_RANGE, "name, byte 33: a name has 1 to 200 bytes, found 0");
	err_clear(&e);
	arena_release(&a);
}

static void two_blobs_of_one_name_have_two_digests(void **state)
{
	struct buf one = {0}, two = {0};

	(void)state;
	person_name_write(&one, span_str("Ada"));
	person_name_write(&two, span_str("Ada"));
	assert_false(span_eq(buf_view(&one), buf_view(&two)));
	buf_release(&one);
	buf_release(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_is_the_one_of_that_time),
		cmocka_unit_test(a_name_is_the_one_of_that_time),
		cmocka_unit_test(a_name_that_was_erased_is_called_so),
		cmocka_unit_test(an_id_that_no_profile_has_is_called_so),
		cmocka_unit_test(the_blob_of_a_name_has_one_spelling),
		cmocka_unit_test(two_blobs_of_one_name_have_two_digests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
