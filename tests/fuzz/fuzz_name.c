/* The blob of a person's name: whatever is accepted is what its name and salt are written as, and no other text is. */
#include "audit-log/people.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	struct span name;

	if (person_name_parse(&a, &name, span_of(data, n), &e)) {
		const struct json *o = json_parse(&a, span_of(data, n), &e);
		struct buf again = {0};
		DEMAND(o != NULL && name.n > 0 && name.n <= PERSON_NAME_MAX);
		DEMAND(span_eq(json_find(o, "name")->text, name));
		json_canonical(&again, o);
		DEMAND(span_eq(buf_view(&again), span_of(data, n)));
		buf_release(&again);
	} else {
		DEMAND(e.what.n > 0);
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
