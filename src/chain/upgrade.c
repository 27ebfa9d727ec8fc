#include "src/chain/upgrade.h"

#include <string.h>

#include "src/evm/abi.h"

static bool read_uuid(struct chain *c, struct arena *a, struct upgrade *u, struct err *e)
{
	const struct abi_function *f = abi_function_parse(a, span_str("proxiableUUID()"), NULL);
	struct chain_read r = { .to = u->implementation };

	if (f == NULL)
		return false;
	r.data = arena_copy(a, span_of(f->selector, 4));
	if (!chain_calls(c, a, &r, 1, e))
		return false;
	u->has_uuid = r.ok && r.output.n == 32;
	if (u->has_uuid)
		memcpy(u->uuid.b, r.output.p, 32);
	return true;
}

bool chain_upgrade(struct chain *c, struct arena *a, struct upgrade *u, struct err *e)
{
	struct hash32 current, initialized;

	if (!chain_code(c, a, &u->implementation, &u->code, e) || !read_uuid(c, a, u, e) ||
	    !chain_storage(c, &u->proxy->address, &upgrade_slot_implementation, &current, e) ||
	    !chain_storage(c, &u->implementation, &upgrade_slot_initialized, &initialized, e))
		return false;
	memcpy(u->current.b, current.b + 12, sizeof(u->current.b));
	u->initialized = 0;
	for (int i = 0; i < 8; i++)                    /* a uint64 at the word's end */
		u->initialized = u->initialized << 8 | initialized.b[24 + i];
	return true;
}
