#include "src/signer/review.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/units.h"
#include "src/signer/review_effects.h"
#include "src/signer/review_notes.h"

/* From then on a packet has to name it. */
static bool pin_policy(struct reviewed *r, struct err *e)
{
	if (r->pin->policy_lost)
		return err_refuse(e, "POLICY", "the policy that was pinned for this deployment is not on this machine "
					       "any more: setgov-signer trust-policy FILE pins it again");
	r->pinned.has_policy = r->pin->policy != NULL;
	if (r->pinned.has_policy)
		r->pinned.policy = r->pin->policy->digest;
	r->pinned.has_replaced = r->pin->replaced != NULL;
	if (r->pinned.has_replaced)
		r->pinned.replaced = r->pin->replaced->digest;
	r->is_older = r->pinned.has_replaced && r->packet.core.has_policy &&
		      hash32_eq(&r->packet.core.policy, &r->pinned.replaced);
	return true;
}

/* What a packet says of releases is not believed: it has to be the list that is pinned. */
static bool same_releases(struct signer *s, const struct reviewed *r, struct err *e)
{
	const struct json *carried = carried_fact(r->packet.evidence, "releases");
	struct releases list;
	struct buf found = {0};
	if (carried == NULL)
		return true;
	if (!releases_from_json(&s->arena, &list, carried, e))
		return err_in(e, "evidence.facts.releases");
	if (r->pin->releases != NULL && hash32_eq(&r->pin->releases->digest, &list.digest))
		return true;
	buf_hex(&found, SPAN_HASH(&list.digest));
	if (r->pin->releases == NULL)
		err_refuse(e, "RELEASES", "the packet goes by the list of releases %s, and none is pinned: "
			   "setgov-signer trust-releases FILE pins one", buf_cstr(&found));
	else
		err_refuse(e, "RELEASES", "the packet goes by the list of releases %s, another is pinned",
			   buf_cstr(&found));
	buf_release(&found);
	return err_in(e, "evidence");
}

static bool nothing_failed(const struct reviewed *r, const struct verdict *v, const char *whose, struct err *e)
{
	for (size_t i = 0; i < r->checked.n_steps; i++) {
		struct buf why = {0};
		if (v[i].word != VERDICT_FAILED)
			continue;
		verdict_reasons(&why, &v[i], VERDICT_FAILED);
		err_refuse(e, "POLICY", "failed%s: %s", whose, buf_cstr(&why));
		buf_release(&why);
		return false;
	}
	return true;
}

/* What failed is not signed; what is pending, or rests on the console's word, is shown. What was proposed under the
 * policy before has to pass both. */
static bool judge(struct signer *s, struct reviewed *r, struct err *e)
{
	if (r->pin->policy == NULL)
		return true;
	if (!same_releases(s, r, e))
		return false;
	const struct policy *named = r->is_older ? r->pin->replaced : r->pin->policy;
	if (!carried_judge(&s->arena, r->verdicts, named, &r->pinned, &r->packet, &r->checked, NULL, e) ||
	    !carried_judge(&s->arena, r->current, r->pin->policy, &r->pinned, &r->packet, &r->checked, NULL, e) ||
	    !carried_judge(&s->arena, r->seen, named, &r->pinned, &r->packet, &r->checked,
			   r->proofs.hash_given ? &r->proofs.facts : NULL, e))
		return false;
	return nothing_failed(r, r->verdicts, "", e) &&
	       nothing_failed(r, r->current, " under the policy that is pinned now", e);
}

