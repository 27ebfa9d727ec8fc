/* What state proofs show: the part "proofs" of a packet's evidence, checked up to a block header, and the values in it
 * by name. Pure. What is shown is true in the block whose hash the header has; whether that block is the chain's, no
 * proof can say: somebody has to have its hash from another source.
 *
 *     {"accounts":[{"address":"0x…","proof":[0,1],"slots":[{"proof":[2,3],"slot":"0x…"}]}],
 *      "header":"0x…","nodes":["0x…",…]}
 *
 * A proof lists its nodes, root first, by their place in "nodes". Each node is used, so that no byte goes unchecked. */
#ifndef SETGOV_GOV_PROVEN_H
#define SETGOV_GOV_PROVEN_H

#include "src/gov/slots.h"
#include "src/proof/header.h"
#include "src/proof/trie.h"

#define PROVEN_MAX_NODES 2000u
#define PROVEN_MAX_BYTES ((size_t)512 << 10)   /* of all nodes */
#define PROVEN_MAX_SLOTS 400u

struct proven_word { struct addr at; struct hash32 slot, word; };

struct proven_account { struct addr at; struct trie_account account; };

struct proven {
	struct header header;
	const struct proven_account *accounts;       /* code hash, balance */
	size_t n_accounts;
	const struct proven_word *words;
	size_t n;
};

/* Every proof is checked. Errors name the place: "accounts[0].slots[2].proof[1]: this node hashes to …". */
MUST_CHECK bool proven_check(struct arena *a, struct proven *out, const struct json *proofs, struct err *e);
/* NULL: nothing was proven about it. */
const struct hash32 *proven_word(const struct proven *p, const struct addr *at, const struct hash32 *slot);

/* The Safe's list of owners, or of modules, followed from member to member. False: it is not proven to its end. */
bool proven_list(struct arena *a, const struct addr **out, size_t *n, const struct proven *p, const struct addr *safe,
		 bool modules);

/* What the proofs say, in words. */
struct proven_value {
	const char *name, *text;
	const struct named_slot *slot;       /* NULL: a list */
	const struct hash32 *word;
};
/* Those of slots_deciding(), as far as they are proven, then the Safe's owners and modules. */
MUST_CHECK bool proven_values(struct arena *a, const struct proven_value **out, size_t *n, const struct proven *p,
			      const struct pinned *pin, const struct json *actions, struct calls calls,
			      const struct hash32 *operation, struct err *e);
/* The number that a contract keeps for this getter, of the first such value; false: not proven. */
bool proven_number(const struct proven_value *v, size_t n, const struct addr *at, const char *getter, uint64_t *out);

/* Making the part. */
struct proof_given {
	struct addr at;
	struct trie_proof account;
	const struct hash32 *slots;
	const struct trie_proof *proofs;      /* of each slot */
	size_t n;
};
struct json *proofs_json(struct arena *a, struct span header, const struct proof_given *v, size_t n);

#endif
