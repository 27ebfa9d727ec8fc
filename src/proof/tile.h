/* C2SP tlog-tiles: a log cut into files that never change once they are full, so that any static host can serve it. A
 * tile holds up to 256 hashes, each the root of 256^level leaves; a bundle the up to 256 entries below a tile of level
 * 0, each behind its length in two bytes. What a tree's size leaves over goes into a partial tile, named by its width.
 * Vectors: tests/vectors/tlog.json. */
#ifndef SETGOV_PROOF_TILE_H
#define SETGOV_PROOF_TILE_H

#include "src/proof/merkle.h"

#define TILE_HEIGHT 8u
#define TILE_WIDTH 256u
#define TILE_LEVELS 7u                /* 256^7 exceeds MERKLE_MAX_SIZE */

/* "tile/1/x001/x234/067", "tile/0/273.p/112", "tile/entries/003.p/232"; width is 1 to TILE_WIDTH. */
void tile_path(struct buf *out, unsigned level, uint64_t n, unsigned width);
void tile_entries_path(struct buf *out, uint64_t n, unsigned width);
/* How many hashes level `level` of a tree of this size has, in all its tiles. */
uint64_t tile_hashes(uint64_t size, unsigned level);
/* How wide tile n of a level with so many hashes is; 0: it does not exist. */
unsigned tile_width(uint64_t hashes, uint64_t n);

/* The tile's bytes, appended. */
MUST_CHECK bool tile_make(struct buf *out, unsigned level, uint64_t n, unsigned width, const struct merkle_nodes *nodes,
			  struct err *e);
/* The root over a full tile's hashes: what the level above says of it. `bytes` is TILE_WIDTH * 32 long. */
void tile_root(struct hash32 *out, struct span bytes);

/* An entry is at most 65,535 bytes. */
void tile_bundle_add(struct buf *out, struct span entry);
/* The next entry of a bundle; borrows from it. ERR_SYNTAX with the byte when it is cut off. */
MUST_CHECK bool tile_bundle_next(struct reader *bundle, struct span *entry, struct err *e);

#endif
