#include "audit-log/verify_chain.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/store.h"
#include "src/base/hex.h"
#include "src/proof/line.h"

#define LEVEL 14u
#define CHUNK (UINT64_C(1) << LEVEL)
#define TIME_LENGTH 24u
#define HEX 64u
#define BATCH 64u
#define BATCH_BYTES ((size_t)1 << 16)

/* What a chunk has to do with its neighbours. Hashes of links are kept as the lines have them: as text. */
struct chunk {
	bool whole;
	char prev[HEX], leaf[HEX];            /* prev of its first line, leaf of its last */
	char first_time[TIME_LENGTH], last_time[TIME_LENGTH];
	bool first_stepped;                   /* its first line says that the clock stepped back */
	uint64_t lines;                       /* hashed so far */
	struct frontier tree;                 /* over its lines alone */
};

/* What a worker has in its hands: a batch of lines to be hashed together, and one chunk's leaves with every subtree. */
struct desk {
	struct store *store;
	struct buf text;
	size_t at[BATCH + 1], n;              /* line i of the batch: text from at[i] to at[i+1] */
	struct hash32 *levels[LEVEL + 1];     /* levels[k]: roots of 2^k lines each */
};

struct walk {
	const char *path;
	uint64_t lines;
	struct chunk *chunks;
	size_t n;
	const struct chain_reader *reader;    /* NULL: nobody wants the lines, but the tree is judged */
};

struct worker {
	const struct walk *walk;
	void *ctx;                            /* of the reader */
	size_t first;                         /* its chunks: first, first + CHAIN_THREADS, … */
	bool ok;
	struct err error;
};

/* ---- one chunk -------------------------------------------------------------------------------------------------- */

/* The head of a line up to its kind, where it is, and how far in: what line_peek() finds, without reading the hash. */
struct head {
	uint64_t seq;
	const char *prev, *time;
	struct span rest;             /* from the kind on */
};

static bool skip(const char **p, const char *end, const char *text, size_t n)
{
	if ((size_t)(end - *p) < n || memcmp(*p, text, n) != 0)
		return false;
	*p += n;
	return true;
}

static bool read_head(struct head *out, struct span raw)
{
#define SKIP(text) skip(&p, end, (text), sizeof(text) - 1)
#define PAST(n) ((size_t)(end - p) >= (n) && (p += (n), true))
	const char *p = (const char *)raw.p, *end = p + raw.n;

	if (!SKIP("{\"seq\":"))
		return false;
	for (out->seq = 0; p < end && *p >= '0' && *p <= '9' && out->seq < MERKLE_MAX_SIZE; p++)
		out->seq = 10 * out->seq + (uint64_t)(*p - '0');
	if (!SKIP(",\"id\":\"") || !PAST(32u) || !SKIP("\",\"prev\":\""))
		return false;
	out->prev = p;
	if (!PAST(HEX) || !SKIP("\",\"time\":\""))
		return false;
	out->time = p;
	if (!PAST(TIME_LENGTH) || !SKIP("\",\"kind\":\""))
		return false;
	out->rest = span_of((const uint8_t *)p, (size_t)(end - p));
	return true;
#undef SKIP
#undef PAST
}

static void to_hex(char out[HEX], const struct hash32 *h)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(h->b); i++) {
		out[2 * i] = digits[h->b[i] >> 4];
		out[2 * i + 1] = digits[h->b[i] & 15];
	}
}

static bool steps_back(const struct head *h)
{
	return span_starts(h->rest, "clock.stepped-back\"");
}

static bool link_is_good(struct chunk *c, const struct head *h, bool first)
{
	if (first) {
		memcpy(c->prev, h->prev, HEX);
		memcpy(c->first_time, h->time, TIME_LENGTH);
		c->first_stepped = steps_back(h);
	} else if (memcmp(h->prev, c->leaf, HEX) != 0 ||
		   (memcmp(h->time, c->last_time, TIME_LENGTH) < 0 && !steps_back(h))) {
		return false;
	}
	memcpy(c->last_time, h->time, TIME_LENGTH);
	return true;
}

static bool hash_batch(struct desk *d, struct chunk *c)
{
	struct hash32 leaves[BATCH];
	struct span lines[BATCH];
	struct hash32 *stored = d->levels[0] + c->lines;

	for (size_t i = 0; i < d->n; i++)
		lines[i] = span_of(d->text.p + d->at[i], d->at[i + 1] - d->at[i]);
	merkle_leaves(leaves, lines, d->n);
	c->lines += d->n;
	for (size_t i = 0; i < d->n; i++)
		if (!hash32_eq(&leaves[i], &stored[i]))
			return false;
	d->n = 0;
	buf_clear(&d->text);
	return true;
}

