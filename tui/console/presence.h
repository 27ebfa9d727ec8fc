/* Who else is on this workspace, and what they are at. Each console keeps one file, presence/HOST.PID.json in the
 * workspace, locked (flock) while it lives and written anew when what it does changes. It is a courtesy: nothing is
 * decided on it, anybody who can write there can claim anything, and where it cannot be kept there is simply none. */
#ifndef SETGOV_TUI_CONSOLE_PRESENCE_H
#define SETGOV_TUI_CONSOLE_PRESENCE_H

#include "tui/console/model.h"

#define PRESENCE_FILE_MAX ((size_t)2048)
#define PRESENCE_TEXT_MAX ((size_t)128)       /* bytes of each member */
#define PRESENT_MAX 16                        /* others that are shown */

/* What a file says: canonical JSON and a newline, {"change":"SC-7"|null,"doing":…,"format":"setgov-presence/1",
 * "host":…,"who":…}. */
struct presence_said {
	struct span who, host;
	struct span change;           /* empty: none */
	struct span doing;
};
void presence_write(struct buf *out, const struct presence_said *s);
/* Strict: one spelling, no unknown members, UTF-8 of at most PRESENCE_TEXT_MAX bytes each. Borrows from the arena. */
MUST_CHECK bool presence_parse(struct arena *a, struct presence_said *out, struct span text, struct err *e);

struct presence;

/* `dir`: the workspace. Removes files whose console is gone. NULL, silently, where none can be kept; the functions
 * below take that, and do nothing. */
struct presence *presence_open(const char *dir, const char *who);
/* `change` NULL: none. The same as before writes nothing. */
void presence_say(struct presence *p, const char *change, const char *doing);
/* The others that live, by the names of their files; their words made safe. */
void presence_read(const struct presence *p, struct arena *a, struct present **out, size_t *n);
void presence_close(struct presence *p);

#endif
