/* Views answer what the log says; whatever is wrong with their file, they are made anew without a word. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/append.h"
#include "audit-log/views.h"
#include "src/base/fs.h"
#include "tests/support/changes.h"

static struct views *open_views(struct log *l)
{
	struct err e = {0};
	struct views *v = views_open(l, &e);

	assert_ok(v != NULL, &e);
	return v;
}

static void add_proposal(struct log *l, const char *change, const char *title, const struct hash32 *value)
{
	struct arena a = {0};
	struct line line = test_line(&a, "change.proposed", change, "");
	struct json *body = json_object(&a), *list = json_array(&a);
	struct err e = {0};

	json_set(body, &a, "title", json_str(&a, title));
	json_push(list, json_0x(&a, SPAN_HASH(value)));
	json_set(body, &a, "list", list);
	line.body = body;
	assert_ok(log_append(l, &line, &e), &e);
	arena_release(&a);
}

static void write_change(struct buf *out, const struct views_change *c)
{
	buf_fmt(out, "%s %" PRIu64 " \"%s\" %s %" PRIu64 "-%" PRIu64 " (%" PRIu64 ")%s%s\n", c->id, c->number, c->title,
		c->last_kind, c->first_seq, c->last_seq, c->lines, c->proposed ? " proposed" : "",
		c->withdrawn ? " withdrawn" : "");
}

static void assert_changes(struct views *v, const char *text)
{
	struct views_changes all;
	struct arena a = {0};
	struct buf out = {0};
	struct err e = {0};

	assert_ok(views_changes(v, &a, &all, &e), &e);
	for (size_t i = 0; i < all.n; i++)
		write_change(&out, &all.v[i]);
	assert_buf_str(&out, text);
	buf_release(&out);
	arena_release(&a);
}

static void assert_seqs(const struct seqs *s, const char *text)
{
	struct buf out = {0};

	for (size_t i = 0; i < s->n; i++)
		buf_fmt(&out, "%s%" PRIu64, i ? " " : "", s->seq[i]);
	assert_buf_str(&out, text);
	buf_release(&out);
}

static const struct hash32 value = { { 0xab, 0xcd } };

/* 0 opened, 1 drafted SC-1, 2 drafted SC-2, 3 proposed SC-1, 4 withdrawn SC-2, 5 a finding. */
static struct log *six_lines(const char *dir)
{
	struct log *l = test_log_create(dir, NULL);

	test_log_add(l, "change.drafted", "SC-1", "one");
	test_log_add(l, "change.drafted", "SC-2", "two");
	add_proposal(l, "SC-1", "A better title", &value);
	test_log_add(l, "change.withdrawn", "SC-2", "");
	test_log_add(l, "finding", NULL, "");
	return l;
}

#define SIX_LINES "SC-1 1 \"A better title\" change.proposed 1-3 (2) proposed\n" \
	"SC-2 2 \"A title\" change.withdrawn 2-4 (2) withdrawn\n"

static void views_answer_what_the_log_says(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);
	struct views *v = open_views(l);
	struct views_change c;
	struct seqs s;
	bool found;
	struct err e = {0};

	(void)state;
	assert_changes(v, SIX_LINES);
	assert_ok(views_lines_of_change(v, &a, span_str("SC-2"), &s, &e), &e);
	assert_seqs(&s, "2 4");
	assert_ok(views_lines_of_kind(v, &a, span_str("change.drafted"), &s, &e), &e);
	assert_seqs(&s, "1 2");
	assert_ok(views_lines_of_kind(v, &a, span_str("no.such"), &s, &e), &e);
	assert_seqs(&s, "");
	assert_ok(views_lines_naming(v, &a, &value, &s, &e), &e);
	assert_seqs(&s, "3");
	assert_ok(views_seek_change(v, &a, span_str("SC-1"), &c, &found, &e), &e);
	assert_true(found);
	assert_string_equal(c.title, "A better title");
	assert_ok(views_seek_change(v, &a, span_str("SC-9"), &c, &found, &e), &e);
	assert_false(found);
	views_release(v);
	log_release(l);
	arena_release(&a);
}

static bool count_blob(void *ctx, const struct blob_row *row, struct err *e)
{
	(void)row;
	(void)e;
	++*(uint64_t *)ctx;
	return true;
}

