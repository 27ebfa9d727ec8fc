#include "tui/console/keys.h"

#include "src/base/text.h"
#include "tui/console/compose.h"
#include "tui/kit/key.h"

const struct binding bindings[] = {
	/* view          key          act                   foot        help */
	{ VIEW_QUEUE,      K_ENTER,     act_open_row,         "open",     "open the change of the selected row" },
	{ VIEW_QUEUE,      's',         act_board,            "signatures", "its signatures: export, import, sign" },
	{ VIEW_QUEUE,      'p',         act_propose,          NULL,       "propose the selected draft" },
	{ VIEW_QUEUE,      'E',         act_effects_of_all,   NULL,       "what all that waits does, by a simulation" },
	{ VIEW_QUEUE,      'z',         act_compact,          NULL,       "one row a step, or all of it" },

	{ VIEW_CHANGES,    K_ENTER,     act_open_row,         "open",     "open the selected change" },

	{ VIEW_CHANGE,     'p',         act_propose,          "propose",  "freeze calls, delay, salt, operation id" },
	{ VIEW_CHANGE,     'e',         act_edit_draft,       NULL,       "draft it anew: back to the form" },
	{ VIEW_CHANGE,     's',         act_board,            "signatures", "who has signed: export, import, sign" },
	{ VIEW_CHANGE,     'w',         act_withdraw,         "withdraw", "take it back, with a reason" },
	{ VIEW_CHANGE,     'X',         act_export_cancel,    "cancel",   "a packet that cancels its operation" },
	{ VIEW_CHANGE,     'E',         act_effects,          NULL,       "what it would do, by a simulation" },
	{ VIEW_CHANGE,     'h',         act_log_of_change,    "history",  "its lines in the log" },
	{ VIEW_CHANGE,     'D',         act_meeting_decide,   NULL,       "what the meeting decided, into the log" },
	{ VIEW_CHANGE,     K_ENTER,     act_open_item,        NULL,       "open the focused line of the log" },

	{ VIEW_BOARD,      'e',         act_export,           "export",   "write the packet to a file or a stick" },
	{ VIEW_BOARD,      'i',         act_import,           "import",   "collect answers, packets, signatures" },
	{ VIEW_BOARD,      's',         act_sign_here,        "sign here", "let setgov-signer sign on this machine" },
	{ VIEW_BOARD,      'u',         act_submit,           "submit",   "send the step to the chain, and follow it" },
	{ VIEW_BOARD,      'f',         act_refresh_packet,   NULL,       "a new packet with fresh evidence" },
	{ VIEW_BOARD,      'X',         act_export_cancel,    "cancel",   "a packet that cancels the operation" },
	{ VIEW_BOARD,      'R',         act_reject_nonce,     NULL,       "draft a rejection that spends a nonce" },
	{ VIEW_BOARD,      K_ENTER,     act_open_item,        NULL,       "open the change" },

	{ VIEW_LOG,        K_ENTER,     act_open_row,         "open",     "the selected line in full" },
	{ VIEW_LOG,        'c',         act_change_of_line,   "change",   "the change that the line speaks of" },
	{ VIEW_LOG,        'f',         act_filter,           "filter",   "only one change's lines, or one kind" },
	{ VIEW_LOG,        'F',         act_clear_filter,     NULL,       "all lines again" },

	{ VIEW_LINE,       'c',         act_change_of_line,   "change",   "the change that the line speaks of" },
	{ VIEW_LINE,       K_RIGHT,     act_next_line,        "next",     "the line after it" },
	{ VIEW_LINE,       K_LEFT,      act_previous_line,    "previous", "the line before it" },

	{ VIEW_DEPLOYMENT, 'u',         act_look,             "look",     "ask the chain now" },
	{ VIEW_ALERTS,     K_ENTER,     act_open_row,         "open",     "open the change that the alert is about" },
	{ VIEW_ALERTS,     'A',         act_alert_ack,        "acknowledge", "say that you have seen it" },
	{ VIEW_ALERTS,     'W',         act_alerts_write,     "write",    "what a look finds, into the log" },
	{ VIEW_ALERTS,     'u',         act_look,             "look",     "ask the chain now" },

	{ VIEW_COMPOSE_LEFT,   K_ENTER,    act_compose_continue,   "go on",    "go on with what was typed" },
	{ VIEW_COMPOSE_LEFT,   'b',        act_compose_anew,       "new",      "begin anew" },
	{ VIEW_COMPOSE_LEFT,   'x',        act_compose_throw_left, "throw",    "throw it away" },
	{ VIEW_COMPOSE_LEFT,   K_UP,       act_compose_up,         NULL,       "up" },
	{ VIEW_COMPOSE_LEFT,   K_DOWN,     act_compose_down,       NULL,       "down" },
	{ VIEW_COMPOSE_LEFT,   K_ESC,      act_compose_back,       NULL,       "back to where you came from" },

	{ VIEW_COMPOSE_PICK,   K_ENTER,    act_compose_pick,       "take it",  "fill in this action's arguments" },
	{ VIEW_COMPOSE_PICK,   K_UP,       act_compose_up,         NULL,       "up" },
	{ VIEW_COMPOSE_PICK,   K_DOWN,     act_compose_down,       "down",     "down" },
	{ VIEW_COMPOSE_PICK,   K_ESC,      act_compose_back,       "back",     "back; what is typed is kept" },

	{ VIEW_COMPOSE_ARGS,   K_ENTER,    act_compose_type,       "next",     "the next field; the last one: done" },
	{ VIEW_COMPOSE_ARGS,   K_TAB,      act_compose_type,       NULL,       "the next field" },
	{ VIEW_COMPOSE_ARGS,   K_BACKTAB,  act_compose_type,       NULL,       "the field before" },
	{ VIEW_COMPOSE_ARGS,   K_CTRL('o'), act_compose_book,      "addresses", "the address book of the profile" },
	{ VIEW_COMPOSE_ARGS,   K_RIGHT,    act_compose_type,       NULL,       "in a choice: the next one" },
	{ VIEW_COMPOSE_ARGS,   K_LEFT,     act_compose_type,       NULL,       "in a choice: the one before" },
	{ VIEW_COMPOSE_ARGS,   K_ESC,      act_compose_back,       "back",     "to the actions; kept as typed" },

	{ VIEW_COMPOSE_BOOK,   K_ENTER,    act_compose_book_pick,  "take it",  "put this address into the field" },
	{ VIEW_COMPOSE_BOOK,   K_UP,       act_compose_up,         NULL,       "up" },
	{ VIEW_COMPOSE_BOOK,   K_DOWN,     act_compose_down,       "down",     "down" },
	{ VIEW_COMPOSE_BOOK,   K_ESC,      act_compose_back,       "back",     "back to the field" },

	{ VIEW_COMPOSE_BATCH,  K_ENTER,    act_compose_go_on,      "go on",    "the words; or, with them, the review" },
	{ VIEW_COMPOSE_BATCH,  'e',        act_compose_fill,       "edit",     "change this action's arguments" },
	{ VIEW_COMPOSE_BATCH,  'a',        act_compose_add,        "add",      "another action" },
	{ VIEW_COMPOSE_BATCH,  'w',        act_compose_words,      "words",    "title, reason, ticket, delay …" },
	{ VIEW_COMPOSE_BATCH,  'r',        act_compose_review,     "review",   "all of it, and saving" },
	{ VIEW_COMPOSE_BATCH,  'x',        act_compose_remove,     "remove",   "take this action out" },
	{ VIEW_COMPOSE_BATCH,  'K',        act_compose_raise,      NULL,       "do it earlier" },
	{ VIEW_COMPOSE_BATCH,  'J',        act_compose_lower,      NULL,     "do it later" },
	{ VIEW_COMPOSE_BATCH,  'X',        act_compose_throw,      NULL,       "throw all of it away" },
	{ VIEW_COMPOSE_BATCH,  K_UP,       act_compose_up,         NULL,       "up" },
	{ VIEW_COMPOSE_BATCH,  K_DOWN,     act_compose_down,       NULL,       "down" },
	{ VIEW_COMPOSE_BATCH,  'k',        act_compose_up,         NULL,       "up" },
	{ VIEW_COMPOSE_BATCH,  'j',        act_compose_down,       NULL,       "down" },
	{ VIEW_COMPOSE_BATCH,  K_ESC,      act_compose_back,       NULL,       "leave it for now; kept as typed" },

	{ VIEW_COMPOSE_WORDS,  K_ENTER,    act_compose_type,       "next",     "the next field; the last one: review" },
	{ VIEW_COMPOSE_WORDS,  K_CTRL('r'), act_compose_review,    "review",   "all of it, and saving" },
	{ VIEW_COMPOSE_WORDS,  K_TAB,      act_compose_type,       NULL,       "the next field" },
	{ VIEW_COMPOSE_WORDS,  K_BACKTAB,  act_compose_type,       NULL,       "the field before" },
	{ VIEW_COMPOSE_WORDS,  K_ESC,      act_compose_back,       "back",     "to the actions; kept as typed" },

	{ VIEW_COMPOSE_REVIEW, 's',        act_compose_save,       "save",     "save it as a draft, into the log" },
	{ VIEW_COMPOSE_REVIEW, 'p',        act_compose_propose,    "propose",  "save it and propose it at once" },
	{ VIEW_COMPOSE_REVIEW, 'e',        act_compose_batch,      "actions",  "the list of actions" },
	{ VIEW_COMPOSE_REVIEW, 'w',        act_compose_words,      "words",    "title, reason, ticket, delay …" },
	{ VIEW_COMPOSE_REVIEW, 'X',        act_compose_throw,      NULL,       "throw all of it away" },
	{ VIEW_COMPOSE_REVIEW, K_ESC,      act_compose_back,       NULL,       "back to the words" },

	{ VIEW_MEETING,    'o',         act_meeting_open,     "open",     "open a meeting: who is there, the agenda" },
	{ VIEW_MEETING,    K_ENTER,     act_meeting_chosen,   NULL,       "the page of the selected change" },
	{ VIEW_MEETING,    K_RIGHT,     act_meeting_next,     "next",     "the next change of the agenda" },
	{ VIEW_MEETING,    K_LEFT,      act_meeting_previous, "previous", "the change before it" },
	{ VIEW_MEETING,    'D',         act_meeting_decide,   "decide",   "what the meeting decided, into the log" },
	{ VIEW_MEETING,    'm',         act_meeting_close,    "minutes",  "close the meeting and leave its minutes" },

	{ VIEW_FIRST,      K_ENTER,     act_first_chosen,     NULL,       "what the focus is on" },
	{ VIEW_FIRST,      'e',         act_first_demo,       "demo",     "explore the demo's workspace" },
	{ VIEW_FIRST,      'i',         act_first_init,       "make",     "make a workspace from a profile" },
	{ VIEW_FIRST,      'v',         act_first_verify,     "verify",   "check a log: every hash, again" },

	{ VIEW_ANY,        'q',         act_queue,            "queue",    "what waits: every open step" },
	{ VIEW_ANY,        'n',         act_compose_new,      "new",      "compose a change" },
	{ VIEW_ANY,        'a',         act_alerts,           "alerts",   "what needs somebody's eyes" },
	{ VIEW_ANY,        'l',         act_log,              "log",      "the change log" },
	{ VIEW_ANY,        'd',         act_deployment,       NULL,       "the profile against the chain" },
	{ VIEW_ANY,        'm',         act_meeting,          NULL,       "meeting: agenda, a page a change, minutes" },
	{ VIEW_ANY,        'v',         act_changes,          NULL,       "all changes, also the old ones" },
	{ VIEW_ANY,        'u',         act_look,             NULL,       "ask the chain now" },
	{ VIEW_ANY,        'o',         act_offline,          NULL,       "stop asking the chain, or begin again" },
	{ VIEW_ANY,        '/',         act_search,           NULL,       "search in this view" },
	{ VIEW_ANY,        '.',         act_search_next,      NULL,       "the next place where it stands" },
	{ VIEW_ANY,        ',',         act_search_previous,  NULL,       "the place before" },
	{ VIEW_ANY,        ':',         act_command,          NULL,       "any command of setgov; Tab completes it" },
	{ VIEW_ANY,        '?',         act_help,             "help",     "this page" },
	{ VIEW_ANY,        K_F1,        act_help,             "help",     "this page" },
	{ VIEW_ANY,        K_ESC,       act_back,             "back",     "back to where you came from" },
	{ VIEW_ANY,        'Q',         act_quit,             "quit",     "leave the console" },
	{ VIEW_ANY,        K_UP,        act_up,               NULL,       "up" },
	{ VIEW_ANY,        K_DOWN,      act_down,             NULL,       "down" },
	{ VIEW_ANY,        'k',         act_up,               NULL,       "up" },
	{ VIEW_ANY,        'j',         act_down,             NULL,       "down" },
	{ VIEW_ANY,        K_PAGE_UP,   act_page_up,          NULL,       "a page up" },
	{ VIEW_ANY,        K_PAGE_DOWN, act_page_down,        NULL,       "a page down" },
	{ VIEW_ANY,        ' ',         act_page_down,        NULL,       "a page down" },
	{ VIEW_ANY,        K_HOME,      act_home,             NULL,       "to the beginning" },
	{ VIEW_ANY,        K_END,       act_end,              NULL,       "to the end" },
	{ VIEW_ANY,        K_CTRL('l'), act_redraw,           NULL,       "draw the screen anew" },
	{ VIEW_ANY,        K_CTRL('c'), act_interrupt,        NULL,       "stop the command that runs" },
};
const size_t n_bindings = ARRAY_LEN(bindings);

