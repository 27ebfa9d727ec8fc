/* log erase: the bytes of a private blob, by two people. */
#include "audit-log/erase.h"
#include "src/base/hex.h"
#include "src/cli/cmd.h"

static void say(struct cli *cli, const struct erased *r)
{
	if (!r->gone) {
		cli_text(cli, "%s has asked for it (line %llu). Nothing is erased until somebody else says the same:\n"
			 "setgov log erase %s --as ID --reason T\n", r->asker, (unsigned long long)r->seq,
			 cli->args[0]);
		return;
	}
	cli_text(cli, "Erased (line %llu), as %s had asked: the bytes are gone from this log, the digest and every "
		 "line stay.\nWho the two were is what --as claimed. Backups and other copies still have the bytes.\n",
		 (unsigned long long)r->seq, r->asker);
	if (r->wal_left)
		cli_text(cli, "Somebody else is reading the log: log.db-wal keeps the bytes until the last one closes "
			 "it.\n");
}

bool cmd_log_erase(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const char *reason = cli_option(cli, "--reason");
	struct hash32 blob;
	struct erased r;
	const struct erasing what = { &blob, cli->ws->actor, cli->ws->auth, span_str(reason != NULL ? reason : "") };
	if (!hex_bare(blob.b, sizeof(blob.b), span_str(cli->args[0]), e))
		return err_in(e, "BLOB");
	if (cli->as == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "two people erase: say who you are, --as ID");
	if (reason == NULL || reason[0] == '\0')
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "erasing needs a --reason");
	if (!log_erase(cli->ws->log, a, &r, &what, e))
		return false;
	say(cli, &r);
	cli->result = json_object(a);
	json_set(cli->result, a, "asked", json_str(a, r.asker));
	json_set(cli->result, a, "blob", json_bare(a, SPAN_HASH(&blob)));
	json_set(cli->result, a, "erased", json_bool(a, r.gone));
	json_set(cli->result, a, "line", json_u64(a, r.seq));
	json_set(cli->result, a, "walLeft", json_bool(a, r.wal_left));
	return views_catch_up(cli->ws->views, e);
}
