/* Reads of every kind at the pinned block in one batch, so that many facts cost one round trip: gather what is asked,
 * run it once, then look at the answers by the index that asking gave. State is asked of every endpoint, which must
 * agree. Events are the first endpoint's word: they only tell what else is worth asking about. */
#ifndef SETGOV_CHAIN_GATHER_H
#define SETGOV_CHAIN_GATHER_H

#include "src/chain/reader.h"

enum gather_kind { GATHER_CALL, GATHER_CODE, GATHER_SLOT, GATHER_LOGS };

struct gathered {
	/* asked */
	enum gather_kind kind;
	struct addr at;
	struct span data;             /* a call's */
	struct hash32 slot;
	const struct addr *addresses; /* whose logs */
	size_t n_addresses;
	uint64_t from;                /* their first block */
	/* answered */
	bool ok;                      /* a call that reverted is not; logs that nobody would give are not */
	struct span output;           /* return data, code, or the word of a slot */
	struct chain_log *logs;
	size_t n_logs;
	struct span words;            /* !ok: the node's, safe to show */
};

struct gather {                       /* {.a = arena}: nothing asked yet */
	struct arena *a;
	struct gathered *v;
	size_t n, cap;
};

/* Each returns where its answer will be in g->v. A call's arguments are whole words. */
size_t gather_call(struct gather *g, const struct addr *to, const char *signature, const struct hash32 *args, size_t n);
size_t gather_code(struct gather *g, const struct addr *at);
size_t gather_slot(struct gather *g, const struct addr *at, const struct hash32 *slot);
/* From this block to the pinned one. The addresses must outlive gather_run(). */
size_t gather_logs(struct gather *g, const struct addr *addresses, size_t n, uint64_t from);
MUST_CHECK bool gather_run(struct gather *g, struct chain *c, struct err *e);

/* False unless the answer is there and is one word. */
bool gathered_word(const struct gathered *v, struct hash32 *out);
bool gathered_flag(const struct gathered *v);         /* a word that is not zero */
uint64_t gathered_number(const struct gathered *v);   /* 0: no answer; beyond 64 bits: UINT64_MAX */

#endif
