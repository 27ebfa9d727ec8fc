/* A report over a real log, for tests: a change, its approvals as bars, its states as spans, texts that mean ill. */
#ifndef SETGOV_TESTS_SUPPORT_REPORTS_H
#define SETGOV_TESTS_SUPPORT_REPORTS_H

#include "src/report/report.h"

/* What it says of a person: markup, entities, bidi marks, controls, the ends of elements. */
#define TEST_REPORT_HOSTILE \
	"</main></script><script>alert(1)</script>&amp;\xe2\x80\xae\x7f<!-- \"' \xc2\xa0 e\xcc\x81 {"

/* Sealed; with no line that has its digest; or with a line, 8, that says that owner 2 signed what he did not. */
enum test_report_kind { TEST_REPORT_SEALED, TEST_REPORT_UNSEALED, TEST_REPORT_LYING };

/* Makes a log of `lines` lines (at least 10) in dir, and a report that rests on all but its first one. Lines 7, 8 and 9
 * say that cosigners.h's owners 1 and 2 and its witness vouch for the first 6, 7 and 8. Deterministic. Lives in the
 * arena. */
const struct report *test_report(struct arena *a, const char *dir, uint64_t lines, enum test_report_kind kind);

#endif
