/* Presence files, which anybody may have written: what is accepted has one spelling; what is refused says why. So do
 * mounts, whose names are whoever formatted the stick. */
#include "src/base/text.h"
#include "tests/fuzz/target.h"
#include "tui/console/presence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	struct buf again = {0};
	struct presence_said s;
	struct mounts m;
	const struct span in = arena_copy(&a, span_of(data, n));

	if (presence_parse(&a, &s, in, &e)) {
		presence_write(&again, &s);
		demand(span_eq(buf_view(&again), in), "an accepted file is written as other bytes");
	} else {
		demand(e.what.n != 0, "a refused file has no reason");
	}
	mounts_parse(&a, &m, in);
	demand(m.n <= MOUNTS_MAX, "more mounts than there is room for");
	for (size_t i = 0; i < m.n; i++)
		demand(text_is_plain(span_str(m.dir[i]), false), "a mount whose name could deceive");
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
