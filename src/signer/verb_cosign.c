/* cosign: an owner vouches for a checkpoint of the log, offline; succeed: for a new log key, where the old one is lost.
 * The note is the console's; what it is held against is this machine's journal: the keys that the log had, and each
 * root that this machine has seen under its name. */
#include <inttypes.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/cosignature.h"
#include "src/signer/log_pins.h"
#include "src/signer/vouch.h"

struct cosigning {
	struct signer *s;
	struct note note;
	struct checkpoint checkpoint;
	const struct deployment *deployment;
	const struct key_file *key;
	struct tree_head seen;        /* the largest of this log in the journal; size 0: none */
	bool known_key;               /* the journal has the log's key, and the note is signed by it */
	bool succession;              /* more than a checkpoint: a new log key in a lost one's place */
	struct handover handover;
	bool other_key;               /* this machine has vouched for another new key before */
	struct log_pins pins;
};

/* ---- what it is ---- */

static bool find_deployment(struct cosigning *c, struct err *e)
{
	const struct home *home = &c->s->home;
	for (size_t i = 0; i < home->n_pins; i++) {
		const struct deployment *d = &home->pins[i].deployment;
		if (deployment_names_log(d, c->checkpoint.origin))
			c->deployment = d;
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
	if (c->succession)
		return (handover_open(&c->s->arena, &c->handover, bytes, e) || err_file(e, path, 0)) &&
		       find_deployment(c, e);
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

static bool is_of_log(const struct json *body, struct span origin, struct checkpoint *then, struct arena *a)
{
	struct span bytes;
	struct note n;
	return json_get_str(body, "checkpoint", &bytes, NULL) && note_parse(a, &n, bytes, NULL) &&
	       checkpoint_parse(then, n.text, NULL) && span_eq(then->origin, origin);
}

/* The log's keys, as the journal knows them and as --key-change leads on from there. */
static bool check_key(struct cosigning *c, struct err *e)
{
	const struct log_reign *r;
	if (c->pins.keys.n == 0)
		return true;
	r = log_keys_at(&c->pins.keys, c->checkpoint.head.size);
	if (!note_verify(&c->note, &r->key, NULL))
		return err_refuse(e, "LOG-KEY", "the note is not signed by the key that this log had when this machine "
				  "signed before; if it was changed, --log-lines FILE (setgov log keys --lines) says "
				  "so");
	c->known_key = true;
	return true;
}

/* One line of the log in each. */
static void follow_file(struct cosigning *c, struct span text)
{
	struct arena *a = &c->s->arena;
	struct span *lines = ARENA_ARRAY(a, struct span, text.n + 1);
	size_t n = 0;
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		const size_t at = end != NULL ? (size_t)(end - text.p) : text.n;
		lines[n++] = span_of(text.p, at);
		text = span_of(text.p + at, text.n - at);
		if (text.n > 0)
			text = span_of(text.p + 1, text.n - 1);
	}
	log_pins_follow(&c->pins, a, lines, n);
}

static bool ask_pins(struct cosigning *c, struct err *e)
{
	const char *path = signer_option(c->s, "--log-lines");
	struct span text;
	log_pins_read(&c->pins, &c->s->arena, c->s, c->deployment);
	if (path == NULL)
		return true;
	if (!signer_input(c->s, path, &text, e))
		return false;
	follow_file(c, text);
	return true;
}

static bool ask_journal(struct cosigning *c, struct err *e)
{
	const struct journal *j = &c->s->journal;
	for (size_t i = 0; i < j->n; i++) {
		const struct line *l = &j->lines[i];
		struct checkpoint then;
		if ((!line_kind_is(l, "packet.signed") && !line_kind_is(l, "checkpoint.cosigned") &&
		     !line_kind_is(l, "log.key-vouched")) ||
		    !is_of_log(l->body, c->checkpoint.origin, &then, &c->s->arena))
			continue;
		if (!hold_against(c, &then.head, i, e))
			return false;
		c->other_key |= line_kind_is(l, "log.key-vouched") && handover_is(&then) &&
				!span_eq(then.extensions, c->checkpoint.extensions);
	}
	return c->succession || check_key(c, e);
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

/* ---- shown and signed ---- */

static void head_lines(struct cosigning *c)
{
	struct buf *out = &c->s->text;
	buf_str(out, "  log   ");
	text_safe(out, c->checkpoint.origin, false);
	buf_fmt(out, "\n  size  %" PRIu64 " lines\n  root  ", c->checkpoint.head.size);
	buf_hex(out, SPAN_HASH(&c->checkpoint.head.root));
	buf_str(out, "\n  owner ");
	addr_format(out, &c->key->address);
	buf_byte(out, '\n');
}

static void seen_lines(struct cosigning *c)
{
	struct buf *out = &c->s->text;
	const uint64_t size = c->checkpoint.head.size;
	if (c->seen.size == 0)
		buf_str(out, "  NOT CHECKED: this machine has seen no other checkpoint of this log.\n");
	else if (c->seen.size == size)
		buf_str(out, "  This machine has seen the same checkpoint before.\n");
	else if (c->succession && c->seen.size > size)
		buf_fmt(out, "  THE LOG IS SHORTER THAN IT WAS: this machine has seen %" PRIu64 " lines. What came "
			"after line %" PRIu64 " would be lost.\n", c->seen.size, size - 1);
	else
		buf_fmt(out, "  The largest this machine has seen before: %" PRIu64 " lines. NOT CHECKED: that one is "
			"the beginning of the other.\n", c->seen.size);
}

static void page(struct cosigning *c)
{
	struct buf *out = &c->s->text;
	deployment_banner(out, c->deployment);
	buf_str(out, "\nA checkpoint of the change log. Signing it says: I have seen the log at this size, with this "
		     "root.\nIt moves nothing on chain, and lets nobody do anything.\n");
	head_lines(c);
	buf_str(out, c->known_key ? "  The note is signed by the key that this log always had here.\n"
				  : "  NOT CHECKED: this machine has signed no packet of this log, and does not "
				    "know its key.\n");
	seen_lines(c);
}

static void succession_page(struct cosigning *c)
{
	struct buf *out = &c->s->text;
	deployment_banner(out, c->deployment);
	buf_fmt(out, "\nA NEW KEY FOR THE CHANGE LOG, because the one it has is lost. Signing says: whoever has the "
		     "new key goes on\nwith the log after these lines. It takes %zu of %zu owners. It moves nothing on "
		     "chain; who has the key appends to the log.\nSign only when you know, from the person who keeps "
		     "the log, that the old key is lost.\n", log_succession_needs(c->deployment),
		deployment_owners(c->deployment));
	head_lines(c);
	buf_str(out, "  new   ");
	text_safe(out, c->handover.vkey, false);
	buf_str(out, "\n  old   ");
	text_safe(out, c->handover.from, false);
	buf_byte(out, '\n');
	if (c->pins.keys.n == 0)
		buf_str(out, "  NOT CHECKED: this machine has signed no packet of this log, and does not know its "
			     "key.\n");
	else if (!span_eq(c->handover.from, log_keys_now(&c->pins.keys)->vkey))
		buf_str(out, "  THE OLD KEY IS NOT THE ONE THAT THE LOG HAD when this machine signed last.\n");
	if (c->other_key)
		buf_str(out, "  THIS MACHINE HAS VOUCHED FOR ANOTHER NEW KEY BEFORE.\n");
	seen_lines(c);
}

static struct message message_of(const struct cosigning *c)
{
	return c->succession ? log_succession(&c->handover) : cosignature_message(c->checkpoint.origin,
										   &c->checkpoint.head);
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
	return log_pins_keep(&c->pins, c->s, e) &&
	       journal_add(&c->s->journal, c->succession ? "log.key-vouched" : "checkpoint.cosigned", span_of(NULL, 0),
			   body, e);
}

static bool vouch(struct cosigning *c, struct err *e)
{
	struct signer *s = c->s;
	struct signed_message made;
	if (!read_note(c, e) || !ask_pins(c, e) || !ask_journal(c, e) || !is_expected(c, e) ||
	    !vouch_key(s, c->deployment, &c->key, e))
		return false;
	if (c->succession)
		succession_page(c);
	else
		page(c);
	if (!signer_flag(s, "--passphrase-fd") && terminal_is_there(&s->terminal)) {
		if (!terminal_page(&s->terminal, buf_view(&s->text), e))
			return false;
		buf_clear(&s->text);
	}
	const struct message m = message_of(c);
	if (!vouch_sign(s, c->deployment, c->key, &m, &made, e) || !log_it(c, e) ||
	    !vouch_write(s, c->deployment, &made, c->succession ? "Signature" : "Cosignature", e))
		return false;
	json_set(s->result, &s->arena, "root", json_bare(&s->arena, SPAN_HASH(&c->checkpoint.head.root)));
	json_set(s->result, &s->arena, "size", json_u64(&s->arena, c->checkpoint.head.size));
	return true;
}

bool verb_cosign(struct signer *s, struct err *e)
{
	struct cosigning c = { .s = s };
	return vouch(&c, e);
}

bool verb_succeed(struct signer *s, struct err *e)
{
	struct cosigning c = { .s = s, .succession = true };
	return vouch(&c, e);
}
