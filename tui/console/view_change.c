#include "tui/console/view_change.h"

#include <string.h>

#include "src/base/text.h"
#include "src/base/when.h"
#include "tui/console/calls.h"
#include "tui/console/who.h"

/* ---- what it is ---- */

static enum style state_style(enum change_state s)
{
	switch (s) {
	case CHANGE_EXECUTED: return STYLE_GOOD;
	case CHANGE_CANCELLED:
	case CHANGE_WITHDRAWN: return STYLE_WARN;
	case CHANGE_DRAFTED:
	case CHANGE_PROPOSED:
	case CHANGE_SCHEDULED:
	case CHANGE_READY: return STYLE_TITLE;
	}
	BUG("no such state");
}

static void other_change(struct paper *p, const char *name, struct span id, const char *words)
{
	if (id.n == 0)
		return;
	paper_begin(p, 2, 4);
	paper_add(p, STYLE_DIM, "%s ", name);
	paper_add_safe(p, STYLE_TITLE, id);
	paper_add(p, STYLE_TEXT, ", %s", words);
	paper_end(p);
}

/* An upgrade and its way back name each other, and both the code that was there before. */
static void linked(const struct change *c, struct paper *p)
{
	other_change(p, "way back", c->rollback, "drafted with it, puts back the code that was there before:");
	other_change(p, "takes back", c->rollback_of, "puts back the code that was there before it:");
	for (const struct json *v = c->previous != NULL ? c->previous->first : NULL; v != NULL; v = v->next) {
		paper_begin(p, 4, 6);
		paper_add_safe(p, STYLE_LABEL, v->name);
		paper_add(p, STYLE_TEXT, " ");
		paper_add_safe(p, STYLE_TEXT, v->text);
		paper_end(p);
	}
}

void change_head(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	const enum change_state state = change_state_of(&m->c, &m->facts);
	paper_begin(p, 0, 2);
	paper_add_span(p, STYLE_TITLE, m->c.id);
	paper_add(p, STYLE_TEXT, " · ");
	paper_add(p, state_style(state), "%s", change_state_name(state));
	if (m->c.verified)
		paper_add(p, STYLE_GOOD, " · ✓ effect verified");
	else if (m->c.read_back)
		paper_add(p, STYLE_BAD, " · ! the effect is not what was proposed");
	if (!m->facts.known)
		paper_add(p, STYLE_DIM, " · as far as the log tells: the chain has not been asked");
	paper_end(p);
	for (size_t i = 0; i < m->n_sentences; i++)
		paper_line(p, STYLE_TEXT, 2, "%s", m->sentences[i]);
	linked(&m->c, p);
}

void change_words(const struct seen *x, struct paper *p)
{
	const struct proposal *w = &x->m->change.p;
	paper_title(p, "The proposer's words (nobody checked them)");
	paper_foreign(p, 2, "title", w->title);
	paper_foreign(p, 2, "reason", w->reason);
	paper_foreign(p, 2, "ticket", w->ticket);
	paper_foreign(p, 2, "category", w->category);
	paper_foreign(p, 2, "impact", w->impact);
	paper_foreign(p, 2, "rollback", w->rollback);
	for (const struct json *v = w->attachments != NULL ? w->attachments->first : NULL; v != NULL; v = v->next) {
		struct span name;
		if (json_get_str(v, "name", &name, NULL))
			paper_foreign(p, 2, "attached", name);
	}
}

/* ---- before -> after ---- */

static const struct json *text_member(const struct json *o, const char *name)
{
	const struct json *v = json_find(o, name);
	return v != NULL && v->type == JSON_STRING ? v : NULL;
}

/* Where an action is about several contracts, its sentences name them already. */
static bool names_it(const struct json *say, const struct json *contract)
{
	return say != NULL && say->text.n > contract->text.n && say->text.p[contract->text.n] == ':' &&
	       span_eq(span_of(say->text.p, contract->text.n), contract->text);
}

