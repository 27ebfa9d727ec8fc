# shellcheck shell=bash
# For tests/e2e/policy_*.sh: each kind of rule on a real chain, what is said compared whole. Sourced after e2e.sh.
#
# A kind's transcript is everything that setgov and setgov-signer said about the policy, with what differs from run to
# run named instead (<registry>, <p1>, <hash>), and is compared with tests/vectors/verdicts/KIND.txt.
# UPDATE_VERDICTS=1 writes those anew: read the difference before it goes in.
A=0x14dC79964da2C08b23698B3D3cc7Ca32193d9955
W=0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf
W_KEY=0x0000000000000000000000000000000000000000000000000000000000000001   # of W: everybody has it
B=0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f
TICKET=https://tickets.example/1
KIND="" CHANGE=""

# Sed script: what this run calls by an address or a hash, by its name. Longer digits first.
names() {
	{
		node -e 'const d=JSON.parse(require("fs").readFileSync(process.argv[1]));const out=[];
			const walk=(v,n)=>{if(typeof v==="string"&&/^0x[0-9a-fA-F]{40}$/.test(v))out.push([v,n]);
				else if(v&&typeof v==="object")for(const [k,x] of Object.entries(v))walk(x,k==="address"?v.id||n:k)};
			walk(d,"profile");const seen=new Set();
			for(const [a,n] of out)if(!seen.has(a)){seen.add(a);console.log(`s/${a}/<${n}>/g`)}' "$HERE/deployment.json"
		printf '%s\n' 's/0x[0-9a-f]\{64\}/<hash>/g' 's/\b[0-9a-f]\{64\}\b/<hash>/g' 's|setgov/84532999/[0-9a-f/]*|<log>|g' 's/proven is 1[0-9]\{9\}/proven is <a time>/' "s|$HERE|<here>|g" \
			"s/\\b$(id -un)\\b/<me>/g"
	} >"$HERE/names.sed"
}

begin() { KIND=$1; : >"$HERE/$KIND.txt"; }
note() { printf '\n# %s\n' "$*" >>"$HERE/$KIND.txt"; }
record() { sed -f "$HERE/names.sed" >>"$HERE/$KIND.txt"; }
# end: the transcript is the one that is kept
end() {
	local kept=tests/vectors/verdicts/$KIND.txt
	if [ -n "${UPDATE_VERDICTS:-}" ]; then
		cp "$HERE/$KIND.txt" "$kept"
	fi
	diff -u "$kept" "$HERE/$KIND.txt" >&2 || fail "$KIND: what is said about it is not what $kept says"
}

# policy RULE…: each a JSON object without its why; becomes the workspace's, and that of the signers and the payer
policy() {
	local digest n
	node -e 'const rules=process.argv.slice(2).map((r)=>({why:"this test says so",...eval("("+r+")")}));
		require("fs").writeFileSync(process.argv[1],JSON.stringify({format:"setgov-policy/1",name:"One kind",semantics:1,threshold:3,
			roles:{security:["p3"]},rules},null,1)+"\n")' "$HERE/console/policy.json" "$@"
	digest=$(console policy show --json | field digest)
	for n in 1 2 3 4 5; do
		signer_run "$n" trust-policy "$HERE/console/policy.json" --expect "$digest" >/dev/null
	done
	"$signer" trust-policy "$HERE/console/policy.json" --expect "$digest" --home "$HERE/payer" >/dev/null
}
ANYTHING='{name:"anything",kind:"allow",for:{}}'

