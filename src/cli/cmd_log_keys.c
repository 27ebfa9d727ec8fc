/* log rotate-key and log keys: the key that signs checkpoints, changed; and every one that there was. */
#include "audit-log/keys.h"
#include "src/cli/cmd.h"

static struct json *keys_json(struct arena *a, const struct log_keys *keys)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < keys->n; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "line", json_u64(a, keys->v[i].line));
		json_set(o, a, "note", keys->v[i].note.n > 0 ? json_text(a, keys->v[i].note) : json_null(a));
		json_set(o, a, "vkey", json_text(a, keys->v[i].vkey));
		json_push(list, o);
	}
	return list;
}

/* Whoever knew the key before follows the note: a witness, an offline signer who is to cosign. */
bool cmd_log_keys(struct cli *cli, struct err *e)
{
	const struct log_keys *keys = log_keys(cli->ws->log);
	const struct log_reign *now = log_keys_now(keys);
	cli->result = keys_json(&cli->arena, keys);
	if (cli_flag(cli, "--note")) {
		if (now->note.n == 0)
			return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log's key was never changed");
		buf_span(&cli->text, now->note);
		return true;
	}
	for (size_t i = 0; i < keys->n; i++)
		cli_text(cli, "line %llu: %.*s%s\n", (unsigned long long)keys->v[i].line, (int)keys->v[i].vkey.n,
			 (const char *)keys->v[i].vkey.p, &keys->v[i] == now ? "  signs now" : "");
	return true;
}

bool cmd_log_rotate_key(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	if (!log_rotate_key(ws->log, ws->actor, ws->auth, e) || !views_catch_up(ws->views, e))
		return false;
	const struct log_reign *now = log_keys_now(log_keys(ws->log));
	cli_text(cli, "Line %llu: the log is signed by %.*s from here on, and the key before vouches for it.\n"
		 "Whoever pinned that one follows by the note that setgov log keys --note writes. Backups hold the key "
		 "that was: make a new one.\n", (unsigned long long)now->line, (int)now->vkey.n,
		 (const char *)now->vkey.p);
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "line", json_u64(&cli->arena, now->line));
	json_set(cli->result, &cli->arena, "note", json_text(&cli->arena, now->note));
	json_set(cli->result, &cli->arena, "vkey", json_text(&cli->arena, now->vkey));
	return true;
}
