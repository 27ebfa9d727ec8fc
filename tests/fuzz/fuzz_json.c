/* What is accepted is written and read back to the same bytes; what is refused has a place in the input. */
#include "src/base/json.h"
#include "tests/fuzz/target.h"

static void round_trip(const struct json *v, void (*write)(struct buf *, const struct json *))
{
	struct arena a = {0};
	struct buf once = {0}, twice = {0};
	const struct json *again;

	write(&once, v);
	again = json_parse(&a, buf_view(&once), NULL);
	DEMAND(again != NULL);
	DEMAND(json_same(v, again));
	write(&twice, again);
	DEMAND(span_eq(buf_view(&once), buf_view(&twice)));
	buf_release(&once);
	buf_release(&twice);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	const struct json *v = json_parse(&a, span_of(data, n), &e);

	DEMAND(err_is_set(&e) == !v);
	DEMAND(v || e.at <= n);
	if (v) {
		round_trip(v, json_compact);
		round_trip(v, json_pretty);
		if (json_is_canonical(v, NULL))
			round_trip(v, json_canonical);
		DEMAND(json_same(v, json_copy(&a, v)));
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
