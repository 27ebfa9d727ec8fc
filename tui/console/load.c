#include "tui/console/load.h"

#include <string.h>

#include "audit-log/in_force.h"
#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/policy/policy.h"

/* How many items on either side of the focused one are at hand: what a screen shows. A little more is read, so that not
 * every key reads; a screen's worth more would be felt at a jump. */
static size_t near(const struct state *s)
{
	return s->body_rows > 0 ? s->body_rows : 24;
}

/* False: it cannot be read. Then it is there, and allows nothing. */
static bool read_in_force(struct model *m, struct arena *a, struct in_force *out)
{
	struct offers all;
	return offers_look(m->ws, a, &all, NULL) && in_force_read(m->ws, a, &all, ADOPT_POLICY, out, NULL);
}

static void load_logged(struct model *m)
{
	struct model_logged *x = &m->logged;
	struct err e = {0};
	arena_release(&x->arena);
	*x = (struct model_logged){0};
	if (!alerts_look(m->ws, &x->arena, false, &x->log, &e))
		x->trouble = text_safe_err(&x->arena, &e);
	for (size_t i = 0; i < x->log.n; i++)
		x->n_unacknowledged += alert_acknowledged(&x->log.v[i], m->now) == NULL;
	err_clear(&e);
}

bool load_queue(struct model *m, struct err *e)
{
	const struct snapshot *facts = m->snapshot.online ? &m->snapshot : NULL;
	struct in_force now;
	arena_release(&m->queue_arena);
	m->queue = (struct queue){0};
	m->changes = (struct change_rows){0};
	m->sentences = NULL;
	m->meeting.loaded = false;
	m->adopted_loaded = false;
	load_logged(m);
	m->head = log_head(m->ws->log);
	m->has_policy = !read_in_force(m, &m->queue_arena, &now) || now.current != NULL;
	if (!queue_read(m->ws->views, &m->queue_arena, facts, &m->queue, e) ||
	    !change_rows_read(m->ws->views, &m->queue_arena, facts, &m->changes, e))
		return false;
	m->sentences = ARENA_ARRAY(&m->queue_arena, const char *, m->queue.n + 1);
	return true;
}

bool load_refresh(struct model *m, bool *changed, struct err *e)
{
	const uint64_t before = m->head.size;
	*changed = false;
	if (!log_refresh(m->ws->log, e))
		return false;
	if (log_size(m->ws->log) == before)
		return true;
	*changed = true;
	load_forget_change(m);
	return views_catch_up(m->ws->views, e) && load_queue(m, e);
}

void load_forget_change(struct model *m)
{
	arena_release(&m->change.arena);
	m->change = (struct model_change){0};
}

void load_trouble(struct model *m, struct span words)
{
	arena_release(&m->trouble_arena);
	m->ask_trouble = text_safe_str(&m->trouble_arena, words.n > 0 ? words : span_str("no answer"), false);
}

bool load_snapshot(struct model *m, struct span text, struct err *e)
{
	struct arena a = {0};
	struct snapshot s;
	if (!snapshot_from_json(&a, &s, arena_copy(&a, text), e)) {
		arena_release(&a);
		return false;
	}
	/* What was seen before stays on the screen, as what was seen last. */
	if (!s.online && m->snapshot.online) {
		load_trouble(m, s.trouble);
		arena_release(&a);
		return true;
	}
	const bool facts = m->snapshot.online || s.online;
	arena_release(&m->snapshot_arena);
	m->snapshot_arena = a;
	m->snapshot = s;
	m->ask_trouble = NULL;
	return !facts || load_queue(m, e);       /* without the chain, what was read from the log stands */
}

/* ---- sentences of the queue ---- */

static const char *sentences_of(struct model *m, const struct json *actions)
{
	struct arena *a = &m->queue_arena;
	struct buf all = {0};
	struct err e = {0};
	for (const struct json *x = actions->first; x != NULL; x = x->next) {
		struct buf one = {0};
		if (!action_say(a, &one, &m->ws->pin, x, &e)) {
			buf_clear(&one);
			buf_fmt(&one, "(not readable under this catalogue: %s)", text_safe_err(a, &e));
			err_clear(&e);
		}
		buf_fmt(&all, "%s%s", all.n > 0 ? "\n" : "", buf_cstr(&one));
		buf_release(&one);
	}
	const char *out = arena_str(a, buf_view(&all));
	buf_release(&all);
	return out;
}

