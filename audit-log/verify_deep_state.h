/* What judging the claims of lines remembers, for verify_deep.c and the files named below alone. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_DEEP_STATE_H
#define SETGOV_AUDIT_LOG_VERIFY_DEEP_STATE_H

#include "audit-log/verify_adoptions.h"
#include "audit-log/verify_alerts.h"
#include "audit-log/verify_deep.h"
#include "src/gov/packet.h"

struct deep_step {
	bool packed;
	uint64_t nonce;
	struct hash32 hash;           /* computed */
	uint64_t *said;               /* numbers of the lines signature.added and block.vouched for that hash */
	size_t n_said;
};

struct deep_change {
	char id[32];                  /* "": an empty slot */
	bool proposed, has_root;
	uint64_t proposed_seq;
	struct hash32 root;           /* over lines 0…proposed_seq */
	const char *vkey;             /* that signs the checkpoint over them */
	struct deep_step steps[N_STEPS];
};

struct deep {
	struct deep_walk walk;
	struct deep_counts counts;
	struct arena keys;
	const char *vkey;             /* that signs now */
	struct arena profile;         /* the deployment in force */
	struct deployment deployment;
	struct pinned pin;
	bool have_deployment, have_pin;
	struct adoption_lines *policies;
	struct alert_lines *alerts;
	struct deep_change *changes;  /* open addressing; cap is a power of two, at most half full */
	size_t n, cap;
};

/* One line being judged. */
struct judging {
	struct deep *d;
	struct arena a;
	const struct line *l;
	const struct hash32 *root;
	struct deep_change *change;   /* NULL: a line of none */
};

void deep_find(struct judging *j, enum finding_code code, const char *fmt, ...) PRINTF(3, 4);
/* Takes the error's words, and clears it. */
void deep_find_error(struct judging *j, enum finding_code code, const char *what, struct err *inner);
/* The step that the line names; NULL: it names none, which has been said. */
struct deep_step *deep_step_of(struct judging *j, enum finding_code code, enum step_kind *kind);

/* What each kind of line claims. verify_proposals.c: */
void deep_profile(struct judging *j);
void deep_proposal(struct judging *j);
void deep_operation(struct judging *j);
/* The proposal as its own line, read again, has it. */
MUST_CHECK bool deep_read_proposal(struct judging *j, struct proposal *out);
/* verify_packets.c: */
void deep_packed(struct judging *j);
void deep_signature(struct judging *j);
void deep_vouched(struct judging *j);
/* The hash that a line of this step speaks of has to be the one its packet had; zeros where somebody else took the step
 * before it had any. */
void deep_hash_of(struct judging *j, const struct deep_step *s, enum finding_code code);
/* verify_submissions.c: */
void deep_submission(struct judging *j);
void deep_receipt(struct judging *j);
/* verify_verdicts.c: */
void deep_judged(struct judging *j);

#endif
