#include "src/crypto/keystore.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
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

static bool refuse(struct err *e, enum err_code code, const struct json *at, const char *name,
		   const char *text)
{
	err_set(e, code, at->at, "%s", text);
	return err_in(e, "%s", name);
}

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
			return refuse(e, ERR_SYNTAX, v, "crypto", "given twice, in two spellings");
		*out = v;
	}
	if (*out == NULL)
		return refuse(e, ERR_MISSING, doc, "crypto", "missing");
	if ((*out)->type != JSON_OBJECT)
		return refuse(e, ERR_SYNTAX, *out, "crypto", "needed an object");
	return true;
}

static bool check_length(size_t found, size_t min, size_t max, struct err *e)
{
	if (found >= min && found <= max)
		return true;
	if (min == max)
		return err_set(e, ERR_RANGE, 0, "needed %zu bytes, found %zu", min, found);
	return err_set(e, ERR_RANGE, 0, "needed %zu to %zu bytes, found %zu", min, max, found);
}

/* Hex digits, without the 0x that some writers put there. e->at counts from the first of them. */
static bool decode(struct buf *out, struct span digits, size_t min, size_t max, struct err *e)
{
	struct buf text = {0};
	bool ok;

	if (digits.n / 2 > max)                          /* too long to be decoded first */
		return check_length(digits.n / 2, min, max, e);
	buf_str(&text, "0x");
	buf_span(&text, digits);
	ok = hex_decode(out, buf_view(&text), e);
	if (!ok && e != NULL && e->at != ERR_NO_OFFSET)
		e->at -= 2;
	buf_release(&text);
	return ok && check_length(out->n, min, max, e);
}

static bool get_bytes(const struct json *o, const char *name, uint8_t *out, size_t min, size_t max, size_t *n,
		      struct err *e)
{
	struct span digits;
	struct buf b = {0};
	size_t skip;
	bool ok;

	if (!json_get_str(o, name, &digits, e))
		return false;
	skip = span_starts(digits, "0x") ? 2 : 0;
	ok = decode(&b, span_of(digits.p + skip, digits.n - skip), min, max, e);
	if (ok) {
		memcpy(out, b.p, b.n);
		*n = b.n;
	} else if (e != NULL) {
		e->at += json_find(o, name)->at + 1 + skip;      /* 1: the quote */
	}
	buf_release(&b);
	return ok || err_in(e, "%s", name);
}

static bool get_fixed(const struct json *o, const char *name, uint8_t *out, size_t n, struct err *e)
{
	size_t found;

	return get_bytes(o, name, out, n, n, &found, e);
}

/* The string member `name`, which is one of two words: *second says which. `b` may be NULL. */
static bool get_word(const struct json *o, const char *name, const char *a, const char *b, bool *second,
		     struct err *e)
{
	struct span s;

	if (!json_get_str(o, name, &s, e))
		return false;
	*second = b != NULL && span_is(s, b);
	if (*second || span_is(s, a))
		return true;
	err_set(e, ERR_UNKNOWN, json_find(o, name)->at, "needed \"%s\"%s%s%s, found \"%.*s\"", a,
		b ? " or \"" : "", b ? b : "", b ? "\"" : "", text_shown(s), (const char *)s.p);
	return err_in(e, "%s", name);
}

static bool out_of_range(const struct json *v, uint64_t found, uint64_t min, uint64_t max, struct err *e)
{
	if (min == max)
		return err_set(e, ERR_RANGE, v->at, "needed %" PRIu64 ", found %" PRIu64, min, found);
	return err_set(e, ERR_RANGE, v->at, "needed %" PRIu64 " to %" PRIu64 ", found %" PRIu64, min, max,
		       found);
}

static bool get_number(const struct json *o, const char *name, uint64_t min, uint64_t max, uint64_t *out,
		       struct err *e)
{
	if (!json_get_u64(o, name, out, e))
		return false;
	return (*out >= min && *out <= max) || out_of_range(json_find(o, name), *out, min, max, e) ||
	       err_in(e, "%s", name);
}

static bool read_scrypt(struct keystore *out, const struct json *params, struct err *e)
{
	uint64_t r, p;

	if (!json_get_u64(params, "n", &out->n, e) || !get_number(params, "r", 1, SCRYPT_R_MAX, &r, e) ||
	    !get_number(params, "p", 1, SCRYPT_P_MAX, &p, e))
		return false;
	if (!scrypt_check(out->n, r, p, e)) {
		if (e != NULL)
			e->at = json_find(params, "n")->at;      /* r and p are in range: it is n */
		return false;
	}
	out->r = (uint32_t)r;
	out->p = (uint32_t)p;
	return true;
}

static bool read_pbkdf2(struct keystore *out, const struct json *params, struct err *e)
{
	uint64_t c;
	bool other;

	if (!get_word(params, "prf", "hmac-sha256", NULL, &other, e) ||
	    !get_number(params, "c", 1, KEYSTORE_PBKDF2_MAX, &c, e))
		return false;
	out->c = (uint32_t)c;
	return true;
}