static void blobs_are_found_and_kept_once(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct views *v;
	struct hash32 digest, again;
	struct buf bytes = {0};
	uint64_t rows = 0;
	struct err e = {0};

	(void)state;
	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("evidence"), BLOB_PUBLIC, &digest, &e) &&
		      log_commit(l, &e),
		  &e);
	test_log_add(l, "finding", NULL, "");
	v = open_views(l);
	for (int i = 0; i < 3; i++)
		assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("evidence"), BLOB_PUBLIC, &again, &e) &&
			      log_commit(l, &e),
			  &e);
	assert_true(hash32_eq(&digest, &again));
	assert_ok(log_each_blob(l, 0, count_blob, &rows, &e), &e);
	assert_int_equal(rows, 2);    /* the profile, and this one */
	assert_ok(log_blob(l, &digest, &bytes, NULL, &e), &e);
	assert_buf_str(&bytes, "evidence");
	views_release(v);
	buf_clear(&bytes);
	assert_ok(log_blob(l, &digest, &bytes, NULL, &e), &e);
	assert_buf_str(&bytes, "evidence");
	log_release(l);
	buf_release(&bytes);
	arena_release(&a);
}

/* ---- what can be wrong with the file ----------------------------------------------------------------------------- */

static void damage_views(const char *dir, const char *sql)
{
	char *path = fs_join(dir, "views.db");
	char *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	sqlite3_close(db);
	free(path);
}

static void a_views_file_that_does_not_fit_is_made_anew(void **state)
{
	static const char *const damages[] = {
		"UPDATE applied SET leaf = zeroblob(32)",
		"UPDATE applied SET size = 99",
		"UPDATE applied SET size = 3",
		"UPDATE applied SET origin = 'another/log'",
		"DELETE FROM applied",
		"DROP TABLE change",
		"DROP TABLE applied",
		"PRAGMA user_version = 77",
		"DROP TABLE kind_line; CREATE VIEW kind_line AS SELECT 'finding' AS kind, 1 AS seq",
		"ALTER TABLE change RENAME COLUMN title TO heading",
	};
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);

	(void)state;
	views_release(open_views(l));
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct views *v;
		struct seqs s;
		struct err e = {0};

		damage_views(dir, damages[i]);
		v = open_views(l);
		assert_changes(v, SIX_LINES);
		assert_ok(views_lines_of_kind(v, &a, span_str("finding"), &s, &e), &e);
		assert_seqs(&s, "5");
		views_release(v);
	}
	log_release(l);
	arena_release(&a);
}

/* In a workspace that several share: a row that says nothing happened would be believed. */
static void views_that_others_can_write_are_made_anew(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	char *path = fs_join(dir, "views.db");
	struct log *l = six_lines(dir);
	const mode_t others[] = { 0664, 0646 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct stat before, after;
		struct views *v;

		views_release(open_views(l));
		assert_int_equal(stat(path, &before), 0);
		views_release(open_views(l));
		assert_int_equal(stat(path, &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);   /* ours is kept */
		damage_views(dir, "DELETE FROM change");
		assert_int_equal(chmod(path, others[i]), 0);
		v = open_views(l);
		assert_changes(v, SIX_LINES);
		views_release(v);
		assert_int_equal(stat(path, &after), 0);
		assert_int_equal(after.st_mode & 0022, 0);
	}
	log_release(l);
	free(path);
	arena_release(&a);
}

static void bytes_that_are_no_database_are_made_anew(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	char *path = fs_join(dir, "views.db");
	struct log *l = six_lines(dir);
	struct buf good = {0};
	struct err e = {0};

	(void)state;
	views_release(open_views(l));
	assert_ok(fs_read(&good, path, 1u << 20, &e), &e);
	for (size_t i = 0; i < 24; i++) {
		struct buf bytes = {0};
		struct views *v;

		buf_span(&bytes, buf_view(&good));
		if (i == 0)
			buf_clear(&bytes);
		else if (i == 1)
			bytes.n = 100;
		else
			memset(bytes.p + bytes.n / 24 * i, 0x5a, bytes.n / 24);
		assert_ok(fs_write(path, buf_view(&bytes), 0600, &e), &e);
		v = open_views(l);
		assert_ok(views_rebuild(v, &e), &e);
		assert_changes(v, SIX_LINES);
		views_release(v);
		buf_release(&bytes);
	}
	buf_release(&good);
	log_release(l);
	free(path);
	arena_release(&a);
}

/* Where nothing can be written: the path is taken by a directory. (A read-only one does not stop root.) */
static void without_a_file_they_live_in_memory(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	char *path = fs_join(dir, "views.db");
	struct log *l = six_lines(dir);
	struct views *v;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	v = open_views(l);
	assert_changes(v, SIX_LINES);
	views_release(v);
	log_release(l);
	free(path);
	arena_release(&a);
}

static void a_damaged_log_is_an_error_and_not_a_view(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);
	struct err e = {0};

	(void)state;
	log_release(l);
	test_log_damage(dir, "UPDATE lines SET line = replace(line, 'two', 'TWO') WHERE seq = 2");
	l = test_log_open(dir, NULL);
	assert_null(views_open(l, &e));
	assert_err(&e, ERR_MISMATCH, "line 2 does not hash to its leaf");
	err_clear(&e);
	log_release(l);
	arena_release(&a);
}

