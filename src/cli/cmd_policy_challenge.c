/* policy challenge: what the holder of an address has to sign before a change hands him power. */
#include "src/base/fs.h"
#include "src/cli/cmd.h"
#include "src/cli/possession.h"
#include "src/evm/address.h"

static bool write_out(struct cli *cli, const struct json *doc, struct err *e)
{
	const char *path = cli_option(cli, "-o");
	struct buf b = {0};
	bool ok = true;
	json_pretty(&b, doc);
	if (path != NULL)
		ok = fs_write(path, buf_view(&b), 0644, e);
	else
		buf_span(&cli->text, buf_view(&b));
	buf_release(&b);
	if (ok && path != NULL)
		cli_text(cli, "Written to %s. Next: setgov-signer attest %s, or any wallet that signs typed data;\n"
			 "then setgov collect FILE\n", path, path);
	return ok;
}

bool cmd_policy_challenge(struct cli *cli, struct err *e)
{
	struct change c;
	struct addr account;
	if (!workspace_change(cli->ws, &cli->arena, cli->args[0], &c, e))
		return false;
	if (!addr_parse(&account, span_str(cli->args[1]), e))
		return err_in(e, "ADDRESS");
	const struct attestation t = possession_asked(cli->ws, c.id, &account);
	const struct json *doc = attestation_typed_data(&cli->arena, &cli->ws->deployment, &t);
	cli->result = json_copy(&cli->arena, doc);
	return write_out(cli, doc, e);
}