bool review_open(struct signer *s, struct reviewed *out, const char *path, struct err *e)
{
	struct span file;
	*out = (struct reviewed){ .path = path };
	if (!signer_input(s, path, &file, e))
		return false;
	const bool whole = packet_parse(&s->arena, &out->packet, file, e);
	out->parsed = !hash32_is_zero(&out->packet.digest);
	out->pin = out->parsed ? home_pin(&s->home, &out->packet.core.deployment) : NULL;
	if (!whole)
		return err_file(e, path, 0);
	if (out->pin == NULL) {
		struct buf id = {0};
		buf_hex(&id, SPAN_HASH(&out->packet.core.deployment));
		err_refuse(
			e, "NOT-PINNED",
			"the packet is for deployment %s, which this machine has not pinned: "
			   "setgov-signer trust FILE pins one",
			buf_cstr(&id));
		buf_release(&id);
		return false;
	}
	if (!pinned_builtin(&s->arena, &out->pinned, &out->pin->deployment, e))
		return err_in(e, "pinned");
	out->good = pin_policy(out, e) && packet_check(&s->arena, &out->checked, &out->packet, &out->pinned, e) &&
		    proofs_open(s, &out->proofs, &out->packet, &out->checked, &out->pinned, e) && judge(s, out, e);
	return out->good;
}

/* ---- how lines are written ---- */

struct page {
	const struct signer *s;
	struct arena *a;              /* for as long as it takes to write it */
	struct paper *out;
	const struct reviewed *r;
	const struct review_look *look;
};

/* On a line of its own: whole on every screen that has 70 columns. */
static void hash_line(struct page *p, const char *name, const struct hash32 *h)
{
	struct buf hex = {0};
	buf_0xhex(&hex, SPAN_HASH(h));
	paper_line(p->out, STYLE_TEXT, 2, "%s", name);
	paper_span(p->out, STYLE_HASH, 4, buf_view(&hex));
	buf_release(&hex);
}

/* ---- before and after ---- */

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

static void effect(struct page *p, const struct action_read_back *r)
{
	const struct json *before = console_read(p->r->packet.evidence, r);
	paper_span(p->out, STYLE_TEXT, 2, r->say);
	if (before != NULL && before->type == JSON_STRING)
		paper_foreign(p->out, 4, "before", before->text);
	paper_begin(p->out, 4, 16);
	paper_add(p->out, STYLE_DIM, "after");
	paper_to(p->out, 16);
	if (r->expect.n == 0)
		paper_add(p->out, STYLE_DIM, "(to be read back)");
	else
		paper_add_span(p->out, STYLE_TEXT, r->expect);
	paper_end(p->out);
}

static void effects(struct page *p)
{
	size_t shown = 0;
	for (const struct json *v = p->r->checked.proposal.actions->first; v != NULL; v = v->next) {
		const struct action_read_back *reads;
		size_t n;
		if (!action_reads(p->a, &reads, &n, &p->r->pinned, v, NULL))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (shown++ == 0)
				paper_title(p->out, "After it has run (before, behind a bar: the console's word)");
			effect(p, &reads[i]);
		}
	}
}

/* ---- how old it is ---- */

const char *review_against_hot(const struct reviewed *r)
{
	if (r->pin->deployment.class == CLASS_PRODUCTION)
		return "the deployment is production";
	return r->pin->policy != NULL && !policy_hot_signing(r->pin->policy) ? "the pinned policy does not allow it"
									     : NULL;
}

bool review_looked_at(const struct reviewed *r, uint64_t *number, uint64_t *when)
{
	const struct json *block = r->packet.evidence != NULL ? json_find(r->packet.evidence, "block") : NULL;
	return block != NULL && json_get_u64(block, "number", number, NULL) &&
	       json_get_u64(block, "time", when, NULL);
}

int64_t review_made(const struct reviewed *r)
{
	const int64_t proposed = r->checked.line.time.ms / 1000;
	uint64_t number, when;
	return review_looked_at(r, &number, &when) && (int64_t)when > proposed ? (int64_t)when : proposed;
}

bool review_clock_is_behind(const struct reviewed *r)
{
	return review_made(r) > time_now().ms / 1000 + 300;
}

/* ---- what was found in order ---- */

/* Every line here is a question that packet_check() or the start of this program has asked, and that a packet
 * without a page failed. */
