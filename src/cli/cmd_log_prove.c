/* log prove: that a line is in the log, or that one size of it is the beginning of another, for tools that are not
 * ours.
 *
 * On standard output, or in the file of -o, is what such tools read: a C2SP tlog-proof, or the body that a C2SP
 * witness takes. Both end with a signed checkpoint, and are made only where there is one; --json gives the hashes for
 * any size. */
#include "audit-log/cosignatures.h"
#include "src/base/fs.h"
#include "src/cli/cmd.h"
#include "src/proof/proof_file.h"

static bool read_number(const char *word, const char *what, uint64_t *out, struct err *e)
{
	struct u256 v;
	return (u256_parse(&v, span_str(word), e) &&
		(u256_fits_u64(&v, out) || err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed at most 64 bits"))) ||
	       err_in(e, "%s", what);
}

/* What others vouch for goes out with their lines below it. */
static bool with_cosignatures(struct cli *cli, struct span *note, struct err *e)
{
	struct log_cosignatures all;
	struct buf b = {0};
	const bool ok = log_cosignatures(cli->ws->log, &cli->arena, &all, e) &&
			log_cosigned_note(&b, *note, &all, e);
	if (ok)
		*note = arena_copy(&cli->arena, buf_view(&b));
	buf_release(&b);
	return ok;
}

/* The checkpoint over exactly these lines, or an empty note. One whose root the tree no longer has is not handed
 * out. */
static bool note_over(struct cli *cli, uint64_t size, const struct hash32 *root, struct span *note, struct err *e)
{
	struct log *log = cli->ws->log;
	struct buf b = {0};
	struct err why = {0};
	struct checkpoint c;
	bool ok = log_checkpoint_at(log, size, &b, &why);
	*note = arena_copy(&cli->arena, buf_view(&b));
	buf_release(&b);
	if (!ok && why.code != ERR_MISSING) {
		err_clear(e);
		*e = why;
		return false;
	}
	err_clear(&why);
	if (!ok)
		return true;
	ok = checkpoint_open(&cli->arena, &c, *note, log_key_at(log, size), e);
	if (ok && !hash32_eq(&c.head.root, root))
		ok = err_refuse(e, "LOG-DAMAGED", "the checkpoint over %llu lines has another root than the tree; "
				"setgov log verify says more", (unsigned long long)size);
	return ok && with_cosignatures(cli, note, e);
}

static struct json *path_json(struct arena *a, const struct merkle_path *path)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < path->n; i++)
		json_push(list, json_bare(a, SPAN_HASH(&path->hash[i])));
	return list;
}

static void set_common(struct cli *cli, uint64_t size, const struct hash32 *root, const struct merkle_path *path,
		       struct span note)
{
	struct arena *a = &cli->arena;
	struct buf vkey = {0};
	note_key_format(&vkey, log_key_at(cli->ws->log, size));
	json_set(cli->result, a, "note", note.n > 0 ? json_text(a, note) : json_null(a));
	json_set(cli->result, a, "path", path_json(a, path));
	json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(root)));
	json_set(cli->result, a, "size", json_u64(a, size));
	json_set(cli->result, a, "vkey", json_text(a, buf_view(&vkey)));
	buf_release(&vkey);
}

/* The file goes to -o, or is the result itself. */
static bool hand_out(struct cli *cli, uint64_t size, struct span note, const struct buf *file, struct err *e)
{
	const char *path = cli_option(cli, "-o");
	if (note.n == 0 && (path != NULL || !cli->json))
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "no checkpoint over %llu lines, and without one a "
			       "proof is only self-consistent: setgov log checkpoint signs the log as it is, and "
			       "--json gives the hashes alone", (unsigned long long)size);
	if (path == NULL) {
		buf_span(&cli->text, buf_view(file));
		return true;
	}
	if (!fs_write(path, buf_view(file), 0644, e))
		return false;
	cli_text(cli, "%s\n", path);
	return true;
}

