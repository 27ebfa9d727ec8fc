/* What is known when a change is judged: names and values, each with who says so. Facts travel in a packet's evidence;
 * docs/policy.md lists the names that rules ask for. Pure: who finds them out is src/cli, who proves them is whoever
 * judges. Nothing that comes from outside is proven because it says so: facts_from_json() reads every fact as claimed,
 * and the reader adds what it has verified itself. */
#ifndef SETGOV_GOV_FACTS_H
#define SETGOV_GOV_FACTS_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/json.h"

enum fact_source { FACT_CLAIMED, FACT_PROVEN };
const char *fact_source_name(enum fact_source s);

struct fact {
	struct span name;             /* "safe.threshold", "action[0].perDay" */
	const struct json *value;
	enum fact_source source;
	uint64_t block;               /* where it was true */
	uint64_t time;                /* of that block, by the header that proves it; 0: no header does */
};

struct facts {                        /* {0}: none; sorted by name */
	struct fact *v;
	size_t n, cap;
};

/* Adds a fact, or takes the place of the one with its name. The name is copied. */
void facts_add(struct arena *a, struct facts *f, const char *name, const struct json *value, enum fact_source source,
	       uint64_t block);
/* The same, shown by a state proof under a header whose hash came from another source: proven, as old as the header. */
void facts_prove(struct arena *a, struct facts *f, const char *name, const struct json *value, uint64_t block,
		 uint64_t time);
const struct fact *facts_find(const struct facts *f, struct span name);       /* NULL: not known */
/* [{"block":57,"name":"safe.nonce","source":"claimed","value":3}, …]; what a header proves has its "time", too. */
struct json *facts_to_json(struct arena *a, const struct facts *f);
/* Strict; names are unique. "block" may be missing, as in evidence without a policy: then `block` is meant. The sources
 * are read and not believed: everything is claimed. */
MUST_CHECK bool facts_from_json(struct arena *a, struct facts *out, const struct json *array, uint64_t block,
				struct err *e);

#endif
