#!/usr/bin/env bash
# Keystore files between setgov-signer and the programs other people use, both ways: cast, ethers and, where there is one,
# geth. Each key is compared, not only the address that a file names.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
signer=$BUILD/setgov-signer
cast=$(realpath contracts/node_modules/@foundry-rs/cast-linux-amd64/bin/cast 2>/dev/null || true)
ethers=contracts/node_modules/ethers
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
export HOME=$HERE

fail() { echo "line ${BASH_LINENO[1]}: $*" >&2; exit 1; }
same() { [ "${1,,}" = "${2,,}" ] || fail "needed \"$2\", found \"$1\""; }
# with PASSPHRASE VERB ARG…: setgov-signer, the passphrase on descriptor 3
with() {
	local passphrase=$1
	shift
	printf '%s\n' "$passphrase" | { "$signer" "$@" --passphrase-fd 3 3<&0 </dev/null; }
}
refused() { # refused STATUS TEXT COMMAND…
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] || { cat "$HERE/out" >&2; fail "needed status $want, found $got"; }
	grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "nothing says \"$text\""; }
}
address_in() { grep -o '0x[0-9a-fA-F]\{40\}' | head -n 1; }

# A passphrase that Unicode writes in several ways: as typed (a ligature, accents apart), and its NFKC form.
plain='correct horse battery staple'
typed=$(printf 'pa\xcc\x88sswo\xcc\x88rd \xef\xac\x81')
nfkc=$(printf 'p\xc3\xa4ssw\xc3\xb6rd fi')

# ---- what setgov-signer writes ----
with "$plain" new --class test --copy "$HERE/standard.json" --home "$HERE/a" >"$HERE/out"
standard=$(address_in <"$HERE/out")
with "$typed" new --class test --light --copy "$HERE/light.json" --home "$HERE/a" >"$HERE/out"
light=$(address_in <"$HERE/out")
[ -n "$standard" ] && [ -n "$light" ] || fail "new names no address"
grep -q '"n":262144' "$HERE/standard.json" || fail "a new key is not sealed at full strength"

# ethers_key FILE PASSPHRASE: the private key
ethers_key() {
	node -e '
	const { ethers } = require(process.argv[1]);
	console.log(ethers.Wallet.fromEncryptedJsonSync(require("fs").readFileSync(process.argv[2], "utf8"), process.argv[3]).privateKey);
	' "$PWD/$ethers" "$1" "$2"
}
# cast_key FILE PASSPHRASE
cast_key() {
	"$cast" wallet decrypt-keystore "$(basename "$1")" --keystore-dir "$(dirname "$1")" --unsafe-password "$2" |
		grep -o '0x[0-9a-f]\{64\}'
}

if [ -d "$ethers" ] && command -v node >/dev/null; then
	key=$(ethers_key "$HERE/standard.json" "$plain")
	same "$(node -e 'console.log(new (require(process.argv[1]).Wallet)(process.argv[2]).address)' "$PWD/$ethers" "$key")" "$standard"
	same "$(ethers_key "$HERE/light.json" "$typed")" "$(ethers_key "$HERE/light.json" "$nfkc")"
	if ethers_key "$HERE/light.json" "$plain" >/dev/null 2>&1; then fail "ethers opens it with any passphrase"; fi
else
	echo "SKIPPED: ethers is not installed: make deps"
	ethers=
fi
if [ -x "$cast" ]; then
	same "$("$cast" wallet address --private-key "$(cast_key "$HERE/standard.json" "$plain")")" "$standard"
	same "$("$cast" wallet address --private-key "$(cast_key "$HERE/light.json" "$nfkc")")" "$light"
	if cast_key "$HERE/light.json" "$plain" >/dev/null 2>&1; then fail "cast opens it with any passphrase"; fi
	[ -z "$ethers" ] || same "$(cast_key "$HERE/standard.json" "$plain")" "$key"
else
	echo "SKIPPED: cast is not installed: make deps"
	cast=
fi

# ---- what they write ----
# The keys are known, so the address says whether the right one came out.
one=0x$(printf '11%.0s' {1..32})
two=0x$(printf '22%.0s' {1..32})
imported() { # imported FILE PASSPHRASE ADDRESS
	local home=$HERE/import-$RANDOM-$RANDOM
	with "$2" import "$1" --class test --home "$home" >"$HERE/out"
	same "$(address_in <"$HERE/out")" "$3"
	same "$("$signer" address --home "$home" | address_in)" "$3"
	refused 1 "wrong passphrase" with "not $2" import "$1" --class test --home "$home-wrong"
	refused 2 "passphrase is empty" with "" import "$1" --class test --home "$home-wrong"
	[ -z "$(ls -A "$home-wrong/keys" 2>/dev/null)" ] || fail "a key was kept that did not open"
}
if [ -n "$cast" ]; then
	"$cast" wallet import one --private-key "$one" --unsafe-password "$typed" --keystore-dir "$HERE/cast" >/dev/null
	imported "$HERE/cast/one" "$typed" "$("$cast" wallet address --private-key "$one")"
fi
if [ -n "$ethers" ]; then
	node -e '
	const { ethers } = require(process.argv[1]), [key, passphrase, file] = process.argv.slice(2);
	const account = { address: ethers.computeAddress(key), privateKey: key };
	require("fs").writeFileSync(file, ethers.encryptKeystoreJsonSync(account, passphrase));
	console.log(account.address);
	' "$PWD/$ethers" "$two" "$typed" "$HERE/ethers.json" >"$HERE/two"
	imported "$HERE/ethers.json" "$typed" "$(cat "$HERE/two")"
	imported "$HERE/ethers.json" "$nfkc" "$(cat "$HERE/two")"
fi
if command -v geth >/dev/null; then
	printf '%s\n' "$typed" >"$HERE/passphrase"
	printf '%s\n' "${one#0x}" >"$HERE/one.hex"
	geth --datadir "$HERE/geth" account import --password "$HERE/passphrase" "$HERE/one.hex" >"$HERE/out" 2>&1
	imported "$HERE"/geth/keystore/* "$typed" "0x$(sed -n 's/.*{\([0-9a-f]\{40\}\)}.*/\1/p' "$HERE/out")"
else
	echo "SKIPPED: geth is not installed (files in its shape are in tests/vectors/crypto/keystore.json)"
fi

# ---- files that are damaged ----
for cut in 0 1 50 300; do
	head -c "$cut" "$HERE/light.json" >"$HERE/cut.json"
	refused 3 "cut.json" with "$nfkc" import "$HERE/cut.json" --class test --home "$HERE/b"
done
sed 's/"n":4096/"n":4097/' "$HERE/light.json" >"$HERE/odd.json"
refused 3 "crypto.kdfparams.n" with "$nfkc" import "$HERE/odd.json" --class test --home "$HERE/b"
sed 's/"address":"[0-9a-f]*"/"address":"1111111111111111111111111111111111111111"/' "$HERE/light.json" >"$HERE/other.json"
refused 1 "another address" with "$nfkc" import "$HERE/other.json" --class test --home "$HERE/b"
[ -z "$(ls -A "$HERE/b/keys" 2>/dev/null)" ] || fail "a damaged file was kept"
echo "keystores of setgov-signer${cast:+, cast}${ethers:+, ethers} open in each other"
