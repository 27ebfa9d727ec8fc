/* The log as plain files, for an auditor and for other machines: FORMAT.md, section 7.
 *
 *     lines.jsonl        the lines, byte for byte, each with a newline
 *     checkpoint         a signed note over the first `size` of them
 *     log.vkey           the key it is signed with
 *     blobs/<sha256>     blobs, but not bearer and private ones
 *     manifest.json      what is here and what is withheld; written last */
#ifndef SETGOV_AUDIT_LOG_EXPORT_JSONL_H
#define SETGOV_AUDIT_LOG_EXPORT_JSONL_H

#include "audit-log/log.h"

struct export_options {
	const struct hash32 *released;        /* bearer blobs that may go out: their nonce is spent */
	size_t n_released;
};
struct export_result {
	struct tree_head head;                /* of the checkpoint; equals the lines when one over all of them exists */
	uint64_t lines, blobs, withheld;
	struct hash32 digest;                 /* SHA-256 of manifest.json: log.exported carries it */
};
/* `dir` must not exist. On failure what was written is removed. `options` may be NULL. The caller makes a checkpoint
 * first and appends log.exported afterwards. */
MUST_CHECK bool log_export_jsonl(struct log *l, const char *dir, const struct export_options *options,
				 struct export_result *out, struct err *e);

#endif
