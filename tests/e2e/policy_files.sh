#!/usr/bin/env bash
# The shipped policies: nothing wrong with them, their cases end as they say, and on every machine in the same bytes.
set -euo pipefail
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
setgov=${BUILD:-build}/setgov
for p in mainnet testnet devnet; do
	file=policies/set-chain-$p.json
	"$setgov" policy lint --deployment policies/example-profile.json "$file" | among "^0 errors" || { echo "lint: $p" >&2; exit 1; }
	here=$("$setgov" policy test "$file") || { echo "$here" | grep FAIL >&2; exit 1; }
	there=$(TZ=Asia/Tokyo LC_ALL=C "$setgov" policy test "$file")
	[ "$here" = "$there" ] || { echo "$p: another zone, another verdict" >&2; exit 1; }
	# Every rule has a case that passes and one that does not; none of the latter where lint says that it never fails, and why.
	"$setgov" policy lint --json --deployment policies/example-profile.json "$file" | node -e '
		const fs=require("fs"),f=process.argv[1],read=(x)=>JSON.parse(fs.readFileSync(x)),p=read(f),c=read(f.replace(".json",".cases.json")).cases;
		const never=read(0).findings.filter((x)=>x.text.startsWith("never fails: ")).map((x)=>x.rule);let bad=0;
		for(const r of p.rules){const of=c.filter((x)=>(x.of||x.rule)===r.name),passed=(x)=>x.expect.startsWith("passed");
			if(of.some(passed)&&of.every(passed)===never.includes(r.name))continue;
			console.error(f,r.name,never.includes(r.name)?"never fails, and has a case":"lacks a case");bad=1}
		process.exit(bad)' "$file"
done
# A case that is wrong is said so.
sed 's/"expect": "passed"/"expect": "failed"/' policies/set-chain-devnet.cases.json >"${TMPDIR:-/tmp}/wrong.$$.json"
if "$setgov" policy test --cases "${TMPDIR:-/tmp}/wrong.$$.json" policies/set-chain-devnet.json >/dev/null; then
	echo "wrong cases pass" >&2
	exit 1
