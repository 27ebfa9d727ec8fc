#include "src/signer/log_pins.h"
#include "src/signer/session.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/crypto/wipe.h"
#include "src/evm/address.h"
#include "src/gov/restored.h"
#include "src/proof/note.h"
#include "src/signer/answer_file.h"
#include "src/signer/kept_lines.h"
#include "src/signer/sandbox.h"

/* ---- no ---- */

static struct json *packet_body(struct signer *s, const struct reviewed *r)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&r->packet.core.deployment)));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&r->packet.digest)));
	return body;
}

/* Text of an error, which may quote the packet: made safe, and short enough for an answer. */
static struct span words_of(struct signer *s, const struct err *why)
{
	struct err plain = *why;
	struct buf words = {0}, safe = {0};
	plain.refusal = NULL;
	plain.file = (struct buf){0};
	err_format(&plain, &words);
	text_safe(&safe, buf_view(&words), false);
	if (safe.n > WORDS_MAX) {
		safe.n = text_fit(buf_view(&safe), WORDS_MAX / 4);
		buf_str(&safe, " ... (more)");
	}
	const struct span out = arena_copy(&s->arena, buf_view(&safe));
	buf_release(&words);
	buf_release(&safe);
	return out;
}

/* The key here that is an owner of the packet's Safe, if there is just one: whose answer it would be. */
static const struct key_file *likely_owner(struct signer *s, const struct reviewed *r)
{
	const struct key_file *found = NULL;
	for (size_t i = 0; r->pin != NULL && i < s->home.n_keys; i++)
		if (deployment_is_owner(&r->pin->deployment, &s->home.keys[i].address)) {
			if (found != NULL)
				return NULL;
			found = &s->home.keys[i];
		}
	return found;
}

/* With -o there is one file, and one answer says it all. */
static bool answer_no(struct signer *s, const struct reviewed *r, struct answer ans, const struct key_file *k,
		      struct err *e)
{
	const size_t n = signer_option(s, "-o") != NULL ? 1 : r->packet.core.n_steps;
	for (size_t i = 0; i < n; i++) {
		const struct answer about = answer_about(s, r, i);
		ans.deployment = about.deployment;
		ans.packet_digest = about.packet_digest;
		ans.step = about.step;
		ans.safe_tx_hash = about.safe_tx_hash;
		ans.has_journal_head = about.has_journal_head;
		ans.journal_head = about.journal_head;
		ans.has_owner = k != NULL;
		if (k != NULL)
			ans.owner = k->address;
		if (!answer_file_write(s, r, &ans, e))
			return false;
	}
	return true;
}

/* The journal first, then the answer that carries the refusal back. A file whose core cannot be read is
 * answered by nobody. */
static bool refuse(struct signer *s, const struct reviewed *r, const struct err *why, struct err *e)
{
	struct arena *a = &s->arena;
	const char *code = why->refusal != NULL	       ? why->refusal
			   : why->code == ERR_MISMATCH ? "MISMATCH"
						       : "MALFORMED";
	const struct span words = words_of(s, why);
	struct json *body = r->parsed ? packet_body(s, r) : json_object(a);
	struct span file;
	struct hash32 digest;
	if (signer_input(s, r->path, &file, NULL)) {
		sha256(&digest, file);
		json_set(body, a, "file", json_bare(a, SPAN_HASH(&digest)));
	}
	json_set(body, a, "code", json_str(a, code));
	json_set(body, a, "text", json_text(a, words));
	if (!journal_add(&s->journal, "packet.refused", span_of(NULL, 0), body, e) || !r->parsed)
		return !err_is_set(e);
	const struct answer ans = { .kind = ANSWER_REFUSAL, .code = span_str(code), .text = words };
	return answer_no(s, r, ans, likely_owner(s, r), e);
}

/* What changed on the way, as opposed to what this machine simply may not do. */
bool session_is_mismatch(const struct err *e)
{
	static const char *const ours[] = { "NOT-PINNED", "NOT-OWNER", "KEY-CLASS", "KEY",    "ONLINE",
					    "RAW",        "SANDBOX",   "NO-KEY",    "POLICY", "SESSION" };
	for (size_t i = 0; e->refusal != NULL && i < ARRAY_LEN(ours); i++)
		if (strcmp(ours[i], e->refusal) == 0)
			return false;
	return true;
}

