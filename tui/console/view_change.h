/* The page of one change: what a meeting looks at. The meeting's page and the board reuse its parts. */
#ifndef SETGOV_TUI_CONSOLE_VIEW_CHANGE_H
#define SETGOV_TUI_CONSOLE_VIEW_CHANGE_H

#include "tui/console/model.h"
#include "tui/console/view.h"

/* Items of the page: lines of the history from here on, the newest line last. */
#define CHANGE_ITEM_LINES 1000u

/* False: it cannot be shown, and the page says why. */
bool change_is_there(const struct seen *x, struct paper *p);
/* Parts, each with its own title; what is not there writes nothing. */
void change_head(const struct seen *x, struct paper *p);      /* id, state, sentences */
void change_words(const struct seen *x, struct paper *p);     /* the proposer's words */
void change_effect(const struct seen *x, struct paper *p);    /* before -> after */
void change_policy(const struct seen *x, struct paper *p);
void change_calls(const struct seen *x, struct paper *p);     /* like calls grouped, the exceptions first */
void change_steps(const struct seen *x, struct paper *p);     /* hashes, phrases, who signed, refused, declined */

#endif