# draft ACTION…: CHANGE is it
draft() {
	CHANGE=$(console draft "$@" --title T --reason R --json | field change)
}
# say STATUS WHAT COMMAND…: it ends so, and what it says about the policy goes into the transcript
say() {
	local want=$1 what=$2 got=0
	shift 2
	"$@" >"$HERE/said" 2>&1 || got=$?
	[ "$got" = "$want" ] || { cat "$HERE/said" >&2; fail "$KIND: $*: needed status $want, found $got"; }
	{
		echo "$what: status $got"
		grep -E '^(Policy|Before it is submitted:)|\[[A-Z-]+\]' "$HERE/said" | sed 's/^/  /' || true
	} | record
}
propose() { say "$1" "setgov propose" console propose "$CHANGE"; }
# verdict [STATUS]: of the change as it is, with its reasons whole
verdict() {
	local got=0
	console policy check "$CHANGE" >"$HERE/said" 2>&1 || got=$?
	[ "$got" = "${1:-0}" ] || { cat "$HERE/said" >&2; fail "$KIND: policy check ended with $got"; }
	{ echo "setgov policy check: status $got"; sed 's/^/  /' "$HERE/said"; } | record
}
signers_verdict() {
	signer_run 1 review "$1" --json | node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0,"utf8")).policy[0],null,2))'
}
# pack STEP: the packet, and what the console and the signer say of it: the same, to the byte
pack() {
	local one got=0
	packet "$CHANGE" "$1"
	one=$(console policy check --packet "$PACKET" --json) || got=$?
	[ "$(signers_verdict "$PACKET")" = "$one" ] || fail "$KIND: console and signer judge the packet in two ways"
	console policy check --packet "$PACKET" >"$HERE/said" 2>&1 || true
	{ echo "packet, console and signer alike: status $got"; sed 's/^/  /' "$HERE/said"; } | record
	signer_run 1 review "$PACKET" --plain >"$HERE/said" 2>&1
	{ echo "setgov-signer review"; grep -A40 '^POLICY' "$HERE/said" | sed '/^$/,$d; s/^/  /'; } | record
}
no_packet() { say 1 "setgov packet --step $1" console packet "$CHANGE" --step "$1"; }
# lean STEP: a packet without evidence has no facts
lean() {
	console packet "$CHANGE" --step "$1" --lean -o "$HERE/stick/lean.json" >/dev/null
	say 1 "setgov-signer review, of a lean packet" signer_run 1 review "$HERE/stick/lean.json"
}
# lie NAME VALUE: the packet again, from a console that says something else about one fact
lie() {
	node -e 'const fs=require("fs"),{createHash}=require("crypto");const p=JSON.parse(fs.readFileSync(process.argv[1]));
		const canon=(v)=>Array.isArray(v)?"["+v.map(canon).join(",")+"]":v&&typeof v==="object"?"{"+Object.keys(v).sort().map((k)=>JSON.stringify(k)+":"+canon(v[k])).join(",")+"}":JSON.stringify(v);
		const f=p.evidence.facts.find((x)=>x.name.startsWith(process.argv[3]));f.value=JSON.parse(process.argv[4]);
		p.core.evidence=createHash("sha256").update(canon(p.evidence)).digest("hex");
		const {core,...rest}=p;fs.writeFileSync(process.argv[2],"{\"core\":"+canon(core)+","+JSON.stringify(rest).slice(1)+"\n")' \
		"$PACKET" "$HERE/stick/lie.json" "$1" "$2"
	say 1 "setgov-signer review, where the packet says that $1 is $2" signer_run 1 review "$HERE/stick/lie.json"
	say 1 "setgov-signer sign" signer_run 1 sign "$HERE/stick/lie.json" --expect "$HASH" --passphrase-fd 3 --compared nobody \
		-o "$HERE/stick/lie.answer.json"
	rm -f "$HERE/stick/lie.answer.json"
}
# signed STEP N…: packed, signed by these, collected
signed() {
	local step=$1 n
	shift
	packet "$CHANGE" "$step"
	for n in "$@"; do
		[ -e "${PACKET%.json}.p$n.answer.json" ] || sign "$n" >/dev/null
	done
	# shellcheck disable=SC2046
	console collect $(answers) >/dev/null
}
submitted() { say "$1" "setgov submit $2, signed by $3" submit "$CHANGE" "$2"; }
withdrawn() { console withdraw "$CHANGE" --reason "next" >/dev/null; }
# at TIME: the chain's clock, and a block then
at() {
	rpc evm_setNextBlockTimestamp "[$(date -u -d "$1" +%s)]" >/dev/null
	rpc evm_mine >/dev/null
}
