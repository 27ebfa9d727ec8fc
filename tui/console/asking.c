/* What the console asks by itself: one look at the chain every few seconds, and what the contracts say about the change
 * that is shown. An endpoint that hangs, lies or dies changes the header, and nothing else. */
#include <string.h>

#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "tui/console/alerts.h"
#include "tui/console/load.h"
#include "tui/console/perform.h"
#include "tui/console/step.h"

#define LOOK_EVERY_MS 10000
#define LOOK_LIMIT_MS 30000u
#define READS_LIMIT_MS 30000u

static struct span last_line(struct span text)
{
	size_t start = 0;
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n')
			start = i + 1;
	text = span_of(text.p + start, text.n - start);
	return span_starts(text, "setgov: ") ? span_of(text.p + 8, text.n - 8) : text;
}

/* What the alerts view would show, in short: another one means that there is something new on it. */
static struct hash32 alerts_hash(const struct model *m, size_t n)
{
	struct hash32 h;
	struct buf all = {0};
	buf_fmt(&all, "%zu\n", n);
	for (size_t i = 0; i < m->snapshot.n_findings; i++) {
		buf_span(&all, m->snapshot.findings[i].code);
		buf_span(&all, m->snapshot.findings[i].words);
		buf_byte(&all, '\n');
	}
	sha256(&h, buf_view(&all));
	buf_release(&all);
	return h;
}

void asking_alerts(struct console *c)
{
	const size_t n = c->m.ws != NULL ? alerts_count(&c->m) : 0;
	const struct hash32 now = alerts_hash(&c->m, n);
	if (state_place(&c->s)->view == VIEW_ALERTS)
		c->alerts_seen = now;
	c->m.n_unread = hash32_eq(&now, &c->alerts_seen) ? 0 : n;
}

static void look_done(void *ctx, const struct job_result *r)
{
	struct console *c = ctx;
	struct err e = {0};
	struct buf words = {0};
	c->look = NULL;
	c->m.asking = ASK_ANSWERED;
	c->looked = c->m.now = time_now();
	if (!r->started || r->killed || r->overflow) {
		load_trouble(&c->m, span_str(r->killed ? "no answer in time" : "the question could not be asked"));
	} else if (r->status != 0) {
		load_trouble(&c->m, last_line(r->err));
	} else if (!load_snapshot(&c->m, r->out, &e)) {
		err_format(&e, &words);
		load_trouble(&c->m, buf_view(&words));
	}
	buf_release(&words);
	err_clear(&e);
	perform_show(c);
	loop_redraw(c->loop);
}

void asking_look(struct console *c)
{
	static const char *const words[] = { "status" };
	struct arena a = {0};
	if (c->look != NULL || c->m.ws == NULL)
		return;
	c->m.asked = c->m.now = time_now();
	c->m.asking = ASK_RUNNING;
	c->look = job_start(c->loop, perform_argv(c, &a, words, 1, true), LOOK_LIMIT_MS, NULL, look_done, c);
	arena_release(&a);
}

/* ---- before -> after ---- */

static void reads_done(void *ctx, const struct job_result *r)
{
	struct console *c = ctx;
	struct model_change *x = &c->m.change;
	c->reads = NULL;
	x->asking_reads = false;
	if (!x->loaded || !span_is(x->c.id, c->reads_change) || !r->started || r->killed || r->status != 0)
		return;
	const struct json *doc = json_parse(&x->arena, arena_copy(&x->arena, r->out), NULL);
	const struct json *reads = json_find(doc, "reads"), *getters = json_find(reads, "getters");
	if (getters != NULL && getters->type == JSON_ARRAY && json_get_u64(reads, "block", &x->reads_block, NULL))
		x->reads = getters;
	loop_redraw(c->loop);
}

void asking_reads(struct console *c)
{
	struct model_change *x = &c->m.change;
	const struct place *p = state_place(&c->s);
	const char *words[] = { "show", p->change };
	struct arena a = {0};
	if (c->reads != NULL || c->m.offline || !c->m.snapshot.online || !x->loaded || x->trouble != NULL ||
	    x->reads_asked || !span_is(x->c.id, p->change))
		return;
	memcpy(c->reads_change, p->change, sizeof(c->reads_change));
	x->reads_asked = x->asking_reads = true;
	c->reads = job_start(c->loop, perform_argv(c, &a, words, 2, true), READS_LIMIT_MS, NULL, reads_done, c);
	arena_release(&a);
}

