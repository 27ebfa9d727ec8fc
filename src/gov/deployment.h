/* A deployment profile: which Safe, timelock and contracts, on which chain, held by whom.
 *
 * The identity part is what a signer pins, as one; its id is the SHA-256 of its canonical JSON. The local part
 * (endpoints, first block) is this machine's own and is never pinned. The format is
 * contracts/deployments/README.md; unknown members of the identity part are errors. Holds no chain state: what the
 * chain says is chain/reader's. */
#ifndef SETGOV_GOV_DEPLOYMENT_H
#define SETGOV_GOV_DEPLOYMENT_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/u256.h"
#include "src/crypto/sig.h"
#include "src/proof/note.h"

enum deployment_class { CLASS_PRODUCTION, CLASS_TEST, CLASS_REHEARSAL };

struct contract {
	struct span name;             /* "registry": unique in the profile, [a-z0-9-]+ */
	struct span abi;              /* "SetRegistry": names one of the ABIs */
	struct addr address;          /* unique in the profile */
};

struct person {
	struct span id;               /* "p3": unique, [a-z0-9-]+ */
	struct addr address;          /* unique */
	bool owner;                   /* of the Safe */
};

struct endpoint {
	struct span name, url;
};

struct fee_caps {
	struct u256 max_fee, max_priority;   /* wei per gas */
	uint64_t gas;
};

struct deployment {
	struct span name;
	enum deployment_class class;
	uint64_t chain_id;
	struct hash32 genesis;
	struct addr safe, timelock;
	struct span safe_version;     /* "1.3.0" or "1.4.1": older Safes are verified, not signed for */
	uint64_t threshold;           /* how many of its owners the Safe asks for: 1 to all of them */
	const struct contract *contracts;     /* by name */
	size_t n_contracts;           /* the timelock and the safe are among them */
	const struct person *people;
	size_t n_people;
	struct fee_caps caps;
	const struct endpoint *endpoints;
	size_t n_endpoints;           /* 0 in a profile that came from a pin */
	const struct note_key *witnesses;     /* local: whose cosignatures on the log count here */
	size_t n_witnesses;
	uint64_t first_block;         /* local: nothing of interest happened before it */
	struct hash32 id;
	const struct json *identity;
};

/* A whole profile file. Borrows from `text` and the arena. Errors name the field and the byte. */
MUST_CHECK bool deployment_parse(struct arena *a, struct deployment *out, struct span text, struct err *e);
/* The identity part alone, as it is pinned (canonical JSON). */
MUST_CHECK bool deployment_parse_identity(struct arena *a, struct deployment *out, struct span text,
					  struct err *e);

const char *deployment_class_name(enum deployment_class c);           /* "production" … */
const struct contract *deployment_contract(const struct deployment *d, struct span name); /* NULL: no such */
const struct contract *deployment_contract_at(const struct deployment *d, const struct addr *at);
const struct person *deployment_person(const struct deployment *d, struct span id);
const struct person *deployment_person_at(const struct deployment *d, const struct addr *at);
bool deployment_is_owner(const struct deployment *d, const struct addr *a);
size_t deployment_owners(const struct deployment *d);
/* How the names of this deployment's logs begin, "setgov/<chain id>/<Safe>/", and whether one does. */
void deployment_log_name(struct buf *out, const struct deployment *d);
bool deployment_names_log(const struct deployment *d, struct span origin);
/* "registry", "p3", "this Safe" …: the name the profile gives an address, or NULL. */
const char *deployment_label(struct arena *a, const struct deployment *d, const struct addr *at);
/* "CHAIN 84532999 · TEST · Set Chain demo": class and deployment in words, the first line of every screen. */
void deployment_banner(struct buf *out, const struct deployment *d);

#endif
