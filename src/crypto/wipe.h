/* What libraries leave behind. A curve or a cipher copies keys into its own frames and need not clear them,
 * so whoever hands a secret to one calls stack_wipe() before returning. */
#ifndef SETGOV_CRYPTO_WIPE_H
#define SETGOV_CRYPTO_WIPE_H

/* Zeroes the 32 KiB of stack below the caller. Call it from the frame that called the library, not deeper. */
void stack_wipe(void);

#endif
