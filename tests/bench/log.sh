#!/usr/bin/env bash
# The change log beside what could be used instead, in one run; ratios hold where times do not. log.sh BUILD, after
# console.sh, which makes the log. Exit status 1 when a demand is not met.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${1:-build}")
big=${BIG:-$BUILD/bench/big} speed=$BUILD/tests/support/log_speed
COMMITS=${COMMITS:-100000} APPENDS=${APPENDS:-3000} REPEAT=${REPEAT:-5}
HERE=$(mktemp -d "$BUILD/bench/log.XXXXXX")
trap 'rm -rf "$HERE"' EXIT
status=0

# least N COMMAND…: the line with the smallest first number of N runs
least() { local n=$1; shift; for _ in $(seq "$n"); do "$@"; done | sort -n | head -n 1; }
# say NAME WHAT DEMAND: DEMAND is an awk condition
say() {
	if awk "BEGIN { exit !($3) }"; then printf '%-28s %s\n' "$1" "$2"
	else printf '%-28s %s  NOT MET\n' "$1" "$2"; status=1; fi
}

read -r scan lines bytes _ < <(least "$REPEAT" "$speed" scan "$big/log.db")
read -r verify rss cpu < <(least "$REPEAT" "$speed" verify "$big")
say "verify $lines lines" "$verify s ($cpu s of processor time, by two threads); a bare scan of the same rows and a SHA-256 a line of $bytes bytes, one thread: $scan s (needed: no more)" \
	"$verify <= $scan"
say "its memory" "$rss KiB (needed: 16384)" "$rss <= 16384"

git init -q --bare -b main "$HERE/git"
"$speed" lines "$big/log.db" "$COMMITS" | git -C "$HERE/git" fast-import --quiet
start=$(date +%s.%N)
git -C "$HERE/git" fsck --full >/dev/null 2>&1
fsck=$(awk "BEGIN { printf \"%.2f\", $(date +%s.%N) - $start }")
times=$(awk "BEGIN { printf \"%.0f\", ($fsck / $COMMITS) / ($verify / $lines) }")
extrapolated=""
[ "$COMMITS" = "$lines" ] || extrapolated=", taken to grow with their number"
say "git fsck --full" "$fsck s for $COMMITS commits of the same lines$extrapolated: verify is $times times as fast (needed: 40)" \
	"$times >= 40"

read -r opened changes < <(least "$REPEAT" "$speed" open "$big")
say "open, and list $changes changes" "$(awk "BEGIN { printf \"%.1f\", 1000 * $opened }") ms (needed: 50)" "$opened <= 0.05"

# Not demanded by anybody: what a person waits for before packet, collect or submit does anything.
read -r decided changes rss < <(least "$REPEAT" "$speed" decide "$big")
say "what a decision reads" "$(awk "BEGIN { printf \"%.0f\", 1000 * $decided }") ms: every line counted, $changes changes that are not executed folded, $rss KiB" 1

read -r ours bare signed size < <("$speed" append "$HERE/append" "$APPENDS")
percent() { awk "BEGIN { printf \"%.0f\", 100 * $bare / $1 }"; }
say "durable appends" "$(percent "$ours") % of bare inserts of the same rows, line of $size bytes (needed: 90)" "$(percent "$ours") >= 90"
say "with a signed checkpoint" "$(percent "$signed") % (needed: 70)" "$(percent "$signed") >= 70"
exit $status
