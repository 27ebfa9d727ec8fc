/* log verify: the log by itself, and held against the chain. */
#include <string.h>

#include "audit-log/verify.h"
#include "audit-log/workspace.h"
#include "src/cli/anchors.h"
#include "src/cli/cmd.h"

struct verifying {
	struct cli *cli;
	struct json *findings, *checks;
	size_t n_findings;
};

static void say_finding(struct verifying *v, const struct finding *f)
{
	struct arena *a = &v->cli->arena;
	struct json *o = json_object(a);
	json_set(o, a, "code", json_str(a, finding_code_name(f->code)));
	json_set(o, a, "seq", f->seq == FINDING_NO_SEQ ? json_null(a) : json_u64(a, f->seq));
	json_set(o, a, "text", json_str(a, f->text));
	json_push(v->findings, o);
	v->n_findings++;
	if (f->seq == FINDING_NO_SEQ)
		cli_text(v->cli, "FOUND   [%s] %s\n", finding_code_name(f->code), f->text);
	else
		cli_text(v->cli, "FOUND   [%s] line %llu: %s\n", finding_code_name(f->code),
			 (unsigned long long)f->seq, f->text);
}

static void say_check(struct verifying *v, bool done, const char *what, const char *text)
{
	struct arena *a = &v->cli->arena;
	struct json *o = json_object(a);
	json_set(o, a, "done", json_bool(a, done));
	json_set(o, a, "text", json_str(a, text));
	json_set(o, a, "what", json_str(a, what));
	json_push(v->checks, o);
	cli_text(v->cli, "%s %s: %s\n", done ? "checked" : "NOT CHECKED", what, text);
}

/* ---- the chain ---- */

static const char *words_of(struct arena *a, struct err *e)
{
	struct buf b = {0};
	err_format(e, &b);
	const char *s = arena_str(a, buf_view(&b));
	buf_release(&b);
	err_clear(e);
	return s;
}

static const char *vouched_words(struct arena *a, const struct anchors *r, uint64_t size)
{
	struct buf id = {0};
	const char *s;
	if (!r->vouched)
		return arena_fmt(a, "up to block %llu no operation vouches for this log",
				 (unsigned long long)r->pin.number);
	buf_0xhex(&id, SPAN_HASH(&r->newest.operation));
	s = arena_fmt(a, "%zu of %zu operations are this log's; block %llu vouches for lines 0 to %llu by the salt of "
		      "operation %s of %s%s", r->n_explained, r->n_operations, (unsigned long long)r->newest.block,
		      (unsigned long long)r->newest.size - 1, buf_cstr(&id), r->newest.change,
		      r->newest.size < size
			      ? arena_fmt(a, "; nothing on chain vouches for lines %llu to %llu yet",
					  (unsigned long long)r->newest.size, (unsigned long long)size - 1)
			      : "");
	buf_release(&id);
	return s;
}

static struct json *anchor_json(struct arena *a, const struct anchors *r)
{
	struct json *o = json_object(a);
	json_set(o, a, "block", json_u64(a, r->newest.block));
	json_set(o, a, "change", json_str(a, r->newest.change));
	json_set(o, a, "operation", json_0x(a, SPAN_HASH(&r->newest.operation)));
	json_set(o, a, "size", json_u64(a, r->newest.size));
	json_set(o, a, "txHash", json_0x(a, SPAN_HASH(&r->newest.tx)));
	return o;
}

static struct json *check_anchors(struct verifying *v)
{
	static const char what[] = "anchors on chain";
	struct arena *a = &v->cli->arena;
	struct anchors r;
	struct err inner = {0};
	uint64_t size;
	if (cli_flag(v->cli, "--offline") || cli_flag(v->cli, "--chain")) {
		say_check(v, false, what, "the chain was not asked");
		return json_null(a);
	}
	if (!anchors_look(&r, a, v->cli->dir, cli_option(v->cli, "--rpc"), &size, &inner)) {
		say_check(v, false, what, words_of(a, &inner));
		return json_null(a);
	}
	say_check(v, true, what, vouched_words(a, &r, size));
	if (r.n_foreign > 0)
		say_check(v, false, "operations without a salt",
			  arena_fmt(a, "%zu on chain are not this log's, and no log's", r.n_foreign));
	if (r.n_lost_before > 0)
		say_check(v, false, "operations of lines that were lost",
			  arena_fmt(a, "%zu on chain, named by the log's log.restored", r.n_lost_before));
	if (r.n_before > 0)
		say_check(v, false, "operations before the profile's first block",
			  arena_fmt(a, "%zu, says the log", r.n_before));
	for (size_t i = 0; i < r.n_findings; i++)
		say_finding(v, &(struct finding){ FINDING_ANCHOR, r.findings[i].seq, r.findings[i].text });
	return r.vouched ? anchor_json(a, &r) : json_null(a);
}

/* ---- all of it ---- */

static const char *const *read_archives(struct cli *cli, size_t *n)
{
	const char **v = ARENA_ARRAY(&cli->arena, const char *, cli->n_given + 1);
	*n = 0;
	for (size_t i = 0; i < cli->n_given; i++)
		if (strcmp(cli->given[i].option->name, "--archive") == 0)
			v[(*n)++] = cli->given[i].value;
	return v;
}

bool cmd_log_verify(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct verify_options options = { .depth = cli_flag(cli, "--chain") ? VERIFY_CHAIN : VERIFY_ALL };
	options.archives = read_archives(cli, &options.n_archives);
	struct verifying v = { cli, json_array(a), json_array(a), 0 };
	struct verify_report r;
	if (!workspace_state_dir(a, &options.remember, e) || !log_verify(a, &r, cli->dir, &options, e))
		return false;
	for (size_t i = 0; i < r.n_checks; i++)
		say_check(&v, r.checks[i].done, r.checks[i].what, r.checks[i].text);
	for (size_t i = 0; i < r.n_findings; i++)
		say_finding(&v, &r.findings[i]);
	struct json *anchor = check_anchors(&v);
	if (r.more > 0)
		cli_text(cli, "FOUND   and %llu more like these\n", (unsigned long long)r.more);
	cli_text(cli, "%llu lines, root ", (unsigned long long)r.head.size);
	buf_hex(&cli->text, SPAN_HASH(&r.head.root));
	cli_text(cli, "\nThe log %s.\n", v.n_findings == 0 ? "is whole" : r.n_findings > 0 ? "is DAMAGED"
								    : "DOES NOT AGREE with the chain");
	cli->result = json_object(a);
	json_set(cli->result, a, "anchor", anchor);
	json_set(cli->result, a, "ok", json_bool(a, v.n_findings == 0));
	json_set(cli->result, a, "size", json_u64(a, r.head.size));
	json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(&r.head.root)));
	json_set(cli->result, a, "checks", v.checks);
	json_set(cli->result, a, "findings", v.findings);
	cli->status = v.n_findings > 0;
	return true;
}
