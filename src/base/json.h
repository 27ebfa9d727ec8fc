/* JSON (RFC 8259) in, canonical JSON (RFC 8785) out.
 *
 * Our own reader, and not a library's, because JSON here is what is signed (typed data), what is logged (lines)
 * and what is judged (packets): a number must stay the digits that were written (EIP-712 integers exceed every
 * library's int64 and double), each value must know the byte it stands at so that an error can point there, and
 * a name given twice must be refused. Its tests hold it against jansson's verdict on the same bytes.
 *
 * Strict: UTF-8, no duplicate names, no trailing bytes, depth at most 64. Values live in the arena; `text`
 * must outlive them. */
#ifndef SETGOV_BASE_JSON_H
#define SETGOV_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type type;
	struct span text;             /* NUMBER: the digits as written; STRING: decoded UTF-8 */
	size_t at;                    /* offset of its first byte in the document; ERR_NO_OFFSET if built */
	struct span name;             /* its name when it is a member of an object */
	struct json *first, *last;    /* children of ARRAY and OBJECT, in written order */
	struct json *next;
	size_t n;                     /* how many children */
};

/* One document. On error e->at is the byte. */
MUST_CHECK const struct json *json_parse(struct arena *a, struct span text, struct err *e);
/* 1-based line of a byte offset. */
size_t json_line(struct span text, size_t at);
/* An error about a byte of `text` names the file that it was read from, and the line. Returns false. */
bool json_err_file(struct err *e, const char *path, struct span text);
#define json_err_file(...) __extension__({ (json_err_file)(__VA_ARGS__); false; })

/* Reading. Each names the member in e->field and its offset in e->at when it fails: ERR_MISSING, ERR_SYNTAX (wrong
 * type), ERR_RANGE. */
const struct json *json_find(const struct json *object, const char *name);   /* NULL when absent or not an object */
const struct json *json_at(const struct json *array, size_t i);
MUST_CHECK bool json_get(const struct json *object, const char *name, enum json_type type, const struct json **out,
			 struct err *e);
MUST_CHECK bool json_get_str(const struct json *object, const char *name, struct span *out, struct err *e);
/* A number without fraction, exponent or sign, at most 2^53-1. */
MUST_CHECK bool json_get_u64(const struct json *object, const char *name, uint64_t *out, struct err *e);
MUST_CHECK bool json_get_bool(const struct json *object, const char *name, bool *out, struct err *e);
/* "0x" and 64 digits; without "0x". */
MUST_CHECK bool json_get_hash(const struct json *object, const char *name, struct hash32 *out, struct err *e);
MUST_CHECK bool json_get_bare_hash(const struct json *object, const char *name, struct hash32 *out, struct err *e);
/* A quantity as people and tools write it: a JSON number without fraction, or a string of decimal digits or 0x hex. */
MUST_CHECK bool json_get_u256(const struct json *object, const char *name, struct u256 *out, struct err *e);
/* ERR_UNKNOWN naming the first member that is not in the NULL-ended list. */
MUST_CHECK bool json_only(const struct json *object, const char *const names[], struct err *e);
bool json_is_null(const struct json *v);                 /* NULL pointer or JSON null */
/* Every number in it is an integer within 2^53-1 of zero, so that json_canonical() can write it. ERR_RANGE naming the
 * first that is not. Ask this of every document from outside before writing it canonically. */
MUST_CHECK bool json_is_canonical(const struct json *v, struct err *e);

/* Building, in an arena. Text is copied, and is UTF-8 without NUL or it is a bug. Names must be unique: a second
 * json_set of a name is a bug. */
struct json *json_object(struct arena *a);
struct json *json_array(struct arena *a);
struct json *json_null(struct arena *a);
struct json *json_bool(struct arena *a, bool v);
struct json *json_u64(struct arena *a, uint64_t v);      /* v <= 2^53-1 */
struct json *json_str(struct arena *a, const char *s);
struct json *json_text(struct arena *a, struct span utf8);
struct json *json_fmt(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
struct json *json_u256(struct arena *a, const struct u256 *v);      /* a decimal string */
struct json *json_0x(struct arena *a, struct span bytes);           /* "0x…" string */
struct json *json_bare(struct arena *a, struct span bytes);         /* hex string without 0x */
void json_set(struct json *object, struct arena *a, const char *name, struct json *value);
void json_push(struct json *array, struct json *value);
struct json *json_copy(struct arena *a, const struct json *v);      /* deep, without siblings */
bool json_same(const struct json *a, const struct json *b);         /* same canonical bytes */

/* RFC 8785: members sorted by UTF-16 code units, no white space, its escapes. Numbers are written as they were
 * read, so a tree that is not json_is_canonical() is a bug here. */
void json_canonical(struct buf *out, const struct json *v);
/* Members in their written order, no white space: log lines, whose key order is fixed by hand. */
void json_compact(struct buf *out, const struct json *v);
/* Members in written order, two spaces a level, for people and --json. */
void json_pretty(struct buf *out, const struct json *v);
/* One string with quotes and RFC 8785 escapes. */
void json_quote(struct buf *out, struct span utf8);

#endif
