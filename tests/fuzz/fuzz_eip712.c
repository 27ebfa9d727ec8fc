/* What is accepted has one digest, also when the document is written anew; what is refused names a place. */
#include "src/evm/eip712.h"
#include "tests/fuzz/target.h"

static void same_digest(struct arena *a, const struct eip712 *doc, struct span text)
{
	const struct json *json = json_parse(a, text, NULL);
	struct buf out = {0};
	const struct eip712 *again;
	struct hash32 h, h2;

	DEMAND(json != NULL);
	json_compact(&out, json);
	again = eip712_parse(a, buf_view(&out), NULL);
	DEMAND(again != NULL);
	eip712_digest(doc, &h);
	eip712_digest(again, &h2);
	DEMAND(hash32_eq(&h, &h2));
	DEMAND(eip712_domain_type_text(doc).n && eip712_type_text(doc).n);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	const struct eip712 *doc = eip712_parse(&a, span_of(data, n), &e);

	DEMAND(err_is_set(&e) == !doc);
	DEMAND(doc || e.at <= n || e.code == ERR_REFUSED);
	if (doc)
		same_digest(&a, doc, span_of(data, n));
	err_clear(&e);
	arena_release(&a);
	return 0;
}
