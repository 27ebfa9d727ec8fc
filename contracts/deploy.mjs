// Deploys Safe -> SetTimelock -> SetRegistry, SetPaymaster, SequencerAttestation on a local anvil node and writes
// the deployment profile (deployments/README.md). Uses anvil's own unlocked first account: there is no key here.
//
//   node deploy.mjs --rpc URL --owners A,B,C,D,E --sequencer ADDR --out FILE
//        [--threshold 3] [--min-delay 86400] [--class test] [--name "Set Chain demo"]
//        [--payer ADDR] [--fund ADDR,...] [--salt-nonce 0]
//
// --payer adds a person who is no owner and pays for transactions; it and every --fund address get 10 ETH.
// --salt-nonce lets a second Safe of the same owners live on the same chain.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ContractFactory, Interface, ZeroAddress, getAddress, getCreate2Address, keccak256, parseEther, toBeHex }
  from 'ethers';
import { connect, hex, num } from './rpc.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const compiled = (name) => readJson(join(here, '..', 'build', 'contracts', `${name}.json`));
const fromSafe = (path) => readJson(join(here, 'node_modules', '@safe-global', 'safe-contracts', 'build', 'artifacts',
  'contracts', path));

// The Safe singleton factory: calldata = salt . init code, CREATE2. The same bytes on every chain.
const FACTORY = '0x914d7Fec6aaC8cd542e72Bca78B30650d45643d7';
const FACTORY_CODE = '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0' +
  '3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3';
const ZERO32 = toBeHex(0, 32);

// Safe 1.4.1 at its canonical addresses. A different address would mean different bytecode.
const SAFE_PARTS = {
  singleton: ['SafeL2.sol/SafeL2.json', '0x29fcB43b46531BcA003ddC8FCB67FFE91900C762'],
  proxyFactory: ['proxies/SafeProxyFactory.sol/SafeProxyFactory.json', '0x4e1DCf7AD4e460CfD30791CCC4F9c8a4f820ec67'],
  fallbackHandler: ['handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json',
    '0xfd0732Dc9E303f09fCEf3a7388Ad10A83459Ec99'],
};

const GAS = hex(8_000_000);

class Usage extends Error {}

function options() {
  const { values: o } = parseArgs({
    options: {
      rpc: { type: 'string' },
      owners: { type: 'string' },
      threshold: { type: 'string', default: '3' },
      'min-delay': { type: 'string', default: '86400' },
      sequencer: { type: 'string' },
      class: { type: 'string', default: 'test' },
      name: { type: 'string', default: 'Set Chain demo' },
      payer: { type: 'string' },
      fund: { type: 'string', default: '' },
      'salt-nonce': { type: 'string', default: '0' },
      out: { type: 'string' },
    },
  });
  for (const needed of ['rpc', 'owners', 'sequencer', 'out'])
    if (!o[needed]) throw new Usage(`--${needed} is missing`);
  const address = (what, text) => {
    try {
      return getAddress(text);
    } catch {
      throw new Usage(`${what}: "${text}" is not an address (40 hex digits; mixed case must match the checksum)`);
    }
  };
  const whole = (what) => {
    if (!/^[0-9]{1,15}$/.test(o[what])) throw new Usage(`--${what}: "${o[what]}" is not a whole number`);
    return Number(o[what]);
  };
  if (!['test', 'rehearsal'].includes(o.class))
    throw new Usage(`--class: "${o.class}" is not test or rehearsal (a local chain is never production)`);
  const owners = o.owners.split(',').map((a) => address('--owners', a));
  if (new Set(owners).size !== owners.length) throw new Usage('--owners: an address is named twice');
  const threshold = whole('threshold');
  if (threshold < 1 || threshold > owners.length)
    throw new Usage(`--threshold: ${threshold} of ${owners.length} owners cannot be`);
  return {
    rpc: o.rpc, out: o.out, name: o.name, class: o.class, owners, threshold,
    minDelay: whole('min-delay'),
    saltNonce: whole('salt-nonce'),
    sequencer: address('--sequencer', o.sequencer),
    payer: o.payer && address('--payer', o.payer),
    fund: o.fund.split(',').filter(Boolean).map((a) => address('--fund', a)),
  };
}

