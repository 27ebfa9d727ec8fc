#include "src/signer/vouch.h"

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/crypto/wipe.h"
#include "src/evm/address.h"

static bool is_wanted(const struct deployment *d, const struct key_file *k, const struct addr *wanted)
{
	return k->finished && k->class == d->class && deployment_is_owner(d, &k->address) &&
	       (wanted == NULL || addr_eq(wanted, &k->address));
}

bool vouch_key(struct signer *s, const struct deployment *d, const struct key_file **out, struct err *e)
{
	const char *given = signer_option(s, "--key");
	struct addr wanted;
	size_t n = 0;
	if (!signer_may_use_keys(s, d->class, e))
		return false;
	if (given != NULL && !addr_parse(&wanted, span_str(given), e))
		return err_in(e, "--key");
	for (size_t i = 0; i < s->home.n_keys; i++)
		if (is_wanted(d, &s->home.keys[i], given != NULL ? &wanted : NULL)) {
			*out = &s->home.keys[i];
			n++;
		}
	if (n == 0)
		return err_refuse(e, "NO-KEY", "no owner's key of this deployment and class is here");
	return n == 1 || err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				 "several owners' keys are here: --key ADDRESS says which");
}

bool vouch_sign(struct signer *s, const struct deployment *d, const struct key_file *k, const struct message *m,
		struct signed_message *out, struct err *e)
{
	struct secret *passphrase = NULL, *key = NULL;
	struct hash32 digest;
	struct span file;
	bool ok = false;
	*out = (struct signed_message){ .deployment = d->id, .message = *m, .by = { .owner = k->address } };
	if (!signer_keystore(s, k, &file, e))
		return false;
	passphrase = signer_passphrase(s, "Passphrase of the key: ", e);
	if (passphrase != NULL)
		key = signer_unlock(s, k->path, file, passphrase, &k->address, e);
	if (key != NULL) {
		message_digest(&digest, d, m);
		ok = sig_make(&out->by.sig, &digest, secret_bytes(key)) ||
		     err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "the key could not sign");
	}
	stack_wipe();
	secret_free(key);
	secret_free(passphrase);
	return ok;
}

static const char *file_name(struct signer *s, const struct deployment *d, const struct addr *by)
{
	const char *given = signer_option(s, "-o");
	const struct person *p = deployment_person_at(d, by);
	struct buf who = {0};
	if (given != NULL)
		return given;
	if (p != NULL)
		buf_span(&who, p->id);
	else
		addr_format(&who, by);
	given = arena_fmt(&s->arena, "%s.%s.message.json", s->args[0], buf_cstr(&who));
	buf_release(&who);
	return given;
}

bool vouch_write(struct signer *s, const struct deployment *d, const struct signed_message *m, const char *what,
		 struct err *e)
{
	const char *path = file_name(s, d, &m->by.owner);
	struct buf b = {0};
	message_write(&s->arena, &b, m);
	const bool ok = fs_create(path, buf_view(&b), 0644, e);
	buf_release(&b);
	if (!ok)
		return false;
	buf_fmt(&s->text, "%s written to ", what);
	text_safe(&s->text, span_str(path), false);
	buf_byte(&s->text, '\n');
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "by", json_addr(&s->arena, &m->by.owner));
	json_set(s->result, &s->arena, "file", json_str(&s->arena, path));
	return true;
}
