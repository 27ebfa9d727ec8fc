/* changes, show, queue: what there is. They ask the chain when it answers and say so when it
 * does not. */
#include <string.h>

#include "audit-log/queue.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/offering.h"
#include "src/cli/onchain.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/upgrade.h"

/* False, with a word about it on standard error, when nobody answers: the log alone is shown then. */
static bool ask_chain(struct cli *cli, struct chain *c)
{
	struct err e = {0};
	if (cli_flag(cli, "--offline"))
		return false;
	const bool ok = onchain_open(cli->ws, c, &e);
	if (!ok) {
		struct buf words = {0};
		err_format(&e, &words);
		cli_say(cli, "without the chain: %s", buf_cstr(&words));
		buf_release(&words);
	}
	err_clear(&e);
	return ok;
}

static bool facts_of(struct cli *cli, struct chain *c, bool online, const struct change *change,
		     struct chain_facts *f, struct err *e)
{
	*f = (struct chain_facts){0};
	return !online || onchain_facts(cli->ws, c, change, f, e);
}

static void text_line(struct cli *cli, const char *name, struct span text)
{
	if (text.n == 0)
		return;
	cli_text(cli, "%-10s ", name);
	text_safe(&cli->text, text, false);
	cli_text(cli, "\n");
}

static void say_actions(struct cli *cli, const struct proposal *p, struct json *list)
{
	struct err e = {0};
	for (const struct json *x = p->actions->first; x != NULL; x = x->next) {
		struct buf b = {0};
		if (!action_say(&cli->arena, &b, &cli->ws->pin, x, &e)) {
			buf_clear(&b);
			buf_fmt(&b, "(not readable under this catalogue: %s)", buf_cstr(&e.what));
		}
		cli_text(cli, "  %s\n", buf_cstr(&b));
		if (list != NULL)
			json_push(list, json_text(&cli->arena, buf_view(&b)));
		buf_release(&b);
	}
	err_clear(&e);
}

/* ---- changes and queue ---- */

/* As much of a snapshot as rows need: NULL when nobody answers. */
static bool look(struct cli *cli, struct snapshot **out, struct err *e)
{
	struct arena *a = &cli->arena;
	struct chain chain = {0};
	struct views_operations ops;
	*out = NULL;
	if (!ask_chain(cli, &chain)) {
		chain_release(&chain);
		return true;
	}
	*out = ARENA_NEW(a, struct snapshot);
	const bool ok = views_operations(cli->ws->views, a, &ops, e) &&
			onchain_look(cli->ws, &chain, a, &ops, *out, e);
	chain_release(&chain);
	return ok;
}

/* A change whose lines nobody understands is no reason to hide the others. */
static void say_trouble(struct cli *cli, const char *change, const char *trouble)
{
	struct buf words = {0};
	if (trouble == NULL)
		return;
	text_safe(&words, span_str(trouble), false);
	cli_say(cli, "%s cannot be understood: %s", change, buf_cstr(&words));
	buf_release(&words);
}

static void change_row(struct cli *cli, const struct change_row *row)
{
	struct arena *a = &cli->arena;
	const struct views_change *c = &row->c;
	const char *state = change_state_name(row->state);
	struct json *o = json_object(a);
	json_set(o, a, "change", json_str(a, c->id));
	json_set(o, a, "state", json_str(a, state));
	json_set(o, a, "title", json_str(a, c->title));
	json_set(o, a, "verified", json_bool(a, c->verified));
	if (c->trouble != NULL)
		json_set(o, a, "trouble", json_str(a, c->trouble));
	json_push(cli->result, o);
	cli_text(cli, "%-8s %-10s ", c->id, state);
	text_safe(&cli->text, span_str(c->title), false);
	cli_text(cli, "\n");
	say_trouble(cli, c->id, c->trouble);
}

bool cmd_changes(struct cli *cli, struct err *e)
{
	struct change_rows rows;
	struct snapshot *facts;
	if (!look(cli, &facts, e) || !change_rows_read(cli->ws->views, &cli->arena, facts, &rows, e))
		return false;
	cli->result = json_array(&cli->arena);
	for (size_t i = 0; i < rows.n; i++)
		change_row(cli, &rows.row[i]);
	if (rows.n == 0)
		cli_text(cli, "No changes yet. setgov actions lists what can be drafted.\n");
	return true;
}