static size_t checks(const struct signer *s, const struct reviewed *r, const char *out[static 16])
{
	const bool timelock = r->checked.proposal.route == ROUTE_TIMELOCK;
	size_t n = 0;
	out[n++] = "deployment, catalogue and ABI are the ones that are pinned here";
	out[n++] = "the proposal is a whole line of the log, of this change";
	out[n++] = "that line is in the log: its path leads to the packet's root";
	out[n++] = "the log's key signed a checkpoint over that root";
	out[n++] = "the calls are what the actions compile to here";
	out[n++] = "each call decodes whole, by its target's ABI, and encodes back to the same bytes";
	if (timelock)
		out[n++] = "the operation's salt is the log's root, and its id was computed here";
	out[n++] = "the Safe pays no refund and delegates to nobody";
	out[n++] = "each safeTxHash was computed here and is the packet's";
	if (r->packet.n_signatures > 0)
		out[n++] = "each signature that came along was made by the owner it names";
	if (r->packet.evidence != NULL)
		out[n++] = "the evidence is the one that the packet's core names";
	if (r->proofs.there)
		out[n++] = "the state proofs lead to a block header, and the console says the same";
	if (s->interface == NULL)
		out[n++] = "no network interface of this machine is up";
	if (!s->swap)
		out[n++] = "this machine does not swap to disk";
	if (s->landlocked)
		out[n++] = "files are fenced off (Landlock), system calls too (seccomp)";
	return n;
}

static void passed(struct page *p)
{
	const char *list[16];
	const size_t n = checks(p->s, p->r, list);
	if (!p->look->details) {
		paper_blank(p->out);
		paper_begin(p->out, 0, 2);
		paper_add(p->out, STYLE_GOOD, "%zu checks passed", n);
		paper_add(p->out, STYLE_TEXT, ": press ");
		paper_add(p->out, STYLE_KEY, "d");
		paper_add(p->out, STYLE_TEXT,
			  " for them, the proposer's words, the calls with their arguments, and the hashes.");
		paper_end(p->out);
		return;
	}
	paper_title(p->out, "%zu checks passed", n);
	for (size_t i = 0; i < n; i++) {
		paper_begin(p->out, 2, 6);
		paper_add(p->out, STYLE_GOOD, "ok");
		paper_to(p->out, 6);
		paper_add(p->out, STYLE_TEXT, "%s", list[i]);
		paper_end(p->out);
	}
}

/* ---- calls, for whoever wants to see them ---- */

/* A blank behind each comma that is not inside a JSON string, so that a list folds between its members. */
static struct span spaced(struct arena *a, struct span text)
{
	struct buf b = {0};
	bool quoted = false;
	for (size_t i = 0; i < text.n; i++) {
		quoted ^= text.p[i] == '"' && (i == 0 || text.p[i - 1] != '\\');
		buf_byte(&b, text.p[i]);
		if (text.p[i] == ',' && !quoted)
			buf_byte(&b, ' ');
	}
	const struct span out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void argument(struct page *p, const struct explained_arg *arg, size_t indent, size_t at)
{
	const size_t n = strlen(arg->type);
	const bool list = n > 0 && arg->type[n - 1] == ']', hash = strcmp(arg->type, "bytes32") == 0;
	paper_begin(p->out, indent, hash ? indent + 2 : at);
	paper_add(p->out, STYLE_DIM, "%s", arg->name);
	if (hash) { /* on a line of its own: whole */
		paper_end(p->out);
		paper_begin(p->out, indent + 2, indent + 2);
	} else {
		paper_to(p->out, at);
	}
	paper_add_span(p->out, STYLE_HASH,
		       list ? spaced(p->a, span_str(arg->text)) : span_str(arg->text));
	if (arg->label != NULL)
		paper_add(p->out, STYLE_LABEL, " (%s)", arg->label);
	paper_end(p->out);
}

static void one_call(struct page *p, const struct explained_call *c, size_t indent)
{
	size_t widest = 0;
	struct buf b = {0};
	addr_format(&b, &c->to);
	paper_begin(p->out, indent, indent + 4);
	paper_add(p->out, STYLE_LABEL, "%s ", c->contract);
	paper_add(p->out, STYLE_HASH, "%s", buf_cstr(&b));
	paper_end(p->out);
	if (c->function.n > 0)
		paper_span(p->out, STYLE_TEXT, indent + 2, spaced(p->a, c->function));
	else
		paper_line(p->out, STYLE_TEXT, indent + 2, "no data: nothing happens");
	for (size_t i = 0; i < c->n_args; i++)
		widest = strlen(c->args[i].name) > widest ? strlen(c->args[i].name) : widest;
	for (size_t i = 0; i < c->n_args; i++)
		argument(p, &c->args[i], indent + 4, indent + 6 + (widest < 16 ? widest : 16));
	if (!u256_is_zero(&c->value)) {
		buf_clear(&b);
		wei_format(&b, &c->value);
		paper_line(p->out, STYLE_TEXT, indent + 4, "sends %s", buf_cstr(&b));
	}
	buf_release(&b);
	for (size_t i = 0; i < c->n_inner; i++)
		one_call(p, &c->inner[i], indent + 4);
}

/* ---- the page ---- */

/* A page for a cancel must not read as one for the change. */
static bool only_cancels(const struct checked_packet *c)
{
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].step != STEP_CANCEL)
			return false;
	return true;
}

