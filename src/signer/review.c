#include "src/signer/review.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"

bool review_open(struct signer *s, struct reviewed *out, const char *path, struct err *e)
{
	struct span file;
	*out = (struct reviewed){ .path = path };
	if (!signer_input(s, path, &file, e))
		return false;
	if (!packet_parse(&s->arena, &out->packet, file, e))
		return err_file(e, path, 0);
	out->parsed = true;
	out->pin = home_pin(&s->home, &out->packet.core.deployment);
	if (out->pin == NULL) {
		struct buf id = {0};
		buf_hex(&id, SPAN_HASH(&out->packet.core.deployment));
		err_refuse(e, "NOT-PINNED",
			   "the packet is for deployment %s, which this machine has not pinned", buf_cstr(&id));
		buf_release(&id);
		return false;
	}
	if (!pinned_builtin(&s->arena, &out->pinned, &out->pin->deployment, e))
		return err_in(e, "pinned");
	out->good = packet_check(&s->arena, &out->checked, &out->packet, &out->pinned, e);
	return out->good;
}

static void line(struct buf *out, const char *name, struct span text)
{
	if (text.n == 0)
		return;
	buf_fmt(out, "  %-10s ", name);
	text_safe(out, text, false);
	buf_byte(out, '\n');
}

static void hash_line(struct buf *out, const char *name, const struct hash32 *h)
{
	buf_fmt(out, "  %-13s ", name);
	buf_0xhex(out, SPAN_HASH(h));
	buf_byte(out, '\n');
}

/* What the console read before, if it read the same thing that we would. */
static const struct json *console_read(const struct json *evidence, const struct action_read_back *r)
{
	const struct json *list = evidence != NULL ? json_find(evidence, "reads") : NULL;
	for (const struct json *v = list != NULL && list->type == JSON_ARRAY ? list->first : NULL; v != NULL;
	     v = v->next) {
		struct span at, getter, say;
		struct addr addr;
		if (json_get_str(v, "at", &at, NULL) && addr_parse(&addr, at, NULL) && addr_eq(&addr, &r->at) &&
		    json_get_str(v, "getter", &getter, NULL) && span_eq(getter, r->getter->signature) &&
		    json_get_str(v, "say", &say, NULL) && span_eq(say, r->say))
			return json_find(v, "before");
	}
	return NULL;
}

static void effects(struct signer *s, struct buf *out, const struct reviewed *r)
{
	size_t shown = 0;
	for (const struct json *action = r->checked.proposal.actions->first; action != NULL;
	     action = action->next) {
		const struct action_read_back *reads;
		size_t n;
		if (!action_reads(&s->arena, &reads, &n, &r->pinned, action, NULL))
			continue;
		for (size_t i = 0; i < n; i++) {
			const struct json *before = console_read(r->packet.evidence, &reads[i]);
			if (shown++ == 0)
				buf_str(out, "\nBefore and after (\"before\" is the console's word, nobody "
					     "proved it)\n");
			buf_fmt(out, "  %.*s: ", text_shown(reads[i].say), (const char *)reads[i].say.p);
			if (before != NULL && before->type == JSON_STRING)
				text_safe(out, before->text, false);
			else
				buf_str(out, "not said");
			if (reads[i].expect.n > 0)
				buf_fmt(out, " -> %.*s", text_shown(reads[i].expect),
					(const char *)reads[i].expect.p);
			buf_byte(out, '\n');
		}
	}
}

