#include "src/gov/cosignature.h"

struct message cosignature_message(struct span origin, const struct tree_head *head)
{
	return (struct message){ MESSAGE_CHECKPOINT,
				 { { .text = origin }, { .number = head->size }, { .hash = head->root } } };
}

void cosignature_digest(struct hash32 *out, const struct deployment *d, struct span origin,
			const struct tree_head *head)
{
	const struct message m = cosignature_message(origin, head);

	message_digest(out, d, &m);
}

static struct signed_message signed_of(const struct cosignature *c)
{
	return (struct signed_message){ c->deployment, cosignature_message(c->origin, &c->head), { c->owner, c->sig } };
}

static bool cosignature_of(struct cosignature *out, const struct signed_message *m, struct err *e)
{
	const struct message_value *says = m->message.says;

	if (m->message.type != MESSAGE_CHECKPOINT)
		return err_refuse(e, "TYPE", "a message of the type %s, not a checkpoint's cosignature",
				  message_type_name(m->message.type));
	*out = (struct cosignature){ m->deployment, says[0].text, { says[1].number, says[2].hash }, m->by.owner,
				     m->by.sig };
	return true;
}

bool cosignature_parse(struct arena *a, struct cosignature *out, struct span text, struct err *e)
{
	struct signed_message m;

	*out = (struct cosignature){0};
	return message_parse(a, &m, text, e) && cosignature_of(out, &m, e);
}

bool cosignature_check(const struct cosignature *c, const struct deployment *d, struct err *e)
{
	const struct signed_message m = signed_of(c);

	return message_check(&m, d, e);
}
