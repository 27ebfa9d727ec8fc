/* The list of a segment: what is accepted is written again byte for byte, and each of its blobs is found. */
#include "audit-log/segment.h"
#include "tests/fuzz/target.h"

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
	err_clear(&e);
	buf_release(&again);
	arena_release(&a);
	return 0;
}
