#include "src/crypto/keccak.h"

#include <string.h>

#define LANES (KECCAK_RATE / 8)

static const uint64_t round_constant[24] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define ROL(x, n) ((x) << (n) | (x) >> (64 - (n)))

/* theta: d is what each column of lanes is to be xored with. */
#define THETA(A) \
	c0 = A##00 ^ A##10 ^ A##20 ^ A##30 ^ A##40, c1 = A##01 ^ A##11 ^ A##21 ^ A##31 ^ A##41, \
	c2 = A##02 ^ A##12 ^ A##22 ^ A##32 ^ A##42, c3 = A##03 ^ A##13 ^ A##23 ^ A##33 ^ A##43, \
	c4 = A##04 ^ A##14 ^ A##24 ^ A##34 ^ A##44, \
	d0 = c4 ^ ROL(c1, 1), d1 = c0 ^ ROL(c2, 1), d2 = c1 ^ ROL(c3, 1), d3 = c2 ^ ROL(c4, 1), \
	d4 = c3 ^ ROL(c0, 1)

/* rho and pi bring five lanes into c; chi writes them as row y of E. */
#define CHI(E, y) \
	E##y##0 = c0 ^ (~c1 & c2), E##y##1 = c1 ^ (~c2 & c3), E##y##2 = c2 ^ (~c3 & c4), \
	E##y##3 = c3 ^ (~c4 & c0), E##y##4 = c4 ^ (~c0 & c1)

/* One round from the lanes A (row, column) to the lanes E, all in locals: that is what makes it fast. */
#define ROUND(A, E, rc) \
	THETA(A); \
	c0 = A##00 ^ d0, c1 = ROL(A##11 ^ d1, 44), c2 = ROL(A##22 ^ d2, 43), c3 = ROL(A##33 ^ d3, 21), \
	c4 = ROL(A##44 ^ d4, 14), CHI(E, 0), E##00 ^= (rc); \
	c0 = ROL(A##03 ^ d3, 28), c1 = ROL(A##14 ^ d4, 20), c2 = ROL(A##20 ^ d0, 3), \
	c3 = ROL(A##31 ^ d1, 45), c4 = ROL(A##42 ^ d2, 61), CHI(E, 1); \
	c0 = ROL(A##01 ^ d1, 1), c1 = ROL(A##12 ^ d2, 6), c2 = ROL(A##23 ^ d3, 25), \
	c3 = ROL(A##34 ^ d4, 8), c4 = ROL(A##40 ^ d0, 18), CHI(E, 2); \
	c0 = ROL(A##04 ^ d4, 27), c1 = ROL(A##10 ^ d0, 36), c2 = ROL(A##21 ^ d1, 10), \
	c3 = ROL(A##32 ^ d2, 15), c4 = ROL(A##43 ^ d3, 56), CHI(E, 3); \
	c0 = ROL(A##02 ^ d2, 62), c1 = ROL(A##13 ^ d3, 55), c2 = ROL(A##24 ^ d4, 39), \
	c3 = ROL(A##30 ^ d0, 41), c4 = ROL(A##41 ^ d1, 2), CHI(E, 4)

#define ROWS(X) X(0) X(1) X(2) X(3) X(4)
#define DECLARE(y) \
	uint64_t a##y##0, a##y##1, a##y##2, a##y##3, a##y##4, e##y##0, e##y##1, e##y##2, e##y##3, e##y##4;
#define LOAD(y) \
	a##y##0 = s[5 * y], a##y##1 = s[5 * y + 1], a##y##2 = s[5 * y + 2], a##y##3 = s[5 * y + 3], \
	a##y##4 = s[5 * y + 4];
#define STORE(y) \
	s[5 * y] = a##y##0, s[5 * y + 1] = a##y##1, s[5 * y + 2] = a##y##2, s[5 * y + 3] = a##y##3, \
	s[5 * y + 4] = a##y##4;

/* Keccak-f[1600], two rounds a turn so that the lanes go from a to e and back without a copy. */
static void permute(uint64_t s[25])
{
	uint64_t c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;

	ROWS(DECLARE)
	ROWS(LOAD)
	for (unsigned i = 0; i < 24; i += 2) {
		ROUND(a, e, round_constant[i]);
		ROUND(e, a, round_constant[i + 1]);
	}
	ROWS(STORE)
}

/* Lanes are little-endian in FIPS 202, as the machines we build for are. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "lanes are read and written as they lie in memory");

static void absorb_block(struct keccak *k, const uint8_t *p)
{
	for (unsigned i = 0; i < LANES; i++) {
		uint64_t lane;

		memcpy(&lane, p + 8 * i, 8);
		k->lane[i] ^= lane;
	}
	permute(k->lane);
}

/* Bytes that do not fill a block. */
static void absorb_some(struct keccak *k, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++, k->filled++)
		k->lane[k->filled / 8] ^= (uint64_t)p[i] << 8 * (k->filled % 8);
}

void keccak_init(struct keccak *k)
{
	memset(k, 0, sizeof(*k));
}

void keccak_update(struct keccak *k, struct span data)
{
	if (data.n == 0)
		return;
	if (k->filled) {
		const size_t room = KECCAK_RATE - k->filled;
		const size_t n = data.n < room ? data.n : room;

		absorb_some(k, data.p, n);
		data = span_of(data.p + n, data.n - n);
		if (k->filled < KECCAK_RATE)
			return;
		permute(k->lane);
		k->filled = 0;
	}
	for (; data.n >= KECCAK_RATE; data = span_of(data.p + KECCAK_RATE, data.n - KECCAK_RATE))
		absorb_block(k, data.p);
	absorb_some(k, data.p, data.n);
}

static void finish(struct keccak *k, uint8_t pad, struct hash32 *out)
{
	k->lane[k->filled / 8] ^= (uint64_t)pad << 8 * (k->filled % 8);
	k->lane[LANES - 1] ^= UINT64_C(1) << 63;
	permute(k->lane);
	memcpy(out->b, k->lane, 32);
	explicit_bzero(k, sizeof(*k));
}

void keccak_final(struct keccak *k, struct hash32 *out)
{
	finish(k, 0x01, out);
}

void keccak_sponge(struct hash32 *out, uint8_t pad, struct span data)
{
	struct keccak k;

	keccak_init(&k);
	keccak_update(&k, data);
	finish(&k, pad, out);
}

void keccak256(struct hash32 *out, struct span data)
{
	keccak_sponge(out, 0x01, data);
}
