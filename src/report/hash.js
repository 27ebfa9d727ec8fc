// The program inside a report's page: it says whether the page is what the log has, in the reader's browser, from a
// file on disk, with no network. docs/reports.md, "The page that checks itself", says what it can show and what not.
// It is four files, one after another in the page's last script: this one, bytes and hashes; owner.js, signatures by
// owners; step.js, what they sign for a change; verify.js, what is demanded of the page.
'use strict';

// ---- Bytes -----------------------------------------------------------------------------------------------------------
class Wrong extends Error {}
function demand(ok, text) {
	if (!ok)
		throw new Wrong(text);
}

const utf8 = new TextEncoder();
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
function hex(bytes) {
	let text = '';
	for (let i = 0; i < bytes.length; i++)
		text += PAIRS[bytes[i]];
	return text;
}
function unhex(text) {
	const bytes = new Uint8Array(text.length / 2);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}
function join(...parts) {
	const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
const same = (x, y) => x.length === y.length && x.every((byte, i) => byte === y[i]);

// One spelling for each value: what is decoded must be written the same again.
function base64(text, what) {
	let bytes = '';
	try {
		bytes = atob(text);
	} catch {
		demand(false, `${what} is not base64`);
	}
	demand(btoa(bytes) === text, `${what} is not base64 as it has to be written`);
	return Uint8Array.from(bytes, (c) => c.charCodeAt(0));
}

// ---- SHA-256 (FIPS 180-4): our own, because a page that is not from disk or https has no crypto.subtle --------------
const ROUND = new Int32Array([
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2]);
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const word = new Int32Array(64), sum = new Int32Array(8);

// One block of 64 bytes at `at` into `sum`.
function compress(bytes, at) {
	for (let i = 0; i < 16; i++, at += 4)
		word[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
	for (let i = 16; i < 64; i++) {
		const x = word[i - 15], y = word[i - 2];
		word[i] = word[i - 16] + word[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
			((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
	}
	let a = sum[0], b = sum[1], c = sum[2], d = sum[3], e = sum[4], f = sum[5], g = sum[6], h = sum[7];
	for (let i = 0; i < 64; i++) {
		const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) +
			ROUND[i] + word[i] | 0;
		const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c);
		h = g; g = f; f = e; e = d + t | 0;
		d = c; c = b; b = a; a = t + u | 0;
	}
	sum[0] += a; sum[1] += b; sum[2] += c; sum[3] += d;
	sum[4] += e; sum[5] += f; sum[6] += g; sum[7] += h;
}

let scratch = new Uint8Array(1 << 16);

// The first n bytes of `scratch`, hashed to 32 bytes.
function sha256OfScratch(n) {
	const end = (n + 72) & ~63;          // one byte 0x80, eight of length, up to whole blocks
	scratch.fill(0, n, end);
	scratch[n] = 0x80;
	for (let i = end - 1, bits = n * 8; bits > 0; i--, bits = Math.floor(bits / 256))
		scratch[i] = bits % 256;
	sum.set(START);
	for (let at = 0; at < end; at += 64)
		compress(scratch, at);
	const out = new Uint8Array(32);
	for (let i = 0; i < 32; i++)
		out[i] = sum[i >> 2] >>> 24 - 8 * (i & 3);
	return out;
}

// SHA-256 of these first bytes and this text.
function sha256(first, text) {
	if (scratch.length < first.length + 3 * text.length + 128)
		scratch = new Uint8Array(2 * (first.length + 3 * text.length + 128));
	scratch.set(first);
	return sha256OfScratch(first.length + utf8.encodeInto(text, scratch.subarray(first.length)).written);
}
