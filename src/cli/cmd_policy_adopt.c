/* policy adopt: a new policy, or a new list of releases, is offered to the owners, as one file that their offline
 * machines read; what they signed comes back with collect. Asked again it writes the same offer with the
 * signatures that are there by then. A list's layouts go into the log with it, so that an upgrade can be held
 * against what is stored. */
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/cli/cmd.h"
#include "src/cli/offering.h"
#include "src/crypto/words.h"
#include "src/gov/layout.h"
#include "src/policy/lint.h"

#define LAYOUT_FILE_MAX ((size_t)64 << 20)    /* a compiler's whole output */
#define LAPSES_AFTER (30u * 86400u)
#define SHOWN(s) text_shown(s), (const char *)(s).p

static bool policy_is_sound(struct cli *cli, const struct policy *p, struct err *e)
{
	struct lint lint;
	policy_lint(&cli->arena, &lint, p, &cli->ws->pin, (uint64_t)(time_now().ms / 1000));
	for (size_t i = 0; i < lint.n; i++)
		if (lint.v[i].error)
			return err_refuse(e, "LINT", "%s%s%s; setgov policy lint says all", lint.v[i].rule != NULL
					  ? arena_str(&cli->arena, lint.v[i].rule->name) : "",
					  lint.v[i].rule != NULL ? ": " : "", lint.v[i].text);
	if (p->threshold > deployment_owners(&cli->ws->deployment))
		return err_refuse(e, "THRESHOLD", "it says that the Safe's threshold is %llu, and there are %zu owners",
				  (unsigned long long)p->threshold, deployment_owners(&cli->ws->deployment));
	return true;
}

/* Whole seconds from now; 0: never. */
static bool when_it_lapses(struct cli *cli, uint64_t *out, struct err *e)
{
	const char *given = cli_option(cli, "--expires");
	uint64_t after = LAPSES_AFTER;
	*out = 0;
	if (given != NULL && span_is(span_str(given), "never"))
		return true;
	if (given != NULL && !duration_parse(&after, span_str(given), e))
		return err_in(e, "--expires");
	if (after == 0 || after > UINT64_C(1) << 32)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--expires: needed a time like 14 days, or never");
	*out = (uint64_t)(time_now().ms / 1000) + after;
	return true;
}

/* The offer of this one that waits already, unless another expiry is asked for. */
static const struct offer *same_offer(struct cli *cli, const struct offering *x, const struct adoptable *p)
{
	for (size_t i = x->all.n; i-- > 0 && cli_option(cli, "--expires") == NULL;)
		if (x->all.v[i].kind == p->kind && hash32_eq(&x->all.v[i].document, &p->digest) &&
		    offer_waits(&x->all, &x->all.v[i], cli->ws, time_now()))
			return &x->all.v[i];
	return NULL;
}

static bool make_offer(struct cli *cli, const struct offering *x, const struct adoptable *p, struct adoption *out,
		       struct err *e)
{
	const bool same = x->now.current != NULL && hash32_eq(&x->now.current->digest, &p->digest);
	*out = (struct adoption){ .deployment = cli->ws->deployment.id, .origin = log_origin(cli->ws->log),
				  .document = p, .previous = same ? NULL : x->now.current };
	return when_it_lapses(cli, &out->expires, e) && (p->policy == NULL || policy_is_sound(cli, p->policy, e)) &&
	       offering_add(cli->ws, &cli->arena, out, e);
}

/* ---- layouts ---- */

static bool add_layout(struct cli *cli, const struct releases *r, const char *path, struct err *e)
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
	const bool ok = log_add_blob(cli->ws->log, buf_view(&text), BLOB_PUBLIC, &stored, e);
	buf_release(&text);
	return ok;
}

static bool each_layout(struct cli *cli, const struct releases *r, struct err *e)
{
	for (size_t i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, "--layout") == 0 &&
		    !add_layout(cli, r, cli->given[i].value, e))
			return false;
	return true;
}

