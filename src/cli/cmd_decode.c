/* setgov decode --to ADDR DATA: calldata in words, by the ABI of the contract that the profile has at that
 * address. The profile is the workspace's, or --deployment FILE. */
#include "src/base/hex.h"
#include "src/cli/cmd.h"
#include "audit-log/workspace.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"

static bool get_target(const struct cli *cli, struct addr *out, struct err *e)
{
	const char *to = cli_option(cli, "--to");

	if (to == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "decode needs --to ADDR");
	return addr_parse(out, span_str(to), e) || err_in(e, "--to");
}

static bool get_data(struct cli *cli, struct span *out, struct err *e)
{
	struct buf bytes = {0};
	const bool ok = hex_decode(&bytes, span_str(cli->args[0]), e);

	if (ok)
		*out = arena_copy(&cli->arena, buf_view(&bytes));
	buf_release(&bytes);
	return ok || err_in(e, "DATA");
}

/* The workspace's pins, or those of the profile in --deployment. */
static bool get_pins(struct cli *cli, struct pinned *out, struct err *e)
{
	const char *path = cli_option(cli, "--deployment");
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

bool cmd_decode(struct cli *cli, struct err *e)
{
	struct explained_call explained;
	struct call call = {0};
	struct pinned pin;

	if (!get_target(cli, &call.to, e) || !get_data(cli, &call.data, e) || !get_pins(cli, &pin, e) ||
	    !explain_call(&cli->arena, &explained, &pin, &call, e))
		return false;
	explain_format(&cli->text, &explained, 0);
	cli->result = explain_to_json(&cli->arena, &explained);
	return true;
}
