/* Entry bundles: what is taken out of one makes the same bytes again; what is cut off says where. */
#include "src/proof/tile.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct reader r = reader_of(span_of(data, n));
	struct buf again = {0};
	struct err e = {0};
	struct span entry;
	size_t good = 0;

	while (reader_left(&r) && tile_bundle_next(&r, &entry, &e)) {
		tile_bundle_add(&again, entry);
		good = r.pos;
	}
	demand(span_eq(buf_view(&again), span_of(data, good)), "entries are written as other bytes");
	demand(good == n || e.at >= good, "a cut bundle does not say where");
	err_clear(&e);
	buf_release(&again);
	return 0;
}
