#include "src/cli/following.h"

#include "audit-log/follow.h"
#include "audit-log/workspace.h"
#include "src/base/fs.h"

struct newest {
	struct arena *a;
	struct hash32 profile;
};

static bool take_profile(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct newest *n = ctx;
	struct line_peek peek;
	struct line l;
	(void)leaf;
	if (!line_peek(&peek, raw) || !(span_is(peek.kind, "log.opened") || span_is(peek.kind, "deployment.adopted")))
		return true;
	return (line_parse(n->a, &l, arena_copy(n->a, raw), e) &&
		json_get_bare_hash(l.body, "profile", &n->profile, e)) ||
	       err_in(e, "line %llu", (unsigned long long)seq);
}

/* How this machine reaches the chain is its own affair, and stays. */
static const struct json *local_part(struct arena *a, const char *path)
{
	struct span text;
	if (!fs_exists(path) || !workspace_profile(a, &text, path, NULL))
		return NULL;
	const struct json *doc = json_parse(a, text, NULL);
	return doc != NULL ? json_find(doc, "local") : NULL;
}

/* The profile that the log adopted last. */
static bool write_profile(struct cli *cli, struct log *log, struct err *e)
{
	struct arena *a = &cli->arena;
	const char *path = arena_fmt(a, "%s/deployment.json", cli->dir);
	struct newest newest = { .a = a };
	struct buf identity = {0}, text = {0};
	bool ok = log_each(log, 0, UINT64_MAX, take_profile, &newest, e) &&
		  log_blob(log, &newest.profile, &identity, NULL, e);
	const struct json *doc = ok ? json_parse(a, arena_copy(a, buf_view(&identity)), e) : NULL,
			  *local = local_part(a, path);
	struct json *whole = json_object(a);
	ok = doc != NULL;
	if (ok) {
		json_set(whole, a, "format", json_str(a, "setgov-deployment/1"));
		json_set(whole, a, "identity", json_copy(a, doc));
		if (local != NULL)
			json_set(whole, a, "local", json_copy(a, local));
		json_pretty(&text, whole);
		buf_byte(&text, '\n');
		ok = fs_write(path, buf_view(&text), 0644, e);
	}
	buf_release(&identity);
	buf_release(&text);
	return ok;
}

static void say(struct cli *cli, const struct followed *f, const struct note_key *key)
{
	struct arena *a = &cli->arena;
	struct buf vkey = {0};
	note_key_format(&vkey, key);
	cli_text(cli, "%llu lines, %llu of them new; %llu blobs are new, %llu are withheld.\nThe log's key is %s\n"
		 "Compare it with a copy from another channel. This workspace reads; it never appends.\n",
		 (unsigned long long)f->head.size, (unsigned long long)(f->head.size - f->before),
		 (unsigned long long)f->blobs, (unsigned long long)f->withheld, buf_cstr(&vkey));
	cli->result = json_object(a);
	json_set(cli->result, a, "new", json_u64(a, f->head.size - f->before));
	json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(&f->head.root)));
	json_set(cli->result, a, "size", json_u64(a, f->head.size));
	json_set(cli->result, a, "vkey", json_text(a, buf_view(&vkey)));
	json_set(cli->result, a, "withheld", json_u64(a, f->withheld));
	buf_release(&vkey);
}

bool following_init(struct cli *cli, const char *export, struct err *e)
{
	struct followed f;
	if (!log_follow(export, cli->dir, &f, e))
		return false;
	struct log *log = log_open(cli->dir, LOG_READ, NULL, e);
	const bool ok = log != NULL && write_profile(cli, log, e);
	if (ok)
		say(cli, &f, log_key(log));
	log_release(log);
	return ok;
}