/** Everything this script does on chain, from one unlocked account. */
function actor(rpc, from) {
  const send = async (tx) => {
    const hash = await rpc.call('eth_sendTransaction', { from, gas: GAS, ...tx });
    for (let tries = 0; tries < 1000; tries++) {
      const receipt = await rpc.call('eth_getTransactionReceipt', hash);
      if (receipt && receipt.status !== '0x1') throw new Error(`transaction ${hash} failed`);
      if (receipt) return receipt;
      await sleep(10);
    }
    throw new Error(`transaction ${hash} was not mined within 10 s: does the node mine by itself?`);
  };
  const hasCode = async (address) => await rpc.call('eth_getCode', address, 'latest') !== '0x';
  return {
    send,
    async call(artifact, to, name, args = [], value = 0) {
      return send({ to, data: new Interface(artifact.abi).encodeFunctionData(name, args), value: hex(value) });
    },
    async read(artifact, to, name, args = []) {
      const i = new Interface(artifact.abi);
      const data = await rpc.call('eth_call', { to, data: i.encodeFunctionData(name, args) }, 'latest');
      return i.decodeFunctionResult(name, data)[0];
    },
    async create(artifact, args = []) {
      const { data } = await new ContractFactory(artifact.abi, artifact.bytecode).getDeployTransaction(...args);
      return getAddress((await send({ data })).contractAddress);
    },
    /** CREATE2 through the singleton factory, salt 0; nothing to do when it is there already. */
    async createCanonical(artifact, expected) {
      const computed = getCreate2Address(FACTORY, ZERO32, keccak256(artifact.bytecode));
      if (computed !== expected) throw new Error(`${artifact.contractName}: address ${computed}, expected ${expected}`);
      if (!await hasCode(expected)) await send({ to: FACTORY, data: ZERO32 + artifact.bytecode.slice(2) });
      if (!await hasCode(expected)) throw new Error(`${artifact.contractName}: no code at ${expected}`);
      return expected;
    },
  };
}

async function deploySafe(rpc, us, o) {
  if (await rpc.call('eth_getCode', FACTORY, 'latest') !== FACTORY_CODE)
    await rpc.call('anvil_setCode', FACTORY, FACTORY_CODE);
  const at = {};
  for (const [part, [path, expected]] of Object.entries(SAFE_PARTS))
    at[part] = await us.createCanonical(fromSafe(path), expected);

  const safe = fromSafe(SAFE_PARTS.singleton[0]);
  const factory = fromSafe(SAFE_PARTS.proxyFactory[0]);
  const setup = new Interface(safe.abi).encodeFunctionData('setup',
    [o.owners, o.threshold, ZeroAddress, '0x', at.fallbackHandler, ZeroAddress, 0, ZeroAddress]);
  const args = [at.singleton, setup, o.saltNonce];
  const address = await us.read(factory, at.proxyFactory, 'createProxyWithNonce', args).catch((e) => {
    throw new Error(`the Safe of these owners is on this chain already? Try another --salt-nonce (${e.message})`);
  });
  await us.call(factory, at.proxyFactory, 'createProxyWithNonce', args);
  return { address, version: await us.read(safe, address, 'VERSION') };
}

/** An implementation, its V2, and a proxy in front of the first, initialised with `args`. */
async function deployUups(us, name, args) {
  const artifact = compiled(name);
  const implementation = await us.create(artifact);
  const v2 = await us.create(compiled(`${name}V2`));
  const init = new Interface(artifact.abi).encodeFunctionData('initialize', args);
  const proxy = await us.create(compiled('ERC1967Proxy'), [implementation, init]);
  return { abi: name, artifact, implementation, v2, proxy };
}

