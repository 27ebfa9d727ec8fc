/* policy releases: the list of code that may be installed, and taking over a new one. Its layouts go into the log with
 * it, so that an upgrade can be held against what is stored. */
#include <string.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/upgrading.h"
#include "src/crypto/words.h"
#include "src/gov/layout.h"

#define LAYOUT_FILE_MAX ((size_t)64 << 20)    /* a compiler's whole output */
#define SHOWN(s) text_shown(s), (const char *)(s).p

static void say(struct cli *cli, const struct releases *r, const struct releases *old)
{
	struct buf phrase = {0};
	words_phrase(&phrase, &r->digest);
	cli_text(cli, "%.*s\n", SHOWN(r->name));
	releases_format(&cli->text, r);
	if (old != NULL && !hash32_eq(&old->digest, &r->digest)) {
		cli_text(cli, "It takes the place of %.*s. What changes:\n", SHOWN(old->name));
		releases_differences(&cli->text, old, r);
	}
	cli_text(cli, "  digest  ");
	buf_hex(&cli->text, SPAN_HASH(&r->digest));
	cli_text(cli, "\n  phrase  %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "digest", json_bare(&cli->arena, SPAN_HASH(&r->digest)));
	json_set(cli->result, &cli->arena, "releases", json_copy(&cli->arena, r->doc));
}

/* ---- taking over ---- */

static bool add_layout(struct cli *cli, struct workspace *ws, const struct releases *r, const char *path, struct err *e)
{
	struct hash32 digest, stored;
	struct buf text = {0};
	struct span file;
	const struct json *doc, *inside;
	if (!cli_read(cli, &file, path, LAYOUT_FILE_MAX, e))
		return false;
	doc = json_parse(&cli->arena, file, e);
	if (doc == NULL || layout_parse(&cli->arena, doc, e) == NULL || !layout_digest(&digest, doc, e))
		return json_err_file(e, path, file);
	buf_hex(&text, SPAN_HASH(&digest));
	if (releases_layout(r, &digest) == NULL) {
		err_refuse(e, "LAYOUT", "no release of the list has this layout, %s", buf_cstr(&text));
		buf_release(&text);
		return err_file(e, path, 0);
	}
	inside = json_find(doc, "storageLayout");
	buf_clear(&text);
	json_canonical(&text, inside != NULL ? inside : doc);
	const bool ok = log_add_blob(ws->log, buf_view(&text), BLOB_PUBLIC, &stored, e);
	buf_release(&text);
	return ok;
}

static bool add_layouts(struct cli *cli, struct workspace *ws, const struct releases *r, struct err *e)
{
	for (size_t i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, "--layout") == 0 &&
		    !add_layout(cli, ws, r, cli->given[i].value, e))
			return false;
	return true;
}

static bool log_adopted(struct cli *cli, struct workspace *ws, const struct releases *r, const struct releases *old,
			struct span canonical, struct err *e)
{
	struct arena *a = &cli->arena;
	struct json *body = json_object(a);
	struct hash32 digest;
	if (!log_add_blob(ws->log, canonical, BLOB_PUBLIC, &digest, e))
		return false;
	json_set(body, a, "name", json_text(a, r->name));
	json_set(body, a, "releases", json_bare(a, SPAN_HASH(&digest)));
	json_set(body, a, "replaces", old != NULL ? json_bare(a, SPAN_HASH(&old->digest)) : json_null(a));
	struct line l = workspace_line(ws, "releases.adopted", span_of(NULL, 0), body);
	return log_add_line(ws->log, &l, e);
}

/* The log first: a list that lies there and is not logged would be nobody's. */
static bool take_over(struct cli *cli, struct workspace *ws, const struct releases *r, const struct releases *old,
		      struct err *e)
{
	struct buf text = {0};
	json_canonical(&text, r->doc);
	bool ok = log_begin(ws->log, e);
	if (ok && !(add_layouts(cli, ws, r, e) && log_adopted(cli, ws, r, old, buf_view(&text), e) &&
		    log_commit(ws->log, e))) {
		log_abort(ws->log);
		ok = false;
	}
	ok = ok && fs_write(arena_fmt(&cli->arena, "%s/releases.json", cli->dir), buf_view(&text), 0644, e);
	buf_release(&text);
	return ok;
}

static void say_missing(struct cli *cli, struct workspace *ws, const struct releases *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct buf b = {0};
		struct err e = {0};
		if (!log_blob(ws->log, &r->v[i].layout, &b, NULL, &e))
			cli_say(cli, "the layout of %.*s %.*s is not in the log: an upgrade from or to it needs "
				"--layout FILE", SHOWN(r->v[i].contract), SHOWN(r->v[i].version));
		err_clear(&e);
		buf_release(&b);
	}
}

static bool adopt(struct cli *cli, const struct releases *r, const struct releases *old, struct err *e)
{
	struct workspace ws = {0};
	const bool ok = workspace_open(&ws, cli->dir, true, cli->as, e) && take_over(cli, &ws, r, old, e);
	if (ok) {
		say_missing(cli, &ws, r);
		cli_text(cli, "Taken over. Next: setgov-signer trust-releases FILE on each signer's machine\n");
	}
	workspace_release(&ws);
	return ok;
}

bool cmd_policy_releases(struct cli *cli, struct err *e)
{
	const char *own = arena_fmt(&cli->arena, "%s/releases.json", cli->dir);
	const bool wanted = cli_flag(cli, "--adopt");
	struct releases r;
	const struct releases *old = NULL;
	if (cli->n_args == 0 && wanted)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--adopt needs a FILE");
	if (!upgrading_read_releases(&cli->arena, &r, cli->n_args > 0 ? cli->args[0] : own, e) ||
	    (cli->n_args > 0 && !upgrading_releases(&cli->arena, &old, cli->dir, e)))
		return false;
	say(cli, &r, old);
	return !wanted || adopt(cli, &r, old, e);
}
