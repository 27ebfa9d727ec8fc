/* collect: what comes back from signers, in any order and any number of times. Imports signatures, refusals and
 * declines; anything else that a file says differently is reported and logged, never merged. */
#include <string.h>
#include <sys/stat.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/cosigning.h"
#include "src/cli/offering.h"
#include "src/cli/possession.h"
#include "src/cli/signed_steps.h"
#include "src/cli/stick.h"
#include "src/cli/target.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/gov/packet.h"

struct collecting {
	struct cli *cli;
	const struct changes *all;
	const struct addr *owners;
	size_t n_owners;
	const char *file;             /* being read */
	struct hash32 source;         /* SHA-256 of it */
	struct json *results;
	size_t added, kept, refused, notes;
	struct signed_steps signed_steps;
	bool adopted[N_ADOPTABLES];   /* the file brought the last signature that it took */
	int unreadable;               /* exit status for a file that could not be read, or 0 */
};

static bool find_target(struct collecting *c, const struct hash32 *safe_tx_hash, struct target *out, bool *found,
			struct err *e)
{
	return target_by_hash(c->cli->ws, &c->cli->arena, c->all, safe_tx_hash, out, found, e);
}

static struct json *result(struct collecting *c, const char *what, const struct target *t)
{
	struct arena *a = &c->cli->arena;
	struct json *o = json_object(a);
	json_set(o, a, "file", json_str(a, c->file));
	json_set(o, a, "result", json_str(a, what));
	if (t != NULL) {
		json_set(o, a, "change", json_text(a, t->change->id));
		json_set(o, a, "step", json_str(a, step_name(t->kind)));
	}
	json_push(c->results, o);
	return o;
}

/* A file, or a signature in it, that is not imported: the log keeps that it came, and why not. */
static bool refuse(struct collecting *c, const struct target *t, const char *code, const char *text,
		   struct err *e)
{
	struct arena *a = &c->cli->arena;
	struct json *body = json_object(a);
	struct buf safe = {0};
	text_safe(&safe, span_str(text), false);
	json_set(body, a, "code", json_str(a, code));
	json_set(body, a, "source", json_bare(a, SPAN_HASH(&c->source)));
	json_set(body, a, "step", t != NULL ? json_str(a, step_name(t->kind)) : json_null(a));
	json_set(body, a, "text", json_text(a, buf_view(&safe)));
	struct json *o = result(c, "refused", t);
	json_set(o, a, "code", json_str(a, code));
	json_set(o, a, "text", json_text(a, buf_view(&safe)));
	cli_text(c->cli, "%s: refused [%s]: %s\n", c->file, code, buf_cstr(&safe));
	buf_release(&safe);
	c->refused++;
	struct line l = workspace_line(c->cli->ws, "signature.refused",
				       t != NULL ? t->change->id : span_of(NULL, 0), body);
	return log_add_line(c->cli->ws->log, &l, e);
}

static bool refuse_err(struct collecting *c, const struct target *t, struct err *why, struct err *e)
{
	struct buf text = {0};
	struct err plain = *why;
	plain.refusal = NULL;
	err_format(&plain, &text);
	const char *code = why->refusal != NULL	     ? why->refusal
			   : why->code == ERR_CRYPTO ? "SIGNATURE"
						     : "MALFORMED";
	const bool ok = refuse(c, t, code, buf_cstr(&text), e);
	buf_release(&text);
	err_clear(why);
	return ok;
}

/* What an answer says beside its signature. */
struct said {
	struct span packet;           /* bare hex of the packet's digest, or empty */
	struct span compared;         /* or empty */
	const struct hash32 *journal; /* or NULL */
	const struct hash32 *block;   /* the hash that the signer had from another source, or NULL */
};

