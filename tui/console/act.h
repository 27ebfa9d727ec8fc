/* What the actions on a change share: which change, how a command that failed is told, where a file goes. */
#ifndef SETGOV_TUI_CONSOLE_ACT_H
#define SETGOV_TUI_CONSOLE_ACT_H

#include "tui/console/keys.h"

/* Nothing else runs and a change is meant here: its id. NULL: it has been said why not. */
const char *act_needed(struct act *x);
/* The same, and it is the change that is shown, read from the log. */
const struct model_change *act_shown(struct act *x);
/* The change that is shown, read from the log; NULL: none, and nothing is said. */
const struct change *act_readable(const struct act *x);
/* As act_shown(), and it is proposed; says how to propose it when not. */
const struct model_change *act_proposed(struct act *x);

/* An effect "setgov WORDS…" (NULL-ended) that is told of when it ends. */
struct effect *act_run(struct act *x, enum effect_kind kind, const char *what, const char *const words[],
		       ended_fn *then);
/* Says what went wrong and, where that is known, what to do about it. True when the command did its work. */
bool act_succeeded(struct act *x, const struct ended *how);
/* Text of several lines, on VIEW_RESULT. */
void act_show(struct act *x, const char *title, const struct buf *text);
/* A string member of what a command printed, made safe, in the arena of the effects; "" when it is not there. */
const char *act_member(struct act *x, const struct json *o, const char *name);

/* A paragraph of the open question. */
void act_explain(struct act *x, const char *fmt, ...) PRINTF(2, 3);
const char *act_title(struct act *x, const char *fmt, ...) PRINTF(2, 3);       /* … and its title */
/* Field i of the open question. */
struct field *act_field(struct act *x, size_t i, const char *name, const char *label, const char *hint);

/* Trouble for what a shell would have replaced. */
void act_check_path(struct field *f);

/* Two fields, from the i-th on: "where" (the workspace's packets/, a stick, somewhere else) and "path". `hint` is the
 * second one's. act_place_path() joins the two. */
void act_ask_place(struct act *x, size_t i, const char *hint);
/* For the question's check. A path that is typed, also with the focus in "where", turns that to "somewhere else". */
void act_check_place(const struct act *x, struct form *f);
/* Appended to `out`. `name` is the file's when none was typed; NULL: the directory itself. *outside: not in the
 * workspace's packets/. False, with the field's trouble, when it makes no path. */
bool act_place_path(const struct act *x, const struct form *f, const char *name, struct buf *out, bool *outside);

/* A field "step" of those in the mask (1 << STEP_SCHEDULE …), the focused item of the board first; not asked, and no
 * field taken, when there is just one. The number of fields taken. */
size_t act_ask_step(struct act *x, unsigned mask, const char *hint);
size_t act_step_fields(unsigned mask);
enum step_kind act_step_chosen(const struct act *x, unsigned mask);

/* The question that another action leads to. */
void act_ask_export(struct act *x, const char *change, unsigned mask);

#endif
