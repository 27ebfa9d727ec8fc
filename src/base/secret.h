/* Memory that holds a key or a passphrase: own pages between guard pages, locked, left out of core dumps, wiped in
 * a forked child and on free. There is no way to print one. See style: a function that holds one has one exit. */
#ifndef SETGOV_BASE_SECRET_H
#define SETGOV_BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/attr.h"

struct err;
struct secret;

/* n zero bytes. NULL with ERR_IO that says which limit (RLIMIT_MEMLOCK), its value and how to raise it. */
MUST_CHECK struct secret *secret_new(size_t n, struct err *e);
uint8_t *secret_bytes(struct secret *s);
size_t secret_size(const struct secret *s);
void secret_shrink(struct secret *s, size_t n);      /* what is cut off is wiped; n <= size */
void secret_free(struct secret *s);                  /* wipes; NULL is fine */

#endif
