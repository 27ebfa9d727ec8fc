/* What a report rests on, and how much of it one file carries. */
#include "audit-log/keys.h"
#include "src/crypto/hash.h"
#include "src/report/evidence.h"
#include "tests/support/check.h"
#include "tests/support/cosigners.h"
#include "tests/support/logs.h"
#include "tests/support/reports.h"

static const char *const columns[] = { "what" };

static struct report report_on(struct arena *a, const uint64_t *seqs, size_t n)
{
	struct report r = { .title = "T" };
	struct report_section *s = report_section(a, &r, "s", "S", columns, 1);

	for (size_t i = 0; i < n; i++)
		report_rests_on(a, report_row(a, s), seqs[i]);
	return r;
}

static void each_line_leads_to_the_checkpoint(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	const uint64_t seqs[] = { 6, 2, 6, 0 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	const uint64_t wanted[] = { 0, 2, 6 };
	struct err e = {0};
	size_t i = 0;

	(void)state;
	test_log_grow(l, 7);
	assert_ok(log_checkpoint(l, NULL, &e) && report_evidence(&a, &r, l, EVIDENCE_LIMITS, &e), &e);
	assert_int_equal(r.evidence.n, 3);
	assert_int_equal(r.evidence.size, 7);
	for (const struct report_line *x = r.evidence.first; x != NULL; x = x->next) {
		struct hash32 leaf;

		assert_int_equal(x->seq, wanted[i++]);
		assert_null(x->withheld);
		line_leaf(&leaf, x->raw);
		assert_true(hash32_eq(&leaf, &x->leaf));
		assert_ok(merkle_path_verify(&r.evidence.root, &leaf, x->seq, r.evidence.size, x->path.hash, x->path.n,
					     &e), &e);
	}
	log_release(l);
	arena_release(&a);
}

static void a_line_newer_than_the_checkpoint_has_no_path(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	const uint64_t seqs[] = { 0, 3 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct err e = {0};

	(void)state;
	test_log_grow(l, 4);
	assert_ok(report_evidence(&a, &r, l, EVIDENCE_LIMITS, &e), &e);
	assert_true(r.evidence.size < 4);
	assert_int_equal(r.evidence.last->seq, 3);
	assert_int_equal(r.evidence.last->path.n, 0);
	assert_true(r.evidence.last->raw.n > 0);
	log_release(l);
	arena_release(&a);
}

/* Left out is said, and the leaf still says which line it was. */
static void what_is_beyond_the_limits_is_a_leaf_alone(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	const uint64_t seqs[] = { 1, 2, 3 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct buf raw = {0};
	struct hash32 leaf;
	struct err e = {0};

	(void)state;
	test_log_grow(l, 4);
	assert_ok(log_checkpoint(l, NULL, &e) &&
		  report_evidence(&a, &r, l, (struct evidence_limits){ 3, 1 << 20 }, &e), &e);
	assert_int_equal(r.evidence.n, 4);
	assert_true(r.evidence.first->next->next->raw.n > 0);
	assert_int_equal(r.evidence.last->raw.n, 0);
	assert_string_equal(r.evidence.last->withheld, "left out: this file carries no more lines");
	assert_ok(log_line(l, 3, &raw, &e), &e);
	line_leaf(&leaf, buf_view(&raw));
	assert_true(hash32_eq(&leaf, &r.evidence.last->leaf));
	assert_ok(report_evidence(&a, &r, l, (struct evidence_limits){ 10, 1 }, &e), &e);
	assert_int_equal(r.evidence.first->raw.n, 0);
	buf_release(&raw);
	log_release(l);
	arena_release(&a);
}

static void cosign(struct log *l, unsigned owner, uint64_t size)
{
	struct arena a = {0};
	struct line line = test_line(&a, "checkpoint.cosigned", NULL, "");
	struct tree_head head = { .size = size };
	struct err e = {0};

	assert_ok(log_root_at(l, size, &head.root, &e), &e);
	line.body = test_cosigned(&a, owner, &head, &head);
	assert_ok(log_append(l, &line, &e), &e);
	arena_release(&a);
}

/* No row rests on them, and without them nobody could tell whose log it is, or trust it by who cosigned. */
static void line_0_and_each_cosigners_newest_word_are_carried(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	const uint64_t seqs[] = { 2 }, wanted[] = { 0, 2, 5, 6, 7 }, sizes[] = { 3, 4, 5 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct err e = {0};
	size_t i = 0;

	(void)state;
	test_log_grow(l, 4);
	cosign(l, 1, 2);
	cosign(l, 1, 3);
	cosign(l, 2, 4);
	cosign(l, 0, 5);
	assert_ok(log_checkpoint(l, NULL, &e) && report_evidence(&a, &r, l, EVIDENCE_LIMITS, &e), &e);
	assert_int_equal(r.evidence.n, ARRAY_LEN(wanted));
	for (const struct report_line *x = r.evidence.first; x != NULL; x = x->next)
		assert_int_equal(x->seq, wanted[i++]);
	i = 0;
	for (const struct report_root *x = r.evidence.roots; x != NULL; x = x->next)
		assert_int_equal(x->head.size, sizes[i++]);
	assert_int_equal(i, ARRAY_LEN(sizes));
	log_release(l);
	arena_release(&a);
}

/* After a change of the log key the checkpoint is by the new one, and the evidence names that. */
static void the_key_is_the_one_that_signed(void **state)
{
	struct arena a = {0};
	struct log *l = test_log_create(temporary_directory(&a), NULL);
	const uint64_t seqs[] = { 1 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct buf before = {0}, after = {0};
	struct err e = {0};

	(void)state;
	test_log_grow(l, 3);
	note_key_format(&before, log_key(l));
	assert_ok(log_rotate_key(l, span_str("p1"), span_str("claimed"), &e), &e);
	test_log_grow(l, 6);
	assert_ok(log_checkpoint(l, NULL, &e) && report_evidence(&a, &r, l, EVIDENCE_LIMITS, &e), &e);
	note_key_format(&after, log_key(l));
	assert_string_not_equal(buf_cstr(&before), buf_cstr(&after));
	assert_string_equal(r.evidence.vkey, buf_cstr(&after));
	assert_int_equal(r.evidence.size, 6);
	buf_release(&before);
	buf_release(&after);
	log_release(l);
	arena_release(&a);
}

/* ---- approvals -------------------------------------------------------------------------------------------------- */

/* The log of tests/support/reports.h: 5 and 6 approve of a step that is on chain, 11 of one that is not. */
static struct log *log_with_approvals(struct arena *a)
{
	const char *dir = temporary_directory(a);

	(void)test_report(a, dir, 12, TEST_REPORT_SEALED);
	return test_log_open(dir, NULL);
}

static void assert_lines(const struct report_evidence *ev, const uint64_t *wanted, size_t n)
{
	size_t i = 0;

	assert_int_equal(ev->n, n);
	for (const struct report_line *x = ev->first; x != NULL; x = x->next)
		assert_int_equal(x->seq, wanted[i++]);
}

/* Rows rest on one spent approval and on one that is not: the other one's lines are not asked for. */
static void a_spent_approval_has_its_signature_and_its_lines_beside_it(void **state)
{
	struct arena a = {0};
	struct log *l = log_with_approvals(&a);
	const uint64_t seqs[] = { 6, 11 }, wanted[] = { 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct hash32 digest, said;
	struct line line;
	struct err e = {0};

	(void)state;
	assert_ok(report_evidence(&a, &r, l, EVIDENCE_LIMITS, &e), &e);
	assert_lines(&r.evidence, wanted, ARRAY_LEN(wanted));
	assert_int_equal(r.evidence.n_approvals, 1);
	assert_int_equal(r.evidence.approvals[0].seq, 6);
	sha256(&digest, r.evidence.approvals[0].bytes);
	assert_ok(log_line_read(l, &a, 6, &line, &e) && json_get_bare_hash(line.body, "signature", &said, &e), &e);
	assert_true(hash32_eq(&digest, &said));
	log_release(l);
	arena_release(&a);
}

static void add_signature(struct log *l, const char *change, const struct line *like, struct span blob,
			  enum blob_class class)
{
	struct arena a = {0};
	struct line line = test_line(&a, "signature.added", change, "");
	struct json *body = json_object(&a);
	struct hash32 digest;
	struct err e = {0};

	assert_ok(log_begin(l, &e) && log_add_blob(l, blob, class, &digest, &e), &e);
	json_set(body, &a, "safeTxHash", json_copy(&a, json_find(like->body, "safeTxHash")));
	json_set(body, &a, "signature", json_bare(&a, SPAN_HASH(&digest)));
	json_set(body, &a, "step", json_copy(&a, json_find(like->body, "step")));
	line.body = body;
	assert_ok(log_add_line(l, &line, &e) && log_commit(l, &e), &e);
	arena_release(&a);
}

/* Lines that name what is no signature: 65 private bytes, 64 of a bearer; and one of another change, whose step is on
 * chain by no line of its own. None of them goes out. */
static void what_is_no_spent_signature_is_not_carried(void **state)
{
	static const uint8_t bytes[65] = { 1 }, other[65] = { 2 };
	struct arena a = {0};
	struct log *l = log_with_approvals(&a);
	const uint64_t seqs[] = { 5, 13, 14, 15 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct line line;
	struct err e = {0};

	(void)state;
	assert_ok(log_line_read(l, &a, 5, &line, &e), &e);
	assert_int_equal(log_size(l), 13);
	add_signature(l, "SC-7", &line, span_of(bytes, 65), BLOB_PRIVATE);
	add_signature(l, "SC-7", &line, span_of(bytes, 64), BLOB_BEARER);
	add_signature(l, "SC-8", &line, span_of(other, 65), BLOB_BEARER);
	assert_ok(log_checkpoint(l, NULL, &e) && report_evidence(&a, &r, l, EVIDENCE_LIMITS, &e), &e);
	assert_int_equal(r.evidence.n_approvals, 1);
	assert_int_equal(r.evidence.approvals[0].seq, 5);
	log_release(l);
	arena_release(&a);
}

/* A signature without the lines that say over what it is would be one that nobody can check. */
static void a_signature_whose_lines_are_beyond_the_limits_is_left_out(void **state)
{
	struct arena a = {0};
	struct log *l = log_with_approvals(&a);
	const uint64_t seqs[] = { 5 };
	struct report r = report_on(&a, seqs, ARRAY_LEN(seqs));
	struct err e = {0};

	(void)state;
	assert_ok(report_evidence(&a, &r, l, (struct evidence_limits){ 10, 1 << 20 }, &e), &e);
	assert_int_equal(r.evidence.n_approvals, 1);
	assert_null(r.evidence.last->withheld);
	assert_ok(report_evidence(&a, &r, l, (struct evidence_limits){ 9, 1 << 20 }, &e), &e);
	assert_int_equal(r.evidence.n_approvals, 0);
	assert_non_null(r.evidence.last->withheld);
	log_release(l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_leads_to_the_checkpoint),
		cmocka_unit_test(a_line_newer_than_the_checkpoint_has_no_path),
		cmocka_unit_test(what_is_beyond_the_limits_is_a_leaf_alone),
		cmocka_unit_test(line_0_and_each_cosigners_newest_word_are_carried),
		cmocka_unit_test(the_key_is_the_one_that_signed),
		cmocka_unit_test(a_spent_approval_has_its_signature_and_its_lines_beside_it),
		cmocka_unit_test(what_is_no_spent_signature_is_not_carried),
		cmocka_unit_test(a_signature_whose_lines_are_beyond_the_limits_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
