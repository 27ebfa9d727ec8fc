#include "src/gov/upgrade.h"

#include <string.h>

#include "src/base/text.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"

const struct hash32 upgrade_slot_implementation = {{
	0x36, 0x08, 0x94, 0xa1, 0x3b, 0xa1, 0xa3, 0x21, 0x06, 0x67, 0xc8, 0x28, 0x49, 0x2d, 0xb9, 0x8d,
	0xca, 0x3e, 0x20, 0x76, 0xcc, 0x37, 0x35, 0xa9, 0x20, 0xa3, 0xca, 0x50, 0x5d, 0x38, 0x2b, 0xbc }};
const struct hash32 upgrade_slot_initialized = {{
	0xf0, 0xc5, 0x7e, 0x16, 0x84, 0x0d, 0xf0, 0x40, 0xf1, 0x50, 0x88, 0xdc, 0x2f, 0x81, 0xfe, 0x39,
	0x1c, 0x39, 0x23, 0xbe, 0xc7, 0x3e, 0x23, 0xa9, 0x66, 0x2e, 0xfc, 0x9c, 0x22, 0x9c, 0x6a, 0x00 }};

#define METADATA_MAX 256u             /* bytes of the CBOR that solc puts behind the code */

static bool is_upgrade(struct arena *a, struct addr *implementation, struct span data)
{
	const struct abi_function *f =
		abi_function_parse(a, span_str("upgradeToAndCall(address,bytes)"), NULL);
	struct abi_value args;

	if (f == NULL || !abi_calldata_decode(a, &args, f, data, NULL))
		return false;
	*implementation = abi_as_addr(&args.items[0]);
	return true;
}

struct upgrade *upgrades_of(struct arena *a, size_t *n, struct calls calls, const struct deployment *d)
{
	struct upgrade *v = ARENA_ARRAY(a, struct upgrade, calls.n + 1);

	*n = 0;
	for (size_t i = 0; i < calls.n; i++) {
		v[*n].proxy = deployment_contract_at(d, &calls.v[i].to);
		if (v[*n].proxy != NULL && is_upgrade(a, &v[*n].implementation, calls.v[i].data))
			++*n;
	}
	return v;
}

/* The last two bytes say how long the CBOR before them is. It names the sources, and stays when the compiler orders the
 * code differently; so it is compared first. */
static struct span metadata_of(struct span code)
{
	const size_t n = code.n > 2 ? (size_t)code.p[code.n - 2] << 8 | code.p[code.n - 1] : 0;

	if (n == 0 || n > METADATA_MAX || n + 2 > code.n)
		return (struct span){NULL, 0};
	return span_of(code.p + code.n - 2 - n, n);
}

bool upgrade_metadata(struct hash32 *out, struct span code)
{
	/* CBOR: the text "ipfs", then 34 bytes, a multihash: SHA-256, 32 bytes */
	static const uint8_t before[] = { 0x64, 'i', 'p', 'f', 's', 0x58, 0x22, 0x12, 0x20 };
	const struct span cbor = metadata_of(code);

	for (size_t i = 0; i + sizeof(before) + sizeof(out->b) <= cbor.n; i++)
		if (memcmp(cbor.p + i, before, sizeof(before)) == 0) {
			memcpy(out->b, cbor.p + i + sizeof(before), sizeof(out->b));
			return true;
		}
	return false;
}

static void hashes(struct arena *a, struct upgrade_findings *out, const struct upgrade *u)
{
	const struct span metadata = metadata_of(u->code);
	struct hash32 hash;
	struct buf b = {0};

	keccak256(&hash, u->code);
	buf_str(&b, "code hash ");
	buf_0xhex(&b, SPAN_HASH(&hash));
	if (metadata.n > 0) {
		buf_str(&b, ", metadata ");
		buf_0xhex(&b, metadata);
	}
	out->code_hash = arena_str(a, buf_view(&b));
	buf_release(&b);
}

void upgrade_judge(struct arena *a, struct upgrade_findings *out, const struct upgrade *u)
{
	struct buf b = {0};
	const char *at, *name = arena_str(a, u->proxy->name);

	*out = (struct upgrade_findings){0};
	addr_format(&b, &u->implementation);
	at = arena_str(a, buf_view(&b));
	buf_release(&b);
	if (u->code.n == 0) {
		out->refusals[out->n++] = arena_fmt(a, "NO CODE at %s: it cannot be %s's new code", at, name);
		return;
	}
	hashes(a, out, u);
	if (addr_is_zero(&u->current))
		out->refusals[out->n++] = arena_fmt(a, "%s is no ERC-1967 proxy: its code cannot be replaced", name);
	if (addr_eq(&u->current, &u->implementation))
		out->refusals[out->n++] = arena_fmt(a, "SAME CODE: %s has the code at %s already", name, at);
	if (!u->has_uuid || !hash32_eq(&u->uuid, &upgrade_slot_implementation))
		out->refusals[out->n++] = arena_fmt(a, "NOT UUPS: proxiableUUID() of %s does not answer with the "
						    "ERC-1967 slot", at);
	if (u->initialized == 0)
		out->refusals[out->n++] = arena_fmt(a, "UNINITIALISED: whoever calls initialize() of %s first controls "
						    "that code: its constructor has to lock it", at);
}