fi
# So is one that is an example of a rule which does allow it, of one that answers for itself, or of none.
wrong_of() { # wrong_of RULE TEXT: a change that the rule ownership-stays is not for, and registry is, as an example of this rule
	node -e 'const fs=require("fs"),c=JSON.parse(fs.readFileSync("policies/set-chain-devnet.cases.json"));
		c.cases=c.cases.filter((x)=>x.of==="ownership-stays");c.cases[0].of=process.argv[1];
		c.cases[0].actions.push(["registry.unpause","contract=registry"]);console.log(JSON.stringify(c))' "$1" \
		>"${TMPDIR:-/tmp}/wrong.$$.json"
	local said
	said=$("$setgov" policy test --cases "${TMPDIR:-/tmp}/wrong.$$.json" policies/set-chain-devnet.json 2>&1) && exit 1
	[[ $said == *"cases[0].of: $2" ]] || { echo "$said" >&2; echo "needed: $2" >&2; exit 1; }
}
wrong_of registry "registry allows it"
wrong_of delay "delay answers for itself, not by default-deny"
wrong_of nothing "the policy has no rule nothing"
rm "${TMPDIR:-/tmp}/wrong.$$.json"
# The schema knows the kinds and members that the reader knows.
node -e 'const fs=require("fs"),s=JSON.parse(fs.readFileSync("policies/schema.json"));
	const kinds=s.$defs.rule.oneOf.map((r)=>r.properties.kind.const).sort();
	const rows=[...fs.readFileSync("src/policy/rules.c","utf8").matchAll(/\[RULE_\w+\] = \{ "([^"]+)", "([^"]*)", "([^"]*)"/g)];
	const own=rows.map((m)=>m[1]).sort();
	if(JSON.stringify(kinds)!==JSON.stringify(own)){console.error("schema.json and rules.c differ:",kinds,own);process.exit(1)}
	for(const m of rows){const r=s.$defs.rule.oneOf.find((x)=>x.properties.kind.const===m[1]);
		const want=["name","why","kind","for","source","maxAge",...(m[2]+" "+m[3]).trim().split(/ +/).filter(Boolean)].filter((x,i,a)=>a.indexOf(x)===i).sort();
		const have=Object.keys(r.properties).sort();
		if(JSON.stringify(want)!==JSON.stringify(have)){console.error(m[1],want,have);process.exit(1)}}'

# Policies that nobody here wrote: odd ones judge without a fault, hostile ones are refused where they are wrong.
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
head='"format":"setgov-policy/1","name":"Ödd","semantics":1'
try() { # try NAME RULES: it is read, linted and asked
	printf '{%s,"roles":{"security":["p3","p3"],"nobody":["p9"]},"rules":[%s]}' "$head" "$2" >"$here/$1.json"
	"$setgov" policy show "$here/$1.json" >"$here/shown" || { echo "$1: not read" >&2; exit 1; }
	"$setgov" policy lint --deployment policies/example-profile.json "$here/$1.json" >"$here/linted" || [ $? = 1 ]
	"$setgov" policy check --policy "$here/$1.json" --deployment policies/example-profile.json \
		--to 0x0DCd1Bf9A1b36cE34237eEaFef220932846BCD82 0x8456cb59 >"$here/judged" || [ $? = 1 ]
}
says() { grep -qF -- "$2" "$here/$1" || { cat "$here/$1" >&2; echo "nothing says: $2" >&2; exit 1; }; }
try nothing ''
says linted "error: no rule allows timelock.cancel, which takes power away: it could never be done"
says judged "failed: default-deny: call.raw registry pause(): no rule allows it"
try everything '{"name":"a","why":"w","kind":"allow","for":{}},{"name":"b","why":"w","kind":"allow","for":{"actions":["*"]}},
	{"name":"big","why":"w","kind":"bounds","for":{"actions":["paymaster.*"]},"bounds":{"amount":{"max":"115792089237316195423570985008687907853269984665640564039457584007913129639935"}}},
	{"name":"ghosts","why":"w","kind":"signers","min":9007199254740991,"roles":{"nobody":1}}'
says linted "error: ghosts: can never pass: 9007199254740991 signatures are needed, the Safe has 5 owners"
says judged "failed: ghosts: the fact signatures is not known"
try zones '{"name":"a","why":"w","kind":"allow","for":{}},{"name":"f","why":"w","kind":"freeze","zone":"<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
	"windows":[{"from":"12-20T00:00","to":"01-04T00:00"},{"from":"02-29T00:00","to":"03-01T00:00"}]},{"name":"w","why":"w","kind":"words","words":["ticket"]},
	{"name":"x","why":"w","kind":"exception","rule":"w","until":"1970-01-01T00:00:00.000Z","control":{"signers":1}}'
says linted "note: x: has ended: it waives nothing any more"
wrong() { # wrong TEXT DOCUMENT: refused, with its line and member
	printf '%s' "$2" >"$here/wrong.json"
	local said status=0
	said=$("$setgov" policy show "$here/wrong.json" 2>&1) || status=$?
	[ "$status" = 3 ] && [ "$said" = "setgov: $here/wrong.json:$1" ] || { echo "$said" >&2; echo "needed: $1" >&2; exit 1; }
}
nl='
'
wrong '3: rules[0].bounds.max_per_day.max: needed digits, or an amount or a time with its unit, like 5 ether or 48h' \
	"{$head,\"rules\":[$nl{\"name\":\"a\",\"why\":\"w\",\"kind\":\"bounds\",\"bounds\":$nl{\"max_per_day\":{\"max\":\"ten\"}}}]}"
wrong '2: rules[0].min: needed a whole number from 0 to 2^53-1' \
	"{$head,\"rules\":[$nl{\"name\":\"a\",\"why\":\"w\",\"kind\":\"signers\",\"min\":-1}]}"
wrong '2: rules[0].kind: no such kind of rule' "{$head,\"rules\":[$nl{\"name\":\"a\",\"why\":\"w\",\"kind\":\"constructor\"}]}"
wrong '1: rules: needed an array, found an object' "{$head,\"rules\":{}}"
