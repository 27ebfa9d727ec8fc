#include "src/base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"

#define BLOCK_BYTES 16384

struct arena_block {
	struct arena_block *next;
	size_t used, cap;
	alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_new(size_t cap)
{
	struct arena_block *b;

	if (cap > SIZE_MAX - sizeof(*b))
		die("out of memory: %zu bytes", cap);
	b = calloc(1, sizeof(*b) + cap);
	if (!b)
		die("out of memory: %zu bytes", cap);
	b->cap = cap;
	return b;
}

/* A large piece gets a block of its own behind the current one, so that the rest of that is not lost. */
static struct arena_block *block_for(struct arena *a, size_t n)
{
	struct arena_block *b = a->blocks;

	if (b && n <= b->cap - b->used)
		return b;
	if (b && n > BLOCK_BYTES / 4) {
		struct arena_block *own = block_new(n);

		own->next = b->next;
		b->next = own;
		return own;
	}
	b = block_new(n > BLOCK_BYTES ? n : BLOCK_BYTES);
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	const size_t grain = alignof(max_align_t);
	struct arena_block *b;
	size_t bytes;
	void *p;

	if (size && n > (SIZE_MAX - grain) / size)
		die("out of memory: %zu times %zu bytes", n, size);
	bytes = (n * size + grain - 1) / grain * grain;
	b = block_for(a, bytes);
	p = b->bytes + b->used;
	b->used += bytes;
	return p;
}

void *arena_grown(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 16;
	more = arena_alloc(a, *cap, size);
	if (n)
		memcpy(more, v, n * size);
	return more;
}

char *arena_str(struct arena *a, struct span s)
{
	char *p;

	if (s.n == SIZE_MAX)
		die("out of memory: %zu bytes", s.n);
	p = arena_alloc(a, s.n + 1, 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct span arena_copy(struct arena *a, struct span s)
{
	return span_of(arena_str(a, s), s.n);
}

char *arena_fmt(struct arena *a, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	char *s;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	s = arena_str(a, buf_view(&b));
	buf_release(&b);
	return s;
}

void arena_release(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
}

void arena_clear(struct arena *a)
{
	struct arena_block *kept = a->blocks;

	if (!kept || kept->cap != BLOCK_BYTES) {
		arena_release(a);
		return;
	}
	a->blocks = kept->next;
	arena_release(a);
	memset(kept->bytes, 0, kept->used);
	kept->used = 0;
	kept->next = NULL;
	a->blocks = kept;
}
