// Opens a report's page from disk in a headless browser, Chromium or, with BROWSER=firefox, Firefox, as a reader would, and holds what it says against what
// read_page.mjs finds in the same bytes.
//     node page.mjs all FILE KNOWN           every check below but `unsealed` and `lying`; KNOWN is what make_report prints
//     node page.mjs verdict FILE ROOT VKEY   prints the page's verdict and its findings
//     node page.mjs given FILE GIVEN         the same, with what GIVEN, a JSON object, has for the page's fields
//     node page.mjs unsealed FILE KNOWN      a page without a line that has its digest is never verified
//     node page.mjs lying FILE KNOWN FINDING a log whose lines lie about who signed what is not verified: so begins what is found
//     node page.mjs speed FILE KNOWN         prints how long opening and checking takes
//     node page.mjs pdf FILE OUT             prints it
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';
import { Firefox } from './firefox.mjs';
import { judge } from './read_page.mjs';

const [what, file, ...args] = process.argv.slice(2);
const html = readFileSync(file, 'utf8'), scratch = mkdtempSync(join(tmpdir(), 'page-'));
const firefox = process.env.BROWSER === 'firefox', browser = await (firefox ? Firefox : Browser).start();
let failures = 0;
const check = (ok, text) => { if (!ok) { failures++; console.error(`page.mjs: ${text}`); } };

// The verdict, once there is one: changed, consistent, part, verified; unchecked when the program did not run.
const READ = `(async () => {
	for (let i = 0; i < 100 && document.getElementById('verdict')?.dataset.is === 'unchecked'; i++)
		await new Promise((done) => setTimeout(done, 10));
	const verdict = document.getElementById('verdict');
	return { is: verdict?.dataset.is, title: document.getElementById('verdict-title')?.textContent,
		text: document.getElementById('verdict-text')?.textContent,
		findings: Array.from(document.querySelectorAll('#findings li'), (item) => item.textContent) };
})()`;
const FIELDS = ['root', 'size', 'vkey', 'cosigners', 'needed', 'safe', 'signatures'];
const give = (given) => browser.run(`(() => {
	for (const [name, value] of ${JSON.stringify(FIELDS.map((name) => [name, String(given[name] ?? '')]))})
		if (document.getElementById(name) !== null) document.getElementById(name).value = value;
	document.getElementById('ask')?.requestSubmit?.();
})()`).catch(() => {});
async function verdict(text, given) {
	const path = join(scratch, 'page.html');
	writeFileSync(path, text);
	await browser.open(pathToFileURL(path).href);
	// A program that its hash does not let in needs no waiting for.
	if (browser.complaints().some((text) => /inline script/.test(text)))
		return { is: await browser.run('document.getElementById("verdict")?.dataset.is') };
	const said = await browser.run(READ);
	if (!given || said.is === 'unchecked') return said;
	await give(given);
	return browser.run(READ);
}

// ---- a good page -----------------------------------------------------------------------------------------------------
async function good(known) {
	const { root, size, vkey, oldRoot, oldSize } = known, other = 'ab'.repeat(32);
	const base64 = Buffer.from(root, 'hex').toString('base64');
	const otherKey = 'test.example/log+00000000+AQ==';
	for (const [given, is] of [[{}, 'consistent'], [{ root }, 'consistent'], [{ vkey }, 'consistent'], [{ root: root.slice(1), vkey }, 'consistent'],
		[{ root, vkey }, 'verified'], [{ root, size, vkey }, 'verified'], [{ root: `0x${root.toUpperCase().replace('0X', '0x')}`, vkey }, 'verified'],
		[{ root: base64, vkey }, 'verified'], [{ root, size: size + 1, vkey }, 'changed'], [{ root: other, vkey }, 'changed'],
		[{ root, vkey: otherKey }, 'changed'], [{ root: other }, 'changed'], [{ vkey: otherKey }, 'changed'],
		[{ root: oldRoot, vkey }, 'part'], [{ root: oldRoot, size: oldSize, vkey }, 'part'], [{ root: oldRoot, size, vkey }, 'changed']]) {
		const said = await verdict(html, given);
		check(said.is === is, `given ${JSON.stringify(given)}: needed ${is}, found ${JSON.stringify(said)}`);
		check(/verified|^Verified/i.test(said.title) || said.is === 'changed', `no words: ${said.title}`);
	}
	check(browser.fetched().length === 0, `it fetched ${browser.fetched()}`);
	check(browser.complaints().length === 0, `the console says ${browser.complaints()}`);
	check(await browser.run('document.querySelectorAll("script").length') === 2, 'a script came out of the texts');
	await browser.open(`${pathToFileURL(resolve(file)).href}#root=${root}&size=${size}&vkey=${encodeURIComponent(vkey)}`);
	check((await browser.run(READ)).is === 'consistent', 'the address brought its own root');
	const took = await browser.run('document.getElementById("took").textContent');
	check(/^13 lines and 6 signatures checked in \d+ ms\. 2 of the signatures approve a step of a change[^]* 1 more are withheld until their nonce is spent/.test(took), took);      // the log key's, two owners', a witness's
}

