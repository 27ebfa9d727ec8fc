/* Packets out and answers in: export, cancel, refresh, import, and a signer on this machine. */
#include <string.h>

#include "src/base/text.h"
#include "src/evm/address.h"
#include "tui/console/act.h"

/* ---- out ---- */

static void remember(struct act *x, const char *change)
{
	if (change != x->s->work.change)
		snprintf(x->s->work.change, sizeof(x->s->work.change), "%s", change);
}

/* A stick may be pulled out too early; what lies in packets/ is nobody's to pull out. */
static void may_be_removed(struct act *x, const struct json *o, struct buf *out)
{
	const char *packets = arena_fmt(&x->fx->arena, "%s/packets/", x->m->ws->dir);
	bool synced = false;
	if (!json_get_bool(o, "synced", &synced, NULL))
		synced = false;
	if (span_starts(span_str(act_member(x, o, "file")), packets))
		buf_str(out, synced ? "Written and synced, in the workspace.\n\n" : "");
	else if (synced)
		buf_str(out, "Written and synced: the stick can be removed.\n\n");
	else
		buf_str(out, "Not known to be synced: if this is a stick, eject it before you pull it out.\n\n");
}

/* What `packet --json` printed, as a page. */
static void packet_page(struct act *x, const struct json *o, struct buf *out)
{
	uint64_t nonce = 0;
	if (!json_get_u64(o, "nonce", &nonce, NULL))
		nonce = 0;
	buf_fmt(out, "%s, step %s, at nonce %llu of the Safe\n\n", act_member(x, o, "change"), act_member(x, o, "step"),
		(unsigned long long)nonce);
	buf_fmt(out, "file        %s\n", act_member(x, o, "file"));
	buf_fmt(out, "phrase      %s\n", act_member(x, o, "phrase"));
	buf_fmt(out, "safeTxHash  %s\n\n", act_member(x, o, "safeTxHash"));
	may_be_removed(x, o, out);
	buf_str(out, "Next: carry the file to each signer's machine, and there: setgov-signer sign FILE. The signer "
		"shows what the chain will do and the phrase; read the phrase to each other, from two machines. Each "
		"signer's answer (FILE.answer.json) comes back the same way: Esc, then i (import) takes it in.\n");
}

static void exported(struct act *x, const struct ended *how)
{
	struct buf page = {0};
	if (!act_succeeded(x, how))
		return;
	if (how->json == NULL) {
		state_say(x->s, STYLE_GOOD, "The packet is written. Next: setgov-signer on each signer's machine, "
			  "then i (import).");
		return;
	}
	packet_page(x, how->json, &page);
	act_show(x, "The packet is written", &page);
	state_say(x->s, STYLE_GOOD, "The packet is written. Next: to the signers; then i (import) among the "
		  "signatures.");
	buf_release(&page);
}

static const char *file_name(const struct act *x, enum step_kind step)
{
	return arena_fmt(&x->fx->arena, "%s.%s.json", x->s->work.change, step_name(step));
}

/* The question is answered: the command, unless its path is none. */
static void pack(struct act *x, enum step_kind step, bool refresh)
{
	struct buf path = {0};
	bool outside;
	if (!act_place_path(x, &x->s->ask.form, file_name(x, step), &path, &outside)) {
		buf_release(&path);
		return;
	}
	const bool typed = form_value(&x->s->ask.form, "path").n > 0;
	const char *what = arena_fmt(&x->fx->arena, "Writing the packet of %s", x->s->work.change);
	const char *const words[] = { "packet", x->s->work.change, "--step", step_name(step), NULL };
	state_close_ask(x->s);
	struct effect *e = act_run(x, EFFECT_RUN, what, words, exported);
	if (refresh)
		effect_word(x->fx, e, "--refresh");
	if (outside || typed)                            /* the command itself makes packets/ */
		effect_option(x->fx, e, "-o", buf_view(&path));
	buf_release(&path);
}

static unsigned packable(const struct change *c)
{
	if (c->proposal.route == ROUTE_DIRECT)
		return c->steps[STEP_EXECUTE].mined ? 0 : 1u << STEP_EXECUTE;
	if (c->steps[STEP_EXECUTE].mined || c->steps[STEP_CANCEL].mined)
		return 0;
	return (c->steps[STEP_SCHEDULE].mined ? 0 : 1u << STEP_SCHEDULE) | 1u << STEP_EXECUTE;
}

