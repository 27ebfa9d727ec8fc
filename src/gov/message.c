#include "src/gov/message.h"

#include "src/evm/address.h"
#include "src/evm/eip712.h"
#include "src/gov/fields.h"

struct member {
	const char *name;
	enum { NAME, TEXT, U64, U256, BYTES32, ADDRESS } kind;    /* NAME: a log's */
};
struct row {
	const char *name;
	struct member members[MESSAGE_MEMBERS_MAX];
	size_t n;
};
static const char *const solidity[] = { "string", "string", "uint64", "uint256", "bytes32", "address" };

static const struct row rows[N_MESSAGE_TYPES] = {
	[MESSAGE_CHECKPOINT] = { "LogCheckpoint", { { "origin", NAME }, { "size", U256 }, { "root", BYTES32 } }, 3 },
	/* The deployment is in it, because a policy's names (of contracts, of people) are the profile's. */
	[MESSAGE_POLICY_ADOPTION] = { "PolicyAdoption",
				      { { "origin", NAME }, { "deployment", BYTES32 }, { "policy", BYTES32 },
					{ "previous", BYTES32 }, { "expires", U64 } }, 5 },
	/* The same of a list of releases, whose contracts are the profile's too. src/policy/adoption.h reads both. */
	[MESSAGE_RELEASES_ADOPTION] = { "ReleasesAdoption",
					{ { "origin", NAME }, { "deployment", BYTES32 }, { "releases", BYTES32 },
					  { "previous", BYTES32 }, { "expires", U64 } }, 5 },
	/* By whoever gets power, who need not be an owner: attestation.h. */
	[MESSAGE_ATTESTATION] = { "KeyAttestation",
				  { { "origin", NAME }, { "deployment", BYTES32 }, { "change", TEXT },
				    { "account", ADDRESS } }, 4 },
	/* The log's key is lost, and this one goes on: log_keys.h. */
	[MESSAGE_SUCCESSION] = { "LogSuccession",
				 { { "origin", NAME }, { "size", U256 }, { "root", BYTES32 },
				   { "newKey", BYTES32 } }, 4 },
};

const char *message_type_name(enum message_type t)
{
	return rows[t].name;
}

/* ---- what is signed --------------------------------------------------------------------------------------------- */

static void add_member(struct json *type, struct arena *a, const char *name, const char *kind)
{
	struct json *m = json_object(a);

	json_set(m, a, "name", json_str(a, name));
	json_set(m, a, "type", json_str(a, kind));
	json_push(type, m);
}

static struct json *types(struct arena *a, const struct row *row)
{
	struct json *all = json_object(a), *domain = json_array(a), *message = json_array(a);

	add_member(domain, a, "name", "string");
	add_member(domain, a, "version", "string");
	add_member(domain, a, "chainId", "uint256");
	add_member(domain, a, "verifyingContract", "address");
	for (size_t i = 0; i < row->n; i++)
		add_member(message, a, row->members[i].name, solidity[row->members[i].kind]);
	json_set(all, a, "EIP712Domain", domain);
	json_set(all, a, row->name, message);
	return all;
}

static struct json *value_json(struct arena *a, const struct member *m, const struct message_value *v)
{
	switch (m->kind) {
	case NAME:
	case TEXT:
		return json_text(a, v->text);
	case U64:
	case U256:
		return json_u64(a, v->number);
	case BYTES32:
		return json_0x(a, SPAN_HASH(&v->hash));
	case ADDRESS:
		return json_addr(a, &v->address);
	}
	BUG("a member of no kind");
}

static struct json *says_json(struct arena *a, const struct message *m)
{
	const struct row *row = &rows[m->type];
	struct json *o = json_object(a);

	for (size_t i = 0; i < row->n; i++)
		json_set(o, a, row->members[i].name, value_json(a, &row->members[i], &m->says[i]));
	return o;
}

