#include "src/crypto/keystore.h"

#include <string.h>
#include <utf8proc.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"
#include "src/crypto/scrypt.h"
#include "src/crypto/wipe.h"

const struct keystore_cost KEYSTORE_STANDARD = { 262144, 8, 1 };
const struct keystore_cost KEYSTORE_LIGHT = { 4096, 8, 6 };

/* ---- reading the file ---- */

static bool same_letters(struct span a, const char *b)
{
	return a.n == strlen(b) && strncasecmp((const char *)a.p, b, a.n) == 0;
}

/* ethers writes "Crypto", geth "crypto"; a file with both says two things. */
static bool find_crypto(const struct json *doc, const struct json **out, struct err *e)
{
	*out = NULL;
	for (const struct json *v = doc->first; v != NULL; v = v->next) {
		if (!same_letters(v->name, "crypto"))
			continue;
		if (*out != NULL)
			return err_set(e, ERR_MISMATCH, v->at, "given twice, in two spellings") || err_in(e, "crypto");
		*out = v;
	}
	if (*out == NULL)
		return err_set(e, ERR_MISSING, doc->at, "missing") || err_in(e, "crypto");
	return (*out)->type == JSON_OBJECT || err_set(e, ERR_SYNTAX, (*out)->at, "needed an object") || err_in(e, "crypto");
}

/* Hex digits without 0x; some writers put it there. */
static bool get_bytes(const struct json *o, const char *name, uint8_t *out, size_t min, size_t max, size_t *n, struct err *e)
{
	struct span s;
	struct buf b = {0}, with = {0};
	if (!json_get_str(o, name, &s, e))
		return false;
	if (!span_starts(s, "0x"))
		buf_str(&with, "0x");
	buf_span(&with, s);
	bool ok = hex_decode(&b, buf_view(&with), e);
	if (ok && (b.n < min || b.n > max))
		ok = min == max ? err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %zu bytes, found %zu", min, b.n)
				: err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %zu to %zu bytes, found %zu", min, max, b.n);
	if (ok) {
		memcpy(out, b.p, b.n);
		*n = b.n;
	} else if (e != NULL) {
		e->at = json_find(o, name)->at;
	}
	buf_release(&b);
	buf_release(&with);
	return ok || err_in(e, "%s", name);
}

static bool get_fixed(const struct json *o, const char *name, uint8_t *out, size_t n, struct err *e)
{
	size_t found;
	return get_bytes(o, name, out, n, n, &found, e);
}

static bool get_word(const struct json *o, const char *name, const char *needed, struct err *e)
{
	struct span s;
	if (!json_get_str(o, name, &s, e))
		return false;
	return span_is(s, needed) || err_set(e, ERR_UNKNOWN, json_find(o, name)->at, "needed \"%s\"", needed) ||
	       err_in(e, "%s", name);
}

static bool read_scrypt(struct keystore *out, const struct json *params, struct err *e)
{
	uint64_t r, p;
	if (!json_get_u64(params, "n", &out->n, e) || !json_get_u64(params, "r", &r, e) || !json_get_u64(params, "p", &p, e))
		return false;
	if (!scrypt_check(out->n, r, p, e)) {
		const struct json *v = e != NULL ? json_find(params, buf_cstr(&e->field)) : NULL;
		if (v != NULL)
			e->at = v->at;
		return false;
	}
	out->r = (uint32_t)r;
	out->p = (uint32_t)p;
	return true;
}

static bool read_pbkdf2(struct keystore *out, const struct json *params, struct err *e)
{
	uint64_t c;
	if (!get_word(params, "prf", "hmac-sha256", e) || !json_get_u64(params, "c", &c, e))
		return false;
	if (c < 1 || c > KEYSTORE_PBKDF2_MAX)
		return err_set(e, ERR_RANGE, json_find(params, "c")->at, "needed 1 to %d", KEYSTORE_PBKDF2_MAX) || err_in(e, "c");
	out->c = (uint32_t)c;
	return true;
}

