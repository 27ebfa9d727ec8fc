/* Half-typed changes: what is accepted is written back as the same bytes; what is refused has a place and a reason. */
#include "tests/fuzz/target.h"
#include "tui/console/half_typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct half_typed half;
	struct err e = {0};
	struct buf again = {0};

	if (half_typed_read(&a, &half, span_of(data, n), &e)) {
		half_typed_write(&again, &half);
		demand(span_eq(buf_view(&again), span_of(data, n)), "an accepted file is written as other bytes");
	} else {
		demand(e.code != ERR_NONE && e.what.n > 0 && (e.at <= n || e.field.n > 0),
		       "refused without a place or a reason");
	}
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
