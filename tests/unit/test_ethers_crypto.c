/* The test cases that ethers ships (npm @ethersproject/testcases, a development dependency of contracts/): hashes,
 * wallets, and the addresses of the keys in hdnode (not how they are derived, which nothing here does). */
#include <sys/wait.h>

#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/crypto/keystore.h"
#include "src/crypto/sig.h"
#include "tests/support/check.h"

#define CASES "contracts/node_modules/@ethersproject/testcases/testcases/"

static struct buf unpack(const char *path)
{
	struct buf out = {0};
	uint8_t chunk[65536];
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (dup2(ends[1], STDOUT_FILENO) >= 0)
			execlp("gzip", "gzip", "-dc", path, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while ((n = read(ends[0], chunk, sizeof(chunk))) > 0)
		buf_add(&out, chunk, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return out;
}

static const struct json *cases_of(struct arena *a, const char *name)
{
	const char *path = arena_fmt(a, CASES "%s.json.gz", name);
	const struct json *all;
	struct err e = {0};
	struct buf text;

	if (access(path, R_OK) != 0) {
		arena_release(a);
		print_message("SKIPPED: " CASES " is absent: npm ci in contracts/\n");
		skip();
	}
	text = unpack(path);
	all = json_parse(a, arena_copy(a, buf_view(&text)), &e);
	buf_release(&text);
	assert_ok(all != NULL, &e);
	assert_true(all->n > 0);
	return all;
}

static struct span text_of(const struct json *c, const char *name)
{
	struct span s = {0};
	struct err e = {0};

	assert_ok(json_get_str(c, name, &s, &e), &e);
	return s;
}

static struct span hex_of(struct arena *a, const struct json *c, const char *name)
{
	const struct span s = text_of(c, name);

	assert_true(span_starts(s, "0x"));
	return hex_bytes(a, arena_str(a, span_of(s.p + 2, s.n - 2)));
}

static void hashes(void **state)
{
	struct arena a = {0};
	const struct json *all = cases_of(&a, "hashes");
	(void)state;

	for (const struct json *c = all->first; c; c = c->next) {
		const struct span data = hex_of(&a, c, "data");
		struct hash32 h;

		keccak256(&h, data);
		assert_memory_equal(h.b, hex_of(&a, c, "keccak256").p, 32);
		sha256(&h, data);
		assert_memory_equal(h.b, hex_of(&a, c, "sha256").p, 32);
	}
	print_message("ethers hashes: %zu cases agree\n", all->n);
	arena_release(&a);
}

static void check_wallet(struct arena *a, const struct json *c)
{
	const struct span typed = text_of(c, "password");
	struct err e = {0};
	struct secret *passphrase = secret_new(typed.n, &e), *key;
	const struct json *doc = json_parse(a, text_of(c, "json"), &e);
	struct addr address;

	assert_ok(passphrase != NULL && doc != NULL, &e);
	if (typed.n != 0)
		memcpy(secret_bytes(passphrase), typed.p, typed.n);
	assert_ok(keystore_open(&key, &address, NULL, doc, passphrase, &e), &e);
	assert_memory_equal(secret_bytes(key), hex_of(a, c, "privateKey").p, 32);
	assert_memory_equal(address.b, hex_of(a, c, "address").p, 20);
	secret_free(key);
	secret_free(passphrase);
}

/* The wallets of the 2014 crowdsale are another format, and are refused as no keystore. */
static void check_crowdsale(struct arena *a, const struct json *c)
{
	struct err e = {0};
	const struct json *doc = json_parse(a, text_of(c, "json"), &e);
	struct keystore k;

	assert_ok(doc != NULL, &e);
	assert_false(keystore_read(&k, doc, &e));
	assert_err(&e, ERR_MISSING, "version, byte 0: missing");
	err_clear(&e);
}

static void wallets(void **state)
{
	struct arena a = {0};
	const struct json *all = cases_of(&a, "wallets");
	size_t refused = 0;
	(void)state;

	for (const struct json *c = all->first; c; c = c->next) {
		if (span_is(text_of(c, "type"), "crowdsale")) {
			check_crowdsale(&a, c);
			refused++;
		} else {
			check_wallet(&a, c);
		}
	}
	print_message("ethers wallets: %zu cases agree, %zu refused by us\n", all->n - refused, refused);
	assert_int_equal(refused, 2);
	arena_release(&a);
}

static void addresses_of_keys(void **state)
{
	struct arena a = {0};
	const struct json *all = cases_of(&a, "hdnode");
	size_t run = 0;
	(void)state;

	for (const struct json *c = all->first; c; c = c->next)
		for (const struct json *node = json_find(c, "hdnodes")->first; node; node = node->next, run++) {
			struct addr found;
			struct err e = {0};

			assert_ok(sig_key_address(&found, hex_of(&a, node, "privateKey").p, &e), &e);
			assert_memory_equal(found.b, hex_of(&a, node, "address").p, 20);
		}
	print_message("ethers hdnode: %zu addresses agree\n", run);
	assert_true(run > 6000);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes),
		cmocka_unit_test(wallets),
		cmocka_unit_test(addresses_of_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
