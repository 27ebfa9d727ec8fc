#include "src/crypto/wipe.h"

#include <stdint.h>
#include <string.h>

#define DEPTH 32768

/* Never inlined: its frame has to lie where the library's frames lay. */
__attribute__((noinline)) void stack_wipe(void)
{
	uint8_t frame[DEPTH];

	explicit_bzero(frame, sizeof(frame));
}
