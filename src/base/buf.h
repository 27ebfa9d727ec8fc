/* Bytes: a borrowed run of them (struct span), a growable one (struct buf), a cursor that knows its
 * offset (struct reader), and 32 of them that name something (struct hash32). Knows no format.
 * Running out of memory ends the process (die()), so nothing here fails for that reason. */
#ifndef SETGOV_BASE_BUF_H
#define SETGOV_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/attr.h"

struct err;

/* `n` bytes at `p`, borrowed: whoever made them keeps them alive. {NULL, 0} is empty. */
struct span {
	const uint8_t *p;
	size_t n;
};

/* 32 bytes, most significant first, that name something: a hash, a root, a salt, an id. */
struct hash32 {
	uint8_t b[32];
};

struct span span_of(const void *p, size_t n);
struct span span_str(const char *s);                   /* without the NUL */
bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *s);            /* same bytes as the string */
bool span_starts(struct span a, const char *prefix);
bool hash32_eq(const struct hash32 *a, const struct hash32 *b);
bool hash32_is_zero(const struct hash32 *a);
#define SPAN_HASH(h) span_of((h)->b, 32)

/* A growable run of bytes, always followed by a NUL that does not count, so that text can be printed.
 * {0} is an empty one. buf_release() frees it and leaves {0}. */
struct buf {
	uint8_t *p;
	size_t n;
	size_t cap;
};

void buf_release(struct buf *b);
void buf_clear(struct buf *b);                         /* n = 0, memory kept */
void buf_reserve(struct buf *b, size_t extra);
void buf_byte(struct buf *b, uint8_t c);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_span(struct buf *b, struct span s);
void buf_str(struct buf *b, const char *s);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vfmt(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
void buf_zeros(struct buf *b, size_t n);
void buf_hex(struct buf *b, struct span s);            /* lower case, no 0x */
void buf_0xhex(struct buf *b, struct span s);          /* lower case, with 0x */
const char *buf_cstr(const struct buf *b);             /* never NULL */
struct span buf_view(const struct buf *b);

/* A cursor over a span. `pos` only moves forward and never passes all.n. */
struct reader {
	struct span all;
	size_t pos;
};

struct reader reader_of(struct span s);
size_t reader_left(const struct reader *r);
/* The next n bytes. ERR_SYNTAX at r->pos "needed N bytes, found M" when fewer are left. */
MUST_CHECK bool reader_take(struct reader *r, struct span *out, size_t n, struct err *e);
MUST_CHECK bool reader_byte(struct reader *r, uint8_t *out, struct err *e);
/* ERR_SYNTAX "N bytes after the end" when anything is left. */
MUST_CHECK bool reader_end(const struct reader *r, struct err *e);

/* Constant time in n; for secrets and MACs. */
bool bytes_equal_ct(const void *a, const void *b, size_t n);

#endif
