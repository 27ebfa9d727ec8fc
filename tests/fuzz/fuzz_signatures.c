/* Signature blobs: 32 bytes of hash, then the blob. What is accepted lies inside the blob and covers it; what is
 * refused says where. A 65-byte blob also goes through the import rule. */
#include <string.h>

#include "src/gov/safe.h"
#include "tests/fuzz/target.h"

static void check_accepted(const struct safe_signature *v, size_t n, struct span blob)
{
	size_t covered = n * 65;

	for (size_t i = 0; i < n; i++) {
		const struct span tail = v[i].contract_data;

		if (v[i].type != SAFE_SIG_CONTRACT)
			continue;
		demand(tail.p >= blob.p && tail.n <= blob.n && (size_t)(tail.p - blob.p) <= blob.n - tail.n,
		       "a contract signature lies outside the blob");
		covered += 32 + tail.n;
	}
	demand(n != 0 && covered == blob.n, "an accepted blob has bytes that belong to no signature");
}

static void check_import(struct span blob, const struct hash32 *hash, const struct safe_signature *v)
{
	struct addr owner;
	struct err e = {0};
	struct sig s;

	if (safe_signature_import(&s, &owner, blob, hash, &v->signer, 1, &e))
		demand(v->type == SAFE_SIG_EIP712 && sig_is_low_s(&s) && addr_eq(&owner, &v->signer),
		       "imported what is not an owner's EIP-712 signature");
	else
		demand(e.refusal != NULL, "not imported, without a reason");
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct safe_signature *v = NULL;
	struct arena a = {0};
	struct err e = {0};
	struct hash32 hash;
	struct span blob;
	size_t count = 0;

	if (n < sizeof(hash.b))
		return 0;
	memcpy(hash.b, data, sizeof(hash.b));
	blob = span_of(data + sizeof(hash.b), n - sizeof(hash.b));
	if (safe_signatures_parse(&a, &v, &count, blob, &hash, &e)) {
		check_accepted(v, count, blob);
		check_import(blob, &hash, v);
	} else {
		demand(e.at != ERR_NO_OFFSET || e.field.n != 0, "a refused blob has no place");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
