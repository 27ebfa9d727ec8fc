#include "src/crypto/sha256_many.h"

#include <stdbool.h>
#include <string.h>

#include "src/crypto/hash.h"

static void one_by_one(struct hash32 *out, uint8_t prefix, const struct span *messages, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sha256 s;

		sha256_begin(&s);
		sha256_add(&s, span_of(&prefix, 1));
		sha256_add(&s, messages[i]);
		sha256_end(&s, &out[i]);
	}
}

#ifdef __x86_64__
#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))
#define BLOCK 64u

/* FIPS 180-4, 4.2.2. */
static const uint32_t round_keys[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* ---- rounds ----------------------------------------------------------------------------------------------------- */

/* The working variables as the instructions want them, the highest word first: a b e f, and c d g h. */
struct state {
	__m128i abef, cdgh;
};

WITH_SHA static inline struct state first_state(void)
{
	return (struct state){ _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c),
			       _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19) };
}

WITH_SHA static inline __m128i load_words(const uint8_t *p)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i_u *)p), big_endian);
}

/* W[4i] to W[4i+3] from the sixteen words before them, w[i & 3] the oldest four. */
WITH_SHA static inline __m128i next_words(const __m128i w[4], unsigned i)
{
	const __m128i oldest = w[i & 3], second = w[(i + 1) & 3], third = w[(i + 2) & 3], newest = w[(i + 3) & 3];
	const __m128i seven_back = _mm_alignr_epi8(newest, third, 4);

	return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(oldest, second), seven_back), newest);
}

WITH_SHA static inline void four_rounds(struct state *s, __m128i words, unsigned i)
{
	const __m128i wk = _mm_add_epi32(words, _mm_loadu_si128((const __m128i_u *)(round_keys + (size_t)4 * i)));

	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, wk);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

WITH_SHA static inline void add_state(struct state *s, const struct state *before)
{
	s->abef = _mm_add_epi32(s->abef, before->abef);
	s->cdgh = _mm_add_epi32(s->cdgh, before->cdgh);
}

/* n blocks of each message. */
WITH_SHA static void two_lanes(struct state *x, struct state *y, const uint8_t *p, const uint8_t *q, size_t n)
{
	struct state a = *x, b = *y;

	for (; n; n--, p += BLOCK, q += BLOCK) {
		const struct state a_before = a, b_before = b;
		__m128i u[4], v[4];

#pragma GCC unroll 16
		for (unsigned i = 0; i < 16; i++) {
			u[i & 3] = i < 4 ? load_words(p + (size_t)16 * i) : next_words(u, i);
			v[i & 3] = i < 4 ? load_words(q + (size_t)16 * i) : next_words(v, i);
			four_rounds(&a, u[i & 3], i);
			four_rounds(&b, v[i & 3], i);
		}
		add_state(&a, &a_before);
		add_state(&b, &b_before);
	}
	*x = a;
	*y = b;
}

/* ---- messages --------------------------------------------------------------------------------------------------- */

/* One message in up to three pieces: the block that starts with the prefix, whole blocks of the caller's bytes where
 * they lie, and what is left with the padding. */
struct lane {
	struct state state;
	struct { const uint8_t *p; size_t blocks; } pieces[3];
	size_t piece;                 /* 3: done */
	uint8_t first[BLOCK], last[2 * BLOCK];
	struct hash32 *out;
};

static void next_piece(struct lane *l)
{
	while (l->piece < 3 && !l->pieces[l->piece].blocks)
		l->piece++;
}

/* FIPS 180-4, 5.1.1; `used` bytes of the last blocks are there. */
static size_t pad(uint8_t last[2 * BLOCK], size_t used, uint64_t length)
{
	const size_t blocks = used + 9 > BLOCK ? 2 : 1;

	memset(last + used, 0, blocks * BLOCK - used);
	last[used] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		last[blocks * BLOCK - 1 - i] = (uint8_t)(8 * length >> 8 * i);
	return blocks;
}

