/* The log as C2SP tlog-tiles: a directory that any static host serves and any client of such logs reads. FORMAT.md,
 * section 9.
 *
 *     checkpoint             written last: what is under it is complete
 *     tile/…                 hashes and entries, in files that never change
 *     log.vkey               the key that signs
 *     blobs/<sha256>         blobs, but not bearer and private ones
 *     manifest.json          what is withheld */
#ifndef SETGOV_AUDIT_LOG_EXPORT_TILES_H
#define SETGOV_AUDIT_LOG_EXPORT_TILES_H

#include "audit-log/export_jsonl.h"

struct tiles_result {
	struct tree_head head;                /* of the checkpoint */
	uint64_t before;                      /* size of the one that was there; 0: none */
	uint64_t files;                       /* tiles and bundles written */
	uint64_t blobs, withheld;             /* blobs: written now */
	struct hash32 digest;                 /* SHA-256 of manifest.json */
};
/* Up to the newest checkpoint. A directory that holds an export of this log is brought up to date: only what is new is
 * written, also after a run that was cut off. ERR_REFUSED "EXPORT-OTHER" (another log's, or something else is there),
 * "LOG-SHORT" (the export has more lines than the log: the log was cut off), "LOG-FORKED" (another history). */
MUST_CHECK bool log_export_tiles(struct log *l, const char *dir, const struct export_options *options,
				 struct tiles_result *out, struct err *e);

/* Compares what is there with what this log would write up to the checkpoint that is there, writing nothing. Blobs and
 * manifest are not looked at. ERR_REFUSED "SEGMENT" (something is missing or was changed), "LOG-SHORT",
 * "LOG-FORKED". */
MUST_CHECK bool log_check_tiles(struct log *l, const char *dir, struct tree_head *head, struct err *e);

#endif