void session_whom(const struct signer *s, const struct reviewed *r, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; r->pin != NULL && i < r->pin->deployment.n_people; i++) {
		const struct person *p = &r->pin->deployment.people[i];
		if (p->owner && home_key(&s->home, &p->address) == NULL)
			buf_fmt(out, "%s%.*s", n++ > 0 ? " or " : "", text_shown(p->id), (const char *)p->id.p);
	}
	if (n == 0)
		buf_str(out, "another owner");
}

/* ---- which key ---- */

static bool pick_key(struct signer *s, const struct reviewed *r, const struct key_file **out, struct err *e)
{
	const struct deployment *d = &r->pin->deployment;
	const char *wanted = signer_option(s, "--key");
	struct addr a;
	*out = NULL;
	if (wanted != NULL) {
		*out = addr_parse(&a, span_str(wanted), NULL) ? home_key(&s->home, &a) : NULL;
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
	if (!(*out)->finished)
		return err_refuse(
			e, "KEY",
			"the journal does not know this key for class %s: it was not finished here, or "
			"changed by somebody",
			deployment_class_name((*out)->class));
	if ((*out)->class != d->class)
		return err_refuse(e, "KEY-CLASS", "the key was made for class %s, the deployment is %s",
				  deployment_class_name((*out)->class), deployment_class_name(d->class));
	return true;
}

static bool may_sign_here(struct signer *s, const struct reviewed *r, struct err *e)
{
	if (!signer_may_serve(s, r->pin->deployment.class, e))
		return false;
	if (s->interface != NULL && review_against_hot(r) != NULL)
		return err_refuse(e, "ONLINE",
				  "the network interface %s is up: an owner's key is not used on a machine with a "
				  "network (%s)", s->interface, review_against_hot(r));
	if (r->checked.has_raw)
		return err_refuse(e, "RAW", "a raw call is not signed until a policy allows it");
	return true;
}

static bool root_of(struct signer *s, struct span note, struct span vkey, struct tree_head *out)
{
	struct note_key key;
	struct checkpoint cp;
	if (!note_key_parse(&s->arena, &key, vkey, NULL) || !checkpoint_open(&s->arena, &cp, note, &key, NULL))
		return false;
	*out = cp.head;
	return true;
}

static void pins_of(struct signer *s, const struct reviewed *r, struct log_pins *out)
{
	log_pins_read(out, &s->arena, s, &r->pin->deployment);
	log_pins_follow(out, &s->arena, r->packet.lines, r->packet.n_lines);
}

/* A line of the packet's says that the log goes on from a backup, and that what was signed here was of the lines that
 * are lost. They have to lead to the proposal; the page shows it. */
static bool was_lost(struct signer *s, const struct packet *p, uint64_t size)
{
	for (size_t i = 0; kept_lines_fit(p) && i < p->n_lines; i++) {
		struct restored_line r;
		struct line l;
		if (line_parse(&s->arena, &l, p->lines[i], NULL) && line_kind_is(&l, "log.restored") &&
		    restored_read(&r, &l, NULL) && r.seq < p->core.size && restored_explains(&r, size))
			return true;
	}
	return false;
}

/* The journal remembers whose log this was, and what it looked like: a log key for the same deployment that nobody
 * vouches for is somebody else's log, and another root at a size that was seen before is a rewritten one. */
static bool same_log(struct signer *s, const struct reviewed *r, struct err *e)
{
	const struct packet_core *core = &r->packet.core;
	struct log_pins pins;
	struct hash32 proposal;
	pins_of(s, r, &pins);
	if (!log_pins_accept(&pins, core->log_key, core->size, e))
		return false;
	line_leaf(&proposal, core->proposal);
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 id, before;
		struct span key, note;
		struct tree_head seen;
		if (!line_kind_is(l, "packet.signed") ||
		    !json_get_bare_hash(l->body, "deployment", &id, NULL) ||
		    !hash32_eq(&id, &core->deployment) || !json_get_str(l->body, "logKey", &key, NULL) ||
		    !json_get_str(l->body, "checkpoint", &note, NULL))
			continue;
		/* One log has one proposal of a change: a second one is another history, whatever its size. */
		if (span_eq(l->change, r->checked.line.change) &&
		    json_get_bare_hash(l->body, "proposal", &before, NULL) && !hash32_eq(&before, &proposal))
			return err_refuse(
				e, "LOG-FORK",
				"this machine signed another proposal of %.*s (journal line %zu): the log "
					  "was rewritten",
				text_shown(l->change), (const char *)l->change.p, i);
		if (root_of(s, note, key, &seen) && seen.size == core->size &&
		    !hash32_eq(&seen.root, &core->root) && !was_lost(s, &r->packet, seen.size))
			return err_refuse(e, "LOG-FORK",
					  "the log was rewritten: at size %" PRIu64
					  " it had another root when this "
					  "machine signed before (journal line %zu)",
					  seen.size, i);
	}
	return true;
}