static bool add_signature(struct collecting *c, const struct target *t, const struct addr *owner,
			  const struct sig *sig, const struct said *said, struct err *e)
{
	struct workspace *ws = c->cli->ws;
	struct arena *a = &c->cli->arena;
	const struct person *who = deployment_person_at(&ws->deployment, owner);
	uint8_t bytes[65];
	struct hash32 digest;
	sig_to_bytes(bytes, sig);
	if (!log_add_blob(ws->log, span_of(bytes, sizeof(bytes)), BLOB_BEARER, &digest, e))
		return false;
	struct json *body = json_object(a);
	if (said->block != NULL)
		json_set(body, a, "blockHash", json_0x(a, SPAN_HASH(said->block)));
	json_set(body, a, "compared", said->compared.n > 0 ? json_text(a, said->compared) : json_null(a));
	json_set(body, a, "journalHead",
		 said->journal != NULL ? json_bare(a, SPAN_HASH(said->journal)) : json_null(a));
	json_set(body, a, "owner", json_addr(a, owner));
	json_set(body, a, "packet", said->packet.n > 0 ? json_text(a, said->packet) : json_null(a));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&t->step->safe_tx_hash)));
	json_set(body, a, "signature", json_bare(a, SPAN_HASH(&digest)));
	json_set(body, a, "step", json_str(a, step_name(t->kind)));
	struct line l = workspace_line(ws, "signature.added", t->change->id, body);
	l.actor = who->id;
	l.auth = span_str("signature");
	struct json *o = result(c, "added", t);
	json_set(o, a, "owner", json_addr(a, owner));
	cli_text(c->cli, "%s: %.*s signed %s of %.*s\n", c->file, (int)who->id.n, (const char *)who->id.p,
		 step_name(t->kind), (int)t->change->id.n, (const char *)t->change->id.p);
	c->added++;
	signed_steps_add(&c->signed_steps, a, t->change->id, t->kind);
	return log_add_line(ws->log, &l, e);
}

static bool is_vouched(const struct step *s, const struct addr *owner, const struct hash32 *block)
{
	for (size_t i = 0; i < s->n_vouchers; i++)
		if (addr_eq(&s->vouchers[i].owner, owner) && hash32_eq(&s->vouchers[i].block, block))
			return true;
	return false;
}

/* The signature is known, and its owner has seen a newer block since: a packet with new evidence was signed again. */
static bool add_voucher(struct collecting *c, const struct target *t, const struct addr *owner, const struct said *said,
			struct err *e)
{
	struct arena *a = &c->cli->arena;
	struct json *body = json_object(a);
	json_set(body, a, "blockHash", json_0x(a, SPAN_HASH(said->block)));
	json_set(body, a, "owner", json_addr(a, owner));
	json_set(body, a, "packet", json_text(a, said->packet));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&t->step->safe_tx_hash)));
	json_set(body, a, "step", json_str(a, step_name(t->kind)));
	struct line l = workspace_line(c->cli->ws, "block.vouched", t->change->id, body);
	struct json *o = result(c, "vouched", t);
	json_set(o, a, "owner", json_addr(a, owner));
	cli_text(c->cli, "%s: the signature is known; its owner had the hash of the newer evidence's block\n", c->file);
	c->added++;
	return log_add_line(c->cli->ws->log, &l, e);
}

/* The one way in for a signature: 65 bytes, a step, and whoever is said to have made it (NULL: nobody said). */
static bool import(struct collecting *c, const struct target *t, struct span bytes, const struct addr *claimed,
		   const struct said *said, struct err *e)
{
	struct err why = {0};
	struct sig sig;
	struct addr owner;
	if (!safe_signature_import(&sig, &owner, bytes, &t->step->safe_tx_hash, c->owners, c->n_owners, &why))
		return refuse_err(c, t, &why, e);
	if (claimed != NULL && !addr_eq(claimed, &owner)) {
		struct buf b = {0};
		buf_str(&b, "the file says the owner is ");
		addr_format(&b, claimed);
		buf_str(&b, ", the signature is by ");
		addr_format(&b, &owner);
		const bool ok = refuse(c, t, "WRONG-OWNER", buf_cstr(&b), e);
		buf_release(&b);
		return ok;
	}
	uint8_t packed[65];
	struct hash32 digest;
	sig_to_bytes(packed, &sig);
	sha256(&digest, span_of(packed, sizeof(packed)));
	for (size_t i = 0; i < t->step->n_signatures; i++) {
		if (!addr_eq(&t->step->signatures[i].owner, &owner))
			continue;
		if (!hash32_eq(&t->step->signatures[i].digest, &digest))
			return refuse(c, t, "SIG-TWICE",
				      "the log holds another signature by this owner for the same hash", e);
		if (said->block != NULL && !is_vouched(t->step, &owner, said->block))
			return add_voucher(c, t, &owner, said, e);
		result(c, "known", t);
		cli_text(c->cli, "%s: known already\n", c->file);
		c->kept++;
		return true;
	}
	if (t->step->mined)
		return refuse(c, t, "MINED", "the step is mined: its signatures are spent", e);
	return add_signature(c, t, &owner, &sig, said, e);
}

