#include "src/gov/attestation.h"

#include "src/evm/address.h"
#include "src/gov/fields.h"
#include "src/gov/message.h"
#include "src/proof/note.h"

/* ---- what is signed ---- */

static struct message message_of(const struct attestation *t)
{
	return (struct message){ MESSAGE_ATTESTATION, { { .text = t->origin }, { .hash = t->deployment },
						       { .text = t->change }, { .address = t->account } } };
}

const struct json *attestation_typed_data(struct arena *a, const struct deployment *d, const struct attestation *t)
{
	const struct message m = message_of(t);
	return message_typed_data(a, d, &m);
}

bool attestation_from_typed_data(struct arena *a, struct attestation *out, const struct json *doc,
				 const struct deployment *d, struct err *e)
{
	const struct json *message;
	*out = (struct attestation){0};
	if (!json_get(doc, "message", JSON_OBJECT, &message, e))
		return false;
	if (!json_get_str(message, "origin", &out->origin, e) || !json_get_str(message, "change", &out->change, e) ||
	    !json_get_addr(message, "account", &out->account, e))
		return err_in(e, "message");
	out->deployment = d->id;
	/* order of members is not meaning: the canonical forms are compared */
	if (!json_is_canonical(doc, e))
		return false;
	return json_same(doc, attestation_typed_data(a, d, out)) ||
	       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "not a KeyAttestation for this deployment");
}

void attestation_digest(struct hash32 *out, const struct deployment *d, const struct attestation *t)
{
	const struct message m = message_of(t);
	message_digest(out, d, &m);
}

/* ---- the file ---- */

void attestation_write(struct arena *a, struct buf *out, const struct attestation *t)
{
	struct json *o = json_object(a);
	uint8_t bytes[65];
	sig_to_bytes(bytes, &t->sig);
	json_set(o, a, "account", json_addr(a, &t->account));
	json_set(o, a, "change", json_text(a, t->change));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&t->deployment)));
	json_set(o, a, "format", json_str(a, "setgov-attestation/1"));
	json_set(o, a, "origin", json_text(a, t->origin));
	json_set(o, a, "signature", json_0x(a, span_of(bytes, sizeof(bytes))));
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
	if (e != NULL)
		e->at = json_find(o, "signature")->at;
	return err_in(e, "signature");
}

static bool get_members(struct arena *a, struct attestation *out, const struct json *o, struct err *e)
{
	static const char *const names[] = { "account", "change", "deployment", "format", "origin", "signature", NULL };
	struct span format;
	if (!json_only(o, names, e) || !json_get_str(o, "format", &format, e))
		return false;
	if (!span_is(format, "setgov-attestation/1"))
		return err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed setgov-attestation/1") ||
		       err_in(e, "format");
	if (!json_get_addr(o, "account", &out->account, e) || !json_get_str(o, "change", &out->change, e) ||
	    !json_get_bare_hash(o, "deployment", &out->deployment, e) || !json_get_str(o, "origin", &out->origin, e))
		return false;
	if (!note_name_is_valid(out->origin))
		return err_set(e, ERR_SYNTAX, json_find(o, "origin")->at, "needed the name of a log") ||
		       err_in(e, "origin");
	return get_signature(a, o, &out->sig, e);
}

static bool is_canonical(struct arena *a, const struct attestation *t, struct span text, struct err *e)
{
	struct buf b = {0};
	size_t same = 0;
	attestation_write(a, &b, t);
	while (same < b.n && same < text.n && b.p[same] == text.p[same])
		same++;
	const bool ok = (same == text.n && same + 1 >= b.n) ||
			err_set(e, ERR_SYNTAX, same, "not canonical JSON on one line");
	buf_release(&b);
	return ok;
}

bool attestation_parse(struct arena *a, struct attestation *out, struct span text, struct err *e)
{
	*out = (struct attestation){0};
	if (text.n > ATTESTATION_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "an attestation has at most %zu bytes, found %zu",
			       ATTESTATION_MAX, text.n);
	const struct json *doc = json_parse(a, text, e);
	return doc != NULL && get_members(a, out, doc, e) && is_canonical(a, out, text, e);
}

bool attestation_check(const struct attestation *t, const struct deployment *d, struct err *e)
{
	struct hash32 digest;
	struct addr by;
	struct buf text = {0};
	if (!hash32_eq(&t->deployment, &d->id))
		return err_refuse(e, "DEPLOYMENT", "an attestation for another deployment");
	attestation_digest(&digest, d, t);
	if (!sig_recover(&by, &t->sig, &digest, e))
		return err_in(e, "signature");
	if (addr_eq(&by, &t->account))
		return true;
	addr_format(&text, &by);
	err_refuse(e, "POSSESSION", "the signature is by %s, or for something else", buf_cstr(&text));
	buf_release(&text);
	return false;
}