/* Each hash that is to be signed was read by somebody else and given here. */
static bool is_expected(struct signer *s, const struct reviewed *r, struct err *e)
{
	for (size_t i = 0; signer_flag(s, "--expect") && i < r->checked.n_steps; i++) {
		bool found = false;
		size_t k = 0;
		for (const char *text; !found && (text = signer_next(s, "--expect", &k)) != NULL;) {
			struct hash32 h;
			found = hex_fixed(h.b, sizeof(h.b), span_str(text), NULL) &&
				hash32_eq(&h, &r->checked.steps[i].hashes.tx);
		}
		if (!found)
			return err_refuse(e, "EXPECT", "the safeTxHash of step %s is not the expected one",
					  step_name(r->checked.steps[i].step));
	}
	return true;
}

/* ---- yes ---- */

void session_lock(struct session *x)
{
	secret_free(x->key);
	secret_free(x->passphrase);
	x->key = x->passphrase = NULL;
	stack_wipe();
}

bool session_is_open(const struct session *x, const struct key_file *k)
{
	return x->key != NULL && addr_eq(&x->unlocked, &k->address);
}

bool session_unlock(struct session *x, const struct key_file *k, struct secret *passphrase, struct err *e)
{
	struct span file;
	secret_free(x->key);
	x->key = NULL;
	if (x->passphrase != passphrase)
		secret_free(x->passphrase);
	x->passphrase = passphrase;
	x->unlocked = k->address;
	if (!signer_keystore(x->s, k, &file, e)) {
		session_lock(x);
		return false;
	}
	x->key = signer_unlock(x->s, k->path, file, x->passphrase, &k->address, e);
	if (x->key == NULL)
		session_lock(x);
	return x->key != NULL;
}

/* What the operation was, so that its execute can be compared with it another day. */
static void log_operation(struct arena *a, struct json *body, const struct checked_packet *c)
{
	if (c->proposal.route != ROUTE_TIMELOCK)
		return;
	json_set(body, a, "delay", json_u64(a, c->proposal.delay));
	json_set(body, a, "operation", json_0x(a, SPAN_HASH(&c->operation_id)));
	json_set(body, a, "predecessor", json_0x(a, SPAN_HASH(&c->operation.predecessor)));
	json_set(body, a, "salt", json_0x(a, SPAN_HASH(&c->operation.salt)));
}

static bool log_signed(struct session *x, const struct reviewed *r, const struct checked_step *step,
		       const struct addr *owner, struct span compared, struct err *e)
{
	struct signer *s = x->s;
	struct arena *a = &s->arena;
	struct json *body = packet_body(s, r), *sentences = json_array(a);
	struct log_pins pins;
	struct hash32 proposal;
	uint64_t nonce = 0;
	pins_of(s, r, &pins);
	if (!log_pins_keep(&pins, s, e))
		return false;
	u256_fits_u64(&step->tx.nonce, &nonce);
	line_leaf(&proposal, r->packet.core.proposal);
	for (size_t i = 0; i < r->checked.n_sentences; i++)
		json_push(sentences, json_str(a, r->checked.sentences[i]));
	json_set(body, a, "blockHash", r->proofs.hash_given ? json_0x(a, SPAN_HASH(&r->proofs.proven.header.hash))
							    : json_null(a));
	json_set(body, a, "checkpoint", json_text(a, r->packet.core.checkpoint));
	json_set(body, a, "compared", compared.n > 0 ? json_text(a, compared) : json_null(a));
	json_set(body, a, "logKey", json_text(a, r->packet.core.log_key));
	json_set(body, a, "nonce", json_u64(a, nonce));
	json_set(body, a, "owner", json_addr(a, owner));
	json_set(body, a, "proposal", json_bare(a, SPAN_HASH(&proposal)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&step->hashes.tx)));
	json_set(body, a, "sentences", sentences);
	json_set(body, a, "step", json_str(a, step_name(step->step)));
	if (x->today != NULL)
		json_set(body, a, "today", json_str(a, x->today));
	log_operation(a, body, &r->checked);
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
	if (!log_signed(x, r, step, &k->address, compared, e)) {
		explicit_bzero(&sig, sizeof(sig));
		return false;
	}
	struct answer ans = answer_about(s, r, i);
	ans.kind = ANSWER_SIGNATURE;
	ans.has_owner = true;
	ans.owner = k->address;
	ans.sig = sig;
	ans.compared = compared;
	ans.has_block_hash = r->proofs.hash_given;
	if (ans.has_block_hash)
		ans.block_hash = r->proofs.proven.header.hash;
	if (!answer_file_write(s, r, &ans, e))
		return false;
	x->given++;
	return true;
}

