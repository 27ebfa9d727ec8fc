#include "tui/console/perform.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "src/base/text.h"
#include "tui/console/compose.h"
#include "tui/console/load.h"
#include "tui/console/step.h"

/* The first run names the directory that it is about. */
static bool names_directory(const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], "-C") == 0)
			return true;
	return false;
}

const char **perform_argv(const struct console *c, struct arena *a, const char *const *words, size_t n, bool json)
{
	const char **argv = ARENA_ARRAY(a, const char *, n + 8);
	size_t k = 0;
	argv[k++] = c->o->setgov;
	if (c->m.ws != NULL || !names_directory(words, n)) {
		argv[k++] = "-C";
		argv[k++] = c->dir;
	}
	if (c->o->as != NULL) {
		argv[k++] = "--as";
		argv[k++] = c->o->as;
	}
	if (json)
		argv[k++] = "--json";
	for (size_t i = 0; i < n; i++)
		argv[k++] = words[i];
	return argv;
}

/* ---- how a command ended ---- */

/* "setgov: [CODE] words" out of all that was said on standard error; all of it, where there is no such line. */
static struct span complaint(struct span err)
{
	static const char own[] = "setgov: ";
	struct span found = err;
	for (size_t i = 0; i < err.n;) {
		size_t n = 0;
		while (i + n < err.n && err.p[i + n] != '\n')
			n++;
		if (span_starts(span_of(err.p + i, n), own))
			found = span_of(err.p + i + strlen(own), n - strlen(own));
		i += n + 1;
	}
	while (found.n > 0 && found.p[found.n - 1] == '\n')
		found.n--;
	return found;
}

static void read_ended(struct arena *a, struct ended *how, struct span out, struct span err)
{
	struct span code;
	how->json = json_parse(a, arena_copy(a, out), NULL);
	how->said = text_safe_str(a, err, true);
	how->words = how->ok ? "" : text_safe_str(a, complaint(err), false);
	if (json_get_str(json_find(how->json, "error"), "code", &code, NULL))
		how->code = text_safe_str(a, code, false);
	if (!how->ok && how->words[0] == '\0')
		how->words = arena_fmt(a, "it ended with status %d and said nothing", how->status);
}

static struct ended ended_of(struct arena *a, const struct job_result *r, bool stopping)
{
	struct ended how = { .status = -1, .words = "it could not be started" };
	if (!r->started)
		return how;
	how.ok = !r->killed && !r->overflow && r->status == 0;
	how.stopped = stopping && !how.ok;
	how.status = r->killed ? -1 : r->status;
	read_ended(a, &how, r->out, r->err);
	return how;
}

/* The log may have grown, and the chain moved. */
static bool after_command(struct console *c, struct err *e)
{
	bool changed;
	c->looked = (struct unix_time){0};
	return c->m.ws == NULL || load_refresh(&c->m, &changed, e);
}

/* Said last, over how well the command went: what is on the screen may be older than what it did. */
static void say_log_trouble(struct console *c, bool was_read, struct err *e)
{
	if (!was_read)
		state_say_err(&c->s, "The log cannot be read", e);
	err_clear(e);
}

static void show_result(struct console *c, const char *title, struct span out, struct span err)
{
	struct state *s = &c->s;
	buf_clear(&s->result_title);
	buf_str(&s->result_title, title);
	buf_clear(&s->result);
	buf_span(&s->result, out);
	if (out.n > 0 && out.p[out.n - 1] != '\n')
		buf_byte(&s->result, '\n');
	buf_span(&s->result, err);
	if (state_place(s)->view != VIEW_RESULT)
		state_go(s, VIEW_RESULT, NULL);
	state_place(s)->at = (struct scroll){0};
}

static void finish(struct console *c, const struct ended *how)
{
	struct effects fx = {0};
	struct err e = {0};
	const bool was_read = after_command(c, &e);
	step_ended(&c->s, &c->m, c->then, c->done, how, &fx);
	perform(c, &fx);
	say_log_trouble(c, was_read, &e);
	perform_show(c);
	loop_redraw(c->loop);
}

/* Its words are on the page; that they are not all, or that it failed, is nowhere else. */
static void say_how_printed(struct console *c, const struct ended *how)
{
	if (how->stopped)
		state_say(&c->s, STYLE_WARN, "Stopped.");
	else if (!how->ok)
		state_say(&c->s, STYLE_BAD, "It ended with status %d.", how->status);
}

