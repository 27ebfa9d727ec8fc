/* meeting open, decide, minutes: what people agree on when they sit together, written where it cannot be rewritten.
 * None of it lets a change happen or stops one. */
#include <string.h>

#include "audit-log/census.h"
#include "audit-log/meetings.h"
#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/minutes.h"

/* Changes by these ids, all of which exist: by workspace_change(), or, to show them, by workspace_look(). */
typedef bool reads_change(struct workspace *ws, struct arena *a, const char *id, struct change *out, struct err *e);
static bool read_items(struct cli *cli, const struct id_list *ids, reads_change *reads, struct changes *out,
		       struct err *e)
{
	struct arena *a = &cli->arena;
	out->v = ARENA_ARRAY(a, struct change, ids->n + 1);
	for (out->n = 0; out->n < ids->n; out->n++)
		if (!reads(cli->ws, a, arena_str(a, ids->v[out->n]), &out->v[out->n], e))
			return false;
	return true;
}

static bool read_present(struct cli *cli, struct id_list *out, struct err *e)
{
	for (size_t i = 0; i < cli->n_given; i++) {
		if (strcmp(cli->given[i].option->name, "--present") != 0)
			continue;
		const struct span id = span_str(cli->given[i].value);
		if (deployment_person(&cli->ws->deployment, id) == NULL)
			return err_refuse(e, "PERSON-UNKNOWN", "the profile has no such person") ||
			       err_in(e, "--present %s", cli->given[i].value);
		id_list_add(&cli->arena, out, id);
	}
	return true;
}

static bool read_words(const struct cli *cli, const char *option, struct span *out, struct err *e)
{
	const char *v = cli_option(cli, option);
	*out = span_str(v != NULL ? v : "");
	if (text_is_utf8(*out))
		return true;
	err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8");
	return err_in(e, "%s", option);
}

static bool no_meeting(struct err *e)
{
	return err_refuse(e, "NO-MEETING", "no meeting is open; setgov meeting open begins one");
}

/* ---- saying what is on the table ---- */

static struct json *steps_json(struct arena *a, const struct tabled_step *v, size_t n)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < n; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "step", json_str(a, step_name(v[i].step)));
		json_set(o, a, "nonce", json_u64(a, v[i].nonce));
		json_set(o, a, "packet", json_bare(a, SPAN_HASH(&v[i].packet)));
		json_set(o, a, "phrase", json_str(a, minutes_phrase(a, &v[i].packet)));
		json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&v[i].safe_tx_hash)));
		json_push(list, o);
	}
	return list;
}

static void say_steps(struct cli *cli, const struct tabled_step *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cli_text(cli, "     %s at nonce %llu, read aloud: %s\n", step_name(v[i].step),
			 (unsigned long long)v[i].nonce, minutes_phrase(&cli->arena, &v[i].packet));
}

static void say_people(struct cli *cli, const struct id_list *present)
{
	cli_text(cli, "Present:");
	for (size_t i = 0; i < present->n; i++)
		cli_text(cli, " %.*s", text_shown(present->v[i]), (const char *)present->v[i].p);
	cli_text(cli, present->n > 0 ? "\n" : " nobody is noted\n");
}

static struct json *say_item(struct cli *cli, size_t i, const struct change *c)
{
	const struct chain_facts offline = {0};
	const struct proposal *p = c->proposed ? &c->proposal : &c->draft;
	const char *state = change_state_name(change_state_of(c, &offline));
	struct arena *a = &cli->arena;
	struct json *o = json_object(a), *said = json_array(a);
	struct tabled_step table[N_STEPS];
	const size_t n = meeting_table(c, table);
	size_t n_sentences;
	const char **sentences = minutes_sentences(cli->ws, a, c, &n_sentences);
	cli_text(cli, "%3zu. %.*s  %s  ", i + 1, text_shown(c->id), (const char *)c->id.p, state);
	text_safe(&cli->text, p->title, false);
	cli_text(cli, "\n");
	for (size_t k = 0; k < n_sentences; k++) {
		cli_text(cli, "     %s\n", sentences[k]);
		json_push(said, json_str(a, sentences[k]));
	}
	say_steps(cli, table, n);
	json_set(o, a, "change", json_text(a, c->id));
	json_set(o, a, "title", json_text(a, p->title));
	json_set(o, a, "state", json_str(a, state));
	json_set(o, a, "sentences", said);
	json_set(o, a, "steps", steps_json(a, table, n));
	return o;
}

