/* Why a call failed, in words: Error(string), Panic(uint256), the Safe's GS codes, and custom errors by ABI,
 * with the meaning of the arguments where a timelock's are riddles. Pure: decodes what it is given.
 *
 *     TimelockInsufficientDelay(delay 86399, minDelay 86400)
 *     GS026: a signature is not an owner's, is out of order or given twice, or is for another nonce
 *     reverted without a reason (empty revert data) */
#ifndef SETGOV_CHAIN_REVERT_H
#define SETGOV_CHAIN_REVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"

struct abi;

/* Appends one clause. The abis are asked in order, then a built-in list of OpenZeppelin's and the timelock's
 * errors; an error nobody knows is shown as its bytes, whole. Text inside is made safe. */
void revert_words(struct buf *out, struct span data, const struct abi *const *abis, size_t n);
/* True when data is Error("GSnnn"); *code is then 5 characters and a NUL. */
bool revert_is_gs(struct span data, char code[6]);
/* What a GS code means, NULL when unknown. `code` is "GS013". */
const char *revert_gs_meaning(const char *code);

#endif
