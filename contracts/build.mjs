// Compiles src/*.sol and keeps abi/*.json, the ABI files that setgov is built with.
//
//   node build.mjs           compile when something changed, rewrite abi/*.json
//   node build.mjs --check   the same, but write no ABI file: fail if a committed one is out of date
//
// The compiled contracts go to ../build/contracts/NAME.json {contractName, abi, bytecode, deployedBytecode,
// storageLayout}. Everything comes from node_modules; nothing is downloaded.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const outDir = join(here, '..', 'build', 'contracts');
const abiDir = join(here, 'abi');
const stampFile = join(outDir, 'stamp');

const CATALOGUED = ['SetTimelock', 'SetRegistry', 'SetPaymaster', 'SequencerAttestation', 'SetPaymentBatch'];
const COMPILED = [...CATALOGUED, 'SetRegistryV2', 'SetPaymasterV2', 'SequencerAttestationV2', 'ERC1967Proxy'];
const MAX_RUNTIME = 24576; // EIP-170
const SETTINGS = {
  evmVersion: 'shanghai',
  optimizer: { enabled: true, runs: 200 },
};
const OUTPUTS = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'storageLayout'];
const PROXY = '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol';
// Only what is asked for is compiled: naming the files spares OpenZeppelin's own contracts.
const outputSelection = () => Object.fromEntries(
  COMPILED.map((name) => [name === 'ERC1967Proxy' ? PROXY : `src/${name}.sol`, { [name]: OUTPUTS }]));

const sources = () => Object.fromEntries(
  readdirSync(join(here, 'src')).filter((f) => f.endsWith('.sol')).sort()
    .map((f) => [`src/${f}`, { content: readFileSync(join(here, 'src', f), 'utf8') }]));

function stampOf(input) {
  const h = createHash('sha256').update(JSON.stringify(input));
  for (const f of ['build.mjs', 'package-lock.json']) h.update(readFileSync(join(here, f)));
  return h.digest('hex');
}

function writeWhole(file, text) {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

function compile(input) {
  const solc = require('solc');
  const findImport = (path) => {
    const file = join(here, 'node_modules', path);
    return existsSync(file) ? { contents: readFileSync(file, 'utf8') } : { error: `not found: ${path}` };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  const problems = output.errors ?? [];
  for (const p of problems) console.error(p.formattedMessage.trimEnd());
  if (problems.length) throw new Error('compilation failed (warnings are errors here)');

  const byName = new Map();
  for (const file of Object.values(output.contracts))
    for (const [name, c] of Object.entries(file)) byName.set(name, c);
  mkdirSync(outDir, { recursive: true });
  for (const name of COMPILED) {
    const c = byName.get(name);
    const size = c.evm.deployedBytecode.object.length / 2;
    if (size > MAX_RUNTIME) throw new Error(`${name}: runtime code is ${size} bytes, the limit is ${MAX_RUNTIME}`);
    writeWhole(join(outDir, `${name}.json`), `${JSON.stringify({
      contractName: name,
      abi: c.abi,
      bytecode: `0x${c.evm.bytecode.object}`,
      deployedBytecode: `0x${c.evm.deployedBytecode.object}`,
      storageLayout: c.storageLayout,
    }, null, 1)}\n`);
  }
}

// ---- ABI files: functions, events and errors, sorted, without compiler-only members ---------------------------

const param = (p) => ({
  ...(p.components ? { components: p.components.map(param) } : {}),
  ...(p.indexed === undefined ? {} : { indexed: p.indexed }),
  name: p.name,
  type: p.type,
});

function entry(e) {
  const out = { type: e.type, name: e.name, inputs: e.inputs.map(param) };
  if (e.type === 'function') Object.assign(out, { outputs: e.outputs.map(param), stateMutability: e.stateMutability });
  if (e.type === 'event') out.anonymous = e.anonymous ?? false;
  return out;
}

function abiFile(name, abi) {
  const rank = { function: 0, event: 1, error: 2 };
  const key = (e) => `${rank[e.type]} ${e.name}(${e.inputs.map((p) => p.type).join(',')})`;
  const byKey = new Map(abi.filter((e) => e.type in rank).map((e) => [key(e), entry(e)]));
  const lines = [...byKey.keys()].sort().map((k) => `    ${JSON.stringify(byKey.get(k))}`);
  const head = `{\n  "format": "setgov-abi/1",\n  "name": ${JSON.stringify(name)},\n  "abi": [\n`;
  return `${head}${lines.join(',\n')}\n  ]\n}\n`;
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

function main() {
  const check = process.argv.includes('--check');
  const settings = { ...SETTINGS, outputSelection: outputSelection() };
  const input = { language: 'Solidity', sources: sources(), settings };
  const stamp = stampOf(input);
  const fresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp &&
    COMPILED.every((name) => existsSync(join(outDir, `${name}.json`)));
  if (!fresh) {
    compile(input);
    writeWhole(stampFile, stamp);
  }

  const wanted = new Map(CATALOGUED.map((name) => [name, readJson(join(outDir, `${name}.json`)).abi]));
  wanted.set('Safe', readJson(join(here, 'node_modules', '@safe-global', 'safe-contracts', 'build', 'artifacts',
    'contracts', 'SafeL2.sol', 'SafeL2.json')).abi);
  const stale = [];
  mkdirSync(abiDir, { recursive: true });
  for (const [name, abi] of wanted) {
    const file = join(abiDir, `${name}.json`);
    const text = abiFile(name, abi);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    stale.push(`abi/${name}.json`);
    if (!check) writeWhole(file, text);
  }
  if (check && stale.length) throw new Error(`out of date: ${stale.join(', ')}; run "node build.mjs" and commit them`);
  console.error(`contracts: ${fresh ? 'already compiled' : `compiled ${COMPILED.length}`}, ` +
    `${stale.length ? `rewrote ${stale.join(', ')}` : 'ABI files up to date'}`);
}

try {
  main();
} catch (e) {
  console.error(`build.mjs: ${e.message}`);
  process.exit(1);
}
