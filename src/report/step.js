// ---- What owners sign for a step of a change (docs/formats.md, 3.1) --------------------------------------------
const selector = (signature) => hashOf(signature).subarray(0, 4);

// ABI encoding of a tuple: each value is 32 bytes, or {tail}, which stands behind them and is pointed to.
function encode(values) {
	const tails = [];
	let at = 32 * values.length;
	const heads = values.map((v) => {
		if (v instanceof Uint8Array)
			return v;
		tails.push(v.tail);
		at += v.tail.length;
		return word32(at - v.tail.length);
	});
	return join(...heads, ...tails);
}
const bytesOf = (bytes) => ({ tail: join(word32(bytes.length), bytes, new Uint8Array((32 - bytes.length % 32) % 32)) });
const listOf = (values) => ({ tail: join(word32(values.length), encode(values)) });

// One spelling for each call, or what is shown would not be what is hashed.
function readCall({ data, to, value }) {
	demand(/^0x([0-9a-f]{2})*$/.test(data) && readAddress(to) === to && /^(0|[1-9][0-9]{0,77})$/.test(value), 'its calls cannot be read');
	return { data: unhex(data.slice(2)), to, value: BigInt(value) };
}

// The first five arguments of the timelock's functions, whose hash is the operation's id.
function operationOf(calls, predecessor, salt) {
	const [one] = calls, rest = [unhex(predecessor.slice(2)), unhex(salt.slice(2))];
	if (calls.length === 1)
		return [word32(one.to), word32(one.value), bytesOf(one.data), ...rest];
	return [listOf(calls.map((c) => word32(c.to))), listOf(calls.map((c) => word32(c.value))),
		listOf(calls.map((c) => bytesOf(c.data))), ...rest];
}

// What the Safe is to call: {to, value, data}. `salt` is for the timelock's route.
function stepCall(step, proposal, salt, timelock) {
	const calls = proposal.calls.map(readCall), value = step === 'execute' ? calls.reduce((sum, c) => sum + c.value, 0n) : 0n;
	if (proposal.route === 'direct') {
		demand(step === 'execute' && calls.length === 1, 'a direct change is one call of the Safe');
		return { to: calls[0].to, value, data: calls[0].data };
	}
	const operation = operationOf(calls, proposal.predecessor, salt), batch = calls.length !== 1;
	const arrays = batch ? 'Batch(address[],uint256[],bytes[],bytes32,bytes32' : '(address,uint256,bytes,bytes32,bytes32';
	const data = {
		__proto__: null,
		schedule: () => join(selector(`schedule${arrays},uint256)`), encode([...operation, word32(proposal.delay)])),
		execute: () => join(selector(`execute${arrays})`), encode(operation)),
		cancel: () => join(selector('cancel(bytes32)'), keccak256(encode(operation))),
	}[step];
	demand(data !== undefined, 'nobody knows this step');
	return { to: timelock, value, data: data() };
}

// The hash that owners of this Safe sign (EIP-712; Safe 1.3.0 and later): a plain call, and nothing for gas.
function safeTxHash(safe, { to, value, data }, nonce) {
	return typedDigest(
		keccak256(join(hashOf('EIP712Domain(uint256 chainId,address verifyingContract)'), word32(safe.chain), word32(safe.address))),
		'SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,' +
			'address gasToken,address refundReceiver,uint256 nonce)',
		[word32(to), word32(value), keccak256(data), new Uint8Array(6 * 32), word32(nonce)]);
}
