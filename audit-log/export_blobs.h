/* The blobs of an export: one file each, named by its digest. Private ones and bearer ones that are not spent stay
 * here, what was erased or archived is not there to go; all of that is said. What an export already holds is not
 * written again. For export_jsonl.c and export_tiles.c. */
#ifndef SETGOV_AUDIT_LOG_EXPORT_BLOBS_H
#define SETGOV_AUDIT_LOG_EXPORT_BLOBS_H

#include "audit-log/export_jsonl.h"

struct blobs_out {
	struct log *log;
	struct arena *arena;
	const struct export_options *options; /* may be NULL */
	const char *dir;              /* made when it is not there */
	/* Filled in by export_blobs(). */
	struct json *listed;          /* [{"bytes","sha256"}]: those written */
	struct json *withheld;        /* [{"class","sha256"}]: every digest once */
	uint64_t n_written, n_withheld;
};
MUST_CHECK bool export_blobs(struct blobs_out *x, struct err *e);

#endif
