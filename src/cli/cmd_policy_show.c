/* policy show, policy releases: a policy in sentences, or the list of releases, its digest and its phrase; of a
 * workspace also who adopted it, and what is offered to the owners to take its place. */
#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/cli/cmd.h"
#include "src/cli/offering.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

static void show_name(struct cli *cli, const struct adoptable *x)
{
	cli_text(cli, "%.*s", SHOWN(x->name));
	if (x->policy != NULL)
		cli_text(cli, " (semantics %llu)", (unsigned long long)x->policy->semantics);
	cli_text(cli, "\n");
}

static void show_document(struct cli *cli, const struct adoptable *x, const char *adopted)
{
	struct buf phrase = {0};
	words_phrase(&phrase, &x->digest);
	show_name(cli, x);
	cli_text(cli, "  digest  ");
	buf_hex(&cli->text, SPAN_HASH(&x->digest));
	cli_text(cli, "\n  phrase  %s\n%s", buf_cstr(&phrase), adopted);
	buf_release(&phrase);
	adoptable_sentences(&cli->text, x);
	json_set(cli->result, &cli->arena, "digest", json_bare(&cli->arena, SPAN_HASH(&x->digest)));
	json_set(cli->result, &cli->arena, adoptable_word(x->kind), json_copy(&cli->arena, x->doc));
}

/* ---- of a workspace ---- */

static struct json *owners_json(struct arena *a, const struct offer *o)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < o->n; i++)
		json_push(list, json_addr(a, &o->signatures[i].owner));
	return list;
}

static const char *how_adopted(struct cli *cli, const struct workspace *ws, const struct offering *x)
{
	struct arena *a = &cli->arena;
	const struct offer *o = x->all.in_force[x->kind];
	if (o == NULL)
		return "  NOT ADOPTED: no owner has signed it\n";
	struct json *adopted = json_object(a);
	json_set(adopted, a, "line", json_u64(a, o->adopted_seq));
	json_set(adopted, a, "owners", owners_json(a, o));
	json_set(cli->result, a, "adopted", adopted);
	const char *warning = arena_fmt(a, "  WARNING %s.json is another %s: what goes by one is refused while it is "
					"there\n", adoptable_word(x->kind), adoptable_called(x->kind));
	return arena_fmt(a, "  adopted line %llu of the log, signed by %s\n%s", (unsigned long long)o->adopted_seq,
			 offer_signers(a, o, &ws->deployment), x->now.differs ? warning : "");
}

static void put_until(struct buf *out, uint64_t expires)
{
	if (expires == 0)
		buf_str(out, "never");
	else
		time_format_minute(out, (int64_t)expires);
}

static struct json *offer_json(struct arena *a, const struct offer *o, size_t needs)
{
	struct json *out = json_object(a);
	json_set(out, a, "expires", json_u64(a, o->expires));
	json_set(out, a, "line", json_u64(a, o->seq));
	json_set(out, a, "message", json_0x(a, SPAN_HASH(&o->message)));
	json_set(out, a, "needed", json_u64(a, needs));
	json_set(out, a, "owners", owners_json(a, o));
	json_set(out, a, adoptable_word(o->kind), json_bare(a, SPAN_HASH(&o->document)));
	json_set(out, a, "signatures", json_u64(a, o->n));
	return out;
}

static bool show_offer(struct cli *cli, struct workspace *ws, const struct offering *x, const struct offer *o,
		       struct json *list, struct err *e)
{
	struct adoption of;
	if (!offering_adoption(ws, &cli->arena, o, &of, e))
		return false;
	const size_t needs = offering_needs(x, of.document, ws);
	cli_text(cli, "\nOFFERED %.*s, line %llu of the log\n  signed  %zu of %zu: %s\n  lapses  ",
		 SHOWN(of.document->name), (unsigned long long)o->seq, o->n, needs,
		 offer_signers(&cli->arena, o, &ws->deployment));
	put_until(&cli->text, o->expires);
	cli_text(cli, "\n  digest  ");
	buf_hex(&cli->text, SPAN_HASH(&o->document));
	cli_text(cli, "\n");
	if (of.previous != NULL) {
		cli_text(cli, "  What changes:\n");
		adoptable_differences(&cli->text, of.previous, of.document);
	}
	json_push(list, offer_json(&cli->arena, o, needs));
	return true;
}

static bool show_workspace(struct cli *cli, struct workspace *ws, enum adoptable_kind kind, bool *shown, struct err *e)
{
	struct arena *a = &cli->arena;
	struct json *list = json_array(a);
	struct offering x;
	bool ok = true;
	if (!offering_look(ws, a, kind, &x, e))
		return false;
	if (x.now.current != NULL)
		show_document(cli, x.now.current, how_adopted(cli, ws, &x));
	for (size_t i = 0; ok && i < x.all.n; i++)
		if (x.all.v[i].kind == kind && offer_waits(&x.all, &x.all.v[i], ws, time_now()))
			ok = show_offer(cli, ws, &x, &x.all.v[i], list, e);
	*shown = x.now.current != NULL || list->n > 0;
	json_set(cli->result, a, "offers", list);
	return ok;
}

/* A workspace whose owners adopted a policy, and no list, has nothing in force; what lies there is shown as that. */
static bool show(struct cli *cli, enum adoptable_kind kind, struct err *e)
{
	struct arena *a = &cli->arena;
	struct workspace ws = {0};
	const struct adoptable *x;
	bool shown = false, ok = true;
	const bool of_log = cli->n_args == 0 && fs_exists(arena_fmt(a, "%s/log.db", cli->dir));
	cli->result = json_object(a);
	if (of_log) {
		ok = workspace_open(&ws, cli->dir, false, cli->as, e) && show_workspace(cli, &ws, kind, &shown, e);
		workspace_release(&ws);
	}
	if (!ok || shown)
		return ok;
	const char *path = cli->n_args > 0 ? cli->args[0] : adoptable_file(a, cli->dir, kind);
	if (!adoptable_file_read(a, &x, kind, path, e))
		return false;
	show_document(cli, x, of_log ? "  NOT ADOPTED: no owner has signed it, and it counts for nothing\n" : "");
	return true;
}

bool cmd_policy_show(struct cli *cli, struct err *e)
{
	return show(cli, ADOPT_POLICY, e);
}

bool cmd_policy_releases(struct cli *cli, struct err *e)
{
	return show(cli, ADOPT_RELEASES, e);
}
