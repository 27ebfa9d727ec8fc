/* Each kind of damage to log.db is found, under its own code, at its own line; what was not checked is said. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <unistd.h>

#include "audit-log/append.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "src/proof/line.h"
#include "tests/support/logs.h"

/* 12 lines, checkpoints over 1, 8 and 12, a public and a bearer blob; a copy for each case. */
struct fixture {
	struct arena a;
	const char *dir, *copy;
	struct buf db;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hash32 digest;
	struct log *l;
	struct line line;
	struct err e = {0};

	f->dir = temporary_directory(&f->a);
	l = test_log_create(f->dir, NULL);
	test_log_grow(l, 8);
	assert_ok(log_checkpoint(l, NULL, &e), &e);
	line = test_line(&f->a, "signature.added", "SC-1", "");
	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("sixty-five bytes"), BLOB_BEARER, &digest, &e), &e);
	json_set((struct json *)(uintptr_t)line.body, &f->a, "signature", json_bare(&f->a, SPAN_HASH(&digest)));
	assert_ok(log_add_line(l, &line, &e) && log_commit(l, &e), &e);
	test_log_grow(l, 12);
	assert_ok(log_checkpoint(l, NULL, &e), &e);
	log_release(l);
	assert_ok(fs_read(&f->db, arena_fmt(&f->a, "%s/log.db", f->dir), 1u << 20, &e), &e);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->db);
	arena_release(&f->a);
	free(f);
	return 0;
}

/* In the same place each time. */
static const char *copy(struct fixture *f, struct span db)
{
	struct err e = {0};

	if (!f->copy)
		f->copy = temporary_directory(&f->a);
	unlink(arena_fmt(&f->a, "%s/log.db-wal", f->copy));
	unlink(arena_fmt(&f->a, "%s/log.db-shm", f->copy));
	assert_ok(fs_write(arena_fmt(&f->a, "%s/log.db", f->copy), db, 0600, &e), &e);
	return f->copy;
}

static const struct { const char *sql, *findings;
} damages[] = {
	{ "UPDATE lines SET line = replace(line, 'line 5', 'line 6') WHERE seq = 5",
	  "LINE-LEAF 5: line 5 does not hash to its leaf: it was changed\n" },
	{ "UPDATE lines SET leaf = zeroblob(32) WHERE seq = 5",
	  "LINE-LEAF 5: the leaf stored beside line 5 was changed, the line was not\n" },
	{ "UPDATE nodes SET hash = zeroblob(32) WHERE i = 2",
	  "NODE 1: tree node 2 is not the hash of what it covers\n" },
	{ "DELETE FROM lines WHERE seq = 5", "LINE-MISSING 5: line 5 is not there\n" },
	{ "DELETE FROM lines WHERE seq IN (5, 6)", "LINE-MISSING 5: lines 5 to 6 are not there\n" },
	{ "DELETE FROM lines WHERE seq = 0",
	  "LINE-MISSING 0: line 0 is not there\n"
	  "CHECKPOINT-SIGNATURE 0: checkpoint 0 cannot be verified: line 0 names no key\n"
	  "CHECKPOINT-SIGNATURE 7: checkpoint 1 cannot be verified: line 0 names no key\n"
	  "CHECKPOINT-SIGNATURE 11: checkpoint 2 cannot be verified: line 0 names no key\n" },
	{ "DELETE FROM lines", "OPENING: the log has no lines\n" },
	{ "DELETE FROM lines WHERE seq = 11",
	  "NODE-MISSING: the tree goes on after the last line: node 19 belongs to no line\n"
	  "CHECKPOINT-ROOT 11: checkpoint 2 is over 12 lines, the log has 11: it was cut off\n" },
	{ "DELETE FROM lines WHERE seq = 11; DELETE FROM nodes WHERE i > 18",
	  "CHECKPOINT-ROOT 11: checkpoint 2 is over 12 lines, the log has 11: it was cut off\n" },
	{ "DELETE FROM nodes WHERE i > 20", "NODE-MISSING 11: tree node 21 is not there\n" },
	{ "UPDATE lines SET seq = 99 WHERE seq = 5; UPDATE lines SET seq = 5 WHERE seq = 6;"
	  "UPDATE lines SET seq = 6 WHERE seq = 99",
	  NULL },
	{ "UPDATE checkpoints SET note = replace(note, char(10) || '8' || char(10), char(10) || '9' || char(10)),"
	  " size = 9 WHERE i = 1",
	  "CHECKPOINT-SIGNATURE 8: signature 1, by test.example/log, does not verify\n"
	  "CHECKPOINT-ROOT 8: checkpoint 1 was signed over another history than the first 9 lines\n" },
	{ "UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE i = 1) WHERE i = 2",
	  "CHECKPOINT-FORM 11: checkpoint 2 is kept under size 12, says 8, after one over 8\n"
	  "CHECKPOINT-ROOT 11: checkpoint 2 was signed over another history than the first 12 lines\n" },
	{ "UPDATE checkpoints SET note = 'scribble' WHERE i = 1",
	  "CHECKPOINT-FORM 7: byte 8: a note ends with a newline\n" },
	{ "DELETE FROM checkpoints WHERE i = 1", "CHECKPOINT-FORM: checkpoint row 1 is not there\n" },
	{ "UPDATE blobs SET bytes = x'00' WHERE i = 1",
	  "BLOB-DIGEST: blob row 1: its bytes do not hash to its name\n"
	  "BLOB-MISSING 8: body.signature names blob "
	  "55dd8f767dd5bf40853e8c82eed1a02017c74f332fd087595f27b96001e97618, which is not there or is damaged\n" },
	{ "DELETE FROM blobs WHERE i = 1", NULL },
	{ "INSERT INTO lines VALUES (12, zeroblob(32), 'anything')", NULL },
	{ "INSERT INTO lines SELECT 12, leaf, line FROM lines WHERE seq = 11", NULL },
	{ "INSERT INTO nodes VALUES (22, zeroblob(32))", NULL },
	{ "CREATE TABLE more (x)", NULL },
	{ "CREATE INDEX hide ON lines (line)", NULL },
};