/* When the console looked: its block's time, against this machine's clock. */
static void age(struct buf *out, const struct reviewed *r)
{
	const struct json *block = r->packet.evidence != NULL ? json_find(r->packet.evidence, "block") : NULL;
	uint64_t number, when;
	struct buf old = {0};
	if (block == NULL || !json_get_u64(block, "number", &number, NULL) ||
	    !json_get_u64(block, "time", &when, NULL)) {
		buf_str(out, "  The packet carries no evidence: nothing is known about the chain's state.\n");
		return;
	}
	const int64_t now = time_now().ms / 1000;
	buf_fmt(out, "  The console says: block %" PRIu64 ", ", number);
	time_format_minute(out, (int64_t)when);
	if ((int64_t)when > now + 300) {
		buf_str(out, ". THIS MACHINE'S CLOCK IS EARLIER: set it, or ask somebody what day it is.\n");
	} else {
		duration_format(&old, (uint64_t)(now > (int64_t)when ? now - (int64_t)when : 0));
		buf_fmt(out, ", %s ago by this machine's clock.\n", buf_cstr(&old));
	}
	buf_release(&old);
}

/* This machine's own memory: what it signed before for the same nonce, and for the same change. */
static void memory(struct signer *s, struct buf *out, const struct reviewed *r, const struct checked_step *step)
{
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 deployment, tx;
		struct span name;
		uint64_t nonce, own;
		if (!line_kind_is(l, "packet.signed") ||
		    !json_get_bare_hash(l->body, "deployment", &deployment, NULL) ||
		    !hash32_eq(&deployment, &r->pin->deployment.id) ||
		    !json_get_u64(l->body, "nonce", &nonce, NULL) ||
		    !json_get_hash(l->body, "safeTxHash", &tx, NULL) ||
		    !json_get_str(l->body, "step", &name, NULL) || !u256_fits_u64(&step->tx.nonce, &own))
			continue;
		const bool same_change = span_eq(l->change, r->checked.line.change);
		if (hash32_eq(&tx, &step->hashes.tx))
			buf_str(out, "  This machine signed exactly this on ");
		else if (nonce == own)
			buf_fmt(out,
				"  WARNING: this machine signed ANOTHER transaction for nonce %" PRIu64
				" (%.*s of %.*s) on ",
				own, text_shown(name), (const char *)name.p, text_shown(l->change),
				(const char *)l->change.p);
		else if (same_change)
			buf_fmt(out, "  This machine signed %.*s of this change on ", text_shown(name),
				(const char *)name.p);
		else
			continue;
		time_format(out, l->time);
		buf_str(out, ".\n");
	}
}

static void step_page(struct signer *s, struct buf *out, const struct reviewed *r,
		      const struct checked_step *step)
{
	struct buf delay = {0};
	uint64_t nonce = 0;
	u256_fits_u64(&step->tx.nonce, &nonce);
	buf_fmt(out, "\nWhat is signed: step %s at nonce %" PRIu64 " of the Safe\n", step_name(step->step),
		nonce);
	explain_format(out, step->explained, 2);
	if (r->checked.proposal.route == ROUTE_TIMELOCK) {
		duration_format(&delay, r->checked.proposal.delay);
		buf_fmt(out, "  It waits %s in the timelock.\n", buf_cstr(&delay));
		hash_line(out, "operation", &r->checked.operation_id);
		hash_line(out, "salt", &r->checked.operation.salt);
		if (!hash32_is_zero(&r->checked.operation.predecessor))
			hash_line(out, "waits for", &r->checked.operation.predecessor);
	}
	hash_line(out, "domain hash", &step->hashes.domain);
	hash_line(out, "message hash", &step->hashes.message);
	hash_line(out, "safeTxHash", &step->hashes.tx);
	buf_release(&delay);
	memory(s, out, r, step);
}

static void warnings(struct signer *s, struct buf *out, const struct reviewed *r)
{
	const struct deployment *d = &r->pin->deployment;
	if (!r->packet.core.has_policy)
		buf_str(out, "  NO POLICY: nothing but the catalogue limits what can be signed here.\n");
	if (!s->landlocked)
		buf_str(out, "  This kernel has no Landlock: files are not fenced off.\n");
	if (s->swap)
		buf_str(out, "  This machine swaps to disk: passphrase work may leave traces there.\n");
	if (s->interface != NULL)
		buf_fmt(out, "  The network interface %s is up%s\n", s->interface,
			d->class == CLASS_PRODUCTION ? ": owners' keys are refused."
						     : " (allowed, this is not production).");
	if (r->checked.has_raw)
		buf_str(out, "  RAW CALL: no action describes it; it can be read, and is not signed.\n");
}

