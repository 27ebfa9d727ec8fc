#!/usr/bin/env bash
# What happens on chain without the log becomes an alert in it, once; somebody says that he has seen it; when it is mended a look
# clears it, and nothing else does. The period report shows all of that, and log verify finds it whole.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
url=$(cat "$HERE/rpc-url")
stranger() { node tests/support/stranger.mjs "$1" "$url" "$HERE/deployment.json"; }
# of JSON-EXPRESSION: of what setgov alerts --all --json says, `all` its list
of() { console alerts --all --json >"$HERE/alerts.json"; node -e '
	const doc = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")), all = doc.alerts;
	const v = eval(process.argv[2]); console.log(typeof v === "object" ? JSON.stringify(v) : String(v));' "$HERE/alerts.json" "$1"; }
local_part() { node -e '
	const fs = require("fs"), f = process.argv[1], d = JSON.parse(fs.readFileSync(f, "utf8"));
	d.local = { ...d.local, ...JSON.parse(process.argv[2]) };
	fs.writeFileSync(f, JSON.stringify(d, null, 2));' "$HERE/console/deployment.json" "$1"; }
devnet="{\"name\":\"devnet\",\"url\":\"$url\"}"

# As deployed, there is nothing to write down.
expect 0 "No alert is open" console alerts
expect 0 "nothing new: the log is as it was" console alerts look
same "$(console alerts look --json | field raised)" "[]"

# A role, an operation, a transaction and an owner that nobody logged. status finds them and says that the log does not know.
id=$(stranger operation)
hash=$(stranger safe-tx)
who=$(stranger owner)
expect 0 "4 findings are not in the log: setgov alerts look writes them down" console status
grep -qF "CRITICAL [ROLE]" "$HERE/out" || fail "a role is no warning"
grep -q "^        next: call the owners: roles of the timelock .* timelock.revoke-role takes away" "$HERE/out" || fail "what to do is not said"
expect 0 "raised  AL-1 [UNKNOWN-OPERATION] the timelock holds an operation that the log does not know, $id" \
	console --as p1 alerts look
same "$(of 'all.map((x) => x.code)')" '["UNKNOWN-OPERATION","UNKNOWN-TX","OWNERS","ROLE"]'
same "$(of 'all.map((x) => x.subject)')" "[\"$id\",\"$hash\",\"$who\",\"$who proposer\"]"
same "$(of 'all.map((x) => x.severity + x.raised.by + x.raised.endpoints)')" \
	'["criticalp1devnet","criticalp1devnet","criticalp1devnet","criticalp1devnet"]'
same "$(of 'all.map((x) => x.event !== null && /^0x[0-9a-f]{64}$/.test(x.event.tx))')" "[true,true,false,true]"
same "$(of 'doc.open + doc.unacknowledged')" 8
expect 0 "        AL-3, not acknowledged" console status

# log verify says so for good, and which alert is about it.
expect 1 "operation $id was scheduled in block" console log verify
grep -qF "past the log; the log's alert AL-1 is about it" "$HERE/out" || fail "the alert is not named"

# The same again raises nothing; the transaction stays foreign though a line names it now.
expect 0 "nothing new: the log is as it was" console alerts look
same "$(console status --json | field foreign | grep -c "$hash")" 1
# Nor does it become the log's own because somebody writes its hash into a draft.
console draft registry.pause --title "Pause" --reason "Drill" --ticket "$hash" >/dev/null
console draft registry.pause --title "Pause" --reason "$id" >/dev/null
expect 0 "nothing new: the log is as it was" console alerts look
same "$(console status --json | field foreign | grep -c "$hash")" 1

# Somebody has seen one of them: with a reason, by name, for good or until a day.
expect 1 "nothing new: the log is as it was" console alerts look --exit-code
expect 2 "acknowledging takes --note" console --as p2 alerts ack AL-3
expect 2 "acknowledging takes --note" console --as p2 alerts ack AL-3 --note "  "
expect 1 "[ALERT-UNKNOWN] the log has no alert AL-9" console --as p2 alerts ack AL-9 --note "Seen"
expect 3 "needed an alert, like AL-3" console --as p2 alerts ack SC-3 --note "Seen"
expect 3 "--until: needed a time to come" console --as p2 alerts ack AL-3 --note "Seen" --until 2020-01-01
expect 0 "AL-3 is acknowledged by p2" console --as p2 alerts ack AL-3 --note "The owners were called" --ticket "https://t/7"
expect 0 "AL-4 is acknowledged by p3" console --as p3 alerts ack AL-4 --note "Will be revoked" --until 2099-12-31
expect 0 "        AL-3, acknowledged" console status
expect 0 " by p2 (claimed), line " console alerts
expect 0 ": The owners were called; ticket https://t/7" console alerts
expect 0 "4 open, 2 not acknowledged" console alerts

# What a look cannot see it does not clear: no node, or only later blocks.
stranger mend >/dev/null
local_part '{"endpoints":[{"name":"dead","url":"http://127.0.0.1:9"}]}'
size=$(console status --offline --json | field size)
expect 4 "the chain was not looked at, and nothing was written: dead: " console alerts look
same "$(console status --offline --json | field size)" "$size"
local_part "{\"endpoints\":[$devnet],\"firstBlock\":100000}"
expect 0 "cleared AL-3 [OWNERS]" console alerts look
same "$(of 'all.map((x) => x.cleared !== null)')" "[false,false,true,false]"
# The node that does not answer is an alert itself, and clears when it does.
local_part "{\"endpoints\":[$devnet,{\"name\":\"dead\",\"url\":\"http://127.0.0.1:9\"}],\"firstBlock\":0}"
expect 0 "raised  AL-5 [ENDPOINT] dead is of no use" console alerts look
same "$(of 'all.map((x) => x.cleared !== null)')" "[true,false,true,true,false]"
local_part "{\"endpoints\":[$devnet]}"
expect 0 "cleared AL-5 [ENDPOINT]" console alerts look

# What is over and acknowledged waits for nobody. A transaction that ran stays: it cannot be mended, only acknowledged.
same "$(console alerts --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).alerts.map((x) => x.alert).join(" "))')" \
	"AL-1 AL-2 AL-5"
console --as p2 alerts ack AL-1 --note "Cancelled by the owners" >/dev/null

# Back again: a new alert, with a number of its own.
who=$(stranger owner)
expect 0 "raised  AL-6 [OWNERS]" console alerts look
same "$(of 'all[5].subject')" "$who"

# The same operation once more, and now it runs: that it waits is over, that it ran never is.
id=$(stranger operation)
expect 0 "raised  AL-7 [UNKNOWN-OPERATION] the timelock holds an operation" console alerts look
warp 86400
same "$(stranger run)" "$id"
expect 0 "cleared AL-7 [UNKNOWN-OPERATION]" console alerts look
same "$(of 'all.slice(6).map((x) => x.subject + (x.cleared ? " cleared" : ""))')" \
	"[\"$id cleared\",\"$who proposer\",\"$id executed\"]"

# The log is whole, and the period report has the register.
console log verify --offline >"$HERE/verified" || { cat "$HERE/verified"; fail "log verify"; }
day=$(date -u +%Y-%m-%d)
console report period --from "$day" --to "$day" --offline --format json -o "$HERE/period.json" >/dev/null
report() { node -e '
	const all = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).sections;
	const rows = (id) => all.find((s) => s.id === id).rows, cells = (id, name) => rows(id).map((r) => r.cells[name]);
	const fact = (id, name) => rows(id).find((r) => r.cells.field === name).cells.value;
	const v = eval(process.argv[2]); console.log(typeof v === "object" ? JSON.stringify(v) : String(v));' "$HERE/period.json" "$1"; }
same "$(report 'cells("alerts", "alert_id")')" '["AL-1","AL-2","AL-3","AL-4","AL-5","AL-6","AL-7","AL-8","AL-9"]'
same "$(report 'cells("alerts", "state").slice(0, 6)')" '["cleared, acknowledged","open, not acknowledged","cleared, acknowledged","cleared, acknowledged","cleared, not acknowledged","open, not acknowledged"]'
same "$(report 'rows("alerts").map((r) => r.mark).slice(0, 6)')" '["as it should be","finding","as it should be","as it should be","finding","finding"]'
same "$(report 'cells("alert_times", "acknowledged_by")')" '["p2","","p2","p3","","","","",""]'
same "$(report 'cells("acknowledgements", "note")')" '["Cancelled by the owners","The owners were called","Will be revoked"]'
same "$(report '["alerts_raised", "alerts_cleared", "acknowledgements", "open_at_end", "unacknowledged_at_end"].map((n) => fact("alert_counts", n))')" \
	'["9","5","3","4","6"]'
for form in html csv markdown; do
	console report period --from "$day" --to "$day" --offline --format "$form" -o "$HERE/period.$form" >/dev/null
	grep -rqF "The owners were called" "$HERE/period.$form"* || fail "no acknowledgement in $form"
done
console report deployment --format json -o "$HERE/period.json" >/dev/null
same "$(report 'cells("alerts", "alert_id")')" '["AL-2","AL-5","AL-6","AL-7","AL-8","AL-9"]'

# A follower reads them, and writes none.
console log export "$HERE/export" >/dev/null
"$setgov" -C "$HERE/follower" init --follow "$HERE/export" >/dev/null
expect 0 "AL-6  critical [OWNERS]  open, not acknowledged" "$setgov" -C "$HERE/follower" alerts
expect 1 "LOG-KEY" "$setgov" -C "$HERE/follower" --as p2 alerts ack AL-6 --note "Seen"
expect 1 "LOG-KEY" "$setgov" -C "$HERE/follower" alerts look
