#!/usr/bin/env bash
# One ceremony with a policy, an emergency, a decline, a meeting and hostile words; then each of the four reports in each
# form. What they say is compared with golden files (tests/vectors/reports; UPDATE=1 writes them), their facts with one
# another, and the evidence is checked by a program that is not ours.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
GOLDEN=tests/vectors/reports
A=0x14dC79964da2C08b23698B3D3cc7Ca32193d9955
REASON=$'=cmd|\' /C calc\'!A1 | <script>alert(1)</script> [x](http://evil.example) @everyone\n# not a heading\u202e\u0007'

# In a known order, where agree() takes a random one: the golden files have it.
agree() {
	local change=$1 step=$2 n
	shift 2
	packet "$change" "$step"
	for n in "$@"; do
		sign "$n" >/dev/null
		console collect "${PACKET%.json}.p$n.answer.json" >/dev/null
	done
}

# The policy asks for a review of an emergency within the hour, and lets urgent changes off three days of delay.
node -e 'const fs=require("fs");const p=JSON.parse(fs.readFileSync("policies/set-chain-mainnet.json","utf8"));
	const urgent={actions:["sequencer.authorize"]};
	p.rules.push({name:"three-days",why:"operators want to know",kind:"delay",for:urgent,delay:"72h"},
	{name:"urgent",why:"a stopped sequencer cannot wait",kind:"exception",rule:"three-days",for:urgent,
		until:"2031-01-01T00:00:00.000Z",control:{signers:3}});
	p.reviewWithin="1h";const out=["freeze","safe-head","compare"];
	p.rules=p.rules.filter((r)=>!out.includes(r.name)&&!out.includes(r.rule)&&r.kind!=="possession");
	fs.writeFileSync(process.argv[1],JSON.stringify(p,null,2)+"\n")' "$HERE/console/policy.json"
digest=$(console policy show --json | field digest)
for n in 1 2 3 4 5; do
	signer_run "$n" trust-policy "$HERE/console/policy.json" --expect "$digest" >/dev/null
done
"$signer" trust-policy "$HERE/console/policy.json" --expect "$digest" --home "$HERE/payer" >/dev/null

# Who the ids are: one name means ill, one is erased, one nobody gave.
NAME=$'=HYPERLINK("http://evil.example";"x") <img src=x onerror=alert(1)> [y](javascript:alert(1)) @all'
expect 3 "NAME: has characters that would be shown as escapes" console people name p2 $'Bob\u202e'
expect 1 "[PERSON-UNKNOWN]" console people name p9 'Nobody'
expect 3 "NAME: a name has 1 to 200 bytes, found 0" console people name p1 ''
console people name p1 'Ada Example' >/dev/null
console people name p2 "$NAME" >/dev/null
blob=$(console people name p4 'Dora Example' --json | field name)
console log erase "$blob" --as p1 --reason 'she left' >/dev/null
console log erase "$blob" --as p5 --reason 'she left' >/dev/null
expect 0 "name erased, line" console people

# An emergency, asked for by one of the signers: with a file, a decline, and everything that follows to its end.
printf 'all 12 checks passed\n' >"$HERE/rehearsal.txt"
console draft sequencer.authorize sequencer=$A --as p2 --title 'A second | sequencer' --reason "$REASON" \
	--ticket https://tickets.example/OPS-1 --category emergency --impact 'No downtime.' --rollback 'sequencer.revoke' \
	--attach "$HERE/rehearsal.txt" >/dev/null
console propose SC-1 >/dev/null
expect 1 "[NOT-DONE]" console review SC-1 --outcome good
packet SC-1 schedule
offline "$signer" decline "$PACKET" --home "$HERE/signer-5" --reason 'not *today*' \
	-o "$HERE/stick/no.answer.json" </dev/null >/dev/null
console collect "$HERE/stick/no.answer.json" >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
warp 172801
agree SC-1 execute 1 3 4
submit SC-1 execute >/dev/null
expect 1 "[OWN-REVIEW]" console review SC-1 --outcome good --as p2
expect 2 "needed good or problems" console review SC-1 --outcome fine --as p5

