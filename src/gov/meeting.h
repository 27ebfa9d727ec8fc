/* Meetings, as the log tells them: the agenda, who was there, what was decided about which packets, and the minutes
 * that were left behind. Folded from lines like a change (change.h), never stored. People are ids of the profile: no
 * name is in a line.
 *
 *     meeting.opened   {"agenda":["SC-7"],"meeting":"M-1","present":["p1"],"title":"…"}
 *     meeting.decided  of a change, so that its history has it: {"decision":"approved","meeting":"M-1","note":"…",
 *                      "present":["p1"],"steps":[{"nonce","packet","safeTxHash","step"}]}: what was on the table
 *     meeting.closed   {"meeting":"M-1","minutes":digest of a blob}
 *
 * A decision does nothing: what lets a change happen is signatures, and what stops it is `withdraw` and `cancel`. */
#ifndef SETGOV_GOV_MEETING_H
#define SETGOV_GOV_MEETING_H

#include "src/gov/change.h"

enum decision { DECISION_APPROVED, DECISION_REJECTED, DECISION_DEFERRED };
const char *decision_name(enum decision d);            /* "approved" … */
MUST_CHECK bool decision_parse(enum decision *out, struct span name, struct err *e);

struct id_list { struct span *v; size_t n; };
bool id_list_has(const struct id_list *l, struct span id);
void id_list_add(struct arena *a, struct id_list *l, struct span id);      /* once; the id is borrowed */
struct json *id_list_to_json(struct arena *a, const struct id_list *l);

/* A step as it lay on the table: a packet made later is another one. */
struct tabled_step {
	enum step_kind step;
	uint64_t nonce;
	struct hash32 packet, safe_tx_hash;
};

struct meeting_decision {
	struct span change;
	enum decision decision;
	struct span note;
	struct id_list present;
	struct tabled_step steps[N_STEPS];
	size_t n_steps;
	uint64_t seq;
	struct unix_time time;
};

struct meeting {
	struct span id;               /* "M-1" */
	uint64_t number;              /* 1 */
	struct span title;
	struct id_list agenda;        /* changes, in the order they are taken */
	struct id_list present;       /* whoever was there at any time */
	struct meeting_decision *decisions;   /* all of them, in order; a change's last one counts */
	size_t n_decisions;
	uint64_t opened_seq, closed_seq;
	struct unix_time opened_at, closed_at;
	bool closed;
	struct hash32 minutes;        /* blob; when closed */
};

struct meetings { struct meeting *v; size_t n; };              /* oldest first */

/* Folds one line in. Lines that are not about meetings are skipped. ERR_MISMATCH when a line does not fit those
 * before: a second meeting while one is open, a decision in one that is not. */
MUST_CHECK bool meetings_apply(struct arena *a, struct meetings *m, const struct line *l, struct err *e);
const struct meeting *meetings_in_session(const struct meetings *m);   /* the one that is open, or NULL */
const struct meeting *meetings_find(const struct meetings *m, struct span id);
/* The last decision about this change, or NULL. */
const struct meeting_decision *meeting_decision_on(const struct meeting *m, struct span change);

/* The steps of a change that lie on the table: packed, and not on chain yet. */
size_t meeting_table(const struct change *c, struct tabled_step out[N_STEPS]);

/* Bodies of the lines. */
struct json *meeting_opened_json(struct arena *a, const struct meeting *m);
struct json *meeting_decided_json(struct arena *a, struct span meeting, const struct meeting_decision *d);
struct json *meeting_closed_json(struct arena *a, struct span meeting, const struct hash32 *minutes);

#endif
