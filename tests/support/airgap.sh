#!/usr/bin/env bash
# airgap.sh PROGRAM MAP: proves of a static program that it contains no network, in three ways that fail apart:
# its symbols (nm, not nm -D: a static program has no dynamic ones), the archive members it was linked from (the
# linker's map), and the system call numbers in its machine code. Nor can it start another program or thread.
# (glibc's own dlopen is in every static program: it stands behind iconv and cannot be told apart by symbol.)
set -u
export LC_ALL=C
program=$1 map=$2 bad=0
fault() { echo "airgap: $*"; bad=1; }

if readelf -lW "$program" | grep -q INTERP || readelf -dW "$program" | grep -q NEEDED; then
	fault "$program is not static: what it loads cannot be checked"
fi

calls='socket|socketpair|connect|bind|listen|accept|accept4|send|sendto|sendmsg|sendmmsg|recv|recvfrom|recvmsg|recvmmsg'
calls="$calls|getsockname|getpeername|setsockopt|getsockopt|shutdown|getaddrinfo|gethostbyname|gethostbyname_r|gethostbyaddr"
calls="$calls|getservbyname|res_init|res_query|res_search|system|popen|posix_spawn|posix_spawnp|fork|vfork"
calls="$calls|clone|clone3|execve|execv|execvp|execvpe|execl|execlp|execle|fexecve|execveat|pthread_create|thrd_create"
calls="$calls|io_uring_setup|curl_easy_init|sqlite3_open|SSL_new"
symbols=$(nm "$program" | awk '{ print $NF }' | grep -E "^(__|__libc_|_IO_)?($calls)(@.*)?$" | sort -u)
[ -n "$(nm "$program" 2>/dev/null | head -n 1)" ] || fault "$program has no symbols to look at: give the unstripped one"
[ -z "$symbols" ] || fault "symbols:" $symbols

members=$(grep -oE '[A-Za-z0-9_+.-]+\.a\([A-Za-z0-9_.-]+\)' "$map" | sort -u | grep -E \
	'\((socket|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|getaddrinfo|gethst[a-z_]*|res_[a-z]*|res-close|nss_[a-z_]*|execve?|execvp|spawni?|pthread_create|fork|clone3?)\.o\)')
[ -s "$map" ] || fault "no link map"
[ -z "$members" ] || fault "linked from:" $members

# The number is the last constant that was put into eax before a system call instruction.
numbers=$(objdump -d --no-show-raw-insn "$program" | awk '
	/^[0-9a-f]+ <.*>:$/ { number = "" ; where = $2 }
	/[ \t]mov +\$0x[0-9a-f]+,%[er]ax/ { number = $0; sub(/^.*\$0x/, "", number); sub(/,.*/, "", number) }
	/[ \t]xor +%eax,%eax/ { number = "0" }
	/[ \t]syscall/ { if (number != "") print number, where; number = "" }' | sort -u)
[ -n "$numbers" ] || fault "no system call instruction found: the check itself does not work here"
# socket..getsockopt 41-55, recvmmsg, accept4, sendmmsg, io_uring_*; clone fork vfork execve, execveat, clone3
for hex in 29 2a 2b 2c 2d 2e 2f 30 31 32 33 34 35 36 37 12b 120 133 1a9 1aa 1ab 38 39 3a 3b 142 1b3; do
	found=$(echo "$numbers" | awk -v hex="$hex" '$1 == hex { print $2 }' | head -n 3 | tr '\n' ' ')
	[ -z "$found" ] || fault "system call 0x$hex in $found"
done

[ $bad = 0 ] || exit 1
echo "airgap: $(nm "$program" | wc -l) symbols, $(grep -cE '\.a\(' "$map") map lines, $(echo "$numbers" | awk '{ print $1 }' |
	sort -u | wc -l) system call numbers: no network, no other program, no thread"
