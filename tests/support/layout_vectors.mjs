// Makes tests/vectors/gov/layout.json: storage layouts of small contracts, by solc. node layout_vectors.mjs >FILE
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(import.meta.dirname, '..', '..', 'contracts', 'package.json'));
const solc = require('solc');
const BASE = 'uint256 a; address b; bool c; mapping(address => S) m; uint256[4] __gap; uint128 x; uint128 y;';
const STRUCT = 'struct S { uint128 one; uint128 two; bool on; }';
// Structs by way of mappings, twelve of them; and a struct that holds six mappings to itself.
const deepStructs = (last) => `struct S0 { ${last} } ` +
  [...Array(12).keys()].map((i) => `struct S${i + 1} { mapping(uint256 => S${i}) m; }`).join(' ');
const within = (last) => `struct N { ${[...Array(6).keys()].map((i) => `mapping(uint256 => N) k${i};`).join(' ')} ${last} }`;
const cases = {
  base: [STRUCT, BASE],
  appended: [STRUCT, `${BASE} uint256 z;`],
  'out of the gap': [STRUCT, BASE.replace('uint256[4] __gap;', 'uint256 z; uint256[3] __gap;')],
  'gap not shortened': [STRUCT, BASE.replace('uint256[4] __gap;', 'uint256 z; uint256[4] __gap;')],
  'gap shortened too far': [STRUCT, BASE.replace('uint256[4] __gap;', 'uint256[3] __gap;')],
  retyped: [STRUCT, BASE.replace('uint256 a', 'int256 a')],
  renamed: [STRUCT, BASE.replace('uint256 a', 'uint256 alpha')],
  replaced: [STRUCT, BASE.replace('uint256 a', 'bytes32 alpha')],
  removed: [STRUCT, BASE.replace(' uint128 y;', '')],
  inserted: [STRUCT, `uint256 z; ${BASE}`],
  repacked: [STRUCT, BASE.replace('bool c;', 'bool c; uint32 z;')],
  swapped: [STRUCT, BASE.replace('uint128 x; uint128 y;', 'uint128 y; uint128 x;')],
  'struct swapped': ['struct S { uint128 two; uint128 one; bool on; }', BASE],
  'struct grown': ['struct S { uint128 one; uint128 two; bool on; uint256 more; }', BASE],
  'struct grown inside': ['struct S { uint128 one; uint128 two; bool more; bool on; }', BASE],
  'struct retyped': ['struct S { uint128 one; uint64 two; bool on; }', BASE],
  'mapping retyped': [STRUCT, BASE.replace('mapping(address', 'mapping(uint256')],
  'contract for address': [STRUCT, BASE.replace('address b', 'I b')],
  'array is a gap': [STRUCT, BASE.replace('uint256[4] __gap;', 'uint256[4] data;')],
  'array in a slot': ['', 'uint8[32] a; uint256 b;'],
  'array in a slot, shorter': ['', 'uint8[3] a; uint256 b;'],
  'deep structs': [deepStructs('uint128 one; uint128 two;'), 'mapping(uint256 => S12) m;'],
  'deep structs, swapped': [deepStructs('uint128 two; uint128 one;'), 'mapping(uint256 => S12) m;'],
  'within itself': [within('uint128 one; uint128 two;'), 'N n; mapping(uint256 => N) m;'],
  'within itself, swapped': [within('uint128 two; uint128 one;'), 'N n; mapping(uint256 => N) m;'],
  'private name': ['', 'uint256 b;', 'P1'],
  'private name twice': ['', 'uint256 b;', 'P2'],
  empty: ['', ''],
};
const content = 'interface I {} contract P1 { uint8 private x; } contract P2 is P1 { uint8 private x; }' +
  Object.entries(cases).map(([, [s, v, of]], i) =>
    `contract Base${i} ${of ? `is ${of}` : ''} { ${s} ${v} } contract C${i} is Base${i} {}`).join('\n');
const input = { language: 'Solidity', sources: { 'x.sol': { content } },
  settings: { outputSelection: { 'x.sol': { '*': ['storageLayout'] } } } };
const out = JSON.parse(solc.compile(JSON.stringify(input))).contracts['x.sol'];
const plain = (l, i) => JSON.parse(JSON.stringify(l).replaceAll(`Base${i}`, 'Base').replaceAll(`x.sol:C${i}`, 'x.sol:C'));
console.log(JSON.stringify({ origin: `solc ${solc.version()}; tests/support/layout_vectors.mjs`,
  layouts: Object.fromEntries(Object.keys(cases).map((name, i) => [name, plain(out[`C${i}`].storageLayout, i)])) }, null, 1));
