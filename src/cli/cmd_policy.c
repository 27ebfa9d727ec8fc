/* policy check, lint, test: what is wrong with a policy, and what it says of something. */
#include <string.h>

#include "audit-log/in_force.h"
#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/cli/cmd.h"
#include "src/cli/judging.h"
#include "src/cli/onchain.h"
#include "src/evm/address.h"
#include "src/gov/packet.h"
#include "src/policy/carried.h"
#include "src/policy/lint.h"

#define CASE_ORIGIN "setgov/cases"   /* the log that cases are taken to be in */
#define FACTS_MAX_BYTES ((size_t)4 << 20)
#define SHOWN(s) text_shown(s), (const char *)(s).p

static const char *policy_path(struct cli *cli)
{
	const char *path = cli_option(cli, "--policy");
	return path != NULL ? path : adoptable_file(&cli->arena, cli->dir, ADOPT_POLICY);
}

static bool read_file(struct cli *cli, const char *path, const struct policy **out, struct err *e)
{
	const struct adoptable *x;
	if (!adoptable_file_read(&cli->arena, &x, ADOPT_POLICY, path, e))
		return false;
	*out = x->policy;
	return true;
}

/* The workspace's pins, or those of a profile. */
static bool read_pins(struct cli *cli, struct pinned *out, const char *path, struct err *e)
{
	struct deployment *d = ARENA_NEW(&cli->arena, struct deployment);
	struct span text;
	if (path == NULL)
		path = arena_fmt(&cli->arena, "%s/deployment.json", cli->dir);
	if (!cli_read(cli, &text, path, PROFILE_MAX, e))
		return false;
	if (!deployment_parse(&cli->arena, d, text, e))
		return json_err_file(e, path, text);
	return pinned_builtin(&cli->arena, out, d, e);
}

/* ---- lint ---- */

static struct json *finding_json(struct arena *a, const struct lint_finding *f)
{
	struct json *o = json_object(a);
	json_set(o, a, "level", json_str(a, f->error ? "error" : "note"));
	json_set(o, a, "rule", f->rule != NULL ? json_text(a, f->rule->name) : json_null(a));
	json_set(o, a, "text", json_str(a, f->text));
	return o;
}

bool cmd_policy_lint(struct cli *cli, struct err *e)
{
	const struct policy *p;
	struct pinned pin;
	struct lint lint;
	struct arena *a = &cli->arena;
	if (!read_pins(cli, &pin, cli_option(cli, "--deployment"), e) ||
	    !read_file(cli, cli->n_args > 0 ? cli->args[0] : policy_path(cli), &p, e))
		return false;
	policy_lint(a, &lint, p, &pin, (uint64_t)(time_now().ms / 1000));
	struct json *list = json_array(a);
	for (int errors = 1; errors >= 0; errors--)
		for (size_t i = 0; i < lint.n; i++) {
			const struct lint_finding *f = &lint.v[i];
			if (f->error != (errors == 1))
				continue;
			cli_text(cli, "%s: ", f->error ? "error" : "note");
			if (f->rule != NULL)
				cli_text(cli, "%.*s: ", SHOWN(f->rule->name));
			cli_text(cli, "%s\n", f->text);
			json_push(list, finding_json(a, f));
		}
	cli_text(cli, "%zu errors, %zu notes\n", lint.n_errors, lint.n - lint.n_errors);
	cli->result = json_object(a);
	json_set(cli->result, a, "errors", json_u64(a, lint.n_errors));
	json_set(cli->result, a, "findings", list);
	cli->status = lint.n_errors > 0 ? 1 : 0;
	return true;
}

/* ---- check ---- */

static bool read_facts(struct cli *cli, struct facts *out, struct err *e)
{
	const char *path = cli_option(cli, "--facts");
	struct span text;
	*out = (struct facts){0};
	if (path == NULL)
		return true;
	if (!cli_read(cli, &text, path, FACTS_MAX_BYTES, e))
		return false;
	const struct json *doc = json_parse(&cli->arena, text, e);
	if (doc == NULL || !facts_from_json(&cli->arena, out, doc, 0, e))
		return json_err_file(e, path, text);
	return true;
}

