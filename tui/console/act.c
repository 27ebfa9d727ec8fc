#include "tui/console/act.h"

#include <string.h>

#include "src/base/text.h"

/* ---- which change ---- */

const char *act_needed(struct act *x)
{
	const char *change = act_subject(x);
	if (state_busy(x->s))
		return NULL;
	if (change == NULL)
		state_say(x->s, STYLE_DIM, "No change is selected here.");
	return change;
}

const struct change *act_readable(const struct act *x)
{
	const char *change = act_subject(x);
	const struct model_change *m = &x->m->change;
	return change != NULL && m->loaded && m->trouble == NULL && span_is(m->c.id, change) ? &m->c : NULL;
}

const struct model_change *act_shown(struct act *x)
{
	const char *change = act_needed(x);
	const struct model_change *m = &x->m->change;
	if (change == NULL)
		return NULL;
	if (act_readable(x) == NULL) {
		state_say(x->s, STYLE_BAD, "%s cannot be read: nothing is done with it.", change);
		return NULL;
	}
	return m;
}

const struct model_change *act_proposed(struct act *x)
{
	const struct model_change *m = act_shown(x);
	if (m == NULL || m->c.proposed)
		return m;
	state_say(x->s, STYLE_WARN, "%s is a draft. Next: p, on its page, proposes it; then there is something to "
		  "sign.",
		  act_subject(x));
	return NULL;
}

/* ---- commands and how they end ---- */

struct effect *act_run(struct act *x, enum effect_kind kind, const char *what, const char *const words[],
		       ended_fn *then)
{
	struct effect *e = effects_add(x->fx, kind, what);
	effect_words(x->fx, e, words);
	e->then = then;
	return e;
}

/* By the code of a refusal: what a person does next. */
static const struct { const char *code, *next; } advice[] = {
	{ "WAITING", "e with step execute packs it ahead; X packs its cancellation." },
	{ "NOT-PROPOSED", "p, on the page of the change, proposes it." },
	{ "REPACKED", "the page shows what is on the table now; D again, when it has been read." },
	{ "REDRAFTED", "Enter, on its row, shows the draft as it is now." },
	{ "NOT-PACKED", "e writes the packet." },
	{ "WITHDRAWN", "n composes another change." },
	{ "FROZEN", "s shows who has signed it." },
	{ "MINED", "that step is done; the board shows what comes after it." },
	{ "DEPLOYMENT", "the profile has changed since: draft and propose it anew." },
	{ "CATALOGUE", "the catalogue has changed since: draft and propose it anew." },
	{ "DELAY", "e, on the page of the draft, asks for a longer delay." },
	{ "NO-CODE", "d shows what the profile says of its contracts; the address may be wrong." },
	{ "ON-CHAIN", "X packs a cancellation of its operation." },
	{ "SIGNATURES", "e writes the packet, i takes the answers." },
	{ "NONCE", "q shows what holds the nonces before it." },
	{ "STALE", "e gives the step a new nonce; it has to be signed again." },
	{ "TOO-EARLY", "q counts down; u again then." },
	{ "OWNER-KEY", "name the payer's key file, not an owner's." },
	{ "ROLE", "d shows who may do this on chain." },
	{ "FEE-CAP", "wait for lower fees, or ask the owners for a profile with higher caps." },
	{ "WOULD-REVERT", "the chain would refuse it: d and the page of the change show what has changed." },
	{ "SIGNER", "its reason stood in front of this screen; u again shows it." },
	{ "SUBMITTED", "u again follows what was sent." },
	{ "NODE", "u again sends the same transaction." },
};

bool act_succeeded(struct act *x, const struct ended *how)
{
	if (how->ok)
		return true;
	if (how->stopped) {
		state_say(x->s, STYLE_WARN, "Stopped.");
		return false;
	}
	for (size_t i = 0; how->code != NULL && i < ARRAY_LEN(advice); i++)
		if (strcmp(advice[i].code, how->code) == 0) {
			state_say(x->s, STYLE_BAD, "%s Next: %s", how->words, advice[i].next);
			return false;
		}
	state_say(x->s, STYLE_BAD, "%s", how->words);
	return false;
}

void act_show(struct act *x, const char *title, const struct buf *text)
{
	buf_clear(&x->s->result_title);
	buf_str(&x->s->result_title, title);
	buf_clear(&x->s->result);
	buf_span(&x->s->result, buf_view(text));
	if (state_place(x->s)->view != VIEW_RESULT)
		state_go(x->s, VIEW_RESULT, NULL);
	state_place(x->s)->at = (struct scroll){0};
}

const char *act_member(struct act *x, const struct json *o, const char *name)
{
	struct span text;
	if (o == NULL || !json_get_str(o, name, &text, NULL))
		return "";
	return text_safe_str(&x->fx->arena, text, false);
}

/* ---- questions ---- */

void act_explain(struct act *x, const char *fmt, ...)
{
	struct buf *text = &x->s->ask.text;
	va_list ap;
	if (text->n > 0)
		buf_byte(text, '\n');
	va_start(ap, fmt);
	buf_vfmt(text, fmt, ap);
	va_end(ap);
}

const char *act_title(struct act *x, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	x->s->ask.title = arena_str(&x->s->ask.arena, buf_view(&b));
	buf_release(&b);
	return x->s->ask.title;
}

struct field *act_field(struct act *x, size_t i, const char *name, const char *label, const char *hint)
{
	struct field *f = &x->s->ask.form.fields[i];
	f->name = name;
	f->label = label;
	f->hint = hint != NULL ? arena_str(&x->s->ask.arena, span_str(hint)) : NULL;
	return f;
}

