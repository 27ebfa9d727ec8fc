/* Inside src/chain: one question to every endpoint, one answer that all of them give; and the fields of a
 * node's JSON, strictly read. */
#ifndef SETGOV_CHAIN_ASK_H
#define SETGOV_CHAIN_ASK_H

#include "src/chain/reader.h"

/* Asks calls[0..n), with the pinned block appended to each call's params, of every endpoint; the answers must
 * be the same. An error that is not a revert is an error here. A call with own_block is left as it is, may fail, and
 * is answered by the first endpoint alone. */
MUST_CHECK bool ask_pinned(struct chain *c, struct arena *a, struct rpc_call *calls, size_t n, struct err *e);
/* One endpoint, no block appended. A refused call is an error here unless `refusals` is true. */
MUST_CHECK bool ask_one(struct chain *c, struct arena *a, size_t endpoint, struct rpc_call *calls, size_t n,
			bool refusals, struct err *e);
/* The first endpoint that can be reached; *who tells which. */
MUST_CHECK bool ask_any(struct chain *c, struct arena *a, struct rpc_call *calls, size_t n, size_t *who,
			struct err *e);

/* [DISAGREE] "WHAT: main says A, backup says B". */
bool disagree(const struct chain *c, const char *what, size_t x, struct span xs, size_t y, struct span ys,
	      struct err *e);
/* Puts the endpoint's name in front of an error. */
bool in_endpoint(const struct chain *c, size_t endpoint, struct err *e);

/* Params. */
struct json *ask_params(struct arena *a, struct json *first, struct json *second); /* either may be NULL */
struct json *ask_number(struct arena *a, uint64_t n);                                    /* "0x39" */
struct json *ask_addr(struct arena *a, const struct addr *who);                          /* lower case */
struct json *ask_hash(struct arena *a, const struct hash32 *h);

/* Fields. Each reads one value and names nothing; get_* take it from an object and name it. ERR_CHAIN
 * throughout. */
MUST_CHECK bool read_quantity(uint64_t *out, const struct json *v, struct err *e);
MUST_CHECK bool read_quantity256(struct u256 *out, const struct json *v, struct err *e);
MUST_CHECK bool read_bytes(struct arena *a, struct span *out, const struct json *v, struct err *e);
/* 32 bytes; some nodes leave leading zeros out. */
MUST_CHECK bool read_word(struct hash32 *out, const struct json *v, struct err *e);
MUST_CHECK bool read_fixed(uint8_t *out, size_t n, const struct json *v, struct err *e);
MUST_CHECK bool get_quantity(const struct json *o, const char *name, uint64_t *out, struct err *e);
MUST_CHECK bool get_quantity256(const struct json *o, const char *name, struct u256 *out, struct err *e);
MUST_CHECK bool get_bytes(struct arena *a, const struct json *o, const char *name, struct span *out,
			  struct err *e);
MUST_CHECK bool get_fixed(const struct json *o, const char *name, uint8_t *out, size_t n, struct err *e);
MUST_CHECK bool read_block(struct block *out, const struct json *v, struct err *e);
/* An answer of eth_getLogs, in order. */
MUST_CHECK bool read_log_list(struct arena *a, struct chain_log **out, size_t *n, const struct json *list,
			      struct err *e);

/* A getter by its signature; output type as a tuple, "(uint256)". */
struct getter {
	struct addr to;
	const char *signature;
	const char *returns;
	const struct abi_value *args; /* tuple, or NULL */
};
/* All in one batch. outs[i] is a tuple. A revert or an answer of another shape is an error that says which
 * getter of which address; with `missing` (n of them) it sets missing[i] instead. */
MUST_CHECK bool ask_getters(struct chain *c, struct arena *a, const struct getter *g, struct abi_value *outs,
			    bool *missing, size_t n, struct err *e);

#endif