static bool say_verdict(struct cli *cli, const struct verdict *v)
{
	verdict_format(&cli->text, v);
	cli->result = verdict_to_json(&cli->arena, v);
	cli->status = v->word >= VERDICT_PENDING ? 1 : 0;
	return true;
}

static bool check_call(struct cli *cli, const struct policy *p, const char *to, struct err *e)
{
	struct call call = {0};
	struct buf bytes = {0};
	struct pinned pin;
	struct subject s;
	struct facts facts;
	struct verdict v;
	if (cli->n_args != 1)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "policy check --to ADDR needs DATA");
	const bool ok = hex_decode(&bytes, span_str(cli->args[0]), e);
	call.data = arena_copy(&cli->arena, buf_view(&bytes));
	buf_release(&bytes);
	if (!ok)
		return err_in(e, "DATA");
	if (!addr_parse(&call.to, span_str(to), e))
		return err_in(e, "--to");
	if (!read_pins(cli, &pin, cli_option(cli, "--deployment"), e) || !read_facts(cli, &facts, e))
		return false;
	subject_of_call(&cli->arena, &s, &pin, &call, cli_flag(cli, "--delegatecall"));
	policy_judge(&cli->arena, &v, p, &s, &facts);
	return say_verdict(cli, &v);
}

static bool check_packet(struct cli *cli, const struct policy *p, const char *path, struct err *e)
{
	struct arena *a = &cli->arena;
	struct span text;
	struct packet packet;
	struct checked_packet checked;
	struct pinned pin;
	struct verdict v[N_STEPS];
	struct proven proven;
	struct facts shown;
	bool there;
	if (!read_pins(cli, &pin, cli_option(cli, "--deployment"), e) || !cli_read(cli, &text, path, PACKET_MAX, e))
		return false;
	pin.has_policy = true;
	pin.policy = p->digest;
	if (!packet_parse(a, &packet, text, e) || !packet_check(a, &checked, &packet, &pin, e))
		return err_file(e, path, 0);
	if (!carried_proofs(a, &proven, &shown, &there, &pin, &packet, &checked, e) ||
	    !carried_judge(a, v, p, &pin, &packet, &checked, NULL, e))
		return err_file(e, path, 0);
	size_t worst = 0;
	for (size_t i = 1; i < checked.n_steps; i++)
		worst = v[i].word > v[worst].word ? i : worst;
	return say_verdict(cli, &v[worst]);
}

static bool change_verdict(struct cli *cli, struct judging *j, struct verdict *v, struct err *e)
{
	struct chain c = {0};
	struct facts facts, more;
	struct subject s;
	struct arena *a = &cli->arena;
	j->chain = &c;
	bool ok = onchain_open(j->ws, &c, e) && judging_facts(j, a, &facts, e) && read_facts(cli, &more, e) &&
		  subject_of_proposal(a, &s, &j->ws->pin, j->change->id, j->proposal, j->step, &j->change->operation,
		  e);
	for (size_t i = 0; ok && i < more.n; i++)
		facts_add(a, &facts, arena_str(a, more.v[i].name), more.v[i].value, more.v[i].source, more.v[i].block);
	s.origin = log_origin(j->ws->log);
	if (ok)
		policy_judge(a, v, j->policy, &s, &facts);
	chain_release(&c);
	return ok;
}