#define TILDE "~ stands for nothing here: write the path out"

void act_check_path(struct field *f)
{
	buf_clear(&f->trouble);
	if (f->edit.text.n > 0 && f->edit.text.p[0] == '~')
		buf_str(&f->trouble, TILDE);
}

/* ---- where ---- */

#define PLACE_PACKETS "packets/ of the workspace"
#define PLACE_ELSEWHERE "somewhere else"

static const char *place_hint(struct act *x)
{
	const struct mounts *m = &x->m->mounts;
	if (m->left_out > 0)
		return arena_fmt(&x->s->ask.arena, "Left and Right choose; %zu mounted under a name that cannot be "
				 "shown: type its path", m->left_out);
	return m->n > 0 ? "Left and Right choose: the workspace, a stick; or type a path"
			: "no stick is mounted below /media, /run/media or /mnt; Enter, or type a path";
}

void act_ask_place(struct act *x, size_t i, const char *hint)
{
	struct arena *a = &x->s->ask.arena;
	const struct mounts *m = &x->m->mounts;
	struct field *where = act_field(x, i, "where", "where", place_hint(x));
	const char **choices = ARENA_ARRAY(a, const char *, m->n + 3);
	size_t n = 0;
	for (size_t k = 0; k < m->n; k++)
		choices[n++] = arena_str(a, span_str(m->dir[k]));
	choices[n++] = PLACE_PACKETS;
	choices[n++] = PLACE_ELSEWHERE;
	where->kind = FIELD_CHOICE;
	where->choices = choices;
	where->required = where->passes_on = true;
	edit_set(&where->edit, span_str(choices[0]));
	act_field(x, i + 1, "path", "name or path", hint);
}

static bool trouble(const struct form *f, const char *words)
{
	buf_clear(&form_field(f, "path")->trouble);
	buf_str(&form_field(f, "path")->trouble, words);
	return false;
}

/* As typed; a path that begins with a dash must not look like an option. */
static bool elsewhere(const struct form *f, struct span path, struct buf *out)
{
	if (path.n == 0)
		return trouble(f, "somewhere else needs a path");
	if (path.p[0] == '~')
		return trouble(f, TILDE);
	buf_fmt(out, "%s%.*s", path.p[0] == '-' ? "./" : "", (int)path.n, (const char *)path.p);
	return true;
}

/* What can only be a path of its own, wherever the choice above stands: shown there, so that nobody is surprised. A
 * stick that was chosen is left only for what begins like a path. */
static bool is_path(struct span where, struct span path)
{
	if (path.n == 0 || memchr(path.p, '/', path.n) == NULL)
		return false;
	return span_is(where, PLACE_PACKETS) || path.p[0] == '/' || span_starts(path, "./") ||
	       span_starts(path, "../");
}

void act_check_place(const struct act *x, struct form *f)
{
	struct buf ignored = {0};
	bool outside;
	const struct span path = form_value(f, "path");
	buf_clear(&form_field(f, "path")->trouble);
	if (is_path(form_value(f, "where"), path))
		edit_set(&form_field(f, "where")->edit, span_str(PLACE_ELSEWHERE));
	if (path.n > 0)
		(void)act_place_path(x, f, NULL, &ignored, &outside);
	buf_release(&ignored);
}

bool act_place_path(const struct act *x, const struct form *f, const char *name, struct buf *out, bool *outside)
{
	const struct span where = form_value(f, "where"), path = form_value(f, "path");
	*outside = !span_is(where, PLACE_PACKETS);
	if (span_is(where, PLACE_ELSEWHERE))
		return elsewhere(f, path, out);
	if (where.n == 0)
		return false;
	if (path.n > 0 && memchr(path.p, '/', path.n) != NULL)
		return trouble(f, "only a file's name, in the place that was chosen; \"somewhere else\" takes a path");
	if (*outside)
		buf_span(out, where);
	else
		buf_fmt(out, "%s/packets", x->m->ws->dir);
	if (path.n > 0)
		buf_fmt(out, "/%.*s", (int)path.n, (const char *)path.p);
	else if (name != NULL)
		buf_fmt(out, "/%s", name);
	return true;
}

/* ---- which step ---- */

static enum step_kind first_of(unsigned mask)
{
	int k = 0;
	while (k + 1 < N_STEPS && !(mask & 1u << k))
		k++;
	return (enum step_kind)k;
}

size_t act_step_fields(unsigned mask)
{
	return (mask & (mask - 1)) != 0 ? 1 : 0;
}

size_t act_ask_step(struct act *x, unsigned mask, const char *hint)
{
	const struct place *p = state_place(x->s);
	const bool focused = p->view == VIEW_BOARD && p->item < N_STEPS && (mask & 1u << p->item);
	const char **choices = ARENA_ARRAY(&x->s->ask.arena, const char *, N_STEPS + 1);
	size_t n = 0;
	if (act_step_fields(mask) == 0)
		return 0;
	for (int k = 0; k < N_STEPS; k++)
		if (mask & 1u << k)
			choices[n++] = step_name((enum step_kind)k);
	struct field *f = act_field(x, 0, "step", "step", hint);
	f->kind = FIELD_CHOICE;
	f->choices = choices;
	f->required = true;
	edit_set(&f->edit, span_str(step_name(focused ? (enum step_kind)p->item : first_of(mask))));
	return 1;
}

enum step_kind act_step_chosen(const struct act *x, unsigned mask)
{
	const struct field *f = form_field(&x->s->ask.form, "step");
	enum step_kind k;
	if (f != NULL && step_parse(&k, buf_view(&f->edit.text), NULL))
		return k;
	return first_of(mask);
}
