#include "src/proof/tile.h"

#include <assert.h>
#include <string.h>

/* Three digits a group, all but the last behind an x: 1234067 is x001/x234/067. */
static void write_number(struct buf *out, uint64_t n)
{
	unsigned groups[7], k = 0;

	do {
		groups[k++] = (unsigned)(n % 1000);
		n /= 1000;
	} while (n);
	while (k-- > 0)
		buf_fmt(out, "%s%03u%s", k ? "x" : "", groups[k], k ? "/" : "");
}

static void write_width(struct buf *out, unsigned width)
{
	assert(width >= 1 && width <= TILE_WIDTH);
	if (width < TILE_WIDTH)
		buf_fmt(out, ".p/%u", width);
}

void tile_path(struct buf *out, unsigned level, uint64_t n, unsigned width)
{
	buf_fmt(out, "tile/%u/", level);
	write_number(out, n);
	write_width(out, width);
}

void tile_entries_path(struct buf *out, uint64_t n, unsigned width)
{
	buf_str(out, "tile/entries/");
	write_number(out, n);
	write_width(out, width);
}

uint64_t tile_hashes(uint64_t size, unsigned level)
{
	assert(level < TILE_LEVELS);
	return size >> (TILE_HEIGHT * level);
}

unsigned tile_width(uint64_t hashes, uint64_t n)
{
	const uint64_t before = n * TILE_WIDTH;

	if (hashes <= before)
		return 0;
	return hashes - before < TILE_WIDTH ? (unsigned)(hashes - before) : TILE_WIDTH;
}

bool tile_make(struct buf *out, unsigned level, uint64_t n, unsigned width, const struct merkle_nodes *nodes,
	       struct err *e)
{
	for (uint64_t i = 0; i < width; i++) {
		struct hash32 h;

		if (!nodes->read(nodes->ctx, &h, merkle_index(TILE_HEIGHT * level, n * TILE_WIDTH + i), e))
			return false;
		buf_span(out, SPAN_HASH(&h));
	}
	return true;
}

/* The hashes stand where leaves would: what is above them is hashed the same way. */
void tile_root(struct hash32 *out, struct span bytes)
{
	struct frontier f = {0};
	struct hash32 kept[MERKLE_LEVELS], h;

	assert(bytes.n == (size_t)TILE_WIDTH * 32);
	for (size_t i = 0; i < TILE_WIDTH; i++) {
		memcpy(h.b, bytes.p + 32 * i, 32);
		frontier_add(&f, &h, kept);
	}
	frontier_root(&f, out);
}

void tile_bundle_add(struct buf *out, struct span entry)
{
	assert(entry.n <= 0xffff);
	buf_byte(out, (uint8_t)(entry.n >> 8));
	buf_byte(out, (uint8_t)entry.n);
	buf_span(out, entry);
}

bool tile_bundle_next(struct reader *bundle, struct span *entry, struct err *e)
{
	struct span length;

	return reader_take(bundle, &length, 2, e) &&
	       reader_take(bundle, entry, (size_t)length.p[0] << 8 | length.p[1], e);
}
