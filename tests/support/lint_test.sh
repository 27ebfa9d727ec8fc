#!/bin/sh
# The lint finds what it is for: each planted fault, at its line, and nothing in a clean file.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(mktemp -d) || exit 2
trap 'rm -rf "$top"' EXIT
mkdir -p "$top/src/base" "$top/src/evm" "$top/src/gov" "$top/tui/console" "$top/tests/unit" "$top/docs"
bad=0

# plant FILE "expected: text, or nothing" < content
plant() {
	cat >"$top/$1"
	found=$("$here/lint.sh" "$top" | sed '/^lint: /d')
	rm "$top/$1"
	if [ "$found" != "${2:+$1:$2}" ]; then
		printf 'planted in %s\n  expected: %s\n  found:    %s\n' "$1" "${2:+$1:$2}" "$found"
		bad=$((bad + 1))
	fi
}

plant src/evm/a.c '' <<'X'
#include "src/crypto/keccak.h"
static const int table[] = {1, 2};
static const char *const names[] = {"a", "strcpy(x)"};
static const struct { const char *name; int n; } rows[] = {
/* static int counter; strcpy(a, b) */
static int add(int a, int b);
typedef int number;
enum kind { ONE, TWO };
struct s;
int sum(void)
{
	static const char text[] = "x";
	int local = text[0];

	return add(local, table[0]);
}
X
plant src/base/a.c '1: src/base may not include src/evm (src/evm/abi.h)' <<'X'
#include "src/evm/abi.h"
X
plant src/evm/a.c '1: "abi.h": say the path from the top of the repository' <<'X'
#include "abi.h"
X
plant src/gov/a.c '1: only audit-log/store* audit-log/views* audit-log/events* tests/* may include <sqlite3.h>' <<'X'
#include <sqlite3.h>
X
plant src/evm/a.c '1: only src/crypto/sig.c may include <secp256k1_recovery.h>' <<'X'
#include <secp256k1_recovery.h>
X
plant src/evm/a.c '1: only src/net/* may include <curl/curl.h>' <<'X'
#include <curl/curl.h>
X
plant src/evm/a.c '1: only audit-log/verify* may include <pthread.h>' <<'X'
#include <pthread.h>
X
plant tui/console/view_queue.c '1: tui/console/view_* may not include audit-log (audit-log/views.h)' <<'X'
#include "audit-log/views.h"
X
plant tui/console/step.c '' <<'X'
#include "audit-log/views.h"
X
plant tui/console/step.c '1: only tui/kit/term_curses.c may include <curses.h>' <<'X'
#include <curses.h>
X
plant src/evm/a.c '1: a banned call (src/base/ban.h says what to use instead)' <<'X'
	strcpy(a, b);
X
plant src/evm/a.c '1: global state: counter can change; pass it, or make it const' <<'X'
static int counter;
X
plant src/evm/a.c '1: global state: names can change; pass it, or make it const' <<'X'
static const char *names[] = {"a"};
X
plant src/evm/a.c '1: global state: hook can change; pass it, or make it const' <<'X'
static void (*hook)(void);
X
plant src/evm/a.c '1: global state: calls can change; pass it, or make it const' <<'X'
	static unsigned calls = 0;
X
plant src/base/time.c '' <<'X'
static bool time_is_fixed;
X
plant src/evm/a.c '1: indented with spaces' <<'X'
        return 0;
X
plant src/evm/a.h '1: header guard SETGOV_EVM_A_H is missing' <<'X'
#ifndef EVM_H
X
plant src/evm/a.h '' <<'X'
#ifndef SETGOV_EVM_A_H
X
printf 'int x(void); \n' | plant src/evm/a.c '1: trailing white space'
printf '# a \n' | plant docs/a.md '1: trailing white space'
printf '/* %0130d */\n' 0 | plant src/evm/a.c '1: wider than 120 columns'
printf 'int x(void);\n\n' | plant src/evm/a.c '2: blank line at the end'

[ "$bad" = 0 ] || { echo "lint_test: $bad planted faults were not found as they should"; exit 1; }
echo "lint_test: every planted fault is found"