static void export_step(struct act *x)
{
	pack(x, act_step_chosen(x, x->s->work.steps), false);
}

static void refresh_step(struct act *x)
{
	pack(x, act_step_chosen(x, x->s->work.steps), true);
}

static void ask_packet(struct act *x, const char *change, unsigned mask, void (*done)(struct act *x))
{
	const size_t n = act_step_fields(mask);
	remember(x, change);
	x->s->work.steps = mask;
	state_ask(x->s, "", n + 2, done);
	x->s->ask.check = act_check_place;
	act_ask_step(x, mask, "execute packed ahead of time holds a nonce for the whole delay");
	act_ask_place(x, n, arena_fmt(&x->s->ask.arena, "nothing typed: %s.STEP.json", x->s->work.change));
}

void act_ask_export(struct act *x, const char *change, unsigned mask)
{
	ask_packet(x, change, mask, export_step);
	act_title(x, "Write the packet of %s", x->s->work.change);
	act_explain(x, "One file with all that a signer's machine needs to check and sign. Writing it asks the chain "
		    "and gives the step its Safe nonce; a step that has one already keeps it, and its signatures.");
}

bool may_export(const struct act *x)
{
	const struct change *c = act_readable(x);
	return c != NULL && c->proposed && !c->withdrawn && packable(c) != 0;
}

void act_export(struct act *x)
{
	const struct model_change *m = act_proposed(x);
	if (m == NULL)
		return;
	if (m->c.withdrawn)
		state_say(x->s, STYLE_WARN, "%s is withdrawn: nobody should sign it. Next: R, if a signature is loose.",
			  act_subject(x));
	else if (packable(&m->c) == 0)
		state_say(x->s, STYLE_WARN, "Every step of %s is done: there is nothing to sign.", act_subject(x));
	else
		act_ask_export(x, act_subject(x), packable(&m->c));
}

void act_refresh_packet(struct act *x)
{
	const struct model_change *m = act_proposed(x);
	unsigned mask = 0;
	if (m == NULL)
		return;
	for (int k = 0; k < N_STEPS; k++)
		mask |= m->c.steps[k].packed && !m->c.steps[k].mined ? 1u << k : 0;
	if (mask == 0 || m->c.withdrawn) {
		state_say(x->s, STYLE_WARN, "%s has no packet that waits. Next: e writes one.", act_subject(x));
		return;
	}
	ask_packet(x, act_subject(x), mask, refresh_step);
	act_title(x, "Take new evidence for %s", x->s->work.change);
	act_explain(x, "A new packet, with a new phrase, supersedes the old one. The safeTxHash stays, and so do the "
		    "signatures that were given; who has not signed yet gets the new file.");
}

/* ---- cancel ---- */

static void export_cancel(struct act *x)
{
	pack(x, STEP_CANCEL, false);
}

static bool is_scheduled(const struct model_change *m)
{
	return m->c.steps[STEP_SCHEDULE].mined || (m->facts.known && m->facts.operation_timestamp > 1);
}

bool may_export_cancel(const struct act *x)
{
	const struct change *c = act_readable(x);
	return c != NULL && c->proposal.route != ROUTE_DIRECT && !c->steps[STEP_EXECUTE].mined &&
	       !c->steps[STEP_CANCEL].mined && is_scheduled(&x->m->change);
}

static bool can_cancel(struct act *x, const struct model_change *m)
{
	const struct change *c = &m->c;
	const char *id = act_subject(x);
	if (c->proposal.route == ROUTE_DIRECT)
		state_say(x->s, STYLE_WARN, "%s has no operation in the timelock. Next: w, on its page, withdraws it; "
			  "R spends the nonce of loose signatures.", id);
	else if (c->steps[STEP_EXECUTE].mined || c->steps[STEP_CANCEL].mined)
		state_say(x->s, STYLE_WARN, "The operation of %s is over: there is nothing to cancel.", id);
	else if (!is_scheduled(m))
		state_say(x->s, STYLE_WARN, "%s is not scheduled: there is nothing to cancel. Next: w, on its page, "
			  "withdraws it.", id);
	else
		return true;
	return false;
}

