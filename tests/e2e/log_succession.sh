#!/usr/bin/env bash
# The log's key is changed, and then lost: signers who pinned the first one follow, by the old key's word and by that of
# three owners; a key that nobody vouches for is refused, and so are two owners.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
journal_has() { signer_run "$1" journal --json | grep -c "\"kind\": *\"$2\"" || true; }
vouch() { # vouch N NOTE OUT [option…]
	local n=$1 note=$2 out=$3
	shift 3
	signer_run "$n" succeed "$note" -o "$out" --passphrase-fd 3 "$@"
}
keys() { console log keys | wc -l; }

# Signed under the first key: the signers pin it.
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
cp "$HERE/console/log.key" "$HERE/first.key"

# Changed: the next packet carries the line that says so, and the signers follow it. One who has signed nothing yet starts
# with the new key, and follows the line backwards for a proposal of before.
console log rotate-key >/dev/null
console draft registry.pause --title "Pause" --reason "Drill" >/dev/null
console propose SC-2 >/dev/null
packet SC-2 schedule
expect 0 "The log's key was changed at line " signer_run 1 review "$PACKET" --plain
agree SC-2 schedule 1 2 4
same "$(journal_has 1 log.key-moved)" 1
same "$(journal_has 4 log.key-moved)" 0
submit SC-2 schedule >/dev/null
warp 86400
agree SC-1 execute 1 2 4
same "$(journal_has 4 log.key-moved)" 1
submit SC-1 execute >/dev/null

# A checkpoint under the new key, for an owner whose machine knows the first alone.
console log checkpoint >"$HERE/stick/note"
console log keys --lines >"$HERE/stick/key-lines"
expect 1 "[LOG-KEY] the note is not signed by the key" signer_run 3 cosign "$HERE/stick/note" -o "$HERE/no" --passphrase-fd 3
expect 0 "signed by the key that this log always had" \
	signer_run 3 cosign "$HERE/stick/note" -o "$HERE/stick/3.message.json" --log-lines "$HERE/stick/key-lines" --passphrase-fd 3
same "$(journal_has 3 log.key-moved)" 1
expect 0 "p3 vouches for the first" console log cosign "$HERE/stick/3.message.json"

# As long as the key is there nobody succeeds it.
expect 1 "[LOG-KEY] the log key is here" console log succeed
rm "$HERE/console/log.key"
expect 1 "[LOG-KEY] no log key" console propose SC-2
expect 0 "signs now" console log keys
console log succeed >"$HERE/stick/successor"
same "$(console log succeed)" "$(cat "$HERE/stick/successor")"
same "$(stat -c %a "$HERE/console/log.key.successor")" 600
expect 0 "It takes 3 of 5 owners" vouch 1 "$HERE/stick/successor" "$HERE/stick/s1.message.json"
expect 0 "NOT CHECKED: this machine has signed no packet of this log" vouch 5 "$HERE/stick/successor" "$HERE/stick/s5.message.json"
vouch 2 "$HERE/stick/successor" "$HERE/stick/s2.message.json" >/dev/null
same "$(journal_has 2 log.key-vouched)" 1
expect 1 "[OWNERS] 2 of the 3 owners it takes" console log succeed "$HERE/stick/s1.message.json" "$HERE/stick/s5.message.json"
expect 1 "[OWNERS] 1 of the 3" console log succeed "$HERE/stick/s1.message.json" "$HERE/stick/s1.message.json" "$HERE/stick/s1.message.json"
expect 1 "[TYPE] needed a LogSuccession" console log succeed "$HERE/stick/3.message.json"
same "$(keys)" 2

# Three are what the profile says; where the Safe has come to ask for four, so does this.
threshold() { rpc anvil_setStorageAt "[\"$SAFE\",\"0x4\",\"0x$(printf %064x "$1")\"]" >/dev/null; }
SAFE=$(field safe <"$HERE/deployment.json")
threshold 4
expect 0 "[THRESHOLD] the Safe asks for 4 of its owners, the profile says 3" console status
expect 1 "[OWNERS] 3 of the 4 owners it takes" console log succeed "$HERE"/stick/s[125].message.json
expect 0 "WARNING [THRESHOLD] the Safe asks for 4 of its owners, the profile says 3" \
	"$setgov" -C "$HERE/fresh" init --deployment "$HERE/deployment.json"
threshold 3
expect 0 '"findings": []' "$setgov" -C "$HERE/another" init --deployment "$HERE/deployment.json" --json
sed 's|"url": *"[^"]*"|"url": "http://127.0.0.1:1"|' "$HERE/deployment.json" >"$HERE/elsewhere.json"
expect 0 "WARNING [ENDPOINT] the Safe could not be asked for its threshold" \
	"$setgov" -C "$HERE/third" init --deployment "$HERE/elsewhere.json"

# The threshold is pinned: another one is another deployment, which a signer sees.
sed 's/"threshold": 3/"threshold": 4/' "$HERE/deployment.json" >"$HERE/four.json"
expect 1 "threshold   4 of 5 owners sign" signer_run 5 trust "$HERE/four.json" --expect "$(printf %064d 0)"
grep -A2 '^  threshold$' "$HERE/out" | tr -s ' \n' ' ' | among -F "threshold old 3 new 4" || { cat "$HERE/out"; fail "old and new are not shown"; }

