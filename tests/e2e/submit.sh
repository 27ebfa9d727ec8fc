#!/usr/bin/env bash
# A submit that is cut off, hangs, is interrupted, is run again, is run by two people: one transaction, always.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
export REAL_NET=$BUILD/setgov-net
cut() { # cut HOW COMMAND…
	local how=$1
	shift
	CUT=$how SETGOV_NET=$PWD/tests/support/net_cut.mjs "$@"
}
sent() { # how many transactions the payer has sent
	echo $(($(rpc eth_getTransactionCount "[\"$(address_of payer)\",\"latest\"]" | field result)))
}
change() { # change ID: proposed, signed
	console draft registry.strict-mode on=false --title "Strict off" --reason "Test $1" >/dev/null
	console propose "$1" >/dev/null
	agree "$1" schedule 1 2 3
}

# The line to the node breaks before it has anything: the intent is in the log, and the same transaction goes out later.
change SC-1
expect 4 "" cut before submit SC-1 schedule
same "$(lines_of SC-1 submit.intended)" 1
same "$(sent)" 0
expect 0 "is on chain" submit SC-1 schedule
same "$(lines_of SC-1 submit.intended)" 1
same "$(sent)" 1

# It breaks after the node has it: the next run finds it mined.
change SC-2
expect 4 "" cut after submit SC-2 schedule
expect 0 "is on chain" submit SC-2 schedule
same "$(lines_of SC-2 submit.intended)" 1
same "$(sent)" 2

# It hangs, and somebody presses Ctrl-C.
change SC-3
( CUT=hang SETGOV_NET=$PWD/tests/support/net_cut.mjs; export CUT SETGOV_NET
  submit SC-3 schedule >/dev/null 2>&1 ) &
hung=$!
for _ in $(seq 100); do
	[ "$(lines_of SC-3 submit.intended)" = 1 ] && break
	sleep 0.1
done
same "$(lines_of SC-3 submit.intended)" 1
pkill -INT -P "$hung" 2>/dev/null || true
pkill -KILL -f "console submit SC-3" 2>/dev/null || true
wait "$hung" 2>/dev/null || true
same "$(sent)" 2
expect 0 "is on chain" submit SC-3 schedule
same "$(sent)" 3

# Nothing is mined for a while: the transaction waits, a second run follows it, the same payer may pay more, nobody else may.
change SC-4
rpc evm_setAutomine '[false]' >/dev/null
expect 4 "not mined" submit SC-4 schedule --wait 2s
expect 4 "not mined" submit SC-4 schedule --wait 2s
same "$(lines_of SC-4 submit.intended)" 1
expect 4 "not mined" submit SC-4 schedule --wait 2s --replace
same "$(lines_of SC-4 submit.intended)" 2
mkdir -p "$HERE/other"
printf '%s\n' "$PASS" | "$signer" new --class test --light --copy "$HERE/backup/other.json" --passphrase-fd 3 \
	--home "$HERE/other" 3<&0 </dev/null >/dev/null
"$signer" trust "$HERE/deployment.json" --expect "$DEPLOYMENT" --home "$HERE/other" >/dev/null
by_other() {
	printf '%s\n' "$PASS" | SETGOV_SIGNER_HOME="$HERE/other" "$setgov" -C "$HERE/console" submit "$@" \
		--from "$(ls "$HERE"/other/keys/*.json)" --passphrase-fd 3 3<&0 </dev/null
}
expect 1 "PAYER" by_other SC-4 schedule --replace --wait 2s
expect 4 "not mined" by_other SC-4 schedule --wait 2s
same "$(lines_of SC-4 submit.intended)" 2
rpc evm_setAutomine '[true]' >/dev/null
rpc evm_mine >/dev/null
expect 0 "is on chain" by_other SC-4 schedule
same "$(sent)" 4

# Two people at the same moment.
change SC-5
rpc anvil_setBalance "[\"$(address_of other)\",\"0x8ac7230489e80000\"]" >/dev/null
submit SC-5 schedule >"$HERE/a" 2>&1 &
a=$!
by_other SC-5 schedule >"$HERE/b" 2>&1 &
b=$!
wait $a || true
wait $b || true
expect 0 "on chain" submit SC-5 schedule
same "$(lines_of SC-5 submit.intended)" 1
same "$(lines_of SC-5 step.mined)" 1

# Anyone can send what enough owners signed: it is found by its event and logged, and not sent again.
by_stranger() { # by_stranger FROM TO DATA
	rpc anvil_setBalance "[\"$1\",\"0x8ac7230489e80000\"]" >/dev/null
	rpc anvil_impersonateAccount "[\"$1\"]" >/dev/null
	rpc eth_sendTransaction "[{\"from\":\"$1\",\"to\":\"$2\",\"data\":\"$3\"}]" | field result >/dev/null
}
change SC-6
console submit SC-6 schedule --print --json >"$HERE/print"
by_stranger 0x7777777777777777777777777777777777777777 "$(field to <"$HERE/print")" "$(field data <"$HERE/print")"
before=$(sent)
expect 0 "is on chain" submit SC-6 schedule
same "$(sent)" "$before"
same "$(lines_of SC-6 submit.intended)" 0
same "$(lines_of SC-6 step.mined)" 1

# So is an operation that another holder of the role executed; its effect is read back like any other.
warp 86400
agree SC-6 execute 1 2 3
agree SC-6 cancel 1 2 3
safe=$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.safe)' "$HERE/deployment.json")
timelock=$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock)' "$HERE/deployment.json")
call=$("$signer" review "$HERE/stick/SC-6.execute.json" --home "$HERE/signer-1" --json | field data)
by_stranger "$safe" "$timelock" "$call"
expect 0 "as intended" submit SC-6 execute
same "$(state_of SC-6)" executed
same "$(lines_of SC-6 change.verified)" 1

# An owner's key pays for nothing.
change SC-7
owner_pays() {
	printf '%s\n' "$PASS" | "$setgov" -C "$HERE/console" submit SC-7 schedule --from "$(ls "$HERE"/signer-1/keys/*.json)" \
		--passphrase-fd 3 3<&0 </dev/null
}
expect 1 "OWNER-KEY" owner_pays
expect 0 '"maxFeePerGas"' console submit SC-7 schedule --print --json
expect 0 "The log is whole" console log verify
