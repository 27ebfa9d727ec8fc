/* Which blobs' time on line is over, and that they leave the log whole or not at all: after one damaged byte of the
 * segment, by one person, or with a younger line that names them, nothing goes. */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "audit-log/append.h"
#include "audit-log/archive.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "src/base/time.h"
#include "tests/support/logs.h"

struct fixture {
	struct arena a;
	const char *dir, *segment;
	struct log *log;
};

static struct unix_time at(const char *text)
{
	struct unix_time t;
	struct err e = {0};

	assert_ok(time_parse(&t, span_str(text), &e), &e);
	return t;
}

static void set_clock(const char *day)
{
	struct arena a = {0};

	time_fix(at(arena_fmt(&a, "%sT00:00:00.000Z", day)));
	arena_release(&a);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	set_clock("2018-01-01");
	f->dir = temporary_directory(&f->a);
	f->segment = arena_fmt(&f->a, "%s/segment", temporary_directory(&f->a));
	f->log = test_log_create(f->dir, NULL);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	log_release(f->log);
	arena_release(&f->a);
	free(f);
	return 0;
}

/* A line of this day whose member names a blob of these bytes. */
static struct hash32 name_blob(struct fixture *f, const char *day, const char *change, const char *kind,
			       const char *member, const char *bytes, enum blob_class class)
{
	struct json *body = json_object(&f->a);
	struct line line = { .kind = span_str(kind), .change = span_str(change), .actor = span_str("p1"),
			     .auth = span_str("claimed"), .body = body };
	struct hash32 digest;
	struct err e = {0};

	set_clock(day);
	assert_ok(log_begin(f->log, &e) && log_add_blob(f->log, span_str(bytes), class, &digest, &e), &e);
	if (strcmp(member, "attachments") == 0) {
		struct json *list = json_array(&f->a), *one = json_object(&f->a);

		json_set(one, &f->a, "sha256", json_bare(&f->a, SPAN_HASH(&digest)));
		json_push(list, one);
		json_set(body, &f->a, member, list);
	} else {
		json_set(body, &f->a, member, json_bare(&f->a, SPAN_HASH(&digest)));
	}
	assert_ok(log_add_line(f->log, &line, &e) && log_commit(f->log, &e), &e);
	return digest;
}

/* The bytes of those that may go, each followed by a space, in alphabetical order. */
static void assert_chosen(struct fixture *f, const char *before, unsigned months, const char *wanted)
{
	const struct retention r = { at(arena_fmt(&f->a, "%sT00:00:00.000Z", before)), retention_of(NULL, months) };
	struct retained *v;
	struct buf found = {0};
	struct err e = {0};
	size_t n;

	assert_ok(retention_choose(f->log, &f->a, &v, &n, &r, at("2026-11-01T00:00:00.000Z"), &e), &e);
	for (char c = 'A'; c <= 'Z'; c++)
		for (size_t i = 0; i < n; i++) {
			struct buf b = {0};

			assert_ok(log_blob(f->log, &v[i].digest, &b, NULL, &e), &e);
			assert_int_equal(b.n, v[i].bytes);
			if (b.p[0] == c)
				buf_fmt(&found, "%s ", buf_cstr(&b));
			buf_release(&b);
		}
	assert_buf_str(&found, wanted);
	buf_release(&found);
}

static void only_what_has_a_class_and_is_old_goes(void **state)
{
	struct fixture *f = *state;

	name_blob(f, "2018-02-01", "SC-1", "change.drafted", "attachments", "Attachment", BLOB_PUBLIC);
	name_blob(f, "2018-02-01", "SC-1", "step.packed", "core", "Core", BLOB_PUBLIC);
	name_blob(f, "2018-02-01", "SC-1", "step.packed", "evidence", "Evidence", BLOB_PUBLIC);
	name_blob(f, "2018-02-01", "SC-2", "step.packed", "evidence", "Live", BLOB_PUBLIC);
	name_blob(f, "2018-02-01", "SC-3", "change.drafted", "attachments", "Private", BLOB_PRIVATE);
	name_blob(f, "2018-02-01", "SC-3", "signature.added", "signature", "Signature", BLOB_BEARER);
	name_blob(f, "2018-02-01", "SC-3", "change.drafted", "attachments", "Twofold", BLOB_PUBLIC);
	name_blob(f, "2018-02-01", "SC-3", "change.drafted", "attachments", "Twofold", BLOB_PRIVATE);
	name_blob(f, "2018-02-01", "SC-4", "step.mined", "receipt", "Wanted", BLOB_PUBLIC);
	name_blob(f, "2023-01-01", "SC-5", "step.mined", "receipt", "Younger", BLOB_PUBLIC);
	name_blob(f, "2026-01-01", "SC-2", "change.proposed", "attachments", "New", BLOB_PUBLIC);
	name_blob(f, "2026-01-01", "SC-6", "step.mined", "receipt", "Wanted", BLOB_PUBLIC);
	assert_chosen(f, "2026-01-01", 0, "Attachment Evidence ");
	assert_chosen(f, "2018-01-15", 0, "");
	/* Twelve months are asked for: what is three years old goes too, what is ten months old does not. */
	assert_chosen(f, "2025-01-01", 12, "Attachment Evidence Younger ");
	assert_chosen(f, "2026-10-31", 12, "Attachment Evidence Younger ");
}