static bool check_change(struct cli *cli, const struct policy *p, struct err *e)
{
	struct workspace ws = {0};
	struct change c;
	struct verdict v;
	enum step_kind step = STEP_SCHEDULE;
	const char *name = cli_option(cli, "--step");
	if (cli->n_args != 1)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			"policy check needs a CHANGE, --packet FILE, or --to ADDR DATA");
	bool ok = workspace_open(&ws, cli->dir, false, cli->as, e) &&
		  workspace_change(&ws, &cli->arena, cli->args[0], &c, e) &&
		  (name == NULL || step_parse(&step, span_str(name), e));
	if (ok) {
		struct judging j = { .ws = &ws, .policy = p, .change = &c, .proposed = c.proposed,
				     .proposal = c.proposed ? &c.proposal : &c.draft,
				     .step = name != NULL ? &step : NULL, .with_proofs = name != NULL };
		ok = change_verdict(cli, &j, &v, e) && say_verdict(cli, &v);
	}
	workspace_release(&ws);
	return ok;
}

/* The named one, or else the one in force. A directory with a profile and a policy needs no log. */
static bool read_policy(struct cli *cli, const struct policy **out, struct err *e)
{
	struct arena *a = &cli->arena;
	struct workspace ws = {0};
	if (cli_option(cli, "--policy") != NULL || !fs_exists(arena_fmt(a, "%s/log.db", cli->dir)))
		return read_file(cli, policy_path(cli), out, e);
	const bool ok = workspace_open(&ws, cli->dir, false, cli->as, e) && judging_policy(&ws, a, out, e);
	workspace_release(&ws);
	if (ok && *out == NULL)
		return read_file(cli, policy_path(cli), out, e);         /* says that there is none */
	return ok;
}

bool cmd_policy_check(struct cli *cli, struct err *e)
{
	const struct policy *p;
	const char *to = cli_option(cli, "--to"), *packet = cli_option(cli, "--packet");
	if (!read_policy(cli, &p, e))
		return false;
	if (to != NULL)
		return check_call(cli, p, to, e);
	return packet != NULL ? check_packet(cli, p, packet, e) : check_change(cli, p, e);
}

/* ---- test ---- */

struct trying {
	struct cli *cli;
	const struct pinned *pin;
	const struct policy *policy;
	size_t passed, failed;
};

/* ["paymaster.withdraw", "amount=1 ether", …] */
static bool read_action(struct trying *t, struct json **out, const struct json *v, struct err *e)
{
	struct span *pairs = ARENA_ARRAY(&t->cli->arena, struct span, v->n + 1);
	size_t n = 0;
	if (v->type != JSON_ARRAY || v->n == 0 || v->first->type != JSON_STRING)
		return err_set(e, ERR_SYNTAX, v->at, "needed an array: an action and its name=value pairs");
	for (const struct json *x = v->first->next; x != NULL; x = x->next)
		pairs[n++] = x->text;
	return action_read(&t->cli->arena, out, t->pin, v->first->text, pairs, n, e);
}

static bool read_proposal(struct trying *t, struct proposal *p, const struct json *o, struct err *e)
{
	struct json *actions = json_array(&t->cli->arena);
	const struct json *list = json_find(o, "actions"), *delay = json_find(o, "delay"), *words = json_find(o,
		"words");
	struct { const char *name; struct span *to; } texts[] = { { "title", &p->title }, { "reason", &p->reason },
		{ "ticket", &p->ticket }, { "impact", &p->impact }, { "rollback", &p->rollback } };
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		struct json *action;
		if (!read_action(t, &action, v, e))
			return err_in(e, "actions[%zu]", actions->n);
		json_push(actions, action);
	}
	p->actions = actions;
	if (delay != NULL && !duration_parse(&p->delay, delay->text, e))
		return err_in(e, "delay");
	for (size_t i = 0; words != NULL && i < ARRAY_LEN(texts); i++) {
		const struct json *v = json_find(words, texts[i].name);
		*texts[i].to = v != NULL ? v->text : span_of(NULL, 0);
	}
	return true;
}

