/* load, review, sign and decline: a packet is read by a person, confirmed on purpose, and answered; on a full screen
 * (desk.c) or line by line (dialogue.c). Read next: session.c, which does what they were told. */
#include "src/signer/adopting.h"
#include "src/signer/desk.h"
#include "src/signer/dialogue.h"

bool verb_review(struct signer *s, struct err *e)
{
	struct reviewed r;
	struct span file;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	if (adopting_is(s, file))
		return adopting_review(s, e);
	if (s->screen != NULL)
		return desk_review(s, s->screen, e);
	if (!review_open(s, &r, s->args[0], e))
		return false;
	review_page(s, &s->text, &r, 0);
	s->result = review_json(s, &r);
	return true;
}

bool verb_sign(struct signer *s, struct err *e)
{
	struct session x;
	const bool ok = session_begin(&x, s, e) &&
			(s->screen != NULL ? desk_sign(&x, s->screen, NULL, 0, e) : dialogue_sign(&x, e));
	return session_end(&x, ok, e);
}

bool verb_load(struct signer *s, struct err *e)
{
	struct session x;
	const bool ok = session_begin(&x, s, e) &&
			(s->screen != NULL ? desk_sign(&x, s->screen, s->roots, s->n_roots, e)
					   : dialogue_load(&x, s->roots, s->n_roots, e));
	return session_end(&x, ok, e);
}

bool verb_decline(struct signer *s, struct err *e)
{
	const char *reason = signer_option(s, "--reason");
	struct session x;
	struct reviewed r;
	if (!session_begin(&x, s, e) || !session_reason(reason, e))
		return false;
	if (!review_open(s, &r, s->args[0], e)) {
		if (!r.parsed)
			return false;
		err_clear(e);
	}
	if (!session_decline(s, &r, reason, e))
		return false;
	buf_str(&s->text, "You declined. Nothing was signed.\n");
	return true;
}