static void effect_row(const struct json *r, bool executed, struct paper *p)
{
	const struct json *say = text_member(r, "say"), *now = text_member(r, "before"),
			  *expect = text_member(r, "expect"), *contract = text_member(r, "contract");
	const bool there = now != NULL && expect != NULL && span_eq(now->text, expect->text);
	paper_begin(p, 2, 4);
	if (contract != NULL && !names_it(say, contract)) {
		paper_add_span(p, STYLE_LABEL, contract->text);
		paper_add(p, STYLE_TEXT, ": ");
	}
	if (say != NULL)
		paper_add_foreign(p, say->text);
	paper_add(p, STYLE_DIM, "  now ");
	if (now != NULL)
		paper_add_foreign(p, now->text);
	else
		paper_add(p, STYLE_WARN, "not to be read");
	if (expect != NULL && !executed) {
		paper_add(p, STYLE_TEXT, " → ");
		paper_add_foreign(p, expect->text);
		paper_add(p, there ? STYLE_WARN : STYLE_DIM, "%s", there ? " (already so)" : "");
	} else if (expect != NULL) {
		paper_add(p, there ? STYLE_GOOD : STYLE_WARN, "%s",
			  there ? " ✓ as proposed" : " ! not what was proposed (it may have been changed since)");
	}
	paper_end(p);
}

void change_effect(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	const bool executed = change_state_of(&m->c, &m->facts) == CHANGE_EXECUTED;
	paper_title(p, executed ? "What the contracts say now" : "Before → after");
	if (m->reads == NULL) {
		paper_line(p, STYLE_DIM, 2, m->asking_reads ? "asking the contracts …" :
			   "not asked: the chain is offline, or has not answered yet");
		return;
	}
	for (const struct json *r = m->reads->first; r != NULL; r = r->next)
		effect_row(r, executed, p);
	if (m->reads->first == NULL)
		paper_line(p, STYLE_DIM, 2, "no getter shows what this changes");
	paper_line(p, STYLE_DIM, 2, "read at block %llu: the console's word, not proven; E looks whether anything "
		   "else changes", (unsigned long long)m->reads_block);
}

static enum style verdict_style(struct span verdict)
{
	if (span_is(verdict, "passed"))
		return STYLE_GOOD;
	return span_is(verdict, "failed") ? STYLE_BAD : STYLE_WARN;
}

/* "✓ three-of-five  3 signatures are needed …", and why the rule is there. */
static void rule(const struct json *r, struct paper *p)
{
	const struct json *name = text_member(r, "rule"), *verdict = text_member(r, "verdict"),
			  *text = text_member(r, "text"), *why = text_member(r, "why");
	if (name == NULL || verdict == NULL || text == NULL)
		return;
	paper_begin(p, 2, 4);
	paper_add(p, verdict_style(verdict->text), span_is(verdict->text, "passed") ? "✓ " : "! ");
	paper_add_safe(p, verdict_style(verdict->text), verdict->text);
	paper_add(p, STYLE_TEXT, "  ");
	paper_add_safe(p, STYLE_LABEL, name->text);
	paper_add(p, STYLE_TEXT, ": ");
	paper_add_foreign(p, text->text);
	paper_end(p);
	if (why != NULL) {
		paper_begin(p, 4, 6);
		paper_add(p, STYLE_DIM, "because ");
		paper_add_foreign(p, why->text);
		paper_end(p);
	}
}

static void verdict(const struct model_change *m, struct paper *p)
{
	const struct json *all = text_member(m->verdict, "verdict");
	if (m->verdict == NULL) {
		paper_line(p, STYLE_DIM, 2, m->asking_verdict ? "asking the policy …" :
			   "not judged: the chain is offline, or has not answered yet");
		return;
	}
	if (all != NULL) {
		paper_begin(p, 2, 4);
		paper_add_safe(p, verdict_style(all->text), all->text);
		paper_end(p);
	}
	for (const struct json *r = json_find(m->verdict, "rules")->first; r != NULL; r = r->next)
		rule(r, p);
}

void change_policy(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	paper_title(p, "Policy, rule by rule");
	if (m->p.has_policy)
		who_hash(p, 2, "proposed under the policy", &m->p.policy);
	if (m->has_policy)
		verdict(m, p);
	else if (!m->p.has_policy)
		paper_line(p, STYLE_WARN, 2, "! NO POLICY: no rule judges this, only the catalogue limits what can be "
			   "signed");
}

/* ---- calls: like ones of a batch in a group, exceptions first ---- */

static bool alike(const struct explained_call *a, const struct explained_call *b)
{
	return a != NULL && b != NULL && span_eq(a->function, b->function) && a->n_args == b->n_args &&
	       u256_is_zero(&a->value) && u256_is_zero(&b->value);
}

static size_t likes_of(const struct model_change *m, size_t i)
{
	size_t n = 0;
	for (size_t k = 0; k < m->n_calls; k++)
		n += k == i || alike(m->calls[i], m->calls[k]);
	return n;
}

