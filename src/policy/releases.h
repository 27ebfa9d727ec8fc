/* The list of releases: which code may be installed. Policies say that it has to be listed, this list says what is;
 * it is adopted on its own, as a policy is (adoptable.h), so that an upgrade does not change the policy. JSON data,
 * strictly read, errors located: "releases[2].audit, byte 812: …". policies/releases.schema.json is its schema,
 * docs/policy.md the manual. Pure.
 *
 * A release is a contract's code as it was deployed: immutables make the same sources another code at every
 * address. So the hash of the compiler's metadata (src/gov/upgrade.h), which names the sources, is compared before
 * the code's. */
#ifndef SETGOV_POLICY_RELEASES_H
#define SETGOV_POLICY_RELEASES_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/crypto/sig.h"

#define RELEASES_FORMAT "setgov-releases/1"
#define RELEASES_MAX ((size_t)1 << 20)        /* bytes of a file */

struct release {
	struct span contract;         /* the name of its ABI: "SetPaymaster" */
	struct span version;
	struct hash32 code_hash;      /* keccak256 of the code at its address */
	bool has_metadata;
	struct hash32 metadata;       /* SHA-256 of the compiler's metadata */
	struct hash32 layout;         /* layout_digest() of its storage */
	bool has_audit;
	struct hash32 audit;          /* SHA-256 of the report */
	struct span exception;        /* why there is none; or empty */
};
struct releases {
	struct span name;
	const struct release *v;
	size_t n;
	struct hash32 digest;         /* SHA-256 of its canonical JSON */
	const struct json *doc;
};

/* Borrows `text`. */
MUST_CHECK bool releases_parse(struct arena *a, struct releases *out, struct span text, struct err *e);
/* The same of a value that was parsed already: the fact "releases". */
MUST_CHECK bool releases_from_json(struct arena *a, struct releases *out, const struct json *doc, struct err *e);
/* NULL: not listed. */
const struct release *releases_code(const struct releases *r, const struct hash32 *code_hash);
const struct release *releases_metadata(const struct releases *r, struct span contract, const struct hash32 *metadata);
const struct release *releases_layout(const struct releases *r, const struct hash32 *layout);
/* A few lines for each release: its name and version, and below it code, metadata, layout and audit report, whole. */
void releases_format(struct buf *out, const struct releases *r);
/* What goes, comes, or says something else, each release whole, old and new. How many differences it said; 0
 * exactly when the two are the same document. */
size_t releases_differences(struct buf *out, const struct releases *old, const struct releases *now);

#endif
