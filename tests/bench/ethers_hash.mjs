// What ethers does for the same answer: reads the document, hashes it, prints the hash.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { TypedDataEncoder } = createRequire(new URL('../../contracts/package.json', import.meta.url))('ethers');
const { domain, types, message } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
delete types.EIP712Domain;
console.log(TypedDataEncoder.hash(domain, types, message));
