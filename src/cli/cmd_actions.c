/* setgov actions: what can be drafted, what one of them asks for, and, for a form that is being filled in, what the
 * contracts say now. */
#include "src/base/text.h"
#include "src/chain/reader.h"
#include "src/cli/cmd.h"
#include "src/cli/look.h"
#include "src/cli/onchain.h"

#define WITHIN_MS 10000               /* a form waits */

/* ---- what there is ---- */

static const char *type_words(enum action_arg_type t)
{
	switch (t) {
	case ARG_ADDRESS: return "address";
	case ARG_BOOL: return "true or false";
	case ARG_UINT: return "number";
	case ARG_ETHER: return "amount: 0.05 ether";
	case ARG_DURATION: return "time: 24h";
	case ARG_TEXT: return "text";
	case ARG_BYTES: return "bytes: 0x…";
	case ARG_HASH: return "32 bytes: 0x…";
	case ARG_ROLE: return "proposer, executor, canceller or admin";
	case ARG_CONTRACT: return "a contract of the profile";
	}
	return "";
}

static struct json *text_or_null(struct arena *a, struct span s)
{
	return s.n > 0 ? json_text(a, s) : json_null(a);
}

static struct json *arg_json(struct cli *cli, const struct action_def *d, size_t i)
{
	struct arena *a = &cli->arena;
	struct json *o = json_object(a), *not = json_array(a);
	struct arg_bounds bounds;
	size_t n;
	const struct action_arg *arg = &action_args(d, &n)[i];
	action_arg_bounds(a, &bounds, &cli->ws->pin, d, i);
	for (size_t k = 0; k < bounds.n_not; k++)
		json_push(not, json_str(a, bounds.not[k]));
	json_set(o, a, "name", json_text(a, arg->name));
	json_set(o, a, "ask", json_text(a, arg->ask));
	json_set(o, a, "type", json_str(a, type_words(arg->type)));
	json_set(o, a, "unit", text_or_null(a, arg->unit));
	json_set(o, a, "default", text_or_null(a, arg->default_value));
	json_set(o, a, "fromChain", text_or_null(a, arg->from_chain));
	json_set(o, a, "not", not);
	json_set(o, a, "min", text_or_null(a, bounds.min));
	json_set(o, a, "max", text_or_null(a, bounds.max));
	json_set(o, a, "why", text_or_null(a, bounds.why));
	return o;
}

static struct json *action_json(struct cli *cli, const struct action_def *d)
{
	struct arena *a = &cli->arena;
	struct json *o = json_object(a), *list = json_array(a);
	const char *when = action_deescalates_when(a, d);
	size_t n;
	(void)action_args(d, &n);
	for (size_t i = 0; i < n; i++)
		json_push(list, arg_json(cli, d, i));
	json_set(o, a, "action", json_text(a, action_name(d)));
	json_set(o, a, "title", json_text(a, action_title(d)));
	json_set(o, a, "risk", json_str(a, action_risk_name(action_risk_of(d))));
	json_set(o, a, "route", json_str(a, action_is_direct(d) ? "direct" : "timelock"));
	json_set(o, a, "deescalates", when != NULL ? json_str(a, when) : json_null(a));
	json_set(o, a, "undo", text_or_null(a, action_undo_name(d)));
	json_set(o, a, "args", list);
	return o;
}

static void action_text(struct cli *cli, const struct action_def *d, bool full)
{
	const struct span name = action_name(d), title = action_title(d);
	size_t n;
	const struct action_arg *args = action_args(d, &n);
	cli_text(cli, "%-26.*s %-8s %.*s\n", (int)name.n, (const char *)name.p,
		 action_risk_name(action_risk_of(d)), (int)title.n, (const char *)title.p);
	for (size_t i = 0; full && i < n; i++)
		cli_text(cli, "  %-16.*s %.*s (%s%s)\n", (int)args[i].name.n, (const char *)args[i].name.p,
			 (int)args[i].ask.n, (const char *)args[i].ask.p, type_words(args[i].type),
			 args[i].from_chain.n > 0 ? "; read from the chain" : "");
}

/* ---- what the contracts say now ---- */

