/* preview: what a change would do, before anybody signs it: a node runs its steps in thought, and every value that
 * can be read is read before and after. The node's word, and said to be. --queue: all that waits, each on top of those
 * before it. */
#include "src/cli/cmd.h"
#include "src/cli/onchain.h"
#include "src/cli/previewing.h"
#include "src/evm/address.h"

/* --by: an address, or a person of the profile. */
static bool read_as(struct cli *cli, struct addr *out, const struct addr **as, struct err *e)
{
	const char *text = cli_option(cli, "--by");
	const struct person *who;
	*as = NULL;
	if (text == NULL)
		return true;
	who = deployment_person(&cli->ws->deployment, span_str(text));
	if (who != NULL)
		*out = who->address;
	else if (!addr_parse(out, span_str(text), e))
		return err_in(e, "--by");
	*as = out;
	return true;
}

static bool read_step(struct cli *cli, bool *cancel, struct err *e)
{
	const char *name = cli_option(cli, "--step");
	enum step_kind step = STEP_EXECUTE;
	if (name != NULL && !step_parse(&step, span_str(name), e))
		return err_in(e, "--step");
	*cancel = step == STEP_CANCEL;
	return step != STEP_SCHEDULE ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--step takes execute, which runs schedule first where that is "
		       "not done, or cancel");
}

static bool one(struct cli *cli, struct chain *c, struct err *e)
{
	struct previewing_how how = {0};
	struct change change;
	struct effects effects;
	struct addr as;
	if (!read_as(cli, &as, &how.as, e) || !read_step(cli, &how.cancel, e) ||
	    !workspace_look(cli->ws, &cli->arena, cli->args[0], &change, e) || !onchain_open(cli->ws, c, e) ||
	    !previewing_run(cli->ws, c, &cli->arena, &change, &how, &effects, e))
		return false;
	effects_format(&cli->text, &effects, cli_flag(cli, "--all"));
	cli->result = effects_to_json(&cli->arena, &effects);
	cli->status = effects_are_clean(&effects) ? 0 : 1;
	return true;
}

static void say_order(struct cli *cli, const struct effects *v, size_t n)
{
	if (n == 0) {
		cli_text(cli, "Nothing waits.\n");
		return;
	}
	cli_text(cli, "In the order in which they will run, each on top of those before it:");
	for (size_t i = 0; i < n; i++)
		cli_text(cli, " %s%s", v[i].change, i + 1 < n ? "," : "\n");
}

static bool queue(struct cli *cli, struct chain *c, struct err *e)
{
	struct json *list = json_array(&cli->arena);
	const struct changes *all;
	struct effects *v;
	size_t n;
	if (!workspace_unfinished(cli->ws, &all, e) || !onchain_open(cli->ws, c, e) ||
	    !previewing_queue(cli->ws, c, &cli->arena, all, &v, &n, e))
		return false;
	say_order(cli, v, n);
	for (size_t i = 0; i < n; i++) {
		cli_text(cli, "\n");
		effects_format(&cli->text, &v[i], cli_flag(cli, "--all"));
		json_push(list, effects_to_json(&cli->arena, &v[i]));
		if (!effects_are_clean(&v[i]))
			cli->status = 1;
	}
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "changes", list);
	json_set(cli->result, &cli->arena, "format", json_str(&cli->arena, "setgov-preview-queue/1"));
	return true;
}

bool cmd_preview(struct cli *cli, struct err *e)
{
	struct chain c = {0};
	bool ok;
	if (cli_flag(cli, "--queue") == (cli->n_args == 1))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "one change, or --queue for all that wait");
	ok = cli->n_args == 1 ? one(cli, &c, e) : queue(cli, &c, e);
	chain_release(&c);
	return ok;
}
