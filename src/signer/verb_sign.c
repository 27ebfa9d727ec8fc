/* sign and decline: a packet is read by a person, confirmed on purpose, and answered. Whatever does not add up
 * is refused, written into the journal and answered too; after a mismatch this session signs nothing more. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/keystore.h"
#include "src/crypto/wipe.h"
#include "src/evm/address.h"
#include "src/signer/answer_file.h"

struct session {
	struct signer *s;
	struct secret *passphrase;    /* asked for once */
	struct secret *key;           /* and one unlocking, while the key stays the same */
	struct addr unlocked;
	size_t given;                 /* signatures */
};

/* ---- no ---- */

static struct json *packet_body(struct signer *s, const struct reviewed *r)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&r->packet.core.deployment)));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&r->packet.digest)));
	return body;
}

/* The journal first, then the answer that carries the refusal back. A file whose core cannot be read is
 * answered by nobody. */
static bool refuse(struct signer *s, const struct reviewed *r, const struct addr *owner, const struct err *why,
		   struct err *e)
{
	struct arena *a = &s->arena;
	struct buf words = {0};
	struct err plain = *why;
	const char *code = why->refusal != NULL ? why->refusal : "MALFORMED";
	plain.refusal = NULL;
	plain.file = (struct buf){0};
	err_format(&plain, &words);
	struct json *body = r->parsed ? packet_body(s, r) : json_object(a);
	json_set(body, a, "code", json_str(a, code));
	json_set(body, a, "text", json_text(a, buf_view(&words)));
	bool ok = journal_add(&s->journal, "packet.refused", span_of(NULL, 0), body, e);
	for (size_t i = 0; ok && r->parsed && i < r->packet.core.n_steps; i++) {
		struct answer ans = answer_about(s, r, i);
		ans.kind = ANSWER_REFUSAL;
		ans.code = span_str(code);
		ans.text = arena_copy(a, buf_view(&words));
		ans.has_owner = owner != NULL;
		if (owner != NULL)
			ans.owner = *owner;
		ok = answer_file_write(s, r, &ans, e);
	}
	buf_release(&words);
	return ok;
}

/* What changed on the way, as opposed to what this machine simply may not do. */
static bool is_mismatch(const char *code)
{
	static const char *const ours[] = {"NOT-PINNED", "NOT-OWNER", "KEY-CLASS", "ONLINE",
					   "RAW",	 "SANDBOX",   "PHRASE",	   "NO-KEY"};
	for (size_t i = 0; code != NULL && i < ARRAY_LEN(ours); i++)
		if (strcmp(ours[i], code) == 0)
			return false;
	return true;
}

/* ---- which key ---- */

static bool pick_key(struct signer *s, const struct reviewed *r, const struct key_file **out, struct err *e)
{
	const struct deployment *d = &r->pin->deployment;
	const char *wanted = signer_option(s, "--key");
	struct addr a;
	*out = NULL;
	if (wanted != NULL) {
		if (!addr_parse(&a, span_str(wanted), e))
			return err_in(e, "--key");
		*out = home_key(&s->home, &a);
		if (*out == NULL)
			return err_refuse(e, "NO-KEY", "the key %s is not on this machine", wanted);
	}
	for (size_t i = 0; wanted == NULL && i < s->home.n_keys; i++)
		if (deployment_is_owner(d, &s->home.keys[i].address)) {
			if (*out != NULL)
				return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
					       "several owners' keys are here: --key ADDRESS says which");
			*out = &s->home.keys[i];
		}
	if (*out == NULL || !deployment_is_owner(d, &(*out)->address))
		return err_refuse(e, "NOT-OWNER",
				  "no key on this machine is an owner of this Safe, as pinned here");
	if ((*out)->class != d->class)
		return err_refuse(e, "KEY-CLASS", "the key was made for class %s, the deployment is %s",
				  deployment_class_name((*out)->class), deployment_class_name(d->class));
	return true;
}

static bool may_sign_here(struct signer *s, const struct reviewed *r, struct err *e)
{
	const enum deployment_class class = r->pin->deployment.class;
	if (class == CLASS_PRODUCTION && !s->landlocked)
		return err_refuse(e, "SANDBOX",
				  "this kernel has no Landlock: a production deployment is not served here");
	if (class == CLASS_PRODUCTION && s->interface != NULL)
		return err_refuse(e, "ONLINE",
				  "the network interface %s is up: an owner's key is not used on a machine "
				  "with a network",
				  s->interface);
	if (r->checked.has_raw)
		return err_refuse(e, "RAW", "a raw call is not signed until a policy allows it");
	return true;
}

