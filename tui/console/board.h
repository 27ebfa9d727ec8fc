/* Owners x steps of the change that is shown: what each owner's square says. Signatures and notes are the log's; who is
 * an owner on chain is the snapshot's, as far as there is one. */
#ifndef SETGOV_TUI_CONSOLE_BOARD_H
#define SETGOV_TUI_CONSOLE_BOARD_H

#include "tui/console/model.h"

enum board_mark { BOARD_MISSING, BOARD_SIGNED, BOARD_REFUSED, BOARD_DECLINED };

struct board_square {
	enum board_mark mark;
	const struct step_note *note; /* REFUSED and DECLINED: the newest one about this packet */
	int64_t when;                 /* seconds: when the log took it in; 0: MISSING */
	bool counts;                  /* false: SIGNED, by somebody who is no owner on chain (any more) */
};

struct board_square board_square(const struct model *m, enum step_kind k, const struct addr *owner);
/* Signatures that the Safe would count. */
size_t board_signed(const struct model *m, enum step_kind k);
/* The i-th owner on chain that the profile does not name, or NULL; the i-th of the profile that is none on chain. */
const struct addr *board_stranger(const struct model *m, size_t i);
const struct person *board_former(const struct model *m, size_t i);
/* The step is one of the change's route, and not a cancel that nobody has asked for, or one that will never be. */
bool board_has(const struct change *c, enum step_kind k);
/* What it waits for, and the key that goes on: "2 more signatures: e (export), i (import)". */
void board_waits(struct buf *out, const struct model *m, enum step_kind k);
/* Whose note it is: an owner of the profile, or NULL. */
const struct person *board_speaker(const struct model *m, const struct step_note *n);

#endif
