/* draft, propose, withdraw: from a person's words to a frozen proposal in the log, or out of it again. */
#include <string.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/judging.h"
#include "src/cli/onchain.h"
#include "src/cli/planning.h"
#include "src/cli/rollback.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"

#define DELAY_MAX (UINT64_C(3650) * 86400)
#define ATTACHMENT_MAX ((size_t)64 << 20)

/* "ACTION name=value… + ACTION …" into a JSON array of canonical actions. */
static bool read_actions(struct cli *cli, struct json **out, struct err *e)
{
	struct arena *a = &cli->arena;
	*out = json_array(a);
	for (size_t i = 0; i < cli->n_args; i++) {
		const struct span name = span_str(cli->args[i]);
		struct span *pairs = ARENA_ARRAY(a, struct span, cli->n_args + 1);
		struct json *action;
		size_t n = 0;
		for (i++; i < cli->n_args && strcmp(cli->args[i], "+") != 0; i++)
			pairs[n++] = span_str(cli->args[i]);
		if (i + 1 == cli->n_args)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "an action is needed after +");
		const struct action_def *def = catalogue_find(cli->ws->pin.catalogue, name);
		if (def == NULL)
			return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET,
				       "no such action; setgov actions lists them") ||
			       err_in(e, "%s", arena_str(a, name));
		if (!onchain_fill(cli->ws, a, def, &pairs, &n, e))
			return err_in(e, "%s", arena_str(a, name));
		if (!action_read(a, &action, &cli->ws->pin, name, pairs, n, e))
			return err_in(e, "%s", arena_str(a, name));
		json_push(*out, action);
	}
	return true;
}

static bool read_attachments(struct cli *cli, struct json **out, struct err *e)
{
	struct arena *a = &cli->arena;
	*out = json_array(a);
	for (size_t i = 0; i < cli->n_given; i++) {
		struct span bytes;
		struct hash32 digest;
		const bool private = strcmp(cli->given[i].option->name, "--attach-private") == 0;
		if (!private && strcmp(cli->given[i].option->name, "--attach") != 0)
			continue;
		const char *path = cli->given[i].value, *slash = strrchr(path, '/');
		if (!cli_read(cli, &bytes, path, ATTACHMENT_MAX, e) ||
		    !log_add_blob(cli->ws->log, bytes, private ? BLOB_PRIVATE : BLOB_PUBLIC, &digest, e))
			return false;
		struct json *o = json_object(a);
		json_set(o, a, "name", json_str(a, slash != NULL ? slash + 1 : path));
		json_set(o, a, "sha256", json_bare(a, SPAN_HASH(&digest)));
		json_push(*out, o);
	}
	return true;
}

static struct span words_of(const struct cli *cli, const char *option, struct span otherwise)
{
	const char *v = cli_option(cli, option);
	return v != NULL ? span_str(v) : otherwise;
}

static bool check_words(const struct proposal *p, struct err *e)
{
	const struct { const char *option; struct span text; } words[] = {
		{ "--title", p->title }, { "--reason", p->reason }, { "--ticket", p->ticket },
		{ "--category", p->category }, { "--impact", p->impact }, { "--rollback", p->rollback },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!text_is_utf8(words[i].text))
			return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8") ||
			       err_in(e, "%s", words[i].option);
	if (p->title.n == 0 || p->reason.n == 0)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "a change needs %s",
			       p->title.n == 0 ? "--title" : "--reason");
	return true;
}

static bool compile(const struct workspace *ws, struct arena *a, struct proposal *p, struct err *e)
{
	bool direct;
	if (!actions_compile(a, &p->calls, &direct, &ws->pin, p->actions, e))
		return false;
	p->nonce = actions_rejected_nonce(p->actions);
	p->has_nonce = p->nonce != UINT64_MAX;          /* safe.reject names the nonce it spends */
	p->route = direct ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	if (direct && p->delay != 0)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--delay: a direct change has no delay");
	if (direct && p->after.n > 0)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--after: a direct change has no predecessor");
	return true;
}

static void say_actions(struct cli *cli, const struct json *actions)
{
	struct err e = {0};
	for (const struct json *x = actions->first; x != NULL; x = x->next) {
		cli_text(cli, "  ");
		if (!action_say(&cli->arena, &cli->text, &cli->ws->pin, x, &e))
			cli_text(cli, "(cannot be read: %s)", buf_cstr(&e.what));
		cli_text(cli, "\n");
	}
	err_clear(&e);
}