/* Each class by its own number: what a policy does not speak of stays as long as ever. */
static void a_policy_says_how_long_each_class_stays(void **state)
{
	struct fixture *f = *state;
	struct retention r = { .before = at("2026-10-31T00:00:00.000Z") };
	struct retention_table again;
	struct retained *v;
	struct policy p;
	struct buf text = {0};
	struct err e = {0};
	size_t n;

	name_blob(f, "2023-01-01", "SC-1", "step.packed", "evidence", "Evidence", BLOB_PUBLIC);
	name_blob(f, "2023-01-01", "SC-1", "step.mined", "receipt", "Receipt", BLOB_PUBLIC);
	assert_ok(policy_parse(&f->a, &p, span_str("{\"format\":\"setgov-policy/1\",\"name\":\"P\",\"retention\":"
						   "{\"evidence\":24},\"rules\":[],\"semantics\":1}"), &e), &e);
	r.table = retention_of(&p, 0);
	assert_ok(retention_choose(f->log, &f->a, &v, &n, &r, at("2026-11-01T00:00:00.000Z"), &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].bytes, strlen("Evidence"));
	retention_write(&text, &r.table);
	assert_buf_str(&text, "{\"attachments\":84,\"evidence\":24,\"facts\":84,\"minutes\":84,\"receipts\":84}");
	assert_ok(retention_parse(&f->a, &again, buf_view(&text), &e), &e);
	assert_memory_equal(&again, &r.table, sizeof(again));
	buf_byte(&text, '\n');
	assert_false(retention_parse(&f->a, &again, buf_view(&text), &e));
	assert_err(&e, ERR_SYNTAX, "byte 0: not canonical JSON of the 5 classes alone");
	err_clear(&e);
	buf_release(&text);
}

static bool archive(struct fixture *f, const char *who, struct archived *out, struct err *e)
{
	const struct archiving what = { .dir = f->segment,
					.retention = { at("2026-01-01T00:00:00.000Z"), retention_of(NULL, 0) },
					.actor = span_str(who), .auth = span_str("claimed") };

	return log_archive(f->log, &f->a, out, &what, e);
}

static void nothing_goes_while_anything_is_not_right(void **state)
{
	struct fixture *f = *state;
	const struct hash32 digest =
		name_blob(f, "2018-02-01", "SC-1", "step.mined", "receipt", "Receipt", BLOB_PUBLIC);
	struct buf hex = {0}, findings = {0};
	struct archived r;
	struct err e = {0};
	const char *path;

	set_clock("2026-11-01");
	assert_ok(archive(f, "p1", &r, &e), &e);
	assert_false(r.gone);
	assert_int_equal(r.blobs, 1);
	assert_false(archive(f, "p1", &r, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	buf_hex(&hex, SPAN_HASH(&digest));
	path = arena_fmt(&f->a, "%s/blobs/%s", f->segment, buf_cstr(&hex));
	assert_ok(fs_write(path, span_str("Recetip"), 0644, &e), &e);
	assert_false(archive(f, "p2", &r, &e));
	assert_true(strstr(buf_cstr(&e.what), "has other bytes") != NULL);
	err_clear(&e);
	assert_ok(fs_write(path, span_str("Receipt"), 0644, &e), &e);
	name_blob(f, "2026-11-01", "SC-9", "step.mined", "receipt", "Receipt", BLOB_PUBLIC);
	assert_false(archive(f, "p2", &r, &e));
	assert_true(strstr(buf_cstr(&e.what), "is not to go: a newer line names it") != NULL);
	err_clear(&e);
	assert_int_equal(log_size(f->log), 4);
	test_log_findings(&findings, f->dir, NULL);
	assert_buf_str(&findings, "");
	buf_release(&findings);
	buf_release(&hex);
}

static void two_people_and_a_whole_segment_let_it_go(void **state)
{
	struct fixture *f = *state;
	const struct hash32 digest =
		name_blob(f, "2018-02-01", "SC-1", "step.mined", "receipt", "Receipt", BLOB_PUBLIC);
	struct buf bytes = {0}, findings = {0};
	struct archived r;
	struct err e = {0};

	set_clock("2026-11-01");
	assert_ok(archive(f, "p1", &r, &e) && archive(f, "p2", &r, &e), &e);
	assert_true(r.gone && !r.wal_left);
	assert_string_equal(r.asker, "p1");
	assert_false(log_blob(f->log, &digest, &bytes, NULL, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	assert_ok(segment_blob(&bytes, f->segment, &digest, &e), &e);
	assert_buf_str(&bytes, "Receipt");
	test_log_findings(&findings, f->dir, NULL);
	assert_buf_str(&findings, "");
	buf_release(&findings);
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_what_has_a_class_and_is_old_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_policy_says_how_long_each_class_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_goes_while_anything_is_not_right, setup, teardown),
		cmocka_unit_test_setup_teardown(two_people_and_a_whole_segment_let_it_go, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
