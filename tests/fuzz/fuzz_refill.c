/* Lines that signers' journals kept, from whoever says so: a refusal has a reason, and what is read keeps its bytes. */
#include "audit-log/refill.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t seed[32] = { 1 };
	struct arena a = {0};
	const struct note_key key = note_key_of_seed(&a, span_str("x"), seed);
	struct refill r = {0};
	struct err e = {0};

	if (refill_read(&a, &r, span_of(data, n), key.name, &e)) {
		const size_t before = r.n;

		refill_sort(&r);
		demand(r.n <= before, "sorting made lines");
		for (size_t i = 0; i < r.n; i++) {
			struct hash32 leaf;

			line_leaf(&leaf, r.lines[i].raw);
			demand(hash32_eq(&leaf, &r.lines[i].leaf), "a line has another leaf");
		}
	} else {
		demand(e.what.n != 0, "a refusal has no reason");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
