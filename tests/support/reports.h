/* A report over a real log, for tests: a change, its approvals as bars, its states as spans, texts that mean ill. */
#ifndef SETGOV_TESTS_SUPPORT_REPORTS_H
#define SETGOV_TESTS_SUPPORT_REPORTS_H

#include "audit-log/log.h"
#include "src/report/report.h"

/* What it says of a person: markup, entities, bidi marks, controls, the ends of elements. */
#define TEST_REPORT_HOSTILE \
	"</main></script><script>alert(1)</script>&amp;\xe2\x80\xae\x7f<!-- \"' \xc2\xa0 e\xcc\x81 {"

/* Sealed; with no line that has its digest; or with a lie in a line: 8 says that owner 2 signed what he did not, 5 that
 * owner 1 approved where owner 3 did, 6 has owner 2's approval with the other s, 4 a hash that is of another call. */
enum test_report_kind {
	TEST_REPORT_SEALED, TEST_REPORT_UNSEALED, TEST_REPORT_LYING, TEST_REPORT_OTHER_SIGNER, TEST_REPORT_HIGH_S,
	TEST_REPORT_OTHER_CALLS
};

/* Makes a log of `lines` lines (at least 10) in dir, and a report that rests on all but its first one. Lines 7, 8 and 9
 * say that cosigners.h's owners 1 and 2 and its witness vouch for the first 6, 7 and 8; 5 and 6 that owners 1 and 2
 * approved of a step that is on chain by line 10; 11 that owner 3 did of one that is not. Deterministic. Lives in the
 * arena. */
const struct report *test_report(struct arena *a, const char *dir, uint64_t lines, enum test_report_kind kind);
/* The signature of line 11, which no report may carry. */
struct span test_report_unspent(struct arena *a, struct log *l);

#endif
