# shellcheck shell=bash
# What people do at their screens in a ceremony, by the keys they press. Sourced after e2e.sh and screen.sh, with the
# workspace in $HERE/console. The screen "desk" is the facilitator's console, "signer-N" a signer's machine.
STICK=$HERE/stick

# desk [SIZE]: the console, in its workspace's directory, as somebody starts it
desk() {
	mkdir -p "$HERE/console" "$STICK"
	at desk
	screen_start "${1:-80x24}" "cd '$HERE/console' && '$setgov'; echo 'ended <'\$?'>'; sleep 1000"
}
# To the queue, from wherever; a question that is open is left first
home() {
	at desk
	keys q
	wait_for "Queue: what waits"
}
# The log's word on a change, at the side: nobody at the screens does this
is_state() { same "$(state_of "$1")" "$2"; }

# compose_rotation OLD NEW TITLE REASON: from n to the review
compose_rotation() {
	at desk
	keys n
	wait_for "What shall be done? Search:"
	text "rotate seq"
	wait_for "sequencer.rotate"
	gone "paymaster"
	keys Enter
	wait_for "the key to retire"
	fill "$1"
	text "$2"
	wait_for "What this will do"
	wait_for "Rotate the sequencer key:"
	keys Enter
	wait_for "1 action, done in this order"
	keys Enter
	wait_for "what changes, in one line"
	fill "$3"
	wait_for "why it is done"
	fill "$4"
	wait_for "where it was asked for"
	keys Enter Enter Enter Enter Enter Enter
	wait_for "Ready: s saves it as a draft"
}

# export_packet CHANGE STEP: among the signatures, to the stick; PHRASE is what the console says it is
export_packet() {
	at desk
	keys e
	wait_for "Write the packet of $1"
	to_stick "$1.$2.json"
	wait_for "The packet is written"
	wait_for "step $2"
	PHRASE=$(see | sed -n 's/^phrase  *//p')
	never "Not known to be synced"
	keys Escape
	wait_for "Signatures: owners and steps"
}
# The place is a path of one's own, typed where the place is asked for: first, or below the step
to_stick() {
	see | among -E '[●○] somewhere else' || keys Down
	wait_for " somewhere else"
	fill "$STICK${1:+/$1}"
}

# import_answers: the whole stick, on the board
import_answers() {
	at desk
	keys i
	wait_for "Take in what came back from signers"
	to_stick ""
	wait_for "What came back"
}

# ---- at a signer's machine: no network, and nothing but what is on the stick ----

# signer_starts N: the shell line for it
signer_starts() {
	echo "$(declare -f offline); cd '$STICK'; export SETGOV_SIGNER_HOME='$HERE/signer-$1';
		offline '$signer'; echo 'ended <'\$?'>'; sleep 1000"
}
# signer_opens N…: each starts the program beside the stick and takes the packet there
signer_opens() {
	local n
	for n; do
		at "signer-$n"
		screen_start 80x24 "$(signer_starts "$n")"
	done
	for n; do
		at "signer-$n"
		wait_for "Which packets?"
		keys Enter
		wait_for "Read this page. It decides."
	done
}
# signer_reads N…: to the end of the page, and on to the words
signer_reads() {
	local n
	for n; do
		at "signer-$n"
		keys End
		wait_for "Phrase of this packet"
		keys Enter
		wait_for "Whose screen are the hidden words read from?"
		keys Enter
		wait_for "read to you from the other signer's screen"
	done
}
# The eight words as the screen N shows them, with what it hides
words_shown() {
	at "signer-$1"
	see | sed -n 's/^  [15] \([^ ]*\) *[26] \([^ ]*\) *[37] \([^ ]*\) *[48] \([^ ]*\)$/\1 \2 \3 \4/p' | paste -sd' '
}
hidden_on() {
	at "signer-$1"
	see | sed -n 's/^Have words \([1-8]\) and \([1-8]\) read.*/\1 \2/p'
}
# heard N POSITION OTHERS…: the word, from whoever of the others does not hide it as well
heard() {
	local position=$2 n word
	shift 2
	for n; do
		word=$(words_shown "$n" | cut -d' ' -f"$position")
		case $word in *█* | "") ;; *) echo "$word"; return 0 ;; esac
	done
	return 1
}
# others_than N OF…
others_than() {
	local n not=$1
	shift
	for n; do [ "$n" = "$not" ] || echo "$n"; done
}
# signer_compares N…: each has the words read from the others' screens; who hides what the others hide asks for other words
signer_compares() {
	local n position word others _
	declare -A words=()
	for n; do
		# shellcheck disable=SC2046
		others=$(others_than "$n" "$@")
		for _ in $(seq 50); do
			words[$n]=
			for position in $(hidden_on "$n"); do
				# shellcheck disable=SC2086
				word=$(heard "$n" "$position" $others) || { words[$n]=; break; }
				words[$n]+="$word "
			done
			[ -z "${words[$n]}" ] || break
			at "signer-$n"
			keys C-o
			wait_for "Two other words are hidden now"
		done
	done
	for n; do
		at "signer-$n"
		for word in ${words[$n]}; do fill "$word"; done
		wait_for "Passphrase:"
	done
}
# signer_signs N…
signer_signs() {
	local n
	for n; do
		at "signer-$n"
		fill "$PASS"
	done
	for n; do
		at "signer-$n"
		wait_for "You gave 1 signature."
		wait_for "Answer written to"
		never "$PASS"
		keys Enter
		wait_for "ended <0>"
	done
}
# All of it: signers_sign N…
signers_sign() {
	signer_opens "$@"
	signer_reads "$@"
	signer_compares "$@"
	signer_signs "$@"
}

# submit_step CHANGE STEP: among the signatures; the payer's key, and its passphrase to the signer that comes in front
submit_step() {
	at desk
	keys u
	wait_for "Send $2 of $1 to the chain"
	[ -n "${PAYER_TYPED:-}" ] || text "$(ls "$HERE"/payer/keys/*.json)"
	PAYER_TYPED=1
	keys Enter
	wait_for "$1, step $2"
	ends_with "Passphrase of the payer's key:"
	fill "$PASS"
	wait_for "$2 of $1 is on chain."
}
