/* A preview as somebody else tells it: the JSON of effects_to_json(), out of a packet's evidence, strictly read. It
 * says what a node's simulation made of a change, and nothing in it can be checked here but that it agrees with itself.
 * Texts are foreign: whoever shows them makes them safe. */
#ifndef SETGOV_GOV_EFFECTS_SAID_H
#define SETGOV_GOV_EFFECTS_SAID_H

#include "src/gov/effects.h"

struct value_said {
	struct span say, before, after, expect;       /* {NULL, 0}: no answer; no expectation */
	enum effect_kind kind;
};

struct slot_said {
	struct span at, slot, before, after;          /* as written */
	struct span name;                             /* {NULL, 0}: nobody knows what it holds */
};

struct texts_said { const struct span *v; size_t n; };

struct effects_said {
	struct span change, endpoint, failed;         /* failed: {NULL, 0}: it ran */
	uint64_t block, block_time, unchanged;
	struct hash32 block_hash;
	bool clean;                                   /* by what it tells, not by its own word */
	const struct value_said *values;
	size_t n_values;
	const struct slot_said *slots;
	size_t n_slots;
	struct texts_said how, events, refusals, warnings;
};

/* ERR_MISSING, ERR_SYNTAX, ERR_UNKNOWN; ERR_MISMATCH where "clean" is not what the rest says. */
MUST_CHECK bool effects_said_read(struct arena *a, struct effects_said *out, const struct json *doc, struct err *e);

#endif