static void say_bad(struct cli *cli, const struct bad_pair *bad, size_t n, struct json *o)
{
	struct arena *a = &cli->arena;
	struct json *list = json_array(a);
	for (size_t i = 0; i < n; i++) {
		struct json *x = json_object(a);
		json_set(x, a, "arg", json_text(a, bad[i].name));
		json_set(x, a, "what", json_text(a, bad[i].what));
		json_push(list, x);
		cli_text(cli, "  %.*s: %.*s\n", text_shown(bad[i].name), (const char *)bad[i].name.p,
			 text_shown(bad[i].what), (const char *)bad[i].what.p);
	}
	json_set(o, a, "bad", list);
}

static struct json *now_json(struct cli *cli, const struct action_read_back *r, struct span text)
{
	struct arena *a = &cli->arena;
	struct json *x = json_object(a);
	json_set(x, a, "say", json_text(a, r->say));
	json_set(x, a, "now", text.p != NULL ? json_text(a, text) : json_null(a));
	json_set(x, a, "arg", text_or_null(a, r->arg));
	cli_text(cli, "  now: ");
	text_safe(&cli->text, r->say, false);
	cli_text(cli, ": ");
	text_safe(&cli->text, text.p != NULL ? text : span_str("no answer"), false);
	cli_text(cli, "\n");
	return x;
}

/* Whatever is wrong with the nodes is a word in the form, and no failure. */
static void say_now(struct cli *cli, const struct action_read_back *reads, size_t n, struct json *o)
{
	struct arena *a = &cli->arena;
	struct json *list = json_array(a);
	struct chain c = {0};
	struct span *texts;
	struct err e = {0};
	struct buf trouble = {0};
	const bool ok = look_open(cli->ws, a, WITHIN_MS, &c, &e) && onchain_read_all(&c, a, reads, n, &texts, &e);
	for (size_t i = 0; ok && i < n; i++)
		json_push(list, now_json(cli, &reads[i], texts[i]));
	if (!ok) {
		struct buf words = {0};
		err_format(&e, &words);
		text_safe(&trouble, buf_view(&words), false);
		buf_release(&words);
		cli_text(cli, "  without the chain: %s\n", buf_cstr(&trouble));
	}
	json_set(o, a, "block", ok ? json_u64(a, c.pin.number) : json_null(a));
	json_set(o, a, "trouble", text_or_null(a, buf_view(&trouble)));
	json_set(o, a, "now", list);
	buf_release(&trouble);
	err_clear(&e);
	chain_release(&c);
}

static bool now(struct cli *cli, const struct action_def *d, struct json *o, struct err *e)
{
	struct arena *a = &cli->arena;
	const size_t n_pairs = cli->n_args - 1;
	struct span *pairs = ARENA_ARRAY(a, struct span, n_pairs + 1);
	struct bad_pair *bad = ARENA_ARRAY(a, struct bad_pair, n_pairs + 1);
	const struct action_read_back *reads;
	size_t n, n_bad;
	for (size_t i = 0; i < n_pairs; i++)
		pairs[i] = span_str(cli->args[i + 1]);
	if (!action_reads_so_far(a, &reads, &n, &cli->ws->pin, d, pairs, n_pairs, bad, &n_bad, e))
		return false;
	say_bad(cli, bad, n_bad, o);
	say_now(cli, reads, n, o);
	return true;
}

bool cmd_actions(struct cli *cli, struct err *e)
{
	const struct catalogue *c = cli->ws->pin.catalogue;
	const bool with_now = cli_flag(cli, "--now");
	if (with_now ? cli->n_args == 0 : cli->n_args > 1)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "usage: setgov actions [ACTION [name=value… --now]]");
	cli->result = json_array(&cli->arena);
	for (size_t i = 0; i < catalogue_size(c); i++) {
		const struct action_def *d = catalogue_at(c, i);
		if (cli->n_args > 0 && !span_is(action_name(d), cli->args[0]))
			continue;
		struct json *o = action_json(cli, d);
		action_text(cli, d, cli->n_args > 0);
		if (with_now && !now(cli, d, o, e))
			return false;
		json_push(cli->result, o);
	}
	if (cli->result->n == 0)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "no action \"%s\"; setgov actions lists them",
			       cli->args[0]);
	return true;
}