static const struct { act_fn *act; may_fn *may; } limits[] = {
	{ act_propose, may_propose },
	{ act_withdraw, may_withdraw },
	{ act_export, may_export },
	{ act_export_cancel, may_export_cancel },
	{ act_sign_here, may_sign_here },
	{ act_submit, may_submit },
	{ act_alert_ack, may_alert_ack },
	{ act_alerts_write, may_alerts_write },
};

bool binding_may(const struct act *x, const struct binding *b)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		if (limits[i].act == b->act)
			return limits[i].may(x);
	return true;
}

const struct binding *binding_of(enum view_id view, uint32_t key)
{
	const struct binding *any = NULL;
	for (size_t i = 0; i < n_bindings; i++) {
		if (bindings[i].key != key)
			continue;
		if (bindings[i].view == view)
			return &bindings[i];
		if (bindings[i].view == VIEW_ANY)
			any = &bindings[i];
	}
	return any;
}

const struct binding *binding_own(enum view_id view, uint32_t key)
{
	const struct binding *b = binding_of(view, key);
	return b != NULL && b->view == view ? b : NULL;
}

enum view_id keys_place(const struct state *s)
{
	const enum view_id view = state_place(s)->view;
	return view == VIEW_COMPOSE ? compose_keys(s->compose) : view;
}

