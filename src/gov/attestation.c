#include "src/gov/attestation.h"

#include "src/evm/address.h"
#include "src/gov/fields.h"

/* ---- what is signed ---- */

struct message attestation_message(const struct attestation *t)
{
	return (struct message){ MESSAGE_ATTESTATION, { { .text = t->origin }, { .hash = t->deployment },
						       { .text = t->change }, { .address = t->account } } };
}

const struct json *attestation_typed_data(struct arena *a, const struct deployment *d, const struct attestation *t)
{
	const struct message m = attestation_message(t);
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
	const struct message m = attestation_message(t);
	message_digest(out, d, &m);
}

/* ---- the file ---- */

bool attestation_of(struct attestation *out, const struct signed_message *m, struct err *e)
{
	const struct message_value *says = m->message.says;
	if (m->message.type != MESSAGE_ATTESTATION)
		return err_refuse(e, "TYPE", "a message of the type %s, not an attestation",
				  message_type_name(m->message.type));
	if (!hash32_eq(&says[1].hash, &m->deployment))
		return err_refuse(e, "DEPLOYMENT", "the message is for another deployment than its file");
	if (!addr_eq(&says[3].address, &m->by.owner))
		return err_refuse(e, "POSSESSION", "the file is by another address than the message is about");
	*out = (struct attestation){ m->deployment, says[0].text, says[2].text, says[3].address, m->by.sig };
	return true;
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
