# shellcheck shell=bash
# A screen of a program in tmux, for tests/e2e. Source it with $HERE set; needs tmux (the caller skips itself without).
#
#   screen_start COLSxROWS COMMAND…   a shell line, in a terminal of that size
#   see [OPTION…], keys KEY…, text TEXT   what is shown (-e: with its colours); keys by tmux's names; letters
#   wait_for TEXT, never TEXT         it is on the screen, or comes there within 20 s; it is not
SCREEN=setgov-$$
screen_end() { tmux -L "$SCREEN" kill-server 2>/dev/null || true; }
screen_start() {
	local size=$1
	shift
	tmux -L "$SCREEN" -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" "export LC_ALL=C.UTF-8; $*"
}
see() { tmux -L "$SCREEN" capture-pane -p "$@" | sed 's/ *$//'; }
keys() { tmux -L "$SCREEN" send-keys "$@"; }
text() { keys -l -- "$1"; }
screen_fail() {
	see >&2
	echo "line ${BASH_LINENO[1]}: $*" >&2
	exit 1
}
wait_for() {
	local _
	for _ in $(seq "${2:-1000}"); do
		see | grep -qF -- "$1" && return 0
		sleep 0.02
	done
	screen_fail "the screen does not show \"$1\""
}
gone() {
	local _
	for _ in $(seq 1000); do
		see | grep -qF -- "$1" || return 0
		sleep 0.02
	done
	screen_fail "the screen still shows \"$1\""
}
never() { ! see | grep -qF -- "$1" || screen_fail "the screen shows \"$1\""; }