static void job_done(void *ctx, const struct job_result *r)
{
	struct console *c = ctx;
	struct arena a = {0};
	char *title = arena_str(&a, buf_view(&c->s.running.what));
	const struct ended how = ended_of(&a, r, c->s.running.stopping);
	c->job = NULL;
	c->s.running.on = false;
	if (c->print) {
		struct err e = {0};
		const bool was_read = after_command(c, &e);
		show_result(c, title, r->out, r->err);
		say_how_printed(c, &how);
		say_log_trouble(c, was_read, &e);
		perform_show(c);
		loop_redraw(c->loop);
	} else {
		finish(c, &how);
	}
	arena_release(&a);
}

static void job_progress(void *ctx, struct span line)
{
	struct console *c = ctx;
	buf_clear(&c->s.running.progress);
	buf_span(&c->s.running.progress, line);
	loop_redraw(c->loop);
}

/* ---- effects ---- */

static void remember(struct console *c, const struct effect *e)
{
	c->then = e->then;
	c->done = e->done != NULL ? arena_str(&c->arena, span_str(e->done)) : NULL;
	c->print = e->kind == EFFECT_PRINT;
	buf_clear(&c->s.running.what);
	buf_str(&c->s.running.what, e->what);
	buf_clear(&c->s.running.progress);
}

static void run(struct console *c, const struct effect *e)
{
	struct arena a = {0};
	if (state_busy(&c->s))
		return;
	remember(c, e);
	c->s.running.on = true;
	c->s.running.stopping = false;
	c->s.running.since = c->m.now = time_now();
	c->job = job_start(c->loop, perform_argv(c, &a, e->words, e->n_words, !c->print), 0, job_progress, job_done, c);
	arena_release(&a);
}

/* Nothing of its standard error was kept: its words are in what it printed. */
static void front_words(struct arena *a, struct ended *how)
{
	struct span what;
	if (!how->ok && json_get_str(json_find(how->json, "error"), "what", &what, NULL))
		how->words = arena_fmt(a, "%s%s%s%s", how->code != NULL ? "[" : "",
				       how->code != NULL ? how->code : "", how->code != NULL ? "] " : "",
				       text_safe_str(a, what, false));
}

/* In front of the screen: what it prints is kept, what it says to the person stays on the terminal while it runs. */
static void run_in_front(struct console *c, const struct effect *e)
{
	struct arena a = {0};
	struct buf out = {0};
	struct err err = {0};
	struct ended how = { .status = -1 };
	const char **argv = perform_argv(c, &a, e->words, e->n_words, true);
	if (e->kind == EFFECT_SIGN) {
		argv = ARENA_ARRAY(&a, const char *, e->n_words + 2);
		argv[0] = c->o->signer;
		for (size_t i = 0; i < e->n_words; i++)
			argv[i + 1] = e->words[i];
	}
	remember(c, e);
	if (job_foreground(c->loop, argv, &out, &how.status, &err)) {
		how.ok = how.status == 0;
		read_ended(&a, &how, buf_view(&out), span_of(NULL, 0));
		front_words(&a, &how);
	} else {
		how.words = text_safe_err(&a, &err);
	}
	err_clear(&err);
	finish(c, &how);
	buf_release(&out);
	arena_release(&a);
}

/* To the disk, and away from here. */
static void end_compose(struct console *c)
{
	struct act x = { &c->s, &c->m, NULL };
	compose_end(&x, &c->half);
	compose_free(c->s.compose);
	c->s.compose = NULL;
}

/* Whoever runs this, as the system knows him. */
static const char *user_name(struct arena *a)
{
	const struct passwd *p = getpwuid(getuid());
	return p != NULL ? arena_str(a, span_str(p->pw_name)) : "somebody";
}

static bool open_workspace(struct console *c, struct err *e)
{
	if (!workspace_open(&c->ws, c->dir, false, c->o->as, e)) {
		workspace_release(&c->ws);
		return false;
	}
	c->m.ws = &c->ws;
	c->presence = presence_open(c->dir, c->o->as != NULL ? c->o->as : user_name(&c->arena));
	return load_queue(&c->m, e);
}

static void enter(struct console *c)
{
	struct err e = {0};
	const bool ok = open_workspace(c, &e);
	state_home(&c->s, ok ? VIEW_QUEUE : VIEW_FIRST);
	if (ok)
		asking_look(c);
	if (!ok && e.code != ERR_MISSING)
		state_say_err(&c->s, NULL, &e);
	err_clear(&e);
}

