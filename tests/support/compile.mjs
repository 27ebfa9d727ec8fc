// node compile.mjs RPC FILE.sol NAME…: compiles contracts of a test against contracts/src and deploys them on a local anvil,
// from its own unlocked first account. Prints {"address","storageLayout"}, a line each.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', 'contracts');
const require = createRequire(join(root, 'package.json'));
const [rpc, ...pairs] = process.argv.slice(2);
const tests = [];
while (pairs.length > 0) {
  const [file, name] = pairs.splice(0, 2);
  tests.push({ source: `test${tests.length}.sol`, content: readFileSync(file, 'utf8'), name });
}
const find = (path) => {
  for (const p of [join(root, 'src', path), join(root, 'node_modules', path)])
    if (existsSync(p)) return { contents: readFileSync(p, 'utf8') };
  return { error: `not found: ${path}` };
};
const input = { language: 'Solidity', sources: Object.fromEntries(tests.map((t) => [t.source, { content: t.content }])),
  settings: { evmVersion: 'shanghai', optimizer: { enabled: true, runs: 200 },
    outputSelection: Object.fromEntries(tests.map((t) => [t.source, { [t.name]: ['evm.bytecode.object', 'storageLayout'] }])) } };
const out = JSON.parse(require('solc').compile(JSON.stringify(input), { import: find }));
for (const e of (out.errors ?? []).filter((x) => x.severity === 'error')) { console.error(e.formattedMessage); process.exit(1); }
const ask = async (method, params) => {
  const r = await fetch(rpc, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  const { result, error } = await r.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
};
const [from] = await ask('eth_accounts', []);
for (const t of tests) {
  const c = out.contracts[t.source][t.name];
  const tx = await ask('eth_sendTransaction', [{ from, gas: '0x7a1200', data: `0x${c.evm.bytecode.object}` }]);
  let receipt = null;
  for (let i = 0; !receipt && i < 100; i++) {
    receipt = await ask('eth_getTransactionReceipt', [tx]);
    if (!receipt) await new Promise((done) => setTimeout(done, 50));
  }
  console.log(JSON.stringify({ address: receipt.contractAddress, storageLayout: c.storageLayout }));
}