static void two_readers_share_the_file(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir), *other;
	struct views *v = open_views(l), *w;
	struct err e = {0};

	(void)state;
	other = log_open(dir, LOG_READ, NULL, &e);
	assert_ok(other != NULL, &e);
	test_log_add(l, "change.drafted", "SC-3", "");
	assert_ok(views_catch_up(v, &e), &e);
	w = open_views(other);        /* its log was opened before the line that the file already knows */
	assert_int_equal(log_size(other), 7);
	assert_changes(w, SIX_LINES "SC-3 3 \"A title\" change.drafted 6-6 (1)\n");
	views_release(w);
	views_release(v);
	log_release(other);
	log_release(l);
	arena_release(&a);
}

/* ---- what folding says ---- */

/* Every kind of line that moves a change, on both routes, with one change that nobody understands. */
static void write_line(struct log *l, unsigned i)
{
	switch (i) {
	case 0: test_draft(l, "SC-1", ROUTE_TIMELOCK, "One", NULL); return;
	case 1: test_draft(l, "SC-2", ROUTE_DIRECT, "Two", NULL); return;
	case 2: test_draft(l, "SC-1", ROUTE_TIMELOCK, "One again", "SC-2"); return;
	case 3: test_propose(l, "SC-1", ROUTE_TIMELOCK, "One, frozen", 1, "SC-2"); return;
	case 4: test_pack(l, "SC-1", STEP_SCHEDULE, 4, 0xa1); return;
	case 5: test_sign(l, "SC-1", STEP_SCHEDULE, 0x51, 0xa1); return;
	case 6: test_note(l, "SC-1", STEP_SCHEDULE, true); return;
	case 7: test_note(l, "SC-1", STEP_SCHEDULE, false); return;
	case 8: test_pack(l, "SC-1", STEP_SCHEDULE, 5, 0xa2); return;
	case 9: test_sign(l, "SC-1", STEP_SCHEDULE, 0x52, 0xa2); return;
	case 10: test_sign(l, "SC-1", STEP_SCHEDULE, 0x53, 0xa2); return;
	case 11: test_propose(l, "SC-2", ROUTE_DIRECT, "Two", 2, NULL); return;
	case 12: test_send(l, "SC-1", STEP_SCHEDULE, 0x77); return;
	case 13: test_receipt(l, "SC-1", STEP_SCHEDULE, false, 900); return;
	case 14: test_receipt(l, "SC-1", STEP_SCHEDULE, true, 1000); return;
	case 15: test_log_add(l, "change.proposed", "SC-3", "no such body"); return;
	case 16: test_pack(l, "SC-1", STEP_CANCEL, 6, 0xa3); return;
	case 17: test_log_add(l, "finding", NULL, ""); return;
	case 18: test_withdraw(l, "SC-2"); return;
	case 19: test_receipt(l, "SC-1", STEP_EXECUTE, true, 2000); return;
	}
	fail_msg("no such line");
}
#define LINES 20

static void write_steps(struct buf *out, const struct views_step *steps)
{
	for (int k = 0; k < N_STEPS; k++) {
		const struct views_step *s = &steps[k];

		buf_fmt(out, "  %s%s%s%s%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu/%zu", step_name((enum step_kind)k),
			s->packed ? " packed" : "", s->submitted ? " submitted" : "", s->mined ? " mined" : "",
			s->failed ? " failed" : "", s->packed_seq, s->nonce, s->block_time, s->n_refused,
			s->n_declined);
		buf_hex(out, SPAN_HASH(&s->safe_tx_hash));
		buf_hex(out, SPAN_HASH(&s->packet));
		for (size_t i = 0; i < s->n_signers; i++) {
			buf_byte(out, '+');
			buf_hex(out, span_of(s->signers[i].b, 20));
		}
		for (size_t i = 0; i < s->n_left; i++) {
			buf_fmt(out, " left %" PRIu64 " %zu ", s->left[i].nonce, s->left[i].n_signatures);
			buf_hex(out, SPAN_HASH(&s->left[i].safe_tx_hash));
		}
		buf_byte(out, '\n');
	}
}