/* They are what the list says by its digests, whether it is adopted or not. */
static bool add_layouts(struct cli *cli, const struct adoptable *p, struct err *e)
{
	struct log *log = cli->ws->log;
	if (cli_option(cli, "--layout") == NULL)
		return true;
	if (p->releases == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--layout: a policy names no layouts");
	if (log_begin(log, e) && each_layout(cli, p->releases, e) && log_commit(log, e))
		return true;
	log_abort(log);
	return false;
}

static void say_missing(struct cli *cli, const struct releases *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct buf b = {0};
		struct err e = {0};
		if (!log_blob(cli->ws->log, &r->v[i].layout, &b, NULL, &e))
			cli_say(cli, "the layout of %.*s %.*s is not in the log: an upgrade from or to it needs "
				"--layout FILE", SHOWN(r->v[i].contract), SHOWN(r->v[i].version));
		err_clear(&e);
		buf_release(&b);
	}
}

/* ---- words ---- */

static void say_differences(struct cli *cli, const struct adoption *x)
{
	struct buf phrase = {0};
	cli_text(cli, "%s %.*s\n", adoptable_code(x->document->kind), SHOWN(x->document->name));
	if (x->previous != NULL) {
		cli_text(cli, "It takes the place of %.*s. What changes:\n", SHOWN(x->previous->name));
		adoptable_differences(&cli->text, x->previous, x->document);
	} else {
		cli_text(cli, "It is the first that the owners are asked for.\n");
	}
	words_phrase(&phrase, &x->document->digest);
	cli_text(cli, "  digest      ");
	buf_hex(&cli->text, SPAN_HASH(&x->document->digest));
	cli_text(cli, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

static void say_pending(struct cli *cli, const struct adoption *x, size_t needs)
{
	cli_text(cli, "  lapses      ");
	if (x->expires == 0)
		cli_text(cli, "never");
	else
		time_format_minute(&cli->text, (int64_t)x->expires);
	cli_text(cli, "\n  signed by   %zu of %zu owners that it takes\n", x->n, needs);
}

static void say_where(struct cli *cli, const struct adoption *x, bool adopted, const char *path)
{
	const char *word = adoptable_word(x->document->kind);
	text_safe(&cli->text, span_str(path), false);
	if (adopted)
		cli_text(cli, " moves each signer's pin: setgov-signer trust-%s FILE\n", word);
	else
		cli_text(cli, " goes to the owners: setgov-signer adopt-%s FILE; setgov collect takes what they sign\n",
			 word);
}

static void say_result(struct cli *cli, const struct adoption *x, size_t needs, bool adopted, const char *path)
{
	struct arena *a = &cli->arena;
	const struct message m = adoption_message(x);
	struct json *o = json_object(a);
	struct hash32 digest;
	message_digest(&digest, &cli->ws->deployment, &m);
	json_set(o, a, "adopted", json_bool(a, adopted));
	json_set(o, a, "expires", json_u64(a, x->expires));
	json_set(o, a, "file", json_str(a, path));
	json_set(o, a, "message", json_0x(a, SPAN_HASH(&digest)));
	json_set(o, a, "needed", adopted ? json_null(a) : json_u64(a, needs));
	json_set(o, a, adoptable_word(x->document->kind), json_bare(a, SPAN_HASH(&x->document->digest)));
	json_set(o, a, "previous", x->previous != NULL ? json_bare(a, SPAN_HASH(&x->previous->digest)) : json_null(a));
	json_set(o, a, "signatures", json_u64(a, x->n));
	cli->result = o;
	say_differences(cli, x);
	if (adopted)
		cli_text(cli, "  adopted     %zu owners have signed it\n", x->n);
	else
		say_pending(cli, x, needs);
	say_where(cli, x, adopted, path);
}

bool cmd_policy_adopt(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const char *path = cli_option(cli, "-o");
	const struct adoptable *p;
	struct offering x;
	struct adoption out;
	if (!adoptable_file_read_any(a, &p, cli->args[0], e) || !offering_read(cli->ws, a, p->kind, &x, e) ||
	    !add_layouts(cli, p, e))
		return false;
	const bool adopted = x.now.adopted != NULL && hash32_eq(&x.now.adopted->digest, &p->digest);
	const struct offer *o = adopted ? x.all.in_force[p->kind] : same_offer(cli, &x, p);
	if (!(o != NULL ? offering_adoption(cli->ws, a, o, &out, e) : make_offer(cli, &x, p, &out, e)))
		return false;
	if (path == NULL && !offering_path(cli->ws, a, p, &path, e))
		return false;
	if (!offering_write(a, &out, path, e))
		return false;
	if (p->releases != NULL)
		say_missing(cli, p->releases);
	say_result(cli, &out, offering_needs(&x, p, cli->ws), adopted, path);
	return views_catch_up(cli->ws->views, e);
}
