/* What is accepted encodes back to the same bytes; what is refused says at which byte. */
#include "src/evm/rlp.h"
#include "tests/fuzz/target.h"

static void write_items(struct buf *out, struct reader *r)
{
	struct rlp_item item;
	struct reader inner;
	size_t list;

	while (reader_left(r)) {
		struct reader here = *r;

		DEMAND(rlp_next(r, &item, NULL));
		if (!item.list) {
			rlp_write_bytes(out, item.payload);
			continue;
		}
		DEMAND(rlp_list(&here, &inner, NULL) && here.pos == r->pos);
		list = rlp_begin(out);
		write_items(out, &inner);
		rlp_end(out, list);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct reader r = reader_of(span_of(data, n));
	struct rlp_item item;
	struct buf out = {0};
	struct err e = {0};

	if (rlp_decode(&item, span_of(data, n), &e)) {
		DEMAND(item.whole.n == n);
		write_items(&out, &r);
		DEMAND(span_eq(buf_view(&out), span_of(data, n)));
	} else {
		DEMAND(e.at <= n);
	}
	buf_release(&out);
	err_clear(&e);
	return 0;
}
