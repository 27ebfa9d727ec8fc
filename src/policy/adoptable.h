/* What the owners adopt by their signatures: a policy, or the list of releases. Each is one document, named by the
 * SHA-256 of its canonical JSON, and takes the place of the one before it; the table in adoptable.c says how each is
 * read and shown. Offers, signatures, lines, pins and pages are the same for both: adoption.h, audit-log/offers.h,
 * src/cli/offering.h, src/signer/adopting.h. Pure. */
#ifndef SETGOV_POLICY_ADOPTABLE_H
#define SETGOV_POLICY_ADOPTABLE_H

#include "src/gov/message.h"
#include "src/policy/policy.h"
#include "src/policy/releases.h"

/* A new one is a row here and one in adoptable.c. */
enum adoptable_kind { ADOPT_POLICY, ADOPT_RELEASES };
#define N_ADOPTABLES 2

struct adoptable {
	enum adoptable_kind kind;
	struct span name;
	struct hash32 digest;
	const struct json *doc;
	const struct policy *policy;          /* NULL: it is another kind */
	const struct releases *releases;      /* likewise */
};

/* "policy", "releases": the member that names it in files and lines, how its lines' kinds begin ("policy.offered"), its
 * file beside the log, its verbs. */
const char *adoptable_word(enum adoptable_kind kind);
const char *adoptable_called(enum adoptable_kind kind);       /* "policy", "list of releases" */
/* "POLICY", "RELEASES": heads its page, and is the refusal where the one here is not what it has to be. */
const char *adoptable_code(enum adoptable_kind kind);
const char *adoptable_about(enum adoptable_kind kind);        /* what its adoption is, in a sentence or two */
enum message_type adoptable_message(enum adoptable_kind kind);
size_t adoptable_max(enum adoptable_kind kind);               /* bytes of a file */

/* Which kind a file is, by its format; what names no kind is read, and refused, as a policy. */
enum adoptable_kind adoptable_kind_of(struct arena *a, struct span text);
/* Borrows `text`. e->at is the byte, e->field the member. */
MUST_CHECK bool adoptable_parse(struct arena *a, const struct adoptable **out, enum adoptable_kind kind,
				struct span text, struct err *e);
/* The same of what was read already; NULL of NULL. */
const struct adoptable *adoptable_of_policy(struct arena *a, const struct policy *p);
const struct adoptable *adoptable_of_releases(struct arena *a, const struct releases *r);

/* All that it says, for people. */
void adoptable_sentences(struct buf *out, const struct adoptable *x);
/* From `old` to `now`, of one kind. How many differences it said; 0 exactly when the two are the same document. */
size_t adoptable_differences(struct buf *out, const struct adoptable *old, const struct adoptable *now);

#endif
