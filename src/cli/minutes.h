/* What a meeting leaves behind: its minutes, as Markdown that a person reads and a log keeps by its digest. Texts by
 * people are shown safely, and are never taken for Markdown. */
#ifndef SETGOV_CLI_MINUTES_H
#define SETGOV_CLI_MINUTES_H

#include "audit-log/workspace.h"
#include "src/gov/meeting.h"

/* What was on the agenda, then what was decided without having been on it. */
struct id_list minutes_items(struct arena *a, const struct meeting *m);
/* `all` has every one of those changes (others do not matter). The log's head is the one before the minutes. */
void minutes_write(const struct workspace *ws, struct arena *a, struct buf *out, const struct meeting *m,
		   const struct changes *all);
/* The change with this id; it not being there is a bug. */
const struct change *minutes_change(const struct changes *all, struct span id);
/* One sentence for each action of the change, from the pinned catalogue, or why there is none: borrowed from `a`. */
const char **minutes_sentences(const struct workspace *ws, struct arena *a, const struct change *c, size_t *n);
/* The eight words that are read aloud. */
const char *minutes_phrase(struct arena *a, const struct hash32 *packet);

#endif
