// Deploys a timelock that this project did not compile (OpenZeppelin's own build from npm) for the Safe of a profile, and
// writes a profile with other names: foreign.mjs RPC PROFILE OUT
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
const require = createRequire(new URL('../../contracts/package.json', import.meta.url));
const { ContractFactory, JsonRpcProvider, ZeroAddress } = require('ethers');
const artifact = require('@openzeppelin/contracts/build/contracts/TimelockController.json');

const [rpc, from, out] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(from, 'utf8'));
const signer = await new JsonRpcProvider(rpc, undefined, { pollingInterval: 50 }).getSigner(0);
const { safe, contracts } = profile.identity;
const timelock = await new ContractFactory(artifact.abi, artifact.bytecode, signer).deploy(3600, [safe], [safe], ZeroAddress);
await timelock.waitForDeployment();
const at = await timelock.getAddress();
profile.identity.name = 'Another deployment';
profile.identity.timelock = at;
profile.identity.contracts = {
  'batch-book': contracts.registry,
  clock: { abi: 'SetTimelock', address: at },
  council: contracts.safe,
};
writeFileSync(out, JSON.stringify(profile, null, 2));
console.log(at);