enum style review_class_style(const struct reviewed *r)
{
	switch (r->pin->deployment.class) {
	case CLASS_PRODUCTION:
		return STYLE_PRODUCTION;
	case CLASS_TEST:
		return STYLE_TEST;
	case CLASS_REHEARSAL:
		return STYLE_REHEARSAL;
	}
	BUG("a class that nobody defined");
}

static bool is_judged(const struct reviewed *r)
{
	return r->pin->policy != NULL;
}

static void reasons_line(struct page *p, const struct verdict *v, enum verdict_word w, const char *label)
{
	struct buf why = {0};
	verdict_reasons(&why, v, w);
	if (why.n > 0)
		paper_line(p->out, STYLE_WARN, 2, "%s: %s", label, buf_cstr(&why));
	buf_release(&why);
}

/* By this machine's clock, which no verdict asks. */
static bool is_stale_here(const struct page *p, const struct rule *x)
{
	const int64_t now = time_now().ms / 1000;
	return x->has_max_age && p->r->proofs.there && now > 0 &&
	       (uint64_t)now > p->r->proofs.proven.header.time + x->max_age;
}

/* What a rule wants proven is proven by a hash that came from elsewhere: that is for this machine to see, and for
 * submit to demand. */
static void wanted_proof(struct page *p, const struct rule_verdict *r, const struct rule_verdict *seen)
{
	const struct rule *x = r->rule;
	if (x == NULL || !x->proven || r->word != VERDICT_WORD)
		return;
	if (!p->r->proofs.there)
		paper_line(p->out, STYLE_WARN, 2, "%.*s has to be proven, and the packet carries no proofs: it will "
			   "not be submitted.", text_shown(x->name), (const char *)x->name.p);
	else if (!p->r->proofs.hash_given)
		paper_line(p->out, STYLE_WARN, 2, "%.*s has to be proven: one owner at least has to give --block-hash.",
			   text_shown(x->name), (const char *)x->name.p);
	else
		paper_line(p->out, seen->word == VERDICT_PASSED ? STYLE_GOOD : STYLE_WARN, 2, "%.*s, by the hash "
			   "that you gave: %s: %s", text_shown(x->name), (const char *)x->name.p,
			   seen->word == VERDICT_PASSED ? "proven" : verdict_name(seen->word), seen->text);
	if (is_stale_here(p, x))
		paper_line(p->out, STYLE_WARN, 2, "%.*s: by this machine's clock the proofs are too old.",
			   text_shown(x->name), (const char *)x->name.p);
}

