#include "src/signer/review_notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/when.h"
#include "src/evm/address.h"
#include "src/gov/restored.h"
#include "src/signer/kept_lines.h"
#include "src/signer/log_pins.h"
#include "src/signer/review_effects.h"

/* ---- what to know before signing ---- */

static PRINTF(3, 4) void note(struct notices *l, enum style style, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	ARENA_GROW(l->a, l->v, l->n, l->cap);
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	l->v[l->n++] = (struct notice){ style, arena_copy(l->a, buf_view(&b)) };
	buf_release(&b);
}

static void note_machine(const struct signer *s, const struct reviewed *r, struct notices *l)
{
	const char *against = review_against_hot(r);
	if (!s->landlocked)
		note(l, STYLE_WARN, "This kernel has no Landlock: files are not fenced off.");
	if (s->swap)
		note(l, STYLE_WARN, "This machine swaps to disk: passphrase work may leave traces there.");
	if (s->interface != NULL && against != NULL)
		note(l, STYLE_BAD, "The network interface %s is up: owners' keys are refused, %s.", s->interface,
		     against);
	else if (s->interface != NULL)
		note(l, STYLE_WARN, "The network interface %s is up (allowed, this is not production).", s->interface);
	if (r->checked.has_raw)
		note(l, STYLE_BAD, "RAW CALL: no action describes it; it can be read, and is not signed.");
}

/* ", 1 h ago by this machine's clock"; nothing where that clock cannot know. */
static void ago(struct buf *out, int64_t when)
{
	const int64_t now = time_now().ms / 1000;
	if (when > now)
		return;
	buf_str(out, ", ");
	when_relative(out, when, now);
	buf_str(out, " by this machine's clock");
}

static void note_age(const struct reviewed *r, struct notices *l)
{
	uint64_t number, when;
	struct buf at = {0}, old = {0};
	if (review_looked_at(r, &number, &when)) {
		time_format_minute(&at, (int64_t)when);
		ago(&old, (int64_t)when);
		note(l, STYLE_TEXT, "The console looked at the chain at block %" PRIu64 ", %s%s.", number,
		     buf_cstr(&at), buf_cstr(&old));
	} else {
		note(l, STYLE_WARN,
		     "The packet carries no evidence: nothing is known about the chain's state.");
		time_format_minute(&at, review_made(r));
		ago(&old, review_made(r));
		note(l, STYLE_TEXT, "It was proposed at %s%s.", buf_cstr(&at), buf_cstr(&old));
	}
	if (review_clock_is_behind(r))
		note(l, STYLE_BAD,
		     "THIS MACHINE'S CLOCK IS BEHIND the packet: set it, or ask somebody what day it is.");
	buf_release(&at);
	buf_release(&old);
}