static bool read_kdf(struct keystore *out, const struct json *crypto, struct err *e)
{
	const struct json *params;
	uint64_t dklen;
	bool pbkdf2, ok;

	if (!get_word(crypto, "kdf", "scrypt", "pbkdf2", &pbkdf2, e))
		return false;
	out->kdf = pbkdf2 ? KEYSTORE_PBKDF2 : KEYSTORE_SCRYPT;
	if (!json_get(crypto, "kdfparams", JSON_OBJECT, &params, e))
		return false;
	ok = get_number(params, "dklen", 32, 32, &dklen, e) &&
	     get_bytes(params, "salt", out->salt, 1, KEYSTORE_SALT_MAX, &out->salt_n, e) &&
	     (out->kdf == KEYSTORE_SCRYPT ? read_scrypt(out, params, e) : read_pbkdf2(out, params, e));
	return ok || err_in(e, "kdfparams");
}

static bool read_crypto(struct keystore *out, const struct json *crypto, struct err *e)
{
	const struct json *params;
	bool other;

	if (!get_word(crypto, "cipher", "aes-128-ctr", NULL, &other, e) ||
	    !json_get(crypto, "cipherparams", JSON_OBJECT, &params, e))
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
	if (!get_number(doc, "version", 3, 3, &version, e))
		return false;
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
		return refuse(e, ERR_MISSING, doc, "address", "missing");
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

static struct json *crypto_json(struct arena *a, const struct keystore *k)
{
	struct json *o = json_object(a), *params = json_object(a);

	json_set(params, a, "iv", json_bare(a, span_of(k->iv, sizeof(k->iv))));
	json_set(o, a, "cipher", json_str(a, "aes-128-ctr"));
	json_set(o, a, "cipherparams", params);
	json_set(o, a, "ciphertext", json_bare(a, span_of(k->ciphertext, sizeof(k->ciphertext))));
	json_set(o, a, "kdf", json_str(a, k->kdf == KEYSTORE_SCRYPT ? "scrypt" : "pbkdf2"));
	json_set(o, a, "kdfparams", kdf_json(a, k));
	json_set(o, a, "mac", json_bare(a, SPAN_HASH(&k->mac)));
	return o;
}

static struct json *uuid_json(struct arena *a, const uint8_t id[16])
{
	struct buf text = {0};
	struct json *v;

	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_byte(&text, '-');
		buf_hex(&text, span_of(id + i, 1));
	}
	v = json_text(a, buf_view(&text));
	buf_release(&text);
	return v;
}

void keystore_format(struct buf *out, const struct keystore *k, const uint8_t id[16])
{
	struct arena a = {0};
	struct json *o = json_object(&a);

	if (k->has_address)
		json_set(o, &a, "address", json_bare(&a, span_of(k->address.b, sizeof(k->address.b))));
	json_set(o, &a, "crypto", crypto_json(&a, k));
	json_set(o, &a, "id", uuid_json(&a, id));
	json_set(o, &a, "version", json_u64(&a, 3));
	json_compact(out, o);
	arena_release(&a);
}

/* ---- keys ---- */

static struct span bytes_of(struct secret *s)
{
	return span_of(secret_bytes(s), secret_size(s));
}

/* 32 bytes: the first half decrypts, the second half authenticates. */
static bool derive(const struct keystore *k, struct secret *passphrase, struct secret *dk, struct err *e)
{
	const struct span salt = span_of(k->salt, k->salt_n);

	if (k->kdf == KEYSTORE_SCRYPT)
		return scrypt(secret_bytes(dk), 32, bytes_of(passphrase), salt, k->n, k->r, k->p, e);
	pbkdf2_sha256(secret_bytes(dk), 32, bytes_of(passphrase), salt, k->c);
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

/* *out: the passphrase in Unicode form NFKC, or NULL when that changes nothing or there is no text to
 * normalise. utf8proc works in the secret itself, first with code points, then with UTF-8 over them: no heap
 * sees either. */
static bool normalise(struct secret **out, struct secret *passphrase, struct err *e)
{
	static const utf8proc_option_t nfkc = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
	const struct span s = bytes_of(passphrase);
	utf8proc_ssize_t n;
	void *points;

	*out = NULL;
	if (!text_is_utf8(s))
		return true;
	n = utf8proc_decompose(s.p, (utf8proc_ssize_t)s.n, NULL, 0, nfkc);
	if (n <= 0)
		return true;
	*out = secret_new(4 * (size_t)n + 4, e);         /* 4 more: the NUL that utf8proc puts behind */
	if (*out == NULL)
		return false;
	points = secret_bytes(*out);
	n = utf8proc_decompose(s.p, (utf8proc_ssize_t)s.n, points, n, nfkc);
	n = n > 0 ? utf8proc_reencode(points, n, nfkc) : n;
	stack_wipe();
	if (n > 0 && !span_eq(span_of(points, (size_t)n), s)) {
		secret_shrink(*out, (size_t)n);
		return true;
	}
	secret_free(*out);
	*out = NULL;
	return true;
}

/* *fits: this is the passphrase. */
static bool try_passphrase(const struct keystore *k, struct secret *passphrase, struct secret *dk, bool *fits,
			   struct err *e)
{
	struct hash32 mac;

	if (!derive(k, passphrase, dk, e))
		return false;
	mac_of(&mac, dk, k->ciphertext);
	*fits = bytes_equal_ct(mac.b, k->mac.b, sizeof(mac.b));
	return true;
}

static bool unlock(const struct keystore *k, struct secret *passphrase, struct secret *dk,
		   enum keystore_form *form, struct err *e)
{
	struct secret *nfkc = NULL;
	bool fits = false;

	*form = KEYSTORE_AS_TYPED;
	if (!try_passphrase(k, passphrase, dk, &fits, e))
		return false;
	if (fits)
		return true;
	*form = KEYSTORE_NFKC;
	if (!normalise(&nfkc, passphrase, e))
		return false;
	if (nfkc != NULL && !try_passphrase(k, nfkc, dk, &fits, e)) {
		secret_free(nfkc);
		return false;
	}
	secret_free(nfkc);
	return fits || err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "wrong passphrase (or a damaged file)");
}

