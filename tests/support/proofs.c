#include "tests/support/proofs.h"

#include <string.h>

#include "src/base/hex.h"
#include "tests/support/check.h"

static struct span bytes_of(struct arena *a, const struct json *v)
{
	struct buf b = {0};
	struct span out;

	assert_true(hex_decode(&b, v->text, NULL));
	out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct trie_proof proof_of(struct arena *a, const struct json *list)
{
	struct span *nodes = ARENA_ARRAY(a, struct span, list->n + 1);
	size_t n = 0;

	for (const struct json *v = list->first; v; v = v->next)
		nodes[n++] = bytes_of(a, v);
	return (struct trie_proof){ nodes, n };
}

struct json *sample_proofs(struct arena *a)
{
	const struct json *chain = json_find(json_vector(a, "proof/trie.json"), "chain");
	struct proof_given given[3] = {0};
	struct buf header = {0};
	struct json *out;
	size_t n = 0;

	for (const struct json *v = json_find(chain, "accounts")->first; v; v = v->next, n++) {
		const struct json *list = json_find(v, "storageProof");
		struct hash32 *slots = ARENA_ARRAY(a, struct hash32, list->n + 1);
		struct trie_proof *proofs = ARENA_ARRAY(a, struct trie_proof, list->n + 1);

		memcpy(given[n].at.b, bytes_of(a, json_find(v, "address")).p, 20);
		given[n].account = proof_of(a, json_find(v, "accountProof"));
		given[n].slots = slots;
		given[n].proofs = proofs;
		for (const struct json *s = list->first; s; s = s->next) {
			memcpy(slots[given[n].n].b, bytes_of(a, json_find(s, "key")).p, 32);
			proofs[given[n].n++] = proof_of(a, json_find(s, "proof"));
		}
	}
	assert_true(header_from_json(&header, json_find(chain, "block"), NULL));
	out = proofs_json(a, buf_view(&header), given, n);
	buf_release(&header);
	return out;
}

const struct json *sample_proofs_carried(struct arena *a, const struct json *v)
{
	struct buf b = {0};
	const struct json *out;

	json_canonical(&b, v);
	out = json_parse(a, arena_copy(a, buf_view(&b)), NULL);
	buf_release(&b);
	assert_non_null(out);
	return out;
}
