/* Lists of releases: what is accepted reads back from its canonical form as the same list, finds each of its releases
 * by its code, and differs from itself in nothing; what is refused has a place and a reason. */
#include "src/policy/releases.h"
#include "tests/fuzz/target.h"

static void check_again(struct arena *a, const struct releases *r)
{
	struct releases again;
	struct buf text = {0}, said = {0};
	json_canonical(&text, r->doc);
	demand(releases_parse(a, &again, buf_view(&text), NULL), "a list cannot be read back");
	demand(hash32_eq(&again.digest, &r->digest) && again.n == r->n, "a list has two digests");
	for (size_t i = 0; i < r->n; i++)
		demand(releases_code(r, &r->v[i].code_hash) == &r->v[i], "a release is not found by its code");
	demand(releases_differences(&said, r, &again) == 0 && said.n == 0, "a list differs from itself");
	releases_format(&said, r);
	demand((said.n > 0) == (r->n > 0), "a release is not shown");
	buf_release(&text);
	buf_release(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct releases r;
	struct err e = {0};
	if (releases_parse(&a, &r, span_of(data, n), &e))
		check_again(&a, &r);
	else
		demand(e.code != ERR_NONE && e.what.n > 0 && (e.at <= n || e.at == ERR_NO_OFFSET),
		       "refused without a reason");
	err_clear(&e);
	arena_release(&a);
	return 0;
}