bool session_sign(struct session *x, const struct reviewed *r, const struct key_file *k, struct span compared,
		  struct err *e)
{
	if (!kept_lines_add(x->s, &r->packet, e))
		return false;
	for (size_t i = 0; i < r->checked.n_steps; i++)
		if (!sign_step(x, r, i, k, compared, e))
			return false;
	return true;
}

/* One file named by -o takes one answer. */
static bool one_answer(struct signer *s, const struct reviewed *r, struct err *e)
{
	return signer_option(s, "-o") == NULL || (s->n_args == 1 && r->packet.core.n_steps == 1) ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "-o names one file, and there will be several answers");
}

/* Everything that the machine decides. */
bool session_judge(struct session *x, struct reviewed *r, const char *path, const struct key_file **k,
		   struct err *e)
{
	struct signer *s = x->s;
	if (!review_open(s, r, path, e))
		return false;
	if (x->closed)
		return err_refuse(e, "SESSION", "after what was refused before, this session signs nothing");
	return one_answer(s, r, e) && may_sign_here(s, r, e) && pick_key(s, r, k, e) && same_log(s, r, e) &&
	       is_expected(s, r, e);
}

static bool is_refusal(const struct err *e)
{
	return e->code != ERR_USAGE && e->code != ERR_IO;
}

bool session_refuse(struct session *x, const struct reviewed *r, struct err *e)
{
	struct err again = {0};
	if (!is_refusal(e))
		return false;
	if (x->closed && session_is_mismatch(e))
		e->refusal = "SESSION";
	if (!refuse(x->s, r, e, &again)) {
		err_clear(e);
		*e = again;
		return err_in(e, "the refusal could not be written down");
	}
	x->closed |= session_is_mismatch(e);
	return true;
}

bool session_wrong_words(struct err *e)
{
	return err_refuse(e, "PHRASE",
			  "the words that were typed are not those of this packet's phrase: either they were heard "
			  "wrong, or another machine has another packet");
}

bool session_is_wrong_words(const struct err *e)
{
	return e->refusal != NULL && strcmp(e->refusal, "PHRASE") == 0;
}

void session_keep(struct session *x, struct err *e)
{
	if (err_is_set(&x->first))
		err_clear(e);
	else
		x->first = *e;
	*e = (struct err){0};
}

bool session_reason(const char *reason, struct err *e)
{
	if (reason == NULL || reason[0] == '\0')
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "why? --reason TEXT");
	if (strlen(reason) > WORDS_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %u bytes", WORDS_MAX) ||
		       err_in(e, "--reason");
	return text_is_plain(span_str(reason), false) ||
	       err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed plain text on one line") || err_in(e, "--reason");
}

/* Whose no it is: the key that --key names, or the one owner's key that is here. */
static bool decliner(struct signer *s, const struct reviewed *r, const struct key_file **out, struct err *e)
{
	const char *wanted = signer_option(s, "--key");
	struct addr a;
	*out = likely_owner(s, r);
	if (wanted == NULL)
		return true;
	if (!addr_parse(&a, span_str(wanted), e))
		return err_in(e, "--key");
	*out = home_key(&s->home, &a);
	return *out != NULL || err_refuse(e, "NO-KEY", "the key %s is not on this machine", wanted);
}

