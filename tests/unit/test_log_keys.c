/* The log's key, changed: each key signs over its own lines, the one before vouches for it, and wherever a change is
 * cut off one of the two files has the key that the log names. */
#include "tests/support/check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "audit-log/backup.h"
#include "audit-log/export_jsonl.h"
#include "audit-log/export_tiles.h"
#include "audit-log/follow.h"
#include "audit-log/keys.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "tests/support/logs.h"
#include "tests/support/packets.h"

struct fixture {
	struct arena a;
	const char *dir, *memory;
	struct log *l;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->dir = temporary_directory(&f->a);
	f->memory = temporary_directory(&f->a);
	f->l = test_log_create(f->dir, f->memory);
	test_log_grow(f->l, 5);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	log_release(f->l);
	arena_release(&f->a);
	free(f);
	return 0;
}

static void rotate(struct log *l)
{
	struct err e = {0};

	assert_ok(log_rotate_key(l, span_str("p1"), span_str("claimed"), &e), &e);
}

static const char *file(struct fixture *f, const char *name)
{
	return arena_fmt(&f->a, "%s/%s", f->dir, name);
}

static struct span contents(struct fixture *f, const char *path)
{
	struct buf b = {0};
	struct err e = {0};
	struct span out;

	assert_ok(fs_read(&b, path, 1u << 20, &e), &e);
	out = arena_copy(&f->a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void assert_whole(const char *dir, const char *remember)
{
	struct buf found = {0};

	test_log_findings(&found, dir, remember);
	if (found.n)
		fail_msg("%s", buf_cstr(&found));
	buf_release(&found);
}

static void reopen(struct fixture *f)
{
	log_release(f->l);
	f->l = test_log_open(f->dir, f->memory);
}

static void each_key_signs_over_its_own_lines(void **state)
{
	struct fixture *f = *state;
	const struct log_keys *keys;
	struct err e = {0};
	struct buf note = {0};
	struct checkpoint c;
	struct stat st;

	assert_ok(log_checkpoint(f->l, NULL, &e), &e);
	rotate(f->l);
	test_log_grow(f->l, 9);
	rotate(f->l);
	test_log_grow(f->l, 12);
	assert_ok(log_checkpoint(f->l, NULL, &e), &e);
	assert_whole(f->dir, f->memory);
	reopen(f);
	keys = log_keys(f->l);
	assert_int_equal(keys->n, 3);
	assert_int_equal(keys->v[1].line, 5);
	assert_int_equal(keys->v[2].line, 9);
	assert_ptr_equal(log_keys_at(keys, 5), &keys->v[0]);
	assert_ptr_equal(log_keys_at(keys, 6), &keys->v[1]);
	assert_ptr_equal(log_keys_at(keys, 9), &keys->v[1]);
	assert_ptr_equal(log_keys_at(keys, 10), &keys->v[2]);
	assert_ok(log_checkpoint_at(f->l, 5, &note, &e), &e);
	assert_ok(checkpoint_open(&f->a, &c, arena_copy(&f->a, buf_view(&note)), &keys->v[0].key, &e), &e);
	assert_int_equal(c.extensions.n, 0);
	buf_clear(&note);
	assert_ok(log_checkpoint_at(f->l, 6, &note, &e), &e);
	assert_false(checkpoint_open(&f->a, &c, arena_copy(&f->a, buf_view(&note)), &keys->v[0].key, NULL));
	assert_int_equal(stat(file(f, "log.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(fs_exists(file(f, "log.key.next")));
	buf_release(&note);
}

/* Whatever lies in the two files when a change was cut off, the next opening signs with the key that the log names. */
static void a_change_that_was_cut_off_is_finished_or_was_none(void **state)
{
	struct fixture *f = *state;
	const struct span old = contents(f, file(f, "log.key"));
	struct err e = {0};
	struct span now;

	rotate(f->l);
	now = contents(f, file(f, "log.key"));
	assert_false(span_eq(old, now));
	/* After the commit, before the rename. */
	assert_ok(fs_write(file(f, "log.key"), old, 0600, &e) && fs_write(file(f, "log.key.next"), now, 0600, &e), &e);
	reopen(f);
	assert_true(span_eq(contents(f, file(f, "log.key")), now));
	assert_false(fs_exists(file(f, "log.key.next")));
	/* Before the commit: what was prepared is nobody's key. */
	assert_ok(fs_write(file(f, "log.key.next"), old, 0600, &e), &e);
	reopen(f);
	assert_true(span_eq(contents(f, file(f, "log.key")), now));
	rotate(f->l);
	test_log_grow(f->l, 12);
	assert_whole(f->dir, f->memory);
	/* The old key alone appends nothing. */
	assert_ok(fs_write(file(f, "log.key"), old, 0600, &e), &e);
	assert_null(log_open(f->dir, LOG_APPEND, NULL, &e));
	assert_string_equal(buf_cstr(&e.what), "this is not the key that the log names");
	err_clear(&e);
	assert_ok(fs_write(file(f, "log.key"), now, 0600, &e), &e);
	assert_null(log_open(f->dir, LOG_APPEND, NULL, NULL));
}

static void another_writer_notices_the_new_key(void **state)
{
	struct fixture *f = *state;
	struct log *other = test_log_open(f->dir, f->memory);
	struct err e = {0};

	rotate(other);
	test_log_grow(f->l, 8);
	assert_ok(log_checkpoint(f->l, NULL, &e), &e);
	rotate(f->l);
	assert_ok(log_checkpoint(other, NULL, &e), &e);
	log_release(other);
	assert_whole(f->dir, f->memory);
	assert_int_equal(log_keys(f->l)->n, 3);
}

static void followers_and_exports_lead_from_the_first_key(void **state)
{
	struct fixture *f = *state;
	const char *one = arena_fmt(&f->a, "%s/one", f->memory), *two = arena_fmt(&f->a, "%s/two", f->memory),
		   *there = arena_fmt(&f->a, "%s/there", f->memory), *tiles = arena_fmt(&f->a, "%s/tiles", f->memory);
	struct export_result out;
	struct tiles_result t;
	struct followed got;
	struct err e = {0};
	struct log *l;

	assert_ok(log_checkpoint(f->l, NULL, &e) && log_export_jsonl(f->l, one, NULL, &out, &e) &&
		  log_export_tiles(f->l, tiles, NULL, &t, &e), &e);
	rotate(f->l);
	rotate(f->l);
	test_log_grow(f->l, 9);
	assert_ok(log_checkpoint(f->l, NULL, &e) && log_export_jsonl(f->l, two, NULL, &out, &e) &&
		  log_export_tiles(f->l, tiles, NULL, &t, &e), &e);
	assert_int_equal(t.before, 5);
	assert_ok(log_follow(one, there, &got, &e) && log_follow(two, there, &got, &e), &e);
	assert_whole(there, NULL);
	l = log_open(there, LOG_READ, NULL, &e);
	assert_ok(l != NULL, &e);
	assert_int_equal(log_keys(l)->n, 3);
	log_release(l);
	assert_ok(log_follow(two, arena_fmt(&f->a, "%s/anew", f->memory), &got, &e), &e);
	assert_whole(arena_fmt(&f->a, "%s/anew", f->memory), NULL);
	/* Another key than the one that the lines lead to. */
	assert_ok(fs_write(arena_fmt(&f->a, "%s/log.vkey", two),
			   contents(f, arena_fmt(&f->a, "%s/log.vkey", one)), 0644, &e), &e);
	assert_false(log_follow(two, arena_fmt(&f->a, "%s/no", f->memory), &got, &e));
	err_clear(&e);
}

static void a_backup_during_a_change_has_the_key_that_its_log_names(void **state)
{
	struct fixture *f = *state;
	const char *copy = arena_fmt(&f->a, "%s/copy", f->memory);
	const struct span old = contents(f, file(f, "log.key"));
	struct err e = {0};
	struct span now;

	assert_ok(fs_create(file(f, "deployment.json"), span_str("{}"), 0644, &e), &e);
	rotate(f->l);
	now = contents(f, file(f, "log.key"));
	assert_ok(fs_write(file(f, "log.key"), old, 0600, &e), &e);
	assert_false(log_backup(f->dir, copy, &e));
	err_clear(&e);
	assert_false(fs_exists(copy));
	assert_ok(fs_write(file(f, "log.key.next"), now, 0600, &e) && log_backup(f->dir, copy, &e), &e);
	log_release(test_log_open(copy, NULL));
}

/* The last key's seed, as a thief has it who rewrote the file; who vouches for it is another matter. */
static const struct { const char *sql, *findings; } damages[] = {
	{ "DELETE FROM checkpoints WHERE i = 1; UPDATE checkpoints SET i = 1 WHERE i = 2",
	  "LOG-KEY 5: the note by which the key is changed is not the checkpoint before it\n" },
	{ "UPDATE checkpoints SET note = replace(note, 'key test', 'kei test') WHERE i = 1",
	  "CHECKPOINT-SIGNATURE 4: signature 1, by test.example/log, does not verify\n"
	  "LOG-KEY 5: the note by which the key is changed is not the checkpoint before it\n" },
	{ "INSERT INTO checkpoints SELECT 3, size, note FROM checkpoints WHERE i = 1",
	  "CHECKPOINT-FORM 4: checkpoint 3 is kept under size 5, says 5, after one over 6\n" },
	{ "INSERT INTO checkpoints SELECT 3, 8, replace(note, char(10) || '5' || char(10), char(10) || '8' || char(10))"
	  " FROM checkpoints WHERE i = 1",
	  "CHECKPOINT-ROOT 7: checkpoint 3 was signed over another history than the first 8 lines\n"
	  "LOG-KEY: checkpoint 3 changes the log key, and there is no line that says so\n" },
};

static void a_change_that_nobody_vouches_for_is_found(void **state)
{
	struct fixture *f = *state;

	rotate(f->l);
	test_log_grow(f->l, 8);
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		const char *copy = temporary_directory(&f->a);
		struct buf found = {0};
		struct err e = {0};

		assert_ok(store_copy(file(f, "log.db"), arena_fmt(&f->a, "%s/log.db", copy), &e), &e);
		test_log_damage(copy, damages[i].sql);
		test_log_findings(&found, copy, NULL);
		if (strcmp(buf_cstr(&found), damages[i].findings) != 0)
			fail_msg("%s\nfound:\n%sneeded:\n%s", damages[i].sql, buf_cstr(&found), damages[i].findings);
		buf_release(&found);
	}
}

/* A key that the old one never signed for: the line is there, in its place, and says so itself. */
static void a_key_that_the_old_one_did_not_sign_for_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct tree_head head = log_head(f->l);
	const uint8_t seed[32] = { 7 };
	const struct note_key next = note_key_of_seed(&f->a, log_origin(f->l), seed);
	struct json *body = json_object(&f->a);
	struct line line = { .kind = span_str("log.key-rotated"), .actor = span_str("p1"), .auth = span_str("claimed"),
			     .body = body };
	struct buf note = {0}, vkey = {0}, found = {0};
	struct err e = {0};

	handover_make(&note, &head, log_key(f->l), NULL, &next, seed);
	note_key_format(&vkey, &next);
	json_set(body, &f->a, "logKey", json_text(&f->a, buf_view(&vkey)));
	json_set(body, &f->a, "note", json_text(&f->a, buf_view(&note)));
	assert_ok(log_append(f->l, &line, &e), &e);
	test_log_findings(&found, f->dir, NULL);
	assert_non_null(strstr(buf_cstr(&found), "LOG-KEY 5: note: no signature by test.example/log+"));
	buf_release(&note);
	buf_release(&vkey);
	buf_release(&found);
}

/* ---- a copy from before the change ------------------------------------------------------------------------------ */

static bool restore(struct fixture *f, const char *copy, const char *memory, const struct span *seen, size_t n,
		    struct restored *out, struct err *e)
{
	const struct restoring r = { .remember = memory, .seen = seen, .n_seen = n, .actor = span_str("p1"),
				     .auth = span_str("claimed") };

	return log_restore(copy, arena_fmt(&f->a, "%s/w", temporary_directory(&f->a)), &r, out, e);
}

static void what_was_signed_by_a_later_key_is_seen_where_its_note_is_shown(void **state)
{
	struct fixture *f = *state;
	const char *copy = arena_fmt(&f->a, "%s/copy", temporary_directory(&f->a)),
		   *nowhere = temporary_directory(&f->a);
	struct span seen[2];
	struct restored out;
	struct buf note = {0};
	struct err e = {0};

	assert_ok(fs_create(file(f, "deployment.json"), span_str("{}"), 0644, &e) && log_backup(f->dir, copy, &e), &e);
	rotate(f->l);
	test_log_grow(f->l, 9);
	assert_ok(log_checkpoint(f->l, &note, &e), &e);
	seen[0] = arena_copy(&f->a, buf_view(&note));
	seen[1] = arena_copy(&f->a, log_keys_now(log_keys(f->l))->note);
	buf_release(&note);
	assert_false(restore(f, copy, nowhere, seen, 1, &out, &e));
	assert_string_equal(e.refusal, "LOG-KEY");
	err_clear(&e);
	assert_ok(restore(f, copy, nowhere, seen, 2, &out, &e), &e);
	assert_int_equal(out.missing, 4);
	/* This machine's own memory needs no note. */
	assert_ok(restore(f, copy, f->memory, NULL, 0, &out, &e), &e);
	assert_int_equal(out.missing, 4);
}

/* Whoever has it could say that more was lost than was. */
static void a_key_that_was_changed_vouches_for_no_later_lines(void **state)
{
	struct fixture *f = *state;
	const char *copy = arena_fmt(&f->a, "%s/copy", temporary_directory(&f->a)),
		   *nowhere = temporary_directory(&f->a);
	const struct tree_head more = { .size = 99, .root = {{ 1 }} };
	struct span seen[2], text = contents(f, file(f, "log.key"));
	struct restored out;
	struct note_key old;
	struct buf body = {0}, note = {0};
	struct err e = {0};
	uint8_t seed[32];

	assert_ok(fs_create(file(f, "deployment.json"), span_str("{}"), 0644, &e) && log_backup(f->dir, copy, &e), &e);
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	assert_ok(note_seed_parse(&f->a, &old, seed, text, &e), &e);
	rotate(f->l);
	checkpoint_write(&body, log_origin(f->l), &more);
	note_sign_with(&note, buf_view(&body), &old, seed);
	seen[0] = arena_copy(&f->a, buf_view(&note));
	seen[1] = arena_copy(&f->a, log_keys_now(log_keys(f->l))->note);
	assert_false(restore(f, copy, nowhere, seen, 2, &out, &e));
	assert_string_equal(e.refusal, "LOG-KEY");
	err_clear(&e);
	buf_release(&body);
	buf_release(&note);
}

/* ---- by the owners' word ---------------------------------------------------------------------------------------- */

/* Owner i has the key i + 1, over and over. */
static struct message_signature vouch_as(struct fixture *f, const struct deployment *d, struct span note, size_t i)
{
	struct message_signature out = { .owner = d->people[i].address };
	struct handover h;
	struct message m;
	struct hash32 digest;
	struct err e = {0};
	uint8_t key[32];

	assert_ok(handover_open(&f->a, &h, note, &e), &e);
	m = log_succession(&h);
	message_digest(&digest, d, &m);
	memset(key, (int)i + 1, sizeof(key));
	assert_true(sig_make(&out.sig, &digest, key));
	return out;
}

/* The log adopts this profile, under a checkpoint or not. */
static void adopt(struct fixture *f, const struct deployment *d, bool sign)
{
	struct json *body = json_object(&f->a);
	struct line l = { .kind = span_str("deployment.adopted"), .actor = span_str("p1"),
			  .auth = span_str("claimed"), .body = body };
	struct buf text = {0};
	struct hash32 profile;
	struct err e = {0};

	json_canonical(&text, d->identity);
	assert_ok(log_begin(f->l, &e) && log_add_blob(f->l, buf_view(&text), BLOB_PUBLIC, &profile, &e), &e);
	json_set(body, &f->a, "profile", json_bare(&f->a, SPAN_HASH(&profile)));
	assert_ok(log_add_line(f->l, &l, &e) && (!sign || log_add_checkpoint(f->l, NULL, &e)) && log_commit(f->l, &e),
		  &e);
	buf_release(&text);
}

/* One owner, whose key is 0x01 over and over. */
static struct deployment one_owner(struct person *p)
{
	struct deployment d = { .chain_id = 84532999, .threshold = 1, .people = p, .n_people = 1 };
	uint8_t key[32];

	memset(key, 1, sizeof(key));
	*p = (struct person){ .id = span_str("p1"), .owner = true };
	assert_true(sig_key_address(&p->address, key, NULL));
	return d;
}

/* Two of five are too few for a threshold of three. */
static void succeed(struct fixture *f, const struct deployment *d)
{
	const struct log_options options = { f->memory };
	struct message_signature v[3];
	struct succession s = { span_str("p1"), span_str("claimed"), d, log_succession_needs(d), v, 2 };
	struct buf note = {0};
	struct err e = {0};

	assert_ok(log_offer_key(f->l, true, &note, &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		v[i] = vouch_as(f, d, arena_copy(&f->a, buf_view(&note)), i);
	buf_release(&note);
	log_release(f->l);
	f->l = NULL;
	assert_false(log_succeed_key(f->dir, &options, &s, &e));
	assert_string_equal(e.refusal, "OWNERS");
	err_clear(&e);
	s.n = 3;
	s.needs = 4;
	assert_false(log_succeed_key(f->dir, &options, &s, &e));
	assert_err(&e, ERR_REFUSED, "[OWNERS] 3 of the 4 owners it takes have signed for the new log key");
	err_clear(&e);
	s.needs = 3;
	assert_ok(log_succeed_key(f->dir, &options, &s, &e), &e);
	f->l = test_log_open(f->dir, f->memory);
}

static struct line line_at(struct fixture *f, uint64_t seq)
{
	struct err e = {0};
	struct line l;

	assert_ok(log_line_read(f->l, &f->a, seq, &l, &e), &e);
	return l;
}

static void a_lost_key_is_succeeded_by_the_owners(void **state)
{
	struct fixture *f = *state;
	const struct span old = contents(f, file(f, "log.key"));
	struct sample o;
	struct err e = {0};

	sample_init(&o, 84532999);
	adopt(f, &o.d, true);
	succeed(f, &o.d);
	sample_release(&o);
	assert_whole(f->dir, f->memory);
	assert_int_equal(log_keys(f->l)->n, 2);
	assert_true(log_keys_now(log_keys(f->l))->succeeded);
	assert_false(fs_exists(file(f, "log.key.successor")));
	test_log_grow(f->l, 9);
	/* Cut off after the commit: the key waits under the other name. */
	assert_int_equal(rename(file(f, "log.key"), file(f, "log.key.successor")), 0);
	assert_ok(fs_write(file(f, "log.key"), old, 0600, &e), &e);
	reopen(f);
	test_log_grow(f->l, 10);
	assert_false(fs_exists(file(f, "log.key.successor")));
}

/* A restored log goes on from the first key; whoever had followed a second one goes back with the owners' word
 * alone. */
static void followers_go_back_with_the_owners_alone(void **state)
{
	struct fixture *f = *state;
	struct sample o;
	struct log_keys pins = { .a = &f->a };
	struct line rotated, succeeded;
	struct err e = {0};

	sample_init(&o, 84532999);
	const struct deployment d = o.d;
	struct deployment strangers;
	adopt(f, &d, true);
	assert_ok(store_copy(file(f, "log.db"), file(f, "old.db"), &e), &e);
	const struct span key = contents(f, file(f, "log.key"));
	log_keys_begin(&pins, log_key(f->l));
	rotate(f->l);
	rotated = line_at(f, 6);
	assert_ok(log_keys_follow(&pins, &rotated, &d, &e), &e);
	log_release(f->l);
	assert_int_equal(rename(file(f, "old.db"), file(f, "log.db")), 0);
	assert_ok(fs_write(file(f, "log.key"), key, 0600, &e), &e);
	f->memory = temporary_directory(&f->a);
	f->l = test_log_open(f->dir, f->memory);
	succeed(f, &d);
	succeeded = line_at(f, 6);
	strangers = d;
	strangers.chain_id++;
	assert_false(log_keys_follow(&pins, &succeeded, &strangers, NULL));
	assert_int_equal(pins.n, 2);
	assert_ok(log_keys_follow(&pins, &succeeded, &d, &e), &e);
	assert_int_equal(pins.n, 2);
	assert_true(log_keys_now(&pins)->succeeded);
	assert_false(log_keys_follow(&pins, &rotated, &d, NULL));
	sample_release(&o);
}

/* The succession's line, with something else in it, and the leaf and node that go with that. */
static void edit_succession(struct fixture *f, uint64_t seq, const char *from, const char *to)
{
	const struct span line = line_at(f, seq).raw;
	const char *text = arena_str(&f->a, line), *at = strstr(text, from);
	struct buf sql = {0}, hex = {0};
	struct hash32 leaf;

	assert_non_null(at);
	const char *edited = arena_fmt(&f->a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	line_leaf(&leaf, span_str(edited));
	buf_hex(&hex, SPAN_HASH(&leaf));
	buf_fmt(&sql, "UPDATE lines SET line = '%s', leaf = x'%s' WHERE seq = %llu;"
		"UPDATE nodes SET hash = x'%s' WHERE i = %llu", edited, buf_cstr(&hex), (unsigned long long)seq,
		buf_cstr(&hex), (unsigned long long)merkle_index(0, seq));
	log_release(f->l);
	test_log_damage(f->dir, buf_cstr(&sql));
	f->l = log_open(f->dir, LOG_READ, NULL, NULL);
	buf_release(&sql);
	buf_release(&hex);
}

/* Whoever can write the file can write such a line, with a key of his own. The owners' signatures are what he lacks. */
static void a_forged_succession_is_refused_when_the_log_is_opened(void **state)
{
	static const struct { const char *from, *to, *code, *says; } cases[] = {
		{ "\"signatures\":[{\"owner\":\"", "\"signatures\":[],\"was\":[{\"owner\":\"", "OWNERS",
		  "0 of the 3 owners it takes" },
		{ "\"signature\":\"0x", "\"signature\":\"0x1", NULL, "signatures[0]" },
		{ "\"signature\":\"0x", "\"signature\":\"0x11111111", NULL, "signatures[0]" },
		{ "\"adopted\":5", "\"adopted\":0", "LOG-DAMAGED", "is not there" },
		{ "\"adopted\":5", "\"adopted\":4", "LOG-DAMAGED", "line 4 is not the one" },
		{ "\"adopted\":5", "\"adopted\":6", "LOG-DAMAGED", "line 6 is not the one" },
		{ "\"adopted\":5", "\"adopted\":99", "LOG-DAMAGED", "no line 99" },
	};
	struct fixture *f = *state;
	struct sample o;

	sample_init(&o, 84532999);
	adopt(f, &o.d, true);
	succeed(f, &o.d);
	sample_release(&o);
	assert_ok(store_copy(file(f, "log.db"), file(f, "whole.db"), NULL), &(struct err){0});
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = {0};
		struct buf found = {0};

		edit_succession(f, 6, cases[i].from, cases[i].to);
		assert_null(f->l);
		assert_null(log_open(f->dir, LOG_READ, NULL, &e));
		if (cases[i].code)
			assert_string_equal(e.refusal, cases[i].code);
		if (!strstr(buf_cstr(&e.what), cases[i].says) && !strstr(buf_cstr(&e.field), cases[i].says))
			fail_msg("case %zu: %s: %s", i, buf_cstr(&e.field), buf_cstr(&e.what));
		err_clear(&e);
		test_log_findings(&found, f->dir, f->memory);
		assert_non_null(strstr(buf_cstr(&found), "LOG-KEY 6: "));
		buf_release(&found);
		assert_int_equal(rename(file(f, "whole.db"), file(f, "log.db")), 0);
		assert_ok(store_copy(file(f, "log.db"), file(f, "whole.db"), NULL), &(struct err){0});
		f->l = log_open(f->dir, LOG_READ, NULL, NULL);
		assert_non_null(f->l);
	}
}

/* Opening does not read every line: that a newer profile was adopted before the checkpoint is found by whoever does. */
static void an_older_profile_than_the_last_one_is_found_by_reading_all_lines(void **state)
{
	struct fixture *f = *state;
	struct buf found = {0};
	struct sample o;
	struct err e = {0};

	sample_init(&o, 84532999);
	adopt(f, &o.d, true);
	adopt(f, &o.d, true);
	succeed(f, &o.d);
	sample_release(&o);
	assert_ok(log_check_successions(f->l, &e), &e);
	edit_succession(f, 7, "\"adopted\":6", "\"adopted\":5");
	assert_non_null(f->l);
	assert_false(log_check_successions(f->l, &e));
	assert_err(&e, ERR_MISMATCH, "succession.adopted: line 5 is not the one that the checkpoint's last profile was "
		   "adopted by");
	err_clear(&e);
	test_log_findings(&found, f->dir, f->memory);
	assert_non_null(strstr(buf_cstr(&found), "LOG-KEY 7: "));
	buf_release(&found);
}

/* Lines 0 to 2 name the owner; line 3, which no key of the log signed for, names whoever wrote it. */
static const struct deployment *thief_after_three(void *ctx, uint64_t size)
{
	const struct deployment *both = ctx;

	return size > 3 ? &both[1] : &both[0];
}

static bool root_of_test(void *ctx, uint64_t size, struct hash32 *out, struct err *e)
{
	(void)ctx;
	(void)e;
	*out = (struct hash32){ { (uint8_t)size } };
	return true;
}

struct forged {
	struct deployment both[2];
	struct person people[2];
	struct line line;
	struct tree_head before;
	struct log_keys keys;
};

static void sign_head(struct fixture *f, struct json *body, uint64_t size, const struct note_key *key,
		      const uint8_t seed[32])
{
	const struct tree_head head = { size, { { (uint8_t)size } } };
	struct buf text = {0}, note = {0};

	checkpoint_write(&text, key->name, &head);
	note_sign(&note, buf_view(&text), key->name, seed);
	json_set(body, &f->a, "checkpoint", json_text(&f->a, buf_view(&note)));
	buf_release(&text);
	buf_release(&note);
}

/* One owner, and a thief with a profile of his own: he signs as its only owner for a key of his own, over 5 lines. */
static void forge(struct fixture *f, struct forged *out, const uint8_t old_seed[32])
{
	const uint8_t seed[32] = { 9 };
	const struct note_key old = note_key_of_seed(&f->a, span_str("test.example/log"), old_seed),
			      next = note_key_of_seed(&f->a, span_str("test.example/log"), seed);
	struct json *body = json_object(&f->a);
	struct buf note = {0}, vkey = {0};
	struct message_signature v;

	*out = (struct forged){ .before = { 5, { { 5 } } }, .keys = { .a = &f->a } };
	log_keys_begin(&out->keys, &old);
	out->both[1] = one_owner(&out->people[1]);
	out->both[0] = one_owner(&out->people[0]);
	out->people[0].address.b[0] ^= 1;
	handover_make(&note, &out->before, &old, NULL, &next, seed);
	note_key_format(&vkey, &next);
	v = vouch_as(f, &out->both[1], arena_copy(&f->a, buf_view(&note)), 0);
	json_set(body, &f->a, "logKey", json_text(&f->a, buf_view(&vkey)));
	json_set(body, &f->a, "note", json_text(&f->a, buf_view(&note)));
	json_set(body, &f->a, "signatures", message_signatures_to_json(&f->a, &v, 1));
	out->line = (struct line){ .seq = 5, .kind = span_str("log.key-succeeded"), .body = body };
	buf_release(&note);
	buf_release(&vkey);
}

/* Without any key of the log a thief can append a profile of his own and succeed as its owner: under a checkpoint that
 * the old key signed it does not stand, and so he is nobody. */
static void owners_are_those_under_the_last_checkpoint_of_the_lost_key(void **state)
{
	static const struct { uint64_t size, adopted; uint8_t by; const char *says; } cases[] = {
		{ 3, 0, 1, "OWNERS" }, { 4, 3, 9, NULL }, { 4, 3, 1, "" }, { 4, 0, 1, NULL }, { 6, 3, 1, NULL },
		{ 0, 0, 1, NULL },
	};
	struct log_profile adoptions[] = { { .seq = 0 }, { .seq = 3 } };
	const struct log_profiles profiles = { adoptions, 2, 2 };
	struct fixture *f = *state;
	const uint8_t seed[32] = { 1 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const uint8_t by_seed[32] = { cases[i].by };
		const struct note_key by = note_key_of_seed(&f->a, span_str("test.example/log"), by_seed);
		struct forged x;
		struct err e = {0};
		bool ok;

		forge(f, &x, seed);
		const struct log_past past = { root_of_test, thief_after_three, &profiles, x.both };
		assert_false(log_keys_take(&x.keys, &x.line, &x.before, &past, NULL));
		json_set((struct json *)(uintptr_t)x.line.body, &f->a, "adopted", json_u64(&f->a, cases[i].adopted));
		sign_head(f, (struct json *)(uintptr_t)x.line.body, cases[i].size, &by, by_seed);
		ok = log_keys_take(&x.keys, &x.line, &x.before, &past, &e);
		assert_int_equal(ok, cases[i].says && !cases[i].says[0]);
		assert_int_equal(x.keys.n, ok ? 2 : 1);
		err_clear(&e);
	}
}

static const struct deployment *removed_at_three(void *ctx, uint64_t size)
{
	const struct deployment *both = ctx;

	return size > 3 ? &both[0] : &both[1];
}

/* An owner whom line 3 removed has an old checkpoint, from when he was one; and a lost key cannot say that it signed a
 * newer one. */
static void who_was_removed_since_cannot_show_an_older_checkpoint(void **state)
{
	struct log_profile adoptions[] = { { .seq = 0 }, { .seq = 3 } };
	struct log_profiles profiles = { adoptions, 2, 2 };
	struct fixture *f = *state;
	const uint8_t seed[32] = { 1 };
	const struct note_key key = note_key_of_seed(&f->a, span_str("test.example/log"), seed);
	struct forged x;
	struct err e = {0};

	forge(f, &x, seed);
	const struct log_past past = { root_of_test, removed_at_three, &profiles, x.both };
	json_set((struct json *)(uintptr_t)x.line.body, &f->a, "adopted", json_u64(&f->a, 0));
	sign_head(f, (struct json *)(uintptr_t)x.line.body, 3, &key, seed);
	assert_false(log_keys_take(&x.keys, &x.line, &x.before, &past, &e));
	assert_err(&e, ERR_MISMATCH, "succession.checkpoint: line 3 adopts a profile, and the old key's checkpoint is "
		   "from before it");
	err_clear(&e);
	assert_false(log_keys_rest_on_newest(&x.line, &profiles, NULL));
	profiles.n = 1;
	assert_ok(log_keys_take(&x.keys, &x.line, &x.before, &past, &e), &e);
	assert_ok(log_keys_rest_on_newest(&x.line, &profiles, &e), &e);
}

/* The same on the other side: where the lost key did not sign for the profile in force, nobody can succeed it. */
static void a_profile_that_the_lost_key_did_not_sign_for_has_no_owners(void **state)
{
	struct fixture *f = *state;
	const struct log_options options = { f->memory };
	struct sample o;
	struct message_signature v[3];
	struct buf note = {0};
	struct err e = {0};

	sample_init(&o, 84532999);
	struct succession s = { span_str("p1"), span_str("claimed"), &o.d, 3, v, 3 };
	adopt(f, &o.d, false);
	assert_ok(log_offer_key(f->l, true, &note, &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		v[i] = vouch_as(f, &o.d, arena_copy(&f->a, buf_view(&note)), i);
	buf_release(&note);
	assert_false(log_succeed_key(f->dir, &options, &s, &e));
	assert_string_equal(e.refusal, "OWNERS");
	err_clear(&e);
	assert_ok(log_checkpoint(f->l, NULL, &e), &e);
	assert_ok(log_succeed_key(f->dir, &options, &s, &e), &e);
	sample_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(each_key_signs_over_its_own_lines), T(a_change_that_was_cut_off_is_finished_or_was_none),
		T(another_writer_notices_the_new_key), T(followers_and_exports_lead_from_the_first_key),
		T(a_backup_during_a_change_has_the_key_that_its_log_names),
		T(owners_are_those_under_the_last_checkpoint_of_the_lost_key),
		T(who_was_removed_since_cannot_show_an_older_checkpoint),
		T(a_profile_that_the_lost_key_did_not_sign_for_has_no_owners),
		T(a_forged_succession_is_refused_when_the_log_is_opened),
		T(an_older_profile_than_the_last_one_is_found_by_reading_all_lines),
		T(a_lost_key_is_succeeded_by_the_owners), T(followers_go_back_with_the_owners_alone),
		T(what_was_signed_by_a_later_key_is_seen_where_its_note_is_shown),
		T(a_key_that_was_changed_vouches_for_no_later_lines),
		T(a_change_that_nobody_vouches_for_is_found), T(a_key_that_the_old_one_did_not_sign_for_is_refused),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