/* What the log has of it and cannot be read is shown as bytes. */
static void one_call(const struct seen *x, size_t i, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	const struct call *raw = &m->p.calls.v[i];
	struct arena a = {0};
	struct shown_call c = { .number = i + 1, .explained = m->calls[i], .trouble = m->call_trouble[i] };
	struct buf b = {0};
	c.label = x->m->ws != NULL ? deployment_label(&a, &x->m->ws->deployment, &raw->to) : NULL;
	model_address(&b, &raw->to);
	c.to = arena_str(&a, buf_view(&b));
	buf_clear(&b);
	model_wei(&b, &raw->value);
	if (!u256_is_zero(&raw->value))
		c.value = arena_str(&a, buf_view(&b));
	buf_clear(&b);
	buf_0xhex(&b, raw->data);
	if (c.explained == NULL)
		c.data = arena_str(&a, buf_view(&b));
	calls_draw(&c, p);
	buf_release(&b);
	arena_release(&a);
}

/* The group of call i, written at its first member. */
static void call_group(const struct seen *x, size_t i, size_t n, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	for (size_t k = 0; k < i; k++)
		if (alike(m->calls[i], m->calls[k]))
			return;
	paper_begin(p, 2, 4);
	paper_add(p, STYLE_TITLE, "%zu calls alike: ", n);
	paper_add_span(p, STYLE_TITLE, m->calls[i]->function);
	paper_end(p);
	for (size_t k = i; k < m->n_calls; k++)
		if (alike(m->calls[i], m->calls[k]))
			one_call(x, k, p);
}

/* So many calls of one function are the rule of a batch; what is fewer stands out. */
#define MANY 4

void change_calls(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	paper_title(p, m->n_calls == 1 ? "The call" : "The %zu calls", m->n_calls);
	for (size_t i = 0; i < m->n_calls; i++)
		if (likes_of(m, i) < MANY)
			one_call(x, i, p);
	for (size_t i = 0; i < m->n_calls; i++)
		if (likes_of(m, i) >= MANY)
			call_group(x, i, likes_of(m, i), p);
}

/* ---- steps ---- */

static enum style step_style(enum step_state s)
{
	switch (s) {
	case STEP_MINED:
	case STEP_COMPLETE: return STYLE_GOOD;
	case STEP_FAILED:
	case STEP_STALE: return STYLE_BAD;
	case STEP_NONE:
	case STEP_UNSIGNED:
	case STEP_PARTLY_SIGNED:
	case STEP_SUBMITTED: return STYLE_TEXT;
	}
	BUG("no such state");
}

/* When the log took the signature in. */
static void signature(const struct seen *x, const struct step_signature *s, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	struct buf b = {0};
	paper_begin(p, 4, 6);
	paper_add(p, STYLE_GOOD, "✓ signed ");
	who_add(p, x->m, &s->owner);
	for (size_t i = 0; i < m->n_lines; i++)
		if (m->lines[i].line.seq == s->seq) {
			time_format_minute(&b, m->lines[i].line.time.ms / 1000);
			paper_add(p, STYLE_DIM, " collected %s", buf_cstr(&b));
		}
	paper_end(p);
	buf_release(&b);
}

static void note(const struct step_note *n, struct paper *p)
{
	paper_begin(p, 4, 6);
	paper_add(p, n->declined ? STYLE_WARN : STYLE_BAD, n->declined ? "! declined by " : "! refused by ");
	if (n->owner_text.n > 0)
		paper_add_foreign(p, n->owner_text);
	else
		paper_add(p, STYLE_TEXT, "somebody");
	if (n->code.n > 0) {
		paper_add(p, STYLE_TEXT, " [");
		paper_add_foreign(p, n->code);
		paper_add(p, STYLE_TEXT, "]");
	}
	paper_add(p, STYLE_DIM, ", as an answer file claims: ");
	paper_add_foreign(p, n->text);
	paper_end(p);
}