/* A chunk being judged. */
struct judging {
	struct desk *desk;
	struct chunk *chunk;
	const struct worker *worker;
	uint64_t from, to;
	uint64_t next;                        /* line, or leaf of the next nodes within the chunk */
	unsigned level;                       /* of the next node */
};

/* The leaf that is stored is believed until its batch is hashed. */
static bool judge_line(void *ctx, const struct store_row *row)
{
	struct judging *j = ctx;
	struct desk *d = j->desk;
	struct chunk *c = j->chunk;
	const uint64_t at = c->lines + d->n, seq = j->next++;
	struct head h;

	if (row->i != seq || !row->hash_ok || !read_head(&h, row->bytes) || h.seq != seq || !link_is_good(c, &h, !at))
		return false;
	to_hex(c->leaf, &row->hash);
	d->levels[0][at] = row->hash;
	buf_span(&d->text, row->bytes);
	d->at[++d->n] = d->text.n;
	if (j->worker->walk->reader && !j->worker->walk->reader->fn(j->worker->ctx, seq, row->bytes, h.rest))
		return false;
	return (d->n < BATCH && d->text.n < BATCH_BYTES) || hash_batch(d, c);
}

static bool judge_lines(struct judging *j, struct err *e)
{
	struct desk *d = j->desk;
	bool all;

	d->n = 0;
	buf_clear(&d->text);
	j->next = j->from;
	if (!store_visit(d->store, STORE_LINES, j->from, j->to, judge_line, j, &all, e))
		return false;
	j->chunk->whole = all && j->next == j->to && hash_batch(d, j->chunk);
	return true;
}

static void grow_tree(struct desk *d, struct chunk *c)
{
	for (unsigned k = 0; k < LEVEL; k++)
		merkle_parents(d->levels[k + 1], d->levels[k], c->lines >> (k + 1));
	c->tree.size = c->lines;
	for (unsigned k = 0; k <= LEVEL; k++)
		if (c->lines >> k & 1)
			c->tree.edge[k] = d->levels[k][(c->lines >> k) - 1];
}

/* Behind each leaf come the subtrees that it completes, and nothing else. */
static bool judge_node(void *ctx, const struct store_row *row)
{
	struct judging *j = ctx;
	const uint64_t n = j->next;
	const unsigned level = j->level;

	if (n == j->chunk->lines || !row->hash_ok || row->i != merkle_count(j->from + n) + level ||
	    !hash32_eq(&row->hash, &j->desk->levels[level][n >> level]))
		return false;
	j->level = level < LEVEL && (n >> level & 1) ? level + 1 : 0;
	j->next += j->level == 0;
	return true;
}

static bool judge_nodes(struct judging *j, struct err *e)
{
	const uint64_t from = merkle_count(j->from);
	/* A subtree larger than the chunk comes behind its last leaf, and is judged when all chunks are there. */
	const uint64_t to = j->chunk->lines == CHUNK ? from + 2 * CHUNK - 1 : merkle_count(j->to);
	bool all;

	j->next = 0;
	j->level = 0;
	if (!store_visit(j->desk->store, STORE_NODES, from, to, judge_node, j, &all, e))
		return false;
	j->chunk->whole = all && j->next == j->chunk->lines;
	return true;
}

static bool judge_chunk(struct desk *d, struct chunk *c, const struct worker *w, uint64_t from, uint64_t to,
			struct err *e)
{
	struct judging j = { .desk = d, .chunk = c, .worker = w, .from = from, .to = to };

	if (!judge_lines(&j, e))
		return false;
	if (!c->whole || w->walk->reader)
		return true;
	grow_tree(d, c);
	return judge_nodes(&j, e);
}

static void desk_init(struct desk *d, struct store *s)
{
	struct hash32 *all = calloc(2 * CHUNK, sizeof(*all));

	if (!all)
		die("out of memory");
	*d = (struct desk){ .store = s };
	for (unsigned k = 0; k <= LEVEL; k++) {
		d->levels[k] = all;
		all += CHUNK >> k;
	}
}

