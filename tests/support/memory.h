/* Looking for secrets in the whole memory of this process: stacks, heaps (freed parts too) and data. What is looked
 * for is kept masked, so that the search does not find itself. */
#ifndef SETGOV_TESTS_SUPPORT_MEMORY_H
#define SETGOV_TESTS_SUPPORT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_MASK 0x5a

/* False under AddressSanitizer, whose own memory is too large to read. */
bool memory_can_be_searched(void);
/* n is a multiple of 8. How many places hold any 8 of the bytes, from an offset that is a multiple of 8: as they are,
 * reversed (a limb of a big number), or with each half reversed (words of a hash). */
size_t memory_holds(const uint8_t *masked, size_t n);
/* Writes the bytes themselves. */
void memory_unmask(uint8_t *out, const uint8_t *masked, size_t n);
/* Runs f(arg) on a stack of its own, which stays as f left it until memory_forget_stack(). */
void memory_on_its_own_stack(void (*f)(void *), void *arg);
void memory_forget_stack(void);

#endif
