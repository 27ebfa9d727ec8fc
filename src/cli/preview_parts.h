/* Inside previewing (previewing.h): what will run and by whom (preview_plan.c), what is asked (preview_asks.c), and
 * what the answers mean (preview_answers.c). One change, or all of the queue: then each is looked at on top of those
 * before it. */
#ifndef SETGOV_CLI_PREVIEW_PARTS_H
#define SETGOV_CLI_PREVIEW_PARTS_H

#include "src/chain/gather.h"
#include "src/chain/preview.h"
#include "src/cli/known.h"
#include "src/cli/previewing.h"

#define PREVIEW_MAX_CHANGES 24u

/* One change. */
struct preview_run {
	const struct change *change;
	struct proposal proposal;             /* with calls and delay */
	enum step_kind last;                  /* whose effect is looked at: execute, or cancel */
	struct operation operation;           /* route timelock */
	struct hash32 operation_id;
	uint64_t timestamp;                   /* the operation's, on chain: 0 unset, 1 done */
	bool waits;                           /* for another operation, which the chain does not say is done */
	size_t asked_timestamp, asked_predecessor;
	const struct action_read_back **reads;    /* all actions' */
	size_t *read_ask;                         /* which of the asks each is */
	size_t n_reads;
	size_t turn;                          /* of its last step */
	struct effects *out;
};

/* One step in the order in which they are run. */
struct preview_turn {
	struct preview_run *run;
	enum step_kind step;
	bool looked_at;                       /* values are read before and after it */
	uint64_t time;
	bool by_safe;
	struct addr sender;                   /* the Safe, or whoever calls the timelock himself */
	const char *who;                      /* in words */
	struct preview_slot nonce;            /* by_safe, of a queue: the Safe comes to it, whatever failed before */
	struct preview_call call;             /* as it is sent: through the Safe's execTransaction, or plain */
	struct preview_call plain;            /* the same as if the sender made it by himself: for its reasons */
};

/* One question, asked before and after. */
struct preview_ask {
	const struct contract *contract;
	const struct abi_function *getter;
	struct span calldata;
};

struct previewing {
	const struct workspace *ws;
	struct chain *chain;
	struct arena *a;
	const struct addr *as;                /* NULL: whoever holds the role */
	struct preview_run *runs;
	size_t n_runs;
	struct preview_turn *turns;
	size_t n_turns;
	/* the first round trip */
	struct gather facts;
	size_t asked_delay, asked_safe, asked_roles, asked_logs;
	struct addr *candidates;              /* who may hold a role: the Safe, nobody in particular, people */
	size_t n_candidates;
	struct addr *owners;                  /* of the Safe, ascending */
	size_t n_owners;
	uint64_t threshold, nonce;
	/* the second */
	const struct contract **touched;      /* each once */
	size_t n_touched;
	struct known known;
	struct preview_ask *asks;
	size_t n_asks, per_sim;               /* asks of one simulation: nodes bound the gas of each */
	struct preview p;
};

/* preview_plan.c */
MUST_CHECK bool preview_compile(struct previewing *x, struct err *e);       /* what can be known without the chain */
MUST_CHECK bool preview_facts(struct previewing *x, struct err *e);         /* the first round trip */
MUST_CHECK bool preview_order(struct previewing *x, struct err *e);         /* turns, senders, times */
void preview_questions(struct previewing *x);                               /* the second, ready to be asked */
/* A simulation of nothing but these runs' steps, without the Safe around them. */
void preview_plain(struct previewing *x, struct preview_sim *out, const struct preview_run *only,
		   const struct preview_run *after);
struct hash32 preview_timestamp_slot(const struct hash32 *operation);
/* Where answers are. */
const struct preview_call *preview_result(const struct previewing *x, size_t turn);
const struct preview_call *preview_plain_result(const struct previewing *x, size_t turn);
const struct preview_call *preview_answer(const struct previewing *x, size_t turn, size_t ask, bool after);

/* preview_asks.c: everything that can be asked of what these changes touch. */
MUST_CHECK bool preview_asks(struct previewing *x, struct err *e);

/* preview_answers.c */
void preview_answers(struct previewing *x, struct preview_run *r);
void preview_warn(struct previewing *x, struct preview_run *r, const char *fmt, ...) PRINTF(3, 4);
/* Of every change. */
void preview_warn_all(struct previewing *x, const char *fmt, ...) PRINTF(2, 3);

#endif