void act_export_cancel(struct act *x)
{
	const struct model_change *m = act_proposed(x);
	if (m == NULL || !can_cancel(x, m))
		return;
	ask_packet(x, act_subject(x), 1u << STEP_CANCEL, export_cancel);
	act_title(x, "Cancel the operation of %s", x->s->work.change);
	x->s->ask.style = STYLE_WARN;
	act_explain(x, "This writes a packet; nothing is cancelled until enough owners have signed it and it is sent. "
		    "Then the timelock forgets the operation at once: there is no delay, and it can never run under "
		    "this id.");
	act_explain(x, "It takes the Safe's current nonce. Whatever step holds that nonce is displaced: it is packed "
		    "and signed again afterwards.");
}

/* ---- in ---- */

static const char *person_named(struct act *x, const struct json *o)
{
	struct addr at;
	const struct person *who = NULL;
	if (json_get_addr(o, "owner", &at, NULL))
		who = deployment_person_at(&x->m->ws->deployment, &at);
	if (who != NULL)
		return arena_str(&x->fx->arena, who->id);
	return act_member(x, o, "owner")[0] != '\0' ? act_member(x, o, "owner") : "a signer";
}

struct tally { size_t added, known, no, not_accepted; };

static void one_result(struct act *x, const struct json *o, struct buf *out, struct tally *t)
{
	const char *what = act_member(x, o, "result"), *who = person_named(x, o);
	const char *step = act_member(x, o, "step"), *change = act_member(x, o, "change");
	buf_fmt(out, "%s\n    ", act_member(x, o, "file"));
	if (strcmp(what, "added") == 0) {
		t->added++;
		buf_fmt(out, "added: %s signed %s of %s", who, step, change);
	} else if (strcmp(what, "known") == 0) {
		t->known++;
		buf_fmt(out, "known already: %s of %s", step, change);
	} else if (strcmp(what, "declined") == 0) {
		t->no++;
		buf_fmt(out, "DECLINED: %s does not sign %s of %s: %s", who, step, change, act_member(x, o, "text"));
	} else if (strcmp(what, "refusal") == 0) {
		t->no++;
		buf_fmt(out, "REFUSED [%s] by the machine of %s, %s of %s: %s", act_member(x, o, "code"), who, step,
			change, act_member(x, o, "text"));
	} else if (strcmp(what, "refused") == 0) {
		t->not_accepted++;
		buf_fmt(out, "NOT ACCEPTED [%s]: %s", act_member(x, o, "code"), act_member(x, o, "text"));
	} else {
		t->not_accepted++;
		buf_fmt(out, "NOT READ: %s", act_member(x, o, "text"));
	}
	buf_byte(out, '\n');
}

static void imported(struct act *x, const struct ended *how)
{
	struct buf page = {0}, files = {0};
	struct tally t = {0};
	if (how->json == NULL || how->json->type != JSON_ARRAY) {
		if (act_succeeded(x, how))
			state_say(x->s, STYLE_GOOD, "Taken in. Next: the board shows who is missing.");
		return;
	}
	for (const struct json *o = how->json->first; o != NULL; o = o->next)
		one_result(x, o, &files, &t);
	buf_fmt(&page, "%zu added, %zu known already, %zu refused or declined by signers, %zu not accepted\n\n",
		t.added,
		t.known, t.no, t.not_accepted);
	buf_span(&page, buf_view(&files));
	buf_str(&page, "\nNext: Esc, and the board shows who is missing; u (submit) sends the step when enough have "
		"signed.\n");
	act_show(x, "What came back", &page);
	state_say(x->s, t.not_accepted > 0 ? STYLE_BAD : t.no > 0 ? STYLE_WARN : STYLE_GOOD,
		  "%zu added, %zu known, %zu refused or declined, %zu not accepted.", t.added, t.known, t.no,
		  t.not_accepted);
	buf_release(&page);
	buf_release(&files);
}

static void collect(struct act *x)
{
	struct buf path = {0};
	bool outside;
	if (act_place_path(x, &x->s->ask.form, NULL, &path, &outside)) {
		const char *const words[] = { "collect", buf_cstr(&path), NULL };
		act_run(x, EFFECT_RUN, "Taking answers in", words, imported);
		state_close_ask(x->s);
	}
	buf_release(&path);
}

