# shellcheck shell=bash
# For tests/e2e: a ceremony in a scratch directory that goes away, and a few ways of demanding. Sourced after `set -euo pipefail`
# with BUILD set or build/ there. Everything a failing check prints names the line that asked.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
export BUILD HERE
finish() {
	[ ! -e "$HERE/node/anvil.pid" ] || kill "$(cat "$HERE/node/anvil.pid")" 2>/dev/null || true
	rm -rf "$HERE"
}
trap finish EXIT
# A command that fails outside a demand ends the test; it is named, for its own words may have gone elsewhere.
set -E
trap 'echo "${BASH_SOURCE[0]##*/} line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
anvil=contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil
[ -x "$anvil" ] || { echo "SKIPPED: anvil is not installed: make deps"; exit 77; }
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
# shellcheck source=tests/support/ceremony.sh
. tests/support/ceremony.sh

fail() {
	echo "line ${BASH_LINENO[1]}: $*" >&2
	exit 1
}
# expect STATUS TEXT COMMAND…: the command ends with this status and prints this text (a fixed string) somewhere
expect() {
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] || { cat "$HERE/out" >&2; fail "$*: needed status $want, found $got"; }
	grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: nothing says \"$text\""; }
}
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
state_of() { console show "$1" --json | field state; }
lines_of() { console log show "$1" --json | grep -c "\"kind\": \"$2\"" || true; }

OLD=0x1111111111111111111111111111111111111111
NEW=0x2222222222222222222222222222222222222222
# A chain, five signers, the contracts, a workspace.
ready() {
	start_node
	make_keys
	deploy "$OLD" "$@"
	trust_all
}
# agree CHANGE STEP N…: packed, signed by these signers, collected
agree() {
	local change=$1 step=$2 n
	shift 2
	packet "$change" "$step"
	for n in "$@"; do sign "$n" >/dev/null; done
	# shellcheck disable=SC2046
	console collect $(answers | shuf) >/dev/null
}
# edit_adoption JS FROM TO: an adoption, changed, written canonically again
edit_adoption() {
	node -e 'const fs=require("fs"),[js,from,to]=process.argv.slice(1),x=JSON.parse(fs.readFileSync(from,"utf8"));eval(js);
		const c=(v)=>Array.isArray(v)?`[${v.map(c)}]`:v&&typeof v==="object"?`{${Object.keys(v).sort().map((k)=>JSON.stringify(k)+":"+c(v[k]))}}`:JSON.stringify(v);
		fs.writeFileSync(to,c(x)+"\n")' "$@"
}
# shows_key CHANGE KEY: whoever has this private key (a wallet that is not ours) signs the change's challenge; collected
shows_key() {
	local account
	account=$(NODE_PATH=contracts/node_modules node -p 'new (require("ethers").Wallet)(process.argv[1]).address' "$2")
	console policy challenge "$1" "$account" >"$HERE/challenge.json"
	NODE_PATH=contracts/node_modules node -e 'const {Wallet}=require("ethers");const d=JSON.parse(require("fs").readFileSync(process.argv[1]));
		const {EIP712Domain,...types}=d.types;new Wallet(process.argv[2]).signTypedData(d.domain,types,d.message).then((s)=>console.log(s))' \
		"$HERE/challenge.json" "$2" >"$HERE/possession.sig"
	console collect "$HERE/possession.sig" >/dev/null
}
# Keys that everybody has: of 0x14dC…9955 and 0x2361…1E8f
A_KEY=0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356
B_KEY=0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97
# page_holds KIND SIGNATURES REPORT…: a report's page carries such a line, and finds nothing wrong with at least so many signatures
page_holds() {
	local kind=$1 least=$2
	shift 2
	command -v chromium >/dev/null || { echo "SKIPPED: chromium is not installed: no page was opened"; return 0; }
	console report "$@" --offline -o "$HERE/page.html" >/dev/null 2>&1
	grep -qF "\"kind\":\"$kind\"" "$HERE/page.html" || fail "the page has no line $kind"
	expect 0 "Consistent with itself" node tests/support/page.mjs given "$HERE/page.html" '{}'
	[ "$(sed -n 's/.* lines and \([0-9]*\) signatures checked.*/\1/p' "$HERE/out")" -ge "$least" ] || { cat "$HERE/out"; fail "too few signatures"; }
}
ALL_TIME="period --from 2026-01-01 --to 2099-12-31"
