/* A fuzz target: what every one of them defines, and how it demands. A demand that fails says itself before the abort,
 * so that a crash in a fuzzer's log can be read. */
#ifndef SETGOV_TESTS_FUZZ_TARGET_H
#define SETGOV_TESTS_FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static inline void demand(bool fact, const char *otherwise)
{
	if (fact)
		return;
	fprintf(stderr, "%s\n", otherwise);
	abort();
}

/* The same, in the words of the code. */
#define DEMAND(fact) demand((fact), "not so: " #fact)

#endif
