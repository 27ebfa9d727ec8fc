/* policy adopt: a new policy is offered to the owners, as one file that their offline machines read; what they signed
 * comes back with collect. Asked again it writes the same offer with the signatures that are there by then. */
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/cli/cmd.h"
#include "src/cli/judging.h"
#include "src/cli/offering.h"
#include "src/crypto/words.h"
#include "src/policy/lint.h"
#include "src/policy/sentence.h"

#define LAPSES_AFTER (30u * 86400u)
#define SHOWN(s) text_shown(s), (const char *)(s).p

static bool is_sound(struct cli *cli, const struct policy *p, struct err *e)
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

/* The offer of this policy that waits already, unless another expiry is asked for. */
static const struct offer *same_offer(struct cli *cli, const struct offering *x, const struct policy *p)
{
	for (size_t i = x->all.n; i-- > 0 && cli_option(cli, "--expires") == NULL;)
		if (hash32_eq(&x->all.v[i].policy, &p->digest) &&
		    offer_waits(&x->all, &x->all.v[i], cli->ws, time_now()))
			return &x->all.v[i];
	return NULL;
}

static bool make_offer(struct cli *cli, const struct offering *x, const struct policy *p, struct adoption *out,
		       struct err *e)
{
	const bool same = x->now.policy != NULL && hash32_eq(&x->now.policy->digest, &p->digest);
	*out = (struct adoption){ .deployment = cli->ws->deployment.id, .origin = log_origin(cli->ws->log),
				  .policy = p, .previous = same ? NULL : x->now.policy };
	return when_it_lapses(cli, &out->expires, e) && is_sound(cli, p, e) &&
	       offering_add(cli->ws, &cli->arena, out, e);
}

static void say_differences(struct cli *cli, const struct adoption *x)
{
	struct buf phrase = {0};
	cli_text(cli, "POLICY %.*s\n", SHOWN(x->policy->name));
	if (x->previous != NULL) {
		cli_text(cli, "It takes the place of %.*s. What changes:\n", SHOWN(x->previous->name));
		policy_differences(&cli->text, x->previous, x->policy);
	} else {
		cli_text(cli, "It is the first that the owners are asked for.\n");
	}
	words_phrase(&phrase, &x->policy->digest);
	cli_text(cli, "  digest      ");
	buf_hex(&cli->text, SPAN_HASH(&x->policy->digest));
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
	json_set(o, a, "policy", json_bare(a, SPAN_HASH(&x->policy->digest)));
	json_set(o, a, "previous", x->previous != NULL ? json_bare(a, SPAN_HASH(&x->previous->digest)) : json_null(a));
	json_set(o, a, "signatures", json_u64(a, x->n));
	cli->result = o;
	say_differences(cli, x);
	if (adopted)
		cli_text(cli, "  adopted     %zu owners have signed it\n", x->n);
	else
		say_pending(cli, x, needs);
	text_safe(&cli->text, span_str(path), false);
	cli_text(cli, adopted ? " moves each signer's pin: setgov-signer trust-policy FILE\n"
			      : " goes to the owners: setgov-signer adopt-policy FILE; setgov collect takes what they "
				"sign\n");
}

bool cmd_policy_adopt(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const char *path = cli_option(cli, "-o");
	struct offering x;
	struct policy *p = ARENA_NEW(a, struct policy);
	struct adoption out;
	if (!offering_read(cli->ws, a, &x, e) || !policy_file_read(a, p, cli->args[0], e))
		return false;
	const bool adopted = x.now.adopted != NULL && hash32_eq(&x.now.adopted->digest, &p->digest);
	const struct offer *o = adopted ? x.all.in_force : same_offer(cli, &x, p);
	if (!(o != NULL ? offering_adoption(cli->ws, a, o, &out, e) : make_offer(cli, &x, p, &out, e)))
		return false;
	if (path == NULL && !offering_path(cli->ws, a, p, &path, e))
		return false;
	if (!offering_write(a, &out, path, e))
		return false;
	say_result(cli, &out, offering_needs(&x, p, cli->ws), adopted, path);
	return views_catch_up(cli->ws->views, e);
}
