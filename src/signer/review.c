#include "src/signer/review.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/units.h"

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
	out->good = packet_check(&s->arena, &out->checked, &out->packet, &out->pinned, e);
	return out->good;
}

/* ---- how lines are written ---- */

struct page {
	struct signer *s;
	struct buf *out;
	const struct reviewed *r;
	size_t columns;
};

/* Our own words, wrapped; `indent` blanks in front of each line. */
static void own(struct page *p, size_t indent, struct span text)
{
	buf_fmt(p->out, "%*s", (int)indent, "");
	text_wrap(p->out, text, p->columns, indent);
	buf_byte(p->out, '\n');
}

/* Somebody else's words. Each line of the screen starts with a bar, so that none can look like one of ours: a
 * word that is longer than a line is cut by us and not by the terminal. */
static void foreign(struct page *p, const char *name, struct span text)
{
	const size_t room = p->columns - 4;
	struct buf all = {0}, lines = {0};
	if (text.n == 0)
		return;
	buf_fmt(&all, "%s: ", name);
	text_safe(&all, text, true);
	text_wrap(&lines, buf_view(&all), room, 0);
	for (size_t i = 0; i < lines.n;) {
		const size_t end = i + strcspn((const char *)lines.p + i, "\n");
		size_t n = text_fit(span_of(lines.p + i, end - i), room);
		if (n == 0)
			n = end - i;
		buf_str(p->out, "  | ");
		buf_add(p->out, lines.p + i, n);
		buf_byte(p->out, '\n');
		i += n;
		i += i == end;
	}
	buf_release(&all);
	buf_release(&lines);
}

#define FOLD "          ..."

static bool may_fold_after(uint8_t c)
{
	return c == ' ' || c == ',';
}

/* How much of a line goes before the fold: up to the last blank or comma, when the word behind it fits a line
 * of its own (an address, a hash); what is longer is cut. */
static size_t fold_at(struct span line, size_t room, size_t next_room)
{
	const size_t most = text_fit(line, room);
	size_t first = 0, n = most, end = most;
	while (first < line.n && line.p[first] == ' ')
		first++;
	if (most == line.n || most == 0)
		return line.n;
	while (n > first && !may_fold_after(line.p[n - 1]))
		n--;
	while (end < line.n && !may_fold_after(line.p[end]))
		end++;
	return n > first && text_width(span_of(line.p + n, end - n)) <= next_room ? n : most;
}

static struct span without_blanks_behind(struct span s)
{
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* Lines that others laid out: one that is wider than the screen goes on under dots, and never at its left edge.
 */
static void folded(struct page *p, struct span text)
{
	const size_t next_room = p->columns - strlen(FOLD);
	size_t start = 0;
	for (size_t i = 0; i < text.n; i++) {
		size_t room = p->columns;
		if (text.p[i] != '\n')
			continue;
		while (start < i) {
			const size_t n = fold_at(span_of(text.p + start, i - start), room, next_room);
			buf_str(p->out, room < p->columns ? "\n" FOLD : "");
			buf_span(p->out, without_blanks_behind(span_of(text.p + start, n)));
			start += n;
			room = next_room;
		}
		buf_byte(p->out, '\n');
		start = i + 1;
	}
}

/* On a line of its own: whole on every screen that has 70 columns. */
static void hash_line(struct page *p, const char *name, const struct hash32 *h)
{
	buf_fmt(p->out, "  %s\n    ", name);
	buf_0xhex(p->out, SPAN_HASH(h));
	buf_byte(p->out, '\n');
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
	const char *after = r->expect.n == 0 ? "(to be read back)" : arena_str(&p->s->arena, r->expect);
	own(p, 2,
	    span_str(arena_fmt(&p->s->arena, "%.*s: %s", text_shown(r->say), (const char *)r->say.p, after)));
	if (before != NULL && before->type == JSON_STRING)
		foreign(p, "before, the console says", before->text);
}

static void effects(struct page *p)
{
	size_t shown = 0;
	for (const struct json *v = p->r->checked.proposal.actions->first; v != NULL; v = v->next) {
		const struct action_read_back *reads;
		size_t n;
		if (!action_reads(&p->s->arena, &reads, &n, &p->r->pinned, v, NULL))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (shown++ == 0)
				buf_str(p->out, "\nAfter it has run\n");
			effect(p, &reads[i]);
		}
	}
}

/* ---- warnings ---- */

static PRINTF(3, 4) void warn(struct signer *s, struct json *list, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	json_push(list, json_text(&s->arena, buf_view(&b)));
	buf_release(&b);
}

static void warn_machine(struct signer *s, const struct reviewed *r, struct json *list)
{
	if (!s->landlocked)
		warn(s, list, "This kernel has no Landlock: files are not fenced off.");
	if (s->swap)
		warn(s, list, "This machine swaps to disk: passphrase work may leave traces there.");
	if (s->interface != NULL)
		warn(s, list, "The network interface %s is up%s", s->interface,
		     r->pin->deployment.class == CLASS_PRODUCTION ? ": owners' keys are refused." :
								    " (allowed, this is not production).");
	if (r->checked.has_raw)
		warn(s, list, "RAW CALL: no action describes it; it can be read, and is not signed.");
}

