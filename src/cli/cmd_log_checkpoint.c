/* log checkpoint: a signature under the log as it is, or the newest one that somebody else vouches for too. */
#include "audit-log/cosignatures.h"
#include "src/cli/cmd.h"

static struct json *cosignatures_json(struct arena *a, const struct log_cosignatures *all, uint64_t size)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < all->n; i++) {
		const struct log_cosignature *c = &all->v[i];
		if (c->head.size != size)
			continue;
		struct json *o = json_object(a);
		json_set(o, a, "by", json_str(a, c->witness ? "witness" : "owner"));
		json_set(o, a, "key", json_text(a, c->key));
		json_set(o, a, "line", json_u64(a, c->seq));
		json_set(o, a, "signature", json_text(a, c->signature));
		json_set(o, a, "time", c->witness ? json_u64(a, c->time) : json_null(a));
		json_push(list, o);
	}
	return list;
}

/* What is put out is read from the note itself. */
static bool put_out(struct cli *cli, struct span note, const struct log_cosignatures *all, struct err *e)
{
	struct arena *a = &cli->arena;
	struct buf vkey = {0};
	struct checkpoint c;
	struct note n;
	if (!note_parse(a, &n, arena_copy(a, note), e) || !checkpoint_parse(&c, n.text, e))
		return false;
	const struct note_key *key = log_key_at(cli->ws->log, c.head.size);
	if (!note_verify(&n, key, e))
		return false;
	buf_span(&cli->text, note);
	note_key_format(&vkey, key);
	cli->result = json_object(a);
	json_set(cli->result, a, "cosignatures", cosignatures_json(a, all, c.head.size));
	json_set(cli->result, a, "note", json_text(a, note));
	json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(&c.head.root)));
	json_set(cli->result, a, "size", json_u64(a, c.head.size));
	json_set(cli->result, a, "vkey", json_text(a, buf_view(&vkey)));
	buf_release(&vkey);
	return true;
}

static bool cosigned(struct cli *cli, struct buf *note, struct log_cosignatures *all, struct err *e)
{
	struct log *log = cli->ws->log;
	struct buf own = {0};
	if (!log_cosignatures(log, &cli->arena, all, e))
		return false;
	if (all->n == 0)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "nobody has cosigned a checkpoint of this log yet");
	for (size_t i = 0; i < all->n; i++)
		if (!log_cosignature_judge(log, &all->v[i], &cli->ws->deployment, e))
			return false;
	const bool ok = log_checkpoint_at(log, log_cosigned_size(all), &own, e) &&
			log_cosigned_note(note, buf_view(&own), all, e);
	buf_release(&own);
	return ok;
}

bool cmd_log_checkpoint(struct cli *cli, struct err *e)
{
	struct log_cosignatures all = {0};
	struct buf note = {0};
	const bool ok = (cli_flag(cli, "--cosigned") ? cosigned(cli, &note, &all, e)
						     : log_checkpoint(cli->ws->log, &note, e)) &&
			put_out(cli, buf_view(&note), &all, e);
	buf_release(&note);
	return ok;
}