static void countdown(struct cli *cli, const struct queue *q, const struct queue_row *row)
{
	struct buf left = {0};
	const char *word = row->timestamp_known ? "" : " by the log";
	if (row->timestamp <= 1)
		return;
	if (row->timestamp <= q->block_time) {
		cli_text(cli, "  operation ready%s", word);
		return;
	}
	duration_format(&left, row->timestamp - q->block_time);
	cli_text(cli, "  operation ready in %s%s", buf_cstr(&left), word);
	buf_release(&left);
}

/* Signatures for a nonce that the step has given up: the Safe takes them until its own nonce has passed. */
static void left_row(struct cli *cli, const struct queue_row *row)
{
	cli_text(cli, "%6llu  %-8s %-9s %zu signature%s left behind: loose until this nonce is spent\n",
		 (unsigned long long)row->nonce, row->change, step_name(row->step), row->n_signatures,
		 row->n_signatures == 1 ? "" : "s");
}

/* Its actions in sentences, from the line that says them. */
static bool say_row_actions(struct cli *cli, const struct queue_row *row, struct err *e)
{
	struct line l;
	struct proposal p;
	if (!log_line_read(cli->ws->log, &cli->arena, row->words_seq, &l, e))
		return false;
	if (!proposal_from_json(&cli->arena, &p, l.body, line_kind_is(&l, "change.proposed"), e))
		return err_in(e, "line %llu", (unsigned long long)row->words_seq);
	say_actions(cli, &p, NULL);
	return true;
}

static void say_what_stands_out(struct cli *cli, const struct queue_row *row)
{
	if (row->nonce_twice)
		cli_text(cli, "  NONCE HELD TWICE: another transaction in this table has the same\n");
	if (row->duplicate_of != NULL)
		cli_text(cli, "  DUPLICATE: %s makes the same calls\n", row->duplicate_of);
}

static bool step_row(struct cli *cli, const struct queue *q, const struct queue_row *row, struct err *e)
{
	cli_text(cli, "%6llu  %-8s %-9s %zu of ", (unsigned long long)row->nonce, row->change,
		 step_name(row->step), row->n_signatures);
	if (q->known)
		cli_text(cli, "%llu", (unsigned long long)q->threshold);
	else
		cli_text(cli, "?");
	cli_text(cli, "  waits for %s", row->waits);
	countdown(cli, q, row);
	cli_text(cli, "\n");
	say_what_stands_out(cli, row);
	return say_row_actions(cli, row, e);
}

static struct json *row_json(struct arena *a, const struct queue *q, const struct queue_row *row)
{
	struct json *o = json_object(a);
	json_set(o, a, "change", json_str(a, row->change));
	json_set(o, a, "step", json_str(a, step_name(row->step)));
	json_set(o, a, "nonce", json_u64(a, row->nonce));
	if (!row->left_behind) {
		json_set(o, a, "state", json_str(a, step_state_name(row->state)));
		json_set(o, a, "needed", q->known ? json_u64(a, q->threshold) : json_null(a));
	}
	json_set(o, a, "signatures", json_u64(a, row->n_signatures));
	json_set(o, a, "waits", json_str(a, row->waits));
	json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&row->safe_tx_hash)));
	json_set(o, a, "nonceTwice", json_bool(a, row->nonce_twice));
	json_set(o, a, "duplicateOf", row->duplicate_of != NULL ? json_str(a, row->duplicate_of) : json_null(a));
	return o;
}

/* A change that waits without a packet: to be proposed, for its first packet, for the delay. */
static bool unpacked_row(struct cli *cli, const struct queue *q, const struct queue_row *row, struct err *e)
{
	cli_text(cli, "     -  %-8s %-9s no packet  waits for %s", row->change,
		 row->has_step ? step_name(row->step) : "draft", row->waits);
	countdown(cli, q, row);
	cli_text(cli, "\n");
	return say_row_actions(cli, row, e);
}

