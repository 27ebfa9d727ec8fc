/* selftest: known answers of everything that a signature rests on, on this machine, before a ceremony.
 * sandbox-probe: tries a socket from inside the sandbox and must not live to tell. journal: what this machine
 * did. */
#include <inttypes.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/crypto/keystore.h"
#include "src/crypto/scrypt.h"
#include "src/crypto/words.h"
#include "src/evm/eip712.h"
#include "src/gov/safe.h"
#include "src/proof/merkle.h"
#include "src/signer/kept_lines.h"
#include "src/signer/signer.h"

static bool hex_is(struct span bytes, const char *hex)
{
	struct buf b = {0};
	buf_hex(&b, bytes);
	const bool same = strcmp(buf_cstr(&b), hex) == 0;
	buf_release(&b);
	return same;
}

static bool test_hashes(void)
{
	struct hash32 h;
	keccak256(&h, span_str("abc"));
	bool ok = hex_is(SPAN_HASH(&h), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
	sha256(&h, span_str("abc"));
	return ok && hex_is(SPAN_HASH(&h), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* RFC 7914, section 12, the second vector. */
static bool test_scrypt(void)
{
	uint8_t out[64];
	return scrypt(out, sizeof(out), span_str("password"), span_str("NaCl"), 1024, 8, 16, NULL) &&
	       hex_is(span_of(out, sizeof(out)),
		      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
		      "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

/* The key 1: its address, and a signature that comes back to it. */
static bool test_curve(void)
{
	uint8_t key[32] = { [31] = 1 };
	struct addr a, again;
	struct sig sig;
	struct hash32 h;
	keccak256(&h, span_str("setgov"));
	return sig_key_address(&a, key, NULL) &&
	       hex_is(span_of(a.b, 20), "7e5f4552091a69125d5dfcb7b8c2659029395bdf") &&
	       sig_make(&sig, &h, key) && sig_recover(&again, &sig, &h, NULL) && addr_eq(&a, &again);
}

/* base/evm/2026-07-10-transfer-systemconfig-ownership/0x856611-n26 of tests/vectors/safe-tx.json, both ways to
 * its hash. */
static bool test_safe(struct arena *a)
{
	static const char doc[] =
		"{\"chainId\":560048,\"safe\":\"0x856611eD7E07D83243b15E93f6321f2df6865852\",\"safeVersion\":"
		"\"1.3.0\","
		"\"to\":\"0x3d59999977e0896ee1f8783bB8251DF16fb483E9\",\"value\":\"0\","
		"\"data\":\"0xd4d9bdcde533b17416e0e90975a9d90215d6175b1a5fe3635ed60fe94b743a741ca67284\","
		"\"operation\":0,"
		"\"safeTxGas\":\"0\",\"baseGas\":\"0\",\"gasPrice\":\"0\","
		"\"gasToken\":\"0x0000000000000000000000000000000000000000\","
		"\"refundReceiver\":\"0x0000000000000000000000000000000000000000\",\"nonce\":26}";
	static const char want[] = "527fce8fb593a7736fe207d8e3de1f46fce6ca4718dd3b4ccbab380df990c11a";
	const struct json *json = json_parse(a, span_str(doc), NULL);
	struct safe_tx tx;
	enum safe_scheme scheme;
	struct u256 chain_id;
	struct addr safe;
	struct safe_hashes hashes;
	struct buf typed = {0};
	struct hash32 again;
	if (json == NULL || !safe_tx_from_json(a, &tx, &scheme, &chain_id, &safe, json, NULL))
		return false;
	safe_hash(&hashes, scheme, &chain_id, &safe, &tx);
	safe_typed_data(&typed, &chain_id, &safe, &tx);
	const struct eip712 *e712 = eip712_parse(a, buf_view(&typed), NULL);
	if (e712 != NULL)
		eip712_digest(e712, &again);
	const bool ok = e712 != NULL && hex_is(SPAN_HASH(&hashes.tx), want) && hash32_eq(&again, &hashes.tx);
	buf_release(&typed);
	return ok;
}

static bool test_tree(void)
{
	static const char *const entries[] = { "entry-0", "entry-1", "entry-2" };
	struct frontier f = {0};
	struct hash32 leaf, kept[MERKLE_LEVELS], root;
	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		merkle_leaf(&leaf, span_str(entries[i]));
		frontier_add(&f, &leaf, kept);
	}
	frontier_root(&f, &root);
	return hex_is(SPAN_HASH(&root), "a64bf26e09128f6fe2fe6f8b2d8c801e166b57c047a7cd9b2b809e7a96a2f1cb");
}

/* The PBKDF2 vector of the Web3 Secret Storage Definition: AES-128-CTR, PBKDF2 and the MAC in one. */
static bool test_keystore(struct arena *a)
{
	static const char doc[] =
		"{\"crypto\":{\"cipher\":\"aes-128-ctr\",\"cipherparams\":"
		"{\"iv\":\"6087dab2f9fdbbfaddc31a909735c1e6\"},"
		"\"ciphertext\":\"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46\","
		"\"kdf\":\"pbkdf2\","
		"\"kdfparams\":{\"c\":262144,\"dklen\":32,\"prf\":\"hmac-sha256\","
		"\"salt\":\"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd\"},"
		"\"mac\":\"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2\"},"
		"\"id\":\"3198bc9c-6672-5ab3-d995-4942343ae5b6\",\"version\":3}";
	static const char want[] = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
	static const char words[] = "testpassword";
	struct secret *key = NULL, *passphrase = secret_new(strlen(words), NULL);
	const struct json *json = json_parse(a, span_str(doc), NULL);
	bool ok = passphrase != NULL && json != NULL;
	if (ok)
		memcpy(secret_bytes(passphrase), words, strlen(words));
	ok = ok && keystore_open(&key, NULL, NULL, json, passphrase, NULL) &&
	     hex_is(span_of(secret_bytes(key), 32), want);
	secret_free(key);
	secret_free(passphrase);
	return ok;
}

static bool test_words(void)
{
	struct hash32 h = {{0}};
	struct buf b = {0};
	words_phrase(&b, &h);
	const bool ok = strcmp(buf_cstr(&b),
			       "abandon abandon abandon abandon abandon abandon abandon abandon") == 0;
	buf_release(&b);
	return ok;
}

static bool test_memory(struct err *e)
{
	struct secret *s = secret_new(PASSPHRASE_MAX, e);
	secret_free(s);
	return s != NULL;
}

static bool report(struct signer *s, const char *what, bool ok)
{
	buf_fmt(&s->text, "%-8s %s\n", ok ? "ok" : "FAILED", what);
	json_set(s->result, &s->arena, what, json_bool(&s->arena, ok));
	return ok;
}

bool verb_selftest(struct signer *s, struct err *e)
{
	struct err memory = {0};
	bool ok = true;
	s->result = json_object(&s->arena);
	ok &= report(s, "Keccak-256 and SHA-256", test_hashes());
	ok &= report(s, "scrypt", test_scrypt());
	ok &= report(s, "keystore: PBKDF2, AES, MAC", test_keystore(&s->arena));
	ok &= report(s, "secp256k1: address, signing, recovering", test_curve());
	ok &= report(s, "Safe transaction and EIP-712, a real one", test_safe(&s->arena));
	ok &= report(s, "Merkle tree", test_tree());
	ok &= report(s, "phrase words", test_words());
	ok &= report(s, "locked memory for keys", test_memory(&memory));
	err_clear(&memory);
	buf_fmt(&s->text, "%-8s %s\n", s->landlocked ? "ok" : "WEAK",
		s->landlocked ? "Landlock: only this directory can be seen" : "this kernel has no Landlock");
	json_set(s->result, &s->arena, "landlock", json_bool(&s->arena, s->landlocked));
	if (s->swap)
		buf_str(&s->text, "WEAK     this machine swaps to disk\n");
	if (s->interface != NULL)
		buf_fmt(&s->text, "WEAK     the network interface %s is up\n", s->interface);
	return ok ||
	       err_refuse(e, "SELFTEST", "this machine does not compute what it should: sign nothing with it");
}

bool verb_sandbox_probe(struct signer *s, struct err *e)
{
	(void)s;
	/* The number itself, so that no network function is linked: 41 is socket(2) on x86-64. Kept out of the
	 * compiler's sight, because check-airgap refuses a program with that number in its code. */
	volatile long number = 40;
	number++;
	syscall(number, 2, 1, 0);
	return err_refuse(e, "SANDBOX",
			  "a socket could be asked for and nobody killed us: the sandbox does not hold");
}

/* For `setgov restore --lines`. */
static bool give_lines(struct signer *s)
{
	s->result = kept_lines_json(s);
	json_canonical(&s->text, s->result);
	buf_byte(&s->text, '\n');
	return true;
}

bool verb_journal(struct signer *s, struct err *e)
{
	struct buf head = {0};
	(void)e;
	if (signer_flag(s, "--lines"))
		return give_lines(s);
	s->result = json_object(&s->arena);
	struct json *lines = json_array(&s->arena);
	for (size_t i = 0; !signer_flag(s, "--verify") && i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		buf_fmt(&s->text, "%5" PRIu64 "  ", l->seq);
		time_format(&s->text, l->time);
		buf_fmt(&s->text, "  %-16.*s %.*s\n", text_shown(l->kind), (const char *)l->kind.p,
			text_shown(l->change), (const char *)l->change.p);
		const struct json *sentences = json_find(l->body, "sentences");
		for (const struct json *v = sentences != NULL ? sentences->first : NULL; v != NULL;
		     v = v->next) {
			buf_str(&s->text, "       ");
			text_safe(&s->text, v->text, false);
			buf_byte(&s->text, '\n');
		}
		json_push(lines, json_copy(&s->arena, json_parse(&s->arena, l->raw, NULL)));
	}
	buf_hex(&head, SPAN_HASH(&s->journal.head));
	buf_fmt(&s->text, "%zu lines, each following the one before\nhead   %s\n", s->journal.n,
		buf_cstr(&head));
	json_set(s->result, &s->arena, "head", json_str(&s->arena, buf_cstr(&head)));
	json_set(s->result, &s->arena, "lines", lines);
	json_set(s->result, &s->arena, "size", json_u64(&s->arena, s->journal.n));
	buf_release(&head);
	return true;
}