bool keys_are_typed(enum view_id view)
{
	return view == VIEW_COMPOSE_PICK || view == VIEW_COMPOSE_ARGS || view == VIEW_COMPOSE_BOOK ||
	       view == VIEW_COMPOSE_WORDS;
}

bool keys_has(enum view_id view)
{
	for (size_t i = 0; i < n_bindings; i++)
		if (bindings[i].view == view)
			return true;
	return false;
}

const char *keys_title(enum view_id view)
{
	static const char *const pages[] = {
		"Compose: what was left half typed", "Compose: which action", "Compose: its arguments",
		"Compose: the address book", "Compose: the actions", "Compose: the words", "Compose: review",
	};
	return view > VIEW_ANY ? pages[view - VIEW_COMPOSE_LEFT] : view_title(view);
}

const struct glossary_row glossary[] = {
	{ "action", "one thing an admin can do, by name and with named arguments" },
	{ "call", "what a contract is told: target, value, data" },
	{ "change", "what is asked for, from draft to proof: SC-7" },
	{ "step", "one transaction of the Safe for a change: schedule, execute or cancel" },
	{ "Safe", "the contract that acts when enough of its owners have signed" },
	{ "nonce", "the Safe's counter: it runs one transaction for each number, in order" },
	{ "timelock", "the contract that makes an operation wait before it runs" },
	{ "operation", "the timelock's name for calls that wait: calls, predecessor, salt" },
	{ "predecessor", "the operation that has to be done first" },
	{ "salt", "what tells operations apart; here the root of the change log" },
	{ "safeTxHash", "the 32 bytes that an owner signs" },
	{ "packet", "the file that carries a change to a signer without a network" },
	{ "answer", "the file that comes back: a signature, a refusal or a decline" },
	{ "phrase", "eight words that stand for a packet, to be read aloud and compared" },
	{ "loose", "signed and not run: anyone may run it until its nonce is spent" },
	{ "stale", "made for a nonce that the Safe has passed: it needs a new packet" },
	{ "refused", "a signer's machine said no, because something does not add up" },
	{ "declined", "a signer said no" },
	{ "alert", "a finding on chain that was written into the log, until a look clears it: AL-3" },
	{ "acknowledged", "somebody said, with a reason, that he has seen an alert" },
	{ "checkpoint", "size and root of the log, signed with the log key" },
	{ "leaf", "the hash of one line of the log" },
	{ "finalized", "as final as the layer below: it cannot be taken back" },
};
const size_t n_glossary = ARRAY_LEN(glossary);