static bool read_kdf(struct keystore *out, const struct json *crypto, struct err *e)
{
	const struct json *params;
	struct span kdf;
	uint64_t dklen;
	if (!json_get_str(crypto, "kdf", &kdf, e) || !json_get(crypto, "kdfparams", JSON_OBJECT, &params, e))
		return false;
	if (!span_is(kdf, "scrypt") && !span_is(kdf, "pbkdf2"))
		return err_set(e, ERR_UNKNOWN, json_find(crypto, "kdf")->at, "needed scrypt or pbkdf2") || err_in(e, "kdf");
	out->kdf = span_is(kdf, "scrypt") ? KEYSTORE_SCRYPT : KEYSTORE_PBKDF2;
	bool ok = json_get_u64(params, "dklen", &dklen, e);
	if (ok && dklen != 32)
		ok = err_set(e, ERR_RANGE, json_find(params, "dklen")->at, "needed 32, found %llu", (unsigned long long)dklen) ||
		     err_in(e, "dklen");
	ok = ok && get_bytes(params, "salt", out->salt, 1, KEYSTORE_SALT_MAX, &out->salt_n, e) &&
	     (out->kdf == KEYSTORE_SCRYPT ? read_scrypt(out, params, e) : read_pbkdf2(out, params, e));
	return ok || err_in(e, "kdfparams");
}

static bool read_crypto(struct keystore *out, const struct json *crypto, struct err *e)
{
	const struct json *params;
	if (!get_word(crypto, "cipher", "aes-128-ctr", e) || !json_get(crypto, "cipherparams", JSON_OBJECT, &params, e))
		return false;
	if (!get_fixed(params, "iv", out->iv, sizeof(out->iv), e))
		return err_in(e, "cipherparams");
	return get_fixed(crypto, "ciphertext", out->ciphertext, sizeof(out->ciphertext), e) &&
	       get_fixed(crypto, "mac", out->mac.b, sizeof(out->mac.b), e) && read_kdf(out, crypto, e);
}

bool keystore_read(struct keystore *out, const struct json *doc, struct err *e)
{
	const struct json *crypto;
	uint64_t version;
	*out = (struct keystore){0};
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	if (!json_get_u64(doc, "version", &version, e))
		return false;
	if (version != 3)
		return err_set(e, ERR_UNKNOWN, json_find(doc, "version")->at, "needed 3, found %llu", (unsigned long long)version) ||
		       err_in(e, "version");
	out->has_address = json_find(doc, "address") != NULL;
	if (out->has_address && !get_fixed(doc, "address", out->address.b, sizeof(out->address.b), e))
		return false;
	return find_crypto(doc, &crypto, e) && (read_crypto(out, crypto, e) || err_in(e, "crypto"));
}

bool keystore_address(struct addr *out, const struct json *doc, struct err *e)
{
	struct keystore k;
	if (!keystore_read(&k, doc, e))
		return false;
	if (!k.has_address)
		return err_set(e, ERR_MISSING, doc->at, "missing") || err_in(e, "address");
	*out = k.address;
	return true;
}

/* ---- writing the file ---- */

static struct json *kdf_json(struct arena *a, const struct keystore *k)
{
	struct json *o = json_object(a);
	if (k->kdf == KEYSTORE_SCRYPT) {
		json_set(o, a, "dklen", json_u64(a, 32));
		json_set(o, a, "n", json_u64(a, k->n));
		json_set(o, a, "p", json_u64(a, k->p));
		json_set(o, a, "r", json_u64(a, k->r));
	} else {
		json_set(o, a, "c", json_u64(a, k->c));
		json_set(o, a, "dklen", json_u64(a, 32));
		json_set(o, a, "prf", json_str(a, "hmac-sha256"));
	}
	json_set(o, a, "salt", json_bare(a, span_of(k->salt, k->salt_n)));
	return o;
}