# Another is withdrawn, and one waits for a meeting.
console draft registry.pause --title 'Drill' --reason 'Agreed in the call' --ticket T-2 --category normal >/dev/null
console propose SC-2 >/dev/null
packet SC-2 schedule
console withdraw SC-2 --reason 'not now' >/dev/null
console draft sequencer.revoke sequencer=$A --title 'Back to one' --reason 'Over' --ticket T-3 --category normal >/dev/null
console propose SC-3 >/dev/null
agree SC-3 schedule 1
offline "$signer" decline "$PACKET" --home "$HERE/signer-4" --reason 'not before the audit' \
	-o "$HERE/stick/no4.answer.json" </dev/null >/dev/null
console collect "$HERE/stick/no4.answer.json" >/dev/null
console meeting open --title 'Weekly *call*' --present p1 --present p2 >/dev/null
console meeting decide SC-3 deferred --note 'wait' >/dev/null

# One is refused by the policy.
console draft paymaster.withdraw amount='1000 ether' contract=paymaster --title 'All of it' --reason 'Because' \
	--ticket T-4 --category normal >/dev/null
expect 1 "[POLICY] failed: withdrawals" console propose SC-4

# What is asked for wrongly.
expect 2 "a report is of a change" console report everything
expect 2 "setgov report change CHANGE" console report change
expect 2 "setgov report period --from DAY --to DAY" console report period
expect 3 "--from: needed 2026-11-23" console report period --from yesterday --to 2027-01-01
expect 3 "ends before it begins" console report period --from 2026-02-01 --to 2026-01-01
expect 2 "--format" console report change SC-1 --format pdf
expect 2 "--format says what" console report change SC-1 -o "$HERE/report.odt"
expect 3 "the log has no change SC-9" console report change SC-9 --offline
expect 1 "[MEETING-UNKNOWN]" console report meeting M-9 --offline

console report change SC-1 --format markdown >"$HERE/unreviewed.md"
grep -q '| reviewed_by | nobody yet |' "$HERE/unreviewed.md" || fail "reviewed before anybody did"
expect 0 "SC-1 is reviewed: good" console review SC-1 --outcome good --note 'Read back = as meant' --as p5

FORMS="md json csv html"
mkdir -p "$HERE/reports"
report() { # report NAME ARG…
	local name=$1 form
	shift
	for form in $FORMS; do
		console report "$@" -o "$HERE/reports/$name.$form" --json >"$HERE/reports/$name.$form.summary"
		same "$(field fileDigest <"$HERE/reports/$name.$form.summary")" "$(sha256sum "$HERE/reports/$name.$form" | cut -c1-64)"
		[ "$form" = html ] || same "$(field digest <"$HERE/reports/$name.$form.summary")" "$(field fileDigest <"$HERE/reports/$name.$form.summary")"
	done
}
today=$(date -u +%F)
report change change SC-1
report period period --from "$(date -u -d "$today - 1 day" +%F)" --to "$(date -u -d "$today + 30 days" +%F)"
report meeting meeting
report deployment deployment --proofs "$HERE/reports/proofs.json"
grep -q "$(sha256sum "$HERE/reports/proofs.json" | cut -c1-64)" "$HERE/reports/deployment.csv" || fail "the proofs have no digest"

# Each is a line of the log, which verifies; somebody who only follows makes the same report, and no line.
[ "$(console log show --json | grep -c '"kind": "report.made"')" -ge 17 ] || fail "a report is no line of the log"
expect 0 "The log is whole." console log verify --offline
console log export "$HERE/export" >/dev/null
"$setgov" -C "$HERE/follower" init --follow "$HERE/export" >/dev/null
"$setgov" -C "$HERE/follower" report change SC-1 --offline --format json >"$HERE/followed.json" 2>"$HERE/followed.words"
grep -q 'no log key here' "$HERE/followed.words" || fail "a follower does not say that nothing is logged"
console report change SC-1 --offline --format json >"$HERE/named.json"
NAME="$NAME" node -e 'const fs=require("fs"),W="name withheld from this copy of the log";	// no export has names
	const fix=(v)=>typeof v==="string"?v.replaceAll(process.env.NAME,W).replaceAll("Ada Example",W):Array.isArray(v)?v.map(fix)
	:v&&typeof v==="object"?Object.fromEntries(Object.entries(v).map(([k,x])=>[k,fix(x)])):v;
	fs.writeFileSync(process.argv[2],JSON.stringify(fix(JSON.parse(fs.readFileSync(process.argv[1])))))' "$HERE/named.json" "$HERE/own.json"