static void views_made(void *ctx, const struct job_result *r)
{
	struct console *c = ctx;
	(void)r;                                         /* opening says what is wrong, if anything is */
	c->job = NULL;
	c->s.running.on = false;
	state_place(&c->s)->view = VIEW_QUEUE;           /* not "one moment" any more */
	enter(c);
	perform_show(c);
	loop_redraw(c->loop);
}

void perform_leave(struct console *c)
{
	asking_stop(c);
	end_compose(c);
	presence_close(c->presence);
	c->presence = NULL;
	workspace_release(&c->ws);
}

/* So many lines take about a second. */
#define MANY_LINES 20000u

static void make_views(struct console *c, uint64_t behind)
{
	static const char *const words[] = { "changes", "--offline" };
	struct arena a = {0};
	state_home(&c->s, VIEW_RESULT);
	buf_clear(&c->s.result_title);
	buf_str(&c->s.result_title, "One moment");
	buf_clear(&c->s.result);
	buf_fmt(&c->s.result, "%llu lines of the log are read and re-hashed before they can be shown quickly. This "
		"happens once.\n", (unsigned long long)behind);
	buf_clear(&c->s.running.what);
	buf_str(&c->s.running.what, "Reading the log");
	c->s.running.on = true;
	c->s.running.since = c->m.now = time_now();
	c->job = job_start(c->loop, perform_argv(c, &a, words, ARRAY_LEN(words), true), 0, NULL, views_made, c);
	arena_release(&a);
}

void perform_enter(struct console *c, const char *dir)
{
	perform_leave(c);
	model_forget(&c->m);
	c->dir = arena_str(&c->arena, span_str(dir));
	const uint64_t behind = workspace_behind(dir);
	if (behind < MANY_LINES)
		enter(c);
	else
		make_views(c, behind);
}

/* What it tells the composer may want more to be done: a file that was taken is kept under this console's name. */
static void perform_compose(struct console *c, const struct effect *e)
{
	struct effects fx = {0};
	struct act x = { &c->s, &c->m, &fx };
	compose_perform(&x, &c->half, e);
	perform(c, &fx);
}

static void perform_one(struct console *c, const struct effect *e)
{
	if (e->too_long) {
		state_say(&c->s, STYLE_BAD, "Nothing is done: that are more than %d words.", EFFECT_WORDS_MAX);
		return;
	}
	switch (e->kind) {
	case EFFECT_RUN:
	case EFFECT_PRINT:
		run(c, e);
		break;
	case EFFECT_FRONT:
	case EFFECT_SIGN:
		run_in_front(c, e);
		break;
	case EFFECT_STOP:
		if (c->job != NULL)
			job_interrupt(c->job);
		break;
	case EFFECT_LOOK:
		asking_look(c);
		break;
	case EFFECT_OFFLINE:
		c->m.offline = !c->m.offline;
		if (!c->m.offline)
			asking_look(c);
		break;
	case EFFECT_OPEN:
		perform_enter(c, e->words[0]);
		break;
	case EFFECT_FIND_COMPOSE:
	case EFFECT_TAKE_COMPOSE:
	case EFFECT_THROW_COMPOSE:
	case EFFECT_SAVE_COMPOSE:
	case EFFECT_LEAVE_COMPOSE:
	case EFFECT_DROP_COMPOSE:
		perform_compose(c, e);
		break;
	case EFFECT_NOW:
		asking_now(c, e);
		break;
	}
}

void perform(struct console *c, struct effects *fx)
{
	for (size_t i = 0; i < fx->n; i++)
		perform_one(c, &fx->v[i]);
	arena_release(&fx->arena);
	*fx = (struct effects){0};
}

void perform_presence(struct console *c)
{
	const struct place *p = state_place(&c->s);
	const char *doing = c->s.running.on ? buf_cstr(&c->s.running.what)
			    : p->view == VIEW_COMPOSE ? "composes a change"
			    : p->view == VIEW_BOARD ? "gathers signatures"
			    : p->view == VIEW_MEETING ? "is in a meeting" : "reads";
	presence_say(c->presence, p->change[0] != '\0' ? p->change : NULL, doing);
	arena_release(&c->m.present_arena);
	presence_read(c->presence, &c->m.present_arena, &c->m.present, &c->m.n_present);
}

void perform_show(struct console *c)
{
	load_place(&c->m, &c->s);
	asking_alerts(c);
	asking_reads(c);
	asking_verdict(c);
}
