/* What an export does not show: which blobs, named by which line, and why; and what nobody can check for that. Made
 * from the export's manifest and the lines, so an auditor comes to the same without the operator. */
#ifndef SETGOV_CLI_WITHHOLDING_H
#define SETGOV_CLI_WITHHOLDING_H

#include "audit-log/blob_names.h"
#include "audit-log/removals.h"
#include "audit-log/segment.h"
#include "audit-log/withheld.h"
#include "src/cli/command.h"

struct withholding_item {
	const struct withheld_blob *blob;
	const struct blob_name *name; /* of the line that says most of what it is; NULL: no line names it */
	uint64_t line;
	const char *what;             /* "signature of p5 for schedule of SC-1"; safe to show */
	struct hash32 about;          /* the safeTxHash or the transaction that it is for; zero */
};
struct withholding {
	struct arena *a;
	struct withheld list;
	struct withholding_item *v;   /* in the list's order */
	struct removals removals;
	struct segment *segments;     /* whose lists were read; NULL: none was looked for */
	size_t n_segments;
};

/* The manifest; then every line. ERR_SYNTAX and others of withheld_read() and removals_take(). */
MUST_CHECK bool withholding_begin(struct withholding *w, struct arena *a, struct span manifest, struct err *e);
MUST_CHECK bool withholding_take(struct withholding *w, const struct line *l, struct err *e);
/* "signature of p5 for schedule of SC-1 (line 12), bearer: its nonce is not spent, and whoever has it could use it" */
const char *withholding_words(const struct withholding *w, size_t i);
/* "that it was given is the operator's word": what an auditor cannot check, and what he can ask for. */
const char *withholding_consequence(const struct withholding *w, size_t i);
/* NULL: it may be withheld. Else why not, as far as the lines tell. */
const char *withholding_fault(const struct withholding *w, size_t i);
/* [{"class","line","sha256","text"}] */
struct json *withholding_json(struct arena *a, const struct withholding *w);

#endif
