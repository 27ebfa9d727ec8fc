#include "audit-log/verify_chain.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/store.h"
#include "src/proof/line.h"

#define LEVEL 14u
#define CHUNK (UINT64_C(1) << LEVEL)
#define TIME_LENGTH 24u
#define HEX 64u
#define THREADS 2u

/* What a chunk has to do with its neighbours. Hashes of links are kept as the lines have them: as text. */
struct chunk {
	bool whole;
	char prev[HEX], leaf[HEX];            /* prev of its first line, leaf of its last */
	char first_time[TIME_LENGTH], last_time[TIME_LENGTH];
	bool first_stepped;                   /* its first line says that the clock stepped back */
	struct frontier tree;                 /* over its lines alone */
};

struct walk {
	const char *path;
	uint64_t lines;
	struct chunk *chunks;
	size_t n;
};

struct worker {
	const struct walk *walk;
	size_t first;                         /* its chunks: first, first + THREADS, … */
	bool ok;
	struct err error;
};

/* ---- one chunk -------------------------------------------------------------------------------------------------- */

/* The next stored node has to be this one. */
static bool node_is(struct store_scan *nodes, uint64_t index, const struct hash32 *computed)
{
	struct store_row row;

	return store_scan_step(nodes, &row, NULL) == STORE_ROW && row.hash_ok && row.i == index &&
	       hash32_eq(&row.hash, computed);
}

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

static bool link_is_good(struct chunk *c, const struct head *h)
{
	if (!c->tree.size) {
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

static bool judge_row(struct chunk *c, const struct store_row *row, uint64_t seq, struct store_scan *nodes)
{
	struct hash32 leaf, kept[MERKLE_LEVELS];
	struct head h;
	size_t n;

	line_leaf(&leaf, row->bytes);
	if (row->i != seq || !row->hash_ok || !hash32_eq(&leaf, &row->hash) || !read_head(&h, row->bytes) ||
	    h.seq != seq || !link_is_good(c, &h))
		return false;
	to_hex(c->leaf, &leaf);
	n = frontier_add(&c->tree, &leaf, kept);
	for (size_t i = 0; i < n; i++)
		if (!node_is(nodes, merkle_count(seq) + i, &kept[i]))
			return false;
	return true;
}

static bool judge_chunk(struct store *s, struct chunk *c, uint64_t from, uint64_t to, struct err *e)
{
	struct store_scan *lines = store_scan_new(s, STORE_LINES, from, to, true, e);
	struct store_scan *nodes = lines ? store_scan_new(s, STORE_NODES, merkle_count(from), merkle_count(to), true, e)
					 : NULL;
	enum store_step step = STORE_ERROR;
	struct store_row row;
	uint64_t seq = from;

	c->whole = nodes != NULL;
	while (c->whole && (step = store_scan_step(lines, &row, e)) == STORE_ROW)
		c->whole = judge_row(c, &row, seq++, nodes);
	c->whole &= seq == to;
	store_scan_free(lines);
	store_scan_free(nodes);
	return step != STORE_ERROR;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	const struct walk *walk = w->walk;
	struct store *s = store_open(walk->path, STORE_EXAMINE, &w->error);

	w->ok = s != NULL;
	for (size_t i = w->first; w->ok && i < walk->n; i += THREADS) {
		const uint64_t from = i * CHUNK, end = from + CHUNK;

		w->ok = judge_chunk(s, &walk->chunks[i], from, end < walk->lines ? end : walk->lines, &w->error);
	}
	store_release(s);
	return NULL;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

/* A thread that cannot be had is done without. */
static bool work_all(const struct walk *walk, struct err *e)
{
	struct worker w[THREADS];
	pthread_t second;
	bool started, ok = true;

	for (size_t i = 0; i < THREADS; i++)
		w[i] = (struct worker){ .walk = walk, .first = i };
	started = pthread_create(&second, NULL, work, &w[1]) == 0;
	work(&w[0]);
	if (started)
		pthread_join(second, NULL);
	else
		work(&w[1]);
	for (size_t i = 0; i < THREADS; i++) {
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

bool verify_chain(struct chain_walk *out, const char *path, uint64_t lines, struct err *e)
{
	struct walk walk = { .path = path, .lines = lines, .n = (size_t)((lines + CHUNK - 1) / CHUNK) };
	bool ok;

	*out = (struct chain_walk){0};
	walk.chunks = calloc(walk.n ? walk.n : 1, sizeof(*walk.chunks));
	if (!walk.chunks)
		die("out of memory");
	ok = work_all(&walk, e);
	out->whole = ok && lines > 0 && chunks_fit(&walk) && tree_is_good(&walk, out);
	free(walk.chunks);
	return ok;
}