/* ---- open ---- */

/* The changes that were named, or every one that is open. */
static bool read_agenda(struct cli *cli, struct id_list *out, struct err *e)
{
	const struct chain_facts offline = {0};
	const struct census *census;
	const struct changes *all;
	if (!census_of(cli->ws->log, &census, e))
		return false;
	for (size_t i = 0; i < cli->n_args; i++) {
		if (counts_find(&census->changes, span_str(cli->args[i])) == NULL)
			return err_refuse(e, "CHANGE-UNKNOWN", "the log has no change %s; setgov changes lists them",
					  cli->args[i]);
		id_list_add(&cli->arena, out, span_str(cli->args[i]));
	}
	if (cli->n_args > 0)
		return true;
	if (!workspace_unfinished(cli->ws, &all, e))
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (change_state_is_open(change_state_of(&all->v[i], &offline)))
			id_list_add(&cli->arena, out, all->v[i].id);
	return true;
}

/* Over the log as it is while we hold it. */
static bool open_meeting(struct cli *cli, struct meeting *m, struct changes *all, struct err *e)
{
	struct arena *a = &cli->arena;
	struct meetings before;
	if (!meetings_read(cli->ws, a, &before, e))
		return false;
	const struct meeting *open = meetings_in_session(&before);
	if (open != NULL)
		return err_refuse(e, "MEETING-OPEN", "%.*s is open; setgov meeting minutes --close ends it",
				  text_shown(open->id), (const char *)open->id.p);
	m->number = before.n > 0 ? before.v[before.n - 1].number + 1 : 1;
	m->id = span_str(arena_fmt(a, "M-%llu", (unsigned long long)m->number));
	if (!read_agenda(cli, &m->agenda, e) || !read_items(cli, &m->agenda, workspace_change, all, e))
		return false;
	struct line l = workspace_line(cli->ws, "meeting.opened", span_of(NULL, 0), meeting_opened_json(a, m));
	return log_add_line(cli->ws->log, &l, e);
}

