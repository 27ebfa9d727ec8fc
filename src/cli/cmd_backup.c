/* backup and restore: losing a machine. */
#include "audit-log/backup.h"
#include "src/base/fs.h"
#include "src/cli/anchors.h"
#include "src/cli/cmd.h"

/* The line comes first, so that it is in the copy. */
bool cmd_backup(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct workspace *ws = cli->ws;
	struct json *body = json_object(a);
	const struct tree_head head = log_head(ws->log);
	if (fs_exists(cli->args[0]))
		return err_refuse(e, "EXISTS", "there is something already") || err_file(e, cli->args[0], 0);
	json_set(body, a, "root", json_bare(a, SPAN_HASH(&head.root)));
	json_set(body, a, "size", json_u64(a, head.size));
	if (!workspace_append(ws, "log.backed-up", span_of(NULL, 0), body, e) || !log_checkpoint(ws->log, NULL, e) ||
	    !log_backup(ws->dir, cli->args[0], e))
		return false;
	cli_text(cli, "%s: %llu lines, verified. It holds the log key: keep it as the workspace itself.\n",
		 cli->args[0], (unsigned long long)log_size(ws->log));
	cli->result = json_object(a);
	json_set(cli->result, a, "size", json_u64(a, log_size(ws->log)));
	return true;
}

#define KEPT_MAX ((size_t)512 << 20)

/* The files that an option names. */
static bool read_all(struct cli *cli, const char *option, size_t cap, const struct span **out, size_t *n, struct err *e)
{
	struct span *v = ARENA_ARRAY(&cli->arena, struct span, cli->n_given + 1);
	for (size_t i = 0; i < cli->n_given; i++)
		if (span_is(span_str(option), cli->given[i].option->name) &&
		    !cli_read(cli, &v[(*n)++], cli->given[i].value, cap, e))
			return false;
	*out = v;
	return true;
}

static bool read_seen(struct cli *cli, struct restoring *r, struct err *e)
{
	return read_all(cli, "--seen", NOTE_MAX_BYTES, &r->seen, &r->n_seen, e) &&
	       read_all(cli, "--lines", KEPT_MAX, &r->kept, &r->n_kept, e);
}

/* What the chain has and the copy does not explain. A chain that cannot be asked holds nobody up: the line says so. */
static void ask_chain(struct cli *cli, struct restoring *r)
{
	struct arena *a = &cli->arena;
	struct json *list = json_array(a);
	struct anchors anchors;
	struct err inner = {0};
	struct buf words = {0};
	uint64_t size;
	if (cli_flag(cli, "--offline"))
		return;
	if (!anchors_look(&anchors, a, cli->args[0], cli_option(cli, "--rpc"), &size, &inner)) {
		err_format(&inner, &words);
		cli_text(cli, "NOT CHECKED anchors on chain: %s\n", buf_cstr(&words));
		buf_release(&words);
		err_clear(&inner);
		return;
	}
	for (size_t i = 0; i < anchors.n_lost; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "block", json_u64(a, anchors.lost[i].block));
		json_set(o, a, "operation", json_0x(a, SPAN_HASH(&anchors.lost[i].operation)));
		json_set(o, a, "salt", json_0x(a, SPAN_HASH(&anchors.lost[i].salt)));
		json_push(list, o);
		cli_text(cli, "On chain, and in no line: operation ");
		buf_0xhex(&cli->text, SPAN_HASH(&anchors.lost[i].operation));
		cli_text(cli, ", block %llu\n", (unsigned long long)anchors.lost[i].block);
	}
	r->anchors = list;
}

bool cmd_restore(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct restoring r = { .actor = span_str(LOCAL_ACTOR), .auth = span_str("os-user") };
	struct restored out;
	if (!workspace_state_dir(a, &r.remember, e) || !read_seen(cli, &r, e))
		return false;
	ask_chain(cli, &r);
	if (!log_restore(cli->args[0], cli->dir, &r, &out, e))
		return false;
	cli_text(cli, "The log goes on after line %llu.\n", (unsigned long long)out.head.size - 1);
	if (out.refilled > 0)
		cli_text(cli, "%llu lines came back from signers' journals, without the files they name.\n",
			 (unsigned long long)out.refilled);
	if (out.seen == 0)
		cli_text(cli, "Nobody showed a checkpoint: what was lost since the backup, if anything, is not "
			 "known.\n");
	else if (out.missing > 0)
		cli_text(cli, "%llu lines are MISSING: somebody saw %llu. Line log.restored says so.\n",
			 (unsigned long long)out.missing, (unsigned long long)out.seen);
	else
		cli_text(cli, "The newest checkpoint that was shown is over %llu lines, and all of them are there.\n",
			 (unsigned long long)out.seen);
	cli_text(cli, "New changes are called %s-… from here on: what was lost may have used the next numbers.\n",
		 out.series);
	cli->result = json_object(a);
	json_set(cli->result, a, "anchors", r.anchors != NULL ? json_copy(a, r.anchors) : json_null(a));
	json_set(cli->result, a, "missing", json_u64(a, out.missing));
	json_set(cli->result, a, "refilled", json_u64(a, out.refilled));
	json_set(cli->result, a, "seen", json_u64(a, out.seen));
	json_set(cli->result, a, "series", json_str(a, out.series));
	json_set(cli->result, a, "size", json_u64(a, out.head.size));
	return true;
}
