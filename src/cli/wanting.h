/* State to be proven, gathered by account and each slot once: what chain_proofs() is asked for. */
#ifndef SETGOV_CLI_WANTING_H
#define SETGOV_CLI_WANTING_H

#include "src/gov/proven.h"

struct wanted {                       /* {.a = arena}: nothing yet */
	struct arena *a;
	struct proof_given *v;
	size_t n, cap;                /* accounts */
};

/* The account alone: its code, its balance. */
void want_account(struct wanted *w, const struct addr *at);
/* Beyond PROVEN_MAX_SLOTS of one account nothing is added. */
void want_slot(struct wanted *w, const struct addr *at, const struct hash32 *slot);
/* One of the Safe's lists, whole: the slot behind the sentinel and behind each member. */
void want_list(struct wanted *w, const struct addr *safe, bool modules, const struct addr *v, size_t n);

#endif
