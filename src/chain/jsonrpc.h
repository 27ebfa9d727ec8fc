/* JSON-RPC 2.0 in batches, through setgov-net. Starts that program (found beside our own, or named by
 * SETGOV_NET in tests), writes batches, reads size-capped replies, matches them by id and checks their shape.
 * What a result means is reader.h's business.
 *
 * Errors name endpoints, never their urls: "main: eth_call: the node answers …". Nothing received is trusted:
 * a node's words pass through text_safe() and are cut at RPC_WORDS bytes. */
#ifndef SETGOV_CHAIN_JSONRPC_H
#define SETGOV_CHAIN_JSONRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/gov/deployment.h"

#define RPC_MAX_ENDPOINTS 8
#define RPC_MAX_REPLY ((size_t)32 * 1024 * 1024)
#define RPC_BATCH 100                 /* calls in one request; longer batches are cut up */
#define RPC_WORDS 300

struct rpc_call {
	/* asked: */
	const char *method;
	const struct json *params;    /* an array, or NULL for none */
	bool own_block;               /* the params name their blocks (ask.h) */
	/* answered: exactly one of result (which may be JSON null) and error */
	const struct json *result;    /* NULL when the node answered with an error */
	int64_t error_code;
	struct span error_text;       /* safe to show */
	bool has_data;                /* the error carried bytes: revert data, possibly none of them */
	struct span data;
	bool reverted;                /* the error says that the EVM ran the call and it failed */
};

struct rpc;                           /* a running setgov-net */

/* Nothing is started before the first batch. rpc_free(NULL) is fine; it ends and reaps the program. */
struct rpc *rpc_new(void);
void rpc_free(struct rpc *r);
/* Milliseconds one try may take (default 20000), and how often a read is tried again after connect, timeout,
 * truncated or a busy node (default 2). */
void rpc_set_patience(struct rpc *r, unsigned timeout_ms, unsigned retries);
/* The end of all patience, on frame_clock_ms()'s clock: no answer is waited for beyond it, and nothing is asked any
 * more. 0: none. */
void rpc_set_deadline(struct rpc *r, int64_t at_ms);

/* Asks calls[0..n) of one endpoint. True when every call got an answer, be it a result or the node's error
 * (look at call->result). False: ERR_CHAIN for anything between us and a well-formed answer, named by endpoint
 * and method. All methods given here may be asked twice without harm; a raw transaction is the same transaction
 * by hash. */
MUST_CHECK bool rpc_batch(struct rpc *r, struct arena *a, const struct endpoint *ep, struct rpc_call *calls,
			  size_t n, struct err *e);
/* The reply body alone, checked against ids first..first+n (fuzzing and tests come in here). *refused: the node
 * answered the whole batch with one error object, now in calls[0]. */
MUST_CHECK bool rpc_parse_reply(struct arena *a, struct span body, uint64_t first, struct rpc_call *calls,
				size_t n, bool *refused, struct err *e);
/* err_set for a call that ended in an error: ERR_CHAIN "main.eth_call: the node answers -32601: Method not
 * found". */
bool rpc_call_err(const struct rpc_call *call, const struct endpoint *ep, struct err *e);
/* Foreign text, made safe and cut at RPC_WORDS bytes. */
struct span rpc_words(struct arena *a, struct span foreign);

#endif
