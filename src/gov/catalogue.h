/* The catalogue: each thing an admin can do, as data. contracts/catalogue.json says how an action's arguments
 * are asked for and bounded, which calls it makes on which contracts, the sentence a person reads, what to read
 * back, and what undoes it; docs/catalogue.md has its format. A new contract is new data, not new code.
 *
 * Round trip, always: typed action -> calldata -> decoded -> encoded again gives the same bytes and the same
 * sentence. Pure: what the chain has to tell (the owner before one in the Safe's list) comes in as an argument
 * and is part of the action from then on. */
#ifndef SETGOV_GOV_CATALOGUE_H
#define SETGOV_GOV_CATALOGUE_H

#include "src/evm/abi.h"
#include "src/gov/call.h"
#include "src/gov/deployment.h"

struct slot_rules;
struct catalogue;                 /* parsed; lives as long as its arena */
struct action_def;

struct named_abi {
	struct span name;             /* "SetRegistry" */
	const struct abi *abi;
};

/* What a reader has pinned and judges by: never taken from a packet. */
struct pinned {
	const struct deployment *deployment;
	const struct catalogue *catalogue;
	const struct named_abi *abis;
	size_t n_abis;
	const struct slot_rules *slots;   /* where contracts keep what their getters say (slots.h) */
	struct hash32 catalogue_digest;   /* SHA-256 of its canonical JSON */
	struct hash32 abi_digest;         /* SHA-256 of the canonical JSON {name: abi, …} of all ABIs */
	bool has_policy;                  /* a policy is pinned: packets have to name it */
	struct hash32 policy;
	bool has_replaced;                /* the owners adopted it in the place of this one: */
	struct hash32 replaced;           /* what was proposed under that one still names it */
};

/* The compiled-in catalogue and ABIs for this deployment. They are tested, so failing is a bug; but a profile
 * may name an ABI that nobody has: ERR_UNKNOWN. `d` must outlive *out. */
MUST_CHECK bool pinned_builtin(struct arena *a, struct pinned *out, const struct deployment *d, struct err *e);
MUST_CHECK const struct catalogue *catalogue_parse(struct arena *a, struct span text, struct err *e);
const struct abi *pinned_abi(const struct pinned *p, const struct addr *target); /* by target; NULL: unknown */
const struct abi *pinned_abi_named(const struct pinned *p, struct span abi_name);

/* Actions. */
enum action_arg_type {
	ARG_ADDRESS,
	ARG_BOOL,
	ARG_UINT,
	ARG_ETHER,
	ARG_DURATION,
	ARG_TEXT,
	ARG_BYTES,
	ARG_HASH,
	ARG_ROLE,
	ARG_CONTRACT,
};
enum action_risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH, RISK_CRITICAL };

struct action_arg {
	struct span name, ask;        /* "old", "the key to retire" */
	enum action_arg_type type;
	struct span from_chain; /* "owner-before:owner": the drafting console fills it; empty: a person does */
	struct span default_value;    /* empty: required */
	struct span unit;
};

size_t catalogue_size(const struct catalogue *c);
const struct action_def *catalogue_at(const struct catalogue *c, size_t i);
const struct action_def *catalogue_find(const struct catalogue *c, struct span name);
struct span action_name(const struct action_def *d);
struct span action_title(const struct action_def *d);
bool action_is_direct(const struct action_def *d);
enum action_risk action_risk_of(const struct action_def *d);
const char *action_risk_name(enum action_risk r);
const struct action_arg *action_args(const struct action_def *d, size_t *n);

/* What an argument may be, in words: numbers in the units people use, those that count owners counted. Empty: no such
 * bound. */
struct arg_bounds {
	struct span min, max, why;
	const char *not[3];           /* "the zero address" … */
	size_t n_not;
};
void action_arg_bounds(struct arena *a, struct arg_bounds *out, const struct pinned *p, const struct action_def *d,
		       size_t i);
/* When it takes power away: "always", "when on is true", or NULL: never. */
const char *action_deescalates_when(struct arena *a, const struct action_def *d);
struct span action_undo_name(const struct action_def *d);       /* of the action that undoes it; empty: none */

