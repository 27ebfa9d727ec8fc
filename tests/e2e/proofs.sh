#!/bin/bash
# State proofs: the console fetches them, the signer checks them without a network up to a block's hash, and refuses
# whatever was changed in them, naming the place; proven values are what the getters say.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"

ready
console draft sequencer.rotate old=$OLD new=$NEW --title Rotation --reason test >/dev/null
console propose SC-1 >/dev/null
packet SC-1 schedule
review() { signer_run 1 review "$PACKET" --plain "$@"; }

# What the page says, and that it is proven only against a hash from elsewhere.
review >"$HERE/page"
grep -q "safe: next nonce of the Safe: 0" "$HERE/page" || { cat "$HERE/page"; fail "no nonce"; }
grep -q "safe: how many owners have to sign: 3" "$HERE/page" || fail "no threshold"
grep -q "timelock: shortest wait of the timelock: 86400 s = 1 day" "$HERE/page" || fail "no delay"
grep -q "timelock: this Safe is proposer: true" "$HERE/page" || fail "no role"
grep -q "timelock: when the operation is ready: 0 (not scheduled)" "$HERE/page" || fail "no operation"
grep -q "not proven yet" "$HERE/page" || fail "nothing says that the hash is missing"
HASH_OF_BLOCK=$(grep -A1 "if its hash is" "$HERE/page" | grep -o '0x[0-9a-f]\{64\}')
same "$HASH_OF_BLOCK" "$(rpc eth_getBlockByNumber '["latest",false]' | field hash)"
expect 0 "That is the hash you gave." review --block-hash "$HASH_OF_BLOCK"
expect 1 "[BLOCK-HASH] the proofs are about block" review --block-hash 0x1111111111111111111111111111111111111111111111111111111111111111
expect 3 "--block-hash" review --block-hash 0x11

# On the full screen the hash is typed: another one is told from a slip of the hand, the right one proves.
if command -v tmux >/dev/null; then
	. tests/support/screen.sh
	trap 'screen_end; finish' EXIT
	screen_start 100x40 "exec $signer review $PACKET --home $HERE/signer-1"
	wait_for "What this packet will do"
	keys b
	wait_for "The block's hash, from another source"
	never "${HASH_OF_BLOCK:2:20}"
	text "0x1111"
	keys Enter
	wait_for "A block's hash is 0x and 64 hexadecimal digits."
	text "$(printf '1%.0s' $(seq 60))"
	keys Enter
	wait_for "NOT PROVEN: the proofs lead to another hash. Type it again, or say no."
	keys Escape
	wait_for "What this packet will do"
	keys b
	wait_for "The block's hash, from another source"
	text "$HASH_OF_BLOCK"
	keys Enter
	wait_for "PROVEN: the hash is that of the block that the proofs lead to."
	screen_end
	trap finish EXIT
fi
for owner in 1 2 3 4 5; do
	grep -A5 "safe: owners" "$HERE/page" | among "$(address_of signer-$owner)" || { cat "$HERE/page"; fail "owner $owner is not there"; }
done
review --json >"$HERE/page.json"
same "$(field source <"$HERE/page.json")" "proven if the hash is right"

# forge JAVASCRIPT: the packet with its evidence changed, and the core's digest of it made anew
forge() {
	node -e '
	const fs = require("fs"), crypto = require("crypto");
	const canonical = (v) => Array.isArray(v) ? "[" + v.map(canonical).join(",") + "]" : v && typeof v === "object"
		? "{" + Object.keys(v).sort().map((k) => JSON.stringify(k) + ":" + canonical(v[k])).join(",") + "}" : JSON.stringify(v);
	const p = JSON.parse(fs.readFileSync(process.argv[1])), e = p.evidence;
	const flip = (hex, i) => { const at = 2 + 2 * i; return hex.slice(0, at) +
		(parseInt(hex.slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, "0") + hex.slice(at + 2); };
	eval(process.argv[3]);
	p.core.evidence = crypto.createHash("sha256").update(canonical(e)).digest("hex");
	fs.writeFileSync(process.argv[2], canonical(p));' "$PACKET" "$HERE/forged.json" "$1"
}
refused() { # refused TEXT JAVASCRIPT
	forge "$2"
	expect 1 "$1" signer_run 1 review "$HERE/forged.json" --plain
}
forge ''
expect 0 "if its hash is" signer_run 1 review "$HERE/forged.json" --plain
refused "[PROOF]" 'e.proofs.nodes[0] = flip(e.proofs.nodes[0], 5)'
grep -q "evidence.proofs.accounts\[0\].proof\[0\]: \[PROOF\] this node hashes to" "$HERE/out" || { cat "$HERE/out"; fail "no place"; }
refused "evidence.proofs.accounts[0].slots[1].proof[" 'const s = e.proofs.accounts[0].slots[1].proof, i = s[s.length - 1];
	e.proofs.nodes.push(flip(e.proofs.nodes[i], 40)); s[s.length - 1] = e.proofs.nodes.length - 1'
refused "[PROOF]" 'e.proofs.header = flip(e.proofs.header, 100)'
refused "no proof uses this node" 'e.proofs.nodes.push("0x80")'
refused "evidence.block.number: [PROOF] the console says" 'e.block.number++'
refused "evidence.facts.safe.nonce: [PROOF] the console says 7, proven is 0" \
	'e.facts.find((f) => f.name === "safe.nonce").value = 7'
refused "evidence.facts.timelock.min-delay: [PROOF] the console says 1, proven is 86400" \
	'e.facts.find((f) => f.name === "timelock.min-delay").value = 1'
refused "[PROOF]" 'const a = e.proofs.accounts; [a[0].slots[0].slot, a[0].slots[2].slot] = [a[0].slots[2].slot, a[0].slots[0].slot]'

# Twenty bytes anywhere in the nodes: none goes unnoticed.
for i in $(seq 20); do
	refused "[PROOF]" "const k = ($i * 7919) % e.proofs.nodes.length, n = (e.proofs.nodes[k].length - 2) / 2;
		e.proofs.nodes[k] = flip(e.proofs.nodes[k], ($i * 104729) % n)"
done

# Without evidence there is nothing to compare a hash with.
packet SC-1 schedule --lean
expect 1 "[BLOCK-HASH] the packet carries no state proofs" review --block-hash "$HASH_OF_BLOCK"

# A step further the proofs say so, and the list of owners is walked to its end on the new state.
packet SC-1 schedule
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
warp 86401
packet SC-1 execute
review >"$HERE/page"
grep -q "safe: next nonce of the Safe: 1" "$HERE/page" || { cat "$HERE/page"; fail "the nonce did not move"; }
tr -s "\n " " " <"$HERE/page" | among "registry: $OLD may act as a sequencer: true" || { cat "$HERE/page"; fail "no allowlist entry"; }
grep "when the operation is ready" "$HERE/page" | among "UTC" || { cat "$HERE/page"; fail "no ready time"; }
