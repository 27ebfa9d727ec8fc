#!/usr/bin/env bash
# The terminal under the kit, with a program that does nothing else: frames, sizes, keys, colours, and above all that
# the shell gets its terminal back whatever happens. Driven in tmux.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
make --no-print-directory BUILD="$BUILD" "$BUILD/tests/support/kit_demo" >/dev/null
HERE=$(mktemp -d)
screen=setgov-kit-$$
finish() {
	tmux -L "$screen" kill-server 2>/dev/null || true
	rm -rf "$HERE"
}
trap finish EXIT
cd "$HERE"
# A terminal of 16 colours, made from the one of 256 that tmux is
infocmp tmux-256color | sed 's/tmux-256color|[^,]*/tmux-16/; s/colors#[^,]*/colors#16/; s/pairs#[^,]*/pairs#256/' >sixteen
tic -o "$HERE/terminfo" sixteen 2>/dev/null
tmux -L "$screen" -f /dev/null new-session -d -x 80 -y 24 \
	"exec env TERM=tmux-256color LC_ALL=C.UTF-8 PS1='ready> ' PATH=$BUILD/tests/support:$PATH bash --norc --noprofile"

see() { tmux -L "$screen" capture-pane -p "$@" | sed 's/ *$//'; }
keys() { tmux -L "$screen" send-keys "$@"; }
line() { keys -l -- "$1"; keys Enter; }
fail() { see >&2; echo "line ${BASH_LINENO[1]}: $*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
shows() {
	for _ in $(seq 200); do
		see | grep -qF -- "$1" && return 0
		sleep 0.02
	done
	fail "the screen does not show \"$1\""
}
gone() {
	for _ in $(seq 200); do
		see | grep -qF -- "$1" || return 0
		sleep 0.02
	done
	fail "the screen still shows \"$1\""
}
# A style's row as the terminal has it, colours and all
coloured() { see -e | grep -F -- "$1" | head -n 1 | tr '\033' '~'; }
has() { case $(coloured "$1") in *"$2"*) ;; *) fail "$1 is drawn as \"$(coloured "$1")\", without \"$2\"" ;; esac; }
has_not() { case $(coloured "$1") in *"$2"*) fail "$1 is drawn as \"$(coloured "$1")\"" ;; *) ;; esac; }
# A mark that no full screen shows: when it is seen, the shell has its own screen, and its line editor, again
marks=0
at_shell() {
	marks=$((marks + 1))
	sleep 0.05
	line "echo mark-\$(($marks + 0))-here"
	shows "mark-$marks-here"
	gone "kit demo"
}
terminal_is_well() {
	line "clear; stty -a"
	shows "isig"
	for flag in icanon isig iexten echo icrnl opost; do
		see | grep -qE "(^| )$flag( |;|\$)" || fail "the terminal has lost $flag"
	done
	line clear
	gone isig
}
pid_of_demo() { pgrep -n -P "$(tmux -L "$screen" list-panes -F '#{pane_pid}')" kit_demo; }
start() {
	line "clear; ${1:-}kit_demo; echo left-\$?"
	shows "the last row"
}
leave() {
	keys Q
	shows "left-0"
	gone "kit demo"
}

# ---- frames and sizes ----
start
shows "kit demo 80x24 · last key"
same "$(see | sed -n 24p)" "the last row"
same "$(tmux -L "$screen" display-message -p '#{cursor_flag} #{cursor_y},#{cursor_x}')" "1 2,0"
keys Down Down
shows "last key Down"
same "$(tmux -L "$screen" display-message -p '#{cursor_y},#{cursor_x}')" "4,0"
tmux -L "$screen" resize-window -x 132 -y 50
shows "kit demo 132x50"
same "$(see | sed -n 50p)" "the last row"
same "$(see | grep -c 'the last row')" 1
tmux -L "$screen" resize-window -x 40 -y 10
shows "needs 80x24, has 40x10"
gone "the last row"
keys -l "xyz"                                              # nobody types into what cannot be seen
tmux -L "$screen" resize-window -x 3 -y 2
shows "ne"
tmux -L "$screen" resize-window -x 80 -y 24
shows "kit demo 80x24"
shows "bytes typed: 0"