# By three of them it goes on.
expect 0 "by the word of 3 owners" console log succeed "$HERE"/stick/s[125].message.json
same "$(keys)" 3
same "$(stat -c %a "$HERE/console/log.key")" 600
[ ! -e "$HERE/console/log.key.successor" ] || fail "the successor's file stayed"
expect 0 "The log is whole" console log verify
expect 0 "newest checkpoint" console log verify --chain
! grep -qF "owners' word" "$HERE/out" || fail "the owners' word was not counted"

# Whoever has the file alone cannot: what the owners did not sign for is refused by every command.
cp -r "$HERE/console" "$HERE/forged"
seq=$(sqlite3 "$HERE/forged/log.db" "SELECT seq FROM lines WHERE json_extract(line, '$.kind') = 'log.key-succeeded'")
node - "$HERE/forged/log.db" "$seq" <<'END' >"$HERE/forge.sql"
const { execFileSync } = require("child_process"), { createHash } = require("crypto"), [, , db, seq] = process.argv;
const ask = (sql) => execFileSync("sqlite3", [db, sql]).toString().trim();
const line = ask(`SELECT line FROM lines WHERE seq = ${seq}`).replace(/"signatures":\[\{[^}]*\},/, '"signatures":[');
const leaf = createHash("sha256").update(Buffer.of(0)).update(line).digest("hex");
let node = 0; // (0, seq): section 6 of FORMAT.md
for (let s = Number(seq); s > 0; s = Math.floor(s / 2)) node += s;
console.log(ask("SELECT group_concat('DROP TRIGGER ' || name, '; ') FROM sqlite_schema WHERE type = 'trigger'") + ";");
console.log(`UPDATE lines SET line = '${line}', leaf = x'${leaf}' WHERE seq = ${seq};`);
console.log(`UPDATE nodes SET hash = x'${leaf}' WHERE i = ${node};`);
for (const sql of JSON.parse(ask("SELECT json_group_array(sql) FROM sqlite_schema WHERE type = 'trigger'"))) console.log(`${sql};`);
END
sqlite3 "$HERE/forged/log.db" <"$HERE/forge.sql"
expect 1 "[OWNERS] 2 of the 3 owners it takes have signed for the new log key" "$setgov" -C "$HERE/forged" changes
expect 1 "[LOG-KEY] line $seq: " "$setgov" -C "$HERE/forged" log verify
expect 1 "[LOG-KEY] line $seq: " "$setgov" -C "$HERE/forged" log verify --chain
console draft registry.unpause --title "Go on" --reason "Drill" >/dev/null
console propose SC-3 >/dev/null
packet SC-3 schedule
expect 0 "THE LOG'S KEY WAS LOST" signer_run 4 review "$PACKET" --plain
agree SC-3 schedule 3 4 1
same "$(journal_has 4 log.key-moved)" 2
submit SC-3 schedule >/dev/null

# An export leads from the first key to the third for others: our follower and auditor, and a verifier that is not ours.
console log export "$HERE/export" >/dev/null
first=$(console log keys --json | field vkey)
node tests/support/verify_export.mjs "$HERE/export" "$first" >/dev/null
XDG_STATE_HOME=$HERE/other "$setgov" -C "$HERE/follower" init --follow "$HERE/export" >/dev/null
same "$("$setgov" -C "$HERE/follower" log keys)" "$(console log keys)"
expect 0 "number 3 of this log" "$setgov" audit "$HERE/export" --rpc "$(cat "$HERE/rpc-url")" --vkey "$first" \
	--from "$(rpc eth_blockNumber | field result | xargs printf '%d\n')"

# One owner's signature less, or one that is another's: nobody accepts it.
for edit in 's/,{\\"owner\\"[^}]*}\]/]/' 's/\("signatures":\[{"owner":"0x\)[0-9a-fA-F]\{40\}/\11111111111111111111111111111111111111111/'; do
	cp -r "$HERE/export" "$HERE/bad"
	sed -i "/log.key-succeeded/$(printf '%s' "$edit" | sed 's/\\"/"/g')" "$HERE/bad/lines.jsonl"
	cmp -s "$HERE/bad/lines.jsonl" "$HERE/export/lines.jsonl" && fail "nothing was edited: $edit"
	expect 1 "" env XDG_STATE_HOME="$HERE/other" "$setgov" -C "$HERE/nobody" init --follow "$HERE/bad"
	rm -rf "$HERE/bad"
done

# Whoever still has the first key makes a log of his own, which no signer takes for this one.
cp -r "$HERE/console" "$HERE/thief"
cp "$HERE/first.key" "$HERE/thief/log.key"
expect 1 "[LOG-KEY] this is not the key that the log names" "$setgov" -C "$HERE/thief" log checkpoint
# shellcheck disable=SC2086  # words
page_holds log.key-succeeded 4 $ALL_TIME