const struct json *message_typed_data(struct arena *a, const struct deployment *d, const struct message *m)
{
	struct json *doc = json_object(a), *domain = json_object(a);

	json_set(domain, a, "name", json_str(a, "setgov"));
	json_set(domain, a, "version", json_str(a, "1"));
	json_set(domain, a, "chainId", json_u64(a, d->chain_id));
	json_set(domain, a, "verifyingContract", json_addr(a, &d->safe));
	json_set(doc, a, "types", types(a, &rows[m->type]));
	json_set(doc, a, "primaryType", json_str(a, rows[m->type].name));
	json_set(doc, a, "domain", domain);
	json_set(doc, a, "message", says_json(a, m));
	return doc;
}

void message_digest(struct hash32 *out, const struct deployment *d, const struct message *m)
{
	struct arena a = {0};
	struct err e = {0};
	const struct eip712 *doc = eip712_from_json(&a, message_typed_data(&a, d, m), &e);

	if (!doc)
		BUG("our own typed data: %s", buf_cstr(&e.what));
	eip712_digest(doc, out);
	arena_release(&a);
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static struct json *signature_json(struct arena *a, const struct sig *sig)
{
	uint8_t bytes[65];

	sig_to_bytes(bytes, sig);
	return json_0x(a, span_of(bytes, sizeof(bytes)));
}

void message_write(struct arena *a, struct buf *out, const struct signed_message *m)
{
	struct json *o = json_object(a);

	json_set(o, a, "by", json_addr(a, &m->by.owner));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&m->deployment)));
	json_set(o, a, "format", json_str(a, MESSAGE_FORMAT));
	json_set(o, a, "message", says_json(a, &m->message));
	json_set(o, a, "signature", signature_json(a, &m->by.sig));
	json_set(o, a, "type", json_str(a, rows[m->message.type].name));
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

static bool get_type(const struct json *o, enum message_type *out, struct err *e)
{
	struct span name;

	if (!json_get_str(o, "type", &name, e))
		return false;
	for (size_t i = 0; i < N_MESSAGE_TYPES; i++)
		if (span_is(name, rows[i].name)) {
			*out = (enum message_type)i;
			return true;
		}
	return err_set(e, ERR_UNKNOWN, json_find(o, "type")->at, "no type of message that is known here") ||
	       err_in(e, "type");
}

static bool get_value(const struct json *says, const struct member *m, struct message_value *out, struct err *e)
{
	switch (m->kind) {
	case TEXT:
		return json_get_str(says, m->name, &out->text, e);
	case ADDRESS:
		return json_get_addr(says, m->name, &out->address, e);
	case NAME:
		if (!json_get_str(says, m->name, &out->text, e))
			return false;
		return note_name_is_valid(out->text) ||
		       err_set(e, ERR_SYNTAX, json_find(says, m->name)->at, "needed the name of a log") ||
		       err_in(e, "%s", m->name);
	case U64:
	case U256:
		return json_get_u64(says, m->name, &out->number, e);
	case BYTES32:
		return json_get_hash(says, m->name, &out->hash, e);
	}
	BUG("a member of no kind");
}

static bool get_says(const struct json *o, struct message *out, struct err *e)
{
	const struct row *row = &rows[out->type];
	const char *names[MESSAGE_MEMBERS_MAX + 1] = { NULL };
	const struct json *says;

	for (size_t i = 0; i < row->n; i++)
		names[i] = row->members[i].name;
	if (!json_get(o, "message", JSON_OBJECT, &says, e))
		return false;
	if (!json_only(says, names, e))
		return err_in(e, "message");
	for (size_t i = 0; i < row->n; i++)
		if (!get_value(says, &row->members[i], &out->says[i], e))
			return err_in(e, "message");
	return true;
}

static bool get_members(struct arena *a, struct signed_message *out, const struct json *o, struct err *e)
{
	static const char *const names[] = { "by", "deployment", "format", "message", "signature", "type", NULL };
	struct span format;

	if (!json_only(o, names, e) || !json_get_str(o, "format", &format, e))
		return false;
	if (!span_is(format, MESSAGE_FORMAT))
		return err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed " MESSAGE_FORMAT) ||
		       err_in(e, "format");
	return json_get_bare_hash(o, "deployment", &out->deployment, e) && get_type(o, &out->message.type, e) &&
	       get_says(o, &out->message, e) && json_get_addr(o, "by", &out->by.owner, e) &&
	       get_signature(a, o, &out->by.sig, e);
}

