/* Whether an address is fit to be a UUPS proxy's new code, from what a chain says about it. Pure: who reads is
 * src/chain/upgrade.h. What the new code makes of the stored values is for layout.h and setgov preview.
 *
 * Spec: ERC-1967 (where a proxy keeps its code's address), ERC-1822 (proxiableUUID), ERC-7201 with OpenZeppelin 5's
 * Initializable (which initialisation an address has had; 2^64 - 1: locked). */
#ifndef SETGOV_GOV_UPGRADE_H
#define SETGOV_GOV_UPGRADE_H

#include "src/gov/call.h"
#include "src/gov/deployment.h"

extern const struct hash32 upgrade_slot_implementation, upgrade_slot_initialized;

struct upgrade {
	const struct contract *proxy;
	struct addr implementation;
	/* what the chain says */
	struct span code;             /* of the new address; empty: none */
	bool has_uuid;                /* proxiableUUID() answers with one word */
	struct hash32 uuid;
	struct addr current;          /* the proxy's code now; zero: it is no proxy */
	uint64_t initialized;         /* of the new address itself */
};

/* Each upgradeToAndCall(address,bytes) among the calls to contracts of the profile. */
struct upgrade *upgrades_of(struct arena *a, size_t *n, struct calls calls, const struct deployment *d);

/* The SHA-256 that solc puts into the metadata behind the code: of the document that names compiler, settings and
 * sources. False: there is none. */
bool upgrade_metadata(struct hash32 *out, struct span code);

struct upgrade_findings {
	const char *refusals[5];      /* each a reason not to */
	size_t n;
	const char *code_hash;        /* "code hash 0x…, metadata 0x…", or NULL: no code */
};
void upgrade_judge(struct arena *a, struct upgrade_findings *out, const struct upgrade *u);

#endif
