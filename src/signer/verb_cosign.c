/* cosign: an owner vouches for a checkpoint of the log, offline. The note is the console's; what it is held against is
 * this machine's journal: the key that the log had, and each root that this machine has seen under its name. */
#include <inttypes.h>
#include <string.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/wipe.h"
#include "src/evm/address.h"
#include "src/gov/cosignature.h"
#include "src/signer/signer.h"

struct cosigning {
	struct signer *s;
	struct note note;
	struct checkpoint checkpoint;
	const struct deployment *deployment;
	const struct key_file *key;
	struct tree_head seen;        /* the largest of this log in the journal; size 0: none */
	bool known_key;               /* the journal has the log's key, and the note is signed by it */
};

/* ---- what it is ---- */

/* A log's name holds the chain and the Safe that it is about: setgov/<chain id>/<Safe>/… */
static bool find_deployment(struct cosigning *c, struct err *e)
{
	const struct home *home = &c->s->home;
	for (size_t i = 0; i < home->n_pins; i++) {
		const struct deployment *d = &home->pins[i].deployment;
		struct buf start = {0};
		buf_fmt(&start, "setgov/%" PRIu64 "/", d->chain_id);
		buf_hex(&start, span_of(d->safe.b, sizeof(d->safe.b)));
		buf_byte(&start, '/');
		if (span_starts(c->checkpoint.origin, buf_cstr(&start)))
			c->deployment = d;
		buf_release(&start);
	}
	return c->deployment != NULL ||
	       err_refuse(e, "DEPLOYMENT", "the note is of a log of no deployment that is pinned here");
}

static bool read_note(struct cosigning *c, struct err *e)
{
	const char *path = c->s->args[0];
	struct span bytes;
	if (!signer_input(c->s, path, &bytes, e))
		return false;
	if (!note_parse(&c->s->arena, &c->note, bytes, e) || !checkpoint_parse(&c->checkpoint, c->note.text, e))
		return err_file(e, path, 0);
	if (c->checkpoint.extensions.n > 0 || !note_name_is_valid(c->checkpoint.origin))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed three lines, the first a log's name") ||
		       err_file(e, path, 0);
	return find_deployment(c, e);
}

/* ---- what this machine knows of the log ---- */

/* Never two roots of one size. */
static bool hold_against(struct cosigning *c, const struct tree_head *then, size_t line, struct err *e)
{
	const struct tree_head *now = &c->checkpoint.head;
	if (then->size == now->size && !hash32_eq(&then->root, &now->root))
		return err_refuse(e, "LOG-FORK", "the log was rewritten: at size %" PRIu64 " it had another root "
				  "when this machine signed before (journal line %zu)", then->size, line);
	if (then->size > c->seen.size)
		c->seen = *then;
	return true;
}

static bool check_key(struct cosigning *c, struct span vkey, size_t line, struct err *e)
{
	struct note_key key;
	if (!note_key_parse(&c->s->arena, &key, vkey, e))
		return err_in(e, "journal line %zu", line);
	if (!note_verify(&c->note, &key, NULL))
		return err_refuse(e, "LOG-KEY", "the note is not signed by the key that this log had when this "
				  "machine signed before (journal line %zu)", line);
	c->known_key = true;
	return true;
}

static bool is_of_log(const struct json *body, struct span origin, struct checkpoint *then, struct arena *a)
{
	struct span bytes;
	struct note n;
	return json_get_str(body, "checkpoint", &bytes, NULL) && note_parse(a, &n, bytes, NULL) &&
	       checkpoint_parse(then, n.text, NULL) && span_eq(then->origin, origin);
}

static bool ask_journal(struct cosigning *c, struct err *e)
{
	const struct journal *j = &c->s->journal;
	for (size_t i = 0; i < j->n; i++) {
		const struct line *l = &j->lines[i];
		struct checkpoint then;
		struct span vkey;
		if ((!line_kind_is(l, "packet.signed") && !line_kind_is(l, "checkpoint.cosigned")) ||
		    !is_of_log(l->body, c->checkpoint.origin, &then, &c->s->arena))
			continue;
		if (!hold_against(c, &then.head, i, e) ||
		    (json_get_str(l->body, "logKey", &vkey, NULL) && !check_key(c, vkey, i, e)))
			return false;
	}
	return true;
}

static bool is_expected(const struct cosigning *c, struct err *e)
{
	const char *text = signer_option(c->s, "--expect");
	struct hash32 root;
	if (text == NULL)
		return true;
	if (!hex_bare(root.b, sizeof(root.b), span_str(text), e))
		return err_in(e, "--expect");
	return hash32_eq(&root, &c->checkpoint.head.root) ||
	       err_refuse(e, "EXPECT", "--expect names another root than the note has");
}

/* ---- whose word ---- */

static bool is_wanted(const struct cosigning *c, const struct key_file *k, const struct addr *wanted)
{
	return k->finished && k->class == c->deployment->class && deployment_is_owner(c->deployment, &k->address) &&
	       (wanted == NULL || addr_eq(wanted, &k->address));
}

static bool pick_key(struct cosigning *c, struct err *e)
{
	const char *given = signer_option(c->s, "--key");
	struct addr wanted;
	size_t n = 0;
	if (given != NULL && !addr_parse(&wanted, span_str(given), e))
		return err_in(e, "--key");
	for (size_t i = 0; i < c->s->home.n_keys; i++)
		if (is_wanted(c, &c->s->home.keys[i], given != NULL ? &wanted : NULL)) {
			c->key = &c->s->home.keys[i];
			n++;
		}
	if (n == 0)
		return err_refuse(e, "NO-KEY", "no owner's key of this deployment and class is here");
	return n == 1 || err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				 "several owners' keys are here: --key ADDRESS says which");
}

