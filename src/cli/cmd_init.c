/* init: a workspace from a profile, or the adoption of a changed profile by a workspace that is there. */
#include "src/base/frame.h"
#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/chain/reader.h"
#include "src/cli/cmd.h"
#include "src/cli/following.h"
#include "src/cli/look.h"
#include "src/cli/onchain.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/gov/findings.h"

#define ASK_MS 3000

/* Where the chain is now. A block's hash cannot be known before the block: whoever reads the line later knows that it
 * is younger. False, and said: nobody answers. */
static bool ask_block(const struct cli *cli, const struct deployment *d, struct block *out)
{
	const struct chain_patience p = { frame_clock_ms() + ASK_MS, ASK_MS, 0 };
	struct chain c = {0};
	struct arena a = {0};
	struct err e = {0};
	const bool ok = d->n_endpoints > 0 &&
			chain_open_within(&c, d->endpoints, d->n_endpoints, d->chain_id, &d->genesis, &p, &e);
	*out = c.pin;
	if (!ok)
		cli_say(cli, "The line names no block of the chain: %s",
			d->n_endpoints > 0 ? text_safe_err(&a, &e) : "the profile names no node to ask");
	err_clear(&e);
	chain_release(&c);
	arena_release(&a);
	return ok;
}

static struct json *opening_body(const struct cli *cli, struct arena *a, const struct deployment *d,
				 const struct hash32 *profile)
{
	struct json *o = json_object(a);
	struct block now;
	if (ask_block(cli, d, &now)) {
		json_set(o, a, "block", json_u64(a, now.number));
		json_set(o, a, "blockHash", json_0x(a, SPAN_HASH(&now.hash)));
	}
	json_set(o, a, "chainId", json_u64(a, d->chain_id));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&d->id)));
	json_set(o, a, "genesisHash", json_0x(a, SPAN_HASH(&d->genesis)));
	json_set(o, a, "profile", json_bare(a, SPAN_HASH(profile)));
	json_set(o, a, "safe", json_addr(a, &d->safe));
	json_set(o, a, "timelock", json_addr(a, &d->timelock));
	return o;
}

/* The profile's threshold against the Safe's own. A profile is made without a chain, too: that nobody could be asked is
 * a finding, and no failure. */
static struct json *threshold_finding(struct cli *cli, const struct deployment *d)
{
	struct json *list = json_array(&cli->arena), *one = json_object(&cli->arena);
	struct buf words = {0};
	struct err e = {0};
	uint64_t on_chain;
	const bool known = look_threshold(d, &cli->arena, &on_chain, &e);
	if (!known)
		buf_fmt(&words, "the Safe could not be asked for its threshold: %s", text_safe_err(&cli->arena, &e));
	err_clear(&e);
	if (!known || findings_threshold(&words, d, on_chain)) {
		const char *code = known ? "THRESHOLD" : "ENDPOINT";
		cli_text(cli, "WARNING [%s] %s\n", code, buf_cstr(&words));
		json_set(one, &cli->arena, "code", json_str(&cli->arena, code));
		json_set(one, &cli->arena, "words", json_text(&cli->arena, buf_view(&words)));
		json_push(list, one);
	}
	buf_release(&words);
	return list;
}

static void say_deployment(struct cli *cli, const struct deployment *d, const char *what)
{
	struct buf phrase = {0};
	words_phrase(&phrase, &d->id);
	deployment_banner(&cli->text, d);
	cli_text(cli, "\n%s\nDeployment  ", what);
	buf_hex(&cli->text, SPAN_HASH(&d->id));
	cli_text(cli, "\nPhrase      %s\nSigners pin it with: setgov-signer trust FILE\n", buf_cstr(&phrase));
	cli->result = json_object(&cli->arena);
	json_set(cli->result, &cli->arena, "deployment", json_bare(&cli->arena, SPAN_HASH(&d->id)));
	json_set(cli->result, &cli->arena, "findings", threshold_finding(cli, d));
	json_set(cli->result, &cli->arena, "phrase", json_text(&cli->arena, buf_view(&phrase)));
	buf_release(&phrase);
}

/* The identity alone is logged: endpoints are this machine's own, and urls stay out of logs. */
static struct span identity_text(struct arena *a, const struct deployment *d)
{
	struct buf b = {0};
	json_canonical(&b, d->identity);
	const struct span s = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return s;
}

