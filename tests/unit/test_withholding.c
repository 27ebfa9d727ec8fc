/* What an export withholds: which line names it, why it may be, and what is withheld without a reason. */
#include "tests/support/check.h"

#include <string.h>

#include "src/cli/withholding.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define H64 "1111111111111111111111111111111111111111111111111111111111111111"
#define H "0x" H64

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct withholding begin(const char *list)
{
	struct withholding w;
	struct err e = {0};

	assert_ok(withholding_begin(&w, &arena, span_str(arena_fmt(&arena, "{\"withheld\":[%s]}", list)), &e), &e);
	return w;
}

static void take(struct withholding *w, uint64_t seq, const char *kind, const char *actor, const char *body)
{
	struct line l = { .seq = seq, .kind = span_str(kind), .change = span_str("SC-1"), .actor = span_str(actor) };
	struct err e = {0};

	l.body = json_parse(&arena, span_str(body), &e);
	assert_non_null(l.body);
	assert_ok(withholding_take(w, &l, &e), &e);
}

static void same_json(const struct json *v, const char *text)
{
	struct buf b = {0};

	json_canonical(&b, v);
	assert_string_equal(buf_cstr(&b), text);
	buf_release(&b);
}

static void a_signature_that_is_not_used_is_named_with_whose_it_is(void **state)
{
	struct withholding w = begin("{\"class\":\"bearer\",\"sha256\":\"" A "\"}");

	(void)state;
	take(&w, 6, "signature.added", "p4", "{\"signature\":\"" B "\",\"step\":\"schedule\"}");
	take(&w, 7, "signature.added", "p5",
	     "{\"safeTxHash\":\"" H "\",\"signature\":\"" A "\",\"step\":\"schedule\"}");
	take(&w, 8, "signature.added", "p1", "{\"signature\":\""
		   A "\",\"step\":\"cancel\"}");     /* the first counts */
	assert_string_equal(withholding_words(&w, 0),
			    "signature of p5 for schedule of SC-1 (line 7), bearer: it was not used on chain yet, and "
			    "whoever has it could use it");
	assert_string_equal(withholding_consequence(&w, 0),
			    "that it was given, and by whom, is the operator's word; nothing on chain rests on it");
	assert_null(withholding_fault(&w, 0));
	assert_int_equal(w.v[0].about.b[0], 0x11);
}

static void words_of_a_line_are_made_safe(void **state)
{
	struct withholding w = begin("{\"class\":\"bearer\",\"sha256\":\"" A "\"}");

	(void)state;
	take(&w, 3, "submit.intended", "p5", "{\"raw\":\"" A "\",\"step\":\"\\u001b[2J\",\"txHash\":\"" H "\"}");
	assert_null(strchr(withholding_words(&w, 0), 0x1b));
	assert_non_null(strstr(withholding_words(&w, 0), "signed transaction for \\u{001B}[2J of SC-1 (line 3), "
		   "bearer"));
}

static void an_erasure_takes_two_people(void **state)
{
	struct withholding w = begin("{\"class\":\"erased\",\"sha256\":\"" A "\"}");

	(void)state;
	take(&w, 4, "change.drafted", "p3", "{\"attachments\":[{\"name\":\"cv\",\"sha256\":\"" A "\"}]}");
	assert_string_equal(withholding_fault(&w, 0), "no line says that it was erased");
	take(&w, 5, "blob.erase-asked", "p1", "{\"blob\":\"" A "\"}");
	take(&w, 6, "blob.erased", "p1", "{\"asked\":5,\"blob\":\"" A "\"}");
	assert_string_equal(withholding_fault(&w, 0), "its erasure was not agreed on by two people");
	take(&w, 7, "blob.erased", "p2", "{\"asked\":5,\"blob\":\"" A "\"}");
	assert_null(withholding_fault(&w, 0));
	assert_string_equal(withholding_words(&w, 0),
			    "attachments in change.drafted of SC-1 (line 4), erased: its bytes were taken out of the "
			    "log "
			    "for good, by p2 in line 7 as was asked in line 5");
}

