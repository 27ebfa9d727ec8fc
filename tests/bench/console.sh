#!/usr/bin/env bash
# The console on 10,000 changes and 1,000,000 log lines, beside tig on 18,000 commits, in one run: first frame, keys,
# memory, on a real pseudo-terminal. console.sh BUILD; `make bench` runs it. The big log and the repository stay in
# BUILD/bench until what makes them changes. Exit status 1 when the console misses what is demanded of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${1:-build}")
BENCH=$BUILD/bench
CHANGES=${CHANGES:-10000} LINES_OF_LOG=${LINES_OF_LOG:-1000000} COMMITS=${COMMITS:-18000} STARTS=${STARTS:-15} REPEAT=${REPEAT:-20}
drive=$BENCH/pty_drive setgov=$BUILD/setgov
export XDG_STATE_HOME=$BENCH/state
mkdir -p "$BENCH" "$XDG_STATE_HOME"
status=0

# A port of this machine that refuses: the console has to be as quick when nobody answers.
big=$BENCH/big
key=$(cat tests/support/big_log.c audit-log/schema.h contracts/deployments/demo.json contracts/catalogue.json contracts/abi/*.json | sha256sum | cut -d' ' -f1)
key="$key $CHANGES $LINES_OF_LOG"
if [ "$(cat "$big.key" 2>/dev/null)" != "$key" ]; then
	rm -rf "$big" "$big.key"
	"$BUILD/tests/support/big_log" "$big" "$CHANGES" "$LINES_OF_LOG" http://127.0.0.1:1
	echo "$key" >"$big.key"
fi
# Views are made once, and caught up with by whoever comes next: that is no part of a start.
"$setgov" -C "$big" changes --offline >/dev/null

repository=$BENCH/repository-$COMMITS
if [ ! -e "$repository/HEAD" ]; then
	rm -rf "$repository.new"
	git init -q --bare -b main "$repository.new"
	awk -v n="$COMMITS" 'BEGIN {
		for (i = 1; i <= n; i++) {
			text = "Change " i ": rotate a key of the sequencer\n\nAgreed in the weekly call.\n"
			printf "commit refs/heads/main\ncommitter Person %d <p%d@example.org> %d +0000\ndata %d\n%s", \
				i % 7, i % 7, 1700000000 + 600 * i, length(text), text
			body = "line " i "\n"
			printf "M 644 inline file-%d\ndata %d\n%s\n", i % 50, length(body), body
		}
	}' | git -C "$repository.new" fast-import --quiet
	mv "$repository.new" "$repository"
fi

# Down the queue, into a change, through all changes and the whole log. Esc waits for the rest of a sequence by design,
# so that going back is by q here.
keys="Down Down PgDn PgUp Down Enter PgDn PgUp q End Up Home v PgDn End Up Home PgDn l End PgUp Home PgDn PgDn q"
for size in 80x24 132x50; do
	# shellcheck disable=SC2086  # a list of keys
	"$drive" --name "console $size" --size $size --until waits --starts "$STARTS" --repeat "$REPEAT" --quit Q \
		--frame-max 50 --key-max 5 --rss-max 32768 $keys -- "$setgov" -C "$big" || status=1
done

if ! command -v tig >/dev/null; then
	sudo=""
	[ "$(id -u)" = 0 ] || sudo="sudo -n"
	$sudo apt-get install -y -q --no-install-recommends tig >/dev/null 2>&1 || true
fi
if command -v tig >/dev/null; then
	(cd "$repository" && HOME=$BENCH "$drive" --name "tig, $COMMITS commits" --until Change --starts "$STARTS" \
		--repeat "$REPEAT" Down Down PgDn PgUp Down PgDn PgUp End Up Home Down PgDn End PgUp Home -- tig) || status=1
else
	echo "tig is not here and could not be installed (apt-get install tig): the console stands alone"
fi
exit $status
