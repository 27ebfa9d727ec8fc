/* The change log's lines that packets brought: the journal keeps those that lead to a proposal under a signed
 * checkpoint, so that a log whose machine is lost can be refilled from its signers' journals (log.seen,
 * docs/signer.md). */
#ifndef SETGOV_SIGNER_KEPT_LINES_H
#define SETGOV_SIGNER_KEPT_LINES_H

#include "src/signer/review.h"

/* Whether the packet's lines follow each other, by number and hash, and hold, or touch, its proposal line. No lines:
 * they do. Lines that changed the log key may stand before them, from further back. */
bool kept_lines_fit(const struct packet *p);
/* Into the journal what is not there yet. Lines that do not fit are left out, and the review says so. */
MUST_CHECK bool kept_lines_add(struct signer *s, const struct packet *p, struct err *e);
/* All of them: {"format":"setgov-lines/1","logs":[{"checkpoints","lines","logKey"}]}, lines in the order they came. */
struct json *kept_lines_json(struct signer *s);

#endif