/* Which tree a line is proved in: the newest that is signed, unless --size says. */
static bool choose_size(struct cli *cli, uint64_t seq, uint64_t *size, struct err *e)
{
	const char *given = cli_option(cli, "--size");
	const uint64_t lines = log_size(cli->ws->log);
	struct tree_head head;
	if (seq >= lines)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the log has lines 0 to %llu",
			       (unsigned long long)lines - 1);
	if (given == NULL) {
		if (!log_newest_checkpoint(cli->ws->log, NULL, &head, e))
			return false;
		*size = head.size;
		return head.size > seq ||
		       err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the newest checkpoint is over %llu lines, and line %llu "
			       "is behind them: setgov log checkpoint signs the log as it is",
			       (unsigned long long)head.size, (unsigned long long)seq);
	}
	if (!read_number(given, "--size", size, e))
		return false;
	if (*size <= seq || *size > lines)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--size of a tree with line %llu is %llu to %llu",
			       (unsigned long long)seq, (unsigned long long)seq + 1, (unsigned long long)lines);
	return true;
}

static bool prove_entry(struct cli *cli, struct err *e)
{
	struct log *log = cli->ws->log;
	struct arena *a = &cli->arena;
	struct proof_file p = {0};
	struct buf raw = {0}, file = {0};
	struct hash32 root, leaf;
	uint64_t size = 0;
	if (!read_number(cli->args[1], "SEQ", &p.index, e) || !choose_size(cli, p.index, &size, e) ||
	    !log_line(log, p.index, &raw, e))
		return false;
	const struct span line = arena_copy(a, buf_view(&raw));
	buf_release(&raw);
	line_leaf(&leaf, line);
	if (!log_root_at(log, size, &root, e) || !log_path(log, p.index, size, &p.path, e) ||
	    !merkle_path_verify(&root, &leaf, p.index, size, p.path.hash, p.path.n, e) ||
	    !note_over(cli, size, &root, &p.checkpoint, e))
		return false;
	cli->result = json_object(a);
	json_set(cli->result, a, "index", json_u64(a, p.index));
	json_set(cli->result, a, "leaf", json_bare(a, SPAN_HASH(&leaf)));
	json_set(cli->result, a, "line", json_text(a, line));
	set_common(cli, size, &root, &p.path, p.checkpoint);
	proof_file_write(&file, &p);
	const bool ok = hand_out(cli, size, p.checkpoint, &file, e);
	buf_release(&file);
	return ok;
}

static bool prove_growth(struct log *log, uint64_t size, struct growth_file *g, struct tree_head *old,
			 struct tree_head *now, struct err *e)
{
	*old = (struct tree_head){ .size = g->old };
	*now = (struct tree_head){ .size = size };
	return log_root_at(log, g->old, &old->root, e) && log_root_at(log, size, &now->root, e) &&
	       (g->old == 0 || (log_consistency(log, g->old, size, &g->path, e) &&
				merkle_consistency_verify(old, now, g->path.hash, g->path.n, e)));
}

static bool prove_consistency(struct cli *cli, struct err *e)
{
	struct log *log = cli->ws->log;
	struct arena *a = &cli->arena;
	const uint64_t lines = log_size(log);
	struct growth_file g = {0};
	struct tree_head old, now;
	struct buf file = {0};
	uint64_t size = 0;
	if (!read_number(cli->args[1], "N", &g.old, e) || !read_number(cli->args[2], "M", &size, e))
		return false;
	if (g.old > size || size > lines)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "needed sizes N and M with N at most M, and M at most %llu",
			       (unsigned long long)lines);
	if (!prove_growth(log, size, &g, &old, &now, e) || !note_over(cli, size, &now.root, &g.checkpoint, e))
		return false;
	cli->result = json_object(a);
	json_set(cli->result, a, "old", json_u64(a, old.size));
	json_set(cli->result, a, "oldRoot", json_bare(a, SPAN_HASH(&old.root)));
	set_common(cli, size, &now.root, &g.path, g.checkpoint);
	growth_file_write(&file, &g);
	const bool ok = hand_out(cli, size, g.checkpoint, &file, e);
	buf_release(&file);
	return ok;
}

bool cmd_log_prove(struct cli *cli, struct err *e)
{
	const struct span what = span_str(cli->args[0]);
	if (span_is(what, "entry") && cli->n_args == 2)
		return prove_entry(cli, e);
	if (span_is(what, "consistency") && cli->n_args == 3 && cli_option(cli, "--size") == NULL)
		return prove_consistency(cli, e);
	return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
		       "usage: setgov log prove entry SEQ [--size N], or setgov log prove consistency N M");
}
