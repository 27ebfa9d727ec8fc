/* Taking cosignatures on the log's checkpoints in, as lines checkpoint.cosigned. Each is judged against the log itself:
 * its name, a size that it has, the root that it has there; and against the key that made it. Within a transaction of
 * the log's. */
#ifndef SETGOV_CLI_COSIGNING_H
#define SETGOV_CLI_COSIGNING_H

#include "audit-log/workspace.h"

struct witnesses {
	const struct note_key *v;
	size_t n;
};
struct cosigned {
	size_t added, known;
	uint64_t size;                /* of the checkpoint */
	const char *words;            /* "p2 vouches for the first 40 lines" */
};
/* The file is a note of this log. */
bool cosigning_is_note(const struct log *log, struct span file);
/* False with *why: the file is not accepted ("LOG-OTHER", "LOG-SHORT", "LOG-FORK", "WITNESS", and what
 * cosignature_check() says); with *e: the log could not be read or written. */
MUST_CHECK bool cosigning_owner(struct workspace *ws, struct arena *a, struct span file, struct cosigned *out,
				struct err *why, struct err *e);
MUST_CHECK bool cosigning_note(struct workspace *ws, struct arena *a, struct span file, const struct witnesses *w,
			       struct cosigned *out, struct err *why, struct err *e);

#endif