/* After each line the fold has to know it: the same file may bring the same signature twice. */
static bool refold(struct collecting *c, struct err *e)
{
	return workspace_unfinished(c->cli->ws, &c->all, e);
}

struct line_search {
	struct arena *a;
	const char *kind;             /* how the kind begins */
	const char *member;           /* of the body */
	struct span hex;
	bool found;
};

static bool search_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct line_search *s = ctx;
	struct line l;
	struct span hex;
	(void)seq;
	(void)leaf;
	if (!line_parse(s->a, &l, arena_copy(s->a, raw), e))
		return false;
	if (span_starts(l.kind, s->kind) && json_get_str(l.body, s->member, &hex, NULL) && span_eq(hex, s->hex))
		s->found = true;
	return true;
}

/* Does the change have a line of such a kind whose member is this digest? */
static bool log_says(struct collecting *c, const struct target *t, const char *kind, const char *member,
		     const struct hash32 *digest, bool *found, struct err *e)
{
	struct buf hex = {0};
	buf_hex(&hex, SPAN_HASH(digest));
	struct line_search s = {&c->cli->arena, kind, member, buf_view(&hex), false};
	const bool ok = log_each_of_change(c->cli->ws->log, t->change->id, search_line, &s, e);
	*found = s.found;
	buf_release(&hex);
	return ok;
}

/* Packets that a newer one superseded are ours too: signatures are for the safeTxHash, which both share. */
static bool log_made_packet(struct collecting *c, const struct target *t, const struct hash32 *digest,
			    bool *made, struct err *e)
{
	return log_says(c, t, "step.packed", "packet", digest, made, e);
}

/* The same file a second time says nothing new. */
static bool note_is_known(struct collecting *c, const struct target *t, bool *known, struct err *e)
{
	if (!log_says(c, t, "answer.", "source", &c->source, known, e))
		return false;
	if (*known) {
		result(c, "known", t);
		cli_text(c->cli, "%s: known already\n", c->file);
		c->kept++;
	}
	return true;
}

/* Refusals and declines: a person's or a signer's no, as it was carried here. */
static bool add_note(struct collecting *c, const struct target *t, const struct answer *ans, struct err *e)
{
	struct workspace *ws = c->cli->ws;
	struct arena *a = &c->cli->arena;
	const bool declined = ans->kind == ANSWER_DECLINE;
	const struct person *who = ans->has_owner ? deployment_person_at(&ws->deployment, &ans->owner) : NULL;
	struct json *body = json_object(a);
	if (!declined)
		json_set(body, a, "code", json_text(a, ans->code));
	json_set(body, a, "owner", ans->has_owner ? json_addr(a, &ans->owner) : json_null(a));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&ans->packet_digest)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&ans->safe_tx_hash)));
	json_set(body, a, "source", json_bare(a, SPAN_HASH(&c->source)));
	json_set(body, a, "step", json_str(a, step_name(t->kind)));
	json_set(body, a, "text", json_text(a, ans->text));
	struct line l = workspace_line(ws, declined ? "answer.declined" : "answer.refused", t->change->id,
				       body);
	if (who != NULL)
		l.actor = who->id;
	l.auth = span_str("claimed");
	struct json *o = result(c, declined ? "declined" : "refusal", t);
	if (!declined)
		json_set(o, a, "code", json_text(a, ans->code));
	json_set(o, a, "owner", ans->has_owner ? json_addr(a, &ans->owner) : json_null(a));
	json_set(o, a, "text", json_text(a, ans->text));
	cli_text(c->cli, "%s: %s %s %s of %.*s: ", c->file, who != NULL ? arena_str(a, who->id) : "a signer",
		 declined ? "declined" : "refused", step_name(t->kind), (int)t->change->id.n,
		 (const char *)t->change->id.p);
	text_safe(&c->cli->text, ans->text, false);
	cli_text(c->cli, "\n");
	c->notes++;
	return log_add_line(ws->log, &l, e);
}

