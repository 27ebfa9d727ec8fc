/* Values that getters can be asked about: who and what a profile, the actions and the contracts' own events name. */
#ifndef SETGOV_CLI_KNOWN_H
#define SETGOV_CLI_KNOWN_H

#include "src/chain/reader.h"
#include "src/gov/catalogue.h"

#define KNOWN_ADDRESSES 40u
#define KNOWN_NUMBERS 24u
#define KNOWN_HASHES 12u

struct known {
	struct hash32 addresses[KNOWN_ADDRESSES], numbers[KNOWN_NUMBERS], hashes[KNOWN_HASHES];   /* one word each */
	size_t n_addresses, n_numbers, n_hashes;
	bool cut;                     /* there were more */
};

void known_deployment(struct known *k, const struct deployment *d);
void known_roles(struct known *k);                       /* of a timelock */
void known_hash(struct known *k, const struct hash32 *h);
void known_action(struct known *k, const struct json *action);
void known_event(struct known *k, struct arena *a, const struct abi *abi, const struct chain_log *log);
/* Those that a parameter of this type can be asked about. */
const struct hash32 *known_of(const struct known *k, const struct abi_type *t, size_t *n);
/* All of them together: keys of mappings. */
struct hash32 *known_words(const struct known *k, struct arena *a, size_t *n);

#endif
