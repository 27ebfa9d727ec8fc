#!/usr/bin/env bash
# setgov-signer alone: every verb as a script uses it, every refusal with its code, and consoles that cheat. No chain: the
# packets come from tests/support/make_packet.c.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
BUILD=$(realpath "${BUILD:-build}")
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov-signer" "$BUILD/tests/support/make_packet" >/dev/null
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
signer=$BUILD/setgov-signer
PASS=$'correct h\u00f6rse battery staple'
"$BUILD/tests/support/make_packet" "$HERE" "$PASS"
cd "$HERE"
export SETGOV_SIGNER_HOME=$HERE/home

fail() { echo "line ${BASH_LINENO[1]}: $*" >&2; exit 1; }
# expect STATUS TEXT COMMAND…: it ends so and says so, on either output
expect() {
	local want=$1 text=$2 got=0
	shift 2
	"$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$want" ] || { cat out err >&2; fail "$*: needed status $want, found $got"; }
	grep -qF -- "$text" out err || { cat out err >&2; fail "$*: nothing says \"$text\""; }
}
says_not() { ! grep -qF -- "$1" out err || fail "\"$1\" is said"; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
# Without a terminal, and with the passphrase on descriptor 3
with() { setsid -w "$signer" "$@" 3<<<"$PASS"; }
alone() { setsid -w "$signer" "$@"; }
json() { node -e 'let v = JSON.parse(require("fs").readFileSync(process.argv[1])); for (const k of process.argv[2].split(".")) v = v[k];
	console.log(typeof v === "object" ? JSON.stringify(v) : String(v))' "$1" "$2"; }
hash_of() { alone review "$1" --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).steps.map((s) => s.safeTxHash).join(" "))'; }
lines_of() { alone journal --json | grep -c "\"kind\": \"$1\"" || true; }
fresh() { rm -rf home; with import owner-1.key.json --class test --passphrase-fd 3 >/dev/null; trust profile.json; }
trust() { alone trust "$1" --expect "$(id_of "$1")" >/dev/null; }
id_of() { { alone trust "$1" 2>/dev/null || true; } | awk '$1 == "id" { print $2 }'; }
# challenge PROFILE ADDRESS: as `setgov policy challenge` has it
challenge() {
	jq -cS --arg id "$(id_of "$1")" --arg address "$2" '.identity | {
		domain: {chainId: .chainId, name: "setgov", verifyingContract: .safe, version: "1"},
		message: {account: $address, change: "SC-1", deployment: ("0x" + $id), origin: "test/log"}, primaryType: "KeyAttestation",
		types: {EIP712Domain: [["name", "string"], ["version", "string"], ["chainId", "uint256"], ["verifyingContract", "address"]],
			KeyAttestation: [["origin", "string"], ["deployment", "bytes32"], ["change", "string"], ["account", "address"]]}
	} | .types |= map_values(map({name: .[0], type: .[1]}))' "$1"
}
sign() { with sign "$1" --expect "$(hash_of "$1")" --passphrase-fd 3 --compared nobody "${@:2}"; }

# ---- usage ----
expect 0 "sandbox-probe" "$signer"
expect 0 "exit status" "$signer" --help
expect 2 "no verb" "$signer" frobnicate
expect 2 "no option --frob" "$signer" review --frob x
expect 2 "review takes no --expect" "$signer" review x --expect y
expect 2 "given twice" "$signer" sign x --compared own --compared own
expect 2 "needs a value" "$signer" trust x --expect
expect 2 "usage: setgov-signer sign" "$signer" sign
expect 2 "not UTF-8" "$signer" decline x --reason $'\xff'
expect 3 "No such file" "$signer" review nothing.json

# ---- the machine ----
expect 0 "secp256k1" "$signer" selftest
got=0
{ "$signer" sandbox-probe >out 2>err || got=$?; } 2>/dev/null
same "$got" 159