/* The JSON has what has a packet, and so a nonce; the text has what waits without one, too. */
bool cmd_queue(struct cli *cli, struct err *e)
{
	struct queue q;
	struct snapshot *facts;
	if (!look(cli, &facts, e) || !queue_read(cli->ws->views, &cli->arena, facts, &q, e))
		return false;
	cli->result = json_array(&cli->arena);
	cli_text(cli, " nonce  change   step      signatures\n");
	for (size_t i = 0; i < q.n; i++) {
		const struct queue_row *row = &q.row[i];
		say_trouble(cli, row->change, row->trouble);
		if (!row->packed) {
			if (row->trouble == NULL && !unpacked_row(cli, &q, row, e))
				return false;
			continue;
		}
		json_push(cli->result, row_json(&cli->arena, &q, row));
		if (row->left_behind)
			left_row(cli, row);
		else if (!step_row(cli, &q, row, e))
			return false;
	}
	if (q.n == 0)
		cli_text(cli, "Nothing waits.\n");
	return true;
}

/* ---- one change ---- */

static struct json *signatures_json(struct cli *cli, const struct step *s)
{
	struct arena *a = &cli->arena;
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_signatures; i++) {
		const struct person *who = deployment_person_at(&cli->ws->deployment, &s->signatures[i].owner);
		struct json *o = json_object(a);
		json_set(o, a, "owner", json_addr(a, &s->signatures[i].owner));
		json_set(o, a, "person", who != NULL ? json_text(a, who->id) : json_null(a));
		json_push(list, o);
		cli_text(cli, "    signed by %s ", who != NULL ? arena_str(a, who->id) : "an owner");
		addr_format(&cli->text, &s->signatures[i].owner);
		cli_text(cli, "\n");
	}
	return list;
}

static void show_notes(struct cli *cli, const struct step *s)
{
	for (size_t i = 0; i < s->n_notes; i++) {
		const struct step_note *n = &s->notes[i];
		cli_text(cli,
			 "    %s%s%.*s%s, as an answer file claims: ", n->declined ? "declined" : "refused",
			 n->code.n > 0 ? " [" : "", (int)n->code.n, (const char *)n->code.p,
			 n->code.n > 0 ? "]" : "");
		text_safe(&cli->text, n->text, false);
		cli_text(cli, "\n");
	}
}

static void show_step(struct cli *cli, const struct change *c, enum step_kind k, const struct chain_facts *f,
		      struct json *list)
{
	struct arena *a = &cli->arena;
	const struct step *s = &c->steps[k];
	const enum step_state state = step_state_of(c, k, f);
	struct json *o = json_object(a);
	if (!s->packed)
		return;
	cli_text(cli, "  %s at nonce %llu: %s%s\n    safeTxHash 0x", step_name(k), (unsigned long long)s->nonce,
		 step_state_name(state),
		 step_is_loose(c, k, f) ? ", LOOSE: executable by anyone until its nonce is spent" : "");
	buf_hex(&cli->text, SPAN_HASH(&s->safe_tx_hash));
	struct buf phrase = {0};
	words_phrase(&phrase, &s->packet);
	cli_text(cli, "\n    phrase     %s\n", buf_cstr(&phrase));
	json_set(o, a, "step", json_str(a, step_name(k)));
	json_set(o, a, "state", json_str(a, step_state_name(state)));
	json_set(o, a, "nonce", json_u64(a, s->nonce));
	json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&s->safe_tx_hash)));
	json_set(o, a, "packet", json_bare(a, SPAN_HASH(&s->packet)));
	json_set(o, a, "phrase", json_text(a, buf_view(&phrase)));
	json_set(o, a, "loose", json_bool(a, step_is_loose(c, k, f)));
	json_set(o, a, "signatures", signatures_json(cli, s));
	buf_release(&phrase);
	show_notes(cli, s);
	if (s->mined) {
		cli_text(cli, "    in block %llu, transaction 0x", (unsigned long long)s->block);
		buf_hex(&cli->text, SPAN_HASH(&s->tx));
		cli_text(cli, "\n");
		json_set(o, a, "block", json_u64(a, s->block));
		json_set(o, a, "txHash", json_0x(a, SPAN_HASH(&s->tx)));
	}
	json_push(list, o);
}

