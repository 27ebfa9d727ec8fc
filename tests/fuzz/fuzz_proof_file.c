/* tlog-proofs and witness requests: what is accepted has one spelling; what is refused says why. */
#include "src/proof/proof_file.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span in = span_of(data, n);
	struct arena a = {0};
	struct buf again = {0};
	struct err e = {0};
	struct proof_file p;
	struct growth_file g;

	if (proof_file_parse(&a, &p, in, &e)) {
		proof_file_write(&again, &p);
		demand(span_eq(buf_view(&again), in), "an accepted proof is written as other bytes");
	} else {
		demand(e.what.n != 0, "a refused proof has no reason");
	}
	buf_clear(&again);
	if (growth_file_parse(&a, &g, in, NULL)) {
		growth_file_write(&again, &g);
		demand(span_eq(buf_view(&again), in), "an accepted request is written as other bytes");
	}
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
