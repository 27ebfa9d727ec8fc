#include "tests/support/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "src/base/err.h"

#define MASK_WORD (UINT64_C(0x0101010101010101) * MEMORY_MASK)
#define FORMS 3
#define WORDS_MAX 16

struct patterns {
	uint64_t masked[FORMS * WORDS_MAX];
	size_t n;
};

bool memory_can_be_searched(void)
{
#ifdef __SANITIZE_ADDRESS__
	return false;
#else
	return true;
#endif
}

void memory_unmask(uint8_t *out, const uint8_t *masked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = masked[i] ^ MEMORY_MASK;
}

static struct patterns patterns_of(const uint8_t *masked, size_t n)
{
	struct patterns p = { .n = 0 };

	assert(n % 8 == 0 && n / 8 <= WORDS_MAX);
	for (size_t i = 0; i < n; i += 8) {
		uint64_t w;

		memcpy(&w, masked + i, 8);
		p.masked[p.n++] = w;
		p.masked[p.n++] = __builtin_bswap64(w);
		w = __builtin_bswap64(w);
		p.masked[p.n++] = w << 32 | w >> 32;
	}
	return p;
}

static size_t search(const struct patterns *p, const uint8_t *from, const uint8_t *end)
{
	size_t found = 0;

	for (; from + 8 <= end; from++) {
		uint64_t w;

		memcpy(&w, from, 8);
		w ^= MASK_WORD;
		for (size_t i = 0; i < p->n; i++)
			found += w == p->masked[i];
	}
	return found;
}

size_t memory_holds(const uint8_t *masked, size_t n)
{
	const struct patterns p = patterns_of(masked, n);
	FILE *maps = fopen("/proc/self/maps", "re");
	char *line = NULL;
	size_t cap = 0, found = 0;

	assert(maps);
	while (getline(&line, &cap, maps) > 0) {
		char *rest;
		const uintptr_t from = strtoumax(line, &rest, 16), end = strtoumax(rest + 1, &rest, 16);

		if (memcmp(rest, " rw", 3) == 0)
			found += search(&p, (const uint8_t *)from, (const uint8_t *)end);
	}
	free(line);
	fclose(maps);
	return found;
}

/* makecontext() hands over ints only, and the stack has to be found again. */
#define STACK_SIZE ((size_t)1 << 20)
static struct {
	uint8_t *stack;
	void (*f)(void *);
	void *arg;
} other;

static void start(void)
{
	other.f(other.arg);
}

void memory_on_its_own_stack(void (*f)(void *), void *arg)
{
	ucontext_t here, there;

	assert(!other.stack);
	other.f = f;
	other.arg = arg;
	other.stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (other.stack == MAP_FAILED || getcontext(&there) != 0)
		die("no second stack");
	there.uc_stack.ss_sp = other.stack;
	there.uc_stack.ss_size = STACK_SIZE;
	there.uc_link = &here;
	makecontext(&there, start, 0);
	if (swapcontext(&here, &there) != 0)
		die("no second stack");
}

void memory_forget_stack(void)
{
	munmap(other.stack, STACK_SIZE);
	other.stack = NULL;
}
