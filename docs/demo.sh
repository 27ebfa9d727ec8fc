#!/usr/bin/env bash
# The demo: one sequencer key is rotated on a local chain, from a sentence somebody types to the proof that it happened.
# Every part is the real one: a Safe 1.4.1, an OpenZeppelin timelock, signers that have no network. Only the keys are toys.
# It leaves everything in build/demo; run it again and it starts anew.
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=$PWD/${BUILD:-build}
HERE=$BUILD/demo
export BUILD HERE

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }
indent() { sed 's/^/    /'; }

[ ! -e "$HERE/node/anvil.pid" ] || contracts/devnet.sh stop "$HERE/node" >/dev/null 2>&1 || true
rm -rf "$HERE"
mkdir -p "$HERE"
# shellcheck source=tests/support/ceremony.sh
. tests/support/ceremony.sh

OLD=0x1111111111111111111111111111111111111111
NEW=0x2222222222222222222222222222222222222222

say "1. A chain of our own (id 84532999) starts."
start_node
echo "    it answers at $(cat "$HERE/rpc-url")"

say "2. Five signers make a key each, in directories of their own, $OFFLINE."
make_keys
for n in 1 2 3 4 5; do echo "    signer-$n $(address_of signer-$n)"; done

say "3. A Safe (any 3 of those 5), a timelock (24 hours) and three contracts that the timelock owns are deployed."
deploy "$OLD"

say "4. A workspace is made, and each signer pins the deployment: Safe, chain and contracts come from there from now on."
trust_all
echo "    deployment $DEPLOYMENT"

say "5. Somebody asks: the sequencer's key is old, replace it. The facilitator drafts it in words."
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate the sequencer key" \
	--reason "Quarterly rotation" --ticket "https://example.org/OPS-42" --category standard --rollback "rotate back" | indent

say "6. It is proposed: calls, delay and operation id are frozen, and the change log's root becomes the operation's salt."
console propose SC-1 | indent

say "7. The first step, schedule, becomes one file that goes to the signers on a stick."
packet SC-1 schedule
console packet SC-1 --step schedule -o "$PACKET" | indent

say "8. Three signers read what the chain will do, recompute every hash, and sign. Here is what signer-2 reads:"
signer_run 2 review "$PACKET" | indent
for n in 2 5 3; do sign $n >/dev/null; done

say "9. Their answers come back in any order."
# shellcheck disable=SC2046
console collect $(answers | shuf) | indent

say "10. With three signatures the operation is scheduled on the timelock."
submit SC-1 schedule | indent

say "11. Executing it now is refused: that is what a timelock is for. The signatures for it can be gathered meanwhile."
packet SC-1 execute
for n in 1 3 4; do sign $n >/dev/null; done
# shellcheck disable=SC2046
console collect $(answers | shuf) | indent
if submit SC-1 execute >"$HERE/early" 2>&1; then
	echo "the timelock let an operation through before its time" >&2
	exit 1
fi
indent <"$HERE/early"

say "12. A day passes (the chain's clock is moved), and the operation is executed; the contracts are read back."
warp 86400
submit SC-1 execute | indent

say "13. What the log says, and whether it is whole."
console log show | indent
console log verify | indent
contracts/devnet.sh save "$HERE/node" 2>/dev/null

cat <<EOF

Done. Everything is in ${HERE#"$PWD"/}, and the chain is still running. What next:
    export XDG_STATE_HOME=$HERE/state
    ${BUILD#"$PWD"/}/setgov -C ${HERE#"$PWD"/}/console show SC-1         the change, step by step
    ${BUILD#"$PWD"/}/setgov -C ${HERE#"$PWD"/}/console actions           what else can be drafted
    ${BUILD#"$PWD"/}/setgov-signer journal --home ${HERE#"$PWD"/}/signer-2    what signer-2 saw and signed
    make demo-node                                    the same chain again, after a reboot
EOF
