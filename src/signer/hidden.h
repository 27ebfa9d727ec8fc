/* What a person types to show that somebody else read the packet, too: two words of its phrase, at places picked at
 * random and never shown here; or, when nobody did, the change's id. And the day, where this machine does not know
 * it. Pure but for the two random places. */
#ifndef SETGOV_SIGNER_HIDDEN_H
#define SETGOV_SIGNER_HIDDEN_H

#include "src/signer/review.h"

struct hidden {
	unsigned at[2];               /* 0 to 7, ascending, never the same */
};
struct hidden hidden_pick(void);
/* Two others than these: two signers may have hidden the same word from each other. */
struct hidden hidden_others(struct hidden not_these);
unsigned hidden_mask(struct hidden h);                        /* as review_look.masked */
/* Blanks around it and capital letters do not matter. */
bool hidden_is_word(const struct reviewed *r, unsigned i, struct span typed);
#define HIDDEN_NOT_THE_CHANGE "That is not the id of this change; it stands in the first lines of the page. Once more:"
bool hidden_is_change(const struct reviewed *r, struct span typed);

/* "2026-11-18", a day on which this packet can be in somebody's hands: not before it was made (by a day: zones differ),
 * and within a year. ERR_SYNTAX: no day; ERR_RANGE says what is wrong. */
MUST_CHECK bool day_is_plausible(const struct reviewed *r, struct span typed, struct err *e);
/* Is the day to be asked for: this machine is behind the packet, and what was typed before in this session (or NULL)
 * is no day for it? */
bool day_is_needed(const struct reviewed *r, const char *typed);

#endif