node tests/support/report_facts.mjs same "$HERE/own.json" "$HERE/followed.json"

# The same facts in each form, every cell of them: a follower's log does not grow between.
follow() { # follow NAME ARG…
	local name=$1 form
	shift
	for form in json csv md html; do
		"$setgov" -C "$HERE/follower" report "$@" --offline -o "$HERE/reports/f-$name.$form" >/dev/null 2>&1
		node tests/support/report_facts.mjs exact "$HERE/reports/f-$name.json" "$HERE/reports/f-$name.$form"
	done
}
follow change change SC-1
follow period period --from "$(date -u -d "$today - 1 day" +%F)" --to "$(date -u -d "$today + 30 days" +%F)"
follow meeting meeting
follow deployment deployment
sed 's/| requested_by | p2 |/| requested_by | p3 |/' "$HERE/reports/f-change.md" >"$HERE/other.md"
expect 1 "differ" node tests/support/report_facts.mjs exact "$HERE/reports/f-change.json" "$HERE/other.md"

# And with the chain; each line under the signed checkpoint, by node's own Ed25519 and SHA-256.
for name in change period meeting deployment; do
	for form in $FORMS; do
		[ "$form" = json ] || node tests/support/report_facts.mjs same "$HERE/reports/$name.json" "$HERE/reports/$name.$form" --evidence-apart
		case $form in json | csv) node tests/support/report_facts.mjs verify "$HERE/reports/$name.$form" ;; esac
	done
