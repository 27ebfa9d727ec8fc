/* Attestations: what is accepted has one spelling and is worth nothing for a deployment that it does not name; what is
 * refused says why. The same bytes as a challenge are accepted only when they are the one that we write. */
#include "src/gov/attestation.h"
#include "tests/fuzz/target.h"

static void try_challenge(struct arena *a, struct span in, const struct deployment *d)
{
	struct attestation t;
	const struct json *doc = json_parse(a, in, NULL);
	if (doc != NULL && attestation_from_typed_data(a, &t, doc, d, NULL))
		demand(json_same(doc, attestation_typed_data(a, d, &t)), "an accepted challenge is written otherwise");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span in = span_of(data, n);
	const struct deployment d = { .chain_id = 1 };
	struct arena a = {0};
	struct buf again = {0};
	struct err e = {0};
	struct attestation t;
	if (attestation_parse(&a, &t, in, &e)) {
		attestation_write(&a, &again, &t);
		demand(again.n >= in.n && again.n <= in.n + 1 &&
		       span_eq(span_of(again.p, in.n), in), "an accepted attestation is written as other bytes");
		demand(!attestation_check(&t, &d, NULL), "nobody attested anything for this deployment");
	} else {
		demand(e.what.n != 0, "a refused attestation has no reason");
	}
	try_challenge(&a, in, &d);
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
