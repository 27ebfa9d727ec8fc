/* A preview that came with a packet, whatever it is: read, or refused with a reason. */
#include "src/gov/effects_said.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	const struct json *v = json_parse(&a, span_of(data, n), NULL);
	struct effects_said said;
	struct err e = {0};

	if (v != NULL && !effects_said_read(&a, &said, v, &e))
		DEMAND(err_is_set(&e) && e.what.n > 0);
	err_clear(&e);
	arena_release(&a);
	return 0;
}