/* One who withholds what convicts him looks for a class that nobody asks about. */
static void a_reason_has_to_fit_what_is_withheld(void **state)
{
	struct withholding w = begin("{\"class\":\"private\",\"sha256\":\"" A "\"},"
				     "{\"class\":\"archived\",\"sha256\":\"" B "\"},"
				     "{\"class\":\"bearer\",\"sha256\":\"" C "\"}");

	(void)state;
	take(&w, 1, "change.drafted", "p1", "{\"attachments\":[{\"sha256\":\"" A "\"},{\"sha256\":\"" B "\"},"
	     "{\"sha256\":\"" C "\"}]}");
	take(&w, 2, "log.archived", "p2",
	     "{\"asked\":1,\"name\":\"2026\",\"retention\":\"" H64 "\",\"segment\":\"" H64 "\"}");
	assert_null(withholding_fault(&w, 0));
	assert_null(withholding_fault(&w, 1));
	assert_string_equal(withholding_fault(&w, 2), "it is no signature and no transaction that anybody could use");
	/* Archived is what a list has, and not whatever there is once something was archived. */
	struct retained kept = {0};
	struct segment list = { .v = &kept };
	w.segments = &list;
	w.n_segments = 1;
	assert_string_equal(withholding_fault(&w, 1), "it is in the list of no segment that two people archived");
	list.n = 1;
	memset(kept.digest.b, 0xbb, sizeof(kept.digest.b));
	assert_null(withholding_fault(&w, 1));
	/* The same bytes are something else, too. */
	take(&w, 4, "signature.added", "p4", "{\"signature\":\"" A "\",\"step\":\"schedule\"}");
	take(&w, 5, "step.packed", "console", "{\"core\":\"" B "\",\"evidence\":\"" C "\"}");
	assert_string_equal(withholding_fault(&w, 0), "a signature or a transaction is no personal data");
	assert_string_equal(withholding_fault(&w, 1), "it stays in the log for good");
	assert_string_equal(withholding_fault(&w, 2), "an export always has it");
}

static void what_an_export_always_has_may_not_be_withheld(void **state)
{
	struct withholding w = begin("{\"class\":\"private\",\"sha256\":\""
		   A "\"},{\"class\":\"archived\",\"sha256\":\"" B
				     "\"},{\"class\":\"private\",\"sha256\":\"" C "\"}");
	const struct json *list;

	(void)state;
	take(&w, 4, "step.mined", "console", "{\"receipt\":\"" A "\"}");
	take(&w, 5, "step.packed", "console", "{\"core\":\"" H "\",\"evidence\":\"" B "\"}");
	assert_string_equal(withholding_fault(&w, 0), "an export always has it");
	assert_string_equal(withholding_fault(&w, 1), "no line says that anything was archived");
	assert_null(withholding_fault(&w, 2));
	assert_string_equal(withholding_words(&w, 2),
			    "a blob that no line names, private: it was attached as personal data, which is in no "
			    "export");
	take(&w, 6, "log.archive-asked", "p1",
	     "{\"name\":\"2026\",\"retention\":\"" H64 "\",\"segment\":\"" C "\"}");
	take(&w, 7, "log.archived", "p2",
	     "{\"asked\":6,\"name\":\"2026\",\"retention\":\"" H64 "\",\"segment\":\"" C "\"}");
	assert_null(withholding_fault(&w, 1));
	list = withholding_json(&arena, &w);
	assert_int_equal(list->n, 3);
	same_json(list->first, "{\"class\":\"private\",\"line\":4,\"sha256\":\"" A "\",\"text\":\"receipt in "
		   "step.mined of "
			       "SC-1 (line 4), private: it was attached as personal data, which is in no export\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_that_is_not_used_is_named_with_whose_it_is),
		cmocka_unit_test(words_of_a_line_are_made_safe),
		cmocka_unit_test(an_erasure_takes_two_people),
		cmocka_unit_test(a_reason_has_to_fit_what_is_withheld),
		cmocka_unit_test(what_an_export_always_has_may_not_be_withheld),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