/* ---- the manual ---- */

static void man_keys(struct buf *out, enum view_id view)
{
	for (size_t i = 0; i < n_bindings; i++) {
		struct buf name = {0};
		if (bindings[i].view != view)
			continue;
		key_name(&name, bindings[i].key);
		buf_str(out, ".TP\n.B \"");
		text_roff(out, buf_cstr(&name));
		buf_str(out, "\"\n");
		text_roff(out, bindings[i].help);
		buf_str(out, "\n");
		buf_release(&name);
	}
}

void keys_man(struct buf *out)
{
	buf_str(out, ".SH KEYS\nWithout a command, on a terminal, the console opens. In every view:\n");
	man_keys(out, VIEW_ANY);
	for (int v = 0; v < N_VIEW_KEYS; v++) {
		if (v == VIEW_ANY || !keys_has((enum view_id)v))
			continue;
		buf_str(out, ".SS \"");
		text_roff(out, keys_title((enum view_id)v));
		buf_str(out, "\"\n");
		man_keys(out, (enum view_id)v);
	}
	buf_str(out, ".SH WORDS\n");
	for (size_t i = 0; i < n_glossary; i++) {
		buf_str(out, ".TP\n.B ");
		text_roff(out, glossary[i].term);
		buf_str(out, "\n");
		text_roff(out, glossary[i].means);
		buf_str(out, "\n");
	}
}
