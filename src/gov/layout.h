/* Whether new code finds the stored values where the old code put them: two storage layouts as solc writes them
 * (`storageLayout`), compared. Rules: OpenZeppelin, "Writing Upgradeable Contracts", "Modifying Your Contracts" and
 * "Storage Gaps": a variable keeps slot, offset, name and type; new ones come after all others, or out of a gap whose
 * end stays; a struct may grow at its end only as a mapping's value.
 *
 * Not seen: what a compiler does not list: ERC-7201 namespaces, slots used by assembly, the members of an enum. Where
 * it lists nothing at all nothing was compared, and that is a finding, too. Values themselves are compared by setgov
 * preview. */
#ifndef SETGOV_GOV_LAYOUT_H
#define SETGOV_GOV_LAYOUT_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/crypto/sig.h"

struct layout;                    /* parsed; lives as long as its arena */

/* The member storageLayout of a compiler's output, or a document that has it. ERR_SYNTAX, ERR_MISSING, ERR_RANGE (also:
 * variables that lie in each other, which no compiler writes), ERR_UNKNOWN (a type that is not in "types"), with the
 * place. */
MUST_CHECK const struct layout *layout_parse(struct arena *a, const struct json *doc, struct err *e);

/* SHA-256 of the canonical JSON of the storageLayout itself: what a list of releases calls it by. */
MUST_CHECK bool layout_digest(struct hash32 *out, const struct json *doc, struct err *e);

enum layout_kind {
	LAYOUT_MOVED,                 /* a variable is at another place */
	LAYOUT_RETYPED,               /* its type is another */
	LAYOUT_REPLACED,              /* something else is at its place */
	LAYOUT_REMOVED,
	LAYOUT_INSERTED,              /* a new one stands before old ones */
	LAYOUT_REPACKED,              /* a new one takes unused bytes between old ones */
	LAYOUT_GAP,                   /* a gap does not end where it ended */
	LAYOUT_STRUCT,                /* a struct grew where it may not, or differs as it does elsewhere */
	LAYOUT_UNSEEN,                /* nothing was compared: no variables, or nested too deep */
	LAYOUT_RENAMED,               /* same place and type, another name */
	LAYOUT_INHERITANCE,           /* variables are in another order (those that moved are MOVED, too) */
	LAYOUT_APPENDED,              /* new, and in order */
};
const char *layout_kind_name(enum layout_kind k);     /* "MOVED" … */

struct layout_finding {
	enum layout_kind kind;
	bool breaks;                  /* the upgrade must not happen */
	const char *text;             /* "tiers, member maxPerDay: …" */
};
struct layout_findings {
	struct layout_finding *v;
	size_t n, n_breaking;
};
void layout_compare(struct arena *a, struct layout_findings *out, const struct layout *old, const struct layout *now);

#endif
