#include "tui/console/console.h"

#include "tui/console/compose.h"
#include "tui/console/compose.h"
#include "tui/console/frame.h"
#include "tui/console/load.h"
#include "tui/console/perform.h"
#include "tui/console/step.h"

#define TICK_MS 1000u

static void write_others(const struct model *m, struct buf *out)
{
	for (size_t i = 0; i < m->n_present; i++)
		buf_fmt(out, "%s %s %s\n", m->present[i].who, m->present[i].where, m->present[i].doing);
}

static void draw(void *ctx, struct grid *g)
{
	struct console *c = ctx;
	c->m.now = time_now();
	c->minute = c->m.now.ms / 60000;
	c->slow = model_chain_is_slow(&c->m);
	const size_t rows = c->s.body_rows;
	load_place(&c->m, &c->s);
	frame_draw(&c->s, &c->m, g);
	if (c->s.body_rows <= rows)
		return;
	load_place(&c->m, &c->s);                        /* the window has grown: there is more to show */
	grid_clear(g);
	frame_draw(&c->s, &c->m, g);
}

static void key(void *ctx, uint32_t k)
{
	struct console *c = ctx;
	struct effects fx = {0};
	c->m.now = time_now();
	load_place(&c->m, &c->s);
	step(&c->s, &c->m, k, &fx);
	perform(c, &fx);
	perform_show(c);
	if (c->s.leaving)
		loop_stop(c->loop);
}

/* Somebody else has come, gone, or turned to another step. */
static bool others(struct console *c)
{
	struct buf before = {0}, after = {0};
	write_others(&c->m, &before);
	perform_presence(c);
	write_others(&c->m, &after);
	const bool changed = !span_eq(buf_view(&before), buf_view(&after));
	buf_release(&before);
	buf_release(&after);
	return changed;
}

/* A frame is drawn again when the log has grown, a command runs, or another minute has begun: a screen that stands
 * still stays as it is, for those whom it is read to. */
static bool tick(void *ctx)
{
	struct console *c = ctx;
	struct err e = {0};
	struct act x = { &c->s, &c->m, NULL };
	bool changed = false;
	c->m.now = time_now();
	if (c->m.ws != NULL && !load_refresh(&c->m, &changed, &e)) {
		state_say_err(&c->s, "The log cannot be read", &e);
		changed = true;
	}
	err_clear(&e);
	if (c->m.ws != NULL)
		asking_tick(c);
	compose_pause(&x, &c->half);
	changed = others(c) || changed;
	if (changed)
		perform_show(c);
	return changed || c->s.running.on || c->m.now.ms / 60000 != c->minute ||
	       c->slow != model_chain_is_slow(&c->m);
}

static const struct loop_ops ops = { .draw = draw, .key = key, .tick = tick, .tick_ms = TICK_MS };

bool console_run(const struct console_options *o, struct term *t, struct err *e)
{
	struct console c = { .o = o };
	c.m.commands = o->commands;
	c.m.n_commands = o->n_commands;
	c.m.offline = o->offline;
	c.m.demo = o->demo;
	c.m.now = time_now();
	state_init(&c.s, VIEW_FIRST);
	c.loop = loop_new(t, &ops, &c);
	perform_enter(&c, o->dir);
	const bool ok = loop_run(c.loop, e);
	perform_leave(&c);
	if (c.job != NULL)
		job_abandon(c.job);
	loop_free(c.loop);
	state_release(&c.s);
	model_release(&c.m);
	arena_release(&c.arena);
	return ok;
}
