/* attest: the holder of a key shows to have it, offline, for one change that gives its address power. The challenge is
 * the console's; what is signed is made anew from what this machine pinned and the page shows. */
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/attestation.h"
#include "src/signer/vouch.h"

struct attesting {
	struct signer *s;
	struct attestation t;
	const struct deployment *deployment;
	const struct key_file *key;
};

/* The challenge of one pinned deployment, member by member. */
static bool read_challenge(struct attesting *x, struct err *e)
{
	const char *path = x->s->args[0];
	const struct home *home = &x->s->home;
	struct span bytes;
	if (!signer_input(x->s, path, &bytes, e))
		return false;
	const struct json *doc = bytes.n <= MESSAGE_MAX ? json_parse(&x->s->arena, bytes, e) : NULL;
	if (bytes.n > MESSAGE_MAX)
		err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a challenge has at most %zu bytes", MESSAGE_MAX);
	if (doc == NULL)
		return err_file(e, path, 0);
	for (size_t i = 0; i < home->n_pins && x->deployment == NULL; i++)
		if (attestation_from_typed_data(&x->s->arena, &x->t, doc, &home->pins[i].deployment, NULL))
			x->deployment = &home->pins[i].deployment;
	return x->deployment != NULL ||
	       err_refuse(e, "DEPLOYMENT", "not a challenge of a deployment that is pinned here") ||
	       err_file(e, path, 0);
}

static bool pick_key(struct attesting *x, struct err *e)
{
	const struct home *home = &x->s->home;
	for (size_t i = 0; i < home->n_keys; i++) {
		const struct key_file *k = &home->keys[i];
		if (k->finished && k->class == x->deployment->class && addr_eq(&k->address, &x->t.account))
			x->key = k;
	}
	return x->key != NULL || err_refuse(e, "NO-KEY", "the key that the challenge asks for is not here, or is "
					    "of another class");
}

static void page(struct attesting *x)
{
	struct buf *out = &x->s->text;
	deployment_banner(out, x->deployment);
	buf_str(out, "\nA challenge. Signing it says: I have the key of this address, and know that the change gives "
		     "it power.\nIt moves nothing on chain, and is worth nothing for another change.\n  address ");
	addr_format(out, &x->t.account);
	buf_str(out, "\n  change  ");
	text_safe(out, x->t.change, false);
	buf_str(out, "\n  log     ");
	text_safe(out, x->t.origin, false);
	buf_str(out, "\n  NOT CHECKED: what the change does. Its packet says so: setgov-signer review.\n");
}

/* On disk here before it can be anywhere else. */
static bool log_it(struct attesting *x, struct err *e)
{
	struct arena *a = &x->s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "account", json_addr(a, &x->t.account));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&x->deployment->id)));
	json_set(body, a, "origin", json_text(a, x->t.origin));
	return journal_add(&x->s->journal, "key.attested", x->t.change, body, e);
}

bool verb_attest(struct signer *s, struct err *e)
{
	struct attesting x = { .s = s };
	struct signed_message made;
	if (!read_challenge(&x, e) || !signer_may_use_keys(s, x.deployment->class, e) || !pick_key(&x, e))
		return false;
	page(&x);
	if (!signer_flag(s, "--passphrase-fd") && terminal_is_there(&s->terminal)) {
		if (!terminal_page(&s->terminal, buf_view(&s->text), e))
			return false;
		buf_clear(&s->text);
	}
	const struct message m = attestation_message(&x.t);
	if (!vouch_sign(s, x.deployment, x.key, &m, &made, e) || !log_it(&x, e) ||
	    !vouch_write(s, x.deployment, &made, "Attestation", e))
		return false;
	json_set(s->result, &s->arena, "change", json_text(&s->arena, x.t.change));
	return true;
}
