/* What waits: the two clocks in one table. Rows are made from the views and what a look at the chain found; `setgov
 * queue` prints them and the console shows them. No line is folded here and none is read: nothing is decided on these
 * rows. Operations that the log does not know are in the snapshot itself. */
#ifndef SETGOV_AUDIT_LOG_QUEUE_H
#define SETGOV_AUDIT_LOG_QUEUE_H

#include "audit-log/views.h"
#include "src/gov/change.h"
#include "src/gov/snapshot.h"

/* A step that is open, stale, failed or loose; signatures left behind for another nonce (`left_behind`); or, not
 * `packed`, the step of a change that comes next, or a draft (no `has_step`). */
struct queue_row {
	const char *change;           /* "SC-7" */
	uint64_t number;              /* 7 */
	const char *title;            /* the proposer's words: text_safe() before showing */
	enum change_state change_state;
	enum route route;
	uint64_t words_seq;           /* the line with its actions: the proposal's, or the newest draft's */
	uint64_t last_seq;            /* its newest line, written then */
	struct unix_time last_time;

	bool has_step;
	enum step_kind step;
	bool packed;                  /* what follows down to the signers is only of a packed step */
	uint64_t nonce;
	struct hash32 safe_tx_hash;
	struct hash32 packet;         /* zero when left behind */
	size_t n_signatures;
	const struct addr *signers;   /* n_signatures of them; NULL when left behind: only how many is known */
	size_t n_refused, n_declined; /* of this step, however often */
	enum step_state state;
	/* "propose" "packet" "signatures" "submit" "delay" "predecessor" "block" "new nonce" "somebody" "loose" */
	const char *waits;

	bool has_operation;           /* proposed, on route timelock */
	struct hash32 operation;
	bool timestamp_known;         /* the chain was asked for it; else it is the log's word */
	uint64_t timestamp;           /* 0 unset or cancelled, 1 done, else ready then; 0 while no chain is known */
	uint64_t delay;
	const char *after;            /* the change it waits for, or NULL */

	/* what stands out */
	bool loose;                   /* executable by anyone until its nonce is spent */
	bool left_behind;             /* loose too: signed for a nonce that the step has given up since */
	bool withdrawn;
	bool stale;
	bool nonce_twice;             /* another row holds this nonce */
	const char *duplicate_of;     /* another change that waits makes the same calls, with the same predecessor and
				       * delay; or NULL */
	const char *trouble;          /* its lines cannot be understood, and why: text_safe(); or NULL. Nothing else of
				       * the row but change, number and title is to be relied on then. */
};

struct queue {
	struct queue_row *row;        /* by the Safe's nonce; then what has none, by the change's number */
	size_t n;
	bool known;                   /* the chain answered; the rest only then */
	uint64_t safe_nonce, threshold, block_time;
};

/* `facts` NULL or not online: the log alone. Everything lives in the arena. */
MUST_CHECK bool queue_read(struct views *v, struct arena *a, const struct snapshot *facts, struct queue *out,
			   struct err *e);

/* Every change and its state, oldest first. */
struct change_row {
	struct views_change c;
	enum change_state state;      /* of one in trouble: as far as its lines were understood */
};
struct change_rows { struct change_row *row; size_t n; };
MUST_CHECK bool change_rows_read(struct views *v, struct arena *a, const struct snapshot *facts,
				 struct change_rows *out, struct err *e);

#endif
