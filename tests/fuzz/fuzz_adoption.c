/* Adoptions of policies and lists of releases: what is accepted has one spelling, and what it changes is said;
 * what is refused says why. */
#include "src/policy/adoption.h"
#include "tests/fuzz/target.h"

static void check_accepted(struct arena *a, const struct adoption *x, struct span in)
{
	const struct deployment d = { .chain_id = 1 };
	struct buf again = {0}, words = {0};
	size_t n;

	adoption_write(a, &again, x);
	demand(again.n >= in.n && again.n <= in.n + 1 && span_eq(span_of(again.p, in.n), in),
	       "an accepted adoption is written as other bytes");
	adoptable_sentences(&words, x->document);
	if (x->previous) {
		n = adoptable_differences(&words, x->previous, x->document);
		demand((n == 0) == hash32_eq(&x->previous->digest, &x->document->digest), "a difference goes unsaid");
	}
	demand(x->n == 0 || !adoption_is_complete(x, &d, NULL, NULL), "nobody owns this deployment");
	buf_release(&again);
	buf_release(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span in = span_of(data, n);
	struct arena a = {0};
	struct adoption x;
	struct err e = {0};

	if (adoption_parse(&a, &x, in, &e))
		check_accepted(&a, &x, in);
	else
		demand(e.what.n != 0, "a refused adoption has no reason");
	err_clear(&e);
	arena_release(&a);
	return 0;
}
