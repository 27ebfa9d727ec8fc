/* The table of keys: what a key does in which view, and how it is called in the footer and in the help. Dispatch, the
 * footer, the help page and the manual's KEYS section are made from it. */
#ifndef SETGOV_TUI_CONSOLE_KEYS_H
#define SETGOV_TUI_CONSOLE_KEYS_H

#include "tui/console/effect.h"
#include "tui/console/model.h"
#include "tui/console/state.h"

/* What an action works on. */
struct act {
	struct state *s;
	const struct model *m;
	struct effects *fx;
};
typedef void act_fn(struct act *x);

struct binding {
	enum view_id view;            /* or VIEW_ANY */
	uint32_t key;
	act_fn *act;
	const char *foot;             /* one or two words for the footer; NULL: only in the help */
	const char *help;
};
extern const struct binding bindings[];
extern const size_t n_bindings;

/* The row for this key here; a view's own comes before one of VIEW_ANY. NULL: none. */
const struct binding *binding_of(enum view_id view, uint32_t key);
/* The view's own row alone. */
const struct binding *binding_own(enum view_id view, uint32_t key);
/* What its action is about is there to be done: the footer leaves out keys that could only say why not. Pressed all the
 * same, they say it. */
bool binding_may(const struct act *x, const struct binding *b);
/* Whose rows are in force: the view's, or of the page of composing. */
enum view_id keys_place(const struct state *s);
/* What is typed here is text: only keys that are none of it do what VIEW_ANY says. */
bool keys_are_typed(enum view_id view);
/* Some rows are this view's own. */
bool keys_has(enum view_id view);
/* "Compose a change: its arguments" */
const char *keys_title(enum view_id view);

/* Words of the field, for the help page and the manual. */
struct glossary_row { const char *term, *means; };
extern const struct glossary_row glossary[];
extern const size_t n_glossary;
/* The KEYS and WORDS sections of setgov.1, roff. */
void keys_man(struct buf *out);

/* ---- the actions, by the file they are in ---- */

/* act_move.c: about a view */
act_fn act_up, act_down, act_page_up, act_page_down, act_home, act_end, act_search, act_search_next,
	act_search_previous;
/* act_command.c */
act_fn act_command;
/* step.c */
act_fn act_back, act_quit, act_help, act_redraw, act_interrupt;
/* act_go.c: from here to there */
act_fn act_queue, act_changes, act_log, act_alerts, act_deployment, act_meeting, act_compose, act_open_row,
	act_open_item, act_board, act_log_of_change, act_change_of_line, act_compact, act_look, act_offline, act_filter,
	act_clear_filter, act_next_line, act_previous_line;
/* act_change.c, act_packet.c, act_submit.c: what is done with a change; each spawns its command */
act_fn act_effects, act_effects_of_all;
act_fn act_propose, act_withdraw, act_edit_draft, act_reject_nonce;
act_fn act_export, act_export_cancel, act_refresh_packet, act_import, act_sign_here;
act_fn act_submit;
/* act_compose.c */
act_fn act_compose_new, act_compose_type, act_compose_continue, act_compose_anew, act_compose_throw_left,
	act_compose_up, act_compose_down, act_compose_pick, act_compose_book, act_compose_book_pick, act_compose_fill,
	act_compose_add, act_compose_remove, act_compose_raise, act_compose_lower, act_compose_words, act_compose_go_on,
	act_compose_batch, act_compose_review, act_compose_throw, act_compose_back, act_compose_save,
	act_compose_propose;
/* act_meeting.c */
act_fn act_meeting_open, act_meeting_decide, act_meeting_close, act_meeting_chosen, act_meeting_next,
	act_meeting_previous;
/* act_alert.c */
act_fn act_alert_ack, act_alerts_write;
/* act_first.c */
act_fn act_first_demo, act_first_init, act_first_verify, act_first_chosen;

/* Whether there is something to do, for what can be over or not yet so; by the change that is shown. */
typedef bool may_fn(const struct act *x);
may_fn may_propose, may_withdraw, may_export, may_export_cancel, may_sign_here, may_submit, may_alert_ack,
	may_alerts_write;

/* The change that is meant here: of the place, or of the focused row. NULL: none. */
const char *act_subject(const struct act *x);
/* The row of the queue that has the focus, or the first row of the change that is shown; NULL: none. */
const struct queue_row *act_row(const struct act *x);

#endif
