#include "src/cli/known.h"

#include <string.h>

#include "src/base/hex.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/gov/timelock.h"

static void keep(struct hash32 *v, size_t *n, size_t max, const struct hash32 *word, bool *cut)
{
	for (size_t i = 0; i < *n; i++)
		if (hash32_eq(&v[i], word))
			return;
	if (*n == max) {
		*cut = true;
		return;
	}
	v[(*n)++] = *word;
}

static void keep_address(struct known *k, const struct addr *who)
{
	struct hash32 word = {{0}};
	memcpy(word.b + 12, who->b, sizeof(who->b));
	keep(k->addresses, &k->n_addresses, KNOWN_ADDRESSES, &word, &k->cut);
}

/* Ids are small; amounts are not, and nobody's key. */
static void keep_number(struct known *k, const struct u256 *v)
{
	struct hash32 word;
	if (u256_bit_length(v) > 32)
		return;
	u256_to_be(word.b, v);
	keep(k->numbers, &k->n_numbers, KNOWN_NUMBERS, &word, &k->cut);
}

void known_hash(struct known *k, const struct hash32 *h)
{
	keep(k->hashes, &k->n_hashes, KNOWN_HASHES, h, &k->cut);
}

void known_deployment(struct known *k, const struct deployment *d)
{
	for (size_t i = 0; i < d->n_people; i++)
		keep_address(k, &d->people[i].address);
	for (size_t i = 0; i < d->n_contracts; i++)
		keep_address(k, &d->contracts[i].address);
}

void known_roles(struct known *k)
{
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		known_hash(k, &timelock_roles[i].hash);
}

void known_action(struct known *k, const struct json *action)
{
	const struct json *args = json_find(action, "args");
	for (const struct json *v = args != NULL ? args->first : NULL; v != NULL; v = v->next) {
		struct hash32 h;
		struct addr who;
		struct u256 n;
		if (v->type != JSON_STRING)
			continue;
		if (v->text.n == 42 && addr_parse(&who, v->text, NULL))
			keep_address(k, &who);
		else if (v->text.n == 66 && hex_fixed(h.b, 32, v->text, NULL))
			known_hash(k, &h);
		else if (u256_parse(&n, v->text, NULL))
			keep_number(k, &n);
	}
}

void known_event(struct known *k, struct arena *a, const struct abi *abi, const struct chain_log *log)
{
	const struct abi_event *ev = log->topic_count > 0 ? abi_find_event(abi, &log->topics[0]) : NULL;
	struct abi_value v;
	if (ev == NULL || !abi_event_decode(a, &v, ev, log->topics, log->topic_count, log->data, NULL))
		return;
	for (size_t i = 0; i < v.n; i++) {
		const struct abi_value *x = &v.items[i];
		if (x->type->kind == ABI_ADDRESS) {
			const struct addr who = abi_as_addr(x);
			keep_address(k, &who);
		} else if (x->type->kind == ABI_UINT && ev->inputs->fields[i].indexed) {
			keep_number(k, &x->word);
		} else if (x->type->kind == ABI_FIXED_BYTES && x->type->count == 32 && ev->inputs->fields[i].indexed &&
			   !abi_event_hashed(ev, i)) {
			struct hash32 h;
			memcpy(h.b, x->bytes.p, 32);
			known_hash(k, &h);
		}
	}
}

const struct hash32 *known_of(const struct known *k, const struct abi_type *t, size_t *n)
{
	if (t->kind == ABI_ADDRESS) {
		*n = k->n_addresses;
		return k->addresses;
	}
	if (t->kind == ABI_UINT && t->bits >= 32) {
		*n = k->n_numbers;
		return k->numbers;
	}
	if (t->kind == ABI_FIXED_BYTES && t->count == 32) {
		*n = k->n_hashes;
		return k->hashes;
	}
	*n = 0;
	return NULL;
}

struct hash32 *known_words(const struct known *k, struct arena *a, size_t *n)
{
	struct hash32 *v = ARENA_ARRAY(a, struct hash32, KNOWN_ADDRESSES + 2 * KNOWN_NUMBERS + KNOWN_HASHES + 1);
	*n = 0;
	for (size_t i = 0; i < k->n_addresses; i++)
		v[(*n)++] = k->addresses[i];
	v[(*n)++] = (struct hash32){ .b = { [31] = 1 } };       /* the head of a Safe's lists */
	for (size_t i = 0; i < k->n_numbers; i++)
		v[(*n)++] = k->numbers[i];
	for (size_t i = 0; i < k->n_numbers; i++) {             /* the id that is given next */
		const struct u256 one = u256_from_u64(1), id = u256_from_be(k->numbers[i].b);
		struct u256 next;
		if (u256_add(&next, &id, &one))
			u256_to_be(v[(*n)++].b, &next);
	}
	for (size_t i = 0; i < k->n_hashes; i++)
		v[(*n)++] = k->hashes[i];
	return v;
}
