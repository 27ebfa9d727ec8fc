# shellcheck shell=bash
# among OPTION… PATTERN: grep -q for the end of a pipe. grep -q leaves at the first match; whoever writes into the pipe may
# die of that, and pipefail takes it for "not found". This reads to the end.
among() {
	local all
	all=$(cat)
	grep -q "$@" <<<"$all"
}