void review_page(struct signer *s, struct buf *out, const struct reviewed *r)
{
	const struct checked_packet *c = &r->checked;
	deployment_banner(out, &r->pin->deployment);
	buf_fmt(out, "\n%.*s\n\n", text_shown(c->line.change), (const char *)c->line.change.p);
	for (size_t i = 0; i < c->n_sentences; i++)
		buf_fmt(out, "  %s\n", c->sentences[i]);
	effects(s, out, r);
	buf_str(out, "\nTo know before signing\n");
	warnings(s, out, r);
	age(out, r);
	buf_str(out, "\nThe proposer's words (nobody checked them)\n");
	line(out, "title", c->proposal.title);
	line(out, "reason", c->proposal.reason);
	line(out, "ticket", c->proposal.ticket);
	line(out, "category", c->proposal.category);
	line(out, "impact", c->proposal.impact);
	line(out, "rollback", c->proposal.rollback);
	for (size_t i = 0; i < c->n_steps; i++)
		step_page(s, out, r, &c->steps[i]);
	buf_fmt(out, "\nPhrase of this packet: %s\n", c->phrase);
}

static struct json *step_json(struct arena *a, const struct checked_step *step)
{
	struct json *o = json_object(a);
	json_set(o, a, "step", json_str(a, step_name(step->step)));
	json_set(o, a, "nonce", json_u256(a, &step->tx.nonce));
	json_set(o, a, "to", json_addr(a, &step->tx.to));
	json_set(o, a, "value", json_u256(a, &step->tx.value));
	json_set(o, a, "data", json_0x(a, step->tx.data));
	json_set(o, a, "domainHash", json_0x(a, SPAN_HASH(&step->hashes.domain)));
	json_set(o, a, "messageHash", json_0x(a, SPAN_HASH(&step->hashes.message)));
	json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&step->hashes.tx)));
	json_set(o, a, "explained", explain_to_json(a, step->explained));
	return o;
}

struct json *review_json(struct signer *s, const struct reviewed *r)
{
	struct arena *a = &s->arena;
	const struct checked_packet *c = &r->checked;
	struct json *o = json_object(a), *sentences = json_array(a), *steps = json_array(a);
	for (size_t i = 0; i < c->n_sentences; i++)
		json_push(sentences, json_str(a, c->sentences[i]));
	for (size_t i = 0; i < c->n_steps; i++)
		json_push(steps, step_json(a, &c->steps[i]));
	json_set(o, a, "change", json_text(a, c->line.change));
	json_set(o, a, "class", json_str(a, deployment_class_name(r->pin->deployment.class)));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&r->pin->deployment.id)));
	json_set(o, a, "packet", json_bare(a, SPAN_HASH(&r->packet.digest)));
	json_set(o, a, "phrase", json_str(a, c->phrase));
	json_set(o, a, "sentences", sentences);
	json_set(o, a, "signable", json_bool(a, !c->has_raw));
	json_set(o, a, "steps", steps);
	if (c->proposal.route == ROUTE_TIMELOCK) {
		json_set(o, a, "operation", json_0x(a, SPAN_HASH(&c->operation_id)));
		json_set(o, a, "salt", json_0x(a, SPAN_HASH(&c->operation.salt)));
	}
	return o;
}

bool verb_review(struct signer *s, struct err *e)
{
	struct reviewed r;
	if (!review_open(s, &r, s->args[0], e))
		return false;
	review_page(s, &s->text, &r);
	s->result = review_json(s, &r);
	return true;
}