void keystore_format(struct buf *out, const struct keystore *k, const uint8_t id[16])
{
	struct arena a = {0};
	struct json *o = json_object(&a), *crypto = json_object(&a), *cipher = json_object(&a);
	struct buf uuid = {0};
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_byte(&uuid, '-');
		buf_hex(&uuid, span_of(id + i, 1));
	}
	json_set(cipher, &a, "iv", json_bare(&a, span_of(k->iv, sizeof(k->iv))));
	json_set(crypto, &a, "cipher", json_str(&a, "aes-128-ctr"));
	json_set(crypto, &a, "cipherparams", cipher);
	json_set(crypto, &a, "ciphertext", json_bare(&a, span_of(k->ciphertext, sizeof(k->ciphertext))));
	json_set(crypto, &a, "kdf", json_str(&a, k->kdf == KEYSTORE_SCRYPT ? "scrypt" : "pbkdf2"));
	json_set(crypto, &a, "kdfparams", kdf_json(&a, k));
	json_set(crypto, &a, "mac", json_bare(&a, SPAN_HASH(&k->mac)));
	if (k->has_address)
		json_set(o, &a, "address", json_bare(&a, span_of(k->address.b, sizeof(k->address.b))));
	json_set(o, &a, "crypto", crypto);
	json_set(o, &a, "id", json_text(&a, buf_view(&uuid)));
	json_set(o, &a, "version", json_u64(&a, 3));
	json_compact(out, o);
	buf_release(&uuid);
	arena_release(&a);
}

/* ---- keys ---- */

/* 32 bytes: the first half decrypts, the second half authenticates. */
static bool derive(const struct keystore *k, struct span passphrase, struct secret *dk, struct err *e)
{
	const struct span salt = span_of(k->salt, k->salt_n);
	if (k->kdf == KEYSTORE_SCRYPT)
		return scrypt(secret_bytes(dk), 32, passphrase, salt, k->n, k->r, k->p, e);
	pbkdf2_sha256(secret_bytes(dk), 32, passphrase, salt, k->c);
	return true;
}

static void mac_of(struct hash32 *out, struct secret *dk, const uint8_t ciphertext[32])
{
	struct keccak s;
	keccak_init(&s);
	keccak_update(&s, span_of(secret_bytes(dk) + 16, 16));
	keccak_update(&s, span_of(ciphertext, 32));
	keccak_final(&s, out);
}

/* The passphrase in Unicode form NFKC, or NULL when that changes nothing (or there is no text to normalise). */
static struct secret *normalised(struct secret *passphrase, struct err *e)
{
	const struct span s = span_of(secret_bytes(passphrase), secret_size(passphrase));
	utf8proc_uint8_t *out = NULL;
	struct secret *copy = NULL;
	if (!text_is_utf8(s))
		return NULL;
	const utf8proc_ssize_t n = utf8proc_map(s.p, (utf8proc_ssize_t)s.n, &out, UTF8PROC_STABLE | UTF8PROC_COMPOSE |
						UTF8PROC_COMPAT);
	if (n > 0 && !((size_t)n == s.n && memcmp(out, s.p, s.n) == 0)) {
		copy = secret_new((size_t)n, e);
		if (copy != NULL)
			memcpy(secret_bytes(copy), out, (size_t)n);
	}
	if (out != NULL) {
		explicit_bzero(out, n > 0 ? (size_t)n : 0);
		free(out);
	}
	return copy;
}

/* False without an error: this is not the passphrase. */
static bool try_passphrase(const struct keystore *k, struct secret *passphrase, struct secret *dk, bool *fits, struct err *e)
{
	struct hash32 mac;
	if (!derive(k, span_of(secret_bytes(passphrase), secret_size(passphrase)), dk, e))
		return false;
	mac_of(&mac, dk, k->ciphertext);
	*fits = bytes_equal_ct(mac.b, k->mac.b, sizeof(mac.b));
	explicit_bzero(&mac, sizeof(mac));
	return true;
}

static bool unlock(const struct keystore *k, struct secret *passphrase, struct secret *dk, enum keystore_form *form, struct err *e)
{
	struct err why = {0};
	struct secret *nfkc = NULL;
	bool fits = false, ok = try_passphrase(k, passphrase, dk, &fits, e);
	*form = KEYSTORE_AS_TYPED;
	if (!ok || fits)
		return ok;
	nfkc = normalised(passphrase, &why);
	err_clear(&why);
	if (nfkc != NULL) {
		*form = KEYSTORE_NFKC;
		ok = try_passphrase(k, nfkc, dk, &fits, e);
		secret_free(nfkc);
	}
	return ok && (fits || err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "wrong passphrase (or a damaged file)"));
}

