#!/usr/bin/env bash
# The kinds of rule that look at the clock, at the log or at the chain's heads, on a real chain, as in policy_rules.sh:
# rates, steps, freezes, exceptions, finality, what may be signed ahead, facts with their age and source.
# Cancelling and revoking pass in a freeze.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/verdicts.sh
ready
names

begin freeze
policy "$ANYTHING" '{name:"weekend",kind:"freeze",zone:"Europe/Berlin",windows:[{days:["fri"],from:"16:00",to:"24:00"},
	{days:["sat","sun"],from:"00:00",to:"24:00"}],except:[{actions:["registry.unpause"]}]}'
draft sequencer.authorize sequencer=$B
at 2027-03-26T14:59:59Z
note the second before
propose 0
pack schedule
at 2027-03-26T15:00:00Z
note the freeze begins: a sequencer edit waits
signed schedule 1 2 3
submitted 1 schedule "p1 p2 p3"
verdict 1
withdrawn
note what is excepted does not
draft registry.unpause contract=registry
propose 0
signed schedule 1 2 3
submitted 0 schedule "p1 p2 p3"
note nor does a cancel, nor a revoke
signed cancel 1 2 3
submitted 0 cancel "p1 p2 p3"
draft sequencer.revoke sequencer=$OLD
propose 0
pack schedule
signed schedule 1 2 3
submitted 0 schedule "p1 p2 p3"
note over the change to summer time, to the second
draft sequencer.authorize sequencer=$B
at 2027-03-28T21:59:59Z
verdict 1
at 2027-03-28T22:00:00Z
verdict 0
end

begin rate
policy "$ANYTHING" '{name:"once-a-week",kind:"rate",for:{actions:["paymaster.set-min-deposit"]},max:1,per:"7 days"}'
at 2027-04-01T10:00:00Z
note the first of the week, and the second
draft paymaster.set-min-deposit "amount=0.01 ether"
propose 0
pack schedule
lean schedule
signed schedule 1 2 3
at 2027-04-01T10:10:00Z
submitted 0 schedule "p1 p2 p3"
FIRST=$CHANGE
draft paymaster.set-min-deposit "amount=0.012 ether"
rpc evm_setNextBlockTimestamp "[$(date -u -d 2027-04-01T10:20:00Z +%s)]" >/dev/null && rpc evm_mine >/dev/null
say_rate() { "$@" 2>&1 | sed 's/not before [0-9-]* [0-9:]* UTC/not before <a week after>/'; }
say 0 "setgov propose" say_rate console propose "$CHANGE"
signed schedule 1 2 3
got=0
submit "$CHANGE" schedule >"$HERE/said" 2>&1 || got=$?
{ echo "setgov submit schedule: status $got"; grep '\[POLICY\]' "$HERE/said" | say_rate cat | sed 's/^/  /'; } | record
note more than that at once
SECOND=$CHANGE
draft paymaster.set-min-deposit "amount=0.01 ether" + paymaster.set-min-deposit "amount=0.02 ether"
propose 1
note a week later
CHANGE=$SECOND
at 2027-04-08T10:30:00Z
submitted 0 schedule "p1 p2 p3"
end

begin step
note what the first set is the value now, and the measure for a week
CHANGE=$FIRST
signed execute 1 2 3
submitted 0 execute "p1 p2 p3"
at 2027-05-01T10:00:00Z
policy "$ANYTHING" '{name:"step",kind:"bounds",for:{actions:["paymaster.set-min-deposit"]},bounds:{amount:{step:{percent:10,per:"7 days"}}}}'
draft paymaster.set-min-deposit "amount=0.011 ether"
propose 0
pack schedule
signed schedule 1 2 3
submitted 0 schedule "p1 p2 p3"
ELEVEN=$CHANGE
draft paymaster.set-min-deposit "amount=0.0112 ether"
propose 1
verdict 1
at 2027-05-02T11:00:00Z
CHANGE=$ELEVEN
signed execute 1 2 3
submitted 0 execute "p1 p2 p3"
note ten percent of what it was before that change within the week, and of what it is now, after it
draft paymaster.set-min-deposit "amount=0.0112 ether"
propose 1
at 2027-05-10T11:00:00Z
propose 0
end