/* A signer's machine that refused such a packet has found somebody out: its code is not lost. */
static bool not_ours(struct collecting *c, const struct target *t, const struct answer *ans, struct err *e)
{
	const char *text = "this safeTxHash under a packet that the log did not make: find out who made it";
	if (ans->kind == ANSWER_REFUSAL)
		text = arena_fmt(&c->cli->arena, "the signer's machine refused it with %.*s: %s",
				 text_shown(ans->code), (const char *)ans->code.p, text);
	return refuse(c, t, "PACKET", text, e);
}

static bool take_answer(struct collecting *c, struct span text, struct err *e)
{
	struct err why = {0};
	struct answer ans;
	struct target t;
	bool found, made, known = false;
	if (!answer_parse(&c->cli->arena, &ans, text, &why))
		return refuse_err(c, NULL, &why, e);
	if (!hash32_eq(&ans.deployment, &c->cli->ws->deployment.id))
		return refuse(c, NULL, "DEPLOYMENT", "an answer for another deployment", e);
	if (!find_target(c, &ans.safe_tx_hash, &t, &found, e))
		return false;
	if (!found)
		return refuse(c, NULL, "STALE",
			      "no step has this safeTxHash: made up, or its nonce was given away since", e);
	if (t.kind != ans.step)
		return refuse(c, &t, "STEP", "the answer names another step than its safeTxHash", e);
	if (!log_made_packet(c, &t, &ans.packet_digest, &made, e))
		return false;
	if (!made)
		return not_ours(c, &t, &ans, e);
	if (ans.kind != ANSWER_SIGNATURE) {
		if (!note_is_known(c, &t, &known, e))
			return false;
		return known || add_note(c, &t, &ans, e);
	}
	uint8_t bytes[65];
	struct buf hex = {0};
	sig_to_bytes(bytes, &ans.sig);
	buf_hex(&hex, SPAN_HASH(&ans.packet_digest));
	const struct said said = {buf_view(&hex), ans.compared,
				  ans.has_journal_head ? &ans.journal_head : NULL,
				  ans.has_block_hash ? &ans.block_hash : NULL};
	const bool ok = import(c, &t, span_of(bytes, sizeof(bytes)), ans.has_owner ? &ans.owner : NULL, &said,
			       e);
	buf_release(&hex);
	return ok;
}

static bool take_packet(struct collecting *c, struct span text, struct err *e)
{
	struct err why = {0};
	struct packet p;
	if (!packet_parse(&c->cli->arena, &p, text, &why))
		return refuse_err(c, NULL, &why, e);
	struct buf hex = {0};
	buf_hex(&hex, SPAN_HASH(&p.digest));
	bool ok = true;
	for (size_t i = 0; ok && i < p.core.n_steps; i++) {
		const struct hash32 *hash = &p.core.steps[i].safe_tx_hash;
		struct target t;
		bool found, made;
		ok = find_target(c, hash, &t, &found, e);
		if (!ok)
			break;
		if (!found || t.kind != p.core.steps[i].step) {
			ok = refuse(c, NULL, "STALE",
				    "no step has this packet's safeTxHash: made up, or given away since", e);
			continue;
		}
		ok = log_made_packet(c, &t, &p.digest, &made, e);
		if (ok && !made) {
			ok = refuse(c, &t, "PACKET", "a packet that the log did not make: find out who made it",
				    e);
			continue;
		}
		for (size_t k = 0; ok && k < p.n_signatures; k++) {
			uint8_t bytes[65];
			const struct said said = { .packet = buf_view(&hex) };
			if (p.signatures[k].step != t.kind)
				continue;
			sig_to_bytes(bytes, &p.signatures[k].by.sig);
			ok = import(c, &t, span_of(bytes, sizeof(bytes)), &p.signatures[k].by.owner, &said,
				    e) &&
			     refold(c, e) && find_target(c, hash, &t, &found, e);
		}
	}
	buf_release(&hex);
	return ok;
}