/* Decrypts with the first half of dk, and holds the key against the address the file names. */
static bool decrypt(const struct keystore *k, struct secret *dk, struct secret *key, struct addr *found,
		    struct err *e)
{
	memcpy(secret_bytes(key), k->ciphertext, 32);
	aes128_ctr(secret_bytes(dk), k->iv, secret_bytes(key), 32);
	if (!sig_key_address(found, secret_bytes(key), e))
		return false;
	if (!k->has_address || addr_eq(found, &k->address))
		return true;
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the file names another address than its key has");
	return err_in(e, "address");
}

bool keystore_open(struct secret **key, struct addr *address, enum keystore_form *form,
		   const struct json *doc, struct secret *passphrase, struct err *e)
{
	struct keystore k;
	struct secret *dk = NULL, *found = NULL;
	enum keystore_form used;
	struct addr its_address;
	bool ok = false;

	*key = NULL;
	if (!keystore_read(&k, doc, e))
		return false;
	dk = secret_new(32, e);
	found = dk != NULL ? secret_new(32, e) : NULL;
	if (found == NULL || !unlock(&k, passphrase, dk, &used, e) ||
	    !decrypt(&k, dk, found, &its_address, e))
		goto out;
	if (address != NULL)
		*address = its_address;
	if (form != NULL)
		*form = used;
	*key = found;
	found = NULL;
	ok = true;
out:
	stack_wipe();
	secret_free(dk);
	secret_free(found);
	return ok;
}

/* Fills in ciphertext and mac. */
static bool seal(struct keystore *k, struct secret *key, struct secret *passphrase, struct err *e)
{
	struct secret *nfkc = NULL, *dk = NULL, *text = NULL;
	bool ok = false;

	if (!normalise(&nfkc, passphrase, e))
		goto out;
	dk = secret_new(32, e);
	text = dk != NULL ? secret_new(32, e) : NULL;
	if (text == NULL || !derive(k, nfkc != NULL ? nfkc : passphrase, dk, e))
		goto out;
	memcpy(secret_bytes(text), secret_bytes(key), 32);
	aes128_ctr(secret_bytes(dk), k->iv, secret_bytes(text), 32);
	memcpy(k->ciphertext, secret_bytes(text), 32);
	mac_of(&k->mac, dk, k->ciphertext);
	ok = true;
out:
	stack_wipe();
	secret_free(nfkc);
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

bool keystore_write(struct buf *out, struct secret *key, struct secret *passphrase,
		    const struct keystore_cost *cost, struct err *e)
{
	struct keystore k = {
		.has_address = true, .salt_n = 32,
		.kdf = KEYSTORE_SCRYPT, .n = cost->n, .r = cost->r, .p = cost->p,
	};
	struct buf file = {0};
	uint8_t id[16];
	bool ok;

	assert(secret_size(key) == 32);
	if (!scrypt_check(cost->n, cost->r, cost->p, e) || !sig_key_address(&k.address, secret_bytes(key), e))
		return false;
	random_bytes(k.salt, k.salt_n);
	random_bytes(k.iv, sizeof(k.iv));
	random_bytes(id, sizeof(id));
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);        /* a random UUID: RFC 4122, version 4 */
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
	if (!seal(&k, key, passphrase, e))
		return false;
	keystore_format(&file, &k, id);
	ok = opens_again(buf_view(&file), key, passphrase, e);
	if (ok)
		buf_span(out, buf_view(&file));
	buf_release(&file);
	return ok;
}