static bool may_sign(const struct cosigning *c, struct err *e)
{
	return c->deployment->class != CLASS_PRODUCTION || c->s->landlocked ||
	       err_refuse(e, "SANDBOX", "this kernel has no Landlock: a production deployment is not served here");
}

/* ---- shown and signed ---- */

static void page(struct cosigning *c)
{
	struct buf *out = &c->s->text;
	const struct tree_head *head = &c->checkpoint.head;
	deployment_banner(out, c->deployment);
	buf_str(out, "\nA checkpoint of the change log. Signing it says: I have seen the log at this size, with this "
		     "root.\nIt moves nothing on chain, and lets nobody do anything.\n  log   ");
	text_safe(out, c->checkpoint.origin, false);
	buf_fmt(out, "\n  size  %" PRIu64 " lines\n  root  ", head->size);
	buf_hex(out, SPAN_HASH(&head->root));
	buf_str(out, "\n  owner ");
	addr_format(out, &c->key->address);
	buf_str(out, c->known_key ? "\n  The note is signed by the key that this log always had here.\n"
				  : "\n  NOT CHECKED: this machine has signed no packet of this log, and does not "
				    "know its key.\n");
	if (c->seen.size == 0)
		buf_str(out, "  NOT CHECKED: this machine has seen no other checkpoint of this log.\n");
	else if (c->seen.size == head->size)
		buf_str(out, "  This machine has seen the same checkpoint before.\n");
	else
		buf_fmt(out, "  The largest this machine has seen before: %" PRIu64 " lines. NOT CHECKED: that one is "
			"the beginning of the other.\n", c->seen.size);
}

static bool make(struct cosigning *c, struct cosignature *out, struct err *e)
{
	struct signer *s = c->s;
	struct secret *passphrase = NULL, *key = NULL;
	struct hash32 digest;
	struct span file;
	bool ok = false;
	*out = (struct cosignature){ .deployment = c->deployment->id, .origin = c->checkpoint.origin,
				     .head = c->checkpoint.head, .owner = c->key->address };
	if (!signer_keystore(s, c->key, &file, e))
		return false;
	passphrase = signer_passphrase(s, "Passphrase of the owner's key: ", e);
	if (passphrase != NULL)
		key = signer_unlock(s, c->key->path, file, passphrase, &c->key->address, e);
	if (key != NULL) {
		cosignature_digest(&digest, c->deployment, out->origin, &out->head);
		ok = sig_make(&out->sig, &digest, secret_bytes(key)) ||
		     err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "the key could not sign");
	}
	stack_wipe();
	secret_free(key);
	secret_free(passphrase);
	return ok;
}

/* On disk here before it can be anywhere else. */
static bool log_it(struct cosigning *c, struct err *e)
{
	struct arena *a = &c->s->arena;
	struct json *body = json_object(a);
	struct span bytes;
	if (!signer_input(c->s, c->s->args[0], &bytes, e))
		return false;
	json_set(body, a, "checkpoint", json_text(a, bytes));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&c->deployment->id)));
	json_set(body, a, "owner", json_addr(a, &c->key->address));
	return journal_add(&c->s->journal, "checkpoint.cosigned", span_of(NULL, 0), body, e);
}

static const char *file_name(struct cosigning *c)
{
	const char *given = signer_option(c->s, "-o");
	const struct person *p = deployment_person_at(c->deployment, &c->key->address);
	return given != NULL ? given : arena_fmt(&c->s->arena, "%s.%.*s.message.json", c->s->args[0], (int)p->id.n,
						 (const char *)p->id.p);
}

/* A new file: it takes nobody's place, and no key's. */
static bool write_it(struct cosigning *c, const struct cosignature *made, struct err *e)
{
	struct signer *s = c->s;
	const char *path = file_name(c);
	struct buf b = {0};
	cosignature_write(&s->arena, &b, made);
	const bool ok = fs_create(path, buf_view(&b), 0644, e);
	buf_release(&b);
	if (!ok)
		return false;
	buf_str(&s->text, "Cosignature written to ");
	text_safe(&s->text, span_str(path), false);
	buf_byte(&s->text, '\n');
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "file", json_str(&s->arena, path));
	json_set(s->result, &s->arena, "owner", json_addr(&s->arena, &made->owner));
	json_set(s->result, &s->arena, "root", json_bare(&s->arena, SPAN_HASH(&made->head.root)));
	json_set(s->result, &s->arena, "size", json_u64(&s->arena, made->head.size));
	return true;
}

bool verb_cosign(struct signer *s, struct err *e)
{
	struct cosigning c = { .s = s };
	struct cosignature made;
	if (!read_note(&c, e) || !may_sign(&c, e) || !ask_journal(&c, e) || !is_expected(&c, e) || !pick_key(&c, e))
		return false;
	page(&c);
	if (!signer_flag(s, "--passphrase-fd") && terminal_is_there(&s->terminal)) {
		if (!terminal_page(&s->terminal, buf_view(&s->text), e))
			return false;
		buf_clear(&s->text);
	}
	return make(&c, &made, e) && log_it(&c, e) && write_it(&c, &made, e);
}
