/* Signed or not: what is accepted encodes back to the same bytes; what is refused says at which byte. */
#include "src/evm/transaction.h"
#include "tests/fuzz/target.h"

static void same(const struct transaction *tx, const struct sig *s, struct span data)
{
	struct buf out = {0};

	transaction_encode(&out, tx, s);
	DEMAND(span_eq(buf_view(&out), data));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct transaction tx;
	struct sig s = {0};
	struct err e = {0};

	if (transaction_decode(&a, &tx, &s, span_of(data, n), &e))
		same(&tx, &s, span_of(data, n));
	else
		DEMAND(e.at <= n);
	if (transaction_decode_unsigned(&a, &tx, span_of(data, n), &e))
		same(&tx, NULL, span_of(data, n));
	else
		DEMAND(e.at <= n);
	err_clear(&e);
	arena_release(&a);
	return 0;
}
