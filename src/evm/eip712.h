/* EIP-712 typed data: type strings, hashStruct, and the digest to sign. Holds no keys, does no I/O.
 * Spec: EIP-712, "Specification". Vectors: tests/vectors/evm/, ethers eip712, Trezor sign_typed_data.
 *
 * Stricter than most wallets: every type string is checked, also of types nobody uses; recursive types, in arrays too,
 * are refused; a member that the type does not have, and one that is not there, are both errors; an integer is a
 * JSON number without fraction or exponent, whatever its size, or a string of decimal digits or 0x hex. */
#ifndef SETGOV_EVM_EIP712_H
#define SETGOV_EVM_EIP712_H

#include <stdbool.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"

#define EIP712_MAX_TYPES 128u     /* structs in one document */
#define EIP712_MAX_MEMBERS 256u   /* in one struct */

struct eip712;                    /* one parsed document; lives as long as its arena */

/* `json` is {types, primaryType, domain, message}; types has to define EIP712Domain. Unknown and missing members are
 * both errors, named in err.field, with the byte of the document. NULL with ERR_SYNTAX, ERR_RANGE, ERR_MISSING,
 * ERR_UNKNOWN or ERR_MISMATCH. */
MUST_CHECK const struct eip712 *eip712_parse(struct arena *a, struct span json, struct err *e);
MUST_CHECK const struct eip712 *eip712_from_json(struct arena *a, const struct json *doc, struct err *e);

/* None of these can fail: everything was hashed when it was parsed. */
/* *out = keccak256(0x19 0x01 || domainSeparator || hashStruct(message)); without the last part when primaryType is
 * EIP712Domain. */
void eip712_digest(const struct eip712 *doc, struct hash32 *out);
void eip712_domain_hash(const struct eip712 *doc, struct hash32 *out);     /* domainSeparator */
bool eip712_has_message(const struct eip712 *doc);                         /* primaryType is not EIP712Domain */
void eip712_message_hash(const struct eip712 *doc, struct hash32 *out);    /* hashStruct(message), when there is one */
struct span eip712_primary(const struct eip712 *doc);
struct span eip712_type_text(const struct eip712 *doc);                    /* encodeType(primaryType) */
struct span eip712_domain_type_text(const struct eip712 *doc);
struct span eip712_message_data(const struct eip712 *doc);                 /* encodeData, typeHash first */
const struct json *eip712_domain(const struct eip712 *doc);
const struct json *eip712_message(const struct eip712 *doc);

#endif