static bool draft_base(struct cli *cli, struct proposal *p, struct err *e)
{
	const char *edit = cli_option(cli, "--edit");
	struct change old;
	if (edit == NULL)
		return true;
	if (!workspace_change(cli->ws, &cli->arena, edit, &old, e))
		return false;
	if (old.proposed || old.withdrawn)
		return err_refuse(e, "FROZEN", "%s is %s; draft a new change instead", edit,
				  old.withdrawn ? "withdrawn" : "proposed");
	*p = old.draft;
	return true;
}

static bool write_draft(struct cli *cli, struct proposal *p, const char **id, uint64_t *line, struct err *e)
{
	struct workspace *ws = cli->ws;
	const char *edit = cli_option(cli, "--edit");
	struct json *attachments;
	struct proposal ignored = {0};
	if (!draft_base(cli, &ignored, e) ||
	    !read_attachments(cli, &attachments, e)) /* judged anew, under the lock */
		return false;
	if (edit == NULL || attachments->n > 0)
		p->attachments = attachments;
	if (edit != NULL)
		*id = edit;
	else if (!draft_next_id(ws, &cli->arena, id, e))
		return false;
	const struct json *body = proposal_to_json(&cli->arena, p, false);
	struct proposal again;
	if (!proposal_from_json(&cli->arena, &again, body, false,
				e)) /* what could not be read is not written */
		return false;
	struct line l = workspace_line(ws, "change.drafted", span_str(*id), body);
	const bool ok = log_add_line(ws->log, &l, e);
	*line = l.seq;
	return ok;
}