/* The journal remembers whose log this was: another log key for the same deployment is somebody else's log. */
static bool same_log(struct signer *s, const struct reviewed *r, struct err *e)
{
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 id;
		struct span key;
		if (line_kind_is(l, "packet.signed") && json_get_bare_hash(l->body, "deployment", &id, NULL) &&
		    hash32_eq(&id, &r->packet.core.deployment) && json_get_str(l->body, "logKey", &key, NULL) &&
		    !span_eq(key, r->packet.core.log_key))
			return err_refuse(
				e, "LOG-KEY",
				"the packet comes from another log than what this machine signed before "
				"(journal line %zu)",
				i);
	}
	return true;
}

/* ---- on purpose ---- */

static struct span word_at(const char *phrase, size_t i)
{
	const char *p = phrase;
	for (; i > 0 && *p != '\0'; p++)
		i -= *p == ' ';
	return span_of(p, strcspn(p, " "));
}

static bool ask_compared(struct signer *s, struct span *out, struct err *e)
{
	const char *given = signer_option(s, "--compared");
	struct buf line = {0};
	bool ok = true;
	if (given != NULL)
		buf_str(&line, given);
	else
		ok = terminal_ask(&s->terminal,
				  "Whose screen did you compare the phrase with: another signer's, an own "
				  "second machine's, "
				  "nobody's\n(signer / own / nobody)? ",
				  &line, e);
	if (ok && !span_is(buf_view(&line), "signer") && !span_is(buf_view(&line), "own") &&
	    !span_is(buf_view(&line), "nobody"))
		ok = err_set(e, ERR_USAGE, ERR_NO_OFFSET, "needed signer, own or nobody");
	if (ok)
		*out = arena_copy(&s->arena, buf_view(&line));
	buf_release(&line);
	return ok;
}

static bool ask_words(struct signer *s, const struct reviewed *r, struct err *e)
{
	uint8_t random[2];
	random_bytes(random, sizeof(random));
	size_t first = random[0] % 8, second = random[1] % 7;
	second += second >= first;
	const size_t at[2] = { first < second ? first : second, first < second ? second : first };
	for (size_t i = 0; i < 2; i++) {
		struct buf line = {0};
		bool ok = terminal_ask(
			&s->terminal,
			arena_fmt(&s->arena,
				  "To sign, type word %zu of the phrase (anything else stops): ", at[i] + 1),
			&line, e);
		if (ok && !span_eq(buf_view(&line), word_at(r->checked.phrase, at[i])))
			ok = err_refuse(e, "PHRASE", "that is not the word: nothing was signed");
		buf_release(&line);
		if (!ok)
			return false;
	}
	return true;
}

/* A person types two words; a script names the hash that it was told by somebody who read it. */
static bool confirm(struct signer *s, const struct reviewed *r, struct span *compared, struct err *e)
{
	const char *expect = signer_option(s, "--expect");
	struct hash32 h;
	if (expect != NULL) {
		if (!hex_fixed(h.b, sizeof(h.b), span_str(expect), e))
			return err_in(e, "--expect");
		for (size_t i = 0; i < r->checked.n_steps; i++)
			if (!hash32_eq(&h, &r->checked.steps[i].hashes.tx))
				return err_refuse(e, "EXPECT",
						  "the packet's safeTxHash is not the expected one");
		return ask_compared(s, compared, e);
	}
	if (!terminal_is_there(&s->terminal))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "nobody is at a terminal: scripts give --expect SAFETXHASH, --compared and "
			       "--passphrase-fd");
	review_page(s, &s->text, r);
	terminal_say(&s->terminal, "%s\n", buf_cstr(&s->text));
	buf_clear(&s->text);
	return ask_compared(s, compared, e) && ask_words(s, r, e);
}

/* ---- yes ---- */

static bool unlock(struct session *x, const struct key_file *k, struct err *e)
{
	struct signer *s = x->s;
	struct span file;
	if (x->key != NULL && addr_eq(&x->unlocked, &k->address))
		return true;
	secret_free(x->key);
	x->key = NULL;
	if (x->passphrase == NULL)
		x->passphrase = signer_passphrase(s, "Passphrase: ", e);
	if (x->passphrase == NULL || !signer_keystore(s, k, &file, e))
		return false;
	x->key = signer_unlock(s, k->path, file, x->passphrase, &k->address, e);
	x->unlocked = k->address;
	return x->key != NULL;
}

static bool log_signed(struct signer *s, const struct reviewed *r, const struct checked_step *step,
		       const struct addr *owner, struct span compared, struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = packet_body(s, r), *sentences = json_array(a);
	uint64_t nonce = 0;
	u256_fits_u64(&step->tx.nonce, &nonce);
	for (size_t i = 0; i < r->checked.n_sentences; i++)
		json_push(sentences, json_str(a, r->checked.sentences[i]));
	json_set(body, a, "checkpoint", json_text(a, r->packet.core.checkpoint));
	json_set(body, a, "compared", json_text(a, compared));
	json_set(body, a, "logKey", json_text(a, r->packet.core.log_key));
	json_set(body, a, "nonce", json_u64(a, nonce));
	json_set(body, a, "owner", json_addr(a, owner));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&step->hashes.tx)));
	json_set(body, a, "sentences", sentences);
	json_set(body, a, "step", json_str(a, step_name(step->step)));
	return journal_add(&s->journal, "packet.signed", r->checked.line.change, body, e);
}

