/* setgov review: somebody else looked at a change after it was done, and what he found. An emergency needs it in time
 * (docs/policy.md, reviewWithin); it changes nothing, and reports tell of it. */
#include "src/base/text.h"
#include "src/cli/cmd.h"

static bool read_outcome(const struct cli *cli, const char **out, struct err *e)
{
	const char *given = cli_option(cli, "--outcome");
	const struct span word = span_str(given != NULL ? given : "");
	*out = given;
	if (span_is(word, "good") || span_is(word, "problems"))
		return true;
	err_set(e, ERR_USAGE, ERR_NO_OFFSET, "needed good or problems");
	return err_in(e, "--outcome");
}

static bool read_note(const struct cli *cli, const char **out, struct err *e)
{
	const char *given = cli_option(cli, "--note");
	*out = given != NULL ? given : "";
	if (text_is_utf8(span_str(*out)))
		return true;
	err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8");
	return err_in(e, "--note");
}

/* A step of it is on chain, or it failed there. */
static bool is_done(const struct change *c)
{
	return c->steps[STEP_EXECUTE].mined || c->steps[STEP_CANCEL].mined || c->steps[STEP_EXECUTE].failed;
}

/* Nobody reviews what he asked for himself. */
static bool may_review(struct workspace *ws, struct arena *a, const struct change *c, struct err *e)
{
	const uint64_t seqs[2] = { c->drafted_seq, c->proposed_seq };
	if (!is_done(c))
		return err_refuse(e, "NOT-DONE", "%.*s is neither executed nor cancelled: nothing to review yet",
				  text_shown(c->id), (const char *)c->id.p);
	for (size_t i = 0; i < ARRAY_LEN(seqs); i++) {
		struct line l;
		if (!log_line_read(ws->log, a, seqs[i], &l, e))
			return false;
		if (span_eq(l.change, c->id) && span_eq(l.actor, ws->actor))
			return err_refuse(e, "OWN-REVIEW", "%.*s asked for %.*s (line %llu): somebody else reviews it",
					  text_shown(l.actor), (const char *)l.actor.p, text_shown(c->id),
					  (const char *)c->id.p, (unsigned long long)l.seq);
	}
	return true;
}

bool cmd_review(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct change c;
	const char *outcome, *note;
	if (!read_outcome(cli, &outcome, e) || !read_note(cli, &note, e) ||
	    !workspace_change(cli->ws, a, cli->args[0], &c, e) || !may_review(cli->ws, a, &c, e))
		return false;
	struct json *body = json_object(a);
	json_set(body, a, "note", json_str(a, note));
	json_set(body, a, "outcome", json_str(a, outcome));
	if (!workspace_append(cli->ws, "change.reviewed", c.id, body, e))
		return false;
	cli_text(cli, "%s is reviewed: %s\n", cli->args[0], outcome);
	cli->result = json_object(a);
	json_set(cli->result, a, "change", json_text(a, c.id));
	json_set(cli->result, a, "outcome", json_str(a, outcome));
	json_set(cli->result, a, "reviewer", json_text(a, cli->ws->actor));
	return true;
}
