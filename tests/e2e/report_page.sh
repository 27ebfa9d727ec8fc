#!/usr/bin/env bash
# A report's page from disk in headless Chromium, and in Firefox where it is installed: consistent, verified, changed; every
# kind of change and bytes anywhere; a page of 10,000 lines; printed. tests/support/read_page.mjs, which is not our code, judges the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in chromium pdftotext; do
	command -v $program >/dev/null || { echo "SKIPPED: $program is not installed: make deps"; exit 77; }
done
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/tests/support/make_report" >/dev/null
page() { node tests/support/page.mjs "$@"; }
made() { mkdir "$HERE/$1" && "$BUILD/tests/support/make_report" "$HERE/$1" "${@:2}" >"$HERE/$1/known"; }
fail() { echo "line ${BASH_LINENO[0]}: $*" >&2; exit 1; }

node tests/support/page_program.mjs
made small 12
page all "$HERE/small/page.html" "$HERE/small/known"
# Firefox is large, and not among what make deps installs.
if command -v firefox-esr >/dev/null; then
	BROWSER=firefox PAGE_BYTES=20 page all "$HERE/small/page.html" "$HERE/small/known"
else
	echo "SKIPPED: firefox-esr is not installed: the page was opened in Chromium alone"
fi
made unsealed 12 unsealed
page unsealed "$HERE/unsealed/page.html" "$HERE/unsealed/known"
known() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1]))[process.argv[2]]' "$HERE/$1/known" "$2"; }
# Logs that lie: the log key signed it all, and the page says which line is not so.
lying() { # lying KIND FINDING WHAT-READ_PAGE-SAYS
	made "$1" 12 "$1"
	page lying "$HERE/$1/page.html" "$HERE/$1/known" "$2"
	node tests/support/read_page.mjs "$HERE/$1/page.html" "$(known "$1" root)" "$(known "$1" vkey)" 2>"$HERE/err" && fail "$1: a lie is verified"
	grep -q "$3" "$HERE/err" || { cat "$HERE/err" >&2; exit 1; }
}
lying lying 'line 8: its signature is not by the key' 'cosigned: owner'
lying other-signer 'line 5: its signature is not that of 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf' 'line 5: owner'
lying high-s 'line 6: its signature is not that of 0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF' 'non-canonical s'
lying other-calls 'line 5: the calls of its change are not what line 4 has the hash of' 'line 5: safeTxHash'

# Printed: every sheet has the root and the size, and a table's head stands again on each sheet of it.
made long 120
page pdf "$HERE/long/page.html" "$HERE/long.pdf"
pdftotext -layout "$HERE/long.pdf" "$HERE/long.txt"
root=$(known long root)
sheets=$(tr -cd '\f' <"$HERE/long.txt" | wc -c)
[ "$sheets" -ge 3 ] || fail "only $sheets sheets"
[ "$(grep -c "121 lines, root $root" "$HERE/long.txt")" = "$sheets" ] || fail "a sheet without the root"
[ "$(grep -c 'approver  *decision' "$HERE/long.txt")" -ge 3 ] || fail "the head of the table does not stand on each sheet"
grep -qE '^ *119 +p1 ' "$HERE/long.txt" || fail "a row is not on paper"
grep -q 'Consistent with itself, not verified' "$HERE/long.txt" || fail "no verdict on paper"

made large 10000
ls -l "$HERE/large/page.html" | awk '{ print $5 " bytes" }'
page speed "$HERE/large/page.html" "$HERE/large/known" | tee "$HERE/speed"
grep -q '^verified' "$HERE/speed" || fail "10,000 lines are not verified"
made above 10002 2>"$HERE/err" && fail "a page of more than 10,000 lines"
grep -q 'at most 10000 lines, this report rests on 10002' "$HERE/err" || { cat "$HERE/err" >&2; exit 1; }
