/* A change, as the log tells it: what was proposed, and how far each of its steps came. A change is folded from
 * its log lines (change_apply) and never stored; what only the chain knows (the Safe's nonce, the operation's
 * timestamp) is handed in as struct chain_facts and decides nothing here but words. */
#ifndef SETGOV_GOV_CHANGE_H
#define SETGOV_GOV_CHANGE_H

#include "src/gov/catalogue.h"
#include "src/gov/safe.h"
#include "src/gov/timelock.h"
#include "src/proof/line.h"

enum route { ROUTE_TIMELOCK, ROUTE_DIRECT };
enum step_kind { STEP_SCHEDULE, STEP_EXECUTE, STEP_CANCEL };
#define N_STEPS 3
const char *route_name(enum route r);
const char *step_name(enum step_kind s);
MUST_CHECK bool step_parse(enum step_kind *out, struct span name, struct err *e);

/* The body of change.drafted and change.proposed. */
struct proposal {
	struct span title, reason, ticket, category, impact, rollback;   /* the proposer's words */
	const struct json *attachments, *actions;
	struct calls calls;           /* change.proposed only */
	enum route route;
	uint64_t delay;               /* seconds; 0 on route direct */
	struct hash32 predecessor;    /* zero: none */
	struct span after;            /* the change it waits for, or empty */
	struct hash32 deployment, catalogue, abi;
	bool has_policy;
	struct hash32 policy;
	bool has_nonce;               /* safe.reject */
	uint64_t nonce;
};
struct json *proposal_to_json(struct arena *a, const struct proposal *p, bool frozen);
MUST_CHECK bool proposal_from_json(struct arena *a, struct proposal *out, const struct json *body, bool frozen,
				   struct err *e);

struct step_signature { struct addr owner; struct hash32 digest; uint64_t seq; struct span packet; };
/* Who had the hash of this block, to which the packet's proofs lead, from another source than the packet. */
struct step_voucher { struct addr owner; struct hash32 block; };
struct step_note { struct span owner_text, code, text; bool declined; uint64_t seq; };
struct submission {
	struct hash32 tx, raw;
	struct addr sender;
	uint64_t nonce, seq;
	bool rejected;
};

enum step_state { STEP_NONE, STEP_UNSIGNED, STEP_PARTLY_SIGNED, STEP_COMPLETE, STEP_SUBMITTED, STEP_MINED,
		  STEP_FAILED, STEP_STALE };
const char *step_state_name(enum step_state s);

/* What a step was signed for before it was given another nonce: whoever has the signatures can still send it, until
 * the Safe's nonce passes it. */
struct left_behind {
	uint64_t nonce;
	struct hash32 safe_tx_hash;
	size_t n_signatures;
};

struct step {
	bool packed;
	uint64_t packed_seq;                    /* the line that gave it its nonce */
	uint64_t nonce;
	struct hash32 safe_tx_hash, packet;     /* the newest packet's digest */
	struct hash32 core;                     /* blob of that packet's core */
	bool has_evidence;
	struct hash32 evidence;
	struct step_signature *signatures;      /* for safe_tx_hash; those for earlier nonces are dropped */
	size_t n_signatures;
	struct step_voucher *vouchers;          /* by their answers, for safe_tx_hash */
	size_t n_vouchers;
	struct left_behind *left;               /* signed, and left for another nonce */
	size_t n_left;
	struct step_note *notes;                /* refusals and declines, all of them */
	size_t n_notes;
	struct submission *submissions;
	size_t n_submissions;
	bool mined, failed;
	struct hash32 tx;                       /* the transaction that mined */
	uint64_t block, block_time;
};

enum change_state { CHANGE_DRAFTED, CHANGE_PROPOSED, CHANGE_SCHEDULED, CHANGE_READY, CHANGE_EXECUTED,
		    CHANGE_CANCELLED, CHANGE_WITHDRAWN };
const char *change_state_name(enum change_state s);
/* Something may still come of it: neither executed, nor cancelled, nor withdrawn. */
bool change_state_is_open(enum change_state s);

struct change {
	struct span id;                         /* "SC-7" */
	struct proposal draft, proposal;        /* the newest draft; the proposal once there is one */
	bool proposed, withdrawn;
	struct span rollback, rollback_of;      /* the change that takes this upgrade back; the one this takes back */
	const struct json *previous;            /* of both: its contracts and their code before; NULL: neither */
	bool read_back, verified;               /* the effect was looked at; it is what was proposed */
	uint64_t drafted_seq;                   /* the line of the newest draft */
	uint64_t proposed_seq;                  /* line k */
	uint64_t size;                          /* k + 1 */
	struct hash32 root;                     /* over lines 0…k; the salt on route timelock */
	struct hash32 operation;                /* the timelock's id */
	struct step steps[N_STEPS];
	uint64_t last_seq;
};

/* Folds one line in. Lines of other changes are a bug; kinds it does not know are skipped (newer consoles). What it
 * keeps of a line it copies into the arena: the line may go. */
MUST_CHECK bool change_apply(struct arena *a, struct change *c, const struct line *l, struct err *e);

struct chain_facts {
	bool known;
	uint64_t safe_nonce, threshold;
	uint64_t operation_timestamp;           /* 0 unset, 1 done */
	uint64_t block_time;
};
enum change_state change_state_of(const struct change *c, const struct chain_facts *f);
enum step_state step_state_of(const struct change *c, enum step_kind s, const struct chain_facts *f);
/* Sent, and nobody has said that it was for nothing: its receipt decides. */
bool step_is_submitted(const struct step *s);
/* Not mined, withdrawn or failed, still has a signature that the Safe would accept: "loose: executable by
 * anyone until nonce N is spent". */
bool step_is_loose(const struct change *c, enum step_kind s, const struct chain_facts *f);
/* Holds its nonce against others: packed, not mined, failed, stale or withdrawn, and
 * its operation is not past it. */
bool step_is_open(const struct change *c, enum step_kind s, const struct chain_facts *f);

/* Equal for proposals that make the same calls with the same predecessor and delay, whatever their salts. */
void proposal_likeness(struct hash32 *out, const struct proposal *p);
/* What the timelock makes of a proposal under this salt. */
struct operation proposal_operation(const struct proposal *p, const struct hash32 *salt);
struct operation change_operation(const struct change *c);    /* route timelock, proposed */
/* The Safe transaction of a step at this nonce: schedule, execute, cancel through the timelock; the one call on
 * route direct. The value is 0 except on execute, which sends the sum of the operation's values. ERR_RANGE for
 * a step that the route does not have. */
MUST_CHECK bool change_step_tx(struct arena *a, struct safe_tx *out, const struct deployment *d,
			       const struct proposal *p, const struct hash32 *salt, enum step_kind s,
			       uint64_t nonce, struct err *e);

#endif