async function deployAdmin(us, from, o, safe) {
  const timelock = await us.create(compiled('SetTimelock'), [o.minDelay, [safe], [safe], ZeroAddress]);
  const contracts = {
    attestation: await deployUups(us, 'SequencerAttestation', [from, o.sequencer]),
    paymaster: await deployUups(us, 'SetPaymaster', [from, safe]),
    registry: await deployUups(us, 'SetRegistry', [from, o.sequencer]),
  };
  const { paymaster } = contracts;
  const eth = parseEther;
  await us.call(paymaster.artifact, paymaster.proxy, 'createTier',
    ['Starter', eth('0.001'), eth('0.01'), eth('0.1')]);
  await us.call(paymaster.artifact, paymaster.proxy, 'createTier', ['Growth', eth('0.005'), eth('0.05'), eth('0.5')]);
  await us.call(paymaster.artifact, paymaster.proxy, 'deposit', [], eth('1'));
  for (const c of Object.values(contracts)) {
    await us.call(c.artifact, c.proxy, 'transferOwnership', [timelock]);
    if (await us.read(c.artifact, c.proxy, 'owner') !== timelock)
      throw new Error(`${c.abi}: owner is not the timelock`);
  }
  if (!await us.read(contracts.registry.artifact, contracts.registry.proxy, 'strictModeEnabled'))
    throw new Error('SetRegistry: strict mode is off');
  return { timelock, contracts };
}

function profile(o, chainId, genesisHash, safe, timelock, contracts) {
  const entries = Object.entries(contracts);
  const named = (key, suffix) => entries.map(([name, c]) => [`${name}${suffix}`, c[key]]);
  return {
    format: 'setgov-deployment/1',
    identity: {
      name: o.name,
      class: o.class,
      chainId,
      genesisHash,
      safe: safe.address,
      safeVersion: safe.version,
      threshold: o.threshold,
      timelock,
      contracts: {
        ...Object.fromEntries(entries.map(([name, c]) => [name, { abi: c.abi, address: c.proxy }])),
        safe: { abi: 'Safe', address: safe.address },
        timelock: { abi: 'SetTimelock', address: timelock },
      },
      people: [
        ...o.owners.map((address, i) => ({ id: `p${i + 1}`, address, owner: true })),
        ...(o.payer ? [{ id: 'payer', address: o.payer, owner: false }] : []),
      ],
      feeCaps: { maxFeePerGas: '200 gwei', maxPriorityFeePerGas: '5 gwei', gas: 2000000 },
    },
    local: {
      endpoints: [{ name: 'devnet', url: o.rpc }],
      implementations: Object.fromEntries([...named('implementation', ''), ...named('v2', 'V2')].sort()),
    },
  };
}

/** RFC 8785 for what a profile holds: objects, arrays, strings, booleans and integers. */
function canonical(v) {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`;
  if (v === null || typeof v !== 'object') return JSON.stringify(v);
  return `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(',')}}`;
}

async function main() {
  const o = options();
  if (!existsSync(join(here, '..', 'build', 'contracts', 'stamp')))
    throw new Error('nothing is compiled yet: run "node build.mjs" first');
  const rpc = connect(o.rpc);
  const chainId = num(await rpc.call('eth_chainId'));
  const [from] = await rpc.call('eth_accounts');
  if (!from) throw new Error('the node has no unlocked account: is this anvil?');
  for (const address of [...(o.payer ? [o.payer] : []), ...o.fund])
    await rpc.call('anvil_setBalance', address, hex(parseEther('10')));

  const us = actor(rpc, from);
  const safe = await deploySafe(rpc, us, o);
  const { timelock, contracts } = await deployAdmin(us, getAddress(from), o, safe.address);
  await rpc.call('anvil_mine', hex(5)); // two epochs of two slots: the deployment is final
  const { hash: genesisHash } = await rpc.call('eth_getBlockByNumber', '0x0', false);

  const p = profile(o, chainId, genesisHash, safe, timelock, contracts);
  writeFileSync(`${o.out}.tmp`, `${JSON.stringify(p, null, 2)}\n`);
  renameSync(`${o.out}.tmp`, o.out);
  console.log(`deployed on chain ${chainId}: Safe ${safe.address} (${o.threshold} of ${o.owners.length})`);
  console.log(`  -> timelock ${timelock} (${o.minDelay} s)`);
  for (const [name, c] of Object.entries(contracts)) console.log(`  -> ${name} ${c.proxy}`);
  console.log(`deployment id ${createHash('sha256').update(canonical(p.identity)).digest('hex')}, written to ${o.out}`);
}

main().catch((e) => {
  const why = e.message === 'fetch failed' ? `nothing answers at the --rpc address (${e.cause?.message})` : e.message;
  console.error(`deploy.mjs: ${why}`);
  process.exit(e instanceof Usage || e.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 4);
});