static void load_sentence(struct model *m, size_t i)
{
	struct arena *a = &m->queue_arena;
	const struct queue_row *r = &m->queue.row[i];
	const struct json *actions;
	struct line l;
	struct err e = {0};
	if (m->sentences[i] != NULL)
		return;
	if (log_line_read(m->ws->log, a, r->words_seq, &l, &e) &&
	    json_get(l.body, "actions", JSON_ARRAY, &actions, &e))
		m->sentences[i] = sentences_of(m, actions);
	else
		m->sentences[i] = text_safe_err(a, &e);
	err_clear(&e);
}

static void load_sentences(struct model *m, const struct state *s)
{
	const struct scroll *at = &state_place(s)->at;
	const size_t alarms = model_alarms(m), cursor = at->cursor > alarms ? at->cursor - alarms : 0;
	const size_t from = cursor > near(s) ? cursor - near(s) : 0;
	for (size_t i = from; i < m->queue.n && i <= cursor + near(s); i++)
		load_sentence(m, i);
}

/* ---- one change ---- */

static bool take_line(struct arena *a, struct workspace *ws, uint64_t seq, struct shown_line *out, struct err *e)
{
	struct buf raw = {0};
	bool ok = log_line(ws->log, seq, &raw, e);
	if (ok) {
		line_leaf(&out->leaf, buf_view(&raw));
		ok = line_parse(a, &out->line, arena_copy(a, buf_view(&raw)), e);
	}
	buf_release(&raw);
	return ok || err_in(e, "line %llu", (unsigned long long)seq);
}

static bool load_history(struct model *m, const char *id, struct err *e)
{
	struct model_change *x = &m->change;
	struct seqs seqs;
	if (!views_lines_of_change(m->ws->views, &x->arena, span_str(id), &seqs, e))
		return false;
	x->lines = ARENA_ARRAY(&x->arena, struct shown_line, seqs.n + 1);
	for (size_t i = 0; i < seqs.n; i++) {
		if (!take_line(&x->arena, m->ws, seqs.seq[i], &x->lines[i], e))
			return false;
		x->n_lines++;
	}
	return true;
}

static void load_words(struct model *m)
{
	struct model_change *x = &m->change;
	struct err e = {0};
	x->sentences = ARENA_ARRAY(&x->arena, const char *, x->p.actions->n + 1);
	for (const struct json *v = x->p.actions->first; v != NULL; v = v->next) {
		struct buf b = {0};
		if (action_say(&x->arena, &b, &m->ws->pin, v, &e))
			x->sentences[x->n_sentences++] = arena_str(&x->arena, buf_view(&b));
		else
			x->sentences[x->n_sentences++] = arena_fmt(
				&x->arena, "(not readable under this catalogue: %s)", text_safe_err(&x->arena, &e));
		err_clear(&e);
		buf_release(&b);
	}
}

static void load_calls(struct model *m)
{
	struct model_change *x = &m->change;
	struct err e = {0};
	x->n_calls = x->p.calls.n;
	x->calls = ARENA_ARRAY(&x->arena, const struct explained_call *, x->n_calls + 1);
	x->call_trouble = ARENA_ARRAY(&x->arena, const char *, x->n_calls + 1);
	for (size_t i = 0; i < x->n_calls; i++) {
		struct explained_call *call = ARENA_NEW(&x->arena, struct explained_call);
		if (explain_call(&x->arena, call, &m->ws->pin, &x->p.calls.v[i], &e))
			x->calls[i] = call;
		else
			x->call_trouble[i] = text_safe_err(&x->arena, &e);
		err_clear(&e);
	}
}

/* A policy that cannot be read allows nothing. */
static void load_policy(struct model *m)
{
	struct model_change *x = &m->change;
	struct in_force now;
	const bool ok = read_in_force(m, &x->arena, &now);
	x->has_policy = !ok || now.current != NULL;
	x->may_sign_here = !x->has_policy || (ok && policy_hot_signing(now.current->policy));
}

static bool load_change_parts(struct model *m, const char *id, struct err *e)
{
	struct model_change *x = &m->change;
	bool direct;
	if (!workspace_look(m->ws, &x->arena, id, &x->c, e) || !load_history(m, id, e))
		return false;
	x->p = x->c.proposed ? x->c.proposal : x->c.draft;
	load_words(m);
	if (!x->c.proposed && !actions_compile(&x->arena, &x->p.calls, &direct, &m->ws->pin, x->p.actions, e))
		return false;
	load_calls(m);
	x->facts = model_facts(m, &x->c);
	load_policy(m);
	return true;
}

