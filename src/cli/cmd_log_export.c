/* log export: the log as plain files, or as tiles for a static host. */
#include <stdlib.h>

#include "audit-log/export_tiles.h"
#include "src/cli/cmd.h"

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
static bool collect_spent(struct spent *s, struct err *e)
{
	const struct changes *all;
	if (!workspace_fold(s->ws, &all, e))
		return false;
	for (size_t i = 0; i < all->n; i++)
		for (int k = 0; k < N_STEPS; k++) {
			const struct step *step = &all->v[i].steps[k];
			if (!step->mined)
				continue;
			for (size_t j = 0; j < step->n_signatures; j++)
				release_blob(s, &step->signatures[j].digest);
			/* Another payer's transaction could still spend that payer's nonce: only the mined one
			 * is harmless. */
			for (size_t j = 0; j < step->n_submissions; j++)
				if (hash32_eq(&step->submissions[j].tx, &step->tx))
					release_blob(s, &step->submissions[j].raw);
		}
	return true;
}

/* Each export is an event of the log itself. */
static bool log_it(struct cli *cli, const struct tree_head *head, const struct hash32 *digest, uint64_t withheld,
		   struct err *e)
{
	struct arena *a = &cli->arena;
	struct json *body = json_object(a);
	json_set(body, a, "digest", json_bare(a, SPAN_HASH(digest)));
	json_set(body, a, "form", json_str(a, cli_flag(cli, "--tiles") ? "tiles" : "lines"));
	json_set(body, a, "root", json_bare(a, SPAN_HASH(&head->root)));
	json_set(body, a, "size", json_u64(a, head->size));
	json_set(body, a, "withheld", json_u64(a, withheld));
	cli->result = body;
	return workspace_append(cli->ws, "log.exported", span_of(NULL, 0), body, e);
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
	return true;
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
	return true;
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