# ---- keys ----
keys Tab
shows "last key Tab"
keys Escape
shows "last key Esc"
keys C-s
shows "last key Ctrl-S"
keys BTab
shows "last key Shift-Tab"
keys C-Right                                               # has no name here: neither Esc nor letters
keys PageDown
shows "last key PgDn"
shows "bytes typed: 0"
keys -l "né漢"
shows "né漢"
shows "bytes typed: 6"
long=$(printf 'é漢%.0s' $(seq 700))                        # 3500 bytes, as one paste
tmux -L "$screen" set-buffer -- "$long"
tmux -L "$screen" paste-buffer
shows "bytes typed: 3506"
keys -H ff c3                                              # no UTF-8
keys -l "z"
shows "bytes typed: 3507"
keys Q
shows "left-0"
frames=$(see | sed -n 's/^kit_demo: done after \([0-9]*\) frames$/\1/p')
[ "$frames" -le 40 ] || fail "$frames frames for a paste and a few keys"
terminal_is_well

# ---- Ctrl-Z, and back ----
line "clear; echo before the screen"
line kit_demo
shows "the last row"
keys C-z
shows "Stopped"
shows "before the screen"
at_shell
terminal_is_well
line fg
shows "kit demo 80x24"
keys -l "after"
shows "bytes typed: 5"
kill -TSTP "$(pid_of_demo)"
shows "Stopped"
gone "kit demo"
line fg
shows "bytes typed: 5"
keys Q
gone "kit demo"

# ---- the ends of a program ----
for signal in TERM HUP; do
	start
	kill -$signal "$(pid_of_demo)"
	shows "left-0"
	at_shell
done
terminal_is_well
for signal in SEGV ABRT; do
	line "clear; echo before the screen"
	line "kit_demo; echo left-\$?"
	shows "the last row"
	kill -$signal "$(pid_of_demo)"
	shows "left-1"
	shows "before the screen"
	gone "kit demo"
	same "$(tmux -L "$screen" display-message -p '#{alternate_on} #{cursor_flag}')" "0 1"
	terminal_is_well
done
start
keys D
shows "setgov: asked to"
shows "left-4"
gone "kit demo"
terminal_is_well

# ---- a program in front ----
start
keys F
shows "in front:"
gone "kit demo"
keys -l "a ward"
keys BSpace BSpace BSpace                                  # lines are edited by the terminal again
line "ord"
shows "got a word"
shows "last key F"
keys F
shows "in front:"
keys C-c                                                   # interrupts it and not us
shows "last key F"
keys F
shows "in front:"
keys C-z
shows "Stopped"
at_shell
line fg
sleep 0.1
line again
shows "got again"
shows "last key F"
keys Q
shows "kit_demo: done"
terminal_is_well

# ---- what a terminal can show ----
start
has TITLE ";1;4m"
has GOOD "38;5;39m"
has WARN "38;5;208m"
has PRODUCTION "48;5;208m"
has TEST "48;5;39m"
has REHEARSAL "48;5;240m"
has TEXT "~[7m"                                            # focus
leave
start "TERMINFO=$HERE/terminfo TERM=tmux-16 "
has GOOD "~[36m"
has WARN "~[1m~[93m"
has PRODUCTION "~[103m"
has TEST "~[106m"
has REHEARSAL "~[47m"
leave
start "TERM=linux "
has WARN "~[33m"
has GOOD "~[36m"
has PRODUCTION "~[43m"
leave
start "NO_COLOR=1 "
has WARN "~[1mWARN"
has BAD "4m"
has PRODUCTION "7m"
has TEST "TEST"
for style in GOOD WARN BAD PRODUCTION TEST REHEARSAL; do
	has_not $style "38;5"
	has_not $style "48;5"
done
leave
start "LC_ALL=C "
shows "kit demo 80x24 - last key"
leave
start "LC_ALL=xx_YY.UTF-8 "                                # a locale that is not here, but UTF-8
shows "kit demo 80x24 · last key"
leave
line "clear; TERM=dumb kit_demo; echo left-\$?"
shows "cannot move its cursor"
shows "left-4"
line "clear; TERM= kit_demo; echo left-\$?"
shows "TERM is not set"
line "clear; TERM=no-such kit_demo; echo left-\$?"
shows '"no-such" cannot move'
terminal_is_well

# ---- line by line ----
printf 'down down\nnonsense\n\xc3\xa9\nQ\nx\n' | LC_ALL=C.UTF-8 "$BUILD/tests/support/kit_demo" --plain >plain 2>words
grep -q '^> DIM$' plain || fail "the focused row is not marked"
grep -q '^> nonsense names no key\.' plain || fail "nonsense was taken"
same "$(sed -n 's/^  bytes typed: //p' plain | tr '\n' ' ')" "0 0 2 "
same "$(cat words)" "kit_demo: done after 3 frames"
printf 'down' | "$BUILD/tests/support/kit_demo" --plain >plain 2>&1
grep -q '^> TITLE$' plain || fail "a last line without its end is lost"
echo "kit_term: frames, keys and colours; and the terminal comes back"