# ---- keys ----
expect 2 "second copy" alone new --class test --light
expect 2 "which class" with new --copy copy.json --light --passphrase-fd 3
expect 2 "a class is" with new --copy copy.json --class prod --passphrase-fd 3
expect 1 "[LIGHT]" with new --copy copy.json --class production --light --passphrase-fd 3
expect 2 "nobody is at a terminal" alone new --copy copy.json --class test --light
expect 2 "cannot be read" alone new --copy copy.json --class test --light --passphrase-fd 9
expect 2 "empty" setsid -w sh -c "$signer new --copy copy.json --class test --light --passphrase-fd 3 3</dev/null"
expect 3 "no key here" alone address
expect 0 "its second copy was read back" with new --copy copy.json --class test --light --passphrase-fd 3
cmp -s copy.json home/keys/*.json || fail "the second copy differs"
same "$(stat -c %a home home/keys home/keys/*.json home/journal.jsonl copy.json | paste -sd,)" 700,700,600,600,600
made=$(alone address | cut -d' ' -f1)
expect 1 "[EXISTS]" with new --copy copy.json --class test --light --passphrase-fd 3
same "$(alone address | wc -l)" 1
expect 1 "wrong passphrase" setsid -w sh -c "$signer import owner-2.key.json --class test --passphrase-fd 3 3<<X
not it
X"
expect 0 "imported" with import owner-2.key.json --class rehearsal --passphrase-fd 3
expect 1 "[EXISTS]" with import owner-2.key.json --class test --passphrase-fd 3
same "$(alone address | wc -l)" 2
same "$(lines_of key.made) $(lines_of key.imported)" "1 1"
# A decomposed passphrase opens the same key: the other keyboard's ö
mkdir other-home
expect 0 "imported" setsid -w sh -c "printf 'correct ho\\314\\210rse battery staple' | $signer import copy.json --class test --passphrase-fd 3 \
	--home other-home 3<&0"
# A class that somebody changed, and a key that somebody put here
printf 'production\n' >"home/keys/$made.class"
expect 0 "NOT FINISHED" alone address
printf 'test\n' >"home/keys/$made.class"
rm -rf home

# ---- trust ----
with import owner-1.key.json --class test --passphrase-fd 3 >/dev/null
expect 1 "[NOT-PINNED]" alone review schedule.json
expect 2 "nobody is at a terminal" alone trust profile.json
expect 3 "--expect" alone trust profile.json --expect 12
expect 1 "[EXPECT]" alone trust profile.json --expect "$(id_of p5-left.profile.json)"
expect 3 "SetNothing" alone trust unknown-abi.profile.json --expect 00
expect 0 "Pinned:" alone trust profile.json --expect "$(id_of profile.json)"
grep -q "$(id_of profile.json)" out || fail "the id is not shown"
expect 0 "pinned already" alone trust profile.json --expect "$(id_of profile.json)"
expect 1 "[CLASS]" alone trust class-clash.profile.json --expect 00
expect 0 "Pinned:" alone trust new-caps.profile.json --expect "$(id_of new-caps.profile.json)"
grep -A2 -F "feeCaps.gas" out | tr -d '\n' | among "old  2000000.*new  1000000" || fail "the difference is not shown"
expect 1 "[NOT-PINNED]" alone review schedule.json
expect 0 "people.p5" alone trust p5-left.profile.json --expect "$(id_of p5-left.profile.json)"
expect 0 "takes the place" alone trust profile.json --expect "$(id_of profile.json)"
same "$(lines_of pin.added) $(lines_of pin.replaced)" "1 3"
same "$(ls home/pins | wc -l)" 1
# A pin that nobody trusted does not count
id=$(id_of profile.json)
cp "home/pins/$id.json" saved
node -e 'const d = JSON.parse(require("fs").readFileSync("other-chain.profile.json")).identity; const c = (v) => Array.isArray(v) ? `[${v.map(c)}]` :
	v && typeof v === "object" ? `{${Object.keys(v).sort().map((k) => JSON.stringify(k) + ":" + c(v[k]))}}` : JSON.stringify(v);
	require("fs").writeFileSync("home/pins/" + process.argv[1] + ".json", c(d))' "$(id_of other-chain.profile.json)"
expect 1 "[NOT-PINNED]" alone review relabelled.json
grep -q "does not count" err || fail "a planted pin is not named"
rm "home/pins/$(id_of other-chain.profile.json).json"
sed -i 's/2000000/3000000/' home/pins/*.json
expect 1 "[PIN]" alone review schedule.json
cp saved "home/pins/$id.json"

# ---- review: nothing on the page that was not recomputed ----
expect 0 "NO POLICY" alone review schedule.json
grep -q "TEST" out || fail "the class is not shown"
expect 0 "may act as a sequencer" alone review evidence.json
says_not "the treasury"
says_not "Nothing happens"
expect 0 "CLOCK IS BEHIND" alone review future.json
expect 0 '\u{001B}' alone review words.json
[ "$(LC_ALL=C grep -c $'\x1b' out)" = 0 ] || fail "an escape reached the screen"
[ "$(grep -c '^  safeTxHash' out)" = 1 ] || fail "the proposer's words look like ours"
[ "$(grep -c '^Phrase' out)" = 1 ] || fail "the proposer's words look like ours"
expect 0 "SIGNATURE OF YOUR KEY" alone review stolen.json
expect 0 '"signable": false' alone review raw.json --json
expect 0 "signed by p2" alone review signed.json
alone review abi.json --json >out 2>err || true
same "$(json out error.code)" ABI

# ---- sign ----
expect 2 "nobody is at a terminal" alone sign schedule.json
expect 2 "nobody is at a terminal" with sign schedule.json --passphrase-fd 3
expect 2 "nobody is at a terminal" alone sign schedule.json --expect "$(hash_of schedule.json)"
expect 3 "--expect" with sign schedule.json --expect 0x12 --passphrase-fd 3
expect 2 "--compared needs" with sign schedule.json --expect "$(hash_of schedule.json)" --passphrase-fd 3 --compared me
expect 3 "--key" with sign schedule.json --key 0x12 --passphrase-fd 3
expect 2 "-o names one file" with sign both.json schedule.json -o a.json --expect "$(hash_of schedule.json)" --passphrase-fd 3
expect 2 "needs -o" with sign - --expect "$(hash_of schedule.json)" --passphrase-fd 3
same "$(lines_of packet.refused)" 0
ls ./*.answer.json >/dev/null 2>&1 && fail "an answer was written"
expect 1 "wrong passphrase" setsid -w sh -c "echo no | $signer sign schedule.json --expect $(hash_of schedule.json) --passphrase-fd 3 3<&0"
same "$(lines_of packet.signed) $(lines_of packet.refused)" "0 0"
expect 0 "You gave 1 signature" sign schedule.json
grep -q "may act as a sequencer" out || fail "a script is not shown the page"
same "$(json schedule.schedule.p1.answer.json safeTxHash)" "$(hash_of schedule.json)"
same "$(json schedule.schedule.p1.answer.json compared)" nobody
same "$(json schedule.schedule.p1.answer.json journalHead)" "$(alone journal --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).head)')"
same "$(lines_of packet.signed)" 1
expect 0 "signed exactly this" alone review schedule.json
expect 0 "ANOTHER TRANSACTION FOR NONCE 4" alone review same-nonce.json
sign schedule.json >/dev/null
same "$(json schedule.schedule.p1.2.answer.json signature)" "$(json schedule.schedule.p1.answer.json signature)"
# Two steps are two answers, each hash named; one passphrase for a whole session
# shellcheck disable=SC2046
expect 0 '"signatures": 2' with sign both.json $(printf -- '--expect %s ' $(hash_of both.json)) --passphrase-fd 3 --json
same "$(json out signatures)" 2
same "$(ls both.*.p1.answer.json | wc -l)" 2
# shellcheck disable=SC2046
expect 0 "You gave 2 signatures" with sign schedule.json evidence.json --passphrase-fd 3 \
	--expect "$(hash_of schedule.json)" --expect "$(hash_of evidence.json)"
expect 0 "You gave 1" setsid -w sh -c "$signer sign - -o stdin.answer.json --expect $(hash_of schedule.json) --passphrase-fd 3 <schedule.json 3<<X
$PASS
X"

fresh
expect 0 "You gave 1" sign direct.json -o direct.answer.json
fresh
expect 0 "You gave 1" sign schedule.json

# ---- refused, with an answer that says why; nothing signed ----
signed=$(lines_of packet.signed)
# refused CODE PACKET: the packet's own claimed hash is given, so that only its lie is in the way
refused() {
	local code=$1 packet=$2 claimed before
	claimed=$(grep -o '"safeTxHash":"0x[0-9a-f]*"' "$packet" | head -n 1 | cut -d'"' -f4)
	before=$(lines_of packet.refused)
	rm -f ./*.answer.json
	expect 1 "[$code]" with sign "$packet" --expect "$claimed" --passphrase-fd 3 --compared nobody
	same "$(lines_of packet.refused)" $((before + 1))
	same "$(json "$(ls ./"${packet%.json}".schedule.*.answer.json)" refusal.code)" "$code"
	same "$(lines_of packet.signed)" "$signed"
}
refused ABI abi.json
refused CALLS calls.json
refused CHECKPOINT checkpoint.json
refused LINE flipped.json
refused HASH hidden.json
refused PATH salt.json
refused HASH own-chain.json
refused SIGNATURE owners.json
refused SELECTOR selector.json
refused RAW raw.json
refused POLICY policy.json
refused NOT-PINNED relabelled.json
refused NOT-PINNED relabelled-whole.json
refused LOG-KEY other-log.json
refused LOG-FORK rewritten.json
expect 1 "core names another digest" with sign evidence-changed.json --expect "$(hash_of evidence.json)" --passphrase-fd 3
same "$(json evidence-changed.schedule.p1.answer.json refusal.code)" MISMATCH
expect 1 "[EXPECT]" with sign schedule.json --expect "$(hash_of direct.json)" --passphrase-fd 3
grep -q "Sign nothing more today. Call p2 or p3" err || fail "nobody is told whom to call"
expect 3 "unknown member" with sign sentence.json --expect "$(hash_of schedule.json)" --passphrase-fd 3
expect 3 "cut.json" with sign cut.json --expect "$(hash_of schedule.json)" --passphrase-fd 3
expect 1 "[NO-KEY]" sign schedule.json --key "$made"
same "$(lines_of packet.signed)" "$signed"
# the same Safe on two chains, both pinned: the hash of one is not the other's
trust other-chain.profile.json
refused HASH relabelled-whole.json
refused DEPLOYMENT relabelled.json
expect 1 "[CLASS]" alone trust production.profile.json --expect 00
# old Safes are pinned, read, not signed for
fresh
trust old-safe.profile.json
expect 1 "[SAFE-VERSION]" with sign old-safe.json --expect "$(hash_of schedule.json 2>/dev/null || printf '0x%064d' 0)" --passphrase-fd 3

# ---- after a mismatch the session signs nothing more; what is not a mismatch does not stop it ----
fresh
rm -f ./*.answer.json
expect 1 "[CALLS]" with sign calls.json schedule.json --expect "$(hash_of schedule.json)" --passphrase-fd 3
same "$(json schedule.schedule.p1.answer.json refusal.code)" SESSION
same "$(lines_of packet.signed) $(lines_of packet.refused)" "0 2"
rm -f ./*.answer.json
expect 1 "[RAW]" with sign raw.json schedule.json --expect "$(hash_of schedule.json)" --expect "$(hash_of raw.json)" --passphrase-fd 3
same "$(json schedule.schedule.p1.answer.json step)" schedule
same "$(lines_of packet.signed)" 1
expect 1 '"code": "CALLS"' with sign calls.json --expect "$(hash_of schedule.json)" --passphrase-fd 3 --json
same "$(json out error.code)" CALLS
same "$(json out answers.0.kind)" refusal

# ---- which key ----
rm -rf home
with import stranger.key.json --class test --passphrase-fd 3 >/dev/null
trust profile.json
expect 1 "[NOT-OWNER]" sign schedule.json
same "$(json schedule.schedule.nobody.answer.json owner)" null
rm -rf home
with import owner-1.key.json --class rehearsal --passphrase-fd 3 >/dev/null
trust profile.json
expect 1 "[KEY-CLASS]" sign schedule.json
with import owner-2.key.json --class test --passphrase-fd 3 >/dev/null
expect 2 "several owners" sign schedule.json
expect 0 "You gave 1" sign schedule.json --key "$(alone address | awk '$2 == "test" { print $1 }')"
mv home/keys/*A144b3c9c.json kept.json
mv home/keys/*A144b3c9c.class kept.class
with import owner-5.key.json --class test --passphrase-fd 3 >/dev/null
sed -i 's/rehearsal/test/' home/keys/0x1a64*.class
expect 1 "[KEY]" sign schedule.json --key 0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1

# ---- production: with a network up, an owner's key stays shut ----
rm -rf home
with import owner-1.key.json --class production --passphrase-fd 3 >/dev/null
expect 0 "Pinned:" alone trust production.profile.json --expect "$(id_of production.profile.json)"
offline() { unshare -rn "$@"; }
challenge production.profile.json "$(alone address | awk '{ print $1 }')" >challenge.json
if grep -v -E '^ *lo:|\|' /proc/self/net/dev | among :; then
	expect 1 "[ONLINE]" sign production.json
	expect 0 "owners' keys are refused, the deployment is production" alone review production.json --json
	expect 1 "[ONLINE]" with attest challenge.json --passphrase-fd 3
fi
if unshare -rn true 2>/dev/null; then
	expect 0 "Attestation written to" offline "$BASH" -c "setsid -w '$signer' attest challenge.json --passphrase-fd 3 3<<<'$PASS'"
	expect 0 "You gave 1" offline "$BASH" -c "setsid -w '$signer' sign production.json --expect $(hash_of production.json) --passphrase-fd 3 3<<<'$PASS'"
else
	echo "SKIPPED: signing for production needs a network namespace, which this kernel does not allow"
fi

# ---- decline ----
fresh
rm -f ./*.answer.json
expect 2 "why?" alone decline schedule.json
expect 3 "plain text" alone decline schedule.json --reason $'a\e[31mb'
expect 0 "You declined" alone decline schedule.json --reason "limits too low"
same "$(json schedule.schedule.p1.answer.json decline.text)" "limits too low"
expect 0 "You declined" alone decline calls.json --reason "does not add up" -o no.json
same "$(json no.json owner)" 0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1
expect 0 '"kind": "decline"' alone decline both.json --reason "twice no" --json
same "$(json out answers.1.kind)" decline
same "$(lines_of packet.declined)" 3
expect 1 "[NO-KEY]" alone decline schedule.json --reason x --key 0x1111111111111111111111111111111111111111

# ---- sign-tx ----
payer() { with sign-tx "$1" --step "${2:-schedule}" --nonce 7 --gas 900000 --max-fee 2000000000 --max-priority 1000000000 \
	--key-file payer.key.json --passphrase-fd 3 "${@:3}"; }
expect 0 '"raw"' payer signed.json
payer signed.json schedule >first.json
same "$(json first.json nonce)" 7
payer signed.json schedule | cmp -s - first.json || fail "the same request gave another transaction"
same "$(node -e 'console.log(Object.keys(JSON.parse(require("fs").readFileSync("first.json"))).sort().join())')" from,hash,nonce,raw
same "$(lines_of tx.signed)" 3
expect 0 '"raw"' payer schedule.json schedule --direct
expect 1 "[SIGNATURES]" payer schedule.json
expect 1 "[STEP]" payer signed.json execute
expect 1 "[DIRECT]" payer direct.json execute --direct
expect 0 '"raw"' payer direct.json execute
expect 1 "[SIGNATURE]" payer owners.json
expect 1 "[CALLS]" payer calls.json
expect 1 "[RAW]" payer raw.json
expect 1 "[NOT-PINNED]" payer relabelled.json
tx() { with sign-tx signed.json --step schedule --key-file "$1" --nonce "$2" --gas "$3" --max-fee "$4" --max-priority "$5" --passphrase-fd 3; }
expect 1 "[FEE-CAP]" tx payer.key.json 1 2000001 1 1
expect 1 "[FEE-CAP]" tx payer.key.json 1 2000000 200000000001 1
expect 1 "[FEE-CAP]" tx payer.key.json 1 2000000 200000000000 5000000001
expect 3 "more than the whole fee" tx payer.key.json 1 2000000 1 2
expect 3 "2^53" tx payer.key.json 9007199254740992 2000000 2 1
expect 3 "--nonce" tx payer.key.json x 2000000 2 1
expect 1 "[OWNER-KEY]" tx owner-1.key.json 1 2000000 2 1
expect 1 "[OWNER-KEY]" tx owner-5.key.json 1 2000000 2 1
expect 2 "whose key" with sign-tx signed.json --step schedule --nonce 1 --gas 1 --max-fee 1 --max-priority 1 --passphrase-fd 3
# an owner's key whose file says that it is somebody else's
node -e 'const fs = require("fs"), k = JSON.parse(fs.readFileSync("owner-2.key.json"));
	k.address = JSON.parse(fs.readFileSync("payer.key.json")).address; fs.writeFileSync("disguised.key.json", JSON.stringify(k))'
expect 1 "address" tx disguised.key.json 1 2000000 2 1
# an owner of another pinned deployment
trust p5-left.profile.json
trust other-chain.profile.json
expect 1 "[NOT-PINNED]" tx owner-5.key.json 1 2000000 2 1
fresh
trust p5-left.profile.json && trust profile.json
with import payer.key.json --class rehearsal --passphrase-fd 3 >/dev/null
expect 1 "[KEY-CLASS]" payer signed.json
same "$(lines_of tx.signed)" 0

# ---- the journal ----
fresh
sign schedule.json >/dev/null
expect 0 "5 lines, each following the one before" alone journal
expect 0 "head" alone journal --verify
same "$(head -n 1 home/journal.jsonl | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).kind)')" journal.opened
cp home/journal.jsonl whole
printf '{"seq":5,"id":"00' >>home/journal.jsonl
expect 0 "5 lines" alone journal
sign schedule.json >/dev/null
same "$(lines_of journal.mended) $(lines_of packet.signed)" "1 2"
for n in $(seq 8); do sign schedule.json -o "many.$n.answer.json" >/dev/null & done
wait
same "$(lines_of packet.signed)" 10
expect 0 "15 lines" alone journal
sed '2s/"class":"test"/"class":"demo"/' whole >home/journal.jsonl
expect 1 "[JOURNAL]" sign schedule.json --json
sed 2d whole >home/journal.jsonl
expect 1 "[JOURNAL]" alone review schedule.json
{ head -n 2 whole; tail -n 1 whole; } >home/journal.jsonl
expect 1 "line 2" alone journal
cp whole home/journal.jsonl

# ---- what is on disk when an answer cannot be written ----
mkdir shut
before=$(lines_of packet.signed)
got=0
sign schedule.json -o shut >out 2>err || got=$?
[ "$got" = 4 ] || fail "needed status 4, found $got"
same "$(lines_of packet.signed)" $((before + 1))
echo "signer: every verb, every code"