/* What the console's node made of it in thought: its word. The table stands below. */
static void note_preview(const struct reviewed *r, struct notices *l)
{
	struct effects_said p;
	struct err e = {0};
	if (review_effects_of(l->a, &p, &r->packet, &e)) {
		if (p.clean)
			note(l, STYLE_TEXT,
			     "The console says that a simulation changed what is intended and nothing else.");
		else
			note(l, STYLE_BAD, "THE CONSOLE'S OWN SIMULATION FAILS OR CHANGES WHAT IS NOT INTENDED: it "
			     "stands below, under \"The console says\".");
	} else if (err_is_set(&e)) {
		note(l, STYLE_BAD, "THE CONSOLE'S SIMULATION CANNOT BE READ: %s.", text_safe_err(l->a, &e));
	}
	err_clear(&e);
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

/* The packet's log has another key than this machine knows, and somebody who may vouches for it. */
static void note_log_key(const struct signer *s, const struct reviewed *r, struct notices *list)
{
	struct log_pins pins;
	const struct log_reign *now;
	log_pins_read(&pins, list->a, s, &r->pin->deployment);
	log_pins_follow(&pins, list->a, r->packet.lines, r->packet.n_lines);
	if (pins.n_moved == 0)
		return;
	now = log_keys_now(&pins.keys);
	if (now->succeeded)
		note(list, STYLE_BAD, "THE LOG'S KEY WAS LOST: since line %" PRIu64 " another one signs, by the word "
		     "of the owners. Signing follows it.", now->line);
	else
		note(list, STYLE_TEXT, "The log's key was changed at line %" PRIu64 ", and the one before vouches for "
		     "the new one. Signing follows it.", now->line);
}

/* The console lost lines: what this machine signed since that backup may be among them. */
static void note_restored(const struct line *l, struct notices *list)
{
	struct restored_line r;
	if (!restored_read(&r, l, NULL))
		return;
	if (!r.known)
		note(list, STYLE_BAD, "THE LOG GOES ON FROM A BACKUP after line %" PRIu64 ": what came after it, if "
		     "anything, is lost.", r.last);
	else if (r.missing > 0)
		note(list, STYLE_BAD, "THE LOG GOES ON FROM A BACKUP: its lines %" PRIu64 " to %" PRIu64 " of before "
		     "are lost.", r.last + 1, r.seen - 1);
	else
		note(list, STYLE_TEXT, "The log goes on from a backup, and no line of those that somebody saw is "
		     "lost.");
}

/* The log's lines that came along, held against our own journal. */
static void note_lines(const struct signer *s, const struct reviewed *r, struct notices *list)
{
	if (!kept_lines_fit(&r->packet))
		note(list, STYLE_BAD, "THE LOG'S LINES THAT CAME ALONG DO NOT LEAD TO THE PROPOSAL: somebody changed, "
		     "left out or added some. They are not kept.");
	for (size_t i = 0; i < r->packet.n_lines; i++) {
		struct line l;
		struct addr owner;
		struct hash32 h;
		struct buf hash = {0};
		if (!line_parse(list->a, &l, r->packet.lines[i], NULL))
			continue;
		if (line_kind_is(&l, "log.restored"))
			note_restored(&l, list);
		if (!line_kind_is(&l, "signature.added") || !json_get_addr(l.body, "owner", &owner, NULL) ||
		    !json_get_hash(l.body, "safeTxHash", &h, NULL) || home_key(&s->home, &owner) == NULL ||
		    signed_here(s, &h))
			continue;
		buf_0xhex(&hash, SPAN_HASH(&h));
		note(list, STYLE_BAD,
		     "THE CONSOLE'S LOG HAS A SIGNATURE OF YOUR KEY that this machine did not make, over %s. "
		     "If you did not sign that on another machine, your key is in other hands: call somebody.",
		     buf_cstr(&hash));
		buf_release(&hash);
	}
}

/* What the journal says about one signature that was given here, for this deployment. */
struct given_before {
	const struct line *line;
	struct span step;
	struct hash32 tx;
	uint64_t nonce;
};

static bool was_given(const struct signer *s, const struct reviewed *r, size_t i, struct given_before *out)
{
	const struct line *l = &s->journal.lines[i];
	struct hash32 deployment;
	out->line = l;
	return line_kind_is(l, "packet.signed") &&
	       json_get_bare_hash(l->body, "deployment", &deployment, NULL) &&
	       hash32_eq(&deployment, &r->pin->deployment.id) &&
	       json_get_u64(l->body, "nonce", &out->nonce, NULL) &&
	       json_get_hash(l->body, "safeTxHash", &out->tx, NULL) &&
	       json_get_str(l->body, "step", &out->step, NULL);
}

/* This machine's own memory, newest first: what it signed before for the same nonce. */
static void note_nonce(const struct signer *s, const struct reviewed *r, const struct checked_step *step,
		       struct notices *list)
{
	uint64_t mine;
	bool same = false;
	if (!u256_fits_u64(&step->tx.nonce, &mine))
		return;
	for (size_t i = s->journal.n; i-- > 0;) {
		struct given_before g;
		struct buf at = {0};
		if (!was_given(s, r, i, &g))
			continue;
		time_format_minute(&at, g.line->time.ms / 1000);
		if (hash32_eq(&g.tx, &step->hashes.tx) && !same)
			note(list, STYLE_TEXT, "This machine signed exactly this (step %s) on %s.",
			     step_name(step->step), buf_cstr(&at));
		else if (g.nonce == mine && !hash32_eq(&g.tx, &step->hashes.tx))
			note(list, STYLE_BAD,
			     "THIS MACHINE SIGNED ANOTHER TRANSACTION FOR NONCE %" PRIu64
			     ": %.*s of %.*s on %s. Only one of them can ever run.",
			     mine, text_shown(g.step), (const char *)g.step.p, text_shown(g.line->change),
			     (const char *)g.line->change.p, buf_cstr(&at));
		same |= hash32_eq(&g.tx, &step->hashes.tx);
		buf_release(&at);
	}
}

struct notices review_notices(struct arena *a, const struct signer *s, const struct reviewed *r)
{
	struct notices list = { .a = a };
	note_log_key(s, r, &list);
	note_lines(s, r, &list);
	for (size_t i = 0; i < r->checked.n_steps; i++)
		note_nonce(s, r, &r->checked.steps[i], &list);
	note_machine(s, r, &list);
	note_age(r, &list);
	note_preview(r, &list);
	return list;
}

/* ---- against what was signed here before ---- */

struct comparing {
	const struct signer *s;
	struct arena *a;
	struct paper *out;
	const struct reviewed *r;
};

/* The newest signature given here for this change; for an execute, that of its schedule. */
static bool given_for(const struct signer *s, const struct reviewed *r, enum step_kind step,
		      struct given_before *out)
{
	for (size_t i = s->journal.n; i-- > 0;)
		if (was_given(s, r, i, out) && span_eq(out->line->change, r->checked.line.change) &&
		    (step != STEP_EXECUTE || r->checked.proposal.route != ROUTE_TIMELOCK ||
		     span_is(out->step, step_name(STEP_SCHEDULE))))
			return true;
	return false;
}

static void then_and_now(struct comparing *p, const char *name, const char *then, const char *now)
{
	paper_line(p->out, STYLE_BAD, 4, "%s", name);
	paper_pair(p->out, 6, 12, "then", STYLE_TEXT, "%s", then);
	paper_pair(p->out, 6, 12, "now", STYLE_TEXT, "%s", now);
}

/* A field that older journals do not have is not compared. */
static bool hash_differs(struct comparing *p, const struct json *body, const char *field, const char *name,
			 const struct hash32 *now)
{
	struct hash32 then;
	struct buf a = {0}, b = {0};
	if (!json_get_hash(body, field, &then, NULL) || hash32_eq(&then, now))
		return false;
	buf_0xhex(&a, SPAN_HASH(&then));
	buf_0xhex(&b, SPAN_HASH(now));
	then_and_now(p, name, buf_cstr(&a), buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
	return true;
}

static bool delay_differs(struct comparing *p, const struct json *body)
{
	const uint64_t now = p->r->checked.proposal.delay;
	struct buf a = {0}, b = {0};
	uint64_t then;
	if (!json_get_u64(body, "delay", &then, NULL) || then == now)
		return false;
	duration_format(&a, then);
	duration_format(&b, now);
	then_and_now(p, "the timelock's delay", buf_cstr(&a), buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
	return true;
}

static bool sentences_differ(struct comparing *p, const struct json *body)
{
	const struct json *list = json_find(body, "sentences");
	const struct json *then = list != NULL && list->type == JSON_ARRAY ? list->first : NULL;
	bool any = false;
	for (size_t i = 0; i < p->r->checked.n_sentences || then != NULL; i++) {
		const char *now = i < p->r->checked.n_sentences ? p->r->checked.sentences[i] : "(nothing)";
		const char *was = then != NULL && then->type == JSON_STRING
					  ? arena_str(p->a, then->text)
					  : "(nothing)";
		if (strcmp(was, now) != 0) {
			then_and_now(p, arena_fmt(p->a, "sentence %zu", i + 1), was, now);
			any = true;
		}
		then = then != NULL ? then->next : NULL;
	}
	return any;
}

static void differences(struct comparing *p, const struct json *body)
{
	const struct checked_packet *c = &p->r->checked;
	bool any = sentences_differ(p, body);
	if (c->proposal.route == ROUTE_TIMELOCK) {
		any |= delay_differs(p, body);
		any |= hash_differs(p, body, "predecessor", "only after", &c->operation.predecessor);
		any |= hash_differs(p, body, "salt", "salt", &c->operation.salt);
		any |= hash_differs(p, body, "operation", "operation", &c->operation_id);
	}
	if (!any)
		paper_line(p->out, STYLE_BAD, 4, "the proposal's other words, or its place in the log");
}

static void compared_step(struct comparing *p, const struct checked_step *step)
{
	struct given_before g;
	struct hash32 then, now;
	struct buf at = {0};
	if (!given_for(p->s, p->r, step->step, &g)) {
		const bool execute = step->step == STEP_EXECUTE && p->r->checked.proposal.route == ROUTE_TIMELOCK;
		paper_line(p->out, execute ? STYLE_WARN : STYLE_TEXT, 2, "Step %s: this machine signed %s before%s",
			   step_name(step->step), execute ? "no schedule of this change" : "nothing of this change",
			   execute ? ": there is nothing to compare it with." : ".");
		return;
	}
	time_format_minute(&at, g.line->time.ms / 1000);
	line_leaf(&now, p->r->packet.core.proposal);
	if (json_get_bare_hash(g.line->body, "proposal", &then, NULL) && hash32_eq(&then, &now)) {
		paper_line(p->out, STYLE_GOOD, 2, "Step %s: identical with the %.*s that was signed here on %s.",
			   step_name(step->step), text_shown(g.step), (const char *)g.step.p, buf_cstr(&at));
	} else {
		paper_line(p->out, STYLE_BAD, 2, "Step %s: DIFFERENT from the %.*s that was signed here on %s:",
			   step_name(step->step), text_shown(g.step), (const char *)g.step.p, buf_cstr(&at));
		differences(p, g.line->body);
	}
	buf_release(&at);
}

void review_compared(struct arena *a, struct paper *out, const struct signer *s, const struct reviewed *r)
{
	struct comparing p = { s, a, out, r };
	paper_title(out, "Against what this machine signed before");
	for (size_t i = 0; i < r->checked.n_steps; i++)
		compared_step(&p, &r->checked.steps[i]);
}
