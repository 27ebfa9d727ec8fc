#!/usr/bin/env bash
# The air gap check finds what it is for: a planted socket(), a planted raw system call, a program that is not static;
# and says nothing about a clean one.
set -u
cd "$(dirname "$0")/../.." || exit 2
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
bad=0

# planted NAME EXPECTED FLAGS < program
planted() {
	local name=$1 expected=$2
	shift 2
	gcc -x c -O2 -fPIE -o "$dir/$name" - "$@" -Wl,-Map="$dir/$name.map" || exit 2
	tests/support/airgap.sh "$dir/$name" "$dir/$name.map" >"$dir/said" 2>&1
	if ! grep -q -- "$expected" "$dir/said"; then
		echo "airgap_test: $name: expected '$expected', found:"
		cat "$dir/said"
		bad=1
	fi
}

planted clean 'no network, no other program, no thread' -static-pie <<'C'
#include <unistd.h>
int main(void) { return write(1, "", 0) != 0; }
C
planted socket 'symbols:.*socket' -static-pie <<'C'
#include <sys/socket.h>
int main(void) { return socket(AF_INET, SOCK_STREAM, 0) < 0; }
C
planted member 'linked from:.*socket\.o' -static-pie <<'C'
#include <sys/socket.h>
int main(void) { return socket(AF_INET, SOCK_STREAM, 0) < 0; }
C
planted raw 'system call 0x29 in' -static-pie <<'C'
int main(void)
{
	long r;
	__asm__ volatile("mov $41, %%eax\n\tsyscall" : "=a"(r) : "D"(2), "S"(1), "d"(0) : "rcx", "r11", "memory");
	return r < 0;
}
C
planted exec 'symbols:.*execve' -static-pie <<'C'
#include <unistd.h>
int main(int argc, char **argv) { (void)argc; return execve("/bin/true", argv, 0); }
C
planted dynamic 'is not static' <<'C'
int main(void) { return 0; }
C
[ $bad = 0 ] && echo "airgap_test: every planted fault is found"
exit $bad
