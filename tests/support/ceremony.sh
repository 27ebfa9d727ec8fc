# shellcheck shell=bash
# What a ceremony needs, for the demo and for end-to-end tests: a chain, five signers in directories of their own, a payer,
# the contracts, a console. Source it with BUILD and HERE (the ceremony's directory) set. Keys and passphrases made here are
# worth nothing: class test.
#
#   $HERE/node        the chain (contracts/devnet.sh)          $HERE/signer-1 …5   one home each for setgov-signer
#   $HERE/console     the workspace                            $HERE/payer         a home whose key pays for gas
#   $HERE/stick       what is carried between them             $HERE/state         this machine's memory of checkpoints

export XDG_STATE_HOME=$HERE/state
PASS=${PASS:-correct-horse-battery-staple}
setgov=$BUILD/setgov
signer=$BUILD/setgov-signer

# A signer's machine has no network. Where this kernel lets us, neither has this process.
if unshare -rn true 2>/dev/null; then
	offline() { unshare -rn "$@"; }
	OFFLINE="in a network namespace of its own, without a single interface up"
else
	offline() { "$@"; }
	OFFLINE="without a network namespace (this kernel does not allow one)"
fi

# signer_run N ARG…: setgov-signer of signer N, its passphrase on descriptor 3. No pipe: who does not read it may be gone
# before a writer comes.
signer_run() {
	local n=$1
	shift
	offline "$signer" "$@" --home "$HERE/signer-$n" 3<<<"$PASS" </dev/null
}
console() { "$setgov" -C "$HERE/console" "$@"; }

# field NAME: one string or number member of the JSON on standard input, first found
field() { node -e '
	const walk = (v) => { if (v && typeof v === "object") { if (!Array.isArray(v) && process.argv[1] in v) return v[process.argv[1]];
		for (const x of Object.values(v)) { const r = walk(x); if (r !== undefined) return r; } } };
	const v = walk(JSON.parse(require("fs").readFileSync(0, "utf8")));
	if (v === undefined) process.exit(1);
	console.log(typeof v === "object" ? JSON.stringify(v) : String(v));' "$1"; }

rpc() { # rpc METHOD [PARAMS]: raw JSON-RPC to the node, the reply on standard output
	node -e '
	fetch(process.argv[1], { method: "POST", headers: { "content-type": "application/json" },
		body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: process.argv[2], params: JSON.parse(process.argv[3] || "[]") }) })
		.then((r) => r.text()).then((t) => console.log(t));' "$(cat "$HERE/node/rpc-url")" "$1" "${2:-[]}"
}

start_node() {
	mkdir -p "$HERE/node"
	contracts/devnet.sh start "$HERE/node" 2>"$HERE/node.log" || { cat "$HERE/node.log" >&2; return 1; }
	cp "$HERE/node/rpc-url" "$HERE/rpc-url"
}

make_keys() {
	local n
	for n in 1 2 3 4 5; do
		mkdir -p "$HERE/signer-$n" "$HERE/backup"
		signer_run "$n" new --class "${CLASS:-test}" --light --copy "$HERE/backup/signer-$n.json" --passphrase-fd 3 >/dev/null
	done
	mkdir -p "$HERE/payer"
	printf '%s\n' "$PASS" | "$signer" new --class "${CLASS:-test}" --light --copy "$HERE/backup/payer.json" --passphrase-fd 3 \
		--home "$HERE/payer" 3<&0 </dev/null >/dev/null
}
address_of() { "$signer" address --home "$HERE/$1" | grep -o '0x[0-9a-fA-F]\{40\}' | head -n 1; }

# deploy OLD-SEQUENCER [deploy.mjs option…]
deploy() {
	local sequencer=$1 owners
	shift
	owners=$(for n in 1 2 3 4 5; do address_of signer-$n; done | paste -sd,)
	node contracts/build.mjs >/dev/null
	node contracts/deploy.mjs --rpc "$(cat "$HERE/node/rpc-url")" --owners "$owners" --threshold 3 --min-delay 86400 \
		--sequencer "$sequencer" --payer "$(address_of payer)" --out "$HERE/deployment.json" "$@" >/dev/null
}

# Every machine pins the deployment; the id is what people compare over a call.
trust_all() {
	console init --deployment "$HERE/deployment.json" --json >"$HERE/init.json"
	DEPLOYMENT=$(field deployment <"$HERE/init.json")
	trust_signers
}
trust_signers() {
	local n
	for n in 1 2 3 4 5; do
		signer_run "$n" trust "$HERE/deployment.json" --expect "$DEPLOYMENT" >/dev/null
	done
	"$signer" trust "$HERE/deployment.json" --expect "$DEPLOYMENT" --home "$HERE/payer" >/dev/null
	mkdir -p "$HERE/stick"
}

# packet CHANGE STEP [option…]: into the stick; PACKET and HASH are set
packet() {
	local change=$1 step=$2
	shift 2
	PACKET=$HERE/stick/$change.$step.json
	console packet "$change" --step "$step" -o "$PACKET" --json "$@" >"$HERE/packet.json"
	HASH=$(field safeTxHash <"$HERE/packet.json")
}
# sign N: signer N signs $PACKET; its answer lies on the stick
sign() { signer_run "$1" sign "$PACKET" --expect "$HASH" --passphrase-fd 3 --compared nobody -o "${PACKET%.json}.p$1.answer.json"; }
answers() { ls "${PACKET%.json}".p*.answer.json; }
submit() { # submit CHANGE STEP [option…]
	printf '%s\n' "$PASS" | SETGOV_SIGNER_HOME="$HERE/payer" "$setgov" -C "$HERE/console" submit "$@" \
		--from "$(ls "$HERE"/payer/keys/*.json)" --passphrase-fd 3 3<&0 </dev/null
}
warp() { contracts/devnet.sh warp "$HERE/node" "$1" 2>/dev/null; }