static void load_change(struct model *m, const char *id)
{
	struct model_change *x = &m->change;
	struct err e = {0};
	if (x->loaded && span_is(x->c.id, id)) {
		x->facts = model_facts(m, &x->c);
		return;
	}
	load_forget_change(m);
	if (!load_change_parts(m, id, &e))
		x->trouble = text_safe_err(&x->arena, &e);
	if (x->c.id.n == 0)
		x->c.id = arena_copy(&x->arena, span_str(id));
	x->loaded = true;
	err_clear(&e);
}

/* ---- the log ---- */

/* "SC-7" is a change, "step.packed" a kind. */
static bool load_filter(struct model *m, struct span filter, struct err *e)
{
	struct model_log *x = &m->log;
	x->filtered = filter.n > 0;
	if (!x->filtered)
		return true;
	if (line_change_is_valid(filter))
		return views_lines_of_change(m->ws->views, &x->arena, filter, &x->only, e);
	return views_lines_of_kind(m->ws->views, &x->arena, filter, &x->only, e);
}

static uint64_t seq_at(const struct model_log *x, size_t index)
{
	return x->filtered ? x->only.seq[x->only.n - 1 - index] : x->size - 1 - index;
}

static void load_log_window(struct model *m, const struct state *s, size_t cursor, struct err *e)
{
	struct model_log *x = &m->log;
	arena_release(&x->arena);
	*x = (struct model_log){ .size = m->head.size };
	if (!load_filter(m, buf_view(&s->filter), e))
		return;
	const size_t n = model_log_count(m);
	cursor = cursor < n ? cursor : n > 0 ? n - 1 : 0;
	const size_t reach = near(s) + near(s) / 4;
	x->first = cursor > reach ? cursor - reach : 0;
	const size_t end = n - cursor < reach ? n : cursor + reach;
	x->lines = ARENA_ARRAY(&x->arena, struct shown_line, end - x->first + 1);
	for (size_t i = x->first; i < end; i++) {
		if (!take_line(&x->arena, m->ws, seq_at(x, i), &x->lines[x->n_lines], e))
			return;
		x->n_lines++;
	}
}

static bool in_window(const struct model_log *x, size_t rows, size_t cursor, size_t count)
{
	const size_t low = cursor > rows ? cursor - rows : 0, high = cursor + rows < count ? cursor + rows : count;
	return low >= x->first && high <= x->first + x->n_lines;
}

static void load_log(struct model *m, const struct state *s)
{
	struct model_log *x = &m->log;
	const size_t cursor = state_place(s)->at.cursor;
	struct err e = {0};
	if (x->lines != NULL && x->size == m->head.size && x->trouble == NULL &&
	    span_eq(x->filter, buf_view(&s->filter)) && in_window(x, near(s), cursor, model_log_count(m)))
		return;
	load_log_window(m, s, cursor, &e);
	x->filter = arena_copy(&x->arena, buf_view(&s->filter));
	x->trouble = err_is_set(&e) ? text_safe_err(&x->arena, &e) : NULL;
	err_clear(&e);
}

static void load_line(struct model *m, uint64_t seq)
{
	struct model_line *x = &m->line;
	struct err e = {0};
	if (x->loaded && x->seq == seq)
		return;
	arena_release(&x->arena);
	*x = (struct model_line){ .loaded = true, .seq = seq };
	if (!take_line(&x->arena, m->ws, seq, &x->shown, &e))
		x->trouble = text_safe_err(&x->arena, &e);
	err_clear(&e);
}

/* ---- meetings ---- */

static void add_to_agenda(struct model *m, const struct change_row *r)
{
	struct model_meeting *x = &m->meeting;
	x->agenda[x->n_agenda++] = (struct agenda_item){
		.change = arena_str(&x->arena, span_str(r->c.id)), .title = arena_str(&x->arena, span_str(r->c.title)),
		.state = r->state,
		.decision = x->open != NULL ? meeting_decision_on(x->open, span_str(r->c.id)) : NULL,
	};
}

/* In the order in which the meeting takes them. */
static void load_agenda(struct model *m)
{
	struct model_meeting *x = &m->meeting;
	const struct change_rows *all = &m->changes;
	x->agenda = ARENA_ARRAY(&x->arena, struct agenda_item, all->n + 1);
	for (size_t i = 0; x->open == NULL && i < all->n; i++)
		if (change_state_is_open(all->row[i].state))
			add_to_agenda(m, &all->row[i]);
	for (size_t i = 0; x->open != NULL && i < x->open->agenda.n; i++)
		for (size_t k = 0; k < all->n; k++)
			if (span_is(x->open->agenda.v[i], all->row[k].c.id))
				add_to_agenda(m, &all->row[k]);
}

