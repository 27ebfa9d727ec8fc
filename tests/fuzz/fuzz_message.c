/* Our own signed messages: what is accepted has one spelling; what is refused says why. */
#include "src/gov/message.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span in = span_of(data, n);
	const struct deployment d = { .chain_id = 1 };
	struct arena a = {0};
	struct buf again = {0};
	struct err e = {0};
	struct signed_message m;

	if (message_parse(&a, &m, in, &e)) {
		message_write(&a, &again, &m);
		demand(again.n >= in.n && again.n <= in.n + 1 &&
		       span_eq(span_of(again.p, in.n), in), "an accepted message is written as other bytes");
		demand(!message_check(&m, &d, NULL), "nobody owns this deployment");
	} else {
		demand(e.what.n != 0, "a refused message has no reason");
	}
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