/* When the console looked: its block's time, against this machine's clock. */
static void warn_age(struct signer *s, const struct reviewed *r, struct json *list)
{
	const struct json *block = r->packet.evidence != NULL ? json_find(r->packet.evidence, "block") : NULL;
	const int64_t now = time_now().ms / 1000, proposed = r->checked.line.time.ms / 1000;
	uint64_t number, when;
	struct buf at = {0}, old = {0};
	if (block == NULL || !json_get_u64(block, "number", &number, NULL) ||
	    !json_get_u64(block, "time", &when, NULL)) {
		warn(s, list, "The packet carries no evidence: nothing is known about the chain's state.");
		when = (uint64_t)(proposed > 0 ? proposed : 0);
	} else {
		time_format_minute(&at, (int64_t)when);
		duration_format(&old, (uint64_t)(now > (int64_t)when ? now - (int64_t)when : 0));
		warn(s, list,
		     "The console looked at the chain at block %" PRIu64
		     ", %s, %s ago by this machine's clock.",
		     number, buf_cstr(&at), buf_cstr(&old));
	}
	if ((int64_t)when > now + 300 || proposed > now + 300)
		warn(s, list,
		     "THIS MACHINE'S CLOCK IS BEHIND the packet: set it, or ask somebody what day it is.");
	buf_release(&at);
	buf_release(&old);
}

static bool signed_here(const struct signer *s, const struct hash32 *safe_tx_hash)
{
	for (size_t i = 0; i < s->journal.n; i++) {
		struct hash32 h;
		if (line_kind_is(&s->journal.lines[i], "packet.signed") &&
		    json_get_hash(s->journal.lines[i].body, "safeTxHash", &h, NULL) &&
		    hash32_eq(&h, safe_tx_hash))
			return true;
	}
	return false;
}

/* The log's lines that came along, held against our own journal. */
static void warn_lines(struct signer *s, const struct reviewed *r, struct json *list)
{
	for (size_t i = 0; i < r->packet.n_lines; i++) {
		struct line l;
		struct addr owner;
		struct hash32 h;
		struct buf hash = {0};
		if (!line_parse(&s->arena, &l, r->packet.lines[i], NULL) ||
		    !line_kind_is(&l, "signature.added") || !json_get_addr(l.body, "owner", &owner, NULL) ||
		    !json_get_hash(l.body, "safeTxHash", &h, NULL) || home_key(&s->home, &owner) == NULL ||
		    signed_here(s, &h))
			continue;
		buf_0xhex(&hash, SPAN_HASH(&h));
		warn(s, list,
		     "THE CONSOLE'S LOG HAS A SIGNATURE OF YOUR KEY that this machine did not make, over %s. "
		     "If you did not sign that on another machine, your key is in other hands: call somebody.",
		     buf_cstr(&hash));
		buf_release(&hash);
	}
}

/* This machine's own memory: what it signed before for the same nonce, and for the same change. */
static void warn_memory(struct signer *s, const struct reviewed *r, const struct checked_step *step,
			struct json *list)
{
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 deployment, tx;
		struct span name;
		struct buf at = {0};
		uint64_t nonce, mine;
		if (!line_kind_is(l, "packet.signed") ||
		    !json_get_bare_hash(l->body, "deployment", &deployment, NULL) ||
		    !hash32_eq(&deployment, &r->pin->deployment.id) ||
		    !json_get_u64(l->body, "nonce", &nonce, NULL) ||
		    !json_get_hash(l->body, "safeTxHash", &tx, NULL) ||
		    !json_get_str(l->body, "step", &name, NULL) || !u256_fits_u64(&step->tx.nonce, &mine))
			continue;
		time_format_minute(&at, l->time.ms / 1000);
		if (hash32_eq(&tx, &step->hashes.tx))
			warn(s, list, "This machine signed exactly this (step %s) on %s.",
			     step_name(step->step), buf_cstr(&at));
		else if (nonce == mine)
			warn(s, list,
			     "THIS MACHINE SIGNED ANOTHER TRANSACTION FOR NONCE %" PRIu64
			     ": %.*s of %.*s on %s. Only one of "
			     "them can ever run.",
			     mine, text_shown(name), (const char *)name.p, text_shown(l->change),
			     (const char *)l->change.p, buf_cstr(&at));
		else if (span_eq(l->change, r->checked.line.change))
			warn(s, list, "This machine signed step %.*s of this change on %s.", text_shown(name),
			     (const char *)name.p, buf_cstr(&at));
		buf_release(&at);
	}
}

