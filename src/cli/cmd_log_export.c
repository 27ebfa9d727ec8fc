/* log export: the log as plain files, or as tiles for a static host. */
#include <stdlib.h>

#include "audit-log/census.h"
#include "audit-log/export_tiles.h"
#include "src/base/fs.h"
#include "src/cli/cmd.h"
#include "src/cli/withholding.h"

struct spent {
	struct workspace *ws;
	struct hash32 *v;
	size_t n, cap;
};

static void release_blob(struct spent *s, const struct hash32 *digest)
{
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 64;
		struct hash32 *v = realloc(s->v, s->cap * sizeof(*v));
		if (v == NULL)
			die("out of memory");
		s->v = v;
	}
	s->v[s->n++] = *digest;
}

/* A signature whose nonce the Safe has spent frees nobody to do anything any more. */
static void release_step(struct spent *s, const struct step *step)
{
	if (!step->mined)
		return;
	for (size_t j = 0; j < step->n_signatures; j++)
		release_blob(s, &step->signatures[j].digest);
	/* Another payer's transaction could still spend that payer's nonce: only the mined one is harmless. */
	for (size_t j = 0; j < step->n_submissions; j++)
		if (hash32_eq(&step->submissions[j].tx, &step->tx))
			release_blob(s, &step->submissions[j].raw);
}

/* Change by change: of a large log they would not all fit into memory at once. */
static bool collect_spent(struct spent *s, struct err *e)
{
	const struct census *census;
	const struct changes *all;
	bool ok = census_of(s->ws->log, &census, e);
	for (size_t i = 0; ok && i < census->changes.n; i++) {
		const struct counted *one = &census->changes.v[i];
		struct arena a = {0};
		struct change c;
		if (one->mined)
			ok = (log_is_hinted(s->ws->log) || workspace_fold(s->ws, &all, e)) &&
			     workspace_change(s->ws, &a, arena_str(&a, one->name), &c, e);
		for (int k = 0; ok && one->mined && k < N_STEPS; k++)
			release_step(s, &c.steps[k]);
		arena_release(&a);
	}
	return ok;
}

static struct json *words(struct cli *cli, const struct tree_head *head, const struct hash32 *digest)
{
	struct arena *a = &cli->arena;
	struct json *o = json_object(a);
	json_set(o, a, "digest", json_bare(a, SPAN_HASH(digest)));
	json_set(o, a, "form", json_str(a, cli_flag(cli, "--tiles") ? "tiles" : "lines"));
	json_set(o, a, "root", json_bare(a, SPAN_HASH(&head->root)));
	json_set(o, a, "size", json_u64(a, head->size));
	return o;
}

/* Each export is an event of the log itself. */
static bool log_it(struct cli *cli, const struct tree_head *head, const struct hash32 *digest, uint64_t withheld,
		   struct err *e)
{
	struct json *body = words(cli, head, digest);
	json_set(body, &cli->arena, "withheld", json_u64(&cli->arena, withheld));
	cli->result = words(cli, head, digest);
	return workspace_append(cli->ws, "log.exported", span_of(NULL, 0), body, e);
}

/* ---- what is not in it ---- */

static bool take_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct arena scratch = {0};
	struct line l;
	(void)leaf;
	const bool ok = (line_parse(&scratch, &l, raw, e) && withholding_take(ctx, &l, e)) ||
			err_in(e, "line %llu", (unsigned long long)seq);
	arena_release(&scratch);
	return ok;
}

/* Read back from what was written: the reader of the export has to come to the same. */
static bool say_withheld(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct buf manifest = {0};
	struct withholding w;
	bool ok = fs_read(&manifest, arena_fmt(a, "%s/" MANIFEST, cli->args[0]), WITHHELD_MANIFEST_MAX, e) &&
		  withholding_begin(&w, a, buf_view(&manifest), e);
	if (ok && w.list.n > 0)
		ok = log_each(cli->ws->log, 0, UINT64_MAX, take_line, &w, e);
	for (size_t i = 0; ok && i < w.list.n; i++) {
		cli_text(cli, "  withheld: ");
		buf_hex(&cli->text, SPAN_HASH(&w.list.v[i].digest));
		cli_text(cli, ", %s\n", withholding_words(&w, i));
	}
	if (ok)
		json_set(cli->result, a, "withheld", withholding_json(a, &w));
	buf_release(&manifest);
	return ok;
}

static void say_root(struct cli *cli, const struct tree_head *head)
{
	cli_text(cli, ", root ");
	buf_hex(&cli->text, SPAN_HASH(&head->root));
	cli_text(cli, "\n");
}

static bool export_lines(struct cli *cli, const struct export_options *options, struct err *e)
{
	struct export_result r;
	if (!log_export_jsonl(cli->ws->log, cli->args[0], options, &r, e) ||
	    !log_it(cli, &r.head, &r.digest, r.withheld, e))
		return false;
	cli_text(cli, "%s: %llu lines, %llu blobs, %llu withheld", cli->args[0], (unsigned long long)r.lines,
		 (unsigned long long)r.blobs, (unsigned long long)r.withheld);
	say_root(cli, &r.head);
	return say_withheld(cli, e);
}

static bool export_tiles(struct cli *cli, const struct export_options *options, struct err *e)
{
	struct tiles_result r;
	if (!log_export_tiles(cli->ws->log, cli->args[0], options, &r, e) ||
	    !log_it(cli, &r.head, &r.digest, r.withheld, e))
		return false;
	cli_text(cli, "%s: %llu lines, %llu of them new; %llu tiles and %llu blobs written, %llu withheld",
		 cli->args[0], (unsigned long long)r.head.size, (unsigned long long)(r.head.size - r.before),
		 (unsigned long long)r.files, (unsigned long long)r.blobs, (unsigned long long)r.withheld);
	say_root(cli, &r.head);
	return say_withheld(cli, e);
}

bool cmd_log_export(struct cli *cli, struct err *e)
{
	struct spent spent = { .ws = cli->ws };
	bool ok = collect_spent(&spent, e) && log_checkpoint(cli->ws->log, NULL, e);
	const struct export_options options = { spent.v, spent.n };
	if (ok)
		ok = cli_flag(cli, "--tiles") ? export_tiles(cli, &options, e) : export_lines(cli, &options, e);
	free(spent.v);
	return ok;
}