bool cmd_meeting_open(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct arena *a = &cli->arena;
	struct meeting m = {0};
	struct changes all;
	if (!read_words(cli, "--title", &m.title, e) || !read_present(cli, &m.present, e) || !log_begin(ws->log, e))
		return false;
	if (!open_meeting(cli, &m, &all, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	struct json *agenda = json_array(a);
	cli_text(cli, "%.*s is open", text_shown(m.id), (const char *)m.id.p);
	cli_text(cli, m.title.n > 0 ? ": " : "");
	text_safe(&cli->text, m.title, false);
	cli_text(cli, "\n");
	say_people(cli, &m.present);
	for (size_t i = 0; i < m.agenda.n; i++) {
		const struct change *c = minutes_change(&all, m.agenda.v[i], e);
		if (c == NULL)
			return false;
		json_push(agenda, say_item(cli, i, c));
	}
	cli_text(cli, m.agenda.n > 0 ? "Next: setgov meeting decide CHANGE approved|rejected|deferred\n"
				     : "The agenda is empty.\n");
	cli->result = json_object(a);
	json_set(cli->result, a, "meeting", json_text(a, m.id));
	json_set(cli->result, a, "title", json_text(a, m.title));
	json_set(cli->result, a, "present", id_list_to_json(a, &m.present));
	json_set(cli->result, a, "agenda", agenda);
	return views_catch_up(ws->views, e);
}

/* ---- decide ---- */

static bool find_change(struct cli *cli, const char *id, struct change *out, struct err *e)
{
	struct err inner = {0};
	if (workspace_change(cli->ws, &cli->arena, id, out, &inner))
		return true;
	const bool unknown = inner.code == ERR_MISSING;
	err_clear(&inner);
	return unknown ? err_refuse(e, "CHANGE-UNKNOWN", "the log has no change %s; setgov changes lists them", id)
		       : workspace_change(cli->ws, &cli->arena, id, out, e);
}

/* A draft can still become something else: nobody can have approved what it will be. */
static bool may_decide(const struct change *c, enum decision d, struct err *e)
{
	if (d != DECISION_APPROVED || c->proposed)
		return true;
	return err_refuse(e, "NOT-PROPOSED", "%.*s is only drafted and can still change: setgov propose %.*s first",
			  text_shown(c->id), (const char *)c->id.p, text_shown(c->id), (const char *)c->id.p);
}

/* What was read, by --packet: digests, or "none" for a change that had no packet. */
struct packets_read {
	bool named;
	struct hash32 *v;
	size_t n;
};

static bool read_packets(struct cli *cli, struct packets_read *out, struct err *e)
{
	out->v = ARENA_ARRAY(&cli->arena, struct hash32, cli->n_given + 1);
	for (size_t i = 0; i < cli->n_given; i++) {
		if (strcmp(cli->given[i].option->name, "--packet") != 0)
			continue;
		out->named = true;
		if (strcmp(cli->given[i].value, "none") == 0)
			continue;
		if (!hex_bare(out->v[out->n].b, sizeof(out->v->b), span_str(cli->given[i].value), e))
			return err_in(e, "--packet");
		out->n++;
	}
	return true;
}

static bool has_packet(const struct packets_read *r, const struct hash32 *digest)
{
	for (size_t i = 0; i < r->n; i++)
		if (hash32_eq(&r->v[i], digest))
			return true;
	return false;
}

/* People decide about what they have seen: a packet that was made since is another one. */
static bool is_what_was_read(struct cli *cli, const struct packets_read *r, const struct meeting_decision *d,
			     struct err *e)
{
	size_t same = 0;
	if (!r->named)
		return true;
	for (size_t i = 0; i < d->n_steps; i++) {
		if (!has_packet(r, &d->steps[i].packet))
			return err_refuse(e, "REPACKED", "%s of %s has another packet now than the one that was read: "
					  "look at %s again", step_name(d->steps[i].step), cli->args[0], cli->args[0]);
		same++;
	}
	return same == r->n || err_refuse(e, "REPACKED", "a packet of %s that was read is not on the table any more: "
					  "look at %s again", cli->args[0], cli->args[0]);
}

/* Whoever was there at the last decision is still there, unless --present says who is. */
static void default_present(const struct meeting *m, struct id_list *present)
{
	if (present->n == 0)
		*present = m->n_decisions > 0 ? m->decisions[m->n_decisions - 1].present : m->present;
}

static bool decide(struct cli *cli, struct meeting_decision *d, struct change *c, const struct meeting **held,
		   const struct packets_read *read, struct err *e)
{
	struct arena *a = &cli->arena;
	struct meetings *all = ARENA_NEW(a, struct meetings);
	if (!meetings_read(cli->ws, a, all, e))
		return false;
	*held = meetings_in_session(all);
	if (*held == NULL)
		return no_meeting(e);
	if (!find_change(cli, cli->args[0], c, e) || !may_decide(c, d->decision, e))
		return false;
	default_present(*held, &d->present);
	d->change = c->id;
	d->n_steps = meeting_table(c, d->steps);
	if (!is_what_was_read(cli, read, d, e))
		return false;
	struct line l = workspace_line(cli->ws, "meeting.decided", c->id, meeting_decided_json(a, (*held)->id, d));
	if (!log_add_line(cli->ws->log, &l, e))
		return false;
	d->seq = l.seq;
	return true;
}

static void say_live(struct cli *cli, const struct change *c, const struct meeting_decision *d)
{
	if (d->decision == DECISION_APPROVED)
		return;
	for (size_t i = 0; i < d->n_steps; i++) {
		const size_t n = c->steps[d->steps[i].step].n_signatures;
		if (n > 0)
			cli_text(cli, "%s has %zu signature%s, which this does not take back: setgov withdraw %s "
				 "says what they can do\n", step_name(d->steps[i].step), n, n == 1 ? "" : "s",
				 cli->args[0]);
	}
}

bool cmd_meeting_decide(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct arena *a = &cli->arena;
	struct meeting_decision d = {0};
	const struct meeting *held;
	struct packets_read read = {0};
	struct change c;
	if (!decision_parse(&d.decision, span_str(cli->args[1]), e) || !read_words(cli, "--note", &d.note, e) ||
	    !read_present(cli, &d.present, e) || !read_packets(cli, &read, e) || !log_begin(ws->log, e))
		return false;
	if (!decide(cli, &d, &c, &held, &read, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	const struct meeting_decision *before = meeting_decision_on(held, d.change);
	cli_text(cli, "%s is %s by %.*s (line %llu)\n", cli->args[0], decision_name(d.decision), text_shown(held->id),
		 (const char *)held->id.p, (unsigned long long)d.seq);
	if (before != NULL)
		cli_text(cli, "It replaces \"%s\" of line %llu; the minutes have both.\n",
			 decision_name(before->decision), (unsigned long long)before->seq);
	say_steps(cli, d.steps, d.n_steps);
	say_people(cli, &d.present);
	say_live(cli, &c, &d);
	cli->result = json_object(a);
	json_set(cli->result, a, "meeting", json_text(a, held->id));
	json_set(cli->result, a, "change", json_text(a, d.change));
	json_set(cli->result, a, "decision", json_str(a, decision_name(d.decision)));
	json_set(cli->result, a, "replaces", before != NULL ? json_u64(a, before->seq) : json_null(a));
	json_set(cli->result, a, "note", json_text(a, d.note));
	json_set(cli->result, a, "present", id_list_to_json(a, &d.present));
	json_set(cli->result, a, "steps", steps_json(a, d.steps, d.n_steps));
	return views_catch_up(ws->views, e);
}

/* ---- minutes ---- */

struct taking {
	struct cli *cli;
	struct meetings all;
	const struct meeting *m;
	struct buf text;
	struct hash32 digest;         /* of the text, once it is in the log */
	bool logged;
};

/* The meeting that is named, the one that is open, or the last one. */
static bool pick_meeting(struct taking *t, struct err *e)
{
	const char *id = t->cli->n_args > 0 ? t->cli->args[0] : NULL;
	t->m = id != NULL ? meetings_find(&t->all, span_str(id)) : meetings_in_session(&t->all);
	if (t->m == NULL && id != NULL)
		return err_refuse(e, "MEETING-UNKNOWN", "the log has no meeting %s", id);
	if (t->m == NULL && t->all.n > 0 && !cli_flag(t->cli, "--close"))
		t->m = &t->all.v[t->all.n - 1];
	return t->m != NULL || no_meeting(e);
}

static bool close_meeting(struct taking *t, struct err *e)
{
	struct workspace *ws = t->cli->ws;
	struct arena *a = &t->cli->arena;
	struct changes changes;
	if (!meetings_read(ws, a, &t->all, e) || !pick_meeting(t, e))
		return false;
	const struct id_list items = minutes_items(a, t->m);
	if (t->m->closed)
		return err_refuse(e, "MEETING-CLOSED", "%.*s is closed (line %llu)", text_shown(t->m->id),
				  (const char *)t->m->id.p, (unsigned long long)t->m->closed_seq);
	if (!read_items(t->cli, &items, workspace_change, &changes, e))
		return false;
	if (!minutes_write(ws, a, &t->text, t->m, &changes, e) ||
	    !log_add_blob(ws->log, buf_view(&t->text), BLOB_PUBLIC, &t->digest, e))
		return false;
	struct line l = workspace_line(ws, "meeting.closed", span_of(NULL, 0),
				       meeting_closed_json(a, t->m->id, &t->digest));
	t->logged = true;
	return log_add_line(ws->log, &l, e) && log_add_checkpoint(ws->log, NULL, e);
}

/* Reading minutes takes no log key; closing does. */
static bool take_and_close(struct taking *t, struct err *e)
{
	struct workspace *ws = t->cli->ws;
	workspace_release(ws);
	if (!workspace_open(ws, t->cli->dir, true, t->cli->as, e) || !log_begin(ws->log, e))
		return false;
	if (!close_meeting(t, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	return views_catch_up(ws->views, e);
}

/* What was logged, or what would be. */
static bool take(struct taking *t, struct err *e)
{
	struct workspace *ws = t->cli->ws;
	struct arena *a = &t->cli->arena;
	struct changes changes;
	if (!meetings_look(ws, a, &t->all, e) || !pick_meeting(t, e))
		return false;
	t->logged = t->m->closed;
	t->digest = t->m->minutes;
	if (t->m->closed)
		return log_blob(ws->log, &t->m->minutes, &t->text, NULL, e);
	const struct id_list items = minutes_items(a, t->m);
	if (!read_items(t->cli, &items, workspace_look, &changes, e))
		return false;
	return minutes_write(ws, a, &t->text, t->m, &changes, e);
}

static struct json *decisions_json(struct arena *a, const struct meeting *m)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < m->n_decisions; i++) {
		const struct meeting_decision *d = &m->decisions[i];
		struct json *o = json_object(a);
		json_set(o, a, "change", json_text(a, d->change));
		json_set(o, a, "decision", json_str(a, decision_name(d->decision)));
		json_set(o, a, "counts", json_bool(a, meeting_decision_on(m, d->change) == d));
		json_set(o, a, "note", json_text(a, d->note));
		json_set(o, a, "present", id_list_to_json(a, &d->present));
		json_set(o, a, "seq", json_u64(a, d->seq));
		json_set(o, a, "steps", steps_json(a, d->steps, d->n_steps));
		json_push(list, o);
	}
	return list;
}

/* Minutes have a folder of their own by habit: it is made when it is not there. */
static bool write_minutes(struct taking *t, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	if (slash != NULL && slash != path &&
	    !fs_mkdirs(arena_str(&t->cli->arena, span_of(path, (size_t)(slash - path))), 0755, e))
		return false;
	return fs_write(path, buf_view(&t->text), 0644, e);
}

static bool give(struct taking *t, struct err *e)
{
	struct cli *cli = t->cli;
	struct arena *a = &cli->arena;
	const char *path = cli_option(cli, "-o");
	if (path == NULL)
		buf_span(&cli->text, buf_view(&t->text));
	else if (!write_minutes(t, path, e))
		return false;
	else
		cli_text(cli, "The minutes of %.*s: %s\n", text_shown(t->m->id), (const char *)t->m->id.p, path);
	if (cli_flag(cli, "--close"))
		cli_say(cli, "%.*s is closed.", text_shown(t->m->id), (const char *)t->m->id.p);
	cli->result = json_object(a);
	json_set(cli->result, a, "meeting", json_text(a, t->m->id));
	json_set(cli->result, a, "title", json_text(a, t->m->title));
	json_set(cli->result, a, "closed", json_bool(a, t->logged));
	json_set(cli->result, a, "agenda", id_list_to_json(a, &t->m->agenda));
	json_set(cli->result, a, "present", id_list_to_json(a, &t->m->present));
	json_set(cli->result, a, "decisions", decisions_json(a, t->m));
	json_set(cli->result, a, "minutes", json_text(a, buf_view(&t->text)));
	json_set(cli->result, a, "digest", t->logged ? json_bare(a, SPAN_HASH(&t->digest)) : json_null(a));
	return true;
}

bool cmd_meeting_minutes(struct cli *cli, struct err *e)
{
	struct taking t = { .cli = cli };
	const bool ok = (cli_flag(cli, "--close") ? take_and_close(&t, e) : take(&t, e)) && give(&t, e);
	buf_release(&t.text);
	return ok;
}
