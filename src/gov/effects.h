/* What a change does to what the contracts say: values before and after, judged against what its actions mean to
 * change. Pure: values come from a node's simulation (src/chain/preview.h), so all of it is the console's word. */
#ifndef SETGOV_GOV_EFFECTS_H
#define SETGOV_GOV_EFFECTS_H

#include "src/gov/slots.h"

enum effect_kind {
	EFFECT_INTENDED,              /* changed, to what the action says */
	EFFECT_WRONG,                 /* not what the action says it will be */
	EFFECT_UNINTENDED,            /* changed, and no action says so */
	EFFECT_ALONG,                 /* the same change through another getter, or what follows from it */
	EFFECT_SAME,                  /* did not change */
};

/* "CHANGED AND NOT INTENDED": the heading that they stand under. */
const char *effect_kind_title(enum effect_kind k);
/* "intended" …, as JSON has it. ERR_UNKNOWN. */
MUST_CHECK bool effect_kind_parse(enum effect_kind *out, struct span name, struct err *e);

struct effect {
	const struct contract *contract;
	const char *name;
	struct span getter, field, args;      /* args: the calldata behind the selector */
	bool meant;                   /* an action reads it back */
	bool wei;                     /* an amount: it is shown with its unit */
	bool of_step;                 /* running any step moves it: the Safe's nonce, the operation's state */
	struct span before, after;    /* {NULL, 0}: the getter gave no answer */
	struct span expect;           /* meant: what it has to be afterwards; empty: just shown */
	enum effect_kind kind;
};

struct effect_slot {
	const struct contract *contract;      /* NULL: not of the profile */
	struct addr at;
	struct hash32 slot, before, after;
	const char *name;             /* NULL: nobody knows what it holds */
	struct span was, is;          /* name: the values */
};

struct effects {
	const char *change;
	uint64_t block, block_time;
	struct hash32 block_hash;
	struct span endpoint;
	const char **how;             /* "schedule by the Safe, …": each step, and who made it */
	size_t n_how;
	bool ran;                     /* every step did */
	const char *failed;           /* !ran: "schedule: …" */
	struct effect *v;
	size_t n;
	bool slots_compared;          /* false: not asked for, as on top of other changes */
	struct effect_slot *slots;
	size_t n_slots;
	const char **events;          /* decoded, in order */
	size_t n_events;
	const char **refusals;        /* reasons not to, whatever the values say */
	size_t n_refusals;
	const char **warnings;
	size_t n_warnings;
};

/* Sets every kind. */
void effects_judge(struct effects *e, const struct pinned *p);
/* Ran, nothing is wrong or unintended, and nothing speaks against it. */
bool effects_are_clean(const struct effects *e);
/* A table in words; what did not change is only counted, unless `all`. */
void effects_format(struct buf *out, const struct effects *e, bool all);
struct json *effects_to_json(struct arena *a, const struct effects *e);

#endif