static void say_possession(struct collecting *c, const struct possession *p)
{
	struct json *o = result(c, p->known ? "known" : "attested", NULL);
	json_set(o, &c->cli->arena, "change", json_text(&c->cli->arena, p->change));
	cli_text(c->cli, "%s: %s\n", c->file, p->words);
	c->added += !p->known;
	c->kept += p->known;
}

/* Somebody has the key of an address that a change gives power to. */
static bool take_attestation(struct collecting *c, const struct signed_message *m, struct err *e)
{
	struct err why = {0};
	struct possession p = {0};
	if (!possession_take(c->cli->ws, &c->cli->arena, m, &p, &why, e))
		return err_is_set(&why) && refuse_err(c, NULL, &why, e);
	say_possession(c, &p);
	return true;
}

/* No owner's for any step, but perhaps a key's that a change wants to see. */
static bool take_bare_attestation(struct collecting *c, struct span bytes, bool *found, struct err *e)
{
	struct possession p = {0};
	if (!possession_bare(c->cli->ws, &c->cli->arena, c->all, bytes, &p, found, e))
		return false;
	if (*found)
		say_possession(c, &p);
	return true;
}

/* A bare signature says nothing about what it is for: it is tried on every step that waits for one. *why: why the last
 * one did not take it. */
static bool try_steps(struct collecting *c, struct span bytes, bool *taken, struct err *why, struct err *e)
{
	const struct said said = {0};
	struct sig sig;
	struct addr owner;
	*taken = false;
	for (size_t i = 0; i < c->all->n; i++)
		for (int s = 0; s < N_STEPS; s++) {
			const struct step *step = &c->all->v[i].steps[s];
			const struct target t = { &c->all->v[i], (enum step_kind)s, step };
			if (!step->packed || step->mined)
				continue;
			err_clear(why);
			*taken = safe_signature_import(&sig, &owner, bytes, &step->safe_tx_hash, c->owners,
						       c->n_owners, why);
			if (*taken)
				return import(c, &t, bytes, NULL, &said, e);
		}
	return true;
}

/* Even of a change that was executed a step may be open: a cancel that was not needed. */
static bool take_bare(struct collecting *c, struct span bytes, struct err *e)
{
	struct err why = {0};
	bool taken;
	bool ok = try_steps(c, bytes, &taken, &why, e) && (taken || take_bare_attestation(c, bytes, &taken, e));
	if (ok && !taken && bytes.n == 65)
		ok = workspace_fold(c->cli->ws, &c->all, e) && try_steps(c, bytes, &taken, &why, e);
	if (ok && !taken && err_is_set(&why))
		return refuse_err(c, NULL, &why, e);
	err_clear(&why);
	return ok && (taken || refuse(c, NULL, "STALE", "no step waits for a signature", e));
}

/* Who else has seen the log, and at which size: an owner's file, or a note with witnesses' lines below it. */
static bool take_cosignature(struct collecting *c, struct span file, bool note, struct err *e)
{
	struct workspace *ws = c->cli->ws;
	struct err why = {0};
	struct cosigned done = {0};
	const struct witnesses from_profile = { ws->deployment.witnesses, ws->deployment.n_witnesses };
	if (!(note ? cosigning_note(ws, &c->cli->arena, file, &from_profile, &done, &why, e)
		   : cosigning_owner(ws, &c->cli->arena, file, &done, &why, e)))
		return err_is_set(&why) && refuse_err(c, NULL, &why, e);
	struct json *o = result(c, done.added > 0 ? "cosigned" : "known", NULL);
	json_set(o, &c->cli->arena, "size", json_u64(&c->cli->arena, done.size));
	cli_text(c->cli, "%s: %s\n", c->file, done.words);
	c->added += done.added;
	c->kept += done.known;
	return true;
}

