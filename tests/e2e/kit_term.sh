#!/usr/bin/env bash
# The terminal under the kit, with a program that does nothing else: frames, sizes, keys, colours, and above all that
# the shell gets its terminal back whatever happens. Driven in tmux.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
make --no-print-directory BUILD="$BUILD" "$BUILD/tests/support/kit_demo" >/dev/null
HERE=$(mktemp -d)
. tests/support/screen.sh
finish() {
	screen_end
	rm -rf "$HERE"
}
trap finish EXIT
cd "$HERE"
# A terminal of 16 colours, made from the one of 256 that tmux is
infocmp tmux-256color | sed 's/tmux-256color|[^,]*/tmux-16/; s/colors#[^,]*/colors#16/; s/pairs#[^,]*/pairs#256/' >sixteen
tic -o "$HERE/terminfo" sixteen 2>/dev/null
screen_start 80x24 \
	"exec env TERM=tmux-256color PS1='ready> ' PATH=$BUILD/tests/support:$PATH bash --norc --noprofile"

line() { keys -l -- "$1"; keys Enter; }
same() { [ "$1" = "$2" ] || screen_fail "needed \"$2\", found \"$1\""; }
# A style's row as the terminal has it, colours and all
coloured() { see -e | grep -F -- "$1" | head -n 1 | tr '\033' '~'; }
has() { case $(coloured "$1") in *"$2"*) ;; *) screen_fail "$1 is drawn as \"$(coloured "$1")\", without \"$2\"" ;; esac; }
has_not() { case $(coloured "$1") in *"$2"*) screen_fail "$1 is drawn as \"$(coloured "$1")\"" ;; *) ;; esac; }
# A mark that no full screen wait_for: when it is seen, the shell has its own screen, and its line editor, again
marks=0
at_shell() {
	marks=$((marks + 1))
	sleep 0.05
	line "echo mark-\$(($marks + 0))-here"
	wait_for "mark-$marks-here"
	gone "kit demo"
}
terminal_is_well() {
	line "clear; stty -a"
	wait_for "isig"
	for flag in icanon isig iexten echo icrnl opost; do
		see | among -E "(^| )$flag( |;|\$)" || screen_fail "the terminal has lost $flag"
	done
	line clear
	gone isig
}
pid_of_demo() { pgrep -n -P "$(tmux -L "$SCREEN" list-panes -F '#{pane_pid}')" kit_demo; }
start() {
	line "clear; ${1:-}kit_demo; echo left-\$?"
	wait_for "the last row"
}
leave() {
	keys Q
	wait_for "left-0"
	gone "kit demo"
}

# ---- frames and sizes ----
start
wait_for "kit demo 80x24 · last key"
same "$(see | sed -n 24p)" "the last row"
same "$(tmux -L "$SCREEN" display-message -p '#{cursor_flag} #{cursor_y},#{cursor_x}')" "1 2,0"
keys Down Down
wait_for "last key Down"
same "$(tmux -L "$SCREEN" display-message -p '#{cursor_y},#{cursor_x}')" "4,0"
tmux -L "$SCREEN" resize-window -x 132 -y 50
wait_for "kit demo 132x50"
same "$(see | sed -n 50p)" "the last row"
same "$(see | grep -c 'the last row')" 1
tmux -L "$SCREEN" resize-window -x 40 -y 10
wait_for "needs 80x24, has 40x10"
gone "the last row"
keys -l "xyz"                                              # nobody types into what cannot be seen
tmux -L "$SCREEN" resize-window -x 3 -y 2
wait_for "ne"
tmux -L "$SCREEN" resize-window -x 80 -y 24
wait_for "kit demo 80x24"
wait_for "bytes typed: 0"

