/* One action with its arguments filled in: between what a person types, or a packet carries, and what action.c makes of
 * it. Here the text of an argument becomes canonical and is held against its bounds and the action's checks; calls,
 * sentences and reads are action.c's, and nobody else includes this. */
#ifndef SETGOV_GOV_FILLED_H
#define SETGOV_GOV_FILLED_H

#include "src/base/text.h"
#include "src/gov/catalogue_def.h"

/* For "%.*s". */
#define SHOWN(s) text_shown(s), (const char *)(s).p

struct filled {
	struct arena *a;
	const struct pinned *p;
	const struct action_def *d;
	struct span *values;          /* canonical text, in the order of the definition */
	bool typed;                   /* by a person, who has to say the unit of an amount */
	bool some;                    /* filled_some(): what has no value yet is {NULL, 0} */
};

/* From the n "name=value" pairs that a person typed; *action becomes the canonical action. f has a, p, d, typed. */
bool filled_read(struct filled *f, struct json **action, const struct span *pairs, size_t n, struct err *e);

/* Of a form that is being filled in: what is good of the pairs, and defaults; checks over several arguments are not
 * made. `bad` has room for n; n_bad are set. f has a, p, d, typed. */
void filled_some(struct filled *f, const struct span *pairs, size_t n, struct bad_pair *bad, size_t *n_bad);

/* Argument i alone: its canonical text, within its bounds. Names no field. */
bool filled_read_arg(const struct filled *f, size_t i, struct span text, struct span *out, struct err *e);

/* From a canonical action, perhaps out of a packet: an argument in any other form is ERR_MISMATCH. */
bool filled_load(struct filled *f, struct arena *a, const struct pinned *p, const struct json *action, struct err *e);

/* The canonical text of an argument that the definition has; another name is a bug. */
struct span filled_value(const struct filled *f, struct span name);

/* A number as people read it, in the unit of arg. */
void filled_put_number(struct buf *out, const struct arg_def *arg, const struct u256 *v);

/* What b holds, moved into a; b is released. */
struct span filled_text(struct arena *a, struct buf *b);

#endif