/* What enough owners have signed moves when its transaction is in the log. */
static bool take_adoption(struct collecting *c, const struct signed_message *m, struct err *e)
{
	struct arena *a = &c->cli->arena;
	struct err why = {0};
	struct endorsed done;
	if (!offering_take(c->cli->ws, a, m, &done, &why, e))
		return err_is_set(&why) && refuse_err(c, NULL, &why, e);
	struct json *o = result(c, done.known ? "known" : "signed", NULL);
	json_set(o, a, "adopted", json_bool(a, done.adopted != NULL));
	json_set(o, a, "owner", json_addr(a, &m->by.owner));
	json_set(o, a, adoptable_word(done.terms.kind), json_bare(a, SPAN_HASH(&done.terms.document)));
	cli_text(c->cli, "%s: %s\n", c->file, done.words);
	*(done.known ? &c->kept : &c->added) += 1;
	c->adopted[done.terms.kind] |= done.adopted != NULL;
	return true;
}

static bool take_message(struct collecting *c, struct span file, struct err *e)
{
	struct err why = {0};
	struct signed_message m;
	if (!message_parse(&c->cli->arena, &m, file, &why))
		return refuse_err(c, NULL, &why, e);
	switch (m.message.type) {
	case MESSAGE_CHECKPOINT:
		return take_cosignature(c, file, false, e);
	case MESSAGE_POLICY_ADOPTION:
	case MESSAGE_RELEASES_ADOPTION:
		return take_adoption(c, &m, e);
	case MESSAGE_ATTESTATION:
		return take_attestation(c, &m, e);
	case MESSAGE_SUCCESSION:
		return refuse(c, NULL, "TYPE", "an owner's word for a new log key: setgov log succeed takes it", e);
	}
	BUG("a message of no type");
}

/* The file that goes round: the signatures that it has gathered. */
static bool take_offer(struct collecting *c, struct span file, struct err *e)
{
	struct err why = {0};
	struct adoption x;
	if (!adoption_parse(&c->cli->arena, &x, file, &why))
		return refuse_err(c, NULL, &why, e);
	for (size_t i = 0; i < x.n; i++) {
		const struct signed_message m = { x.deployment, adoption_message(&x), x.signatures[i] };
		if (!take_adoption(c, &m, e))
			return false;
	}
	if (x.n == 0)
		cli_text(c->cli, "%s: an offer that nobody has signed\n", c->file);
	return true;
}