static void write_views_change(struct buf *out, const struct views_change *c)
{
	buf_fmt(out, "%s%s%s%s words %" PRIu64 " %s %" PRIu64 " after %s%s%s%s %" PRIu64 " ", c->id,
		c->proposed ? " proposed" : "", c->withdrawn ? " withdrawn" : "", c->verified ? " verified" : "",
		c->words_seq, route_name(c->route), c->delay, c->after ? c->after : "-",
		c->scheduled ? " scheduled" : "", c->executed ? " executed" : "", c->cancelled ? " cancelled" : "",
		c->scheduled_at);
	if (c->has_operation)
		buf_hex(out, SPAN_HASH(&c->operation));
	if (c->has_likeness)
		buf_hex(out, SPAN_HASH(&c->likeness));
	buf_fmt(out, " %s\n", c->trouble ? "in trouble" : "");
}

/* Everything that the views know of changes. */
static void write_folded(struct buf *out, struct views *v)
{
	struct arena a = {0};
	struct views_changes all;
	struct views_waitings waiting;
	struct views_operations ops;
	struct err e = {0};

	assert_ok(views_changes(v, &a, &all, &e) && views_waiting(v, &a, 0, &waiting, &e) &&
		  views_operations(v, &a, &ops, &e), &e);
	for (size_t i = 0; i < all.n; i++) {
		struct views_waiting one;
		bool found;

		assert_ok(views_waiting_one(v, &a, span_str(all.v[i].id), &one, &found, &e), &e);
		assert_true(found);
		write_views_change(out, &one.c);
		write_steps(out, one.steps);
	}
	for (size_t i = 0; i < waiting.n; i++)
		buf_fmt(out, "waiting %s\n", waiting.v[i].c.id);
	for (size_t i = 0; i < ops.n; i++) {
		buf_fmt(out, "operation of %s ", ops.v[i].change);
		buf_hex(out, SPAN_HASH(&ops.v[i].id));
	}
	arena_release(&a);
}

static void after_every_line_they_are_what_a_rebuild_makes(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	struct views *v = open_views(l);
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i < LINES; i++) {
		struct buf grown = {0}, anew = {0};

		write_line(l, i);
		assert_ok(views_catch_up(v, &e), &e);
		write_folded(&grown, v);
		assert_ok(views_rebuild(v, &e), &e);
		write_folded(&anew, v);
		assert_buf_str(&grown, buf_cstr(&anew));
		buf_release(&grown);
		buf_release(&anew);
	}
	views_release(v);
	log_release(l);
	arena_release(&a);
}

struct folded {
	struct arena *arena;
	struct change change;
};

static bool fold(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct folded *f = ctx;
	struct line line;

	(void)seq;
	(void)leaf;
	return line_parse(f->arena, &line, arena_copy(f->arena, raw), e) &&
	       change_apply(f->arena, &f->change, &line, e);
}

static void write_change_steps(struct buf *out, struct arena *a, const struct change *c)
{
	struct views_step steps[N_STEPS] = {0};

	for (int k = 0; k < N_STEPS; k++) {
		const struct step *s = &c->steps[k];
		struct views_step *to = &steps[k];

		*to = (struct views_step){ .packed = s->packed, .mined = s->mined, .failed = s->failed,
					   .packed_seq = s->packed_seq, .nonce = s->nonce, .block_time = s->block_time,
					   .safe_tx_hash = s->safe_tx_hash, .packet = s->packet, .left = s->left,
					   .n_left = s->n_left, .n_signers = s->n_signatures };
		to->submitted = step_is_submitted(s);
		to->signers = ARENA_ARRAY(a, struct addr, s->n_signatures);
		for (size_t i = 0; i < s->n_signatures; i++)
			to->signers[i] = s->signatures[i].owner;
		for (size_t i = 0; i < s->n_notes; i++)
			++*(s->notes[i].declined ? &to->n_declined : &to->n_refused);
	}
	write_steps(out, steps);
}

