/* Attestations: what is accepted is the message that was signed, and worth nothing for a deployment that it does not
 * name; what is refused says why. As a challenge the same bytes are accepted only when they are the one that we
 * write. */
#include "src/gov/attestation.h"
#include "tests/fuzz/target.h"

static void try_challenge(struct arena *a, struct span in, const struct deployment *d)
{
	struct attestation t;
	const struct json *doc = json_parse(a, in, NULL);
	if (doc != NULL && attestation_from_typed_data(a, &t, doc, d, NULL))
		demand(json_same(doc, attestation_typed_data(a, d, &t)), "an accepted challenge is written otherwise");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span in = span_of(data, n);
	const struct deployment d = { .chain_id = 1 };
	struct arena a = {0};
	struct err e = {0};
	struct signed_message m;
	struct attestation t;
	if (message_parse(&a, &m, in, &e) && attestation_of(&t, &m, &e)) {
		const struct message again = attestation_message(&t);
		struct hash32 one, other;
		message_digest(&one, &d, &m.message);
		message_digest(&other, &d, &again);
		demand(hash32_eq(&one, &other), "an accepted attestation is another message");
		demand(!attestation_check(&t, &d, NULL), "nobody attested anything for this deployment");
	} else {
		demand(e.what.n != 0, "a refused attestation has no reason");
	}
	try_challenge(&a, in, &d);
	err_clear(&e);
	arena_release(&a);
	return 0;
}
