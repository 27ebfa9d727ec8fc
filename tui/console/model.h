/* What the console shows: plain data, filled by load.h from the workspace and from what the commands print, drawn by
 * the views. Each part has an arena of its own and is loaded anew as a whole. */
#ifndef SETGOV_TUI_CONSOLE_MODEL_H
#define SETGOV_TUI_CONSOLE_MODEL_H

#include "audit-log/alerts.h"
#include "audit-log/meetings.h"
#include "audit-log/offers.h"
#include "audit-log/queue.h"
#include "audit-log/workspace.h"
#include "src/gov/explain.h"
#include "src/gov/snapshot.h"
#include "tui/console/mounts.h"

/* A line of the log as lists show it. */
struct shown_line {
	struct line line;             /* body included */
	struct hash32 leaf;
};

/* One change, with everything that its page says. */
struct model_change {
	struct arena arena;
	bool loaded;
	const char *trouble;          /* it cannot be shown, and why; or NULL */
	struct change c;
	struct proposal p;            /* the proposal, or the newest draft */
	const char **sentences;
	size_t n_sentences;
	const struct explained_call **calls;  /* NULL where it is not readable */
	const char **call_trouble;    /* why not, or NULL */
	size_t n_calls;
	struct chain_facts facts;
	struct shown_line *lines;     /* its history, oldest first */
	size_t n_lines;
	/* what the actions' getters say now, as `setgov show --json` gives it: an array, or NULL when not asked yet */
	const struct json *reads;
	uint64_t reads_block;
	/* what the workspace's policy says, as `setgov policy check --json` gives it; NULL: not asked, or no answer */
	bool has_policy;              /* one is in force */
	bool may_sign_here;           /* there is none, or it allows keys on a machine with a network */
	const struct json *verdict;
	bool verdict_asked, asking_verdict;
	bool reads_asked, asking_reads;
};

/* A window of the log; index 0 is the newest line. */
struct model_log {
	struct arena arena;
	uint64_t size;                /* lines in the log when the window was read */
	struct seqs only;             /* when filtered: these, ascending */
	bool filtered;
	struct span filter;           /* what it was filtered by */
	size_t first;                 /* index of lines[0] */
	struct shown_line *lines;
	size_t n_lines;
	const char *trouble;          /* it could not be read, and why; or NULL */
};

/* One line of the log, whole. */
struct model_line {
	struct arena arena;
	bool loaded;
	uint64_t seq;
	struct shown_line shown;
	const char *trouble;
};

/* A change that is to be talked about. */
struct agenda_item {
	const char *change, *title;   /* the title is the proposer's */
	enum change_state state;
	const struct meeting_decision *decision;  /* of the meeting that is open, so far; or NULL */
};

/* The meetings of the log, and the agenda: of the one that is open, or of one that would be opened now. */
struct model_meeting {
	struct arena arena;
	bool loaded;
	struct meetings all;
	const struct meeting *open;   /* or NULL */
	struct agenda_item *agenda;
	size_t n_agenda;
	const char *trouble;          /* the log's meetings cannot be understood, and why; or NULL */
};

/* The policy or list of releases in force, and those that wait for owners' signatures. Names are safe to show. */
struct waiting_offer {
	const char *name, *by;        /* by: "p1, p2", or "nobody" */
	uint64_t line, expires;       /* expires: seconds; 0: never */
	size_t n, needs;
};
struct model_adopted {
	struct arena arena;
	const char *called;           /* "policy", "list of releases" */
	const char *file;             /* how its file beside the log is called */
	const struct adoptable *current;      /* NULL: none is in force */
	const char *name;             /* its name */
	bool adopted;                 /* by the owners, who are named in `by`; else it is the file alone */
	bool differs;                 /* the file is another one than the log adopted last */
	uint64_t line;
	const char *by;
	struct waiting_offer *waiting;
	size_t n_waiting;
	const char *trouble;          /* they cannot be read, and why; or NULL */
};

/* The alerts of the log that somebody has to do something about: not cleared, or not acknowledged. */
struct model_logged {
	struct arena arena;
	struct alert_log log;
	size_t n_unacknowledged;
	const char *trouble;          /* they cannot be read, and why; or NULL */
};

/* One other console on this workspace. */
struct present { const char *who, *where, *doing; };

enum asking { ASK_NEVER, ASK_RUNNING, ASK_ANSWERED };

struct command_row {
	const char *name, *args, *help;
	bool front;                   /* needs the terminal for itself */
};

struct model {
	struct workspace *ws;         /* NULL: there is none yet */
	const struct command_row *commands;   /* what ':' can run */
	size_t n_commands;
	struct unix_time now;
	/* the chain */
	struct arena snapshot_arena;
	struct snapshot snapshot;     /* what was seen last; taken.ms 0: never */
	bool offline;                 /* the person asked not to ask */
	enum asking asking;
	struct unix_time asked;       /* when the look that is under way began */
	struct arena trouble_arena;
	const char *ask_trouble;      /* the last look failed, and why; or NULL */
	/* the log */
	struct tree_head head;
	struct arena queue_arena;
	struct queue queue;
	const char **sentences;       /* of each row of the queue, actions joined by newlines; NULL: not read yet */
	struct change_rows changes;   /* oldest first; in queue_arena too */
	bool has_policy;              /* one is in force */
	struct model_change change;
	struct model_log log;
	struct model_line line;
	struct model_meeting meeting;
	bool adopted_loaded;          /* of the next: read since the log grew */
	struct model_adopted adopted[N_ADOPTABLES];
	struct model_logged logged;
	struct arena present_arena;
	struct present *present;
	size_t n_present;
	size_t n_unread;              /* alerts not looked at */
	/* this machine */
	struct arena mounts_arena;
	struct mounts mounts;         /* sticks that are mounted */
	struct unix_time mounts_seen; /* when they were looked for */
	const char *demo;             /* the demo's workspace, by demo_find(); NULL: there is none */
};

/* Frees everything; the workspace stays the caller's. */
void model_release(struct model *m);
/* The same, for another workspace: what this machine knows stays. */
void model_forget(struct model *m);
/* The look that is under way takes longer than a node should. */
bool model_chain_is_slow(const struct model *m);
/* Seconds of the chain's clock, as far as can be told: the block's time and what has passed since it was seen. */
uint64_t model_chain_time(const struct model *m);
/* "0.05 ether", exact: for views, which see the model and nothing below it. */
void model_wei(struct buf *out, const struct u256 *wei);
/* All 42 characters, with the checksum. */
void model_address(struct buf *out, const struct addr *at);
/* Origin and public key of the log, as one text, whole: what a verifier is given. */
void model_log_key(struct buf *out, const struct model *m);
/* What happened on chain without the log stands above the queue: this many items of it. */
size_t model_alarms(const struct model *m);
/* Alarm i: an operation (and *tx NULL), or a transaction of the Safe (and *op NULL). */
void model_alarm(const struct model *m, size_t i, const struct snapshot_operation **op,
		 const struct snapshot_foreign_tx **tx);
/* Where a change stands on the agenda; its size: not on it, or `change` is empty. */
size_t model_agenda_find(const struct model *m, const char *change);
/* The eight words of a packet, in the arena. */
void model_phrase(struct arena *a, const char *word[8], const struct hash32 *packet);
/* How many lines the log view has: of the log, or of its filter. */
size_t model_log_count(const struct model *m);
/* The facts of one change out of the snapshot. */
struct chain_facts model_facts(const struct model *m, const struct change *c);

#endif