static void each_damage_has_its_finding(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		const char *dir = copy(f, buf_view(&f->db));
		struct buf out = {0};

		test_log_damage(dir, damages[i].sql);
		test_log_findings(&out, dir, NULL);
		if (!out.n)
			fail_msg("nothing found: %s", damages[i].sql);
		if (damages[i].findings && strcmp(buf_cstr(&out), damages[i].findings) != 0)
			fail_msg("%s\nfound:\n%sneeded:\n%s", damages[i].sql, buf_cstr(&out), damages[i].findings);
		buf_release(&out);
	}
}

/* The attacker of reference 4.3 who rewrites everything behind the change, so that leaves, links and nodes agree.
 * What is left is the signature over what was there. */
static void a_rewritten_history_stops_at_the_checkpoint(void **state)
{
	struct fixture *f = *state;
	const char *dir = copy(f, buf_view(&f->db)), *forged = temporary_directory(&f->a);
	struct store *from, *to;
	struct frontier tree = {0};
	struct hash32 prev = {0};
	struct buf out = {0};
	struct err e = {0};

	from = store_open(arena_fmt(&f->a, "%s/log.db", dir), STORE_READ, &e);
	assert_ok(from && store_create(arena_fmt(&f->a, "%s/log.db", forged), &e), &e);
	to = store_open(arena_fmt(&f->a, "%s/log.db", forged), STORE_APPEND, &e);
	assert_ok(to && store_begin(to, &e), &e);
	for (uint64_t seq = 0; seq < 12; seq++) {
		struct hash32 leaf, kept[MERKLE_LEVELS];
		struct buf raw = {0};
		struct line l;
		uint64_t at = merkle_count(seq);
		size_t n;

		assert_ok(store_line(from, seq, &leaf, &raw, &e), &e);
		assert_ok(line_parse(&f->a, &l, arena_copy(&f->a, buf_view(&raw)), &e), &e);
		l.prev = prev;
		if (seq == 5)
			l.actor = span_str("p2");
		buf_clear(&raw);
		assert_ok(line_write(&raw, &l, &e), &e);
		line_leaf(&leaf, buf_view(&raw));
		assert_ok(store_put_line(to, seq, &leaf, buf_view(&raw), &e), &e);
		n = frontier_add(&tree, &leaf, kept);
		for (size_t i = 0; i < n; i++)
			assert_ok(store_put_node(to, at + i, &kept[i], &e), &e);
		prev = leaf;
		buf_release(&raw);
	}
	for (uint64_t i = 0; i < 3; i++) {
		struct hash32 digest;
		enum blob_class class;
		struct buf bytes = {0};
		uint64_t size;

		assert_ok(store_checkpoint(from, i, &size, &bytes, &e) &&
			  store_put_checkpoint(to, i, size, buf_view(&bytes), &e), &e);
		buf_clear(&bytes);
		if (i < 2)
			assert_ok(store_blob(from, i, &digest, &class, &bytes, &e) &&
				  store_put_blob(to, i, &digest, class, buf_view(&bytes), &e), &e);
		buf_release(&bytes);
	}
	assert_ok(store_commit(to, &e), &e);
	store_release(from);
	store_release(to);
	test_log_findings(&out, forged, NULL);
	assert_buf_str(&out, "CHECKPOINT-ROOT 7: checkpoint 1 was signed over another history than the first 8 lines\n"
		       "CHECKPOINT-ROOT 11: checkpoint 2 was signed over another history than the first 12 lines\n");
	buf_release(&out);
}