static void desk_release(struct desk *d)
{
	free(d->levels[0]);
	buf_release(&d->text);
	store_release(d->store);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	const struct walk *walk = w->walk;
	struct desk d;

	desk_init(&d, store_open(walk->path, STORE_EXAMINE, &w->error));
	w->ok = d.store != NULL;
	for (size_t i = w->first; w->ok && i < walk->n; i += CHAIN_THREADS) {
		const uint64_t from = i * CHUNK, end = from + CHUNK;

		w->ok = judge_chunk(&d, &walk->chunks[i], w, from, end < walk->lines ? end : walk->lines, &w->error);
	}
	desk_release(&d);
	return NULL;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

/* A thread that cannot be had is done without. */
static bool work_all(const struct walk *walk, struct err *e)
{
	struct worker w[CHAIN_THREADS];
	pthread_t second;
	bool started, ok = true;

	for (size_t i = 0; i < CHAIN_THREADS; i++)
		w[i] = (struct worker){ .walk = walk, .first = i,
					.ctx = walk->reader ? walk->reader->ctx[i] : NULL };
	started = pthread_create(&second, NULL, work, &w[1]) == 0;
	work(&w[0]);
	if (started)
		pthread_join(second, NULL);
	else
		work(&w[1]);
	for (size_t i = 0; i < CHAIN_THREADS; i++) {
		if (!w[i].ok && ok) {
			ok = false;
			if (e) {
				err_clear(e);
				*e = w[i].error;
				w[i].error = (struct err){0};
			}
		}
		err_clear(&w[i].error);
	}
	return ok;
}

static bool chunks_fit(const struct walk *walk)
{
	char none[HEX];

	memset(none, '0', HEX);
	for (size_t i = 0; i < walk->n; i++) {
		const struct chunk *c = &walk->chunks[i], *before = i ? c - 1 : NULL;

		if (!c->whole || memcmp(c->prev, before ? before->leaf : none, HEX) != 0)
			return false;
		if (before && !c->first_stepped && memcmp(c->first_time, before->last_time, TIME_LENGTH) < 0)
			return false;
	}
	return true;
}

/* The nodes above the chunks: chunk roots are added as if they were leaves, 2^LEVEL lines each. */
static bool upper_nodes_are_good(const struct walk *walk, struct store *s, struct frontier *above)
{
	for (size_t i = 0; i < walk->n && walk->chunks[i].tree.size == CHUNK; i++) {
		struct hash32 kept[MERKLE_LEVELS], root, stored;
		const size_t n = frontier_add(above, (frontier_root(&walk->chunks[i].tree, &root), &root), kept);

		for (size_t k = 1; k < n; k++)
			if (!store_node(s, merkle_count((i + 1) * CHUNK - 1) + LEVEL + k, &stored, NULL) ||
			    !hash32_eq(&stored, &kept[k]))
				return false;
	}
	return true;
}

/* The last chunk, if it is not full, is the right edge below. */
static struct frontier join(const struct walk *walk, const struct frontier *above)
{
	const struct chunk *last = &walk->chunks[walk->n - 1];
	struct frontier all = { .size = walk->lines };

	for (unsigned k = 0; k + LEVEL < MERKLE_LEVELS; k++)
		all.edge[k + LEVEL] = above->edge[k];
	if (last->tree.size != CHUNK)
		memcpy(all.edge, last->tree.edge, LEVEL * sizeof(all.edge[0]));
	return all;
}

static bool tree_is_good(const struct walk *walk, struct chain_walk *out)
{
	struct store *s = store_open(walk->path, STORE_EXAMINE, NULL);
	struct frontier above = {0};
	uint64_t nodes = 0;
	bool ok = s && store_count(s, STORE_NODES, &nodes, NULL) && nodes == merkle_count(walk->lines) &&
		  upper_nodes_are_good(walk, s, &above);

	store_release(s);
	if (ok) {
		const struct frontier all = join(walk, &above);

		out->head = frontier_head(&all);
		out->nodes = nodes;
	}
	return ok;
}

/* False: it could not be read. */
static bool walk_all(struct walk *walk, bool *whole, struct err *e)
{
	bool ok;

	walk->n = (size_t)((walk->lines + CHUNK - 1) / CHUNK);
	walk->chunks = calloc(walk->n ? walk->n : 1, sizeof(*walk->chunks));
	if (!walk->chunks)
		die("out of memory");
	ok = work_all(walk, e);
	*whole = ok && walk->lines > 0 && chunks_fit(walk);
	return ok;
}

bool verify_chain(struct chain_walk *out, const char *path, uint64_t lines, struct err *e)
{
	struct walk walk = { .path = path, .lines = lines };
	bool ok;

	*out = (struct chain_walk){0};
	ok = walk_all(&walk, &out->whole, e);
	out->whole = out->whole && tree_is_good(&walk, out);
	free(walk.chunks);
	return ok;
}

bool verify_chain_lines(bool *whole, struct hash32 *last, const char *path, uint64_t lines,
			const struct chain_reader *reader, struct err *e)
{
	struct walk walk = { .path = path, .lines = lines, .reader = reader };
	const bool ok = walk_all(&walk, whole, e);

	if (*whole) {
		const struct chunk *end = &walk.chunks[walk.n - 1];

		*whole = hex_bare(last->b, sizeof(last->b), span_of(end->leaf, HEX), e);
	}
	free(walk.chunks);
	return ok;
}
