#include "tui/console/keys.h"

#include "tui/kit/key.h"

const struct binding bindings[] = {
	/* view          key          act                   foot        help */
	{ VIEW_QUEUE,      K_ENTER,     act_open_row,         "open",     "open the change of the selected row" },
	{ VIEW_QUEUE,      's',         act_board,            "sign",     "its signatures: export, import, sign" },
	{ VIEW_QUEUE,      'p',         act_propose,          NULL,       "propose the selected draft" },
	{ VIEW_QUEUE,      'z',         act_compact,          NULL,       "one row a step, or all of it" },

	{ VIEW_CHANGES,    K_ENTER,     act_open_row,         "open",     "open the selected change" },

	{ VIEW_CHANGE,     'p',         act_propose,          "propose",  "freeze calls, delay, salt, operation id" },
	{ VIEW_CHANGE,     'e',         act_edit_draft,       NULL,       "draft it anew: back to the form" },
	{ VIEW_CHANGE,     's',         act_board,            "sign",     "signatures: export, import, sign" },
	{ VIEW_CHANGE,     'w',         act_withdraw,         "withdraw", "take it back, with a reason" },
	{ VIEW_CHANGE,     'X',         act_export_cancel,    "cancel",   "a packet that cancels its operation" },
	{ VIEW_CHANGE,     'h',         act_log_of_change,    "history",  "its lines in the log" },
	{ VIEW_CHANGE,     'D',         act_meeting_decide,   NULL,       "what the meeting decided, into the log" },
	{ VIEW_CHANGE,     K_ENTER,     act_open_item,        NULL,       "open the focused line of the log" },

	{ VIEW_BOARD,      'e',         act_export,           "export",   "write the packet to a file or a stick" },
	{ VIEW_BOARD,      'i',         act_import,           "import",   "collect answers, packets, signatures" },
	{ VIEW_BOARD,      's',           act_sign_here,        "sign here","let setgov-signer sign on this machine" },
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
	{ VIEW_ALERTS,     'u',         act_look,             "look",     "ask the chain now" },

	{ VIEW_MEETING,    'o',         act_meeting_open,     "open",     "open a meeting: who is there, the agenda" },
	{ VIEW_MEETING,    K_RIGHT,     act_meeting_next,     "next",     "the next change of the agenda" },
	{ VIEW_MEETING,    K_LEFT,      act_meeting_previous, "previous", "the change before it" },
	{ VIEW_MEETING,    'D',         act_meeting_decide,   "decide",   "what the meeting decided, into the log" },
	{ VIEW_MEETING,    'm',         act_meeting_close,    "minutes",  "close the meeting and leave its minutes" },

	{ VIEW_FIRST,      'e',         act_first_demo,       "demo",     "explore the demo's workspace" },
	{ VIEW_FIRST,      'i',         act_first_init,       "make",     "make a workspace from a profile" },
	{ VIEW_FIRST,      'v',         act_first_verify,     "verify",   "verify an export of a log" },

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
	{ VIEW_ANY,        K_F1,        act_help,             NULL,       "this page" },
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
	{ "checkpoint", "size and root of the log, signed with the log key" },
	{ "leaf", "the hash of one line of the log" },
	{ "finalized", "as final as the layer below: it cannot be taken back" },
};
const size_t n_glossary = ARRAY_LEN(glossary);

/* ---- the manual ---- */

static void roff(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '-')
			buf_str(out, "\\-");
		else if (*s == '\\')
			buf_str(out, "\\e");
		else
			buf_byte(out, (uint8_t)*s);
	}
}

static void man_keys(struct buf *out, enum view_id view)
{
	for (size_t i = 0; i < n_bindings; i++) {
		struct buf name = {0};
		if (bindings[i].view != view)
			continue;
		key_name(&name, bindings[i].key);
		buf_str(out, ".TP\n.B \"");
		roff(out, buf_cstr(&name));
		buf_str(out, "\"\n");
		roff(out, bindings[i].help);
		buf_str(out, "\n");
		buf_release(&name);
	}
}

void keys_man(struct buf *out)
{
	buf_str(out, ".SH KEYS\nWithout a command, on a terminal, the console opens. In every view:\n");
	man_keys(out, VIEW_ANY);
	for (int v = 0; v < N_VIEWS; v++) {
		buf_str(out, ".SS \"");
		roff(out, view_title((enum view_id)v));
		buf_str(out, "\"\n");
		man_keys(out, (enum view_id)v);
	}
	buf_str(out, ".SH WORDS\n");
	for (size_t i = 0; i < n_glossary; i++) {
		buf_str(out, ".TP\n.B ");
		roff(out, glossary[i].term);
		buf_str(out, "\n");
		roff(out, glossary[i].means);
		buf_str(out, "\n");
	}
}
