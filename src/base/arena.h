/* Allocate many, free once. Anything decoded lives in an arena; a `struct arena *` argument says so. */
#ifndef SETGOV_BASE_ARENA_H
#define SETGOV_BASE_ARENA_H

#include <stddef.h>

#include "src/base/attr.h"
#include "src/base/buf.h"

struct arena {                /* {0} is an empty one */
	struct arena_block *blocks;
};

/* Zeroed, aligned for any type; n * size is checked for overflow. Never NULL. */
void *arena_alloc(struct arena *a, size_t n, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))
/* `v`, which holds n items and has room for *cap, or a copy with more room where one more would not fit. *cap begins as
 * 0, and what is behind the items is zeroed. */
void *arena_grown(struct arena *a, void *v, size_t n, size_t *cap, size_t size);
#define ARENA_GROW(a, v, n, cap) ((v) = arena_grown((a), (v), (n), &(cap), sizeof(*(v))))
struct span arena_copy(struct arena *a, struct span s);      /* followed by a NUL that does not count */
char *arena_str(struct arena *a, struct span s);             /* the same, as a C string */
char *arena_fmt(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
void arena_release(struct arena *a);
void arena_clear(struct arena *a);     /* released and ready again; keeps a block, for the next of many lines */

#endif