static void one_step(const struct seen *x, enum step_kind k, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	const struct step *s = &m->c.steps[k];
	const enum step_state state = step_state_of(&m->c, k, &m->facts);
	if (!s->packed)
		return;
	paper_begin(p, 2, 4);
	paper_add(p, STYLE_TITLE, "%s", step_name(k));
	paper_add(p, STYLE_TEXT, " at nonce %llu · %zu", (unsigned long long)s->nonce, s->n_signatures);
	if (m->facts.known)
		paper_add(p, STYLE_TEXT, " of %llu", (unsigned long long)m->facts.threshold);
	paper_add(p, STYLE_TEXT, " signed · ");
	paper_add(p, step_style(state), "%s", step_state_name(state));
	if (step_is_loose(&m->c, k, &m->facts))
		paper_add(p, STYLE_BAD, " · ! LOOSE: anyone can run it until its nonce is spent");
	paper_end(p);
	who_phrase(p, 4, &s->packet);
	who_hash(p, 4, "safeTxHash", &s->safe_tx_hash);
	for (size_t i = 0; i < s->n_signatures; i++)
		signature(x, &s->signatures[i], p);
	for (size_t i = 0; i < s->n_notes; i++)
		note(&s->notes[i], p);
	for (size_t i = 0; i < s->n_left; i++)
		paper_line(p, STYLE_BAD, 4, "! LOOSE: %zu signed for nonce %llu, which it has given up",
			   s->left[i].n_signatures, (unsigned long long)s->left[i].nonce);
	if (s->mined) {
		paper_line(p, STYLE_GOOD, 4, "✓ in block %llu", (unsigned long long)s->block);
		who_hash(p, 4, "transaction", &s->tx);
	}
}

static void operation(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	struct buf b = {0};
	if (!m->c.proposed || m->p.route != ROUTE_TIMELOCK)
		return;
	paper_title(p, "In the timelock");
	when_span(&b, m->p.delay);
	paper_line(p, STYLE_TEXT, 2, "%s between schedule and execute", buf_cstr(&b));
	if (m->facts.known && m->facts.operation_timestamp > 1) {
		buf_clear(&b);
		when_format(&b, (int64_t)m->facts.operation_timestamp, (int64_t)model_chain_time(x->m));
		paper_line(p, STYLE_TEXT, 2, "ready %s, by the chain's clock", buf_cstr(&b));
	}
	if (m->p.after.n > 0)
		paper_line(p, STYLE_TEXT, 2, "only after %.*s", text_shown(m->p.after), (const char *)m->p.after.p);
	who_hash(p, 2, "operation", &m->c.operation);
	buf_clear(&b);
	buf_fmt(&b, "salt: the log's root over lines 0 to %llu", (unsigned long long)m->c.proposed_seq);
	who_hash(p, 2, buf_cstr(&b), &m->c.root);
	buf_release(&b);
}

void change_steps(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	size_t n = 0;
	operation(x, p);
	paper_title(p, "Steps");
	for (int k = 0; k < N_STEPS; k++) {
		n += m->c.steps[k].packed;
		paper_item(p, (uint32_t)k);
		one_step(x, (enum step_kind)k, p);
	}
	paper_item(p, PAPER_NO_ITEM);
	if (n == 0)
		paper_line(p, STYLE_DIM, 2, m->c.proposed ? "no packet has been written yet" :
			   "a draft has none: proposing freezes it first");
}

static void change_history(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	paper_title(p, "History, from the log");
	for (size_t i = 0; i < m->n_lines; i++) {
		const struct line *l = &m->lines[i].line;
		struct buf b = {0};
		time_format_minute(&b, l->time.ms / 1000);
		paper_item(p, CHANGE_ITEM_LINES + (uint32_t)i);
		paper_begin(p, 2, 4);
		paper_add(p, STYLE_DIM, "%llu  %s  ", (unsigned long long)l->seq, buf_cstr(&b));
		paper_add_span(p, STYLE_TEXT, l->kind);
		paper_add(p, STYLE_DIM, " by ");
		paper_add_span(p, STYLE_LABEL, l->actor);
		paper_end(p);
		buf_release(&b);
	}
	paper_item(p, PAPER_NO_ITEM);
}

bool change_is_there(const struct seen *x, struct paper *p)
{
	const struct model_change *m = &x->m->change;
	if (m->loaded && m->trouble == NULL)
		return true;
	paper_line(p, STYLE_BAD, 0, "! %s", m->trouble != NULL ? m->trouble : "not read yet");
	return false;
}

static void page(const struct seen *x, struct paper *p)
{
	if (!change_is_there(x, p))
		return;
	change_head(x, p);
	change_words(x, p);
	change_effect(x, p);
	change_policy(x, p);
	change_calls(x, p);
	change_steps(x, p);
	change_history(x, p);
}

const struct view change_view = { .page = page };
