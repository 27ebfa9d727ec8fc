/* Alerts, as the log tells them: a finding of a look at the chain that was written down once, when a later look found
 * it no more, and who said that he has seen it. Folded from lines like a change (change.h), never stored.
 *
 *     alert.raised        {"alert":"AL-3","block":57,"blockHash":"0x…","code":"ROLE","endpoints":["main"],
 *                         "event":{"block","index","tx"} or null,"expected":"…","found":"…","severity":"critical",
 *                         "subject":"0x… proposer","words":"…"}; of the change that it concerns, or of none
 *     alert.cleared       {"alert":"AL-3","block":61,"blockHash":"0x…","endpoints":["main"]}
 *     alert.acknowledged  {"alert":"AL-3","note":"…","ticket":"…","until":seconds or null}
 *
 * One finding is one alert for as long as it is there (finding_is_same()); back again after it was cleared, it is
 * another. A line about an alert does nothing: it is read by people. */
#ifndef SETGOV_GOV_ALERT_H
#define SETGOV_GOV_ALERT_H

#include "src/gov/findings.h"
#include "src/proof/line.h"

#define ALERT_NOTE_MAX 16384u         /* bytes, as of a proposal's words */

/* The block that was looked at, and by which endpoints. */
struct alert_look {
	uint64_t block;
	struct hash32 block_hash;
	struct span *endpoints;
	size_t n_endpoints;
};

struct alert_ack {
	struct span by, auth, note;
	struct span ticket;           /* or empty */
	bool lapses;
	uint64_t until;               /* seconds: it holds before that time; when it lapses */
	uint64_t seq;
	struct unix_time time;
};

struct logged_alert {
	struct span id;               /* "AL-3" */
	uint64_t number;              /* 3 */
	struct snapshot_finding finding;      /* its alert and acknowledged are not filled */
	struct span change;           /* that it concerns, or empty */
	struct alert_look seen;       /* the look that found it */
	struct span by;               /* who took it */
	uint64_t seq;
	struct unix_time time;
	bool cleared;
	struct alert_look cleared_in;
	struct span cleared_by;
	uint64_t cleared_seq;
	struct unix_time cleared_at;
	struct alert_ack *acks;       /* oldest first */
	size_t n_acks;
};

struct alert_log {
	struct logged_alert *v;       /* by number */
	size_t n, cap;
	bool part;                    /* not all of the log's: ids may be left out, lines about others are passed */
};

/* Why a line is none that a log may have. */
enum alert_fault {
	ALERT_FAULT_FORM,                   /* its body is not as above */
	ALERT_FAULT_ID,                     /* a raised one is not numbered next */
	ALERT_FAULT_UNKNOWN,                /* it is about an alert that was not raised */
	ALERT_FAULT_TWICE,                  /* raised while the same finding's is open, or cleared again */
};

/* Folds one line in. Lines that are not about alerts are skipped. What it keeps borrows from the line and the arena.
 * `fault` may be NULL. */
MUST_CHECK bool alert_log_apply(struct arena *a, struct alert_log *m, const struct line *l, enum alert_fault *fault,
				struct err *e);
#define N_ALERT_KINDS ((size_t)3)
extern const char *const alert_kinds[N_ALERT_KINDS];   /* the three above */
bool alert_line_is(struct span kind);
struct logged_alert *alert_log_find(const struct alert_log *m, struct span id);        /* NULL: none */
/* The alert about this finding that is not cleared; NULL: none. */
struct logged_alert *alert_log_of(const struct alert_log *m, const struct snapshot_finding *f);
/* The newest acknowledgement that holds at this time; NULL: none. One that lapsed after the alert was cleared holds. */
const struct alert_ack *alert_acknowledged(const struct logged_alert *x, struct unix_time at);
/* It is over, and somebody had seen it: nobody has to do anything about it. */
bool alert_is_settled(const struct logged_alert *x);
/* "open, its acknowledgement has lapsed": how it stands at this time, in the words of commands and reports. */
const char *alert_standing(const struct logged_alert *x, struct unix_time at);
/* "AL-3" into 3; false: not one. */
bool alert_number(struct span id, uint64_t *out);

/* Bodies of the lines. */
struct json *alert_raised_json(struct arena *a, struct span id, const struct snapshot_finding *f,
			       const struct alert_look *look);
struct json *alert_cleared_json(struct arena *a, struct span id, const struct alert_look *look);
struct json *alert_acknowledged_json(struct arena *a, struct span id, const struct alert_ack *ack);
/* What a look says of itself. */
struct alert_look alert_look_of(struct arena *a, const struct snapshot *s);

#endif
