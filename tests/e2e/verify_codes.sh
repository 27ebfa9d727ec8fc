#!/usr/bin/env bash
# For each kind of damage that log verify knows: exit status 1, and its code in text and as JSON. What is wrong with each log
# is tests/unit/test_verify_deep.c's table; that a chain tells (ANCHOR) is log_verify.sh's.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
BUILD=$(realpath "${BUILD:-build}")
${MAKE:-make} --no-print-directory BUILD="$(realpath --relative-to=. "$BUILD")" "$(realpath --relative-to=. "$BUILD")/setgov" \
	"$(realpath --relative-to=. "$BUILD")/tests/unit/test_verify_deep" >/dev/null
SETGOV=$BUILD/setgov "$BUILD/tests/unit/test_verify_deep" 2>&1 | among "3 test(s) run" ||
	{ SETGOV=$BUILD/setgov "$BUILD/tests/unit/test_verify_deep"; exit 1; }
SETGOV=$BUILD/setgov "$BUILD/tests/unit/test_verify_deep" >/dev/null 2>&1
# FORMAT.md tells what each of them means, and no other, in the same order.
diff <(sed -n 's/^\tC([A-Z_]*, *"\([A-Z-]*\)".*/\1/p' audit-log/verify.h) \
	<(sed -n 's/^| `\([A-Z-]*\)` |.*/\1/p' audit-log/FORMAT.md)
