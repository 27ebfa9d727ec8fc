/* The packet: one file that carries a change to a machine without a network, and the answer that comes back.
 *
 * A packet is {"format":"setgov-packet/1","core":{…},"evidence":{…}|null,"signatures":[…],"lines":[…]}. The
 * core is canonical JSON and is enough to sign; packet digest = SHA-256(core). Evidence is named in the core by
 * digest and can be left out (--lean); signatures and lines are in no digest. Nothing in a packet is believed:
 * packet_check() recomputes every derived field from the proposal line and what the reader has pinned, and
 * names the first that differs. docs/formats.md has the members. */
#ifndef SETGOV_GOV_PACKET_H
#define SETGOV_GOV_PACKET_H

#include "src/gov/catalogue.h"
#include "src/gov/change.h"
#include "src/gov/safe.h"

#define PACKET_MAX (4u << 20)         /* bytes of a packet file */
#define PACKET_CORE_MAX (256u << 10)

struct packet_step {
	enum step_kind step;
	uint64_t nonce;
	struct hash32 safe_tx_hash;
};

struct packet_core {
	struct hash32 deployment, catalogue, abi;
	bool has_policy;
	struct hash32 policy;
	bool has_evidence;
	struct hash32 evidence;           /* SHA-256 of its canonical JSON */
	struct span change;               /* "SC-7" */
	struct span proposal;             /* the log line, exact bytes */
	uint64_t size;                    /* of the tree over lines 0…k */
	struct hash32 root;
	const struct hash32 *path;        /* line k's audit path */
	size_t n_path;
	struct span checkpoint; /* signed note over that size and root, or a later one on route direct */
	struct span log_key;              /* vkey */
	const struct packet_step *steps;
	size_t n_steps;                   /* 1 to 3 */
};

struct packet_signature { enum step_kind step; struct owner_signature by; };

struct packet {
	struct span core_text;            /* canonical */
	struct packet_core core;
	struct hash32 digest;
	const struct json *evidence;      /* NULL: lean */
	const struct packet_signature *signatures;
	size_t n_signatures;
	const struct span *lines;
	size_t n_lines;
};

void packet_core_write(struct arena *a, struct buf *canonical, const struct packet_core *core);
/* `evidence` may be NULL. Pretty JSON: core on one line. */
void packet_write(struct arena *a, struct buf *out, const struct packet *p);
/* Form only: strict, canonical core, evidence digest recomputed (ERR_MISMATCH). Borrows `text`. */
MUST_CHECK bool packet_parse(struct arena *a, struct packet *out, struct span text, struct err *e);

/* What a packet says once every field has been recomputed. */
struct explained_call;
struct checked_step {
	enum step_kind step;
	struct safe_tx tx;
	struct safe_hashes hashes;
	const struct explained_call *explained;
};
struct checked_packet {
	struct proposal proposal;
	struct line line;
	const char **sentences;           /* one an action, from the pinned catalogue */
	size_t n_sentences;
	const struct explained_call *calls;   /* proposal.calls, one each */
	bool has_raw;                     /* a raw call: readable, not signable */
	struct operation operation;       /* route timelock */
	struct hash32 operation_id;
	struct checked_step steps[N_STEPS];
	size_t n_steps;
	const char *phrase;               /* 8 words of the packet digest */
};
/* Refusal codes, each naming field, found and computed: "DEPLOYMENT", "CATALOGUE", "ABI", "POLICY", "LINE"
 * (proposal line malformed or of another change), "PATH" (line is not under the root), "CHECKPOINT" (not over
 * this size and root, or its signature is wrong), "CALLS" (differ from what the actions compile to), "HASH"
 * (safeTxHash), "SAFE-GAS", "DELEGATECALL", "TARGET", "SELECTOR", "CALLDATA", "SAFE-VERSION", "SIGNATURE" (one
 * that came along is not what it says), "NONCE" (safe.reject's own). Where no policy is pinned, a
 * packet that names one is refused with "POLICY"; where one is, a packet that
 * names none or another. The log key is the packet's own: whether it is the log's is for the reader to remember. */
MUST_CHECK bool packet_check(struct arena *a, struct checked_packet *out, const struct packet *p,
			     const struct pinned *pin, struct err *e);

/* Answers. */
enum answer_kind { ANSWER_SIGNATURE, ANSWER_REFUSAL, ANSWER_DECLINE };
struct answer {
	struct hash32 deployment, packet_digest;
	enum step_kind step;
	struct hash32 safe_tx_hash;
	bool has_owner;
	struct addr owner;
	enum answer_kind kind;
	struct sig sig;
	struct span code, text;           /* REFUSAL; DECLINE: text */
	struct span compared;             /* "signer" "own" "nobody", or empty = null */
	bool has_block_hash;
	struct hash32 block_hash;         /* that the signer had from another source, and the packet's proofs lead to */
	bool has_journal_head;
	struct hash32 journal_head;
};
void answer_write(struct arena *a, struct buf *out,
		  const struct answer *ans); /* canonical JSON and a newline */
MUST_CHECK bool answer_parse(struct arena *a, struct answer *out, struct span text, struct err *e);

#endif
