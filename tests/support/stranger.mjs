// What happens on chain without setgov: stranger.mjs operation|run|safe-tx|payment|owner|mend|upheaval RPC PROFILE. Prints the operation's
// id, the safeTxHash, the owner's address, or nothing.
//   operation   somebody who is not in the profile is given the proposer role, and schedules registry.pause()
//   run         that operation is executed
//   safe-tx     as many owners as it takes make the Safe do nothing, without telling the log
//   payment     the same, to somebody else
//   owner       somebody who is not in the profile becomes an owner of the Safe
//   mend        operation and owner are undone: cancelled, revoked, removed
//   upheaval    as if a module did it: the Safe gets an owner, a threshold, a guard and a module, the timelock a shorter delay,
//               the registry other code, a pause, and another owner
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const require = createRequire(new URL('../../contracts/package.json', import.meta.url));
const { Contract, Interface, JsonRpcProvider, ZeroAddress, ZeroHash, concat, id, toBeHex, zeroPadValue } = require('ethers');

const [what, url, profile] = process.argv.slice(2);
const { identity } = JSON.parse(readFileSync(profile, 'utf8'));
const rpc = new JsonRpcProvider(url, undefined, { pollingInterval: 50 });
const as = async (address) => {
  await rpc.send('anvil_impersonateAccount', [address]);
  await rpc.send('anvil_setBalance', [address, toBeHex(10n ** 18n)]);
  return rpc.getSigner(address);
};
const mined = async (tx) => (await tx).wait();

const timelock = new Interface([
  'function grantRole(bytes32,address)',
  'function schedule(address,uint256,bytes,bytes32,bytes32,uint256)',
  'function execute(address,uint256,bytes,bytes32,bytes32)',
  'function revokeRole(bytes32,address)',
  'function cancel(bytes32)',
  'function hashOperation(address,uint256,bytes,bytes32,bytes32) view returns (bytes32)',
]);
const safeAbi = [
  'function nonce() view returns (uint256)',
  'function getThreshold() view returns (uint256)',
  'function approveHash(bytes32)',
  'function addOwnerWithThreshold(address,uint256)',
  'function removeOwner(address,address,uint256)',
  'function getTransactionHash(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,uint256) view returns (bytes32)',
  'function execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes) payable returns (bool)',
];

const call = [identity.contracts.registry.address, 0, id('pause()').slice(0, 10), ZeroHash, id('a stranger')];

async function operation() {
  const stranger = await rpc.getSigner(9);
  const itself = new Contract(identity.timelock, timelock, await as(identity.timelock));
  await mined(itself.grantRole(id('PROPOSER_ROLE'), stranger.address));
  const theirs = new Contract(identity.timelock, timelock, stranger);
  await mined(theirs.schedule(...call, 86400));
  return theirs.hashOperation(...call);
}

async function safeTx(to) {
  const needed = Number(await new Contract(identity.safe, safeAbi, rpc).getThreshold());
  const owners = identity.people.filter((p) => p.owner).map((p) => p.address).slice(0, needed).sort((x, y) => (BigInt(x) < BigInt(y) ? -1 : 1));
  const at = async (owner) => new Contract(identity.safe, safeAbi, await as(owner));
  const first = await at(owners[0]);
  const tx = [to, 0, '0x', 0, 0, 0, 0, ZeroAddress, ZeroAddress];
  const hash = await first.getTransactionHash(...tx, await first.nonce());
  for (const owner of owners) await mined((await at(owner)).approveHash(hash));
  const approved = owners.map((owner) => concat([zeroPadValue(owner, 32), ZeroHash, '0x01']));
  await mined(first.execTransaction(...tx, concat(approved)));
  return hash;
}

async function run() {
  const theirs = new Contract(identity.timelock, timelock, await as(identity.safe));
  await mined(theirs.execute(...call));
  return theirs.hashOperation(...call);
}

// Says yes to everything: supportsInterface, too.
async function guard() {
  const at = '0x0000000000000000000000000000000000009aa9';
  await rpc.send('anvil_setCode', [at, '0x600160005260206000f3']);
  return at;
}

async function upheaval() {
  const at = identity.contracts.registry.address;
  const safe = new Contract(identity.safe, [
    'function addOwnerWithThreshold(address,uint256)', 'function enableModule(address)', 'function setGuard(address)',
  ], await as(identity.safe));
  const owner = await as(identity.timelock);
  const registry = new Contract(at, ['function pause()', 'function transferOwnership(address)', 'function upgradeToAndCall(address,bytes)'], owner);
  const { implementations } = JSON.parse(readFileSync(profile, 'utf8')).local;
  const stranger = (await rpc.getSigner(9)).address;
  await mined(safe.addOwnerWithThreshold(stranger, 2));
  await mined(safe.enableModule(stranger));
  await mined(safe.setGuard(await guard()));
  await mined(new Contract(identity.timelock, ['function updateDelay(uint256)'], owner).updateDelay(1));
  await mined(registry.pause());
  await mined(registry.upgradeToAndCall(implementations.registryV2, '0x'));
  await mined(registry.transferOwnership(stranger));
}

async function owner() {
  const stranger = await rpc.getSigner(9);
  const itself = new Contract(identity.safe, safeAbi, await as(identity.safe));
  await mined(itself.addOwnerWithThreshold(stranger.address, 3));
  return stranger.address;
}

async function mend() {
  const stranger = await rpc.getSigner(9);
  const safe = new Contract(identity.safe, safeAbi, await as(identity.safe));
  const itself = new Contract(identity.timelock, timelock, await as(identity.timelock));
  const theirs = new Contract(identity.timelock, timelock, await as(identity.safe));
  await mined(theirs.cancel(await theirs.hashOperation(...call)));
  await mined(itself.revokeRole(id('PROPOSER_ROLE'), stranger.address));
  await mined(safe.removeOwner('0x0000000000000000000000000000000000000001', stranger.address, 3));
  return '';
}

console.log(await { operation, run, owner, mend, 'safe-tx': () => safeTx(identity.safe), payment: () => safeTx('0x000000000000000000000000000000000000dEaD'), upheaval }[what]());
process.exit(0);