static bool create(struct cli *cli, const struct deployment *d, const char *path, struct span text,
		   struct err *e)
{
	struct arena *a = &cli->arena;
	const struct span identity = identity_text(a, d);
	const char *remember;
	struct buf origin = {0};
	struct hash32 random;
	if (!workspace_state_dir(a, &remember, e) || !fs_mkdirs(cli->dir, 0700, e))
		return false;
	/* Two logs of one deployment are two logs: their names differ too. */
	random_bytes(random.b, 4);
	deployment_log_name(&origin, d);
	buf_hex(&origin, span_of(random.b, 4));
	const struct log_options options = { remember };
	const struct log_opening opening = {
		.origin = buf_view(&origin), .actor = span_str(LOCAL_ACTOR), .auth = span_str("os-user"),
		.body = opening_body(cli, a, d, &d->id), .blobs = &identity, .n_blobs = 1,
	};
	struct log *log = log_create(cli->dir, &opening, &options, e);
	buf_release(&origin);
	if (log == NULL)
		return false;
	log_release(log);
	if (!fs_write(path, text, 0644, e))
		return false;
	say_deployment(cli, d, "A workspace with an empty log is made.");
	return true;
}

/* Owners were changed, a contract was added, a devnet was made anew: the log keeps both. */
static bool adopt(struct cli *cli, const struct deployment *d, const char *path, struct span text,
		  struct err *e)
{
	struct arena *a = &cli->arena;
	struct workspace ws = {0};
	struct hash32 blob;
	const char *remember;
	if (!workspace_state_dir(a, &remember, e))
		return false;
	const struct log_options options = { remember };
	ws.log = log_open(cli->dir, LOG_APPEND, &options, e);
	if (ws.log == NULL)
		return false;
	ws.actor = span_str(LOCAL_ACTOR);
	ws.auth = span_str("os-user");
	bool ok = log_begin(ws.log, e) && log_add_blob(ws.log, identity_text(a, d), BLOB_PUBLIC, &blob, e);
	if (ok) {
		struct line l = workspace_line(&ws, "deployment.adopted", span_of(NULL, 0),
					       opening_body(cli, a, d, &blob));
		/* Signed for at once: should the key be lost, owners are those of a profile under a checkpoint. */
		ok = log_add_line(ws.log, &l, e) && log_add_checkpoint(ws.log, NULL, e) && log_commit(ws.log, e) &&
		     fs_write(path, text, 0644, e);
	}
	log_abort(ws.log);
	log_release(ws.log);
	if (ok)
		say_deployment(cli, d,
			       "The workspace goes on under this profile; every signer has to trust it too.");
	return ok;
}

static bool same_chain_and_safe(const struct deployment *a, const struct deployment *b)
{
	return a->chain_id == b->chain_id && addr_eq(&a->safe, &b->safe);
}

bool cmd_init(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const char *file = cli_option(cli, "--deployment"), *export = cli_option(cli, "--follow"),
		   *path = arena_fmt(a, "%s/deployment.json", cli->dir);
	struct deployment d, old;
	struct span text, old_text;
	struct pinned pin;
	if ((file == NULL) == (export == NULL))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "usage: setgov init --deployment FILE [-C DIR], or --follow EXPORT in its place");
	if (export != NULL)
		return following_init(cli, export, e);
	if (!workspace_profile(a, &text, file, e))
		return false;
	if (!deployment_parse(a, &d, text, e) || !pinned_builtin(a, &pin, &d, e))
		return err_file(e, file, 0);
	if (!fs_exists(arena_fmt(a, "%s/log.db", cli->dir)))
		return create(cli, &d, path, text, e);
	if (!workspace_profile(a, &old_text, path, e) || !deployment_parse(a, &old, old_text, e))
		return err_file(e, path, 0);
	if (hash32_eq(&old.id, &d.id)) {
		say_deployment(cli, &d,
			       "The workspace has this profile already; its local part is taken over.");
		return fs_write(path, text, 0644, e);
	}
	if (!same_chain_and_safe(&old, &d))
		return err_refuse(e, "DEPLOYMENT",
				  "this workspace is for another chain or Safe: make one in another directory");
	return adopt(cli, &d, path, text, e);
}