static struct json *warnings(struct signer *s, const struct reviewed *r)
{
	struct json *list = json_array(&s->arena);
	warn_lines(s, r, list);
	for (size_t i = 0; i < r->checked.n_steps; i++)
		warn_memory(s, r, &r->checked.steps[i], list);
	warn_machine(s, r, list);
	warn_age(s, r, list);
	return list;
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

static void banner(struct page *p)
{
	const struct checked_packet *c = &p->r->checked;
	deployment_banner(p->out, &p->r->pin->deployment);
	buf_byte(p->out, '\n');
	if (!p->r->packet.core.has_policy)
		own(p, 0,
		    span_str("NO POLICY: no rule judges this, only the catalogue limits what can be signed."));
	buf_fmt(p->out, "\n%.*s: %s\n", text_shown(c->line.change), (const char *)c->line.change.p,
		only_cancels(c) ? "THIS CANCELS THE CHANGE. What will then NOT happen"
				: "what the chain will do");
	for (size_t i = 0; i < c->n_sentences; i++)
		own(p, 2, span_str(c->sentences[i]));
}

static void words(struct page *p)
{
	const struct proposal *w = &p->r->checked.proposal;
	buf_str(p->out, "\nThe proposer's words (nobody checked them)\n");
	foreign(p, "title", w->title);
	foreign(p, "reason", w->reason);
	foreign(p, "ticket", w->ticket);
	foreign(p, "category", w->category);
	foreign(p, "impact", w->impact);
	foreign(p, "rollback", w->rollback);
	for (const struct json *v = w->attachments->first; v != NULL; v = v->next) {
		struct span name, digest;
		if (!json_get_str(v, "name", &name, NULL) || !json_get_str(v, "sha256", &digest, NULL))
			continue;
		foreign(p, "attached", name);
		foreign(p, "  its SHA-256", digest);
	}
}

static void timelock(struct page *p)
{
	const struct checked_packet *c = &p->r->checked;
	struct buf delay = {0};
	if (c->proposal.route != ROUTE_TIMELOCK)
		return;
	duration_format(&delay, c->proposal.delay);
	buf_fmt(p->out, "\nIn the timelock: %s between step schedule and step execute\n", buf_cstr(&delay));
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
		const char *who = deployment_label(&p->s->arena, &p->r->pin->deployment, &v->by.owner);
		if (v->step != step)
			continue;
		buf_fmt(p->out, "  signed by %s ", who != NULL ? who : "");
		addr_format(p->out, &v->by.owner);
		buf_byte(p->out, '\n');
	}
}

static void step_page(struct page *p, const struct checked_step *step)
{
	struct buf calls = {0};
	uint64_t nonce = 0;
	u256_fits_u64(&step->tx.nonce, &nonce);
	buf_fmt(p->out, "\nWhat is signed: step %s at nonce %" PRIu64 " of the Safe\n", step_name(step->step),
		nonce);
	explain_format(&calls, step->explained, 2);
	folded(p, buf_view(&calls));
	buf_release(&calls);
	if (!u256_is_zero(&step->tx.value)) {
		buf_str(p->out, "  the Safe sends ");
		wei_format(p->out, &step->tx.value);
		buf_byte(p->out, '\n');
	}
	hash_line(p, "domain hash", &step->hashes.domain);
	hash_line(p, "message hash", &step->hashes.message);
	hash_line(p, "safeTxHash", &step->hashes.tx);
	signatures(p, step->step);
}

/* Numbered, because a word is asked for by its number. */
static void phrase(struct page *p)
{
	const char *word = p->r->checked.phrase;
	buf_str(p->out, "\nPhrase of this packet\n ");
	for (unsigned i = 1; *word != '\0'; i++) {
		const size_t n = strcspn(word, " ");
		buf_fmt(p->out, " %u %.*s", i, (int)n, word);
		word += n + (word[n] == ' ');
	}
	buf_fmt(p->out, "\n  %s\n", p->r->checked.phrase);
}

void review_page(struct signer *s, struct buf *out, const struct reviewed *r)
{
	struct page p = { s, out, r, terminal_columns(&s->terminal) };
	banner(&p);
	if (!only_cancels(&r->checked))
		effects(&p);
	buf_str(out, "\nTo know before signing\n");
	for (const struct json *v = warnings(s, r)->first; v != NULL; v = v->next)
		own(&p, 2, v->text);
	words(&p);
	timelock(&p);
	for (size_t i = 0; i < r->checked.n_steps; i++)
		step_page(&p, &r->checked.steps[i]);
	phrase(&p);
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
	json_set(o, a, "policy", json_null(a));
	json_set(o, a, "phrase", json_str(a, c->phrase));
	json_set(o, a, "sentences", sentences);
	json_set(o, a, "signable", json_bool(a, !c->has_raw));
	json_set(o, a, "steps", steps);
	json_set(o, a, "warnings", warnings(s, r));
	json_set(o, a, "words", words_json(a, &c->proposal));
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