static void steps_are_what_folding_the_lines_says(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	struct views *v = open_views(l);
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i < LINES; i++) {
		struct folded f = { .arena = &a };
		struct views_waiting one;
		struct buf by_view = {0}, by_hand = {0};
		bool found;

		write_line(l, i);
		assert_ok(log_each_of_change(l, span_str("SC-1"), fold, &f, &e), &e);
		assert_ok(views_catch_up(v, &e) &&
			  views_waiting_one(v, &a, span_str("SC-1"), &one, &found, &e), &e);
		assert_true(found);
		write_steps(&by_view, one.steps);
		write_change_steps(&by_hand, &a, &f.change);
		assert_buf_str(&by_view, buf_cstr(&by_hand));
		assert_int_equal(one.c.proposed, f.change.proposed);
		assert_true(!one.c.has_operation || hash32_eq(&one.c.operation, &f.change.operation));
		buf_release(&by_view);
		buf_release(&by_hand);
	}
	views_release(v);
	log_release(l);
	arena_release(&a);
}

static void damaged_steps_are_made_anew(void **state)
{
	static const char *const damages[] = {
		"UPDATE step SET kind = 7 WHERE kind = 0",
		"UPDATE step SET signers = x'0102'",
		"UPDATE step SET left_behind = x'01'",
		"UPDATE step SET safe_tx_hash = x''",
		"UPDATE change SET operation = x'77'",
		"DROP TABLE step",
	};
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = test_log_create(dir, NULL);
	struct views *v = open_views(l);
	struct buf good = {0};
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i < LINES - 1; i++)
		write_line(l, i);
	assert_ok(views_catch_up(v, &e), &e);
	write_folded(&good, v);
	views_release(v);
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct buf again = {0};

		damage_views(dir, damages[i]);
		v = open_views(l);
		write_folded(&again, v);
		assert_buf_str(&again, buf_cstr(&good));
		views_release(v);
		buf_release(&again);
	}
	buf_release(&good);
	log_release(l);
	arena_release(&a);
}

static void assert_page(struct views *v, struct arena *a, struct views_filter f, uint64_t before, size_t limit,
			const char *text)
{
	struct seqs s;
	struct err e = {0};

	assert_ok(views_lines_page(v, a, &f, before, limit, &s, &e), &e);
	assert_seqs(&s, text);
}

static void lines_are_paged_newest_first(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct log *l = six_lines(dir);
	struct views *v = open_views(l);
	const struct views_filter all = {0}, drafts = { .kind = span_str("change.drafted") },
				  one = { .change = span_str("SC-1") }, p1 = { .actor = span_str("p1") },
				  both = { .kind = span_str("change.drafted"), .change = span_str("SC-2"),
					   .actor = span_str("p1") },
				  nobody = { .kind = span_str("finding"), .actor = span_str("p9") };

	(void)state;
	assert_page(v, &a, all, UINT64_MAX, 4, "5 4 3 2");
	assert_page(v, &a, all, 2, 4, "1 0");
	assert_page(v, &a, all, 0, 4, "");
	assert_page(v, &a, drafts, UINT64_MAX, 4, "2 1");
	assert_page(v, &a, drafts, UINT64_MAX, 1, "2");
	assert_page(v, &a, drafts, 2, 4, "1");
	assert_page(v, &a, one, UINT64_MAX, 4, "3 1");
	assert_page(v, &a, p1, 5, 2, "4 3");
	assert_page(v, &a, both, UINT64_MAX, 4, "2");
	assert_page(v, &a, nobody, UINT64_MAX, 4, "");
	views_release(v);
	log_release(l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_answer_what_the_log_says),
		cmocka_unit_test(blobs_are_found_and_kept_once),
		cmocka_unit_test(a_views_file_that_does_not_fit_is_made_anew),
		cmocka_unit_test(views_that_others_can_write_are_made_anew),
		cmocka_unit_test(bytes_that_are_no_database_are_made_anew),
		cmocka_unit_test(without_a_file_they_live_in_memory),
		cmocka_unit_test(a_damaged_log_is_an_error_and_not_a_view),
		cmocka_unit_test(two_readers_share_the_file),
		cmocka_unit_test(after_every_line_they_are_what_a_rebuild_makes),
		cmocka_unit_test(steps_are_what_folding_the_lines_says),
		cmocka_unit_test(damaged_steps_are_made_anew),
		cmocka_unit_test(lines_are_paged_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