WITH_SHA static void begin(struct lane *l, struct hash32 *out, uint8_t prefix, struct span m)
{
	const size_t whole = (m.n + 1) / BLOCK, used = (m.n + 1) % BLOCK;
	uint8_t *start = whole ? l->first : l->last;
	const size_t with_prefix = whole ? BLOCK - 1 : m.n;

	l->out = out;
	l->state = first_state();
	l->piece = 0;
	start[0] = prefix;
	if (with_prefix)
		memcpy(start + 1, m.p, with_prefix);
	if (whole && used)
		memcpy(l->last, m.p + m.n - used, used);
	l->pieces[0].p = l->first;
	l->pieces[0].blocks = whole ? 1 : 0;
	l->pieces[1].p = whole > 1 ? m.p + BLOCK - 1 : NULL;
	l->pieces[1].blocks = whole ? whole - 1 : 0;
	l->pieces[2].p = l->last;
	l->pieces[2].blocks = pad(l->last, used, (uint64_t)m.n + 1);
	next_piece(l);
}

static void put_word(uint8_t *out, int word)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)((uint32_t)word >> (24 - 8 * i));
}

WITH_SHA static void end(const struct lane *l)
{
	const __m128i abef = l->state.abef, cdgh = l->state.cdgh;
	uint8_t *out = l->out->b;

	put_word(out, _mm_extract_epi32(abef, 3));
	put_word(out + 4, _mm_extract_epi32(abef, 2));
	put_word(out + 8, _mm_extract_epi32(cdgh, 3));
	put_word(out + 12, _mm_extract_epi32(cdgh, 2));
	put_word(out + 16, _mm_extract_epi32(abef, 1));
	put_word(out + 20, _mm_extract_epi32(abef, 0));
	put_word(out + 24, _mm_extract_epi32(cdgh, 1));
	put_word(out + 28, _mm_extract_epi32(cdgh, 0));
}

static void advance(struct lane *l, size_t blocks)
{
	l->pieces[l->piece].p += BLOCK * blocks;
	l->pieces[l->piece].blocks -= blocks;
	next_piece(l);
	if (l->piece == 3)
		end(l);
}

struct queue {
	struct hash32 *out;
	const struct span *messages;
	size_t n, next;
	uint8_t prefix;
};

/* False when the lane is done and no message is left for it. */
WITH_SHA static bool feed(struct lane *l, struct queue *q)
{
	if (l->piece == 3 && q->next < q->n) {
		begin(l, &q->out[q->next], q->prefix, q->messages[q->next]);
		q->next++;
	}
	return l->piece < 3;
}

WITH_SHA static void run_both(struct lane *a, struct lane *b)
{
	const size_t x = a->pieces[a->piece].blocks, y = b->pieces[b->piece].blocks, blocks = x < y ? x : y;

	two_lanes(&a->state, &b->state, a->pieces[a->piece].p, b->pieces[b->piece].p, blocks);
	advance(a, blocks);
	advance(b, blocks);
}

WITH_SHA static void run_alone(struct lane *l)
{
	const uint8_t *p = l->pieces[l->piece].p;
	const size_t blocks = l->pieces[l->piece].blocks;
	struct state idle = first_state();

	two_lanes(&l->state, &idle, p, p, blocks);
	advance(l, blocks);
}

WITH_SHA static void side_by_side(struct queue *q)
{
	struct lane a, b;

	a.piece = b.piece = 3;
	for (;;) {
		const bool have_a = feed(&a, q), have_b = feed(&b, q);

		if (have_a && have_b)
			run_both(&a, &b);
		else if (have_a || have_b)
			run_alone(have_a ? &a : &b);
		else
			return;
	}
}

void sha256_many(struct hash32 *out, uint8_t prefix, const struct span *messages, size_t n)
{
	struct queue q = { out, messages, n, 0, prefix };

	if (__builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1"))
		side_by_side(&q);
	else
		one_by_one(out, prefix, messages, n);
}

#else

void sha256_many(struct hash32 *out, uint8_t prefix, const struct span *messages, size_t n)
{
	one_by_one(out, prefix, messages, n);
}

#endif
