/* Addresses and hashes on paper: whole, always, with the name that the profile gives them. */
#ifndef SETGOV_TUI_CONSOLE_WHO_H
#define SETGOV_TUI_CONSOLE_WHO_H

#include "tui/console/model.h"
#include "tui/kit/paper.h"

/* "p1 0x7099…" into the open line; the address alone when the profile has no name for it. */
void who_add(struct paper *p, const struct model *m, const struct addr *at);
/* "  name" and the hash on a row of its own below it: whole at 80 columns. */
void who_hash(struct paper *p, size_t indent, const char *name, const struct hash32 *h);
/* The eight words of a packet's digest. */
void who_phrase(struct paper *p, size_t indent, const struct hash32 *packet);

#endif
