#!/usr/bin/env bash
# What the benchmarks measure is a real log: a small one of its kind verifies, and every change in it can be shown.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
"$BUILD/tests/support/big_log" "$HERE/w" 100 5000 >/dev/null
setgov() { "$BUILD/setgov" -C "$HERE/w" "$@"; }

setgov log verify >"$HERE/verified"
grep -q '^5000 lines, ' "$HERE/verified" || { cat "$HERE/verified" >&2; exit 1; }
setgov changes --offline >"$HERE/changes"
[ "$(wc -l <"$HERE/changes")" = 100 ]
for state in drafted proposed scheduled executed cancelled withdrawn; do
	grep -q " $state " "$HERE/changes" || { echo "no change is $state" >&2; exit 1; }
done
setgov queue --offline >"$HERE/queue"
for word in signatures block loose; do
	grep -q "waits for $word" "$HERE/queue" || { echo "nothing waits for $word" >&2; exit 1; }
done
while read -r change state _; do
	setgov show "$change" --offline >"$HERE/shown"
	grep -qF "$change · $state" "$HERE/shown" || { cat "$HERE/shown" >&2; exit 1; }
done <"$HERE/changes"
