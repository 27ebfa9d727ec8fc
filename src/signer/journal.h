/* The signer's own log: what it pinned, signed, refused and declined, in the change log's line format
 * (proof/line.h), each line naming the one before; the first is journal.opened. Read and verified whole when it
 * is opened. A line is on disk before what it speaks of leaves this machine, so a line that a power cut left
 * half written speaks of nothing: the next line takes its place, and journal.mended says so. */
#ifndef SETGOV_SIGNER_JOURNAL_H
#define SETGOV_SIGNER_JOURNAL_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/proof/line.h"

struct journal {
	struct arena arena;
	const char *path;
	struct line *lines;
	size_t n, cap;
	size_t bytes;                 /* of whole lines */
	size_t torn;                  /* bytes behind the last whole line */
	struct hash32 head;           /* leaf of the last line; zeros when there is none */
};

/* ERR_REFUSED "JOURNAL" naming the line when the file is not what was written: nothing is signed with it. */
MUST_CHECK bool journal_open(struct journal *j, const char *home, struct err *e);
void journal_release(struct journal *j);
/* Appends and fsyncs, alone: another run's lines since journal_open() are read and verified first. `change` may
 * be empty. */
MUST_CHECK bool journal_add(struct journal *j, const char *kind, struct span change, const struct json *body,
			    struct err *e);

#endif
