/* The catalogue as parsed: what catalogue.c makes, filled.c and action.c work with. Besides them, explain.c looks up
 * the units of parameters here, and nobody else includes it. */
#ifndef SETGOV_GOV_CATALOGUE_DEF_H
#define SETGOV_GOV_CATALOGUE_DEF_H

#include "src/gov/catalogue.h"

/* A bound on a number: digits, or how many owners the Safe has, give or take one. */
struct bound {
	bool set, owners;
	int offset;
	struct u256 value;
};

struct arg_def {
	struct action_arg arg;
	struct bound min, max;
	bool not_zero, not_safe, not_sentinel; /* ADDRESS; the sentinel marks the ends of the Safe's lists */
	const struct json *abis;      /* CONTRACT: names of ABIs it may have */
	struct span why;              /* of its bounds */
};

/* Where a call or a read goes: "each" (every contract whose ABI has the function), "safe", "timelock", or
 * "$arg". */
struct call_def {
	struct span on;
	struct span function;         /* signature; empty: no calldata */
	struct span raw;              /* "$arg": calldata as it is, instead of function and args */
	const struct json *args;      /* expressions: "$arg" or a literal */
	struct span value;            /* expression, or empty: none */
};

struct read_def {
	struct call_def call;         /* function is the getter */
	struct span field;            /* which of several outputs, by name; empty: all of them */
	struct span expect;           /* expression, or empty: just shown */
	struct span say;
};

enum check_kind {
	CHECK_DISTINCT,               /* no two the same */
	CHECK_ORDER,                  /* numbers, each at most the next */
	CHECK_OWNERS, CHECK_STRANGERS,               /* each an owner of the Safe in the profile, or none */
};

struct check_def {
	enum check_kind kind;
	const struct json *args;
	struct span why;
};

struct action_def {
	struct span name, title, say;
	bool direct;
	enum action_risk risk;
	bool deescalates;             /* always */
	struct span deescalates_arg, deescalates_is;   /* or when this argument is that */
	const struct arg_def *args;
	struct action_arg *plain_args;
	size_t n_args;
	const struct check_def *checks;
	size_t n_checks;
	const struct call_def *calls;
	size_t n_calls;
	const struct read_def *reads;
	size_t n_reads;
	const struct json *undo;      /* or NULL */
};

struct catalogue {
	struct action_def *actions;
	size_t n;
};

const struct arg_def *action_arg_def(const struct action_def *d, struct span name);   /* NULL: no such */
/* The argument that becomes parameter i of this function, in the first action that has one; NULL: none. */
const struct arg_def *catalogue_parameter(const struct catalogue *c, struct span function, size_t i);

/* Sentences: text with holes. "{name}" is the argument; "{name?yes|no}" one of two wordings, which may have
 * holes of their own: by a bool, by whether bytes are none, by whether an address is zero; "{contracts}" all
 * that are called. */
struct hole {
	struct span name, yes, no;
	bool choice;
};
/* Takes the next piece off a sentence that is not empty: text, or the inside of a hole. False: unmatched
 * braces. */
bool sentence_take(struct span *rest, struct span *piece, bool *is_hole);
bool hole_parse(struct hole *out, struct span inside);
#define SENTENCE_DEPTH 3

#endif