/* As people type them ("amount=0.05 ether", "delay=24h") into the canonical action
 * {"action":"sequencer.rotate","args":{"new":"0x…","old":"0x…"}}: every value a string: EIP-55, decimal, wei,
 * seconds, "true". Checks names, types, units, bounds and the silent truncations the contracts would make.
 * Errors name the argument. An argument that the chain fills must be among the pairs when it is called for (see
 * action_arg.from_chain). */
MUST_CHECK bool action_read(struct arena *a, struct json **action, const struct pinned *p, struct span name,
			    const struct span *pairs, size_t n_pairs, struct err *e);
/* Argument i alone, as a person types it: type, unit and bounds; not what it has to be in view of the others. Names no
 * field. For forms that speak of each field while the others are still empty. */
MUST_CHECK bool action_read_arg(struct arena *a, struct span *canonical, const struct pinned *p,
				const struct action_def *d, size_t i, struct span text, struct err *e);
/* A canonical action into its calls, on every contract of the deployment that it concerns. Everything
 * action_read checks is checked again: the action may come from a packet. */
MUST_CHECK bool action_compile(struct arena *a, struct calls *out, const struct pinned *p,
			       const struct json *action, struct err *e);
/* All actions of a proposal; their calls in order. Direct and timelock actions do not mix; a direct change has
 * exactly one call. *direct says which. */
MUST_CHECK bool actions_compile(struct arena *a, struct calls *out, bool *direct, const struct pinned *p,
				const struct json *actions, struct err *e);
/* The nonce that safe.reject names, or UINT64_MAX where no action is one. The actions have been compiled. */
uint64_t actions_rejected_nonce(const struct json *actions);
/* The sentence: addresses whole, labels from the pinned profile, amounts in the units people use. */
MUST_CHECK bool action_say(struct arena *a, struct buf *out, const struct pinned *p, const struct json *action,
			   struct err *e);
/* It takes power away or stops something: no freeze window or rate limit may hold it up. */
bool action_deescalates(struct arena *a, const struct pinned *p, const struct json *action);
/* The action that undoes it, or NULL when there is none. */
const struct json *action_undo(struct arena *a, const struct pinned *p, const struct json *action);

/* What to read before and after: getters of the contracts the action concerns. */
struct action_read_back {
	struct addr at;
	struct span contract;         /* its name in the profile */
	const struct abi_function *getter;
	size_t output;                /* which of its outputs is meant; SIZE_MAX: all of them */
	struct span calldata;
	struct span expect; /* the value after it ran, as abi_value_format writes it; empty: just show */
	struct span say;              /* "sequencer 0x… authorised on registry" */
	struct span arg;              /* whose value it will give afterwards, exactly; empty: of none */
};
/* "smallest deposit, in wei" becomes "smallest deposit", for whoever shows the value by wei_format(). False: it has no
 * such unit. */
bool read_cut_in_wei(struct span *say);
/* Some action that concerns contracts with this ABI reads this getter's output, and says that it is in wei. `field` is
 * the output's name where there are several. */
bool catalogue_reads_wei(const struct catalogue *c, struct span abi, struct span getter, struct span field);
/* What the getter gave, in the words of `expect`: one output plainly, several as JSON. ERR_SYNTAX and the like
 * when it does not decode. */
MUST_CHECK bool action_read_text(struct arena *a, struct buf *out, const struct action_read_back *r,
				 struct span output, struct err *e);
MUST_CHECK bool action_reads(struct arena *a, const struct action_read_back **out, size_t *n,
			     const struct pinned *p, const struct json *action, struct err *e);

/* The same of an action that is being filled in: getters whose own arguments are there, from what is good of the pairs
 * as people type them. What is not is in `bad` (room for n_pairs), safe to show. */
struct bad_pair {
	struct span name, what;
};
MUST_CHECK bool action_reads_so_far(struct arena *a, const struct action_read_back **out, size_t *n,
				    const struct pinned *p, const struct action_def *d, const struct span *pairs,
				    size_t n_pairs, struct bad_pair *bad, size_t *n_bad, struct err *e);

/* raw: {"action":"call.raw","args":{"data","to","value"}}: can be drafted against a known ABI, never signed
 * until a policy allows it (refusal code "RAW" from whoever signs). */
bool action_is_raw(const struct json *action);

#endif
