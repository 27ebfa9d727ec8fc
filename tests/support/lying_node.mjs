// A node that lies about what happened: lying_node.mjs DIR URL stands before the real one at URL, on a free port that it writes to
// DIR/lying-url. DIR/lie says how, now:
//   none           passes everything on                twice         the first log comes two times
//   omit WHAT…     leaves out these events ("Upgraded(address)"), or all of a block ("@0x1f")
//   outside        a log of a block that was not asked for
//   backwards      logs in the wrong order             elsewhere     every log is of a block with another hash
//   invent         one more ExecutionSuccess           others        a log of a contract that was not asked for
//   chain          another chain id                    huge          an answer without an end
//   hash           the newest block has another hash   header        its state root is another
//   proof          a node of each proof is changed     no-proof      knows no eth_getProof
//   no-past        has no state but that of the newest block
import { createRequire } from 'node:module';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
const require = createRequire(new URL('../../contracts/package.json', import.meta.url));
const { id, toQuantity } = require('ethers');

const [dir, url] = process.argv.slice(2);
const lie = () => readFileSync(join(dir, 'lie'), 'utf8').trim().split(' ');
const ask = async (body) => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();
const flipped = (hex) => hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0');

const changed = { // an array of logs, or something of another method
  omit: (logs, words) => logs.filter((l) => !words.some((w) => (w.startsWith('@') ? w === `@${l.blockNumber}` : id(w) === l.topics[0]))),
  twice: (logs) => [logs[0], ...logs],
  outside: (logs) => [...logs, { ...logs.at(-1), blockNumber: toQuantity(2 ** 40) }],
  backwards: (logs) => [...logs].reverse(),
  elsewhere: (logs) => logs.map((l) => ({ ...l, blockHash: flipped(l.blockHash) })),
  others: (logs) => [...logs, { ...logs.at(-1), logIndex: '0xffff', address: '0x00000000000000000000000000000000000000aa' }],
  invent: (logs) => {
    const one = logs.findLast((l) => l.topics[0] === id('ExecutionSuccess(bytes32,uint256)'));
    return [...logs, { ...one, blockNumber: logs.at(-1).blockNumber, logIndex: '0xffff', transactionHash: flipped(one.transactionHash) }];
  },
};
const lied = (call, result, how, words, newest) => {
  if (call.method === 'eth_getLogs' && how in changed && result.length > 0) return changed[how](result, words);
  if (call.method === 'eth_chainId' && how === 'chain') return '0x1';
  if (call.method.startsWith('eth_getBlockBy') && result?.number === newest) {
    if (how === 'hash') return { ...result, hash: flipped(result.hash) };
    if (how === 'header') return { ...result, stateRoot: flipped(result.stateRoot) };
  }
  if (call.method === 'eth_getProof' && how === 'proof') return { ...result, accountProof: result.accountProof.map(flipped) };
  return result;
};
const refused = (call, how, newest) => {
  if (how === 'no-proof' && call.method === 'eth_getProof') return { code: -32601, message: 'the method eth_getProof does not exist' };
  const block = call.params?.at(-1);
  if (how === 'no-past' && ['eth_call', 'eth_getProof', 'eth_getCode'].includes(call.method) && block?.blockHash !== newest.hash && block !== newest.number)
    return { code: -32000, message: 'missing trie node' };
  return undefined;
};

const server = http.createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const asked = JSON.parse(body);
  const calls = Array.isArray(asked) ? asked : [asked];
  const [how, ...words] = lie();
  const newest = (await ask({ jsonrpc: '2.0', id: 0, method: 'eth_getBlockByNumber', params: ['latest', false] })).result;
  const no = new Map(calls.map((c) => [c.id, refused(c, how, newest)]).filter(([, e]) => e !== undefined));
  const pass = calls.filter((c) => !no.has(c.id));
  const answers = pass.length > 0 ? await ask(pass) : [];
  for (const a of answers) {
    const call = calls.find((c) => c.id === a.id);
    if ('result' in a) a.result = lied(call, a.result, how, words, newest.number);
  }
  for (const [i, error] of no) answers.push({ jsonrpc: '2.0', id: i, error });
  res.writeHead(200, { 'content-type': 'application/json' });
  if (how === 'huge' && calls.some((c) => c.method === 'eth_getLogs')) {
    const more = () => { while (res.write('['.repeat(65536))); };
    res.on('drain', more);
    return more();
  }
  return res.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(join(dir, 'lying-url.new'), `http://127.0.0.1:${server.address().port}`);
  renameSync(join(dir, 'lying-url.new'), join(dir, 'lying-url'));
});