static void show_calls(struct cli *cli, const struct proposal *p, struct json *list)
{
	struct err e = {0};
	for (size_t i = 0; i < p->calls.n; i++) {
		struct explained_call x;
		if (explain_call(&cli->arena, &x, &cli->ws->pin, &p->calls.v[i], &e)) {
			explain_format(&cli->text, &x, 2);
			json_push(list, explain_to_json(&cli->arena, &x));
		} else {
			cli_text(cli, "  NOT READABLE: %s\n", buf_cstr(&e.what));
			err_clear(&e);
		}
	}
}

/* The change that takes this upgrade back, or the one that this takes back, and which code was there before. */
static void say_linked(struct cli *cli, const struct change *c)
{
	text_line(cli, "way back", c->rollback);
	text_line(cli, "back from", c->rollback_of);
	for (const struct json *v = c->previous != NULL ? c->previous->first : NULL; v != NULL; v = v->next) {
		cli_text(cli, "before     ");
		text_safe(&cli->text, v->name, false);
		cli_text(cli, " ");
		text_safe(&cli->text, v->text, false);
		cli_text(cli, "\n");
	}
}

static struct json *linked_json(struct arena *a, const struct change *c)
{
	struct json *o = json_object(a);
	if (c->previous == NULL)
		return json_null(a);
	json_set(o, a, "previous", json_copy(a, c->previous));
	json_set(o, a, "rollback", c->rollback.n > 0 ? json_text(a, c->rollback) : json_null(a));
	json_set(o, a, "rollbackOf", c->rollback_of.n > 0 ? json_text(a, c->rollback_of) : json_null(a));
	return o;
}

/* The list that says which code may be installed, as it is now: of a change that installs some. */
static bool show_releases(struct cli *cli, const struct proposal *p, struct json **out, struct err *e)
{
	struct arena *a = &cli->arena;
	struct offering x;
	size_t n;
	upgrades_of(a, &n, p->calls, &cli->ws->deployment);
	*out = json_null(a);
	if (n == 0 || !offering_look(cli->ws, a, ADOPT_RELEASES, &x, e))
		return n == 0;
	if (x.now.current == NULL) {
		cli_text(cli, "\nReleases  no list says which code may be installed\n");
		return true;
	}
	const struct releases *r = x.now.current->releases;
	const struct offer *o = x.all.in_force[ADOPT_RELEASES];
	cli_text(cli, "\nReleases  ");
	text_safe(&cli->text, r->name, false);
	cli_text(cli, "\n  %s\n", o == NULL ? "NOT ADOPTED: no owner has signed it"
						 : arena_fmt(a, "adopted line %llu of the log, signed by %s",
							     (unsigned long long)o->adopted_seq,
							     offer_signers(a, o, &cli->ws->deployment)));
	releases_format(&cli->text, r);
	cli_text(cli, "  digest  ");
	buf_hex(&cli->text, SPAN_HASH(&r->digest));
	cli_text(cli, "\n");
	*out = json_object(a);
	json_set(*out, a, "adopted", o != NULL ? json_u64(a, o->adopted_seq) : json_null(a));
	json_set(*out, a, "digest", json_bare(a, SPAN_HASH(&r->digest)));
	json_set(*out, a, "name", json_text(a, r->name));
	json_set(*out, a, "releases", json_copy(a, json_find(r->doc, "releases")));
	return true;
}

static void show_words(struct cli *cli, const struct change *c, const struct proposal *p, const char *state)
{
	cli_text(cli, "%.*s · %s%s\n", (int)c->id.n, (const char *)c->id.p, state,
		 c->verified ? " · effect verified" : "");
	say_actions(cli, p, NULL);
	say_linked(cli, c);
	cli_text(cli, "\nThe proposer's words\n");
	text_line(cli, "title", p->title);
	text_line(cli, "reason", p->reason);
	text_line(cli, "ticket", p->ticket);
	text_line(cli, "category", p->category);
	text_line(cli, "impact", p->impact);
	text_line(cli, "rollback", p->rollback);
}

/* ---- before and after ---- */

static void read_line(struct cli *cli, const struct json *r)
{
	const struct json *before = json_find(r, "before"), *expect = json_find(r, "expect");
	struct span say;
	if (!json_get_str(r, "say", &say, NULL))
		return;
	cli_text(cli, "  ");
	text_safe(&cli->text, say, false);
	cli_text(cli, ": ");
	if (json_is_null(before))
		cli_text(cli, "no answer");
	else
		text_safe(&cli->text, before->text, false);
	if (!json_is_null(expect) && (json_is_null(before) || !span_eq(before->text, expect->text))) {
		cli_text(cli, " -> ");
		text_safe(&cli->text, expect->text, false);
	}
	cli_text(cli, "\n");
}

