/* log keys, log rotate-key and log succeed: the key that signs checkpoints, every one that there was, a new one by the
 * old one's word, and by the owners' where that one is lost. */
#include "audit-log/keys.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/look.h"

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

static bool put_lines(struct cli *cli, const struct log_keys *keys, struct err *e)
{
	for (size_t i = 1; i < keys->n; i++) {
		if (!log_line(cli->ws->log, keys->v[i].line, &cli->text, e))
			return false;
		buf_byte(&cli->text, '\n');
	}
	return true;
}

/* Whoever knew a key before follows: a witness the note, an offline signer who is to cosign the lines. */
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
	if (cli_flag(cli, "--lines"))
		return put_lines(cli, keys, e);
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

/* ---- when it is lost ---- */

/* What the profile says that the Safe asks for, and no less than it does, where it can be asked. */
static size_t owners_needed(struct cli *cli)
{
	const struct deployment *d = &cli->ws->deployment;
	const size_t profile = log_succession_needs(d);
	struct err e = {0};
	uint64_t on_chain;
	if (look_threshold(d, &cli->arena, &on_chain, &e))
		return on_chain > profile ? (size_t)on_chain : profile;
	cli_say(cli, "NOT CHECKED: whether the Safe asks for more than %zu owners by now: %s", profile,
		text_safe_err(&cli->arena, &e));
	err_clear(&e);
	return profile;
}

static bool offer(struct cli *cli, struct err *e)
{
	struct buf note = {0};
	const bool ok = log_offer_key(cli->ws->log, cli_flag(cli, "--even-so"), &note, e);
	if (ok) {
		buf_span(&cli->text, buf_view(&note));
		cli->result = json_object(&cli->arena);
		json_set(cli->result, &cli->arena, "needs", json_u64(&cli->arena, owners_needed(cli)));
		json_set(cli->result, &cli->arena, "note", json_text(&cli->arena, buf_view(&note)));
	}
	buf_release(&note);
	return ok;
}

static bool read_message(struct cli *cli, const char *path, struct message_signature *out, struct err *e)
{
	struct signed_message m;
	struct span file;
	if (!cli_read(cli, &file, path, MESSAGE_MAX, e))
		return false;
	if (!message_parse(&cli->arena, &m, file, e) || !message_check(&m, &cli->ws->deployment, e))
		return err_file(e, path, 0);
	if (m.message.type != MESSAGE_SUCCESSION)
		return err_refuse(e, "TYPE", "needed a LogSuccession, found a %s", message_type_name(m.message.type)) ||
		       err_file(e, path, 0);
	*out = m.by;
	return true;
}

/* Without a file: the note that owners sign for. With their files: the new key goes on. */
bool cmd_log_succeed(struct cli *cli, struct err *e)
{
	struct workspace *ws = cli->ws;
	const struct log_options options = { ws->remember };
	struct message_signature *v = ARENA_ARRAY(&cli->arena, struct message_signature, cli->n_args + 1);
	if (cli->n_args == 0)
		return offer(cli, e);
	for (size_t i = 0; i < cli->n_args; i++)
		if (!read_message(cli, cli->args[i], &v[i], e))
			return false;
	const struct succession s = { ws->actor, ws->auth, &ws->deployment, owners_needed(cli), v, cli->n_args };
	if (!log_succeed_key(ws->dir, &options, &s, e) || !log_refresh(ws->log, e))
		return false;
	const struct log_reign *now = log_keys_now(log_keys(ws->log));
	cli_text(cli, "Line %llu: the log is signed by %.*s from here on, by the word of %zu owners.\n"
		 "Signers follow by their next packet. Backups hold no key that signs: make a new one.\n",
		 (unsigned long long)now->line, (int)now->vkey.n, (const char *)now->vkey.p, cli->n_args);
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "line", json_u64(&cli->arena, now->line));
	json_set(cli->result, &cli->arena, "note", json_text(&cli->arena, now->note));
	json_set(cli->result, &cli->arena, "vkey", json_text(&cli->arena, now->vkey));
	return true;
}