static void verdict_lines(struct page *p, const struct verdict *v, const struct verdict *seen)
{
	paper_line(p->out, v->word == VERDICT_PASSED ? STYLE_TEXT : STYLE_WARN, 0, "POLICY %.*s: %s.",
		   text_shown(v->policy->name), (const char *)v->policy->name.p, verdict_name(v->word));
	reasons_line(p, v, VERDICT_PENDING, "pending");
	if (p->look->details)
		reasons_line(p, v, VERDICT_WORD, "the console's word");
	for (size_t i = 0; i < v->n_rules; i++)
		wanted_proof(p, &v->rules[i], &seen->rules[i]);
}

static void banner(struct page *p)
{
	const struct checked_packet *c = &p->r->checked;
	struct buf b = {0};
	deployment_banner(&b, &p->r->pin->deployment);
	paper_span(p->out, review_class_style(p->r), 0, buf_view(&b));
	buf_release(&b);
	if (!p->r->packet.core.has_policy)
		paper_line(p->out, STYLE_WARN, 0,
			   "NO POLICY: no rule judges this, only the catalogue limits what can be signed.");
	for (size_t i = 0; is_judged(p->r) && i < c->n_steps; i++)
		verdict_lines(p, &p->r->verdicts[i], &p->r->seen[i]);
	if (p->r->is_older)
		paper_line(p->out, STYLE_WARN, 0,
			   "It was proposed under that policy. The owners adopted another since, and it has to pass "
			   "both:");
	for (size_t i = 0; p->r->is_older && i < c->n_steps; i++)
		verdict_lines(p, &p->r->current[i], &p->r->current[i]);
	paper_title(p->out, "%.*s: %s", text_shown(c->line.change), (const char *)c->line.change.p,
		    only_cancels(c) ? "THIS CANCELS THE CHANGE. What will then NOT happen"
				    : "what the chain will do");
	for (size_t i = 0; i < c->n_sentences; i++)
		paper_line(p->out, STYLE_TEXT, 2, "%s", c->sentences[i]);
}

/* The steps in one line each: what would be signed. */
static void signed_steps(struct page *p)
{
	for (size_t i = 0; i < p->r->checked.n_steps; i++) {
		const struct checked_step *step = &p->r->checked.steps[i];
		uint64_t nonce = 0;
		u256_fits_u64(&step->tx.nonce, &nonce);
		paper_line(p->out, STYLE_DIM, 2, "(step %s, nonce %" PRIu64 " of the Safe)",
			   step_name(step->step), nonce);
	}
}

static void known(struct page *p)
{
	const struct notices list = review_notices(p->a, p->s, p->r);
	paper_title(p->out, "To know before signing");
	for (size_t i = 0; i < list.n; i++)
		paper_span(p->out, list.v[i].style, 2, list.v[i].text);
}

static void words(struct page *p)
{
	const struct proposal *w = &p->r->checked.proposal;
	paper_title(p->out, "The proposer's words (nobody checked them)");
	paper_foreign(p->out, 2, "title", w->title);
	paper_foreign(p->out, 2, "reason", w->reason);
	paper_foreign(p->out, 2, "ticket", w->ticket);
	paper_foreign(p->out, 2, "category", w->category);
	paper_foreign(p->out, 2, "impact", w->impact);
	paper_foreign(p->out, 2, "rollback", w->rollback);
	for (const struct json *v = w->attachments->first; v != NULL; v = v->next) {
		struct span name, digest;
		if (!json_get_str(v, "name", &name, NULL) || !json_get_str(v, "sha256", &digest, NULL))
			continue;
		paper_foreign(p->out, 2, "attached", name);
		paper_foreign(p->out, 2, "its SHA-256", digest);
	}
}

static void timelock(struct page *p)
{
	const struct checked_packet *c = &p->r->checked;
	struct buf delay = {0};
	if (c->proposal.route != ROUTE_TIMELOCK)
		return;
	duration_format(&delay, c->proposal.delay);
	paper_title(p->out, "In the timelock: %s between step schedule and step execute", buf_cstr(&delay));
	hash_line(p, "operation", &c->operation_id);
	hash_line(p, "salt", &c->operation.salt);
	if (!hash32_is_zero(&c->operation.predecessor))
		hash_line(p, "only after", &c->operation.predecessor);
	buf_release(&delay);
}