static void what_was_not_checked_is_said(void **state)
{
	struct fixture *f = *state;
	const char *dir = copy(f, buf_view(&f->db));
	struct verify_report r;
	struct buf text = {0};
	struct err e = {0};

	assert_ok(log_verify(&f->a, &r, dir, NULL, &e), &e);
	assert_int_equal(r.n_findings, 0);
	assert_int_equal(r.head.size, 12);
	assert_int_equal(r.checkpoints, 3);
	assert_int_equal(r.blobs, 2);
	for (size_t i = 0; i < r.n_checks; i++)
		buf_fmt(&text, "%s %s: %s\n", r.checks[i].done ? "+" : "-", r.checks[i].what, r.checks[i].text);
	assert_buf_str(&text, "+ file structure: SQLite's integrity_check\n"
		       "+ schema: compared with the built-in text\n"
		       "+ blobs: 2 re-hashed\n"
		       "+ lines: 12: form, seq, leaf, chain, time\n"
		       "+ tree: 22 nodes recomputed\n"
		       "+ checkpoints: 3 signatures and roots\n"
		       "- checkpoint remembered on this machine: no place to look was given\n"
		       "- signatures and hashes inside lines: not part of this check\n");
	buf_release(&text);
}

/* A perfect line by somebody who has the file and not the key. */
static void what_nobody_signed_is_said(void **state)
{
	static const enum verify_depth depths[] = { VERIFY_LINES, VERIFY_CHAIN, VERIFY_ALL };
	struct fixture *f = *state;
	struct log *l = test_log_open(f->dir, NULL);
	struct err e = {0};

	test_log_grow(l, 14);
	log_release(l);
	for (size_t k = 0; k < ARRAY_LEN(depths); k++) {
		const struct verify_options options = { .depth = depths[k] };
		const char *said = "nothing";
		struct verify_report r;

		assert_ok(log_verify(&f->a, &r, f->dir, &options, &e), &e);
		for (size_t i = 0; i < r.n_checks; i++)
			if (strcmp(r.checks[i].what, "lines after the newest checkpoint") == 0 && !r.checks[i].done)
				said = r.checks[i].text;
		assert_string_equal(said, "12 to 13: nothing in the file vouches for them");
	}
}

/* What the slow walk finds the quick one finds, and names it the same way. */
static void the_quick_walk_finds_what_is_wrong_with_lines_and_tree(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		const struct verify_options slow = { .depth = VERIFY_LINES }, quick = { .depth = VERIFY_CHAIN };
		const char *dir = copy(f, buf_view(&f->db));
		struct verify_report one, other;
		struct err e = {0};

		if (strstr(damages[i].sql, "blobs") || strstr(damages[i].sql, "checkpoints"))
			continue;             /* the newest checkpoint is all it looks at of these */
		test_log_damage(dir, damages[i].sql);
		assert_ok(log_verify(&f->a, &one, dir, &slow, &e) && log_verify(&f->a, &other, dir, &quick, &e), &e);
		assert_int_equal(one.n_findings, other.n_findings);
		for (size_t k = 0; k < one.n_findings; k++)
			assert_string_equal(one.findings[k].text, other.findings[k].text);
	}
}

