#!/usr/bin/env bash
# docs/auditing.md, run: every command block in it, in order, in a shell that has nothing but the variables that the document
# tells its reader to set, on the log of a real ceremony. Then the log is damaged, and the step that the document names finds it.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
DOC=$PWD/docs/auditing.md
castdir=$PWD/contracts/node_modules/@foundry-rs/cast-linux-amd64/bin
[ -x "$castdir/cast" ] || { echo "SKIPPED: cast is not installed: make deps"; exit 77; }
ready
A=0x14dC79964da2C08b23698B3D3cc7Ca32193d9955
hands() { node tests/support/cosign.mjs "$@"; }
block() { rpc eth_blockNumber | field result | xargs printf '%d\n'; }

# ---- a period: owners who adopt a policy, an emergency that somebody declined, a machine that was lost, a change that was cancelled,
# one past the timelock, a new log key, people who vouch ----

node -e 'const fs=require("fs");const p=JSON.parse(fs.readFileSync("policies/set-chain-mainnet.json","utf8"));
	const out=["freeze","safe-head","compare","new-sequencers","no-modules","no-guard"];p.rules=p.rules.filter((r)=>!out.includes(r.name)&&!out.includes(r.rule));
	fs.writeFileSync(process.argv[1],JSON.stringify(p,null,2)+"\n")' "$HERE/console/policy.json"
mv "$HERE/console/policy.json" "$HERE/policy.json"
digest=$("$setgov" policy show "$HERE/policy.json" --json | field digest)
console policy adopt "$HERE/policy.json" -o "$HERE/stick/policy.adoption.json" >/dev/null
for n in 1 2 4; do
	signer_run "$n" adopt-policy "$HERE/stick/policy.adoption.json" --expect "$digest" -o "$HERE/stick/policy.p$n.message.json" --passphrase-fd 3 >/dev/null
done
console collect "$HERE"/stick/policy.p?.message.json >/dev/null
for n in signer-1 signer-2 signer-3 signer-4 signer-5 payer; do
	"$signer" trust-policy "$HERE/policy.json" --expect "$digest" --home "$HERE/$n" </dev/null >/dev/null
done
first=$(($(block) + 1))
printf 'all 12 checks passed\n' >"$HERE/rehearsal.txt"
console draft sequencer.authorize "sequencer=$A" --as p4 --title 'A second sequencer' --reason 'The first one fails' \
	--ticket https://tickets.example/OPS-1 --category emergency --impact 'No downtime.' --rollback 'sequencer.revoke' \
	--attach "$HERE/rehearsal.txt" >/dev/null
console propose SC-1 >/dev/null
packet SC-1 schedule
offline "$signer" decline "$PACKET" --home "$HERE/signer-5" --reason 'not today' -o "$HERE/stick/no.answer.json" </dev/null >/dev/null
console collect "$HERE/stick/no.answer.json" >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
warp 86400
agree SC-1 execute 1 3 4
expect 0 "as intended" submit SC-1 execute
console review SC-1 --outcome good --note 'Read back as meant' --as p5 >/dev/null
console backup "$HERE/copy" >/dev/null
console log export "$HERE/lost-export" >/dev/null
mv "$HERE/console" "$HERE/lost"
console restore "$HERE/copy" >/dev/null
console log rotate-key >/dev/null
rm "$HERE/console/log.key"
console log succeed >"$HERE/stick/successor"
for n in 1 2 3; do signer_run "$n" succeed "$HERE/stick/successor" -o "$HERE/stick/s$n.message.json" --passphrase-fd 3 >/dev/null; done
console log succeed "$HERE"/stick/s?.message.json >/dev/null
# What a signer keeps, and an auditor has from him.
cp "$HERE/stick/SC-1.schedule.json" "$HERE/kept.json"
# Behind a restore names have a series of their own (FORMAT.md, section 11).
second=$(console draft sequencer.revoke "sequencer=$A" --title 'Back to one' --reason 'Over' --ticket T-2 --category normal --json | field change)
console propose "$second" >/dev/null
agree "$second" schedule 1 2 3
submit "$second" schedule >/dev/null
agree "$second" cancel 2 3 5
submit "$second" cancel >/dev/null
third=$(console draft safe.change-threshold threshold=4 --title 'Four of five' --reason 'Agreed' --ticket T-3 --category normal --json | field change)
console propose "$third" >/dev/null
agree "$third" execute 1 2 3 5
submit "$third" execute >/dev/null
# One that is cancelled by a change that names its id, as an operation that is nobody's would be.
fourth=$(console draft registry.pause --title 'A drill' --reason 'Training' --ticket T-4 --category normal --json | field change)
console propose "$fourth" >/dev/null
agree "$fourth" schedule 1 2 3 5
submit "$fourth" schedule >/dev/null
fifth=$(console draft timelock.cancel "operation=$(console show "$fourth" --json | field operation)" --title 'The drill is over' --reason 'Training' \
	--ticket T-5 --category normal --json | field change)