begin exception
policy "$ANYTHING" '{name:"ticket",kind:"words",words:["ticket"]}' \
	'{name:"tickets-are-down",kind:"exception",rule:"ticket",for:{actions:["sequencer.*"]},until:"2027-06-01T00:00:00.000Z",control:{signers:4,roles:{security:1}}}'
at 2027-05-31T20:00:00Z
note waived, with its control: four signers in place of a ticket
draft sequencer.authorize sequencer=$B
propose 0
pack schedule
lie now "$(date -u -d 2027-06-01T00:00:00Z +%s)"
lean schedule
signed schedule 1 2 3
submitted 1 schedule "p1 p2 p3"
signed schedule 1 2 3 4
submitted 0 schedule "p1 p2 p3 p4"
note not for what it does not cover, and not after its end
draft registry.unpause contract=registry
propose 1
draft sequencer.authorize sequencer=$A
at 2027-06-01T00:00:00Z
propose 1
verdict 1
end

begin finality
note the safe head is close enough, then not
policy "$ANYTHING" '{name:"head",kind:"finality",head:"safe",maxLag:100000}'
draft registry.unpause contract=registry
propose 0
packet "$CHANGE" schedule
[ "$(signers_verdict "$PACKET" | field verdict)" = "passed on the console's word" ] || fail "finality in the packet"
lie chain.safe null
lean schedule
withdrawn
policy "$ANYTHING" '{name:"head",kind:"finality",head:"finalized",maxLag:0}'
draft registry.unpause contract=registry
say_lag() { "$@" 2>&1 | sed 's/is [0-9]* blocks behind/is <n> blocks behind/'; }
say 0 "setgov propose" say_lag console propose "$CHANGE"
signed schedule 1 2 3
got=0
submit "$CHANGE" schedule >"$HERE/said" 2>&1 || got=$?
{ echo "setgov submit schedule: status $got"; grep '\[POLICY\]' "$HERE/said" | say_lag cat | sed 's/^/  /'; } | record
withdrawn
end

begin signed-ahead
policy "$ANYTHING" '{name:"in-turn",kind:"signed-ahead",steps:["schedule"]}'
note execute before its operation is scheduled, and after
draft sequencer.authorize sequencer=$A
propose 0
pack schedule
no_packet execute
signed schedule 1 2 3
submitted 0 schedule "p1 p2 p3"
pack execute
lean execute
lie timelock.operation-timestamp 0
at 2027-06-10T00:00:00Z
signed execute 1 2 3
submitted 0 execute "p1 p2 p3"
policy "$ANYTHING" '{name:"ahead",kind:"signed-ahead",steps:["schedule","execute"]}'
note where it may be signed ahead
draft registry.pause contract=registry
propose 0
pack execute
withdrawn
end

begin fact
policy "$ANYTHING" '{name:"threshold",kind:"fact",fact:"safe.threshold",is:3}' \
	'{name:"safe-is-two",kind:"fact",for:{actions:["safe.add-owner"]},fact:"safe.threshold",is:2}' \
	'{name:"proven",kind:"fact",for:{actions:["sequencer.authorize"]},fact:"safe.threshold",source:"proven",maxAge:"1 h"}' \
	'{name:"unknown",kind:"fact",for:{actions:["registry.pause"]},fact:"action.weather"}'
note as it should be, otherwise, not proven, and not known
draft registry.unpause contract=registry
propose 0
pack schedule
lie safe.threshold 2
lean schedule
withdrawn
draft safe.add-owner owner=$A threshold=3
propose 1
draft sequencer.authorize sequencer=$W
propose 0
signed schedule 1 2 3
submitted 1 schedule "p1 p2 p3, none of whom had the hash of the block"
verdict 0
withdrawn
draft registry.pause contract=registry
propose 1
verdict 1
end
