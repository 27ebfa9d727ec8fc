/* Keeping what is half typed: the composer's effects, done with its file. */
#include <unistd.h>

#include "tui/console/compose.h"

static bool find(struct act *x, struct err *e)
{
	struct arena a = {0};
	struct left_rows left;
	const bool ok = compose_files(&a, x->m->ws->dir, &left, e);
	compose_found(x, &left);
	arena_release(&a);
	return ok;
}

static bool take(struct act *x, struct compose_file *f, const char *name, struct err *e)
{
	struct arena a = {0};
	struct half_typed half;
	const bool ok = compose_file_take(f, x->m->ws->dir, name, &a, &half, e);
	if (ok)
		compose_taken(x, &half);
	arena_release(&a);
	return ok;
}

static bool throw_away(struct act *x, const char *name, struct err *e)
{
	return compose_file_throw(x->m->ws->dir, name, e) && find(x, e);
}

static bool save(struct act *x, struct compose_file *f, struct err *e)
{
	struct arena a = {0};
	struct half_typed half;
	struct buf text = {0};
	char host[256] = "";
	if (x->s->compose == NULL)
		return true;
	compose_half(x->s->compose, &a, &half);
	gethostname(host, sizeof(host) - 1);
	half.actor = x->m->ws->actor;
	half.host = span_str(host);
	half.pid = (uint64_t)getpid();
	half.time = time_now();
	half_typed_write(&text, &half);
	const bool ok = compose_file_write(f, x->m->ws->dir, buf_view(&text), e);
	buf_release(&text);
	arena_release(&a);
	return ok;
}

static bool leave(struct compose_file *f, struct err *e)
{
	const bool ok = compose_file_sync(f, e);
	compose_file_leave(f);
	return ok;
}

static bool keep(struct act *x, struct compose_file *f, const struct effect *effect, struct err *e)
{
	if (effect->kind == EFFECT_FIND_COMPOSE)
		return find(x, e);
	if (effect->kind == EFFECT_TAKE_COMPOSE)
		return take(x, f, effect->words[0], e);
	if (effect->kind == EFFECT_THROW_COMPOSE)
		return throw_away(x, effect->words[0], e);
	if (effect->kind == EFFECT_SAVE_COMPOSE)
		return save(x, f, e);
	if (effect->kind == EFFECT_LEAVE_COMPOSE)
		return leave(f, e);
	return compose_file_drop(f, e);
}

bool compose_perform(struct act *x, struct compose_file *f, const struct effect *effect)
{
	struct err e = {0};
	if (effect->kind < EFFECT_FIND_COMPOSE || effect->kind > EFFECT_DROP_COMPOSE)
		return false;
	if (!keep(x, f, effect, &e))
		state_say_err(x->s, effect->kind == EFFECT_SAVE_COMPOSE ? "What you type is not kept on disk"
								    : "Half-typed changes", &e);
	err_clear(&e);
	return true;
}

#define PAUSE_MS 1000

void compose_pause(struct act *x, struct compose_file *f)
{
	struct err e = {0};
	const int64_t since = time_now().ms - f->written.ms;
	/* Less than nothing: somebody has set the clock back. */
	if (f->unsynced && (since >= PAUSE_MS || since < 0) && !compose_file_sync(f, &e)) {
		state_say_err(x->s, "What you type is not kept on disk", &e);
		f->written = time_now();               /* not again at every tick */
	}
	err_clear(&e);
}

void compose_end(struct act *x, struct compose_file *f)
{
	struct err e = {0};
	if (!leave(f, &e))
		state_say_err(x->s, "What you type is not kept on disk", &e);
	err_clear(&e);
}