bool keystore_open(struct secret **key, struct addr *address, enum keystore_form *form, const struct json *doc,
		   struct secret *passphrase, struct err *e)
{
	struct keystore k;
	struct secret *dk = NULL, *out = NULL;
	enum keystore_form used;
	struct addr found;
	bool ok = false;
	*key = NULL;
	if (!keystore_read(&k, doc, e))
		return false;
	dk = secret_new(32, e);
	out = dk != NULL ? secret_new(32, e) : NULL;
	if (out == NULL || !unlock(&k, passphrase, dk, &used, e))
		goto out;
	memcpy(secret_bytes(out), k.ciphertext, 32);
	aes128_ctr(secret_bytes(dk), k.iv, secret_bytes(out), 32);
	if (!sig_key_address(&found, secret_bytes(out), e))
		goto out;
	if (k.has_address && !addr_eq(&found, &k.address)) {
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the file names another address than the key in it has");
		err_in(e, "address");
		goto out;
	}
	if (address != NULL)
		*address = found;
	if (form != NULL)
		*form = used;
	*key = out;
	out = NULL;
	ok = true;
out:
	stack_wipe();
	secret_free(dk);
	secret_free(out);
	return ok;
}

static bool seal(struct keystore *k, struct secret *key, struct secret *passphrase, struct err *e)
{
	struct secret *dk = secret_new(32, e), *text = dk != NULL ? secret_new(32, e) : NULL;
	bool ok = false;
	if (text == NULL || !derive(k, span_of(secret_bytes(passphrase), secret_size(passphrase)), dk, e))
		goto out;
	memcpy(secret_bytes(text), secret_bytes(key), 32);
	aes128_ctr(secret_bytes(dk), k->iv, secret_bytes(text), 32);
	memcpy(k->ciphertext, secret_bytes(text), 32);
	mac_of(&k->mac, dk, k->ciphertext);
	ok = true;
out:
	stack_wipe();
	secret_free(dk);
	secret_free(text);
	return ok;
}

/* What was written opens again, with this passphrase, to this key. */
static bool opens_again(struct span file, struct secret *key, struct secret *passphrase, struct err *e)
{
	struct arena a = {0};
	struct secret *again = NULL;
	const struct json *doc = json_parse(&a, file, e);
	bool ok = doc != NULL && keystore_open(&again, NULL, NULL, doc, passphrase, e);
	if (ok && !bytes_equal_ct(secret_bytes(again), secret_bytes(key), 32))
		ok = err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "the new file opens to another key");
	secret_free(again);
	arena_release(&a);
	return ok;
}

bool keystore_write(struct buf *out, struct secret *key, struct secret *passphrase, const struct keystore_cost *cost,
		    struct err *e)
{
	struct keystore k = { .has_address = true, .kdf = KEYSTORE_SCRYPT, .n = cost->n, .r = cost->r, .p = cost->p, .salt_n = 32 };
	struct buf file = {0};
	struct err why = {0};
	uint8_t id[16];
	if (secret_size(key) != 32 || !scrypt_check(cost->n, cost->r, cost->p, e) ||
	    !sig_key_address(&k.address, secret_bytes(key), e))
		return false;
	random_bytes(k.salt, k.salt_n);
	random_bytes(k.iv, sizeof(k.iv));
	random_bytes(id, sizeof(id));
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);        /* a random UUID: RFC 4122, version 4 */
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
	struct secret *nfkc = normalised(passphrase, &why);
	err_clear(&why);
	bool ok = seal(&k, key, nfkc != NULL ? nfkc : passphrase, e);
	secret_free(nfkc);
	if (ok) {
		keystore_format(&file, &k, id);
		ok = opens_again(buf_view(&file), key, passphrase, e);
	}
	if (ok)
		buf_span(out, buf_view(&file));
	buf_release(&file);
	return ok;
}