/* ---- beside a form ---- */

static void now_done(void *ctx, const struct job_result *r)
{
	struct console *c = ctx;
	struct arena a = {0};
	struct effects fx = {0};
	c->now = NULL;
	const struct ended how = {
		.ok = r->started && !r->killed && r->status == 0, .status = r->status,
		.json = json_parse(&a, r->out, NULL), .words = "", .said = "",
	};
	if (!c->now_waits && how.ok)                   /* another has not been asked for since */
		step_ended(&c->s, &c->m, c->now_asked->then, NULL, &how, &fx);
	perform(c, &fx);
	arena_release(&a);
	loop_redraw(c->loop);
}

void asking_now(struct console *c, const struct effect *e)
{
	if (c->now != NULL)
		job_abandon(c->now);
	c->now = NULL;
	arena_release(&c->now_arena);
	struct effect *asked = ARENA_NEW(&c->now_arena, struct effect);
	asked->then = e->then;
	asked->n_words = e->n_words;
	asked->words = ARENA_ARRAY(&c->now_arena, const char *, e->n_words + 1);
	for (size_t i = 0; i < e->n_words; i++)
		asked->words[i] = arena_str(&c->now_arena, span_str(e->words[i]));
	c->now_asked = asked;
	c->now_waits = true;
}

static void begin_now(struct console *c)
{
	struct arena a = {0};
	c->now_waits = false;
	c->now = job_start(c->loop, perform_argv(c, &a, c->now_asked->words, c->now_asked->n_words, true),
			   READS_LIMIT_MS, NULL, now_done, c);
	arena_release(&a);
}

void asking_tick(struct console *c)
{
	const int64_t since = c->m.now.ms - c->looked.ms;
	/* Less than nothing: somebody has set the clock back. */
	if (!c->m.offline && (since >= LOOK_EVERY_MS || since < 0))
		asking_look(c);
	if (c->now_waits && !c->m.offline)
		begin_now(c);
}

/* ---- the policy's verdict ---- */

/* Exit status 1 says that a rule has failed or waits: that, too, is an answer. */
static void verdict_done(void *ctx, const struct job_result *r)
{
	struct console *c = ctx;
	struct model_change *x = &c->m.change;
	c->verdict = NULL;
	if (!x->loaded || !span_is(x->c.id, c->verdict_change))
		return;
	x->asking_verdict = false;
	if (r->started && !r->killed && r->status <= 1) {
		const struct json *doc = json_parse(&x->arena, arena_copy(&x->arena, r->out), NULL);
		const struct json *rules = json_find(doc, "rules");
		x->verdict = rules != NULL && rules->type == JSON_ARRAY ? doc : NULL;
	}
	loop_redraw(c->loop);
}

void asking_verdict(struct console *c)
{
	struct model_change *x = &c->m.change;
	const struct place *p = state_place(&c->s);
	const char *words[] = { "policy", "check", p->change };
	struct arena a = {0};
	if (c->verdict != NULL || c->m.offline || !c->m.snapshot.online || !x->loaded || x->trouble != NULL ||
	    !x->has_policy || x->verdict_asked || !span_is(x->c.id, p->change))
		return;
	memcpy(c->verdict_change, p->change, sizeof(c->verdict_change));
	x->verdict_asked = x->asking_verdict = true;
	c->verdict = job_start(c->loop, perform_argv(c, &a, words, 3, true), READS_LIMIT_MS, NULL, verdict_done, c);
	arena_release(&a);
}

void asking_stop(struct console *c)
{
	if (c->now != NULL)
		job_abandon(c->now);
	c->now = NULL;
	c->now_waits = false;
	arena_release(&c->now_arena);
	if (c->look != NULL)
		job_abandon(c->look);
	if (c->reads != NULL)
		job_abandon(c->reads);
	if (c->verdict != NULL)
		job_abandon(c->verdict);
	c->look = c->reads = c->verdict = NULL;
}