static bool is_canonical(struct arena *a, const struct signed_message *m, struct span text, struct err *e)
{
	struct buf b = {0};
	size_t same = 0;
	bool ok;

	message_write(a, &b, m);
	while (same < b.n && same < text.n && b.p[same] == text.p[same])
		same++;
	ok = (same == text.n && same + 1 >= b.n) || err_set(e, ERR_SYNTAX, same, "not canonical JSON on one line");
	buf_release(&b);
	return ok;
}

bool message_parse(struct arena *a, struct signed_message *out, struct span text, struct err *e)
{
	const struct json *doc;

	*out = (struct signed_message){0};
	if (text.n > MESSAGE_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a message has at most %zu bytes, found %zu", MESSAGE_MAX,
			       text.n);
	doc = json_parse(a, text, e);
	return doc && get_members(a, out, doc, e) && is_canonical(a, out, text, e);
}

/* ---- whose word ------------------------------------------------------------------------------------------------- */

static bool signature_check(const struct message_signature *s, const struct deployment *d, const struct message *m,
			    struct err *e)
{
	struct hash32 digest;
	struct addr by;
	struct buf text = {0};

	message_digest(&digest, d, m);
	if (!sig_recover(&by, &s->sig, &digest, e))
		return err_in(e, "signature");
	if (addr_eq(&by, &s->owner))
		return deployment_is_owner(d, &by) || err_refuse(e, "NOT-OWNER", "signed by somebody who is no owner");
	addr_format(&text, &by);
	err_refuse(e, "WRONG-OWNER", "the signature is by %s, or for another message", buf_cstr(&text));
	buf_release(&text);
	return false;
}

bool message_check(const struct signed_message *m, const struct deployment *d, struct err *e)
{
	if (!hash32_eq(&m->deployment, &d->id))
		return err_refuse(e, "DEPLOYMENT", "a message for another deployment");
	return signature_check(&m->by, d, &m->message, e);
}

struct json *message_signatures_to_json(struct arena *a, const struct message_signature *v, size_t n)
{
	struct json *list = json_array(a);

	for (size_t i = 0; i < n; i++) {
		struct json *o = json_object(a);

		json_set(o, a, "owner", json_addr(a, &v[i].owner));
		json_set(o, a, "signature", signature_json(a, &v[i].sig));
		json_push(list, o);
	}
	return list;
}

bool message_signatures_from_json(struct arena *a, struct message_signature **out, size_t *n, const struct json *list,
				  struct err *e)
{
	static const char *const names[] = { "owner", "signature", NULL };
	size_t i = 0;

	if (list->type != JSON_ARRAY || list->n > NOTE_MAX_SIGNATURES)
		return err_set(e, ERR_SYNTAX, list->at, "needed an array of at most %u signatures",
			       NOTE_MAX_SIGNATURES);
	*out = ARENA_ARRAY(a, struct message_signature, list->n + 1);
	*n = list->n;
	for (const struct json *o = list->first; o; o = o->next, i++)
		if (!json_only(o, names, e) || !json_get_addr(o, "owner", &(*out)[i].owner, e) ||
		    !get_signature(a, o, &(*out)[i].sig, e))
			return err_in(e, "[%zu]", i);
	return true;
}

static bool is_among(const struct addr *owner, const struct message_signature *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (addr_eq(&v[i].owner, owner))
			return true;
	return false;
}

bool message_count(size_t *out, const struct deployment *d, const struct message *m, const struct message_signature *v,
		   size_t n, struct err *e)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (!signature_check(&v[i], d, m, e))
			return err_in(e, "signatures[%zu]", i);
		*out += !is_among(&v[i].owner, v, i);
	}
	return true;
}