bool cmd_draft(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct proposal p = { .deployment = ws->deployment.id };
	struct json *actions;
	const char *delay = cli_option(cli, "--delay"), *id = NULL;
	uint64_t line;
	if (!draft_base(cli, &p, e) || (delay != NULL && !duration_parse(&p.delay, span_str(delay), e)))
		return delay != NULL ? err_in(e, "--delay") : false;
	if (p.delay > DELAY_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most ten years") || err_in(e, "--delay");
	p.title = words_of(cli, "--title", p.title);
	p.reason = words_of(cli, "--reason", p.reason);
	p.ticket = words_of(cli, "--ticket", p.ticket);
	p.category = words_of(cli, "--category", p.category);
	p.impact = words_of(cli, "--impact", p.impact);
	p.rollback = words_of(cli, "--rollback", p.rollback);
	p.after = words_of(cli, "--after", p.after);
	if (cli->n_args > 0) {
		if (!read_actions(cli, &actions, e))
			return false;
		p.actions = actions;
	} else if (p.actions == NULL) {
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "usage: setgov draft %s", cli->command->args);
	}
	if (!check_words(&p, e) || !compile(ws, &cli->arena, &p, e) || !log_begin(ws->log, e))
		return false;
	if (!write_draft(cli, &p, &id, &line, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	cli_text(cli, "%s is drafted:\n", id);
	say_actions(cli, p.actions);
	cli_text(cli, "Next: setgov propose %s\n", id);
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "line", json_u64(&cli->arena, line));
	json_set(cli->result, &cli->arena, "change", json_str(&cli->arena, id));
	json_set(cli->result, &cli->arena, "state", json_str(&cli->arena, "drafted"));
	json_set(cli->result, &cli->arena, "actions", json_copy(&cli->arena, p.actions));
	json_set(cli->result, &cli->arena, "calls", calls_to_json(&cli->arena, p.calls));
	return views_catch_up(ws->views, e);
}

/* The delay is at least the timelock's own: less would be refused on chain, after everybody has signed. */
static bool settle_delay(struct chain *c, const struct workspace *ws, struct proposal *p, struct err *e)
{
	uint64_t least;
	struct buf b = {0};
	if (p->route == ROUTE_DIRECT)
		return true;
	if (!chain_min_delay(c, &ws->deployment.timelock, &least, e))
		return false;
	if (p->delay == 0)
		p->delay = least;
	if (p->delay >= least)
		return true;
	duration_format(&b, least);
	err_refuse(e, "DELAY", "the timelock demands %s (%llu s) at least, the draft says %llu s", buf_cstr(&b),
		   (unsigned long long)least, (unsigned long long)p->delay);
	buf_release(&b);
	return false;
}

/* A call to an address without code succeeds and does nothing. */
static bool check_code(struct chain *c, struct arena *a, const struct proposal *p, struct err *e)
{
	for (size_t i = 0; i < p->calls.n; i++) {
		struct span code;
		struct buf at = {0};
		if (!chain_code(c, a, &p->calls.v[i].to, &code, e))
			return false;
		addr_format(&at, &p->calls.v[i].to);
		const char *text = arena_str(a, buf_view(&at));
		buf_release(&at);
		if (code.n == 0)
			return err_refuse(e, "NO-CODE", "calls[%zu] goes to %s, where there is no contract", i,
					  text);
	}
	return true;
}

static bool settle_predecessor(struct cli *cli, struct proposal *p, struct err *e)
{
	struct change before;
	if (p->after.n == 0)
		return true;
	if (!workspace_change(cli->ws, &cli->arena, arena_str(&cli->arena, p->after), &before, e))
		return err_in(e, "--after");
	if (!before.proposed || before.proposal.route != ROUTE_TIMELOCK)
		return err_refuse(e, "AFTER", "%.*s has no timelock operation to wait for", (int)p->after.n,
				  (const char *)p->after.p);
	p->predecessor = before.operation;
	return true;
}

/* What the workspace's policy says of it, and on which facts; judged.policy NULL: there is no policy. */
struct judged {
	const struct policy *policy;
	struct judgement judgement;
	struct rollback rollback;     /* drafted with it */
};

/* What is refused is logged too, with the proposal that it would have been. */
static bool log_refused(struct cli *cli, const struct change *change, const struct proposal *p,
			const struct judged *judged)
{
	struct err why = {0};
	const bool ok = log_begin(cli->ws->log, &why) &&
			judging_log(cli->ws, &cli->arena, change->id, &judged->judgement, p, NULL, &why) &&
			log_commit(cli->ws->log, &why);
	log_abort(cli->ws->log);
	if (!ok)
		cli_say(cli, "the verdict could not be logged: %s", buf_cstr(&why.what));
	err_clear(&why);
	return false;
}

static bool ask_policy(struct cli *cli, struct chain *c, const struct change *change, struct proposal *p,
		       struct judged *out, struct err *e)
{
	if (!judging_policy(cli->ws, &cli->arena, &out->policy, e))
		return false;
	p->has_policy = out->policy != NULL;
	if (!p->has_policy)
		return true;
	p->policy = out->policy->digest;
	const struct judging j = { .ws = cli->ws, .chain = c, .policy = out->policy, .change = change, .proposal = p };
	if (!judging_judge(&j, &cli->arena, &out->judgement, e))
		return false;
	return judging_enforce(&out->judgement.verdict, false, e) || log_refused(cli, change, p, out);
}

static bool judge(struct cli *cli, const struct change *change, struct proposal *p, struct judged *judged,
	struct err *e)
{
	struct chain c = {0};
	const bool ok = onchain_open(cli->ws, &c, e) && settle_delay(&c, cli->ws, p, e) &&
			check_code(&c, &cli->arena, p, e) && settle_predecessor(cli, p, e) &&
			rollback_plan(cli->ws, &c, &cli->arena, change, p, &judged->rollback, e) &&
			ask_policy(cli, &c, change, p, judged, e);
	chain_release(&c);
	return ok;
}

/* The policy itself goes into the log with the proposal: it is judged under this one until the end, whatever replaces
 * it. */
static bool log_judged(struct cli *cli, const char *id, const struct judged *judged, struct err *e)
{
	struct arena *a = &cli->arena;
	return judged->policy == NULL ||
	       judging_log(cli->ws, a, span_str(id), &judged->judgement, NULL, NULL, e);
}

/* One transaction: the proposal as line k, the root over 0…k, what that root makes of the operation, a
 * checkpoint over k + 1 lines for the packets to carry. */
static bool freeze(struct cli *cli, const char *id, const struct proposal *p, struct tree_head *head,
		   struct hash32 *operation, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct arena *a = &cli->arena;
	struct line l = workspace_line(ws, "change.proposed", span_str(id), proposal_to_json(a, p, true));
	if (!log_add_line(ws->log, &l, e))
		return false;
	*head = log_head(ws->log);
	if (!log_add_checkpoint(ws->log, NULL, e))
		return false;
	if (p->route == ROUTE_DIRECT)
		return true;
	return planning_add(ws, a, span_str(id), p, head, operation, e);
}

/* The line that --line names, or else that of the draft as we found it. */
static bool draft_line(struct cli *cli, const struct change *c, uint64_t *line, struct err *e)
{
	const char *given = cli_option(cli, "--line");
	struct u256 v;
	*line = c->drafted_seq;
	if (given == NULL)
		return true;
	if (!u256_parse(&v, span_str(given), e) || !u256_fits_u64(&v, line))
		return err_is_set(e) ? err_in(e, "--line")
				     : err_set(e, ERR_RANGE, 0, "no line has this number") || err_in(e, "--line");
	return true;
}

/* What is frozen is the draft of that line: no other was read by whoever asks for it. */
static bool may_propose(const struct change *c, uint64_t line, struct err *e)
{
	if (c->withdrawn)
		return err_refuse(e, "WITHDRAWN", "%.*s was withdrawn", (int)c->id.n, (const char *)c->id.p);
	if (c->proposed)
		return err_refuse(e, "FROZEN", "%.*s is proposed already (line %llu)", (int)c->id.n,
				  (const char *)c->id.p, (unsigned long long)c->proposed_seq);
	if (c->drafted_seq != line)
		return err_refuse(e, "REDRAFTED", "%.*s was drafted anew (line %llu): read it again",
				  (int)c->id.n, (const char *)c->id.p, (unsigned long long)c->drafted_seq);
	return true;
}

static struct json *say_verdict(struct cli *cli, const struct verdict *v)
{
	struct buf pending = {0};
	verdict_reasons(&pending, v, VERDICT_PENDING);
	cli_text(cli, "Policy    %s\n", verdict_name(v->word));
	if (pending.n > 0)
		cli_text(cli, "Before it is submitted: %s\n", buf_cstr(&pending));
	buf_release(&pending);
	return verdict_to_json(&cli->arena, v);
}

bool cmd_propose(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct arena *a = &cli->arena;
	const char *id = cli->args[0], *back = NULL;
	struct change c;
	struct tree_head head = {0};
	struct hash32 operation = {0};
	struct judged judged = {0};
	uint64_t line;
	if (!workspace_change(ws, a, id, &c, e) || !draft_line(cli, &c, &line, e) || !may_propose(&c, line, e))
		return false;
	struct proposal p = c.draft;
	p.deployment = ws->deployment.id;
	p.catalogue = ws->pin.catalogue_digest;
	p.abi = ws->pin.abi_digest;
	if (!compile(ws, a, &p, e) || !judge(cli, &c, &p, &judged, e) || !log_begin(ws->log, e))
		return false;
	/* Another console may have been quicker: what counts is the log as it is now that we hold it. */
	if (!workspace_change(ws, a, id, &c, e) || !may_propose(&c, line, e) ||
	    !freeze(cli, id, &p, &head, &operation, e) || !log_judged(cli, id, &judged, e) ||
	    !rollback_draft(ws, a, id, &p, &judged.rollback, &back, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	cli_text(cli, "%s is proposed and frozen at log size %llu:\n", id, (unsigned long long)head.size);
	say_actions(cli, p.actions);
	cli->result = json_object(a);
	json_set(cli->result, a, "change", json_str(a, id));
	json_set(cli->result, a, "state", json_str(a, "proposed"));
	json_set(cli->result, a, "size", json_u64(a, head.size));
	json_set(cli->result, a, "root", json_0x(a, SPAN_HASH(&head.root)));
	if (judged.policy != NULL)
		json_set(cli->result, a, "verdict", say_verdict(cli, &judged.judgement.verdict));
	if (back != NULL) {
		cli_text(cli, "Rollback  %s is drafted: it puts back the code that is there now\n", back);
		json_set(cli->result, a, "rollback", json_str(a, back));
	}
	if (p.route == ROUTE_TIMELOCK) {
		struct buf delay = {0};
		duration_format(&delay, p.delay);
		cli_text(cli, "Operation 0x");
		buf_hex(&cli->text, SPAN_HASH(&operation));
		cli_text(cli, "\nSalt      0x");
		buf_hex(&cli->text, SPAN_HASH(&head.root));
		cli_text(cli, " (the log's root)\nDelay     %s\n", buf_cstr(&delay));
		buf_release(&delay);
		json_set(cli->result, a, "operation", json_0x(a, SPAN_HASH(&operation)));
		json_set(cli->result, a, "delay", json_u64(a, p.delay));
	}
	cli_text(cli, "Next: setgov packet %s\n", id);
	return views_catch_up(ws->views, e);
}

/* Judged and written over the log as it is while we hold it. */
static bool take_back(struct cli *cli, const char *reason, struct change *c, struct err *e)
{
	struct arena *a = &cli->arena;
	const char *id = cli->args[0];
	if (!workspace_change(cli->ws, a, id, c, e))
		return false;
	if (c->withdrawn)
		return err_refuse(e, "WITHDRAWN", "%s is withdrawn already", id);
	if (c->steps[STEP_CANCEL].mined)
		return err_refuse(e, "ON-CHAIN", "%s is cancelled on chain: there is nothing to withdraw", id);
	if (c->steps[STEP_SCHEDULE].mined || c->steps[STEP_EXECUTE].mined)
		return err_refuse(
			e, "ON-CHAIN",
			"%s is on chain: cancel its operation instead (setgov packet %s --step cancel)", id,
			id);
	struct json *body = json_object(a);
	json_set(body, a, "reason", json_str(a, reason));
	struct line l = workspace_line(cli->ws, "change.withdrawn", c->id, body);
	return log_add_line(cli->ws->log, &l, e);
}

static struct json *loose_step(struct cli *cli, enum step_kind kind, uint64_t nonce, size_t n)
{
	struct arena *a = &cli->arena;
	struct json *o = json_object(a);
	cli_text(cli,
		 "Loose: %s has %zu signature%s. With as many as the Safe's threshold anyone can "
		 "execute it until nonce %llu of the Safe is spent; safe.reject nonce=%llu spends it.\n",
		 step_name(kind), n, n == 1 ? "" : "s", (unsigned long long)nonce, (unsigned long long)nonce);
	json_set(o, a, "nonce", json_u64(a, nonce));
	json_set(o, a, "signatures", json_u64(a, n));
	json_set(o, a, "step", json_str(a, step_name(kind)));
	return o;
}

/* What withdrawing does not undo. Who signed for a nonce that the step has given up is in the log's lines. */
static void say_loose(struct cli *cli, const struct change *c, enum step_kind kind, struct json *out)
{
	const struct step *s = &c->steps[kind];
	struct arena *a = &cli->arena;
	if (s->packed && s->n_signatures > 0) {
		struct json *o = loose_step(cli, kind, s->nonce, s->n_signatures), *signers = json_array(a);
		for (size_t i = 0; i < s->n_signatures; i++) {
			const struct person *who = deployment_person_at(&cli->ws->deployment, &s->signatures[i].owner);
			json_push(signers, who != NULL ? json_text(a, who->id) : json_addr(a, &s->signatures[i].owner));
		}
		json_set(o, a, "signers", signers);
		json_push(out, o);
	}
	for (size_t i = 0; i < s->n_left; i++)
		json_push(out, loose_step(cli, kind, s->left[i].nonce, s->left[i].n_signatures));
}

bool cmd_withdraw(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct arena *a = &cli->arena;
	const char *reason = cli_option(cli, "--reason");
	struct change c;
	if (reason == NULL || reason[0] == '\0')
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "withdrawing needs a --reason");
	if (!log_begin(ws->log, e))
		return false;
	if (!take_back(cli, reason, &c, e) || !log_commit(ws->log, e)) {
		log_abort(ws->log);
		return false;
	}
	struct json *steps = json_array(a);
	cli_text(cli, "%s is withdrawn.\n", cli->args[0]);
	for (int k = 0; k < N_STEPS; k++)
		say_loose(cli, &c, (enum step_kind)k, steps);
	cli->result = json_object(a);
	json_set(cli->result, a, "change", json_str(a, cli->args[0]));
	json_set(cli->result, a, "state", json_str(a, "withdrawn"));
	json_set(cli->result, a, "loose", json_u64(a, steps->n));
	json_set(cli->result, a, "looseSteps", steps);
	return true;
}
