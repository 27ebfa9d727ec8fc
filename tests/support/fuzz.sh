#!/usr/bin/env bash
# Coverage-guided fuzzing of the named targets, SECONDS_EACH each. New inputs go to build/found/<target>/, never into
# the corpus: what is worth keeping is minimised and added by hand.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build} bad=0
for target in "$@"; do
	mkdir -p "$build/found/$target"
	echo "== $target"
	"$build/libfuzzer/tests/fuzz/$target" -max_total_time="${SECONDS_EACH:-60}" -print_final_stats=1 -timeout=10 \
		-rss_limit_mb=2048 -artifact_prefix="$build/found/$target-" \
		"$build/found/$target" "tests/fuzz/corpus/${target#fuzz_}" 2>"$build/found/$target.log" || {
		bad=1
		tail -n 40 "$build/found/$target.log"
	}
	grep -E '^stat::number_of_executed_units' "$build/found/$target.log"
done
exit $bad