static struct span trimmed(struct span s)
{
	while (s.n > 0 &&
	       (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' || s.p[0] == '\r')) {
		s.p++;
		s.n--;
	}
	return s;
}

static bool take_hex(struct collecting *c, struct span text, struct err *e)
{
	struct err why = {0};
	struct buf bytes = {0}, with = {0};
	if (!span_starts(text, "0x"))
		buf_str(&with, "0x");
	buf_span(&with, text);
	bool ok;
	if (hex_decode(&bytes, buf_view(&with), &why))
		ok = take_bare(c, buf_view(&bytes), e);
	else
		ok = refuse(c, NULL, "MALFORMED",
			    "neither a packet, nor an answer, nor a signature of 65 bytes", e);
	err_clear(&why);
	buf_release(&bytes);
	buf_release(&with);
	return ok;
}

static bool take(struct collecting *c, struct span file, struct err *e)
{
	const struct span text = trimmed(file);
	struct err why = {0};
	struct span format;
	if (file.n == 65)
		return take_bare(c, file, e);
	if (cosigning_is_note(c->cli->ws->log, file))
		return take_cosignature(c, file, true, e);
	if (text.n == 0 || text.p[0] != '{')
		return take_hex(c, text, e);
	const struct json *doc = json_parse(&c->cli->arena, file, &why);
	if (doc == NULL || !json_get_str(doc, "format", &format, &why))
		return refuse_err(c, NULL, &why, e);
	if (span_is(format, "setgov-packet/1"))
		return take_packet(c, file, e);
	if (span_is(format, "setgov-answer/1"))
		return take_answer(c, file, e);
	if (span_is(format, MESSAGE_FORMAT))
		return take_message(c, file, e);
	if (span_is(format, ADOPTION_FORMAT))
		return take_offer(c, file, e);
	return refuse(c, NULL, "FORMAT", "a file of another format than setgov-packet/1 and setgov-answer/1",
		      e);
}

/* A file that is not there says nothing about the others. */
static bool unreadable(struct collecting *c, struct err *e)
{
	struct buf words = {0};
	err_format(e, &words);
	json_set(result(c, "unreadable", NULL), &c->cli->arena, "text",
		 json_text(&c->cli->arena, buf_view(&words)));
	cli_text(c->cli, "%s\n", buf_cstr(&words));
	buf_release(&words);
	c->unreadable = err_exit_status(e);
	err_clear(e);
	return true;
}

static void name_file(struct collecting *c, const char *path)
{
	struct buf name = {0};
	text_safe(&name, span_str(path), false);         /* other people fill the stick, and name its files */
	c->file = arena_str(&c->cli->arena, buf_view(&name));
	buf_release(&name);
}

static bool publish(struct collecting *c, enum adoptable_kind kind, struct err *e)
{
	const char *path;
	if (!c->adopted[kind])
		return true;
	if (!offering_publish(c->cli->ws, &c->cli->arena, kind, &path, e))
		return false;
	cli_text(c->cli, "The %s is adopted, and in force here. ", adoptable_called(kind));
	text_safe(&c->cli->text, span_str(path), false);
	cli_text(c->cli, " moves each signer's pin: setgov-signer trust-%s FILE\n", adoptable_word(kind));
	return true;
}

/* One file, one transaction: either all it brought is in the log, or nothing. */
static bool collect_file(struct collecting *c, const char *path, struct err *e)
{
	struct log *log = c->cli->ws->log;
	struct span file;
	name_file(c, path);
	if (!cli_read(c->cli, &file, path, PACKET_MAX, e))
		return unreadable(c, e);
	sha256(&c->source, file);
	if (!log_begin(log, e))
		return false;
	memset(c->adopted, 0, sizeof(c->adopted));
	if (!refold(c, e) || !take(c, file, e) || !log_commit(log, e)) {
		log_abort(log);
		return err_file(e, path, 0);
	}
	return publish(c, ADOPT_POLICY, e) && publish(c, ADOPT_RELEASES, e);
}

/* ---- a directory ---- */

/* Whoever filled the directory could lead us to a file of our own, whose digest, and words in what is wrong with it,
 * would be in the log for good. */
static bool collect_found(struct collecting *c, const char *path, struct err *e)
{
	struct stat st;
	if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
		return collect_file(c, path, e);
	name_file(c, path);
	err_set(e, ERR_IO, ERR_NO_OFFSET, "a symbolic link is not followed: name the file itself");
	err_file(e, path, 0);
	return unreadable(c, e);
}

static bool collect_path(struct collecting *c, const char *path, struct err *e)
{
	struct stick found = {0};
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return collect_file(c, path, e);
	if (!stick_list(&c->cli->arena, path, &found, e))
		return false;
	for (size_t i = 0; i < found.n; i++)
		if (!collect_found(c, found.path[i], e))
			return false;
	return true;
}

bool cmd_collect(struct cli *cli, struct err *e)
{
	const struct deployment *d = &cli->ws->deployment;
	struct collecting c = { .cli = cli, .results = json_array(&cli->arena) };
	struct addr *owners = ARENA_ARRAY(&cli->arena, struct addr, d->n_people + 1);
	for (size_t i = 0; i < d->n_people; i++)
		if (d->people[i].owner)
			owners[c.n_owners++] = d->people[i].address;
	c.owners = owners;
	for (size_t i = 0; i < cli->n_args; i++)
		if (!collect_path(&c, cli->args[i], e))
			return false;
	cli_text(cli, "%zu added, %zu known, %zu refused or declined by signers, %zu not accepted\n", c.added,
		 c.kept, c.notes, c.refused);
	cli->result = c.results;
	cli->status = c.unreadable != 0 ? c.unreadable : c.refused > 0;
	return views_catch_up(cli->ws->views, e) && signed_steps_say(&c.signed_steps, cli, e);
}
