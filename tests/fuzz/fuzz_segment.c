/* The list of a segment, and the table of how long files stay on line: what is accepted is written again byte for byte,
 * and each blob of a list is found. */
#include "audit-log/segment.h"
#include "tests/fuzz/target.h"

static void check_table(struct arena *a, struct span in)
{
	struct retention_table t;
	struct buf again = {0};
	struct err e = {0};

	if (retention_parse(a, &t, in, &e)) {
		retention_write(&again, &t);
		demand(span_eq(buf_view(&again), in), "written again it is another table");
	} else {
		demand(e.what.n != 0, "a refused table has no reason");
	}
	err_clear(&e);
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct buf again = {0};
	struct segment s;
	struct err e = {0};

	if (segment_parse(&a, &s, span_of(data, n), &e)) {
		segment_write(&a, &again, &s);
		demand(span_eq(buf_view(&again), span_of(data, n)), "written again it is something else");
		for (size_t i = 0; i < s.n; i++)
			demand(segment_find(&s, &s.v[i].digest) == &s.v[i], "a blob of the list is not found");
	} else {
		demand(e.what.n != 0, "a refused list has no reason");
	}
	check_table(&a, span_of(data, n));
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
