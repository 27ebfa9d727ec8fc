/* Checking a whole log: every stored byte is read again. Findings are values; what was checked, and what was not, is
 * said. Memory does not grow with the lines; each blob takes 40 bytes, and VERIFY_ALL takes 300 for each change. */
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

/* One kind of damage, one code, for good: in the order of FORMAT.md, section 14, which says what is demanded. */
#define FINDING_CODES(C) \
	C(FILE,             "FILE",             "SQLite's integrity_check complains") \
	C(SCHEMA,           "SCHEMA",           "sqlite_schema is not the built-in one") \
	C(BLOB_DIGEST,      "BLOB-DIGEST",      "the bytes do not hash to their name") \
	C(BLOB_MISSING,     "BLOB-MISSING",     "a line names a blob that is not there") \
	C(BLOB_EMPTIED,     "BLOB-EMPTIED",     "a blob's bytes were taken out, and no two people's lines say so") \
	C(SEGMENT,          "SEGMENT",          "a segment of the archive is damaged, or of no log like this") \
	C(LINE_MISSING,     "LINE-MISSING",     "a seq has no row") \
	C(LINE_LEAF,        "LINE-LEAF",        "the stored leaf is not the line's hash") \
	C(LINE_FORM,        "LINE-FORM",        "not a canonical line") \
	C(LINE_SEQ,         "LINE-SEQ",         "the line says another seq than its row") \
	C(LINE_PREV,        "LINE-PREV",        "prev is not the leaf of the line before") \
	C(LINE_TIME,        "LINE-TIME",        "time went back without a clock.stepped-back line, or that line lies") \
	C(OPENING,          "OPENING",          "line 0 is not a log.opened this program knows") \
	C(NODE,             "NODE",             "a tree node is not the hash of what it covers") \
	C(NODE_MISSING,     "NODE-MISSING",     "a tree node has no row, or there is one too many") \
	C(CHECKPOINT_FORM,  "CHECKPOINT-FORM",  "not a checkpoint, or out of order") \
	C(CHECKPOINT_SIGNATURE, "CHECKPOINT-SIGNATURE", "not signed by the log key") \
	C(CHECKPOINT_ROOT,  "CHECKPOINT-ROOT",  "signed over another history than these lines") \
	C(LOG_KEY,          "LOG-KEY",          "the log key was changed, and nobody who may vouches for the new one") \
	C(COSIGNATURE,      "COSIGNATURE",      "a cosignature is not by its key, or of another history") \
	C(RESTORED,         "RESTORED",         "a log.restored contradicts itself or the line before it") \
	C(REMEMBERED,       "REMEMBERED",       "the log is not a continuation of what this machine remembers") \
	C(PROFILE,          "PROFILE",          "a profile is not what its line says, or not a profile") \
	C(PROPOSAL,         "PROPOSAL",         "a proposal is malformed, made twice or for another deployment") \
	C(OPERATION,        "OPERATION",        "a salt or an operation's id is not that of its proposal") \
	C(PACKET,           "PACKET",           "a packet's core is not what the log says around it") \
	C(SAFE_HASH,        "SAFE-HASH",        "a safeTxHash is not that of the step's fields") \
	C(SIGNATURE,        "SIGNATURE",        "a signature is not by the owner it is said to be by") \
	C(SUBMISSION,       "SUBMISSION",       "a raw transaction has another hash, sender or fields") \
	C(RECEIPT,          "RECEIPT",          "a receipt is of another transaction or block") \
	C(VERDICT,          "VERDICT",          "a verdict is not what its policy says of its facts") \
	C(ADOPTION,         "ADOPTION",         "adopted out of turn, or without the signatures it takes") \
	C(ALERT_FORM,       "ALERT-FORM",       "a line about an alert is malformed") \
	C(ALERT_ID,         "ALERT-ID",         "an alert is not numbered after the one before it") \
	C(ALERT_UNKNOWN,    "ALERT-UNKNOWN",    "an alert is cleared or acknowledged that was never raised") \
	C(ALERT_TWICE,      "ALERT-TWICE",      "an alert is raised or cleared once more than it can be") \
	C(VIEWS,            "VIEWS",            "views.db is not what the lines come to") \
	C(ANCHOR,           "ANCHOR",           "the chain has an operation or a salt that the log does not explain")
enum finding_code {
#define C(id, name, means) FINDING_##id,
	FINDING_CODES(C)
#undef C
};
const char *finding_code_name(enum finding_code c);

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
	const char *vkey;             /* that signs now; NULL when line 0 does not say */
};
enum verify_depth {
	VERIFY_LINES,                 /* file, blobs, lines, chain, tree, checkpoints */
	VERIFY_CHAIN,                 /* leaves, chain, tree, newest checkpoint, by two threads */
	VERIFY_ALL,                   /* VERIFY_LINES, what the lines say (verify_deep.h), and the views */
};
struct verify_options {
	enum verify_depth depth;
	const char *remember;         /* as in struct log_options */
	const char *const *archives;  /* directories of segments (segment.h), where archived blobs are looked for */
	size_t n_archives;
};
/* True: it ran, whatever it found. false only when there is no file that can be opened. Good is n_findings == 0. */
MUST_CHECK bool log_verify(struct arena *a, struct verify_report *out, const char *dir, const struct verify_options *o,
			   struct err *e);

#endif