# ---- keys ----
keys Tab
wait_for "last key Tab"
keys Escape
wait_for "last key Esc"
keys C-s
wait_for "last key Ctrl-S"
keys BTab
wait_for "last key Shift-Tab"
keys C-Right                                               # has no name here: neither Esc nor letters
keys PageDown
wait_for "last key PgDn"
wait_for "bytes typed: 0"
keys -l "né漢"
wait_for "né漢"
wait_for "bytes typed: 6"
long=$(printf 'é漢%.0s' $(seq 700))                        # 3500 bytes, as one paste
tmux -L "$SCREEN" set-buffer -- "$long"
tmux -L "$SCREEN" paste-buffer
wait_for "bytes typed: 3506"
keys -H ff c3                                              # no UTF-8
keys -l "z"
wait_for "bytes typed: 3507"
keys Q
wait_for "left-0"
frames=$(see | sed -n 's/^kit_demo: done after \([0-9]*\) frames$/\1/p')
[ "$frames" -le 40 ] || screen_fail "$frames frames for a paste and a few keys"
terminal_is_well

# ---- Ctrl-Z, and back ----
line "clear; echo before the screen"
line kit_demo
wait_for "the last row"
keys C-z
wait_for "Stopped"
wait_for "before the screen"
at_shell
terminal_is_well
line fg
wait_for "kit demo 80x24"
keys -l "after"
wait_for "bytes typed: 5"
kill -TSTP "$(pid_of_demo)"
wait_for "Stopped"
gone "kit demo"
line fg
wait_for "bytes typed: 5"
keys Q
gone "kit demo"

# ---- the ends of a program ----
for signal in TERM HUP; do
	start
	kill -$signal "$(pid_of_demo)"
	wait_for "left-0"
	at_shell
done
terminal_is_well
for signal in SEGV ABRT; do
	line "clear; echo before the screen"
	line "kit_demo; echo left-\$?"
	wait_for "the last row"
	kill -$signal "$(pid_of_demo)"
	wait_for "left-1"
	wait_for "before the screen"
	gone "kit demo"
	same "$(tmux -L "$SCREEN" display-message -p '#{alternate_on} #{cursor_flag}')" "0 1"
	terminal_is_well
done
start
keys D
wait_for "setgov: asked to"
wait_for "left-4"
gone "kit demo"
terminal_is_well

# ---- a program in front ----
start
keys F
wait_for "in front:"
gone "kit demo"
keys -l "a ward"
keys BSpace BSpace BSpace                                  # lines are edited by the terminal again
line "ord"
wait_for "got a word"
wait_for "last key F"
keys F
wait_for "in front:"
keys C-c                                                   # interrupts it and not us
wait_for "last key F"
keys F
wait_for "in front:"
keys C-z
wait_for "Stopped"
at_shell
line fg
sleep 0.1
line again
wait_for "got again"
wait_for "last key F"
keys Q
wait_for "kit_demo: done"
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
wait_for "kit demo 80x24 - last key"
leave
start "LC_ALL=xx_YY.UTF-8 "                                # a locale that is not here, but UTF-8
wait_for "kit demo 80x24 · last key"
leave
line "clear; TERM=dumb kit_demo; echo left-\$?"
wait_for "cannot move its cursor"
wait_for "left-4"
line "clear; TERM= kit_demo; echo left-\$?"
wait_for "TERM is not set"
line "clear; TERM=no-such kit_demo; echo left-\$?"
wait_for '"no-such" cannot move'
terminal_is_well

# ---- line by line ----
printf 'down down\nnonsense\n\xc3\xa9\nQ\nx\n' | LC_ALL=C.UTF-8 "$BUILD/tests/support/kit_demo" --plain >plain 2>words
grep -q '^> DIM$' plain || screen_fail "the focused row is not marked"
grep -q '^> nonsense names no key\.' plain || screen_fail "nonsense was taken"
same "$(sed -n 's/^  bytes typed: //p' plain | tr '\n' ' ')" "0 0 2 "
same "$(cat words)" "kit_demo: done after 3 frames"
printf 'down' | "$BUILD/tests/support/kit_demo" --plain >plain 2>&1
grep -q '^> TITLE$' plain || screen_fail "a last line without its end is lost"
echo "kit_term: frames, keys and colours; and the terminal comes back"
