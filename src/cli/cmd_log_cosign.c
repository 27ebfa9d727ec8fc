/* log cosign: who else has seen the log. One file, one transaction. */
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/cosigning.h"
#include "src/gov/cosignature.h"

/* The profile's, and those that --witness names. */
static bool gather_witnesses(struct cli *cli, struct witnesses *out, struct err *e)
{
	const struct deployment *d = &cli->ws->deployment;
	struct note_key *v = ARENA_ARRAY(&cli->arena, struct note_key, d->n_witnesses + cli->n_given + 1);
	size_t n = 0;
	for (size_t i = 0; i < d->n_witnesses; i++)
		v[n++] = d->witnesses[i];
	for (size_t i = 0; i < cli->n_given; i++) {
		if (!span_is(span_str(cli->given[i].option->name), "--witness"))
			continue;
		if (!note_key_parse(&cli->arena, &v[n], span_str(cli->given[i].value), e))
			return err_in(e, "--witness");
		if (v[n++].type != NOTE_COSIGNATURE)
			return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "a witness's key has type 0x04") ||
			       err_in(e, "--witness");
	}
	*out = (struct witnesses){ v, n };
	return true;
}

static bool take(struct cli *cli, struct span file, const struct witnesses *w, struct cosigned *out, struct err *e)
{
	struct workspace *ws = cli->ws;
	struct err why = {0};
	if (file.n > 0 && file.p[0] == '{' ? cosigning_owner(ws, &cli->arena, file, out, &why, e)
					   : cosigning_note(ws, &cli->arena, file, w, out, &why, e))
		return true;
	if (err_is_set(&why) && e != NULL)
		*e = why;
	return false;
}

static bool take_file(struct cli *cli, const char *path, const struct witnesses *w, struct err *e)
{
	struct log *log = cli->ws->log;
	struct arena *a = &cli->arena;
	struct cosigned done = {0};
	struct span file;
	if (!cli_read(cli, &file, path, NOTE_MAX_BYTES, e) || !log_begin(log, e))
		return false;
	if (!take(cli, file, w, &done, e) || !log_commit(log, e)) {
		log_abort(log);
		return err_file(e, path, 0);
	}
	struct json *o = json_object(a);
	json_set(o, a, "added", json_u64(a, done.added));
	json_set(o, a, "file", json_str(a, path));
	json_set(o, a, "known", json_u64(a, done.known));
	json_set(o, a, "size", json_u64(a, done.size));
	json_push(cli->result, o);
	text_safe(&cli->text, span_str(path), false);
	cli_text(cli, ": %s\n", done.words);
	return true;
}

bool cmd_log_cosign(struct cli *cli, struct err *e)
{
	struct witnesses w;
	cli->result = json_array(&cli->arena);
	if (!gather_witnesses(cli, &w, e))
		return false;
	for (size_t i = 0; i < cli->n_args; i++)
		if (!take_file(cli, cli->args[i], &w, e))
			return false;
	return views_catch_up(cli->ws->views, e);
}
