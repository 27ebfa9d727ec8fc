/* The first run: there is no workspace yet. */
#include <string.h>

#include "src/base/text.h"
#include "tui/console/act.h"
#include "tui/console/view_first.h"

/* ---- the demo ---- */

void act_first_demo(struct act *x)
{
	if (x->m->demo == NULL) {
		state_say(x->s, STYLE_WARN, "There is no demo here yet. Next: leave (Q), run make demo in setgov's "
			  "own directory (a minute), and start setgov there again.");
		return;
	}
	struct effect *e = effects_add(x->fx, EFFECT_OPEN, "Opening the demo");
	effect_word(x->fx, e, x->m->demo);
}

/* ---- a workspace from a profile ---- */

static void check_paths(const struct act *x, struct form *f)
{
	(void)x;
	for (size_t i = 0; i < f->n; i++)
		act_check_path(&f->fields[i]);
}

static void made(struct act *x, const struct ended *how)
{
	const char *dir = arena_str(&x->fx->arena, buf_view(&x->s->work.directory));
	struct buf page = {0};
	if (!act_succeeded(x, how))
		return;
	buf_fmt(&page, "The workspace is made, with an empty log, in %s\n\n", dir);
	buf_fmt(&page, "deployment  %s\n", act_member(x, how->json, "deployment"));
	buf_fmt(&page, "phrase      %s\n\n", act_member(x, how->json, "phrase"));
	buf_str(&page, "The phrase stands for the whole deployment: chain, Safe, timelock, contracts, owners. Read it "
		"to each signer: their machine says the same eight words when they pin the profile with setgov-signer "
		"trust FILE, or it is another deployment.\n\n"
		       "Next: Esc, and you see the queue, which is empty. n composes the first change; d compares the "
		       "profile with the chain.\n");
	act_show(x, "A new workspace", &page);
	buf_release(&page);
	struct effect *e = effects_add(x->fx, EFFECT_OPEN, "Opening the workspace");
	effect_word(x->fx, e, dir);
}

static void make(struct act *x)
{
	const struct form *f = &x->s->ask.form;
	struct arena *a = &x->fx->arena;
	const char *profile = arena_str(a, form_value(f, "profile")), *dir = arena_str(a, form_value(f, "directory"));
	const char *const words[] = { "init", "--deployment", profile, "-C", dir, NULL };
	buf_clear(&x->s->work.directory);
	buf_str(&x->s->work.directory, dir);
	state_close_ask(x->s);
	act_run(x, EFFECT_RUN, "Making the workspace", words, made);
}

void act_first_init(struct act *x)
{
	state_ask(x->s, "Make a workspace", 2, make);
	x->s->ask.check = check_paths;
	struct field *profile = act_field(x, 0, "profile", "the deployment's profile",
					  "a file: contracts/deployments/README.md says what is in it");
	struct field *dir = act_field(x, 1, "directory", "the new directory", "made when it is not there; it holds "
				      "the log");
	profile->required = dir->required = true;
	edit_set(&dir->edit, span_str("."));
	act_explain(x, "A workspace is one directory: the change log with the key that signs its checkpoints (it can "
		    "move nothing on chain), and the profile that says which chain, Safe, timelock and owners they "
		    "are about.");
}

/* ---- is a log whole? ---- */

static void checks(struct act *x, const struct json *list, struct buf *out)
{
	for (const struct json *o = list != NULL ? list->first : NULL; o != NULL; o = o->next) {
		bool done = false;
		const bool known = json_get_bool(o, "done", &done, NULL);
		buf_fmt(out, "%s %s: %s\n", known && done ? "checked" : "NOT CHECKED", act_member(x, o, "what"),
			act_member(x, o, "text"));
	}
}

static void findings(struct act *x, const struct json *list, struct buf *out)
{
	for (const struct json *o = list != NULL ? list->first : NULL; o != NULL; o = o->next) {
		uint64_t seq;
		buf_fmt(out, "! FOUND [%s] ", act_member(x, o, "code"));
		if (json_get_u64(o, "seq", &seq, NULL))
			buf_fmt(out, "line %llu: ", (unsigned long long)seq);
		buf_fmt(out, "%s\n", act_member(x, o, "text"));
	}
}

static void verified(struct act *x, const struct ended *how)
{
	struct buf page = {0};
	uint64_t size;
	bool ok;
	if (how->json == NULL || !json_get_bool(how->json, "ok", &ok, NULL) ||
	    !json_get_u64(how->json, "size", &size, NULL)) {
		(void)act_succeeded(x, how);
		return;
	}
	buf_fmt(&page, "%s\n\n%llu lines, root %s\n\n", ok ? "The log is whole." : "! The log is DAMAGED.",
		(unsigned long long)size, act_member(x, how->json, "root"));
	findings(x, json_find(how->json, "findings"), &page);
	checks(x, json_find(how->json, "checks"), &page);
	buf_str(&page, ok ? "\nNext: compare size and root with somebody who wrote them down elsewhere.\n" :
		"\nNext: keep this copy as it is, and compare it with a checkpoint that was kept elsewhere.\n");
	act_show(x, ok ? "The log is whole" : "The log is DAMAGED", &page);
	state_say(x->s, ok ? STYLE_GOOD : STYLE_BAD, ok ? "The log is whole." : "The log is DAMAGED.");
	buf_release(&page);
}

static void verify(struct act *x)
{
	const char *dir = arena_str(&x->fx->arena, form_value(&x->s->ask.form, "directory"));
	const char *const words[] = { "log", "verify", "-C", dir, NULL };
	state_close_ask(x->s);
	act_run(x, EFFECT_RUN, "Recomputing the log", words, verified);
}

void act_first_verify(struct act *x)
{
	state_ask(x->s, "Check a log", 1, verify);
	x->s->ask.check = check_paths;
	act_field(x, 0, "directory", "the log's directory", "where log.db is")->required = true;
	act_explain(x, "Every line is hashed again, and compared with the chain of hashes, the tree, the signed "
		    "checkpoints and what this machine remembers. Nothing is written.");
	act_explain(x, "An export (plain files, made by setgov log export) has no log.db: this version does not check "
		    "one. audit-log/FORMAT.md is enough to write a program that does, trusting nobody.");
}

/* ---- Enter ---- */

void act_first_chosen(struct act *x)
{
	switch (state_place(x->s)->item) {
	case FIRST_DEMO: act_first_demo(x); break;
	case FIRST_INIT: act_first_init(x); break;
	case FIRST_VERIFY: act_first_verify(x); break;
	default: state_say(x->s, STYLE_DIM, "Down and Up choose one of the three."); break;
	}
}
