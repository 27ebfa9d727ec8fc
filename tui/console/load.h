/* Fills the model from the workspace: the log through its views, every line that is shown re-read and re-hashed. Reads,
 * and never writes. What the chain says comes in as the JSON that `setgov status` and `setgov show` print. */
#ifndef SETGOV_TUI_CONSOLE_LOAD_H
#define SETGOV_TUI_CONSOLE_LOAD_H

#include "tui/console/model.h"
#include "tui/console/state.h"

/* The log has grown, or the chain was seen anew: queue and changes. True when nothing was wrong. */
MUST_CHECK bool load_queue(struct model *m, struct err *e);
/* Has somebody written to the log since? Catches up when so. */
MUST_CHECK bool load_refresh(struct model *m, bool *changed, struct err *e);
/* What the place that is shown needs and is not there yet; cheap when all of it is. Trouble is put where it is
 * shown. */
void load_place(struct model *m, const struct state *s);
/* The change anew, when it is the one that is shown. */
void load_forget_change(struct model *m);
/* The last look at the chain failed, and why. */
void load_trouble(struct model *m, struct span words);
/* `text` is what `setgov status --json` printed. Keeps the old snapshot when it cannot be read, or when nobody answered
 * and somebody had before. */
MUST_CHECK bool load_snapshot(struct model *m, struct span text, struct err *e);

#endif
