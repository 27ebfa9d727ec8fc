#include "src/gov/cosignature.h"

#include "src/evm/address.h"
#include "src/evm/eip712.h"
#include "src/gov/fields.h"

/* ---- what is signed --------------------------------------------------------------------------------------------- */

static void add_member(struct json *type, struct arena *a, const char *name, const char *kind)
{
	struct json *m = json_object(a);

	json_set(m, a, "name", json_str(a, name));
	json_set(m, a, "type", json_str(a, kind));
	json_push(type, m);
}

static struct json *types(struct arena *a)
{
	struct json *all = json_object(a), *domain = json_array(a), *message = json_array(a);

	add_member(domain, a, "name", "string");
	add_member(domain, a, "version", "string");
	add_member(domain, a, "chainId", "uint256");
	add_member(domain, a, "verifyingContract", "address");
	add_member(message, a, "origin", "string");
	add_member(message, a, "size", "uint256");
	add_member(message, a, "root", "bytes32");
	json_set(all, a, "EIP712Domain", domain);
	json_set(all, a, "LogCheckpoint", message);
	return all;
}

static struct json *typed_data(struct arena *a, const struct deployment *d, struct span origin,
			       const struct tree_head *head)
{
	struct json *doc = json_object(a), *domain = json_object(a), *message = json_object(a);

	json_set(domain, a, "name", json_str(a, "setgov"));
	json_set(domain, a, "version", json_str(a, "1"));
	json_set(domain, a, "chainId", json_u64(a, d->chain_id));
	json_set(domain, a, "verifyingContract", json_addr(a, &d->safe));
	json_set(message, a, "origin", json_text(a, origin));
	json_set(message, a, "size", json_u64(a, head->size));
	json_set(message, a, "root", json_0x(a, SPAN_HASH(&head->root)));
	json_set(doc, a, "types", types(a));
	json_set(doc, a, "primaryType", json_str(a, "LogCheckpoint"));
	json_set(doc, a, "domain", domain);
	json_set(doc, a, "message", message);
	return doc;
}

void cosignature_digest(struct hash32 *out, const struct deployment *d, struct span origin,
			const struct tree_head *head)
{
	struct arena a = {0};
	struct err e = {0};
	const struct eip712 *doc = eip712_from_json(&a, typed_data(&a, d, origin, head), &e);

	if (!doc)
		BUG("our own typed data: %s", buf_cstr(&e.what));
	eip712_digest(doc, out);
	arena_release(&a);
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

void cosignature_write(struct arena *a, struct buf *out, const struct cosignature *c)
{
	struct json *o = json_object(a);
	uint8_t bytes[65];

	sig_to_bytes(bytes, &c->sig);
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&c->deployment)));
	json_set(o, a, "format", json_str(a, "setgov-cosignature/1"));
	json_set(o, a, "origin", json_text(a, c->origin));
	json_set(o, a, "owner", json_addr(a, &c->owner));
	json_set(o, a, "root", json_bare(a, SPAN_HASH(&c->head.root)));
	json_set(o, a, "signature", json_0x(a, span_of(bytes, sizeof(bytes))));
	json_set(o, a, "size", json_u64(a, c->head.size));
	json_canonical(out, o);
	buf_byte(out, '\n');
}

static bool get_signature(struct arena *a, const struct json *o, struct sig *out, struct err *e)
{
	struct span bytes;

	if (!json_get_bytes(a, o, "signature", &bytes, e))
		return false;
	if (sig_from_bytes(out, bytes, e))
		return true;
	if (e)
		e->at = json_find(o, "signature")->at;
	return err_in(e, "signature");
}

static bool get_members(struct arena *a, struct cosignature *out, const struct json *o, struct err *e)
{
	static const char *const names[] = { "deployment", "format", "origin", "owner", "root", "signature", "size",
					     NULL };
	struct span format;

	if (!json_only(o, names, e) || !json_get_str(o, "format", &format, e))
		return false;
	if (!span_is(format, "setgov-cosignature/1"))
		return err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed setgov-cosignature/1") ||
		       err_in(e, "format");
	if (!json_get_bare_hash(o, "deployment", &out->deployment, e) || !json_get_str(o, "origin", &out->origin, e) ||
	    !json_get_addr(o, "owner", &out->owner, e) || !json_get_bare_hash(o, "root", &out->head.root, e) ||
	    !json_get_u64(o, "size", &out->head.size, e))
		return false;
	if (!note_name_is_valid(out->origin))
		return err_set(e, ERR_SYNTAX, json_find(o, "origin")->at, "needed the name of a log") ||
		       err_in(e, "origin");
	return get_signature(a, o, &out->sig, e);
}

static bool is_canonical(struct arena *a, const struct cosignature *c, struct span text, struct err *e)
{
	struct buf b = {0};
	size_t same = 0;
	bool ok;

	cosignature_write(a, &b, c);
	while (same < b.n && same < text.n && b.p[same] == text.p[same])
		same++;
	ok = (same == text.n && same + 1 >= b.n) || err_set(e, ERR_SYNTAX, same, "not canonical JSON on one line");
	buf_release(&b);
	return ok;
}

bool cosignature_parse(struct arena *a, struct cosignature *out, struct span text, struct err *e)
{
	const struct json *doc;

	*out = (struct cosignature){0};
	if (text.n > COSIGNATURE_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a cosignature has at most %zu bytes, found %zu",
			       COSIGNATURE_MAX, text.n);
	doc = json_parse(a, text, e);
	return doc && get_members(a, out, doc, e) && is_canonical(a, out, text, e);
}

bool cosignature_check(const struct cosignature *c, const struct deployment *d, struct err *e)
{
	struct hash32 digest;
	struct addr by;
	struct buf text = {0};

	if (!hash32_eq(&c->deployment, &d->id))
		return err_refuse(e, "DEPLOYMENT", "a cosignature for another deployment");
	cosignature_digest(&digest, d, c->origin, &c->head);
	if (!sig_recover(&by, &c->sig, &digest, e))
		return err_in(e, "signature");
	if (addr_eq(&by, &c->owner))
		return deployment_is_owner(d, &by) || err_refuse(e, "NOT-OWNER", "signed by somebody who is no owner");
	addr_format(&text, &by);
	err_refuse(e, "WRONG-OWNER", "the signature is by %s, or for another checkpoint", buf_cstr(&text));
	buf_release(&text);
	return false;
}
