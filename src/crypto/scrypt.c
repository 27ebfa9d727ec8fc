#include "src/crypto/scrypt.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "src/crypto/hash.h"

/* Salsa20's 16 words as four vectors along its diagonals, so that a quarter round works on whole vectors.
 * Word i of a block in this order is word 5 i mod 16 of the specification's. */
typedef uint32_t vec __attribute__((vector_size(16)));

#define BLOCK 64u                     /* bytes of one salsa block */
#define ROT(v, n) ((v) << (n) | (v) >> (32 - (n)))
#define TURN1(v) __builtin_shufflevector(v, v, 3, 0, 1, 2)
#define TURN2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1)
#define TURN3(v) __builtin_shufflevector(v, v, 1, 2, 3, 0)

static void salsa20_8(vec b[4])
{
	vec x0 = b[0], x1 = b[1], x2 = b[2], x3 = b[3];

	for (int i = 0; i < 4; i++) {
		x1 ^= ROT(x0 + x3, 7);
		x2 ^= ROT(x1 + x0, 9);
		x3 ^= ROT(x2 + x1, 13);
		x0 ^= ROT(x3 + x2, 18);
		x1 = TURN1(x1);
		x2 = TURN2(x2);
		x3 = TURN3(x3);
		x3 ^= ROT(x0 + x1, 7);
		x2 ^= ROT(x3 + x0, 9);
		x1 ^= ROT(x2 + x3, 13);
		x0 ^= ROT(x1 + x2, 18);
		x1 = TURN3(x1);
		x2 = TURN2(x2);
		x3 = TURN1(x3);
	}
	b[0] += x0;
	b[1] += x1;
	b[2] += x2;
	b[3] += x3;
}

/* scryptBlockMix of in ^ with (with may be NULL): 2 r blocks, even ones to the first half of out, odd ones to
 * the second. */
static void block_mix(vec *out, const vec *in, const vec *with, size_t r)
{
	vec x[4];

	memcpy(x, in + (2 * r - 1) * 4, sizeof(x));
	if (with != NULL)
		for (size_t k = 0; k < 4; k++)
			x[k] ^= with[(2 * r - 1) * 4 + k];
	for (size_t i = 0; i < 2 * r; i++) {
		for (size_t k = 0; k < 4; k++)
			x[k] ^= with != NULL ? in[i * 4 + k] ^ with[i * 4 + k] : in[i * 4 + k];
		salsa20_8(x);
		memcpy(out + (i / 2 + (i % 2) * r) * 4, x, sizeof(x));
	}
}

static uint32_t load_le(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void load_block(vec *x, const uint8_t *bytes, size_t r)
{
	for (size_t i = 0; i < 2 * r; i++)
		for (size_t k = 0; k < 16; k++)
			x[i * 4 + k / 4][k % 4] = load_le(bytes + i * BLOCK + 4 * (k * 5 % 16));
}

static void store_block(uint8_t *bytes, const vec *x, size_t r)
{
	for (size_t i = 0; i < 2 * r; i++)
		for (size_t k = 0; k < 16; k++) {
			const uint32_t w = x[i * 4 + k / 4][k % 4];
			uint8_t *p = bytes + i * BLOCK + 4 * (k * 5 % 16);

			for (size_t n = 0; n < 4; n++)
				p[n] = (uint8_t)(w >> (8 * n));
		}
}

/* Integerify: the last block's first word. N is at most 2^23 here, so 32 bits are enough. */
static size_t index_of(const vec *x, size_t r, uint64_t N)
{
	return x[(2 * r - 1) * 4][0] & (uint32_t)(N - 1);
}

/* scryptROMix. v holds N times 2 r blocks, x and y one each. */
static void ro_mix(uint8_t *bytes, size_t r, uint64_t N, vec *v, vec *x, vec *y)
{
	const size_t words = 8 * r;           /* vectors in 2 r blocks */

	load_block(v, bytes, r);
	for (uint64_t i = 1; i < N; i++)
		block_mix(v + i * words, v + (i - 1) * words, NULL, r);
	block_mix(x, v + (N - 1) * words, NULL, r);
	for (uint64_t i = 0; i < N; i += 2) {
		block_mix(y, x, v + index_of(x, r, N) * words, r);
		block_mix(x, y, v + index_of(y, r, N) * words, r);
	}
	store_block(bytes, x, r);
}

/* Into the mapping, which starts at a page and is cut at multiples of 128. */
static vec *as_vec(uint8_t *p)
{
	return (vec *)(void *)p;
}

static bool refuse(struct err *e, const char *field, const char *needed, uint64_t found)
{
	err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %s, found %" PRIu64, needed, found);
	return err_in(e, "%s", field);
}

bool scrypt_check(uint64_t N, uint64_t r, uint64_t p, struct err *e)
{
	if (N < 2 || (N & (N - 1)) != 0)
		return refuse(e, "n", "a power of two above 1", N);
	if (r < 1 || r > SCRYPT_R_MAX)
		return refuse(e, "r", "1 to 64", r);
	if (p < 1 || p > SCRYPT_P_MAX)
		return refuse(e, "p", "1 to 64", p);
	if (N > SCRYPT_MEMORY_MAX / 128 / r)
		return refuse(e, "n", "at most 1 GiB of memory (128*n*r bytes)", N);
	return true;
}

/* Everything lies in one mapping: the table of N blocks, two blocks to work in, p blocks of message. */
bool scrypt(uint8_t *out, size_t n, struct span password, struct span salt, uint64_t N, uint32_t r,
	    uint32_t p, struct err *e)
{
	const size_t block = (size_t)128 * r;
	size_t table, all;
	uint8_t *memory, *message;

	if (!scrypt_check(N, r, p, e))
		return false;
	table = block * (size_t)N;
	all = table + block * (2 + (size_t)p);
	memory = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot have the %zu MiB that scrypt needs: %s",
			       all >> 20, strerror(errno));
	madvise(memory, all, MADV_DONTDUMP);
	message = memory + table + 2 * block;
	pbkdf2_sha256(message, block * p, password, salt, 1);
	for (uint32_t i = 0; i < p; i++)
		ro_mix(message + i * block, r, N, as_vec(memory), as_vec(memory + table),
		       as_vec(memory + table + block));
	pbkdf2_sha256(out, n, password, span_of(message, block * p), 1);
	explicit_bzero(memory, all);
	munmap(memory, all);
	return true;
}
