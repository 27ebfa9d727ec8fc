/* Whatever nodes are given: what is accepted lies in them and is accepted again, what is refused points into a node.
 * Input: the key's length and the key, then each node behind its length of two bytes. The root is the first node's
 * hash, so that the fuzzer gets past it. */
#include "src/crypto/keccak.h"
#include "src/proof/trie.h"
#include "tests/fuzz/target.h"

static size_t split(struct span *nodes, size_t max, const uint8_t *p, size_t n)
{
	size_t count = 0;

	while (n >= 2 && count < max) {
		const size_t want = (size_t)p[0] << 8 | p[1], len = want < n - 2 ? want : n - 2;

		nodes[count++] = span_of(p + 2, len);
		p += 2 + len;
		n -= 2 + len;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const size_t key_n = n ? data[0] % 33u : 0;
	struct span nodes[16], value = {NULL, 0}, again = {NULL, 0};
	struct trie_proof p = { nodes, 0 };
	struct hash32 root;
	struct err e = {0};

	if (n < 1 + key_n)
		return 0;
	p.n = split(nodes, 16, data + 1 + key_n, n - 1 - key_n);
	if (p.n == 0)
		return 0;
	keccak256(&root, nodes[0]);
	if (trie_value(&value, &root, span_of(data + 1, key_n), &p, &e)) {
		DEMAND(value.n == 0 || (value.p >= data && value.p + value.n <= data + n));
		DEMAND(trie_value(&again, &root, span_of(data + 1, key_n), &p, NULL) && span_eq(value, again));
	} else {
		DEMAND(e.what.n > 0 && (e.at == ERR_NO_OFFSET || e.at <= n));
	}
	err_clear(&e);
	return 0;
}
