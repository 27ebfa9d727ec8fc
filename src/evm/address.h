/* Addresses as people write them. EIP-55 ("Mixed-case checksum address encoding") is the form we print; the struct
 * itself, and comparing two, is in src/crypto/sig.h. */
#ifndef SETGOV_EVM_ADDRESS_H
#define SETGOV_EVM_ADDRESS_H

#include <stdbool.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/crypto/sig.h"

/* "0x" and 40 hex digits. All lower or all upper case carries no checksum and is taken as it is; mixed case must be
 * its EIP-55 form. ERR_SYNTAX with the first wrong character (or ERR_NO_OFFSET when the length is wrong),
 * ERR_MISMATCH with the first character whose case is wrong. */
MUST_CHECK bool addr_parse(struct addr *out, struct span text, struct err *e);
/* The EIP-55 form alone: what our own files hold. An address without a letter is its own checksum. */
MUST_CHECK bool addr_parse_checksummed(struct addr *out, struct span text, struct err *e);
/* All 42 characters, EIP-55. */
void addr_format(struct buf *out, const struct addr *a);

/* The string member `name`, by addr_parse(). Names the member in e->field, and the byte of the document in e->at. */
MUST_CHECK bool json_get_addr(const struct json *object, const char *name, struct addr *out, struct err *e);
struct json *json_addr(struct arena *a, const struct addr *addr);

#endif
