/* What the chain says of who holds what, besides a look's snapshot: the events that made it so, code, and what state
 * proofs show. Filled by src/cli/governing.c; everything is of the snapshot's block, or before it. */
#ifndef SETGOV_REPORT_GOVERNANCE_H
#define SETGOV_REPORT_GOVERNANCE_H

#include "src/gov/custody.h"
#include "src/gov/proven.h"
#include "src/policy/releases.h"

struct governance_code {
	struct addr at;
	struct hash32 hash;           /* keccak256 */
	size_t bytes;                 /* 0: no code */
	bool has_metadata;
	struct hash32 metadata;       /* as lists of releases name it */
};

struct governance {
	bool known;                   /* events and code were read; otherwise `trouble` says why not */
	const char *trouble;
	const struct custody_event *events;   /* in the chain's order */
	size_t n_events;
	size_t n_unreadable;          /* events that are not what their topic says */
	uint64_t from;                /* the first block whose events were read */
	struct custody told;          /* what the events come to */
	struct governance_code *codes;
	size_t n_codes;
	const struct releases *releases;      /* of this workspace; or NULL */
	bool proofs_known;
	const char *proofs_trouble;   /* !proofs_known: why not */
	const struct json *proofs;    /* as gov/proven.h has them */
	struct proven proven;         /* the same, checked */
	struct slot_list slots;       /* which of it has which name */
	bool cut;                     /* there was more to prove than one set of proofs holds */
	bool kept;                    /* they are in a file of their own, too */
	struct hash32 proofs_digest;  /* SHA-256 of their canonical JSON */
};

#endif
