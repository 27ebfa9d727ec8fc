/* Web3 Secret Storage, version 3: a file that holds one key under a passphrase. Reads what geth, ethers,
 * cast and Parity write; what it writes, they read. The file is hostile input: each number is bounded
 * before anything is allocated, and members nobody needs ("name", "meta", "x-ethers") are skipped.
 *
 * The passphrase is tried as typed and then, when that differs, in Unicode form NFKC, because ethers
 * normalises and geth does not. Written files use the NFKC form, so that one passphrase opens them from any
 * keyboard. */
#ifndef SETGOV_CRYPTO_KEYSTORE_H
#define SETGOV_CRYPTO_KEYSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/secret.h"
#include "src/crypto/sig.h"

#define KEYSTORE_SALT_MAX 256
#define KEYSTORE_PBKDF2_MAX 16777216     /* iterations: about two seconds */
#define KEYSTORE_FILE_MAX 65536          /* bytes, for whoever reads the file */

enum keystore_kdf { KEYSTORE_SCRYPT, KEYSTORE_PBKDF2 };

struct keystore {             /* one file, checked but not opened */
	bool has_address;
	struct addr address;
	enum keystore_kdf kdf;
	uint64_t n;           /* scrypt */
	uint32_t r, p;
	uint32_t c;           /* PBKDF2-HMAC-SHA256 */
	uint8_t salt[KEYSTORE_SALT_MAX];
	size_t salt_n;
	uint8_t iv[16], ciphertext[32];
	struct hash32 mac;
};

/* Every field and bound, no cryptography. ERR_MISSING, ERR_SYNTAX, ERR_RANGE or ERR_UNKNOWN, naming the
 * field as "crypto.kdfparams.n" with its byte in the document. */
MUST_CHECK bool keystore_read(struct keystore *out, const struct json *doc, struct err *e);
/* The same fields again as JSON, one line without a newline; `id` is the file's UUID. */
void keystore_format(struct buf *out, const struct keystore *k, const uint8_t id[16]);

/* The address the file names; ERR_MISSING when it names none (it can then only be known by opening). */
MUST_CHECK bool keystore_address(struct addr *out, const struct json *doc, struct err *e);

/* Which bytes opened the file. */
enum keystore_form { KEYSTORE_AS_TYPED, KEYSTORE_NFKC };

/* `*key` is 32 bytes, owned by the caller, or NULL on failure. `form` and `address` may be NULL. A wrong
 * passphrase is ERR_CRYPTO; an address that is not the key's own ERR_MISMATCH; a malformed file as
 * keystore_read(). Takes as long and as much memory as the file's parameters ask, at most 1 GiB; a wrong
 * passphrase that NFKC changes takes twice as long. */
MUST_CHECK bool keystore_open(struct secret **key, struct addr *address, enum keystore_form *form,
			      const struct json *doc, struct secret *passphrase, struct err *e);

struct keystore_cost {        /* scrypt's */
	uint64_t n;
	uint32_t r, p;
};
extern const struct keystore_cost KEYSTORE_STANDARD;   /* N=262144 r=8 p=1: 256 MiB, most of a second */
extern const struct keystore_cost KEYSTORE_LIGHT;      /* N=4096 r=8 p=6: for tests */

/* A new file for `key` (32 bytes), with fresh salt, iv and id, appended to out; opened again and compared
 * before it is handed out. ERR_CRYPTO when it is no key, ERR_RANGE for a cost out of bounds. */
MUST_CHECK bool keystore_write(struct buf *out, struct secret *key, struct secret *passphrase,
			       const struct keystore_cost *cost, struct err *e);

#endif
