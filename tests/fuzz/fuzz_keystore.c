/* Keystore files. What is accepted says the same again after it was written out; what is refused names a field or a
 * byte. Where the file's own parameters are cheap it is opened too, with a fixed passphrase. */
#include "src/crypto/keystore.h"
#include "tests/fuzz/target.h"

#define CHEAP 4096

static void check_bounds(const struct keystore *k)
{
	demand(k->salt_n >= 1 && k->salt_n <= KEYSTORE_SALT_MAX, "a salt out of bounds was accepted");
	if (k->kdf == KEYSTORE_PBKDF2)
		demand(k->c >= 1 && k->c <= KEYSTORE_PBKDF2_MAX, "PBKDF2 iterations out of bounds were accepted");
	else
		demand(k->n <= (UINT64_C(1) << 30) / 128 / k->r && k->p <= 64, "scrypt's costs are out of bounds");
}

static void check_round_trip(const struct keystore *k)
{
	static const uint8_t id[16];
	struct arena a = {0};
	struct buf once = {0}, twice = {0};
	struct keystore again;
	const struct json *doc;

	keystore_format(&once, k, id);
	doc = json_parse(&a, buf_view(&once), NULL);
	demand(doc && keystore_read(&again, doc, NULL), "what was written is not read");
	keystore_format(&twice, &again, id);
	demand(span_eq(buf_view(&once), buf_view(&twice)), "what was read and written again is something else");
	buf_release(&once);
	buf_release(&twice);
	arena_release(&a);
}

static void check_opening(const struct keystore *k, const struct json *doc)
{
	const uint64_t cost = k->kdf == KEYSTORE_PBKDF2 ? k->c : k->n * k->r * k->p;
	struct secret *passphrase, *key;
	struct err e = {0};

	if (cost > CHEAP)
		return;
	passphrase = secret_new(1, &e);
	demand(passphrase != NULL, "no memory can be locked");
	secret_bytes(passphrase)[0] = 'x';
	if (keystore_open(&key, NULL, NULL, doc, passphrase, &e))
		demand(secret_size(key) == 32, "a key that is not 32 bytes");
	else
		demand(!key && (e.code == ERR_CRYPTO || e.code == ERR_MISMATCH), "not opened for a reason nobody has");
	secret_free(key);
	secret_free(passphrase);
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	struct keystore k;
	const struct json *doc = json_parse(&a, span_of(data, n), &e);

	if (doc && keystore_read(&k, doc, &e)) {
		check_bounds(&k);
		check_round_trip(&k);
		check_opening(&k, doc);
	} else {
		demand(err_is_set(&e) && e.at <= n, "refused without saying where");
		demand(!doc || e.field.n != 0 || doc->type != JSON_OBJECT, "refused without naming a field");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
