#!/bin/sh
# Habits and floors, in seconds and without compiling: lint.sh [TOP]. Prints each fault and exits 1 when there is one.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}" || exit 2
LC_ALL=C
export LC_ALL
faults=$(mktemp) && list=$(mktemp) || exit 2
trap 'rm -f "$faults" "$list"' EXIT

# what belongs to us: not what was installed or built, nor what tests compare byte for byte
if [ -e .git ]; then
	git ls-files -co --exclude-standard
else
	find . -type f | sed 's|^\./||'
fi | grep -Ev '(^|/)(node_modules|build|\.git)/|^tests/(vectors|screens|fuzz/corpus)/' |
	while read -r f; do [ -f "$f" ] && echo "$f"; done | sort -u >"$list"

c_files=$(grep -E '^(src|audit-log|tui|tests)/.*\.[ch]$' "$list")
if [ -n "$c_files" ]; then
	# shellcheck disable=SC2086  # a list of names without spaces
	awk -f "$here/lint.awk" "$here/layers" "$here/globals" $c_files >>"$faults"
fi
grep -E '\.(c|h|sh|awk|mjs|js|sol|md|json|sql|[1-9])$|(^|/)Makefile$|^tests/support/' "$list" |
	xargs -r grep -nH '[[:space:]]$' | sed 's/:\([0-9]*\):.*/:\1: trailing white space/' >>"$faults"
grep -E '\.sh$' "$list" | while read -r f; do
	case $(head -n 1 "$f") in
	'#!/bin/sh'*) sh -n "$f" 2>&1 ;;
	*) bash -n "$f" 2>&1 ;;
	esac
done >>"$faults"
# shellcheck disable=SC2046  # names without spaces
grep -nHE '\| *grep -[a-zA-Z]*q' $(grep -E '^tests/.*\.sh$' "$list" | xargs grep -l 'pipefail\|shellcheck shell=bash') /dev/null |
	sed 's/$/   <- among (tests\/support\/among.sh) reads to the end, grep -q kills the writer/' >>"$faults"
grep -Ev '\.(png|gz)$' "$list" | xargs -r grep -nHE '/wor[k]/|/tm[p]/plan' | cut -c1-120 | sed 's/$/   <- a path of one machine/' >>"$faults"

if [ -s "$faults" ]; then
	cat "$faults"
	echo "lint: $(wc -l <"$faults") faults"
	exit 1
fi
echo "lint: $(wc -l <"$list") files, nothing to say"
