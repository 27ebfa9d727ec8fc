#!/usr/bin/env bash
# The shipped policies: nothing wrong with them, their cases end as they say, and on every machine in the same bytes.
set -euo pipefail
setgov=${BUILD:-build}/setgov
for p in mainnet testnet devnet; do
	file=policies/set-chain-$p.json
	"$setgov" policy lint --deployment policies/example-profile.json "$file" | grep -q "^0 errors" || { echo "lint: $p" >&2; exit 1; }
	here=$("$setgov" policy test "$file") || { echo "$here" | grep FAIL >&2; exit 1; }
	there=$(TZ=Asia/Tokyo LC_ALL=C "$setgov" policy test "$file")
	[ "$here" = "$there" ] || { echo "$p: another zone, another verdict" >&2; exit 1; }
	# every rule has a case that passes, and each that can fail one that does not
	node -e 'const fs=require("fs"),f=process.argv[1],p=JSON.parse(fs.readFileSync(f)),c=JSON.parse(fs.readFileSync(f.replace(".json",".cases.json"))).cases;
		const free=["allow","hot-signing","exception"];let bad=0;
		for(const r of p.rules){const of=c.filter((x)=>x.rule===(r.rule||r.name));
			if(!of.some((x)=>x.expect.startsWith("passed"))||(!free.includes(r.kind)&&!(r.kind==="comparison")&&!of.some((x)=>!x.expect.startsWith("passed")))){console.error(f,r.name,"lacks a case");bad=1}}
		process.exit(bad)' "$file"
done
# A case that is wrong is said so.
sed 's/"expect": "passed"/"expect": "failed"/' policies/set-chain-devnet.cases.json >"${TMPDIR:-/tmp}/wrong.$$.json"
if "$setgov" policy test --cases "${TMPDIR:-/tmp}/wrong.$$.json" policies/set-chain-devnet.json >/dev/null; then
	echo "wrong cases pass" >&2
	exit 1
fi
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