/* Names and values; owners by their ids in "signed", who all compared the phrase with whom "compared" says. */
static bool case_facts(struct trying *t, struct facts *out, const struct json *o, struct err *e)
{
	struct arena *a = &t->cli->arena;
	const struct json *given = json_find(o, "facts"), *by = json_find(o, "signed");
	const struct json *with = json_find(o, "compared");
	const struct span compared = with != NULL ? with->text : span_str("signer");
	struct json *list = json_array(a);
	for (const struct json *v = given != NULL ? given->first : NULL; v != NULL; v = v->next)
		facts_add(a, out, arena_str(a, v->name), v, FACT_CLAIMED, 0);
	for (const struct json *v = by != NULL ? by->first : NULL; v != NULL; v = v->next) {
		const struct person *who = deployment_person(t->pin->deployment, v->text);
		struct json *s = json_object(a);
		if (who == NULL)
			return err_set(e, ERR_UNKNOWN, v->at, "the profile does not know %.*s", SHOWN(v->text)) ||
			       err_in(e, "signed");
		json_set(s, a, "compared", json_text(a, compared));
		json_set(s, a, "owner", json_addr(a, &who->address));
		json_push(list, s);
	}
	facts_add(a, out, "signatures", list, FACT_PROVEN, 0);
	return true;
}

static enum verdict_word word_of_rule(const struct verdict *v, struct span rule, const char **text)
{
	for (size_t i = 0; i < v->n_rules; i++) {
		const struct rule *x = v->rules[i].rule;
		if (x != NULL ? span_eq(x->name, rule) : span_is(rule, "default-deny")) {
			*text = v->rules[i].text;
			return v->rules[i].word;
		}
	}
	*text = "does not concern it";
	return VERDICT_PASSED;
}

static bool concerns(const struct verdict *v, const struct rule *x)
{
	for (size_t i = 0; i < v->n_rules; i++)
		if (v->rules[i].rule == x)
			return true;
	return false;
}

static bool judge_case(struct trying *t, struct verdict *v, const struct json *o, struct err *e)
{
	struct arena *a = &t->cli->arena;
	struct proposal *p = ARENA_NEW(a, struct proposal);
	const struct hash32 operation = {{0}};
	enum step_kind step = STEP_SCHEDULE;
	struct facts facts = {0};
	struct subject s;
	const struct json *call = json_find(o, "call"), *at = json_find(o, "step");
	if (!case_facts(t, &facts, o, e))
		return false;
	if (at != NULL && !step_parse(&step, at->text, e))
		return err_in(e, "step");
	if (call != NULL) {
		struct call c = {0};
		const struct json *delegate = json_find(call, "delegatecall");
		struct buf bytes = {0};
		struct span data;
		if (!json_get_addr(call, "to", &c.to, e) || !json_get_str(call, "data", &data, e) ||
		    !hex_decode(&bytes, data, e)) {
			buf_release(&bytes);
			return err_in(e, "call");
		}
		c.data = arena_copy(a, buf_view(&bytes));
		buf_release(&bytes);
		subject_of_call(a, &s, t->pin, &c, delegate != NULL && delegate->type == JSON_TRUE);
	} else if (!read_proposal(t, p, o, e) ||
		   !subject_of_proposal(a, &s, t->pin, span_str("SC-1"), p, at != NULL ? &step : NULL, &operation, e)) {
		return false;
	}
	s.origin = span_str(CASE_ORIGIN);
	policy_judge(a, v, t->policy, &s, &facts);
	return true;
}

/* "of": the rule that the case is an example of, where another one answers. What an `allow` rule does not allow is
 * denied by default, and an exception speaks through the rule that it waives: of no other kind is this needed. */
