/* What is accepted is canonical RLP and hashes to what it says; what is refused says at which byte. */
#include "src/crypto/keccak.h"
#include "src/evm/rlp.h"
#include "src/proof/header.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct header h;
	struct hash32 hash;
	struct err e = {0};

	if (header_read(&h, span_of(data, n), &e)) {
		DEMAND(rlp_check(span_of(data, n), NULL));
		keccak256(&hash, span_of(data, n));
		DEMAND(hash32_eq(&hash, &h.hash));
	} else {
		DEMAND(e.what.n > 0 && (e.at == ERR_NO_OFFSET || e.at <= n));
	}
	err_clear(&e);
	return 0;
}
