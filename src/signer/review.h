/* The one page that decides: what a checked packet will do, as text and as JSON. Everything on it was
 * recomputed from what is pinned here, except what stands under "the proposer's words" and "the console says",
 * which is marked so and made safe. */
#ifndef SETGOV_SIGNER_REVIEW_H
#define SETGOV_SIGNER_REVIEW_H

#include "src/policy/carried.h"
#include "src/gov/packet.h"
#include "src/signer/proofs.h"
#include "src/signer/signer.h"
#include "tui/kit/paper.h"

struct reviewed {
	const char *path;
	struct packet packet;
	bool parsed;                  /* the core could be read: an answer can name it */
	const struct pin *pin;        /* NULL: not pinned */
	struct pinned pinned;
	struct checked_packet checked;
	struct review_proofs proofs;
	bool good;                    /* packet_check() and the proofs passed, and no rule of the policy failed */
	/* One a step, where a policy is pinned: under the one that the packet names, and, where that is the one whose
	 * place the pinned one took, under the pinned one. */
	struct verdict verdicts[N_STEPS], current[N_STEPS];
	bool is_older;                /* the packet names the one before */
	/* The same with what the block's hash, given to this machine, proves: its own observation, beside the
	 * verdict. */
	struct verdict seen[N_STEPS];
};

/* Parses, finds the pin, checks. False with the refusal; what was learnt on the way stays in *out. */
MUST_CHECK bool review_open(struct signer *s, struct reviewed *out, const char *path, struct err *e);
/* What of the page is shown. */
struct review_look {
	bool details;                 /* passed checks, the proposer's words, calls with arguments, hashes */
	unsigned masked;              /* a bit for each word of the phrase that is not to be seen here */
};
void review_write(const struct signer *s, struct paper *out, const struct reviewed *r, const struct review_look *look);
/* The same page with all details as lines of text, as wide as the terminal. */
void review_page(const struct signer *s, struct buf *out, const struct reviewed *r, unsigned masked);
/* The eight words, numbered. */
void review_phrase(struct paper *out, const struct reviewed *r, unsigned masked);
struct span review_word(const struct reviewed *r, unsigned i);        /* i counts from 0 */
enum style review_class_style(const struct reviewed *r);
/* Why an owner's key is not used here while a network interface is up: production, or what the pinned policy says (or
 * does not say: it has to allow it). NULL: it may be. This machine's own observation: no verdict knows of it. */
const char *review_against_hot(const struct reviewed *r);
/* When the console looked: its block, and that block's time. False: it does not say. */
bool review_looked_at(const struct reviewed *r, uint64_t *number, uint64_t *when);
/* The latest time that the packet itself speaks of, in seconds: its proposal, or the block that its console
 * looked at. */
int64_t review_made(const struct reviewed *r);
/* By more than five minutes: this machine does not know what day it is. */
bool review_clock_is_behind(const struct reviewed *r);
struct json *review_json(struct signer *s, const struct reviewed *r);

#endif