// ---- who cosigned ----------------------------------------------------------------------------------------------------
// The page's lines have owner 1 over 6 lines, owner 2 over 7, a witness over 8; what is pasted is over all of them.
const { Wallet } = createRequire(new URL('../../contracts/package.json', import.meta.url))('ethers');
const lines = (...all) => all.join('\n');
async function demandGiven(given, is, words) {
	const said = await verdict(html, given), all = lines(said.title, said.text, ...said.findings);
	check(said.is === is && words.test(all), `given ${JSON.stringify(given)}: needed ${is} and ${words}, found ${said.is}: ${all}`);
}
async function cosigners({ root, size, vkey, safe, owners, witness, messages, witnessed }) {
	const [a, b, c] = owners, [byA, byB, byC] = messages, all = lines(...owners);
	const otherWitness = 'witness.example/site-b+6a4f530c+BM0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq';
	const wrongCase = a.replace(/[a-f](?=[^a-f]*$)/, (v) => v.toUpperCase());
	const note = await browser.run('document.getElementById("the-checkpoint").textContent');
	for (const [given, is, words] of [
		[{ vkey, cosigners: a }, 'part', /lines 0 to 5\.[^]*line 7: owner 0x7E5F[0-9a-fA-F]+ signed the root over the first 6 lines/],
		[{ vkey, cosigners: lines(a, b) }, 'part', /lines 0 to 5\./],
		[{ vkey, cosigners: lines(a, b), needed: 1 }, 'part', /lines 0 to 6\./],
		[{ vkey, cosigners: witness }, 'part', /lines 0 to 7\.[^]*line 9: witness/],
		[{ vkey, cosigners: lines(a, b, witness), needed: 2 }, 'part', /lines 0 to 6\./],
		[{ cosigners: a }, 'consistent', /a log key, or the owners' Safe/],
		[{ cosigners: a, safe }, 'part', /lines 0 to 5\.[^]*a log key that you did not give/],
		[{ cosigners: witness, safe }, 'consistent', /only owners sign for a Safe/],
		[{ cosigners: all, safe, signatures: witnessed }, 'consistent', /the signatures of 3 of the 3/],
		[{ cosigners: lines(a, witness), needed: 1, safe }, 'part', /lines 0 to 5\./],
		[{ cosigners: a, safe: safe.replace('84532999', '1') }, 'changed', /the Safe that you gave is not the one/],
		[{ cosigners: a, safe: safe.replace('0x4', '0x5') }, 'consistent', /the owners' Safe \(what you gave is none/],
		[{ cosigners: a, vkey, safe: `84532999:${b}` }, 'changed', /the Safe that you gave is not the one/],
		[{ cosigners: all, needed: 2, safe, signatures: lines(byA, byB) }, 'verified', /2 of the 3 cosigners that you gave signed[^]*the Safe that you gave; the log key shown is not/],
		[{ cosigners: all, needed: 2, vkey, signatures: lines(byA, byB) }, 'verified', /2 of the 3[^]*the log key that you gave/],
		[{ cosigners: all, vkey, signatures: lines(byA, byB, byC) }, 'verified', /3 of the 3/],
		[{ cosigners: all, needed: 1, vkey, root, signatures: byC }, 'verified', /whose root you gave and whose root 1 of the 3/],
		[{ cosigners: witness, vkey, signatures: witnessed }, 'verified', /1 of the 1/],
		[{ cosigners: witness, vkey, signatures: note + witnessed }, 'verified', /1 of the 1/],
		[{ cosigners: a, vkey, root }, 'verified', /whose root you gave\. It is/],
		// What somebody gave and nobody signed.
		[{ cosigners: c, vkey }, 'consistent', /no signature of theirs/],
		[{ cosigners: c, vkey, root }, 'consistent', /the signatures of 1 of the 1/],
		[{ cosigners: c, vkey, signatures: lines(byA, byB) }, 'consistent', /no signature of theirs/],
		[{ signatures: lines(byA, byB, byC), vkey }, 'consistent', /needs a root/],
		[{ signatures: lines(byA, byB, byC), vkey, safe }, 'consistent', /needs a root/],
		// One who is there twice counts once.
		[{ cosigners: lines(a, a.toLowerCase(), a), needed: 2, vkey, signatures: lines(byA, byA) }, 'consistent', /between 1 and 1/],
		[{ cosigners: lines(a, b), needed: 2, vkey, signatures: lines(byA, byA, byA) }, 'part', /lines 0 to 6\./],
		[{ cosigners: lines(b, c), needed: 2, vkey, signatures: lines(byC, byC) }, 'part', /lines 0 to 6\./],
		[{ cosigners: lines(witness, witness), needed: 2, vkey, signatures: lines(witnessed, witnessed) }, 'consistent', /between 1 and 1/],
		[{ cosigners: all, needed: 0, vkey, root }, 'consistent', /between 1 and 3/],
		[{ cosigners: all, needed: 4, vkey, signatures: lines(byA, byB, byC) }, 'consistent', /between 1 and 3/],
		[{ cosigners: all, needed: '-1', vkey, signatures: lines(byA, byB, byC) }, 'consistent', /between 1 and 3/],
		[{ cosigners: all, needed: '1e0', vkey, signatures: lines(byA, byB, byC) }, 'consistent', /between 1 and 3/],
		// Names that are none, or another's.
		[{ cosigners: wrongCase, vkey, signatures: byA }, 'consistent', /no address with its right checksum/],
		[{ cosigners: lines(a, 'p2'), needed: 1, vkey, signatures: byA }, 'consistent', /no address with its right checksum/],
		[{ cosigners: vkey, vkey, root }, 'consistent', /not a witness's key/],
		[{ cosigners: otherWitness, vkey, signatures: witnessed }, 'consistent', /not of a witness that you named/],
		[{ cosigners: otherWitness.replace('+6a4f530c', witness.slice(witness.indexOf('+'), witness.indexOf('+') + 9)), vkey, signatures: witnessed },
			'consistent', /not the one its own digits are of/],
		[{ cosigners: witness, vkey, signatures: witnessed.replace(/(.{9})==/, (v) => (v[0] === 'A' ? 'B' : 'A') + v.slice(1)) }, 'part', /lines 0 to 7/],
		[{ cosigners: witness, vkey, signatures: witnessed.replace('site-b', 'site-c') }, 'part', /lines 0 to 7[^]*not of a witness that you named/],
		[{ cosigners: all, needed: 2, safe, signatures: `${lines(byA, byB)}\n{"by":1}\n{` }, 'verified', /not a cosignature|is damaged/],
	])
		await demandGiven(given, is, words);
	await forgedSignatures({ root, size, vkey, safe, owners });
}

// Owner 3 signed nothing in the page's lines. Each of these is signed by their key, or looks as if.
async function forgedSignatures({ root, size, vkey, safe, owners: [, b, c] }) {
	const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
	const [wallet, wallet2] = [3, 2].map((n) => new Wallet(`0x${n.toString(16).padStart(64, '0')}`));
	const origin = vkey.split('+')[0], [chainId, verifyingContract] = safe.split(':');
	const types = { LogCheckpoint: [{ name: 'origin', type: 'string' }, { name: 'size', type: 'uint256' }, { name: 'root', type: 'bytes32' }] };
	const domain = { name: 'setgov', version: '1', chainId, verifyingContract }, message = { origin, size, root: `0x${root}` };
	const file = (signature, said = message, by = c, more = {}) => JSON.stringify({ by, deployment: '00'.repeat(32), format: 'setgov-message/1',
		message: { origin: said.origin, root: said.root, size: said.size }, signature, type: 'LogCheckpoint', ...more });
	const sign = (over = {}, under = {}, signer = wallet) => signer.signTypedData({ ...domain, ...under }, types, { ...message, ...over });
	const good = await sign(), r = good.slice(0, 66), s = good.slice(66, 130), v = good.slice(130);
	const high = (ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, '0'), zero = '0'.repeat(64), turned = v === '1b' ? '1c' : '1b';
	const other = { ...message, root: `0x${'ab'.repeat(32)}` }, elsewhere = { ...message, origin: 'test.example/other' }, shorter = { ...message, size: size - 1 };
	await demandGiven({ cosigners: c, vkey, signatures: file(good) }, 'verified', /1 of the 1/);
	const cases = [
		['another root', file(await sign(other), other), 'changed', /there are two logs/],
		['another size', file(await sign(shorter), shorter), 'consistent', /does not have/],
		['another size, as this one', file(await sign(shorter)), 'consistent', /not signed by them/],
		['another root, as this one', file(await sign(other)), 'consistent', /not signed by them/],
		['another log', file(await sign(elsewhere), elsewhere), 'consistent', /about another log/],
		['another log, as this one', file(await sign(elsewhere)), 'consistent', /not signed by them/],
		['another chain', file(await sign({}, { chainId: 1 })), 'consistent', /not signed by them/],
		['another Safe', file(await sign({}, { verifyingContract: b })), 'consistent', /not signed by them/],
		['another program', file(await sign({}, { name: 'Setgov' })), 'consistent', /not signed by them/],
		['another version', file(await sign({}, { version: '2' })), 'consistent', /not signed by them/],
		['by another owner', file(await sign({}, {}, wallet2)), 'consistent', /not signed by them/],
		['by another owner, who says so', file(await sign({}, {}, wallet2), message, b), 'consistent', /no signature of theirs/],
		['s in the upper half, v turned', file(r + high + turned), 'consistent', /not signed by them/],
		['s in the upper half', file(r + high + v), 'consistent', /not signed by them/],
		['v turned', file(r + s + turned), 'consistent', /not signed by them/],
		...['00', '01', '1d', '1e', '1f', '20', 'ff'].map((odd) => [`v ${odd}`, file(r + s + odd), 'consistent', /not signed by them/]),
		['r zero', file(`0x${zero}${s}${v}`), 'consistent', /not signed by them/],
		['s zero', file(r + zero + v), 'consistent', /not signed by them/],
		['64 bytes', file(r + s), 'consistent', /not a cosignature/],
		['66 bytes', file(`${good}00`), 'consistent', /not a cosignature/],
		['capitals', file(`0x${good.slice(2).toUpperCase()}`), 'consistent', /not a cosignature/],
		['an address in another case', file(good, message, c.toLowerCase()), 'consistent', /not a cosignature/],
		['another type', file(good, message, c, { type: 'LogSuccession' }), 'consistent', /not a cosignature/],
		['a member more', file(good, message, c, { x: 1 }), 'consistent', /is damaged/],
		['a signed text', file(await wallet.signMessage(JSON.stringify(message))), 'consistent', /not signed by them/],
		['a size in words', file(good, { ...message, size: String(size) }), 'consistent', /not a cosignature/],
	];
	for (const [name, signatures, is, words] of cases) {
		await demandGiven({ cosigners: c, vkey, signatures }, is, words);
		const safely = await verdict(html, { cosigners: c, safe, signatures });
		check(safely.is === is, `${name}, for the Safe: ${JSON.stringify(safely)}`);
	}
	console.log(`${cases.length} forged cosignatures`);
}

// ---- what its reader has or has not ---------------------------------------------------------------------------------
async function readers(known) {
	// Without crypto.subtle: never green.
	const { identifier } = await browser.ask('Page.addScriptToEvaluateOnNewDocument',
		{ source: 'Object.defineProperty(Crypto.prototype, "subtle", { value: undefined })' });
	const mute = await verdict(html, known);
	check(mute.is === 'part' && /NOT CHECKED/.test(mute.findings.join()), `without crypto.subtle: ${JSON.stringify(mute)}`);
	await browser.ask('Page.removeScriptToEvaluateOnNewDocument', { identifier });
	// Without script: everything can be read, and nothing claims to be checked.
	await browser.ask('Emulation.setScriptExecutionDisabled', { value: true });
	await browser.open(pathToFileURL(resolve(file)).href);
	const text = await browser.run('document.body.innerText');
	check(/Not checked\./.test(text) && /number 9/.test(text), 'without script: not there to be read');
	check(await browser.run('/signature[.]added/.test(document.getElementById("lines").textContent)'), 'without script: no lines');
	check(await browser.run('getComputedStyle(document.getElementById("ask")).display') === 'none', 'without script: fields that do nothing');
	await browser.ask('Emulation.setScriptExecutionDisabled', { value: false });
	// What a screen reader is told.
	await browser.open(pathToFileURL(resolve(file)).href);
	await browser.run(READ);
	const { nodes } = await browser.ask('Accessibility.getFullAXTree'), roles = {};
	for (const n of nodes) (roles[n.role?.value] ??= []).push(n.name?.value ?? '');
	for (const role of ['main', 'banner', 'contentinfo', 'navigation', 'status', 'columnheader', 'rowheader', 'textbox'])
		check(roles[role]?.length > 0, `a screen reader finds no ${role}`);
	const pictures = roles.image ?? roles.img ?? [];
	check(pictures.length === 2 && pictures.every((name) => /The table that follows has the same/.test(name)), `pictures: ${pictures}`);
	check(roles.table?.every((name) => /rows?$/.test(name)), `tables: ${roles.table}`);
	check(roles.textbox?.every((name) => name.length > 10), 'a field without a label');
	const at = await browser.run('[document.documentElement.clientWidth, document.documentElement.scrollWidth].join()');
	check(at.split(',')[0] === at.split(',')[1], `it is wider than the window: ${at}`);
}

// ---- one thing changed -----------------------------------------------------------------------------------------------
const replaced = (from, to) => {
	const at = typeof from === 'string' ? html.indexOf(from) : html.search(from);
	if (at < 0) throw new Error(`no ${from} in the page`);
	return html.slice(0, at) + html.slice(at).replace(from, to);
};
const evidenceAt = html.indexOf('id="evidence">');
const inEvidence = (from, to) => html.slice(0, evidenceAt) + html.slice(evidenceAt).replace(from, to);
const flip = (c) => (c === 'a' ? 'b' : 'a');
// The evidence with other approvals: lines 5 and 6 have one each, 11 has one that nobody may see yet.
function approvals({ unspent }) {
	const own = JSON.parse(/"approvals":(\[.*?\])/.exec(html)[1]), [a, b] = own, at = (seq, signature) => ({ seq, signature });
	const other = (name, all, finding) => [name, inEvidence(/"approvals":\[.*?\]/, `"approvals":${JSON.stringify(all)}`), finding];
	const r = a.signature.slice(0, 64), s = BigInt(`0x${a.signature.slice(64, 128)}`), v = a.signature.slice(128) === '1b' ? '1c' : '1b';
	const high = r + (0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n - s).toString(16).padStart(64, '0') + v;
	const not = /line 5: the signature here is not the one that it has the hash of/;
	return [other("an approval's byte", [at(5, flip(r[0]) + a.signature.slice(1)), b], not),
		other("another's approval", [at(5, b.signature), b], not), other('approvals, exchanged', [at(5, b.signature), at(6, a.signature)], not),
		other('an approval with the other s', [at(5, high), b], not), other('an approval in capitals', [at(5, a.signature.toUpperCase()), b], not),
		other('half an approval', [at(5, r), b], not), other('no signature at all', [{ seq: 5 }, b], /line 5: a signature is damaged/),
		other('an approval that is not spent', [...own, at(11, unspent)], /line 11: its signature is here, and no line says that its nonce is spent/),
		other('an approval twice', [a, b, b], /line 6: a signature is here twice/), other('an approval of nothing', [...own, at(7, a.signature)], /line 7: a signature is here for it, and it is no approval/),
		other('an approval of a line that is not here', [...own, at(99, a.signature)], /it is no approval/),
		other('an approval, taken away', [b], null), other('approvals, taken away', [], null)];
}

async function changed(known) {
	const cases = [
		['a line, in the evidence', inEvidence('I have read it', 'I have Read it'), /line \d+/],
		['a line, as it is shown', replaced('<code>{"seq":5,', '<code>{"seq":6,'), /line 5/],
		['a line, in both', html.replaceAll('"seq\\":5,', '"seq\\":6,').replaceAll('"seq":5,', '"seq":6,'), /line [56]/],
		['a leaf hash', inEvidence(/"seq":4,"leaf":"(.)/, (m, c) => m.slice(0, -1) + flip(c)), /line 4/],
		['a path', inEvidence(/"seq":7,"leaf":"[0-9a-f]{64}","path":\[(\d+)/, (m, n) => m.slice(0, -n.length) + (n === '0' ? '1' : '0')), /line 7/],
		['a hash of paths', inEvidence(/"hashes":\["(.)/, (m, c) => m.slice(0, -1) + flip(c)), /line \d+/],
		['a line, taken away', inEvidence(/\{"seq":4,.*?\},(?=\{"seq":5)/, ''), /line \d+/],
		['the checkpoint', inEvidence(/"checkpoint":"t/, '"checkpoint":"T'), /another log/],
		['the signature', inEvidence(/(\\n\\n\u2014 \S+ .{20})(.)/, (m, b, c) => b + flip(c)), /signature|checkpoint shown/],
		['the key', inEvidence(/("vkey":"[^"]*\+AaO)(.)/, (m, b, c) => b + flip(c)), /log key/],
		['the size', inEvidence(/"size":13/, '"size":12'), /number of lines/],
		['the root', inEvidence(/"root":"(.)/, (m, c) => m.slice(0, -1) + flip(c)), /line 1/],
		['an older root', inEvidence(/("roots":\[\{"size":3,"root":")(.)/, (m, b, c) => b + flip(c)), /first 3 lines/],
		['what a cosignature is over, taken away', inEvidence(/\{"size":6,"root":"[0-9a-f]{64}","growth":\[[0-9,]*\]\},/, ''), /line 7: it vouches for a root/],
		["a cosigner's root", inEvidence(/("size":7,"root":")(.)/, (m, b, c) => b + flip(c)), /first 7 lines/],
		['a cosignature, in both', html.replace(/("key":"0x7E5F[^]{0,200}?"signature":")(.)/g, (m, b, c) => b + flip(c))
			.replace(/(\\"key\\":\\"0x7E5F[^]{0,250}?\\"signature\\":\\")(.)/g, (m, b, c) => b + flip(c)), /line 7/],
		['the Safe', html.replaceAll('0x41675C099F32341bf84BFc5382aF534df5C7461a', '0x51675C099F32341bf84BFc5382aF534df5C7461a'), /line 0/],
		...approvals(known),
		['the root at the head', replaced(/(<dd id="the-root" class="hash">)(.)/, (m, b, c) => b + flip(c)), /root in the head/],
		['an upright cell', replaced('<td class="word" data-said="">p2</td>', '<td class="word" data-said="">p1</td>'), /line 2: row 2 of "Approvals" was changed/],
		['a slanted cell', replaced('<i>number 9</i>', '<i>number 8</i>'), /line 9: row 9 of "Approvals" was changed/],
		['a mark', replaced('<td class="mark">finding</td>', '<td class="mark">look</td>'), /line 4: row 4 of "Approvals" was changed/],
		['a link', replaced('href="#line-9">9<', 'href="#line-8">8<'), /line 8: row 9 of "Approvals"/],
		['a caption', replaced('Approvals: 11 rows', 'Approvals: 12 rows'), /line 12: it has the digest of another page/],
		['a paragraph', replaced('Who said what', 'who said what'), /line 12/],
		['a picture', replaced(/<rect class="bar" x="0" y="\d+" width="\d/, (m) => m.slice(0, -1) + '9'), /line 12/],
		['a word of the instructions', replaced('Take them from anywhere but', 'Take them from nowhere but'), /line 12/],
		['a row hash', inEvidence(/"rows":\["(.)/, (m, c) => m.slice(0, -1) + flip(c)), /row 1 of/],
		['the line with the digest, named otherwise', inEvidence('"made":12', '"made":11'), /digest of this report/],
		['no line with the digest', inEvidence('"made":12', '"made":null'), null],
		['an element more', replaced('</main>', '<p>And all is well.</p></main>'), /line 12/],
		['an item more', replaced('</ol></section>\n<footer>', '<li id="line-99" value="99"><code>x</code></li>\n</ol></section>\n<footer>'), /added/],
		['the element that a line stands in', replaced('<code>{"seq":5,', '<sode>{"seq":5,'), /line 5/],
		['a style more', replaced('</head>', '<style>td{display:none}</style></head>'), /style/],
		['what is printed', replaced(/(bottom-center\{font-size:7pt;content:")(\d)/, (m, b, c) => `${b}9`), /foot of each sheet/],
		// What is shown and stands in no text that a program gets: elements without any, comments, what is around and behind.
		['an element in a line', replaced('<code>{"seq":5,', '<code><var><input value="no"></var>{"seq":5,'), /line 5/],
		['a line, hidden in a comment', replaced(/<code>(\{"seq":5,)([^\n]*)<\/code>/, '<code>$1<!--$2--><var></var></code>'), /line 5/],
		['an escape that is none', replaced('<code>{"seq":5,', '<code><var>{"seq":5,</var>'), /line 5/],
		...['origin', 'size', 'root', 'vkey', 'checkpoint'].map((name) => [`an element in the ${name}`,
			replaced(new RegExp(`id="the-${name}"[^>]*>`), (m) => `${m}<input value="no">`), new RegExp(`the ${name} shown`)]),
		...['<body>', '<main>', '<header>', '<h2 id="check-title">', '<div id="verdict" role="status" data-is="unchecked">', '<footer>']
			.flatMap((host) => ['open', 'closed" shadowrootclonable="'].map((mode) => [`a tree over ${host}, ${mode}`,
				replaced(host, `${host}<template shadowrootmode="${mode}"><h1>All is well</h1><slot></slot></template>`), /laid over/])),
		['the direction of writing', replaced('<html lang="en">', '<html lang="en" dir="rtl">'), /around the page/],
		['a body that is not shown', replaced('<body>', '<body hidden>'), /around the page/],
		['another kind of document', replaced('<!DOCTYPE html>\n', ''), /around the page/],
		['a word behind the program', replaced('\n</body></html>', '\n<p>All is well.</p></body></html>'), /line 12/],
		['a word behind the end', replaced('\n</body></html>', '\n</body></html><input value="no">'), /line 12/],
		['a style for paper alone', replaced('<style>', '<style media="print">'), /head of the file/],
		['a policy that lets styles in', replaced("style-src '", "style-src 'unsafe-inline' '"), /head of the file/],
		['another page, after a while', replaced('<title>', '<meta http-equiv="refresh" content="9;url=data:,no"><title>'), /head of the file/],
	];
	for (const [name, text, finding] of cases) {
		check(text !== html, `${name}: nothing was changed`);
		const alone = await verdict(text);
		await give(known);
		const said = await browser.run(READ);
		check(said.is === (finding ? 'changed' : 'part'), `${name}: found ${JSON.stringify(said)}`);
		check(!finding || alone.is === 'changed', `${name}, nothing given: found ${alone.is}`);
		check(!finding || finding.test(said.findings.join('\n')), `${name}: needed ${finding}, found ${JSON.stringify(said.findings)}`);
		let read = 'changed';
		try { read = judge(text, known.root, known.vkey); } catch { /* changed */ }
		check(read !== 'verified', `${name}: read_page.mjs says ${read}`);
	}
	// The program and the style are let in by their hashes alone.
	const program = await verdict(html.replace("'verified', 'Verified.'", "'verified', 'Verified!'"), known);
	check(program.is === 'unchecked', `the program changed: ${JSON.stringify(program)}`);
	console.log(`${cases.length + 1} changes`);
}

// ---- one byte, anywhere ----------------------------------------------------------------------------------------------
// Where the page says "verified" the change has to be harmless: the same document. Where it is not, read_page.mjs, which is stricter about spelling, must not say "verified" either.
const DOCUMENT = `document.documentElement.outerHTML.replace(/<p id="took">[^<]*/, '')`;
async function bytes(known, count) {
	await verdict(html, known);
	const good = await browser.run(DOCUMENT), all = Buffer.from(html);
	let seed = 12345, harmless = 0;
	const random = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
	for (let i = 0; i < count; i++) {
		const at = Math.floor((i + random(1000) / 1000) * all.length / count), one = Buffer.from(all);
		do one[at] = 32 + random(95); while (one[at] === all[at]);
		const text = one.toString('utf8');
		const said = await verdict(text, known);
		let read = 'changed';
		try { read = judge(text, known.root, known.vkey); } catch { /* changed */ }
		const where = `byte ${at}, ${JSON.stringify(String.fromCharCode(all[at]))} to ${JSON.stringify(String.fromCharCode(one[at]))}, in ${
			JSON.stringify(all.toString('utf8', at - 20, at + 20))}`;
		if (said.is === 'verified') {
			harmless++;
			check(await browser.run(DOCUMENT) === good, `${where}: verified, and it is not the same`);
		} else {
			check(read !== 'verified', `${where}: ${said.is} here, verified by read_page.mjs`);
			check(said.is === 'changed' || said.is === 'unchecked' || said.is === undefined, `${where}: ${said.is}`);
		}
	}
	console.log(`${count} bytes, ${harmless} of them harmless`);
}

try {
	if (what === 'all') {
		const known = JSON.parse(readFileSync(args[0]));
		await good(known);
		await cosigners(known);
		if (!firefox) await readers(known);
		await changed(known);
		await bytes(known, Number(process.env.PAGE_BYTES ?? 120));
	} else if (what === 'verdict' || what === 'given') {
		const said = await verdict(html, what === 'given' ? JSON.parse(args[0]) : { root: args[0], vkey: args[1] });
		console.log([said.is, said.title, said.text, ...said.findings, await browser.run('document.getElementById("took").textContent')].join('\n'));
	} else if (what === 'unsealed') {
		const said = await verdict(html, JSON.parse(readFileSync(args[0])));
		check(said.is === 'part' && /No line has the digest/.test(said.findings.join()), JSON.stringify(said));
	} else if (what === 'lying') {
		const said = await verdict(html, JSON.parse(readFileSync(args[0])));
		check(said.is === 'changed' && said.findings.some((text) => text.startsWith(args[1])), JSON.stringify(said));
	} else if (what === 'speed') {
		const began = performance.now(), said = await verdict(html, JSON.parse(readFileSync(args[0])));
		console.log(`${said.is}: ${await browser.run('document.getElementById("took").textContent')} ${Math.round(performance.now() - began)} ms in all, ${
			Math.round(await browser.run('performance.getEntriesByType("navigation")[0].domInteractive'))} ms to read the file`);
	} else {
		await browser.open(pathToFileURL(resolve(file)).href);
		await browser.run(READ);
		writeFileSync(args[0], await browser.pdf());
	}
} finally {
	await browser.close();
	rmSync(scratch, { recursive: true, force: true });
}
process.exit(failures ? 1 : 0);
