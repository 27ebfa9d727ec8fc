/* Profiles: what is accepted has an identity that reads back to the same id; what is refused has a place and a
 * reason. */
#include "src/gov/deployment.h"
#include "tests/fuzz/target.h"

static void check_again(struct arena *a, const struct deployment *d)
{
	struct deployment again;
	struct buf text = {0}, twice = {0};

	json_canonical(&text, d->identity);
	demand(deployment_parse_identity(a, &again, buf_view(&text), NULL), "an identity cannot be read back");
	demand(hash32_eq(&again.id, &d->id), "an identity has two ids");
	json_canonical(&twice, again.identity);
	demand(span_eq(buf_view(&text), buf_view(&twice)), "an identity is written in two ways");
	demand(deployment_contract_at(d, &d->safe) != NULL && deployment_contract_at(d, &d->timelock) != NULL,
	       "the Safe or the timelock is not a contract");
	demand(deployment_owners(d) > 0 && deployment_owners(d) <= d->n_people, "a profile without owners");
	buf_clear(&text);
	deployment_banner(&text, d);
	demand(text.n > 0, "a profile without a banner");
	buf_release(&text);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct deployment d;
	struct err e = {0};

	if (deployment_parse(&a, &d, span_of(data, n), &e))
		check_again(&a, &d);
	else
		demand(e.code != ERR_NONE && e.what.n > 0 && e.at <= n, "refused without a place or a reason");
	err_clear(&e);
	arena_release(&a);
	return 0;
}
