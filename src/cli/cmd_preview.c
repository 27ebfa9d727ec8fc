/* preview: what a change would do, before anybody signs it: a node runs schedule and execute in thought, and every
 * value that can be read is read before and after. The node's word, and said to be. */
#include "src/cli/cmd.h"
#include "src/cli/onchain.h"
#include "src/cli/previewing.h"

static bool run(struct cli *cli, struct chain *c, struct err *e)
{
	struct change change;
	struct effects effects;
	if (!workspace_look(cli->ws, &cli->arena, cli->args[0], &change, e) || !onchain_open(cli->ws, c, e) ||
	    !previewing_run(cli->ws, c, &cli->arena, &change, &effects, e))
		return false;
	effects_format(&cli->text, &effects, cli_flag(cli, "--all"));
	cli->result = effects_to_json(&cli->arena, &effects);
	cli->status = effects_are_clean(&effects) ? 0 : 1;
	return true;
}

bool cmd_preview(struct cli *cli, struct err *e)
{
	struct chain c = {0};
	const bool ok = run(cli, &c, e);
	chain_release(&c);
	return ok;
}
