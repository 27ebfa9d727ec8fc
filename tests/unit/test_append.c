/* The log as it is written: transactions of several lines, roots in the middle of one, two writers, kill -9, and what
 * this machine remembers. */
#include "tests/support/check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit-log/append.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "tests/support/logs.h"

static void assert_verifies(const char *dir, const char *remember)
{
	struct buf findings = {0};

	test_log_findings(&findings, dir, remember);
	assert_buf_str(&findings, "");
	buf_release(&findings);
}

static char *path_in(struct arena *a, const char *dir, const char *name)
{
	return arena_fmt(a, "%s/%s", dir, name);
}

/* ---- making one ------------------------------------------------------------------------------------------------- */

static void a_new_log_has_its_opening_and_a_checkpoint(void **state)
{
	struct arena a = {0};
	const char *dir = path_in(&a, temporary_directory(&a), "log");
	struct log *l = test_log_create(dir, NULL);
	struct tree_head head;
	struct line line;
	struct span text;
	struct buf note = {0}, profile = {0}, vkey = {0};
	struct hash32 digest;
	enum blob_class class;
	struct stat st;
	struct err e = {0};

	(void)state;
	assert_int_equal(log_size(l), 1);
	assert_span_str(log_origin(l), TEST_ORIGIN);
	assert_ok(log_line_read(l, &a, 0, &line, &e), &e);
	assert_true(line_kind_is(&line, "log.opened"));
	assert_true(hash32_is_zero(&line.prev));
	note_key_format(&vkey, log_key(l));
	assert_ok(json_get_str(line.body, "logKey", &text, &e), &e);
	assert_true(span_eq(text, buf_view(&vkey)));
	assert_ok(json_get_bare_hash(line.body, "profile", &digest, &e), &e);
	assert_ok(log_blob(l, &digest, &profile, &class, &e), &e);
	assert_buf_str(&profile, "{\"a\":\"profile\"}");
	assert_int_equal(class, BLOB_PUBLIC);
	assert_ok(log_newest_checkpoint(l, &note, &head, &e), &e);
	assert_int_equal(head.size, 1);
	assert_int_equal(stat(path_in(&a, dir, "log.key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	log_release(l);
	assert_verifies(dir, NULL);
	buf_release(&note);
	buf_release(&vkey);
	buf_release(&profile);
	arena_release(&a);
}

static void a_log_is_not_begun_twice(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	const struct log_opening o = { .origin = span_str("x"), .actor = span_str("p1"), .auth = span_str("claimed") };
	struct buf want = {0};
	struct err e = {0};

	(void)state;
	log_release(test_log_create(dir, NULL));
	assert_null(log_create(dir, &o, NULL, &e));
	buf_fmt(&want, "%s/log.db: [EXISTS] there is a change log already", dir);
	assert_err(&e, ERR_REFUSED, buf_cstr(&want));
	err_clear(&e);
	/* A log that was lost is not replaced by a second history under the same key. */
	assert_int_equal(unlink(path_in(&a, dir, "log.db")), 0);
	assert_null(log_create(dir, &o, NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	err_clear(&e);
	/* What a killed init left is no log, and in nobody's way. */
	assert_ok(fs_write(path_in(&a, dir, "log.db.new"), span_str("half"), 0600, &e), &e);
	log_release(test_log_create(dir, NULL));
	assert_verifies(dir, NULL);
	buf_release(&want);
	arena_release(&a);
}

static void a_bad_opening_leaves_nothing_behind(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log_opening o = { .origin = span_str("a b"), .actor = span_str("p1"), .auth = span_str("claimed") };
	struct err e = {0};

	(void)state;
	assert_null(log_create(dir, &o, NULL, &e));
	assert_err(&e, ERR_SYNTAX, "origin: a log's name is not empty and has no white space and no '+'");
	err_clear(&e);
	o.origin = span_str("ab");
	o.auth = span_str("believe me");
	assert_null(log_create(dir, &o, NULL, &e));
	assert_err(&e, ERR_UNKNOWN, "actor.auth: auth is signature, os-user or claimed");
	err_clear(&e);
	assert_false(fs_exists(path_in(&a, dir, "log.db")) || fs_exists(path_in(&a, dir, "log.db.new")) ||
		     fs_exists(path_in(&a, dir, "log.key")));
	arena_release(&a);
}

/* ---- transactions ----------------------------------------------------------------------------------------------- */

/* What propose does: line k, the root over lines 0…k, its audit path, a second line that carries the root, a
 * checkpoint. */
static void a_transaction_gives_the_root_in_its_middle(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct line proposed = test_line(&a, "change.proposed", "SC-7", "calls"), planned, read;
	struct json *body = json_object(&a);
	struct merkle_path path;
	struct tree_head head, later;
	struct checkpoint c;
	struct buf note = {0};
	struct hash32 root, leaf;
	struct err e = {0};

	(void)state;
	test_log_grow(l, 11);
	assert_ok(log_begin(l, &e) && log_add_line(l, &proposed, &e), &e);
	assert_int_equal(proposed.seq, 11);
	head = log_head(l);
	assert_int_equal(head.size, 12);
	assert_ok(log_root_at(l, 12, &root, &e), &e);
	assert_true(hash32_eq(&root, &head.root));
	assert_ok(log_path(l, 11, 12, &path, &e), &e);
	planned = test_line(&a, "operation.planned", "SC-7", "");
	json_set(body, &a, "salt", json_0x(&a, SPAN_HASH(&root)));
	planned.body = body;
	assert_ok(log_add_line(l, &planned, &e) && log_add_checkpoint(l, &note, &e) && log_commit(l, &e), &e);
	assert_int_equal(log_size(l), 13);
	assert_ok(log_line_read(l, &a, 11, &read, &e), &e);
	line_leaf(&leaf, read.raw);
	assert_ok(merkle_path_verify(&head.root, &leaf, 11, 12, path.hash, path.n, &e), &e);
	assert_memory_equal(read.id, proposed.id, 16);
	assert_ok(checkpoint_open(&a, &c, buf_view(&note), log_key(l), &e), &e);
	later = log_head(l);
	assert_int_equal(c.head.size, 13);
	assert_true(hash32_eq(&c.head.root, &later.root));
	assert_ok(log_root_at(l, 12, &root, &e), &e);
	assert_true(hash32_eq(&root, &head.root));
	buf_clear(&note);
	assert_ok(log_checkpoint_at(l, 13, &note, &e), &e);
	assert_false(log_checkpoint_at(l, 12, &note, &e));
	assert_err(&e, ERR_MISSING, "no checkpoint over 12 lines");
	err_clear(&e);
	log_release(l);
	assert_verifies(dir, NULL);
	buf_release(&note);
	arena_release(&a);
}

static void an_abandoned_transaction_leaves_no_trace(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	const struct tree_head before = log_head(l);
	struct line line = test_line(&a, "change.drafted", "SC-1", "never"), bad = line;
	struct tree_head after;
	struct hash32 digest;
	struct buf bytes = {0};
	struct err e = {0};

	(void)state;
	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("never"), BLOB_PUBLIC, &digest, &e) &&
		  log_add_line(l, &line, &e) && log_add_checkpoint(l, NULL, &e), &e);
	bad.kind = span_str("Not A Kind");
	assert_false(log_add_line(l, &bad, &e));
	assert_err(&e, ERR_SYNTAX, "kind: a kind is 1 to 64 of a-z 0-9 . -");
	err_clear(&e);
	log_abort(l);
	after = log_head(l);
	assert_int_equal(after.size, before.size);
	assert_true(hash32_eq(&after.root, &before.root));
	assert_false(log_blob(l, &digest, &bytes, NULL, &e));
	assert_int_equal(e.code, ERR_MISSING);
	err_clear(&e);
	test_log_add(l, "change.drafted", "SC-1", "after all");
	assert_int_equal(log_size(l), 2);
	/* Released in the middle of one: the same. */
	assert_ok(log_begin(l, &e) && log_add_line(l, &line, &e), &e);
	log_release(l);
	l = test_log_open(dir, NULL);
	assert_int_equal(log_size(l), 2);
	log_release(l);
	assert_verifies(dir, NULL);
	arena_release(&a);
}

static void trees_of_these_sizes_verify(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 3, 255, 256, 257 };
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct hash32 empty, root;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		const struct tree_head was = log_head(l);
		struct merkle_path p;
		struct tree_head now, reopened;

		test_log_grow(l, sizes[i]);
		assert_ok(log_checkpoint(l, NULL, &e), &e);
		now = log_head(l);
		assert_ok(log_consistency(l, was.size, now.size, &p, &e), &e);
		assert_ok(merkle_consistency_verify(&was, &now, p.hash, p.n, &e), &e);
		log_release(l);
		assert_verifies(dir, NULL);
		l = test_log_open(dir, NULL);
		reopened = log_head(l);
		assert_true(hash32_eq(&now.root, &reopened.root));
	}
	merkle_empty(&empty);
	assert_ok(log_root_at(l, 0, &root, &e), &e);
	assert_true(hash32_eq(&root, &empty));
	assert_false(log_root_at(l, 258, &root, &e));
	assert_err(&e, ERR_RANGE, "the log has 257 lines, asked for 258");
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

static void a_clock_that_steps_back_is_an_entry(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l;
	struct line line;
	struct span from, to;
	struct err e = {0};

	(void)state;
	time_fix((struct unix_time){ 1795428902123 });
	l = test_log_create(dir, NULL);
	time_fix((struct unix_time){ 1795428902122 });
	test_log_add(l, "change.drafted", "SC-1", "earlier");
	time_fix((struct unix_time){ 1795428902122 });
	test_log_add(l, "change.drafted", "SC-1", "the same moment is not earlier");
	assert_int_equal(log_size(l), 4);
	assert_ok(log_line_read(l, &a, 1, &line, &e), &e);
	assert_true(line_kind_is(&line, "clock.stepped-back"));
	assert_int_equal(line.time.ms, 1795428902122);
	assert_ok(json_get_str(line.body, "from", &from, &e) && json_get_str(line.body, "to", &to, &e), &e);
	assert_span_str(from, "2026-11-23T10:15:02.123Z");
	assert_span_str(to, "2026-11-23T10:15:02.122Z");
	log_release(l);
	assert_verifies(dir, NULL);
	arena_release(&a);
}

static bool count_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	(void)seq;
	(void)leaf;
	(void)raw;
	(void)e;
	++*(uint64_t *)ctx;
	return true;
}

static void lines_are_found_again(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct line line;
	uint64_t seq, n = 0;
	struct err e = {0};

	(void)state;
	test_log_grow(l, 20);
	test_log_add(l, "change.drafted", "SC-2", "another change");
	test_log_grow(l, 30);
	assert_ok(log_each_of_change(l, span_str("SC-2"), count_line, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_ok(log_each(l, 7, 12, count_line, &n, &e), &e);
	assert_int_equal(n, 6);
	assert_ok(log_line_read(l, &a, 17, &line, &e), &e);
	assert_ok(log_find_id(l, line.id, 0, &seq, &e), &e);
	assert_int_equal(seq, 17);
	assert_false(log_find_id(l, line.id, 18, &seq, &e));
	assert_err(&e, ERR_MISSING, "no line with this id from line 18 on");
	err_clear(&e);
	assert_false(log_line_read(l, &a, 30, &line, &e));
	assert_err(&e, ERR_MISSING, "line 30: no line 30: the log has 30");
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

/* ---- keys and readers -------------------------------------------------------------------------------------------- */

static void assert_open_refused(const char *dir, const char *remember, const char *refusal)
{
	const struct log_options options = { .remember = remember };
	struct err e = {0};

	if (log_open(dir, LOG_APPEND, &options, &e))
		fail_msg("opened, needed %s", refusal);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, refusal);
	err_clear(&e);
}

static void only_the_holder_of_the_key_appends(void **state)
{
	struct arena a = {0};
	const char *dir = path_in(&a, temporary_directory(&a), "one"),
		   *other = path_in(&a, temporary_directory(&a), "two");
	const char *key = path_in(&a, dir, "log.key");
	struct line line = test_line(&a, "x", NULL, "");
	struct buf theirs = {0};
	struct log *l;
	struct err e = {0};

	(void)state;
	log_release(test_log_create(dir, NULL));
	log_release(test_log_create(other, NULL));
	assert_int_equal(chmod(key, 0640), 0);
	assert_open_refused(dir, NULL, "LOG-KEY");
	assert_ok(fs_read(&theirs, path_in(&a, other, "log.key"), 4096, &e) &&
		      fs_write(key, buf_view(&theirs), 0600, &e),
		  &e);
	assert_open_refused(dir, NULL, "LOG-KEY");
	assert_int_equal(unlink(key), 0);
	assert_open_refused(dir, NULL, "LOG-KEY");
	l = log_open(dir, LOG_READ, NULL, &e);
	assert_ok(l != NULL, &e);
	assert_false(log_append(l, &line, &e));
	assert_err(&e, ERR_REFUSED, "[LOG-KEY] the log is open for reading");
	err_clear(&e);
	log_release(l);
	buf_release(&theirs);
	arena_release(&a);
}

static void a_reader_follows_a_writer(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL), *reader;
	struct line line;
	struct err e = {0};

	(void)state;
	reader = log_open(dir, LOG_READ, NULL, &e);
	assert_ok(reader != NULL, &e);
	test_log_grow(l, 5);
	assert_int_equal(log_size(reader), 1);
	assert_ok(log_refresh(reader, &e), &e);
	assert_int_equal(log_size(reader), 5);
	assert_ok(log_line_read(reader, &a, 4, &line, &e), &e);
	log_release(reader);
	log_release(l);
	arena_release(&a);
}

/* ---- remembering ------------------------------------------------------------------------------------------------- */

static void copy_file(struct arena *a, const char *from, const char *to)
{
	struct buf bytes = {0};
	struct err e = {0};

	(void)a;
	assert_ok(fs_read(&bytes, from, 64u << 20, &e) && fs_write(to, buf_view(&bytes), 0600, &e), &e);
	buf_release(&bytes);
}

static void a_shorter_or_other_log_is_not_written_to(void **state)
{
	struct arena a = {0};
	const char *dir = path_in(&a, temporary_directory(&a), "log"), *remember = path_in(&a, dir, "../state");
	const char *db = path_in(&a, dir, "log.db"), *old = path_in(&a, dir, "../old.db");
	struct log *l = test_log_create(dir, remember);
	struct buf findings = {0};
	struct err e = {0};

	(void)state;
	log_release(l);
	copy_file(&a, db, old);
	l = test_log_open(dir, remember);
	test_log_grow(l, 7);
	log_release(l);               /* no checkpoint was asked for; release remembers the head all the same */
	assert_verifies(dir, remember);
	copy_file(&a, db, path_in(&a, dir, "../good.db"));
	/* An older copy. */
	copy_file(&a, old, db);
	assert_null(log_open(dir, LOG_APPEND, &(struct log_options){ .remember = remember }, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, "LOG-SHORT");
	assert_string_equal(buf_cstr(&e.what),
			    "the log has 1 lines, this machine has seen 7: it was cut off, or it is an older copy");
	err_clear(&e);
	test_log_findings(&findings, dir, remember);
	assert_non_null(strstr(buf_cstr(&findings), "REMEMBERED: "));
	/* The older copy, continued differently: signed by the right key, consistent with itself. */
	l = test_log_open(dir, NULL);
	test_log_grow(l, 9);
	log_release(l);
	assert_open_refused(dir, remember, "LOG-FORKED");
	/* Another log under the same name. */
	assert_int_equal(unlink(db), 0);
	assert_int_equal(unlink(path_in(&a, dir, "log.key")), 0);
	log_release(test_log_create(dir, NULL));
	assert_open_refused(dir, remember, "LOG-FORKED");
	buf_release(&findings);
	arena_release(&a);
}

static void a_damaged_memory_is_said(void **state)
{
	struct arena a = {0};
	const char *dir = path_in(&a, temporary_directory(&a), "log"), *remember = path_in(&a, dir, "../state");
	struct log *l = test_log_create(dir, remember);
	struct buf name = {0}, note = {0};
	struct hash32 h;
	const char *path;
	struct err e = {0};

	(void)state;
	sha256(&h, span_str(TEST_ORIGIN));
	buf_hex(&name, SPAN_HASH(&h));
	path = arena_fmt(&a, "%s/%s.checkpoint", remember, buf_cstr(&name));
	assert_ok(fs_read(&note, path, 4096, &e), &e);
	log_release(l);
	assert_ok(fs_write(path, span_str("scribble"), 0600, &e), &e);
	assert_open_refused(dir, remember, "LOG-REMEMBERED");
	note.p[note.n - 5] ^= 1;
	assert_ok(fs_write(path, buf_view(&note), 0600, &e), &e);
	assert_open_refused(dir, remember, "LOG-REMEMBERED");
	/* Gone altogether: nothing to compare with, and the log is remembered anew. */
	assert_int_equal(unlink(path), 0);
	log_release(test_log_open(dir, remember));
	assert_true(fs_exists(path));
	buf_release(&name);
	buf_release(&note);
	arena_release(&a);
}

/* Swapped while we hold it open: a writer notices at its next transaction. */
static void a_file_exchanged_under_an_open_log_is_noticed(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct line line = test_line(&a, "x", NULL, "");
	struct err e = {0};

	(void)state;
	test_log_grow(l, 4);
	test_log_damage(
	    dir, "UPDATE lines SET line = replace(line, '\"text\":\"line 3\"', '\"text\":\"line X\"') WHERE seq = 3;"
		 "UPDATE lines SET leaf = zeroblob(32) WHERE seq = 3");
	assert_false(log_append(l, &line, &e));
	assert_int_equal(e.code, ERR_MISMATCH);
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

/* ---- two at once, and kill -9 ----------------------------------------------------------------------------------- */

/* Appends in a loop and acknowledges each line on the pipe, until killed or `n` are done. Without cmocka: a child. */
static NORETURN void child_append(const char *dir, const char *name, int acknowledge, uint64_t n)
{
	struct err e = {0};
	struct log *l = log_open(dir, LOG_APPEND, NULL, &e);

	for (uint64_t i = 0; l && i < n; i++) {
		struct arena a = {0};
		struct line line = test_line(&a, "change.drafted", i % 3 ? "SC-1" : "SC-2", name);
		struct hash32 digest;

		if (!log_begin(l, &e) || !log_add_blob(l, span_str(name), BLOB_PUBLIC, &digest, &e) ||
		    !log_add_line(l, &line, &e) || (i % 5 == 0 && !log_add_checkpoint(l, NULL, &e)) ||
		    !log_commit(l, &e))
			break;
		if (write(acknowledge, line.id, sizeof(line.id)) != (ssize_t)sizeof(line.id))
			break;
		arena_release(&a);
	}
	if (e.code) {
		struct buf text = {0};

		err_format(&e, &text);
		fprintf(stderr, "child %s: %s\n", name, buf_cstr(&text));
	}
	_exit(e.code ? 1 : 0);
}

/* Reads acknowledged ids from the pipe until it closes; each must be in the log, once. */
static uint64_t assert_all_there(const char *dir, int acknowledged)
{
	struct err e = {0};
	struct log *l = log_open(dir, LOG_READ, NULL, &e);
	uint8_t id[16];
	uint64_t n = 0, seq;

	assert_ok(l != NULL, &e);
	for (; read(acknowledged, id, sizeof(id)) == (ssize_t)sizeof(id); n++)
		assert_ok(log_find_id(l, id, 0, &seq, &e), &e);
	log_release(l);
	return n;
}

static void two_processes_at_once_neither_fork_nor_lose(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	int pipes[3][2], status;
	pid_t child[3];
	uint64_t size;

	(void)state;
	log_release(l);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pipe(pipes[i]), 0);
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			child_append(dir, i == 0 ? "zero" : i == 1 ? "one" : "two", pipes[i][1], 60);
		close(pipes[i][1]);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_int_equal(assert_all_there(dir, pipes[i][0]), 60);
		close(pipes[i][0]);
	}
	l = test_log_open(dir, NULL);
	size = log_size(l);
	log_release(l);
	/* Their clocks are one clock, but a line's time is read under the lock: no clock.stepped-back either. */
	assert_int_equal(size, 181);
	assert_verifies(dir, NULL);
	arena_release(&a);
}

static void killed_at_any_moment_it_verifies_and_keeps_what_it_acknowledged(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	uint64_t acknowledged = 0;

	(void)state;
	log_release(test_log_create(dir, NULL));
	for (int round = 0; round < 40; round++) {
		uint32_t moment;
		int pipes[2], status;
		pid_t child;

		assert_int_equal(pipe(pipes), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			child_append(dir, "killed", pipes[1], UINT64_MAX);
		close(pipes[1]);
		random_bytes(&moment, sizeof(moment));
		usleep(1000 + moment % 40000);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		acknowledged += assert_all_there(dir, pipes[0]);
		close(pipes[0]);
		assert_verifies(dir, NULL);
	}
	assert_true(acknowledged > 40);
	arena_release(&a);
}

/* Killed anywhere in the making of a log: there is none, or a whole one. */
static void a_killed_init_leaves_all_or_nothing(void **state)
{
	struct arena a = {0};
	const char *parent = temporary_directory(&a);

	(void)state;
	for (int round = 0; round < 30; round++) {
		const char *dir = arena_fmt(&a, "%s/%d", parent, round);
		uint32_t moment;
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			log_release(test_log_create(dir, NULL));
			_exit(0);
		}
		random_bytes(&moment, sizeof(moment));
		usleep(moment % 8000);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!fs_exists(path_in(&a, dir, "log.db")))
			log_release(test_log_create(dir, NULL));
		assert_verifies(dir, NULL);
		log_release(test_log_open(dir, NULL));
	}
	arena_release(&a);
}

/* A child of its own, because the limit holds for the whole process. */
static NORETURN void child_fill(const char *dir, int acknowledge)
{
	const struct rlimit limit = { 120000, 120000 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	child_append(dir, "full", acknowledge, 1000);
}

static void a_full_disk_refuses_and_the_log_verifies(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	int pipes[2], status;
	pid_t child;

	(void)state;
	log_release(test_log_create(dir, NULL));
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(open("/dev/null", O_WRONLY), 2);
		child_fill(dir, pipes[1]);
	}
	close(pipes[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_true(assert_all_there(dir, pipes[0]) > 0);
	close(pipes[0]);
	assert_verifies(dir, NULL);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_log_has_its_opening_and_a_checkpoint),
		cmocka_unit_test(a_log_is_not_begun_twice),
		cmocka_unit_test(a_bad_opening_leaves_nothing_behind),
		cmocka_unit_test(a_transaction_gives_the_root_in_its_middle),
		cmocka_unit_test(an_abandoned_transaction_leaves_no_trace),
		cmocka_unit_test(trees_of_these_sizes_verify),
		cmocka_unit_test(lines_are_found_again),
		cmocka_unit_test(only_the_holder_of_the_key_appends),
		cmocka_unit_test(a_reader_follows_a_writer),
		cmocka_unit_test(a_shorter_or_other_log_is_not_written_to),
		cmocka_unit_test(a_damaged_memory_is_said),
		cmocka_unit_test(a_file_exchanged_under_an_open_log_is_noticed),
		cmocka_unit_test(two_processes_at_once_neither_fork_nor_lose),
		cmocka_unit_test(killed_at_any_moment_it_verifies_and_keeps_what_it_acknowledged),
		cmocka_unit_test(a_killed_init_leaves_all_or_nothing),
		cmocka_unit_test(a_full_disk_refuses_and_the_log_verifies),
		cmocka_unit_test(a_clock_that_steps_back_is_an_entry),     /* last: the clock stays fixed */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