done
# Six signatures are of steps on chain, and are carried; p1's of SC-3 could still be used, and is nowhere.
approvals() { grep -c '^"evidence_approvals","","' "$HERE/reports/$1.csv" || true; }
[ "$(approvals change)" = 6 ] || fail "change: $(approvals change) approvals"
[ "$(approvals period)" = 6 ] || fail "period: $(approvals period) approvals"
unspent=$(sqlite3 -readonly "$HERE/console/log.db" "SELECT lower(hex(bytes)) FROM lines JOIN blobs ON lower(hex(sha256)) = line ->> '\$.body.signature'
	WHERE line ->> '\$.kind' = 'signature.added' AND line ->> '\$.change' = 'SC-3'")
[ ${#unspent} = 130 ] || fail "no signature of SC-3: $unspent"
! grep -qi "$unspent" "$HERE"/reports/* || fail "a signature that anybody could use has left the log"
sed 's/Weekly/Yearly/' "$HERE/reports/meeting.csv" >"$HERE/forged.csv"
expect 1 "" node tests/support/report_facts.mjs verify "$HERE/forged.csv"

# A page is what was logged to whoever has the root from the log itself; with one word changed it is not.
for name in change period meeting deployment; do
	size=$(field size <"$HERE/reports/$name.html.summary")
	console log prove entry 0 --size "$size" --json >"$HERE/proof"
	expect 0 "verified" node tests/support/read_page.mjs "$HERE/reports/$name.html" "$(field root <"$HERE/proof")" "$(field vkey <"$HERE/proof")"
	sed 's/<h1>\(.\)/<h1>\1\1/' "$HERE/reports/$name.html" >"$HERE/forged.html"
	expect 1 "" node tests/support/read_page.mjs "$HERE/forged.html" "$(field root <"$HERE/proof")" "$(field vkey <"$HERE/proof")"
done

# In a browser the approvals hold, over what the page itself makes of the lines.
if command -v chromium >/dev/null; then
	size=$(field size <"$HERE/reports/change.html.summary")
	console log prove entry 0 --size "$size" --json >"$HERE/proof"
	expect 0 "6 of the signatures approve a step" node tests/support/page.mjs verdict "$HERE/reports/change.html" "$(field root <"$HERE/proof")" "$(field vkey <"$HERE/proof")"
else
	echo "SKIPPED: chromium is not installed: no page was opened"
fi

# Nothing of what people wrote is anything but text.
! grep -q '<script>' "$HERE"/reports/*.md || fail "markup in Markdown"
! grep -qE '(^|[^\\])<img' "$HERE"/reports/*.md || fail "markup in Markdown"
! grep -qE '(^|[^\\])\]\(' "$HERE"/reports/*.md || fail "a link in Markdown"
! grep -qE '(^|,)"[=+@-]' "$HERE"/reports/*.csv || fail "a formula in CSV"
! grep -qP '\x{202e}|\x07|\x1b' "$HERE"/reports/*.md "$HERE"/reports/*.json || fail "a control or bidi mark"

waived='three-days, waived by the exception urgent'
grep -q "| bypassed_rule | $waived |" "$HERE/reports/change.md" || fail "the rule that was waived is not in the record"
grep -q '| expires_at | 2031-01-01T00:00:00.000Z |' "$HERE/reports/change.md" || fail "when the exception ends is not in the record"
grep -q "$waived" "$HERE/reports/period.md" || fail "the rule that was waived is not in the register"
! grep -q 'Dora' "$HERE"/reports/* || fail "an erased name"
grep -q 'owner of the Safe: Ada Example' "$HERE/reports/change.md" || fail "who it was is not said"
! grep -q 'Ada Example' "$HERE"/reports/f-*.md || fail "a name has left the console in an export"
grep -q 'name withheld from this copy of the log' "$HERE/reports/f-change.md" || fail "a withheld name is not called so"

# A log that was just opened, and periods in which nothing was.
"$setgov" -C "$HERE/new" init --deployment "$HERE/deployment.json" >/dev/null
new() { "$setgov" -C "$HERE/new" "$@" 2>/dev/null; }
for form in $FORMS; do
	new report period --from 2020-01-01 --to 2020-01-01 --offline -o "$HERE/empty.$form" >/dev/null
	new report period --from 2199-01-01 --to 2199-12-31 --offline -o "$HERE/future.$form" >/dev/null
	new report meeting --offline -o "$HERE/none.$form" >/dev/null
done
grep -q '| rows_in_range | 0 |' "$HERE/empty.md" || fail "an empty period"
grep -q 'it lies in the future' "$HERE/future.md" || fail "a period to come is not called so"
grep -q 'No meeting is open' "$HERE/none.md" || fail "no meeting"
expect 3 "the log has no change SC-1" "$setgov" -C "$HERE/new" report change SC-1 --offline

# A policy that cannot be read stops no report, and is a finding in each.
cp "$HERE/console/policy.json" "$HERE/policy.kept"
echo '{' >"$HERE/console/policy.json"
for what in "change SC-1" "period --from $today --to $today" meeting deployment; do
	console report $what --offline --format markdown 2>"$HERE/words" >"$HERE/without.md"
	grep -q '| policy_now | cannot be read: .* | \*\*finding\*\* |' "$HERE/without.md" || fail "report $what: a broken policy is no finding"
	grep -q "the workspace's policy: " "$HERE/words" || fail "report $what: nobody is told of the policy"
done
cp "$HERE/policy.kept" "$HERE/console/policy.json"

# What they say.
for name in change period meeting deployment; do
	for form in md json csv; do
		node tests/support/report_facts.mjs plain "$HERE/reports/$name.$form" >"$HERE/plain"
		[ -z "${UPDATE:-}" ] || { mkdir -p "$GOLDEN" && cp "$HERE/plain" "$GOLDEN/$name.$form"; }
		diff -u "$GOLDEN/$name.$form" "$HERE/plain" >"$HERE/diff" || { head -60 "$HERE/diff" >&2; fail "$name.$form says something else"; }
	done
done
