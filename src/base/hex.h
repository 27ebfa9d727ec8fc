/* Strict hex: even number of digits, either case, nothing else. */
#ifndef SETGOV_BASE_HEX_H
#define SETGOV_BASE_HEX_H

#include <stdbool.h>

#include "src/base/buf.h"

/* Text with "0x" in front into bytes, appended to out. "0x" alone is no bytes. ERR_SYNTAX with the offset of the
 * first wrong character. */
MUST_CHECK bool hex_decode(struct buf *out, struct span text, struct err *e);
/* Exactly n bytes into `out`, "0x" required. */
MUST_CHECK bool hex_fixed(uint8_t *out, size_t n, struct span text, struct err *e);
/* The same without "0x" (leaf hashes and digests in our own files). */
MUST_CHECK bool hex_bare(uint8_t *out, size_t n, struct span text, struct err *e);
/* A JSON-RPC quantity: "0x" and 1..16 digits without leading zeros (but "0x0"), into 64 bits. */
MUST_CHECK bool hex_quantity(uint64_t *out, struct span text, struct err *e);

#endif