static bool check_example(const struct trying *t, const struct verdict *v, const struct json *o, struct span rule,
			  struct err *e)
{
	struct span of;
	if (json_find(o, "of") == NULL)
		return true;
	if (!json_get_str(o, "of", &of, e))
		return false;
	const struct rule *x = policy_rule(t->policy, of);
	if (x == NULL)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "the policy has no rule %.*s", SHOWN(of)) ||
		       err_in(e, "of");
	const bool fits = x->kind == RULE_ALLOW ? span_is(rule, "default-deny") :
			  x->kind == RULE_EXCEPTION && span_eq(rule, x->excepted);
	if (!fits)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%.*s answers for itself, not by %.*s", SHOWN(of),
			       SHOWN(rule)) || err_in(e, "of");
	if (x->kind == RULE_ALLOW && concerns(v, x))
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%.*s allows it", SHOWN(of)) || err_in(e, "of");
	return true;
}

static bool try_case(struct trying *t, const struct json *o, struct err *e)
{
	struct span name, rule, expect, text;
	struct verdict v;
	const char *found;
	if (!json_get_str(o, "name", &name, e) || !json_get_str(o, "rule", &rule, e) ||
	    !json_get_str(o, "expect", &expect, e) || !judge_case(t, &v, o, e) || !check_example(t, &v, o, rule, e))
		return false;
	const enum verdict_word w = word_of_rule(&v, rule, &found);
	const bool has_text = json_find(o, "text") != NULL;
	if (has_text && !json_get_str(o, "text", &text, e))
		return false;
	const bool ok = span_is(expect, verdict_name(w)) && (!has_text || span_is(text, found));
	cli_text(t->cli, "%s  %.*s: %.*s: %s: %s\n", ok ? "ok  " : "FAIL", SHOWN(name), SHOWN(rule), verdict_name(w),
		found);
	if (!ok)
		cli_text(t->cli, "      expected %.*s%s%.*s\n", SHOWN(expect), has_text ? ": " : "", has_text ?
			text_shown(text) : 0,
			 has_text ? (const char *)text.p : "");
	*(ok ? &t->passed : &t->failed) += 1;
	return true;
}

/* "policies/x.json" has its cases in "policies/x.cases.json", and those say which profile they speak of. */
static bool open_cases(struct cli *cli, const char *policy, const struct json **doc, struct pinned *pin,
		       const char **path, struct err *e)
{
	const char *given = cli_option(cli, "--cases"), *slash = strrchr(policy, '/');
	const size_t stem = strlen(policy) - (strlen(policy) > 5 ? 5 : 0);
	struct span text, profile;
	*path = given != NULL ? given : arena_fmt(&cli->arena, "%.*s.cases.json", (int)stem, policy);
	if (!cli_read(cli, &text, *path, FACTS_MAX_BYTES, e))
		return false;
	*doc = json_parse(&cli->arena, text, e);
	if (*doc == NULL || !json_get_str(*doc, "profile", &profile, e))
		return json_err_file(e, *path, text);
	return read_pins(cli, pin, arena_fmt(&cli->arena, "%.*s%.*s", slash != NULL ? (int)(slash - policy) + 1 : 0,
		policy,
					     SHOWN(profile)), e);
}

bool cmd_policy_test(struct cli *cli, struct err *e)
{
	const struct policy *p;
	struct pinned pin;
	const struct json *doc, *cases;
	const char *file = cli->n_args > 0 ? cli->args[0] : policy_path(cli), *path;
	size_t i = 0;
	if (!read_file(cli, file, &p, e) || !open_cases(cli, file, &doc, &pin, &path, e))
		return false;
	struct trying t = { cli, &pin, p, 0, 0 };
	if (!json_get(doc, "cases", JSON_ARRAY, &cases, e))
		return err_file(e, path, 0);
	for (const struct json *o = cases->first; o != NULL; o = o->next, i++)
		if (!try_case(&t, o, e))
			return err_in(e, "cases[%zu]", i) || err_file(e, path, 0);
	cli_text(cli, "%zu cases as expected, %zu not\n", t.passed, t.failed);
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "failed", json_u64(&cli->arena, t.failed));
	json_set(cli->result, &cli->arena, "passed", json_u64(&cli->arena, t.passed));
	cli->status = t.failed > 0 ? 1 : 0;
	return true;
}
