# shellcheck shell=bash
# Screens of programs in tmux, for tests/e2e. Source it with $HERE set; needs tmux (the caller skips itself without).
#
#   at NAME                           the screen that everything below is about, until another is named
#   screen_start COLSxROWS COMMAND…   a shell line, in a terminal of that size (in the place of an earlier one)
#   see [OPTION…], keys KEY…, text TEXT   what is shown (-e: with its colours); keys by tmux's names; letters as they are
#   fill TEXT                         letters, and Enter behind them
#   wait_for TEXT [TIMES], gone TEXT  it is on the screen, or comes there, within 20 s; it goes
#   ends_with TEXT                    its last line begins with that, or comes to
#   never TEXT                        it is not there
#   screen_pid                        the process that the terminal was started with
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
SCREEN=setgov-$$
AT=screen
at() { AT=$1; }
screen_end() { tmux -L "$SCREEN" kill-server 2>/dev/null || true; }
screen_start() {
	local size=$1
	shift
	tmux -L "$SCREEN" kill-session -t "=$AT" 2>/dev/null || true
	tmux -L "$SCREEN" -f /dev/null new-session -d -s "$AT" -x "${size%x*}" -y "${size#*x}" "export LC_ALL=C.UTF-8; $*"
}
see() { tmux -L "$SCREEN" capture-pane -t "=$AT:" -p "$@" | sed 's/ *$//'; }
keys() { tmux -L "$SCREEN" send-keys -t "=$AT:" "$@"; }
text() { keys -l -- "$1"; }
fill() { text "$1"; keys Enter; }
screen_pid() { tmux -L "$SCREEN" list-panes -t "=$AT:" -F '#{pane_pid}'; }
screen_fail() {
	see >&2
	echo "line ${BASH_LINENO[1]} (called from line ${BASH_LINENO[2]:-0}), screen $AT: $*" >&2
	exit 1
}
wait_for() {
	local _
	for _ in $(seq "${2:-1000}"); do
		see | among -F -- "$1" && return 0
		sleep 0.02
	done
	screen_fail "the screen does not show \"$1\""
}
ends_with() {
	local _
	for _ in $(seq 1000); do
		case $(see | grep -v '^$' | tail -n 1) in "$1"*) return 0 ;; esac
		sleep 0.02
	done
	screen_fail "the screen does not end with \"$1\""
}
gone() {
	local _
	for _ in $(seq 1000); do
		see | among -F -- "$1" || return 0
		sleep 0.02
	done
	screen_fail "the screen still shows \"$1\""
}
never() { ! see | among -F -- "$1" || screen_fail "the screen shows \"$1\""; }
# In a shell whose prompt is "ready>": a line when it asks for one; the program that it has in front; is the terminal as
# it was: lines, echo, signals, the normal screen
run_line() {
	ends_with "ready>"
	fill "$1"
}
front_pid() { tr -d ' ' <"/proc/$(screen_pid)/task/$(screen_pid)/children"; }
terminal_is_well() {
	local flag
	run_line "clear; stty -a"
	wait_for "isig"
	for flag in icanon isig iexten echo icrnl opost; do
		see | among -E "(^| )$flag( |;|\$)" || screen_fail "the terminal has lost $flag"
	done
	[ "$(tmux -L "$SCREEN" display-message -t "=$AT:" -p '#{alternate_on} #{cursor_flag}')" = "0 1" ] ||
		screen_fail "the terminal is not on its normal screen, or has no cursor"
}
