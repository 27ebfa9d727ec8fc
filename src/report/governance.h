/* What the chain says of who holds what, besides a look's snapshot: events that tell when it came to be so, code, and
 * what state proofs show. Filled by src/cli/governing.c; everything is of the snapshot's block, or before it. */
#ifndef SETGOV_REPORT_GOVERNANCE_H
#define SETGOV_REPORT_GOVERNANCE_H

#include "src/gov/proven.h"

enum governance_event_kind {
	GOVERNANCE_SAFE_MADE,         /* SafeSetup, by the Safe */
	GOVERNANCE_GRANTED,           /* RoleGranted: a role of the timelock's to `who` */
	GOVERNANCE_REVOKED,
	GOVERNANCE_OWNED,             /* OwnershipTransferred: to `who` */
	GOVERNANCE_UPGRADED,          /* Upgraded: to `who` */
	GOVERNANCE_DELAY,             /* MinDelayChange */
	N_GOVERNANCE_EVENT_KINDS
};

struct governance_event {
	enum governance_event_kind kind;
	struct addr at, who;          /* who: zero where the kind has none */
	struct hash32 role, tx;
	uint64_t block, block_time;
	bool has_time;
};

struct governance_code {
	struct addr at;
	struct hash32 hash;           /* keccak256 */
	size_t bytes;                 /* 0: no code */
};

struct governance {
	bool known;                   /* events and code were read; otherwise `trouble` says why not */
	const char *trouble;
	struct governance_event *events;      /* in the chain's order */
	size_t n_events;
	struct governance_code *codes;
	size_t n_codes;
	bool proofs_known;
	const char *proofs_trouble;   /* !proofs_known: why not */
	const struct proven_value *proven;
	size_t n_proven;
	bool kept;                    /* the proofs are in a file; this is its digest */
	struct hash32 proofs_digest;
};

#endif