console propose "$fifth" >/dev/null
agree "$fifth" execute 1 2 3 5
submit "$fifth" execute >/dev/null
# The Safe asks for more owners than the profile says, and somebody says that he knows.
console alerts look >/dev/null || true
console alerts ack AL-1 --note 'The profile follows on Monday' --as p2 >/dev/null
console log checkpoint >"$HERE/stick/note"
for n in 1 2; do
	signer_run "$n" cosign "$HERE/stick/note" -o "$HERE/stick/$n.message.json" --passphrase-fd 3 >/dev/null
	console log cosign "$HERE/stick/$n.message.json" >/dev/null
done
seed=808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f
hands witness $seed witness.example/site-b "$HERE/stick/note" 1795000000 >"$HERE/stick/witnessed"
mkdir "$HERE/notes"
cp "$HERE/stick/witnessed" "$HERE/notes/"
console log cosign "$HERE/stick/witnessed" --witness "$(hands vkey $seed witness.example/site-b)" >/dev/null

mkdir "$HERE/records"
for n in SC-1 "$second" "$third" "$fourth" "$fifth"; do console report change $n -o "$HERE/records/$n.json" >/dev/null; done
console log export "$HERE/export" >/dev/null
console log export --tiles "$HERE/tiles" >/dev/null
last=$(block)
hash=$(rpc eth_getBlockByNumber '["latest", false]' | field hash)

# ---- the auditor ----

cat >"$HERE/functions" <<'END'
pause()
setSequencerAuthorization(address,bool)
changeThreshold(uint256)
cancel(bytes32)
END

