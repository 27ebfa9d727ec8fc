/* What one look at the chain found, all at one block: `setgov status` takes it and prints it as JSON, the console
 * reads it from there and shows it. Everything in it is the console's word: nothing is decided on it, packet and submit
 * look again for themselves. Pure: JSON in, JSON out; who looks is src/cli. docs/formats.md has the members. */
#ifndef SETGOV_GOV_SNAPSHOT_H
#define SETGOV_GOV_SNAPSHOT_H

#include "src/base/time.h"
#include "src/gov/deployment.h"
#include "src/gov/timelock.h"

#define SNAPSHOT_MAX ((size_t)8 << 20)        /* bytes of its JSON */

struct snapshot_endpoint {
	struct span name;
	bool ok;
	struct span words;            /* ok: empty; otherwise what is wrong with it */
};

/* An operation of the timelock: of a change of ours, or one that the log does not know. */
struct snapshot_operation {
	struct hash32 id;
	struct span change;           /* "SC-7"; empty: the log does not know it */
	uint64_t timestamp;           /* as the timelock keeps it: 0 unset or cancelled, 1 done, else ready then */
	/* found by its events; known_block false: not found */
	bool known_block;
	uint64_t block;               /* of CallScheduled */
	struct hash32 tx;
	struct hash32 predecessor, salt;
	uint64_t delay;
	const char **sentences;       /* what it will do, one a call, as explain.h says it; or "not readable: why" */
	size_t n_sentences;
};

/* An execution of the Safe that no step of the log accounts for. */
struct snapshot_foreign_tx {
	struct hash32 safe_tx_hash, tx;
	uint64_t block;
	bool ok;                      /* ExecutionSuccess, or ExecutionFailure */
};

struct snapshot_role { struct addr account; bool proposer, executor, canceller, admin; };

struct snapshot_contract {
	struct span name;
	struct addr address;
	bool has_code;
	bool has_implementation;      /* it is an ERC-1967 proxy */
	struct addr implementation;
	bool has_owner;               /* it has an owner() that answers */
	struct addr owner;
};

struct snapshot_balance { struct span person; struct addr address; struct u256 wei; };

/* The event that made it so: where in the chain it stands. */
struct finding_event {
	struct hash32 tx;
	uint64_t block, index;        /* index: in its block */
};
/* Critical: somebody may be able to move the chain outside of what was agreed, or has done so. */
enum severity { SEVERITY_CRITICAL, SEVERITY_WARNING };
const char *severity_name(enum severity s);            /* "critical" … */
MUST_CHECK bool severity_parse(enum severity *out, struct span name, struct err *e);

/* Something that is not as it should be, in one sentence; `code` can be read over a phone. docs/formats.md lists the
 * codes: "OWNERS", "GUARD", "UNKNOWN-OPERATION" … Code, subject and event say which finding it is, the same from one
 * look to the next. */
struct snapshot_finding {
	struct span code, words;
	enum severity severity;
	struct span subject;          /* what it is about: an address, a hash or a name first */
	struct span found, expected;
	bool has_event;
	struct finding_event event;
	/* what the log says of it, put in by whoever has the log */
	struct span alert;            /* "AL-3"; empty: the log has no line about it */
	bool acknowledged;
};

struct snapshot {
	struct unix_time taken;       /* this machine's clock */
	bool online;
	struct span trouble;          /* !online: why not, in words safe to show */
	struct snapshot_endpoint *endpoints;
	size_t n_endpoints;
	/* what follows only when online */
	uint64_t block, block_time;
	struct hash32 block_hash;
	bool has_safe_head, has_finalized;
	uint64_t safe_head, finalized;
	uint64_t safe_nonce, threshold;
	struct addr *owners;
	size_t n_owners;
	struct span safe_version;
	struct addr singleton, guard, fallback_handler;
	bool modules_known;
	struct addr *modules;
	size_t n_modules;
	uint64_t min_delay;
	struct snapshot_role *roles;  /* of every address that the profile names and every holder found in events */
	size_t n_roles;
	struct snapshot_contract *contracts;
	size_t n_contracts;
	struct snapshot_balance *balances;    /* of the people who are no owners: they pay for gas */
	size_t n_balances;
	struct snapshot_operation *operations;
	size_t n_operations;
	bool events_known;            /* false: events could not be read: nothing is known of foreign operations */
	struct span events_trouble;
	uint64_t events_from;         /* the first block whose events were looked at */
	struct snapshot_foreign_tx *foreign;
	size_t n_foreign;
	struct snapshot_finding *findings;
	size_t n_findings;
};

struct json *finding_event_json(struct arena *a, const struct finding_event *ev);
/* The member `name`, which may be null; no other members in it. */
MUST_CHECK bool finding_event_read(const struct json *o, const char *name, bool *has, struct finding_event *out,
				   struct err *e);
struct json *snapshot_to_json(struct arena *a, const struct snapshot *s);
/* Strict: unknown members and wrong shapes are errors that name the field. The members that `setgov status` puts in
 * front (class, deployment, name, size, root: the log's) are passed over. Every text in it is safe to show. */
MUST_CHECK bool snapshot_from_json(struct arena *a, struct snapshot *out, struct span text, struct err *e);
/* The timestamp of an operation; false: it was not asked for. */
bool snapshot_operation_at(const struct snapshot *s, const struct hash32 *id, uint64_t *timestamp);

#endif