/* Edges of the chunks that the two threads take, and the nodes above them. */
static void the_quick_walk_knows_logs_of_several_chunks(void **state)
{
	static const struct { const char *sql, *finding; } edges[] = {
		{ "UPDATE lines SET line = replace(line, 'line 16384', 'line 16385') WHERE seq = 16384", "LINE-LEAF" },
		{ "UPDATE lines SET line = replace(line, 'line 16383', 'line 16382') WHERE seq = 16383", "LINE-LEAF" },
		{ "UPDATE lines SET line = replace(line, 'line 33999', 'line 33998') WHERE seq = 33999", "LINE-LEAF" },
		{ "UPDATE nodes SET hash = zeroblob(32) WHERE i = 65534", "NODE" },     /* level 15, over 32768 */
		{ "DELETE FROM lines WHERE seq = 20000", "LINE-MISSING" },
		{ "DELETE FROM nodes WHERE i = 65534", "NODE-MISSING" },
	};
	const struct verify_options slow = { .depth = VERIFY_LINES }, quick = { .depth = VERIFY_CHAIN };
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct verify_report one, other;
	struct buf db = {0};
	struct err e = {0};

	(void)state;
	test_log_grow(l, 34000);
	assert_ok(log_checkpoint(l, NULL, &e), &e);
	log_release(l);
	assert_ok(log_verify(&a, &one, dir, &slow, &e) && log_verify(&a, &other, dir, &quick, &e), &e);
	assert_int_equal(one.n_findings + other.n_findings, 0);
	assert_string_equal(other.checks[1].what, "lines");      /* the quick walk's, and not the slow one's */
	assert_string_equal(other.checks[1].text, "34000: seq, leaf, chain, time");
	assert_true(hash32_eq(&one.head.root, &other.head.root) && other.head.size == 34000);
	assert_ok(fs_read(&db, arena_fmt(&a, "%s/log.db", dir), 64u << 20, &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		assert_ok(fs_write(arena_fmt(&a, "%s/log.db", dir), buf_view(&db), 0600, &e), &e);
		test_log_damage(dir, edges[i].sql);
		assert_ok(log_verify(&a, &other, dir, &quick, &e), &e);
		assert_true(other.n_findings > 0);
		assert_string_equal(finding_code_name(other.findings[0].code), edges[i].finding);
	}
	buf_release(&db);
	arena_release(&a);
}

static void a_log_that_is_not_there_is_an_error(void **state)
{
	struct arena a = {0};
	struct verify_report r;
	struct err e = {0};

	(void)state;
	assert_false(log_verify(&a, &r, temporary_directory(&a), NULL, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	arena_release(&a);
}

/* An empty file where the tables are: everything is wanting, and nothing passes. */
static void an_empty_log_never_passes(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct verify_report r;
	struct err e = {0};

	(void)state;
	assert_ok(store_create(arena_fmt(&a, "%s/log.db", dir), &e), &e);
	assert_ok(log_verify(&a, &r, dir, NULL, &e), &e);
	assert_int_equal(r.n_findings, 1);
	assert_int_equal(r.findings[0].code, FINDING_OPENING);
	assert_int_equal(r.head.size, 0);
	assert_false(r.checks[5].done);
	arena_release(&a);
}

static void add_naming(struct log *l, struct arena *a, const char *kind, const char *member, struct buf *manifest)
{
	struct line line = test_line(a, kind, "SC-1", "");
	struct hash32 digest;
	struct err e = {0};

	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str(kind), BLOB_BEARER, &digest, &e), &e);
	json_set((struct json *)(uintptr_t)line.body, a, member, json_bare(a, SPAN_HASH(&digest)));
	assert_ok(log_add_line(l, &line, &e) && log_commit(l, &e), &e);
	buf_fmt(manifest, "%s{\"class\":\"private\",\"sha256\":\"", manifest->n ? "," : "{\"withheld\":[");
	buf_hex(manifest, SPAN_HASH(&digest));
	buf_str(manifest, "\"}");
}

/* A manifest is the word of whoever made it: signatures and personal data may stay with them, the record may not. */
static void a_manifest_excuses_nothing_that_is_public(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct buf manifest = {0}, found = {0};
	struct err e = {0};

	(void)state;
	add_naming(l, &a, "signature.added", "signature", &manifest);
	add_naming(l, &a, "meeting.closed", "minutes", &manifest);
	add_naming(l, &a, "step.packed", "evidence", &manifest);
	add_naming(l, &a, "policy.judged", "facts", &manifest);
	buf_str(&manifest, "]}");
	assert_ok(log_checkpoint(l, NULL, &e), &e);
	log_release(l);
	test_log_damage(dir, "DELETE FROM blobs");
	assert_int_equal(unlink(arena_fmt(&a, "%s/log.key", dir)), 0);
	assert_ok(fs_write(arena_fmt(&a, "%s/manifest.json", dir), buf_view(&manifest), 0644, &e), &e);
	test_log_findings(&found, dir, NULL);
	assert_non_null(strstr(buf_cstr(&found), "FILE: the manifest that the follower keeps: size, byte 0: missing"));
	assert_null(strstr(buf_cstr(&found), "BLOB-MISSING 1:"));
	assert_null(strstr(buf_cstr(&found), "BLOB-MISSING 2:"));
	assert_non_null(strstr(buf_cstr(&found), "BLOB-MISSING 3: body.evidence"));
	assert_non_null(strstr(buf_cstr(&found), "BLOB-MISSING 4: body.facts"));
	buf_release(&manifest);
	buf_release(&found);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_damage_has_its_finding, setup, teardown),
		cmocka_unit_test_setup_teardown(a_rewritten_history_stops_at_the_checkpoint, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_not_checked_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(what_nobody_signed_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(the_quick_walk_finds_what_is_wrong_with_lines_and_tree, setup,
						teardown),
		cmocka_unit_test(the_quick_walk_knows_logs_of_several_chunks),
		cmocka_unit_test(a_log_that_is_not_there_is_an_error),
		cmocka_unit_test(an_empty_log_never_passes),
		cmocka_unit_test(a_manifest_excuses_nothing_that_is_public),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