static void load_meeting(struct model *m)
{
	struct model_meeting *x = &m->meeting;
	struct err e = {0};
	if (x->loaded)
		return;
	arena_release(&x->arena);
	*x = (struct model_meeting){ .loaded = true };
	if (meetings_look(m->ws, &x->arena, &x->all, &e))
		x->open = meetings_in_session(&x->all);
	else
		x->trouble = text_safe_err(&x->arena, &e);
	load_agenda(m);
	err_clear(&e);
}

/* ---- what owners adopt ---- */

static void load_in_force(struct model *m, struct model_adopted *x, const struct in_force *now, const struct offer *o)
{
	x->current = now->current;
	x->differs = now->differs;
	x->adopted = o != NULL;
	x->line = o != NULL ? o->adopted_seq : 0;
	x->by = o != NULL ? offer_signers(&x->arena, o, &m->ws->deployment) : "nobody";
	if (now->current != NULL)
		x->name = text_safe_str(&x->arena, now->current->name, false);
}

static bool load_waiting(struct model *m, struct model_adopted *x, enum adoptable_kind kind, const struct offers *all,
			 const struct policy *bar, struct err *e)
{
	x->waiting = ARENA_ARRAY(&x->arena, struct waiting_offer, all->n + 1);
	for (size_t i = 0; i < all->n; i++) {
		const struct offer *o = &all->v[i];
		const struct adoptable *p;
		if (o->kind != kind || !offer_waits(all, o, m->ws, m->now))
			continue;
		if (!offers_document(m->ws->log, &x->arena, kind, &o->document, &p, e))
			return false;
		x->waiting[x->n_waiting++] = (struct waiting_offer){
			.name = text_safe_str(&x->arena, p->name, false), .line = o->seq, .expires = o->expires,
			.by = offer_signers(&x->arena, o, &m->ws->deployment), .n = o->n,
			.needs = adoption_needs(bar, p, &m->ws->deployment),
		};
	}
	return true;
}

static bool load_kind(struct model *m, struct model_adopted *x, enum adoptable_kind kind, struct err *e)
{
	struct in_force now;
	struct offers all;
	if (!offers_look(m->ws, &x->arena, &all, e) || !in_force_read(m->ws, &x->arena, &all, kind, &now, e))
		return false;
	load_in_force(m, x, &now, all.in_force[kind]);
	return load_waiting(m, x, kind, &all, now.bar, e);
}

static void load_adopted(struct model *m)
{
	if (m->adopted_loaded)
		return;
	m->adopted_loaded = true;
	for (int k = 0; k < N_ADOPTABLES; k++) {
		struct model_adopted *x = &m->adopted[k];
		const char *word = adoptable_word((enum adoptable_kind)k);
		struct err e = {0};
		arena_release(&x->arena);
		*x = (struct model_adopted){ .called = adoptable_called((enum adoptable_kind)k) };
		x->file = arena_fmt(&x->arena, "%s.json", word);
		if (!load_kind(m, x, (enum adoptable_kind)k, &e))
			x->trouble = text_safe_err(&x->arena, &e);
		err_clear(&e);
	}
}

/* Sticks come and go: looked for again every second or so while packets can be written. */
static void load_mounts(struct model *m)
{
	if (m->mounts_seen.ms != 0 && m->now.ms - m->mounts_seen.ms < 1000)
		return;
	arena_release(&m->mounts_arena);
	mounts_read(&m->mounts_arena, &m->mounts);
	m->mounts_seen = m->now;
}

void load_place(struct model *m, const struct state *s)
{
	const struct place *p = state_place(s);
	if (m->ws == NULL)
		return;
	switch (p->view) {
	case VIEW_QUEUE:
		load_sentences(m, s);
		break;
	case VIEW_CHANGE:
	case VIEW_BOARD:
		load_change(m, p->change);
		load_mounts(m);
		load_meeting(m);
		break;
	case VIEW_LOG:
		load_log(m, s);
		break;
	case VIEW_LINE:
		load_line(m, p->seq);
		break;
	case VIEW_MEETING:
		load_meeting(m);
		if (p->change[0] != '\0')
			load_change(m, p->change);
		break;
	case VIEW_DEPLOYMENT:
		load_adopted(m);
		break;
	case VIEW_CHANGES:
	case VIEW_COMPOSE:
	case VIEW_ALERTS:
	case VIEW_RESULT:
	case VIEW_FIRST:
	case VIEW_HELP:
	case N_VIEWS:
		break;
	}
}
