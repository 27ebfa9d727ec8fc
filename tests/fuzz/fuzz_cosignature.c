/* Owners' cosignatures: what is accepted has one spelling; what is refused says why. */
#include "src/gov/cosignature.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span in = span_of(data, n);
	const struct deployment d = { .chain_id = 1 };
	struct arena a = {0};
	struct buf again = {0};
	struct err e = {0};
	struct cosignature c;

	if (cosignature_parse(&a, &c, in, &e)) {
		cosignature_write(&a, &again, &c);
		demand(again.n >= in.n && again.n <= in.n + 1 &&
		       span_eq(span_of(again.p, in.n), in), "an accepted cosignature is written as other bytes");
		demand(!cosignature_check(&c, &d, NULL), "nobody owns this deployment");
	} else {
		demand(e.what.n != 0, "a refused cosignature has no reason");
	}
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
