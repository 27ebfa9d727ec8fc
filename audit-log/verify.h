/* Checking a whole log: every stored byte is read again. Findings are values; what was checked, and what was not, is
 * said. Memory does not grow with the lines; each blob takes 32 bytes. */
#ifndef SETGOV_AUDIT_LOG_VERIFY_H
#define SETGOV_AUDIT_LOG_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/proof/merkle.h"
#include "src/proof/note.h"

#define FINDING_NO_SEQ UINT64_MAX
#define VERIFY_MAX_FINDINGS 1000      /* more are counted, not kept */

/* One kind of damage, one code, for good. */
#define FINDING_CODES(C) \
	C(FILE,             "FILE",             "SQLite's integrity_check complains") \
	C(SCHEMA,           "SCHEMA",           "sqlite_schema is not the built-in one") \
	C(LINE_MISSING,     "LINE-MISSING",     "a seq has no row") \
	C(LINE_LEAF,        "LINE-LEAF",        "the stored leaf is not the line's hash") \
	C(LINE_PREV,        "LINE-PREV",        "prev is not the leaf of the line before") \
	C(LINE_FORM,        "LINE-FORM",        "not a canonical line") \
	C(LINE_SEQ,         "LINE-SEQ",         "the line says another seq than its row") \
	C(LINE_TIME,        "LINE-TIME",        "time went back without a clock.stepped-back line") \
	C(OPENING,          "OPENING",          "line 0 is not a log.opened this program knows") \
	C(NODE,             "NODE",             "a tree node is not the hash of what it covers") \
	C(NODE_MISSING,     "NODE-MISSING",     "a tree node has no row, or there is one too many") \
	C(CHECKPOINT_FORM,  "CHECKPOINT-FORM",  "not a checkpoint, or out of order") \
	C(CHECKPOINT_SIGNATURE, "CHECKPOINT-SIGNATURE", "not signed by the log key") \
	C(CHECKPOINT_ROOT,  "CHECKPOINT-ROOT",  "signed over another history than these lines") \
	C(BLOB_DIGEST,      "BLOB-DIGEST",      "the bytes do not hash to their name") \
	C(BLOB_MISSING,     "BLOB-MISSING",     "a line names a blob that is not there") \
	C(REMEMBERED,       "REMEMBERED",       "the log is not a continuation of what this machine remembers")
enum finding_code {
#define C(id, name, means) FINDING_##id,
	FINDING_CODES(C)
#undef C
};
const char *finding_code_name(enum finding_code c);
const char *finding_code_means(enum finding_code c);

struct finding {
	enum finding_code code;
	uint64_t seq;                 /* the line, or FINDING_NO_SEQ */
	const char *text;
};
struct verify_check {                 /* one thing looked at, or why it was not */
	const char *what;             /* "lines and their chain" */
	bool done;
	const char *text;             /* "1,204 lines", or "no checkpoint is remembered on this machine" */
};
struct verify_report {                /* in the caller's arena */
	const struct finding *findings;   /* in log order where they have a seq: the first is the first bad line */
	size_t n_findings;
	uint64_t more;                /* found and not kept */
	const struct verify_check *checks;
	size_t n_checks;
	struct tree_head head;        /* computed from the lines */
	uint64_t checkpoints, blobs;
	const char *vkey;             /* NULL when line 0 does not say */
};
struct verify_options {
	const char *remember;         /* as in struct log_options */
};
/* True: it ran, whatever it found. false only when there is no file that can be opened. Good is n_findings == 0. */
MUST_CHECK bool log_verify(struct arena *a, struct verify_report *out, const char *dir, const struct verify_options *o,
			   struct err *e);

#endif