bool session_decline(struct signer *s, const struct reviewed *r, const char *reason, struct err *e)
{
	const struct key_file *k;
	if (!one_answer(s, r, e) || !decliner(s, r, &k, e))
		return false;
	struct json *body = packet_body(s, r);
	json_set(body, &s->arena, "text", json_str(&s->arena, reason));
	if (r->good && !kept_lines_add(s, &r->packet, e))
		return false;
	if (!journal_add(&s->journal, "packet.declined", r->packet.core.change, body, e))
		return false;
	const struct answer ans = { .kind = ANSWER_DECLINE, .text = span_str(reason) };
	return answer_no(s, r, ans, k, e);
}

bool session_is_compared(struct span word)
{
	return span_is(word, "signer") || span_is(word, "own") || span_is(word, "nobody");
}

static bool check_options(const struct signer *s, struct err *e)
{
	const char *compared = signer_option(s, "--compared"), *key = signer_option(s, "--key");
	struct hash32 h;
	struct addr a;
	size_t i = 0;
	for (const char *text; (text = signer_next(s, "--expect", &i)) != NULL;)
		if (!hex_fixed(h.b, sizeof(h.b), span_str(text), e))
			return err_in(e, "--expect");
	if (key != NULL && !addr_parse(&a, span_str(key), e))
		return err_in(e, "--key");
	if (compared != NULL && !session_is_compared(span_str(compared)))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--compared needs signer, own or nobody");
	for (i = 0; signer_option(s, "-o") == NULL && i < s->n_args; i++)
		if (strcmp(s->args[i], "-") == 0)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				       "a packet from standard input needs -o for its answer");
	return true;
}

static bool lock_idle(void *ctx)
{
	struct session *x = ctx;
	const bool was_open = x->key != NULL;
	session_lock(x);
	if (was_open)
		terminal_say(&x->s->terminal, "\n" SESSION_LOCKED "\n");
	return was_open;
}

bool session_begin(struct session *x, struct signer *s, struct err *e)
{
	*x = (struct session){ .s = s };
	s->terminal.idle = lock_idle;
	s->terminal.idle_ctx = x;
	s->terminal.idle_seconds = IDLE_SECONDS;
	s->result = json_object(&s->arena);
	s->answers = json_array(&s->arena);
	json_set(s->result, &s->arena, "answers", s->answers);
	return check_options(s, e);
}

static bool read_packet(struct signer *s, struct input *out, const char *path, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, PACKET_MAX, e);
	if (ok)
		*out = (struct input){ path, arena_copy(&s->arena, buf_view(&b)) };
	buf_release(&b);
	return ok;
}

bool session_read(struct session *x, const char *const *paths, size_t n, struct err *e)
{
	struct signer *s = x->s;
	struct input *inputs = ARENA_ARRAY(&s->arena, struct input, n);
	const char **args = ARENA_ARRAY(&s->arena, const char *, n);
	for (size_t i = 0; i < n; i++) {
		if (!read_packet(s, &inputs[i], paths[i], e))
			return false;
		args[i] = paths[i];
	}
	s->inputs = inputs;
	s->args = args;
	s->n_inputs = s->n_args = n;
	return true;
}

bool session_narrow(struct session *x, struct err *e)
{
	struct signer *s = x->s;
	struct sandbox_dir *dirs = ARENA_ARRAY(&s->arena, struct sandbox_dir, s->n_args + 1);
	dirs[0] = (struct sandbox_dir){ s->home_dir, true };
	for (size_t i = 0; i < s->n_args; i++)
		dirs[1 + i] = (struct sandbox_dir){ signer_directory_of(s, s->args[i]), false };
	return sandbox_narrow(dirs, s->n_args + 1, e);
}

bool session_end(struct session *x, bool ok, struct err *e)
{
	struct signer *s = x->s;
	session_lock(x);
	s->terminal.idle = NULL;
	json_set(s->result, &s->arena, "signatures", json_u64(&s->arena, x->given));
	buf_fmt(&s->text, "You gave %zu signature%s.\n", x->given, x->given == 1 ? "" : "s");
	if (ok && err_is_set(&x->first)) {
		*e = x->first;
		return false;
	}
	err_clear(&x->first);
	return ok;
}
