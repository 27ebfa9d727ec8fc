/* A node's replies to a simulation and a trace, whatever they are: read, or refused with a reason. */
#include "src/chain/preview.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	const struct json *v = json_parse(&a, span_of(data, n), NULL);
	struct preview_call first = {0}, second[3] = {{{{0}}, {{0}}, {{0}}, {0}, false, {0}, NULL, 0}};
	struct preview_block blocks[2] = { { .calls = &first, .n = 1 }, { .calls = second, .n = 3 } };
	struct preview_sim sim = { .blocks = blocks, .n_blocks = 2 };
	struct preview p = {0};
	struct err e = {0};

	if (v != NULL && !preview_read_simulation(&a, &sim, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
	if (v != NULL && !preview_read_trace(&a, &p, v, &e))
		DEMAND(e.code == ERR_CHAIN && e.what.n > 0);
	err_clear(&e);
	arena_release(&a);
	return 0;
}