static bool sign_step(struct session *x, const struct reviewed *r, size_t i, const struct key_file *k,
		      struct span compared, struct err *e)
{
	struct signer *s = x->s;
	const struct checked_step *step = &r->checked.steps[i];
	struct sig sig;
	const bool made = sig_make(&sig, &step->hashes.tx, secret_bytes(x->key));
	stack_wipe();
	if (!made)
		return err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "the key could not sign");
	/* On disk here before it can be anywhere else. */
	if (!log_signed(s, r, step, &k->address, compared, e)) {
		explicit_bzero(&sig, sizeof(sig));
		return false;
	}
	struct answer ans = answer_about(s, r, i);
	ans.kind = ANSWER_SIGNATURE;
	ans.has_owner = true;
	ans.owner = k->address;
	ans.sig = sig;
	ans.compared = compared;
	if (!answer_file_write(s, r, &ans, e))
		return false;
	x->given++;
	return true;
}

static bool sign_packet(struct session *x, struct reviewed *r, const char *path, struct err *e)
{
	struct signer *s = x->s;
	const struct key_file *k = NULL;
	struct span compared;
	bool ok = review_open(s, r, path, e) && may_sign_here(s, r, e) && pick_key(s, r, &k, e) &&
		  same_log(s, r, e) && confirm(s, r, &compared, e) && unlock(x, k, e);
	for (size_t i = 0; ok && i < r->checked.n_steps; i++)
		ok = sign_step(x, r, i, k, compared, e);
	return ok;
}

/* Bad packets get a refusal that travels back; a wrong passphrase or a typing error does not. */
static bool is_refusal(const struct err *e)
{
	return e->code == ERR_REFUSED || e->code == ERR_MISMATCH || e->code == ERR_SYNTAX ||
	       e->code == ERR_RANGE || e->code == ERR_MISSING || e->code == ERR_UNKNOWN;
}

static bool after_failure(struct signer *s, const struct reviewed *r, struct err *e)
{
	struct err again = {0};
	if (!is_refusal(e) || (e->refusal != NULL && strcmp(e->refusal, "PHRASE") == 0))
		return false;
	if (!refuse(s, r, NULL, e, &again)) {
		terminal_say(&s->terminal, "the refusal could not be written down: %s\n",
			     buf_cstr(&again.what));
		err_clear(&again);
	}
	if (is_mismatch(e->refusal))
		terminal_say(&s->terminal, "This machine signs nothing more now. Call somebody by another "
					   "channel than the one that brought "
					   "this packet, and do not try again.\n");
	return false;
}

bool verb_sign(struct signer *s, struct err *e)
{
	struct session x = { .s = s };
	bool ok = true;
	for (size_t i = 0; ok && i < s->n_args; i++) {
		struct reviewed r;
		ok = sign_packet(&x, &r, s->args[i], e) || after_failure(s, &r, e);
	}
	secret_free(x.key);
	secret_free(x.passphrase);
	stack_wipe();
	buf_fmt(&s->text, "You gave %zu signature%s.\n", x.given, x.given == 1 ? "" : "s");
	return ok;
}

bool verb_decline(struct signer *s, struct err *e)
{
	struct arena *a = &s->arena;
	const char *reason = signer_option(s, "--reason");
	const struct key_file *k = NULL;
	struct reviewed r;
	struct err ignored = {0};
	if (reason == NULL || reason[0] == '\0')
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "why? --reason TEXT");
	if (!text_is_plain(span_str(reason), false))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed plain text on one line") ||
		       err_in(e, "--reason");
	/* A person may say no to a packet that does not even add up. */
	if (!review_open(s, &r, s->args[0], e)) {
		if (!r.parsed)
			return false;
		err_clear(e);
	}
	if (r.pin != NULL && !pick_key(s, &r, &k, &ignored))
		k = NULL;
	err_clear(&ignored);
	struct json *body = packet_body(s, &r);
	json_set(body, a, "text", json_str(a, reason));
	if (!journal_add(&s->journal, "packet.declined", r.packet.core.change, body, e))
		return false;
	for (size_t i = 0; i < r.packet.core.n_steps; i++) {
		struct answer ans = answer_about(s, &r, i);
		ans.kind = ANSWER_DECLINE;
		ans.text = span_str(reason);
		ans.has_owner = k != NULL;
		if (k != NULL)
			ans.owner = k->address;
		if (!answer_file_write(s, &r, &ans, e))
			return false;
	}
	buf_str(&s->text, "You declined. Nothing was signed.\n");
	return true;
}