static void signatures(struct page *p, enum step_kind step)
{
	for (size_t i = 0; i < p->r->packet.n_signatures; i++) {
		const struct packet_signature *v = &p->r->packet.signatures[i];
		const char *who = deployment_label(p->a, &p->r->pin->deployment, &v->by.owner);
		struct buf b = {0};
		if (v->step != step)
			continue;
		addr_format(&b, &v->by.owner);
		paper_begin(p->out, 2, 4);
		paper_add(p->out, STYLE_TEXT, "signed by %s ", who != NULL ? who : "");
		paper_add(p->out, STYLE_HASH, "%s", buf_cstr(&b));
		paper_end(p->out);
		buf_release(&b);
	}
}

static void step_page(struct page *p, const struct checked_step *step)
{
	struct buf sum = {0};
	uint64_t nonce = 0;
	u256_fits_u64(&step->tx.nonce, &nonce);
	paper_title(p->out, "What is signed: step %s at nonce %" PRIu64 " of the Safe", step_name(step->step),
		    nonce);
	one_call(p, step->explained, 2);
	if (!u256_is_zero(&step->tx.value)) {
		wei_format(&sum, &step->tx.value);
		paper_line(p->out, STYLE_TEXT, 2, "the Safe sends %s", buf_cstr(&sum));
	}
	hash_line(p, "domain hash", &step->hashes.domain);
	hash_line(p, "message hash", &step->hashes.message);
	hash_line(p, "safeTxHash", &step->hashes.tx);
	signatures(p, step->step);
	buf_release(&sum);
}

struct span review_word(const struct reviewed *r, unsigned i)
{
	const char *p = r->checked.phrase;
	for (; i > 0 && *p != '\0'; p++)
		i -= *p == ' ';
	return span_of(p, strcspn(p, " "));
}

/* Numbered, because a word is asked for by its number. A block is as long as the longest word. */
void review_phrase(struct paper *p, const struct reviewed *r, unsigned masked)
{
	static const char block[] = "████████";
	for (unsigned i = 0; i < 8; i++) {
		if (i % 4 == 0)
			paper_begin(p, 2, 2);
		paper_to(p, 2 + i % 4 * 14);
		paper_add(p, STYLE_DIM, "%u ", i + 1);
		if ((masked >> i & 1) != 0)
			paper_add(p, STYLE_FIELD, "%s", p->ascii ? "########" : block);
		else
			paper_add_span(p, STYLE_HASH, review_word(r, i));
		if (i % 4 == 3)
			paper_end(p);
	}
}

void review_write(const struct signer *s, struct paper *out, const struct reviewed *r, const struct review_look *look)
{
	struct arena scratch = {0};
	struct page p = { s, &scratch, out, r, look };
	banner(&p);
	signed_steps(&p);
	if (!only_cancels(&r->checked))
		effects(&p);
	known(&p);
	review_effects_write(&scratch, out, &r->packet, look->details);
	proofs_write(&scratch, out, &r->proofs, &r->checked, &r->pin->deployment);
	review_compared(&scratch, out, s, r);
	passed(&p);
	if (look->details) {
		words(&p);
		timelock(&p);
		for (size_t i = 0; i < r->checked.n_steps; i++)
			step_page(&p, &r->checked.steps[i]);
	}
	paper_title(out, "Phrase of this packet");
	review_phrase(out, r, look->masked);
	arena_release(&scratch);
}

void review_page(const struct signer *s, struct buf *out, const struct reviewed *r, unsigned masked)
{
	const struct review_look look = { true, masked };
	struct paper p;
	paper_init(&p, terminal_columns(&s->terminal), s->ascii);
	review_write(s, &p, r, &look);
	paper_text(&p, out);
	paper_release(&p);
}

/* ---- the same as JSON ---- */

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

