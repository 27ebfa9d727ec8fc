/* Calldata into what an approver reads: the function of the target's pinned ABI, each argument named, addresses
 * labelled and whole. Decoding is by target, never by selector alone, and canonical: bytes that the chain would
 * run but that do not encode back to themselves are not explained but refused. Calls inside calls (a timelock
 * operation in a Safe transaction) are explained in turn. */
#ifndef SETGOV_GOV_EXPLAIN_H
#define SETGOV_GOV_EXPLAIN_H

#include "src/gov/catalogue.h"

struct explained_arg {
	const char *name, *type;
	const char *text;             /* value, whole */
	const char *label;            /* "registry", "86400 s = 1 day", or NULL */
};

struct explained_call {
	const char *contract;         /* its name in the profile */
	struct addr to;
	struct u256 value;
	struct span function;         /* signature */
	const struct explained_arg *args;
	size_t n_args;
	const struct explained_call *inner;   /* calls inside, when it is a timelock call */
	size_t n_inner;
};

/* Refusal codes: "TARGET" (not in the profile), "SELECTOR" (not in its ABI), "CALLDATA" (does not decode
 * canonically, the text says which byte; or value sent to a function that takes none), "DELEGATECALL" (inside
 * execTransaction). */
MUST_CHECK bool explain_call(struct arena *a, struct explained_call *out, const struct pinned *p,
			     const struct call *c, struct err *e);
/* Text for screens and --plain, one argument a line, indented by `indent`. */
void explain_format(struct buf *out, const struct explained_call *c, size_t indent);
/* All of it on one line: "registry 0x… setX(address,bool): who = 0x… (p3); on = true". */
void explain_line(struct buf *out, const struct explained_call *c);
struct json *explain_to_json(struct arena *a, const struct explained_call *c);

#endif