/* What the getters say at this block and are to say afterwards; JSON null when they cannot be asked. */
static struct json *show_reads(struct cli *cli, struct chain *c, bool online, const struct proposal *p)
{
	struct arena *a = &cli->arena;
	struct json *o = json_object(a), *list;
	struct err e = {0};
	if (!online)
		return json_null(a);
	cli_text(cli, "\nNow, and when it is done (block %llu)\n", (unsigned long long)c->pin.number);
	if (!onchain_reads(cli->ws, c, a, p->actions, &list, &e)) {
		cli_text(cli, "  cannot be read: ");
		text_safe(&cli->text, buf_view(&e.what), false);
		cli_text(cli, "\n");
		err_clear(&e);
		return json_null(a);
	}
	for (const struct json *r = list->first; r != NULL; r = r->next)
		read_line(cli, r);
	if (list->n == 0)
		cli_text(cli, "  nothing that a getter tells\n");
	json_set(o, a, "block", json_u64(a, c->pin.number));
	json_set(o, a, "getters", list);
	return o;
}

/* ---- show ---- */

static bool show_change(struct cli *cli, struct chain *chain, struct err *e)
{
	struct arena *a = &cli->arena;
	struct change c;
	struct chain_facts f;
	bool direct;
	if (!workspace_look(cli->ws, a, cli->args[0], &c, e))
		return false;
	const bool online = ask_chain(cli, chain);
	if (!facts_of(cli, chain, online, &c, &f, e))
		return false;
	struct proposal p = c.proposed ? c.proposal : c.draft;
	if (!c.proposed && !actions_compile(a, &p.calls, &direct, &cli->ws->pin, p.actions, e))
		return false;
	const char *state = change_state_name(change_state_of(&c, &f));
	struct json *o = json_object(a), *steps = json_array(a), *sentences = json_array(a),
		    *calls = json_array(a);
	show_words(cli, &c, &p, state);
	cli_text(cli, "\nCalls\n");
	show_calls(cli, &p, calls);
	struct json *reads = show_reads(cli, chain, online, &p), *releases;
	if (!show_releases(cli, &p, &releases, e))
		return false;
	if (c.proposed && p.route == ROUTE_TIMELOCK) {
		cli_text(cli, "\nOperation 0x");
		buf_hex(&cli->text, SPAN_HASH(&c.operation));
		cli_text(cli, "\nSalt      0x");
		buf_hex(&cli->text, SPAN_HASH(&c.root));
		cli_text(cli, " (the log's root over lines 0 to %llu)\n", (unsigned long long)c.proposed_seq);
	}
	cli_text(cli, "\nSteps\n");
	for (int k = 0; k < N_STEPS; k++)
		show_step(cli, &c, (enum step_kind)k, &f, steps);
	if (steps->n == 0)
		cli_text(cli, "  none is packed yet\n");
	const size_t before = cli->text.n;
	say_actions(cli, &p, sentences);
	cli->text.n = before;
	cli->result = o;
	json_set(o, a, "change", json_text(a, c.id));
	json_set(o, a, "state", json_str(a, state));
	json_set(o, a, "verified", json_bool(a, c.verified));
	json_set(o, a, "sentences", sentences);
	json_set(o, a, "proposal", proposal_to_json(a, &p, c.proposed));
	json_set(o, a, "explained", calls);
	json_set(o, a, "reads", reads);
	json_set(o, a, "linked", linked_json(a, &c));
	json_set(o, a, "releases", releases);
	if (c.proposed && p.route == ROUTE_TIMELOCK) {
		json_set(o, a, "operation", json_0x(a, SPAN_HASH(&c.operation)));
		json_set(o, a, "salt", json_0x(a, SPAN_HASH(&c.root)));
	}
	json_set(o, a, "steps", steps);
	return true;
}

bool cmd_show(struct cli *cli, struct err *e)
{
	struct chain chain = {0};
	const bool ok = show_change(cli, &chain, e);
	chain_release(&chain);
	return ok;
}
