/* log show and rebuild. */
#include "audit-log/census.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"

#define FLUSH_BYTES ((size_t)1 << 16)

struct showing {
	struct cli *cli;
	const char *change;           /* only this one's lines, or NULL */
	bool all;                     /* the whole log: more than is kept in memory */
	uint64_t shown;
};

/* As json_pretty() would write it within a list. */
static void show_json(struct showing *s, struct arena *a, const struct hash32 *leaf, struct span raw)
{
	struct buf *out = &s->cli->text, pretty = {0};
	struct json *o = json_object(a);
	json_set(o, a, "leaf", json_bare(a, SPAN_HASH(leaf)));
	json_set(o, a, "line", json_copy(a, json_parse(a, raw, NULL)));
	json_pretty(&pretty, o);
	buf_str(out, s->shown > 1 ? ",\n  " : "[\n  ");
	for (size_t i = 0; i < pretty.n; i++) {
		buf_byte(out, pretty.p[i]);
		if (pretty.p[i] == '\n')
			buf_str(out, "  ");
	}
	buf_release(&pretty);
}

static bool show_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct showing *s = ctx;
	struct arena a = {0};
	struct line l;
	if (!line_parse(&a, &l, raw, e)) {
		arena_release(&a);
		return err_in(e, "line %llu", (unsigned long long)seq);
	}
	if (s->change == NULL || span_is(l.change, s->change)) {
		s->shown++;
		if (s->cli->json) {
			show_json(s, &a, leaf, raw);
		} else {
			cli_text(s->cli, "%6llu  ", (unsigned long long)seq);
			time_format(&s->cli->text, l.time);
			cli_text(s->cli, "  %-8.*s %-20.*s %.*s (%.*s)\n", (int)l.change.n,
				 (const char *)l.change.p, (int)l.kind.n, (const char *)l.kind.p,
				 (int)l.actor.n, (const char *)l.actor.p, (int)l.auth.n,
				 (const char *)l.auth.p);
			if (cli_flag(s->cli, "--full")) {
				cli_text(s->cli, "        ");
				text_safe(&s->cli->text, raw, false);
				cli_text(s->cli, "\n");
			}
		}
	}
	arena_release(&a);
	if (s->all && s->cli->text.n >= FLUSH_BYTES)
		cli_flush(s->cli);
	return true;
}

/* Every line is read once before the first one is shown: what is wrong with any is said instead. */
static bool show_all(struct cli *cli, struct showing *s, struct err *e)
{
	const struct census *census;
	s->all = true;
	return census_of(cli->ws->log, &census, e) && log_each(cli->ws->log, 0, UINT64_MAX, show_line, s, e);
}

/* Found through the views, re-hashed, and looked at whether they are of this change. */
static bool show_change(struct cli *cli, struct showing *s, struct err *e)
{
	struct seqs seqs;
	return views_lines_of_change(cli->ws->views, &cli->arena, span_str(s->change), &seqs, e) &&
	       log_each_of(cli->ws->log, &seqs, show_line, s, e);
}

bool cmd_log_show(struct cli *cli, struct err *e)
{
	struct log *log = cli->ws->log;
	struct showing s = { .cli = cli };
	uint64_t from = 0, to = log_size(log);
	if (cli->n_args > 0 && cli->args[0][0] >= '0' && cli->args[0][0] <= '9') {
		struct u256 v;
		if (!u256_parse(&v, span_str(cli->args[0]), e) || !u256_fits_u64(&v, &from) || from >= to)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the log has lines 0 to %llu",
				       (unsigned long long)to - 1);
		to = from + 1;
	} else if (cli->n_args > 0) {
		s.change = cli->args[0];
	}
	if (s.change != NULL       ? !show_change(cli, &s, e)
	    : cli->n_args > 0 ? !log_each(log, from, to, show_line, &s, e) : !show_all(cli, &s, e))
		return false;
	if (s.shown == 0)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no line of %s", s.change);
	if (cli->json) {
		cli_text(cli, "\n]\n");
		return true;
	}
	const struct tree_head head = log_head(log);
	cli_text(cli, "head    %llu lines, root ", (unsigned long long)head.size);
	buf_hex(&cli->text, SPAN_HASH(&head.root));
	cli_text(cli, "\n");
	return true;
}

bool cmd_log_rebuild(struct cli *cli, struct err *e)
{
	if (!views_rebuild(cli->ws->views, e))
		return false;
	cli_text(cli, "The views are made anew from %llu lines.\n", (unsigned long long)log_size(cli->ws->log));
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "lines", json_u64(&cli->arena, log_size(cli->ws->log)));
	return true;
}
