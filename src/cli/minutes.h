/* What a meeting leaves behind: its minutes, as Markdown that a person reads and a log keeps by its digest. Texts by
 * people are shown safely, and are never taken for Markdown. */
#ifndef SETGOV_CLI_MINUTES_H
#define SETGOV_CLI_MINUTES_H

#include "audit-log/workspace.h"
#include "src/gov/meeting.h"

/* What was on the agenda, then what was decided without having been on it. */
struct id_list minutes_items(struct arena *a, const struct meeting *m);
/* `all` has every one of those changes (others do not matter); ERR_MISSING when not. The log's head is the one before
 * the minutes. */
MUST_CHECK bool minutes_write(const struct workspace *ws, struct arena *a, struct buf *out, const struct meeting *m,
			      const struct changes *all, struct err *e);
/* One line of a text as itself: neither a control nor a piece of Markdown or HTML. */
void minutes_text(struct buf *out, struct span text);
/* The change with this id. ERR_MISSING: a meeting's line names a change that the log does not have, which no program
 * of ours wrote. */
MUST_CHECK const struct change *minutes_change(const struct changes *all, struct span id, struct err *e);
/* One sentence for each action of the change, from the pinned catalogue, or why there is none: borrowed from `a`. */
const char **minutes_sentences(const struct workspace *ws, struct arena *a, const struct change *c, size_t *n);
/* The eight words that are read aloud. */
const char *minutes_phrase(struct arena *a, const struct hash32 *packet);

#endif
