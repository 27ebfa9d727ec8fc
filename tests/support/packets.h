/* Packets made from nothing: a profile with five owners, a log of six lines whose last is the proposal, a log key,
 * and the steps' hashes; and made again after a test has changed a part of it. */
#ifndef SETGOV_TESTS_SUPPORT_PACKETS_H
#define SETGOV_TESTS_SUPPORT_PACKETS_H

#include "src/gov/packet.h"
#include "src/proof/merkle.h"

#define SAMPLE_OWNERS 5
#define SAMPLE_SEQ 5                  /* of the proposal line */

struct sample {
	struct arena a;
	struct deployment d;
	struct pinned pin;
	struct proposal proposal;
	uint8_t log_seed[32];
	uint64_t nonce;               /* of the first step */
	struct packet p;              /* p.core is what sample_seal() writes */
};

/* The profile, on this chain. */
const char *sample_profile(struct arena *a, uint64_t chain_id);
/* Profile and pins; no proposal yet. */
void sample_init(struct sample *s, uint64_t chain_id);
/* One action, as people type it: "sequencer.rotate", {"old=0x…", "new=0x…", NULL}. Fills s->proposal. */
void sample_propose(struct sample *s, const char *action, const char *const pairs[]);
/* The line from s->proposal, the log up to it, and a core with these steps, a bit each (1 << STEP_SCHEDULE …). */
void sample_log(struct sample *s, unsigned steps);
/* Checkpoint over s->p.core's size and root. */
void sample_checkpoint(struct sample *s);
/* Owner i's signature for a step, added to those that come along. */
void sample_add_signature(struct sample *s, unsigned owner, enum step_kind step);
/* The packet file for what s->p holds; the core is written anew. */
struct span sample_seal(struct sample *s);
/* sequencer.rotate by timelock, schedule and execute, signed by owner 1. */
void sample_rotate(struct sample *s);
void sample_release(struct sample *s);

#endif
