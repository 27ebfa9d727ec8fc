/* The evidence's part "proofs", whatever a packet carries: accepted, it has a header; refused, it says why. */
#include "src/gov/proven.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	const struct json *v = json_parse(&a, span_of(data, n), NULL);
	struct proven p;
	struct err e = {0};

	if (v != NULL && v->type == JSON_OBJECT) {
		if (proven_check(&a, &p, v, &e))
			DEMAND(p.n <= PROVEN_MAX_SLOTS && !hash32_is_zero(&p.header.hash));
		else
			DEMAND(e.what.n > 0);
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