static struct json *words_json(struct arena *a, const struct proposal *w)
{
	struct json *o = json_object(a);
	json_set(o, a, "attachments", json_copy(a, w->attachments));
	json_set(o, a, "category", json_text(a, w->category));
	json_set(o, a, "impact", json_text(a, w->impact));
	json_set(o, a, "reason", json_text(a, w->reason));
	json_set(o, a, "rollback", json_text(a, w->rollback));
	json_set(o, a, "ticket", json_text(a, w->ticket));
	json_set(o, a, "title", json_text(a, w->title));
	return o;
}

/* What rules want proven, and whether this machine sees it proven. */
static struct json *seen_json(struct arena *a, const struct reviewed *r)
{
	struct json *list = json_array(a);
	for (size_t i = 0; is_judged(r) && i < r->checked.n_steps; i++)
		for (size_t k = 0; k < r->verdicts[i].n_rules; k++) {
			const struct rule *x = r->verdicts[i].rules[k].rule;
			struct json *o;
			if (x == NULL || !x->proven)
				continue;
			o = json_object(a);
			json_set(o, a, "rule", json_text(a, x->name));
			json_set(o, a, "seen", json_str(a, verdict_name(r->seen[i].rules[k].word)));
			json_push(list, o);
		}
	return list;
}

static struct json *verdicts_json(struct arena *a, const struct reviewed *r, const struct verdict *v)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < r->checked.n_steps; i++)
		json_push(list, verdict_to_json(a, &v[i]));
	return list;
}

/* What this machine sees of itself: beside the verdict, never in it. */
static struct json *machine_json(struct arena *a, const struct signer *s, const struct reviewed *r)
{
	struct json *o = json_object(a);
	json_set(o, a, "interface", s->interface != NULL ? json_str(a, s->interface) : json_null(a));
	json_set(o, a, "mayBeOnline", json_bool(a, review_against_hot(r) == NULL));
	return o;
}

struct json *review_json(struct signer *s, const struct reviewed *r)
{
	struct arena *a = &s->arena;
	const struct checked_packet *c = &r->checked;
	struct json *o = json_object(a), *sentences = json_array(a), *steps = json_array(a),
		    *warnings = json_array(a);
	const struct notices known_here = review_notices(a, s, r);
	for (size_t i = 0; i < known_here.n; i++)
		json_push(warnings, json_text(a, known_here.v[i].text));
	for (size_t i = 0; i < c->n_sentences; i++)
		json_push(sentences, json_str(a, c->sentences[i]));
	for (size_t i = 0; i < c->n_steps; i++)
		json_push(steps, step_json(a, &c->steps[i]));
	json_set(o, a, "change", json_text(a, c->line.change));
	json_set(o, a, "class", json_str(a, deployment_class_name(r->pin->deployment.class)));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&r->pin->deployment.id)));
	json_set(o, a, "machine", machine_json(a, s, r));
	json_set(o, a, "packet", json_bare(a, SPAN_HASH(&r->packet.digest)));
	json_set(o, a, "policy", r->pin->policy != NULL ? verdicts_json(a, r, r->verdicts) : json_null(a));
	json_set(o, a, "policyNow", r->is_older ? verdicts_json(a, r, r->current) : json_null(a));
	json_set(o, a, "phrase", json_str(a, c->phrase));
	json_set(o, a, "proofs", proofs_to_json(a, &r->proofs));
	json_set(o, a, "seen", seen_json(a, r));
	json_set(o, a, "sentences", sentences);
	json_set(o, a, "signable", json_bool(a, !c->has_raw));
	json_set(o, a, "steps", steps);
	json_set(o, a, "warnings", warnings);
	json_set(o, a, "words", words_json(a, &c->proposal));
	if (c->proposal.route == ROUTE_TIMELOCK) {
		json_set(o, a, "operation", json_0x(a, SPAN_HASH(&c->operation_id)));
		json_set(o, a, "salt", json_0x(a, SPAN_HASH(&c->operation.salt)));
	}
	return o;
}