void act_import(struct act *x)
{
	if (state_busy(x->s))
		return;
	state_ask(x->s, "Take in what came back from signers", 2, collect);
	x->s->ask.check = act_check_place;
	act_ask_place(x, 0, "nothing typed: every *.answer.json and *.sig there; or one file: an answer, a packet, a "
		      "signature");
	act_explain(x, "Answers of any change, in any order, any number of times: each is checked against the log, "
		    "what is known already stays as it is, and what does not fit is named and logged, never merged.");
}

/* ---- a signer on this machine ---- */

static void signed_here(struct act *x, const struct ended *how)
{
	const char *answer = buf_cstr(&x->s->work.answer);
	if (!how->ok && how->status != 1) {              /* 1: refused or declined, and that is an answer too */
		if (how->stopped)
			state_say(x->s, STYLE_WARN, "Nothing was signed.");
		else
			state_say(x->s, STYLE_BAD, "Nothing was signed. %s", how->words);
		return;
	}
	const char *const words[] = { "collect", answer, NULL };
	act_run(x, EFFECT_RUN, "Taking the answer in", words, imported);
}

/* The answer has a name of its own: an earlier one that could not be collected stays. */
static void packed_for_here(struct act *x, const struct ended *how)
{
	struct work *w = &x->s->work;
	if (!act_succeeded(x, how))
		return;
	buf_clear(&w->answer);
	buf_fmt(&w->answer, "%s/packets/%s.%s.here-%lld.answer.json", x->m->ws->dir, w->change, step_name(w->step),
		(long long)x->m->now.ms);
	const char *packet = arena_fmt(&x->fx->arena, "%s/packets/%s", x->m->ws->dir, file_name(x, w->step));
	const char *const words[] = { "sign", packet, "-o", buf_cstr(&w->answer), NULL };
	struct effect *e = act_run(x, EFFECT_SIGN, "Signing", words, signed_here);
	effect_option(x->fx, e, "--home", buf_view(&w->home));
}

static void sign_here(struct act *x)
{
	struct work *w = &x->s->work;
	w->step = act_step_chosen(x, w->steps);
	buf_clear(&w->home);
	buf_span(&w->home, form_value(&x->s->ask.form, "home"));
	const char *const words[] = { "packet", w->change, "--step", step_name(w->step), NULL };
	state_close_ask(x->s);
	act_run(x, EFFECT_RUN, arena_fmt(&x->fx->arena, "Writing the packet of %s", w->change), words, packed_for_here);
}

static void ask_sign_here(struct act *x, const char *change, unsigned mask)
{
	const size_t n = act_step_fields(mask);
	remember(x, change);
	x->s->work.steps = mask;
	state_ask(x->s, "", n + 1, sign_here);
	x->s->ask.style = STYLE_WARN;
	act_title(x, "Sign %s on this machine", x->s->work.change);
	act_ask_step(x, mask, "execute packed ahead of time holds a nonce for the whole delay");
	struct field *home = act_field(x, n, "home", "the signer's home",
				       "where its keys are; nothing typed: $SETGOV_SIGNER_HOME, or ~/.setgov-signer");
	edit_set(&home->edit, buf_view(&x->s->work.home));
	act_explain(x, "! This machine is on a network: whoever breaks into it can take a key that is unlocked here. "
		    "For class %s that is accepted; for a chain with money on it, it never is.",
		    deployment_class_name(x->m->ws->deployment.class));
	act_explain(x, "setgov-signer opens in front of this screen, shows what the chain will do, asks for the "
		    "phrase and for the passphrase, and its answer is taken in.");
}

bool may_sign_here(const struct act *x)
{
	return x->m->ws != NULL && x->m->ws->deployment.class != CLASS_PRODUCTION && may_export(x);
}

void act_sign_here(struct act *x)
{
	const struct model_change *m = act_proposed(x);
	if (m == NULL)
		return;
	if (x->m->ws->deployment.class == CLASS_PRODUCTION)
		state_say(x->s, STYLE_BAD, "Class production: a key that can move this chain is never unlocked on a "
			  "machine with a network. Next: e writes the packet for the signers' own machines.");
	else if (m->c.withdrawn || packable(&m->c) == 0)
		state_say(x->s, STYLE_WARN, "Nothing of %s waits for a signature.", act_subject(x));
	else if (!m->may_sign_here)
		state_say(x->s, STYLE_BAD, "The policy does not allow keys on a machine with a network. Next: e writes "
			  "the packet for the signers' own machines.");
	else
		ask_sign_here(x, act_subject(x), packable(&m->c));
}
