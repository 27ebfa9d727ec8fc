/* The one error value. The innermost function knows the byte and says what was needed and what was found;
 * each caller adds the name of what it was reading with err_in(); whoever opened the file names it with
 * err_file(). The text is part of the behaviour: tests compare it.
 *
 *     queue/0042.json:14: tx.data.args[1], byte 32: uint8 holds 8 bits, found 9
 *
 * Running out of memory and losing the terminal are not errors but the end: die(). Our own mistakes are
 * assert() or BUG(). */
#ifndef SETGOV_BASE_ERR_H
#define SETGOV_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/base/attr.h"
#include "src/base/buf.h"

enum err_code {
	ERR_NONE,
	ERR_USAGE,     /* the command line is wrong                           exit 2 */
	ERR_SYNTAX,    /* bytes that are not what the format says             exit 3 */
	ERR_RANGE,     /* a value outside what it may be                      exit 3 */
	ERR_MISSING,   /* something that has to be there is not               exit 3 */
	ERR_UNKNOWN,   /* a field, name or kind that nobody defined           exit 3 */
	ERR_MISMATCH,  /* a recomputed value differs from the one given       exit 1 */
	ERR_REFUSED,   /* understood, and we will not: has a refusal code     exit 1 */
	ERR_CRYPTO,    /* wrong passphrase, bad signature, bad key            exit 1 */
	ERR_IO,        /* disk, terminal, process                             exit 4 */
	ERR_CHAIN,     /* the node, the network, the contract                 exit 4 */
};

#define ERR_NO_OFFSET ((size_t)-1)

struct err {                  /* {0} means no error; err_clear() frees it */
	enum err_code code;
	const char *refusal;  /* static short code to be read over a phone, e.g. "SALT"; NULL when none */
	struct buf file;      /* "queue/0042.json:14" */
	struct buf field;     /* "tx.data.args[2]", grown outward by err_in() */
	size_t at;            /* byte offset inside that field's bytes, or ERR_NO_OFFSET */
	struct buf what;      /* one clause: what was needed, what was found */
};

/* All of these return false, so that `return err_set(…)` says it all. `e` may be NULL: the caller only
 * wants to know whether. A second err_set replaces the first. */
bool err_set(struct err *e, enum err_code code, size_t at, const char *fmt, ...) PRINTF(4, 5);
bool err_refuse(struct err *e, const char *refusal, const char *fmt, ...) PRINTF(3, 4);
/* Puts a name in front of the field: err_in(e, "args[%zu]", i). "a" then "b" reads "a.b"; a name that starts
 * with '[' joins without a dot. */
bool err_in(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Names the file, once: the first (innermost) name wins. line 0 = unknown. */
bool err_file(struct err *e, const char *path, size_t line);

/* The functions above, seen by the compiler as the false that they are: it then knows which outputs are set. */
#define err_set(...) __extension__({ (err_set)(__VA_ARGS__); false; })
#define err_refuse(...) __extension__({ (err_refuse)(__VA_ARGS__); false; })
#define err_in(...) __extension__({ (err_in)(__VA_ARGS__); false; })
#define err_file(...) __extension__({ (err_file)(__VA_ARGS__); false; })

bool err_is_set(const struct err *e);
void err_clear(struct err *e);
/* "file:line: field, byte N: what", without the parts that are not there, and "[CODE] " before what when there is a
 * refusal code. Control bytes are escaped; what else may deceive in foreign text is text_safe()'s to show. */
void err_format(const struct err *e, struct buf *out);
/* 1, 2, 3 or 4 as in the table above; 0 for no error. */
int err_exit_status(const struct err *e);

/* Restores whatever die_hook restores (the terminal), prints "setgov: …" to stderr and exits 4. */
NORETURN void die(const char *fmt, ...) PRINTF(1, 2);
void die_at_exit(void (*restore)(void));
#define BUG(...) die("bug: " __VA_ARGS__)

#endif
