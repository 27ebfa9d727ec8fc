/* The views of the console: one row each of the table below, one file each. A view draws what the model holds where the
 * state stands, and touches nothing else: it cannot fetch, write or act. Acting is keys.h. */
#ifndef SETGOV_TUI_CONSOLE_VIEW_H
#define SETGOV_TUI_CONSOLE_VIEW_H

#include "tui/kit/paper.h"

struct model;
struct state;

/*      id          title                                            shape */
#define VIEWS(V) \
	V(QUEUE,      "Queue: what waits",                             queue) \
	V(CHANGES,    "All changes",                                   changes) \
	V(CHANGE,     "One change",                                    change) \
	V(COMPOSE,    "Compose a change",                              compose) \
	V(BOARD,      "Signatures: owners and steps",                  board) \
	V(LOG,        "The change log",                                log) \
	V(LINE,       "One line of the log",                           line) \
	V(ALERTS,     "Alerts",                                        alerts) \
	V(DEPLOYMENT, "Deployment: the profile and the chain",         deployment) \
	V(MEETING,    "Meeting",                                       meeting) \
	V(RESULT,     "What the command said",                         result) \
	V(FIRST,      "Welcome: there is no workspace here yet",       first) \
	V(HELP,       "Keys and words",                                help)
enum view_id {
#define V(id, title, shape) VIEW_##id,
	VIEWS(V)
#undef V
	N_VIEWS,
	VIEW_ANY = N_VIEWS,           /* in the table of keys */
};

/* Not views: the pages of VIEW_COMPOSE, which have keys of their own in the table of keys. */
#define VIEW_COMPOSE_LEFT   ((enum view_id)(VIEW_ANY + 1))
#define VIEW_COMPOSE_PICK   ((enum view_id)(VIEW_ANY + 2))
#define VIEW_COMPOSE_ARGS   ((enum view_id)(VIEW_ANY + 3))
#define VIEW_COMPOSE_BOOK   ((enum view_id)(VIEW_ANY + 4))
#define VIEW_COMPOSE_BATCH  ((enum view_id)(VIEW_ANY + 5))
#define VIEW_COMPOSE_WORDS  ((enum view_id)(VIEW_ANY + 6))
#define VIEW_COMPOSE_REVIEW ((enum view_id)(VIEW_ANY + 7))
#define N_VIEW_KEYS (VIEW_ANY + 8)

/* What a view is drawn from. */
struct seen {
	const struct model *m;
	const struct state *s;
};

/* A view is a list (count and item) or a page. Both write on paper, of which a window is shown. */
struct view {
	size_t (*count)(const struct seen *x);
	void (*item)(const struct seen *x, size_t i, struct paper *p);
	/* Item i contains this text; NULL: the view's items are rendered and searched. Only for lists. */
	bool (*matches)(const struct seen *x, size_t i, struct span text);
	const char *empty;            /* said when the list has nothing */
	void (*page)(const struct seen *x, struct paper *p);
};
#define V(id, title, shape) extern const struct view shape##_view;
VIEWS(V)
#undef V

const struct view *view_of(enum view_id id);
const char *view_title(enum view_id id);

#endif
