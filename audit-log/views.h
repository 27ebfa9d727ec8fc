/* views.db: what the log says, in tables that answer quickly. Disposable: it stores the last applied seq, that line's
 * leaf and its own version, and whatever does not fit, or cannot be read, is made anew without a word. Where no file
 * can be written the views live in memory. No decision rests on a view: log_each_of_change() and
 * log_each_of_kinds() are for those, and take nothing from a view but where to look. */
#ifndef SETGOV_AUDIT_LOG_VIEWS_H
#define SETGOV_AUDIT_LOG_VIEWS_H

#include "audit-log/log.h"
#include "src/gov/change.h"

struct views;

struct views_change {
	const char *id;               /* "SC-7" */
	const char *title;            /* of its newest draft, or of its proposal */
	const char *last_kind;        /* of its newest line */
	uint64_t number;              /* 7 */
	uint64_t first_seq, last_seq, lines;
	struct unix_time first_time, last_time;
	bool proposed, withdrawn, verified;
	/* folded by change_apply() */
	const char *trouble;          /* its lines cannot be understood, and why; or NULL */
	uint64_t words_seq;           /* the line with its actions: the proposal's, or the newest draft's */
	enum route route;
	uint64_t delay;
	const char *after;            /* or NULL */
	bool scheduled, executed, cancelled;   /* these steps are mined */
	uint64_t scheduled_at;        /* the time of that block */
	bool has_operation;
	struct hash32 operation;
	bool has_likeness;            /* proposed: proposal_likeness() */
	struct hash32 likeness;
};

/* How many lines views_open() would have to read before it returns: a million take half a minute. Cheap, and only a
 * guess: what is not readable counts as everything. */
uint64_t views_behind(struct log *l);
/* Opens dir/views.db and catches up with the log, which must outlive the views; the log finds blobs through them from
 * then on. NULL when the log itself cannot be read. */
MUST_CHECK struct views *views_open(struct log *l, struct err *e);
void views_release(struct views *v);
/* Applies the lines committed since. Not within a transaction of the log. */
MUST_CHECK bool views_catch_up(struct views *v, struct err *e);
MUST_CHECK bool views_rebuild(struct views *v, struct err *e);

/* Makes the views anew beside the file, in a temporary one, and calls fn for each table whose rows are others in
 * dir/views.db, brought up to the log in a copy; the file itself is left alone. *compared false: there is none to
 * compare, or it is one that views_open() would make anew without a word. */
MUST_CHECK bool views_compare(struct log *l, bool *compared, void (*fn)(void *ctx, const char *text), void *ctx,
			      struct err *e);

struct views_changes { struct views_change *v; size_t n; };    /* oldest first */
MUST_CHECK bool views_changes(struct views *v, struct arena *a, struct views_changes *out, struct err *e);
MUST_CHECK bool views_seek_change(struct views *v, struct arena *a, struct span id, struct views_change *out,
				  bool *found, struct err *e);

/* Numbers of lines: ascending; in the arena. */
MUST_CHECK bool views_lines_of_change(struct views *v, struct arena *a, struct span change, struct seqs *out,
				      struct err *e);
MUST_CHECK bool views_lines_of_kind(struct views *v, struct arena *a, struct span kind, struct seqs *out,
				    struct err *e);
/* Of several kinds, in the log's order. */
MUST_CHECK bool views_lines_of_kinds(struct views *v, struct arena *a, const char *const kinds[], size_t n,
				     struct seqs *out, struct err *e);
/* Lines whose body has this 32-byte value as a string member or element, with or without 0x: a safeTxHash, a txHash, a
 * packet's digest, an operation's id, a blob. */
MUST_CHECK bool views_lines_naming(struct views *v, struct arena *a, const struct hash32 *value, struct seqs *out,
				   struct err *e);
/* Newest first, at most `limit` lines before the line `before` (UINT64_MAX: from the end), for a list that scrolls. An
 * empty span lets every kind, change or actor pass. */
struct views_filter { struct span kind, change, actor; };
MUST_CHECK bool views_lines_page(struct views *v, struct arena *a, const struct views_filter *f, uint64_t before,
				 size_t limit, struct seqs *out, struct err *e);

/* A step, as folding left it. */
struct views_step {
	bool packed, submitted, mined, failed;
	uint64_t packed_seq, nonce, block_time;
	struct hash32 safe_tx_hash, packet;
	struct addr *signers;
	size_t n_signers;
	size_t n_refused, n_declined;
	struct left_behind *left;
	size_t n_left;
};
struct views_waiting {
	struct views_change c;
	struct views_step steps[N_STEPS];
};
struct views_waitings { struct views_waiting *v; size_t n; };
/* Changes that are not over as far as the log knows, or still have signatures for a nonce from this one up; by number.
 * 0: for any nonce. */
MUST_CHECK bool views_waiting(struct views *v, struct arena *a, uint64_t safe_nonce, struct views_waitings *out,
			      struct err *e);
/* One change, whether it waits or not. */
MUST_CHECK bool views_waiting_one(struct views *v, struct arena *a, struct span id, struct views_waiting *out,
				  bool *found, struct err *e);

/* The operations that the chain may still have something to say about: proposed, and not executed as far as the log
 * knows. */
struct views_operation { const char *change; struct hash32 id; };
struct views_operations { struct views_operation *v; size_t n; };
MUST_CHECK bool views_operations(struct views *v, struct arena *a, struct views_operations *out, struct err *e);

/* The lines about alerts, in the log's order: of all of them, or of those that somebody has to do something about: not
 * cleared, or cleared and never acknowledged. */
MUST_CHECK bool views_alerts(struct views *v, struct arena *a, bool all, struct seqs *out, struct err *e);

#endif
