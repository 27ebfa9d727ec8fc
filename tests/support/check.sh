#!/usr/bin/env bash
# Every test there is, or the parts that are named: check.sh [plain] [asan] [fuzz] [lint] [airgap] [e2e].
#
#   plain   unit tests, as they are installed        fuzz    each fuzz target over its corpus, under sanitizers
#   asan    the same under ASan and UBSan            e2e     whole programs: every tests/e2e/*.sh
#   lint    floors and habits, and the lint itself   airgap  the signer has no network, and the check itself
#
# Says what fails and why, counts every single test, and ends with "N passed, N failed", with ", N skipped" behind it
# when some were. A script skips itself by exiting with 77 behind a line "SKIPPED: reason".
set -u
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build}
make="${MAKE:-make} --no-print-directory BUILD=$BUILD"
unset MAKEFLAGS MFLAGS MAKELEVEL
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1

passed=0 failed=0 skipped=0
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
failures=$scratch/failures
: >"$failures"

# result NAME PASSED FAILED SKIPPED SECONDS: one line of progress, and into the sums
result() {
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	if [ "$3" -gt 0 ]; then
		echo "$1" >>"$failures"
	fi
	printf '%-4s %-44s %5s passed%s%s   %s s\n' "$([ "$3" -gt 0 ] && echo FAIL || echo ok)" "$1" "$2" \
		"$([ "$3" -gt 0 ] && echo ", $3 failed")" "$([ "$4" -gt 0 ] && echo ", $4 skipped")" "$5"
}

show() { sed 's/^/     | /' "$@"; }
reasons() { grep -ho 'SKIPPED: .*' "$@" 2>/dev/null | sort -u | sed 's/^/     /'; }

# build WHAT TARGET…: quiet unless it fails
build() {
	local what=$1 start=$SECONDS
	shift
	if $make -k -j"$(nproc)" "$@" >"$scratch/build" 2>&1; then
		printf '     built %s in %s s\n' "$what" $((SECONDS - start))
	else
		grep -v '^  \(cc\|link\) ' "$scratch/build" | show
		result "build $what" 0 1 0 $((SECONDS - start))
	fi
}

# What cmocka counted: "[  PASSED  ] 3 test(s)." and the same for FAILED and SKIPPED, on stderr.
counted() { sed -n "s/^\[ *$1 *\] \([0-9][0-9]*\) test(s).*/\1/p" "$scratch/err" | awk '{ n += $1 } END { print n + 0 }'; }

# unit NAME PROGRAM
unit() {
	local start=$SECONDS status good bad skip
	timeout -k 5 "${TEST_SECONDS:-600}" "$2" >"$scratch/out" 2>"$scratch/err" </dev/null
	status=$?
	good=$(counted PASSED) bad=$(counted FAILED) skip=$(counted SKIPPED)
	if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
		bad=1                  # it died: a signal, a sanitizer, a time limit
		echo "exit status $status" >>"$scratch/err"
	elif [ "$good" = 0 ] && [ "$bad" = 0 ] && [ "$skip" = 0 ]; then
		bad=1
		echo "ran no test" >>"$scratch/err"
	fi
	result "$1" "$good" "$bad" "$skip" $((SECONDS - start))
	[ "$bad" = 0 ] || show "$scratch/out" "$scratch/err"
	[ "$skip" = 0 ] || reasons "$scratch/out" "$scratch/err"
}

units() { # units FLAVOUR DIRECTORY
	local source name
	build "unit tests ($1)" FLAVOUR="$1" units
	for source in tests/unit/test_*.c; do
		name=$(basename "$source" .c)
		if [ -x "$2/tests/unit/$name" ]; then
			unit "$1/$name" "$2/tests/unit/$name"
		fi
	done
}

# script NAME COMMAND…: one test, which may skip itself
script() {
	local name=$1 start=$SECONDS status
	shift
	timeout -k 5 "${TEST_SECONDS:-600}" "$@" >"$scratch/out" 2>&1 </dev/null
	status=$?
	if [ "$status" = 0 ]; then
		result "$name" 1 0 0 $((SECONDS - start))
		reasons "$scratch/out"
	elif [ "$status" = 77 ]; then
		result "$name" 0 0 1 $((SECONDS - start))
		reasons "$scratch/out"
	else
		[ "$status" = 124 ] && echo "took longer than ${TEST_SECONDS:-600} s" >>"$scratch/out"
		result "$name" 0 1 0 $((SECONDS - start))
		tail -n 200 "$scratch/out" | show
	fi
}

part_plain() { units plain "$BUILD"; }
part_asan() { units asan "$BUILD/asan"; }

part_fuzz() {
	local source name
	build "fuzz targets (asan)" FLAVOUR=asan fuzzers
	for source in tests/fuzz/fuzz_*.c; do
		[ -e "$source" ] || continue
		name=$(basename "$source" .c)
		script "fuzz/$name" "$BUILD/asan/tests/fuzz/$name" "tests/fuzz/corpus/${name#fuzz_}"
	done
}

part_lint() {
	script lint tests/support/lint.sh
	script lint_test tests/support/lint_test.sh
}

part_airgap() {
	[ -e src/signer/main.c ] || return
	build "the signer" "$BUILD/setgov-signer"
	script airgap tests/support/airgap.sh "$BUILD/setgov-signer.unstripped" "$BUILD/setgov-signer.map"
	script airgap_test tests/support/airgap_test.sh
}

part_e2e() {
	local test
	build "the programs" all
	for test in tests/e2e/*.sh; do
		script "e2e/$(basename "$test" .sh)" bash "$test"
	done
}

[ $# -gt 0 ] || set -- plain asan fuzz lint airgap e2e
for part in "$@"; do
	case " plain asan fuzz lint airgap e2e " in
	*" $part "*) "part_$part" ;;
	*) echo "check.sh: no part is called $part" >&2; exit 2 ;;
	esac
done

if [ -s "$failures" ]; then
	printf '\nfailed:\n'
	sed 's/^/  /' "$failures"
fi
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" = 0 ]