# blocks FROM TO: the document's command blocks of the sections from FROM to TO, as one program that names each section
blocks() {
	awk -v from="$1" -v to="$2" '
		/^##+ [0-9]/ { section = $2; sub(/\.$/, "", section); on = !over && (on || section == from); over = over || section == to }
		/^```sh$/ { if (on) { print "echo \"== " section "\""; code = 1 } next }
		/^```$/ { code = 0 }
		code && on' "$DOC"
}
# An auditor's shell: the document's commands as they stand, and what it says has to be set.
auditor() { # auditor NAME PROGRAM EXPORT [LAST BLOCK]
	mkdir "$HERE/$1"
	env -i PATH="$castdir:$BUILD:/usr/bin:/bin" HOME="$HERE/$1" LC_ALL=C.UTF-8 EXPORT="$3" TILES="$HERE/tiles" RECORDS="$HERE/records" \
		PACKET="$HERE/kept.json" CHECKPOINTS="$HERE/notes" SIGNATURES="$HERE/functions" RPC="$(cat "$HERE/rpc-url")" \
		FROM="$first" TO="${4:-$last}" LAST="$hash" SEED='4 1 6 6 2 3' WORK="$HERE/$1" CHANGE=SC-1 bash -u -o pipefail "$2" >"$HERE/$1.out" 2>&1
}
# What the auditor NAME was told is not as it should be, each behind its section.
differs() { awk '/^== / { section = $2 } /^DIFFERS/ { sub(/^DIFFERS  /, ""); sub(/: found .*/, ""); print section ": " $0 }' "$HERE/$1.out"; }
# Neither a step's result nor what 1.1 and 1.8 print as it is: a command that failed, for one.
noise() { awk '/^== / { section = $2; next } /^(ok|LOOK|DIFFERS) / || section == "1.8" || section == 1.1 && /^[0-9a-f]+  \// { next }
	{ print section ": " $0 }' "$HERE/$1.out"; }
found() { # found NAME LINES: the auditor NAME found exactly this
	[ -z "$(noise "$1")" ] || fail "$1 printed $(noise "$1")"
	[ "$(differs "$1")" = "$2" ] || { cat "$HERE/$1.out" >&2; fail "$1: needed \"$2\", found \"$(differs "$1")\""; }
}
finds() { # finds NAME LINES: the auditor NAME found these, among others
	local line
	while IFS= read -r line; do
		differs "$1" | grep -xF -- "$line" >/dev/null || { cat "$HERE/$1.out" >&2; fail "$1 did not find \"$line\""; }
	done <<<"$2"
}
resign() { # resign EXPORT: by whoever has the log's key
	hands resign "$HERE/console/log.key" "$1/checkpoint" >"$HERE/signed"
	mv "$HERE/signed" "$1/checkpoint"
}
forge() { # forge NAME HOW…: another history that is whole in itself
	local at=$HERE/export.$1
	cp -r "$HERE/export" "$at"
	shift
	node tests/support/forge_export.mjs "$at" "$@"
	resign "$at"
}

# As it is: day 1, day 2 for each change. Then a change record that somebody edited before he handed it in.
cp -r "$HERE/records" "$HERE/edited"
sed -i 's/{"field":"requested_by","value":"p4"}/{"field":"requested_by","value":"p3"}/' "$HERE/edited/SC-1.json"
cmp -s "$HERE/edited/SC-1.json" "$HERE/records/SC-1.json" && fail "nothing was edited"
blocks 1.1 3 >"$HERE/all"
same "$(grep -c '^echo "== ' "$HERE/all")" "$(grep -c '^```sh$' "$DOC")"
{ cat "$HERE/all"; for n in "$second" "$third" "$fourth" "$fifth"; do echo "CHANGE=$n"; blocks 2.1 2.9; done; echo "CHANGE=SC-1 RECORDS=$HERE/edited"; blocks 2.1 2.1; blocks 2.9 2.9; } >"$HERE/thorough"

# A word is changed where nobody looks: in the file alone.
line() { jq -r "select($1) | $2" "$HERE/export/lines.jsonl"; }
decline=$(line '.kind == "answer.declined"' .seq)
cp -r "$HERE/export" "$HERE/export.careless"
sed -i "$((decline + 1))s/not today/of course/" "$HERE/export.careless/lines.jsonl"
# The decline becomes a yes, by somebody who has the log's key and makes everything after it fit.
forge rewritten edit "$decline" 'not today' 'of course'
# The end is cut off, before the cancellation.
forge cut cut "$(line '.kind == "submit.intended" and .body.step == "cancel"' .seq)"
# Whoever has the log's key writes down what nobody signed: that an owner adopted the policy, that a lost key had owners behind
# its heir, that the old key vouched for the new one; and that no line was lost.
flip() { local c=${1:20:1}; echo "${1:0:20}$([ "$c" = 1 ] && echo 2 || echo 1)${1:21}"; } # one character of a signature
adopted=$(line '.kind == "policy.adopted"' .seq) who=$(line '.kind == "policy.adopted"' '.body.signatures[0].owner')
succeeded=$(line '.kind == "log.key-succeeded"' .seq) heir=$(line '.kind == "log.key-succeeded"' '.body.signatures[0].owner')
rotated=$(line '.kind == "log.key-rotated"' .seq) restored=$(line '.kind == "log.restored"' .seq)
old=$(line '.kind == "policy.adopted"' '.body.signatures[0].signature')
forge invented edit "$adopted" "$old" "$(flip "$old")"
old=$(line '.kind == "log.key-rotated"' .body.note | awk '$1 == "—" { print $3 }')
for old in $old; do node tests/support/forge_export.mjs "$HERE/export.invented" edit "$rotated" "$old" "$(flip "$old")"; done
old=$(line '.kind == "log.key-succeeded"' '.body.signatures[0].signature')
node tests/support/forge_export.mjs "$HERE/export.invented" edit "$succeeded" "$old" "$(flip "$old")"
missing=$(line '.kind == "log.restored"' .body.missing)
[ "$missing" -gt 0 ] || fail "nothing was lost"
node tests/support/forge_export.mjs "$HERE/export.invented" edit "$restored" "\"missing\":$missing" '"missing":0'
other=$(printf 0 | sha256sum | cut -c1-64)
node tests/support/forge_export.mjs "$HERE/export.invented" edit "$(line '.kind == "change.proposed" and .change == "'"$second"'"' .seq)" "\"policy\":\"$digest\"" "\"policy\":\"$other\""
node tests/support/forge_export.mjs "$HERE/export.invented" edit "$(line '.kind == "alert.acknowledged"' .seq)" '"alert":"AL-1"' '"alert":"AL-9"'
node tests/support/forge_export.mjs "$HERE/export.invented" edit "$(line '.kind == "alert.raised"' .seq)" '"alert":"AL-1"' '"alert":"AL-2"'
resign "$HERE/export.invented"
{ blocks 1.1 1.7; blocks 1.11 1.11; blocks 1.13 1.14; } >"$HERE/words"
# Owners pay somebody past the timelock.
node tests/support/stranger.mjs payment "$(cat "$HERE/rpc-url")" "$HERE/deployment.json" >/dev/null
{ blocks 1.1 1.4; blocks 1.6 1.6; blocks 1.12 1.12; } >"$HERE/past"
blocks 1.1 1.3 >"$HERE/lines"
blocks 1.1 1.7 >"$HERE/history"
blocks 1.1 1.9 >"$HERE/population"
auditor careless "$HERE/lines" "$HERE/export.careless" &
auditor rewritten "$HERE/history" "$HERE/export.rewritten" &
auditor cut "$HERE/population" "$HERE/export.cut" &
auditor invented "$HERE/words" "$HERE/export.invented" &
auditor paid "$HERE/past" "$HERE/export" "$(block)" &
auditor whole "$HERE/thorough" "$HERE/export" || { cat "$HERE/whole.out" >&2; fail "the last step failed"; }
wait

found whole "2.9: the record's file is the one that the log says was made
2.9: who asked for it"
grep -q '^ok       nothing differs$' "$HERE/whole.out" || fail "something differs before a record was edited"
for section in $(sed -n 's/^echo "== \(.*\)"$/\1/p' "$HERE/all"); do
	awk -v s="$section" '$1 == "==" { on = $2 == s } on && /^ok / { n++ } END { exit n == 0 }' "$HERE/whole.out" || fail "$section shows nothing"
done
count=$(wc -l <"$HERE/export/lines.jsonl")
found careless "1.1: lines.jsonl has the digest in the manifest
1.2: each names the leaf of the line before; the first that does not
1.3: root over the first $count lines"
grep -qF "the first that does not: found $((decline + 1)), needed none" "$HERE/careless.out" || fail "the line is not named"
seen=$(line '.kind == "checkpoint.cosigned"' .body.size | head -n 1)
found rewritten "$(line '.kind | startswith("log.key-")' '"1.4: line \(.seq): over the lines before it"')
1.5: witnessed: its root over the first $seen lines of today
$(line '.kind == "operation.planned" and .change != "SC-1"' '"\(.body.operation) \(.body.size)"' | sort | sed 's/.* \(.*\)/1.6: block witnesses the first \1 lines/')
$(line '.kind == "checkpoint.cosigned"' '"1.7: line \(.seq): \(.body.by) saw the first \(.body.size) lines as they are"')
1.7: tiles and export have the same first $count lines"
found cut "1.5: witnessed: lines that it has and the export has not
1.6: operations whose salt only the chain has
1.6: block witnesses the first unknown number of lines
1.8: setgov audit: exit status
1.9: Safe transactions: only on chain
1.9: timelock operations, schedule: only on chain
1.9: timelock operations, cancel: only on chain
1.9: transactions with any event of Safe or timelock that are not the log's"
finds invented "1.4: line $rotated: the old key vouches for the new one
1.4: line $rotated: the new key is somebody's
1.7: line $succeeded: $heir is an owner and signed for the new key
1.11: line $adopted: $who is an owner and signed for this policy
1.11: line $(line '.kind == "change.proposed" and .change == "'"$second"'"' .seq): $second was proposed under the policy that was in force
1.13: line $restored: lines that are missing
1.14: alarms are numbered without a gap; the first that is not
1.14: each answer is to an alarm that was raised before; the first that is not"
tx=$(rpc eth_getBlockByNumber '["latest", false]' | field transactions | jq -r '.[0]')
found paid "1.12: $tx: to the timelock, or to the Safe itself"
