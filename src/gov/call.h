/* One call that the chain will make: target, value, data. */
#ifndef SETGOV_GOV_CALL_H
#define SETGOV_GOV_CALL_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/u256.h"
#include "src/crypto/sig.h"

struct call {
	struct addr to;
	struct u256 value;            /* wei */
	struct span data;
};

struct calls {
	const struct call *v;
	size_t n;
};

bool calls_eq(struct calls a, struct calls b);
/* ERR_RANGE when the values do not fit 256 bits together. */
MUST_CHECK bool calls_value(struct u256 *sum, struct calls c, struct err *e);
/* [{"data":"0x…","to":"0x…","value":"0"}]: addresses EIP-55, values decimal strings. */
struct json *calls_to_json(struct arena *a, struct calls c);
MUST_CHECK bool calls_from_json(struct arena *a, struct calls *out, const struct json *array, struct err *e);

#endif
