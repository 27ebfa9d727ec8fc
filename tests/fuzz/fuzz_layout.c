/* Storage layouts out of anybody's hands: read and compared, or refused with a reason. Input: one JSON document. */
#include "src/gov/layout.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	const struct json *v = json_parse(&a, span_of(data, n), NULL);
	struct layout_findings f;
	struct err e = {0};
	const struct layout *l = v != NULL && v->type == JSON_OBJECT ? layout_parse(&a, v, &e) : NULL;

	if (l != NULL)
		layout_compare(&a, &f, l, l);
	else if (v != NULL && v->type == JSON_OBJECT)
		DEMAND(e.what.n > 0);
	err_clear(&e);
	arena_release(&a);
	return 0;
}
