/* ABI decoding: a timelock batch of 100 calls, strictly, in under a millisecond. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/evm/abi.h"
#include "src/gov/timelock.h"

#define CALLS 100
#define RUNS 2000

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	static double ms[RUNS];
	struct arena a = {0};
	struct call *calls = ARENA_ARRAY(&a, struct call, CALLS);
	uint8_t *data = ARENA_ARRAY(&a, uint8_t, CALLS * 68);
	for (size_t i = 0; i < CALLS; i++) {
		data[i * 68] = 0x5e;
		data[i * 68 + 35] = (uint8_t)i;
		calls[i].to.b[19] = (uint8_t)(i + 1);
		calls[i].data = span_of(data + i * 68, 68);
	}
	const struct operation op = { .calls = { calls, CALLS }, .batch = true };
	struct buf calldata = {0};
	timelock_schedule(&calldata, &op, 86400);
	for (size_t i = 0; i < RUNS; i++) {
		struct arena scratch = {0};
		struct timelock_call out;
		struct err e = {0};
		const double start = now_ms();
		if (!timelock_parse(&scratch, &out, buf_view(&calldata), &e))
			return 2;
		ms[i] = now_ms() - start;
		arena_release(&scratch);
	}
	qsort(ms, RUNS, sizeof(ms[0]), by_value);
	printf("%-44s median %.4f ms, 99 %% %.4f ms (needed under 1 ms)%s\n",
	       "decode a scheduleBatch of 100 calls", ms[RUNS / 2], ms[RUNS * 99 / 100],
	       ms[RUNS / 2] < 1 ? "" : "  NOT MET");
	buf_release(&calldata);
	arena_release(&a);
	return ms[RUNS / 2] < 1 ? 0 : 1;
}
