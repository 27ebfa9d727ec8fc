/* setgov report: a change, a period, a meeting, a deployment, as one file. Where this workspace may append, the report
 * is itself a line of the log, written before the file goes out; elsewhere it is made all the same and standard error
 * says so. */
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/governing.h"
#include "src/cli/judging.h"
#include "src/cli/look.h"
#include "src/cli/upgrading.h"
#include "src/crypto/hash.h"
#include "src/report/evidence.h"
#include "src/report/facts.h"
#include "src/report/report_csv.h"
#include "src/report/report_html.h"
#include "src/report/report_json.h"
#include "src/report/report_markdown.h"

#define LOOK_MS 10000
#define PROGRAM_MAX ((size_t)256 << 20)

struct form {
	const char *name, *ending;
	void (*write)(struct buf *out, const struct report *r);       /* NULL: HTML, which has its line in itself */
};
static const struct form forms[] = {
	{ "markdown", ".md", report_write_markdown },
	{ "json", ".json", report_write_json },
	{ "csv", ".csv", report_write_csv },
	{ "html", ".html", NULL },
};

struct reporting {
	struct cli *cli;
	enum report_kind kind;
	const struct form *form;
	struct period period;
	struct report report;
	struct report_source src;
	struct snapshot look;
	struct people people;
	struct buf file;
	struct hash32 digest;         /* of the file; of HTML, report_html_digest() */
	bool appends;                 /* the log is open for appending: the report will be a line of it */
	uint64_t line;
};

/* ---- what is asked for ------------------------------------------------------------------------------------------ */

static const struct form *form_by(const char *word, bool ending)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const size_t n = strlen(word), m = strlen(forms[i].ending);
		if (ending ? n > m && strcmp(word + n - m, forms[i].ending) == 0 : strcmp(word, forms[i].name) == 0)
			return &forms[i];
	}
	return NULL;
}

static bool read_form(struct reporting *x, struct err *e)
{
	const char *name = cli_option(x->cli, "--format"), *path = cli_option(x->cli, "-o");
	x->form = name != NULL ? form_by(name, false) : path != NULL ? form_by(path, true) : &forms[0];
	if (x->form != NULL)
		return true;
	if (name == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--format says what %s is to be", path);
	err_set(e, ERR_USAGE, ERR_NO_OFFSET, "needed html, json, csv or markdown");
	return err_in(e, "--format");
}

static bool read_kind(struct reporting *x, struct err *e)
{
	const size_t n = x->cli->n_args;
	for (int k = 0; k < N_REPORT_KINDS; k++) {
		if (strcmp(x->cli->args[0], report_kind_name((enum report_kind)k)) != 0)
			continue;
		x->kind = (enum report_kind)k;
		if (k == REPORT_CHANGE && n != 2)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "setgov report change CHANGE");
		if ((k == REPORT_PERIOD || k == REPORT_DEPLOYMENT) && n != 1)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "a report of a %s takes no \"%s\"", x->cli->args[0],
				       x->cli->args[1]);
		return true;
	}
	return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "a report is of a change, a period, a meeting or a deployment");
}

static bool read_period(struct reporting *x, struct err *e)
{
	const char *from = cli_option(x->cli, "--from"), *to = cli_option(x->cli, "--to");
	if (x->kind != REPORT_PERIOD)
		return (from == NULL && to == NULL) ||
		       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--from and --to are for a period");
	if (from == NULL || to == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "setgov report period --from DAY --to DAY");
	if (!time_parse_day(&x->period.from, span_str(from), false, e))
		return err_in(e, "--from");
	if (!time_parse_day(&x->period.to, span_str(to), true, e))
		return err_in(e, "--to");
	return x->period.from.ms < x->period.to.ms ||
	       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "the period ends before it begins");
}

/* ---- what it is made from --------------------------------------------------------------------------------------- */

/* Reading takes no log key; the line about it does. */
static bool open_to_append(struct reporting *x, struct err *e)
{
	struct cli *cli = x->cli;
	char *key = fs_join(cli->dir, "log.key");
	x->appends = fs_exists(key);
	free(key);
	if (!x->appends) {
		cli_say(cli, "no log key here: the report is made, and no line of the log says so");
		return true;
	}
	workspace_release(cli->ws);
	return workspace_open(cli->ws, cli->dir, true, cli->as, e);
}

/* The report is under a checkpoint over everything that it was made from. */
static bool checkpoint(struct reporting *x, struct err *e)
{
	struct log *l = x->cli->ws->log;
	struct tree_head head;
	struct err none = {0};
	if (!x->appends)
		return true;
	const bool there = log_newest_checkpoint(l, NULL, &head, &none) && head.size == log_size(l);
	err_clear(&none);
	return there || log_checkpoint(l, NULL, e);
}

static const char *tool(struct arena *a)
{
	struct buf bytes = {0}, text = {0};
	struct hash32 digest;
	const char *out = "setgov";
	if (fs_read(&bytes, "/proc/self/exe", PROGRAM_MAX, NULL)) {
		sha256(&digest, buf_view(&bytes));
		buf_str(&text, "setgov, the program with SHA-256 ");
		buf_hex(&text, SPAN_HASH(&digest));
		out = arena_str(a, buf_view(&text));
	}
	buf_release(&bytes);
	buf_release(&text);
	return out;
}

/* As the kernel says. It is about now: what it was when a line was written, the line does not say. */
static const char *clock_words(struct arena *a)
{
	struct timex now = {0};
	const int state = adjtimex(&now);
	if (state < 0)
		return "whether it is synchronised is not known";
	if (state == TIME_ERROR || (now.status & STA_UNSYNC) != 0)
		return "not synchronised now, as the kernel says";
	return arena_fmt(a, "synchronised now, as the kernel says, and at most %ld microseconds off", now.maxerror);
}

static bool look(struct reporting *x, struct err *e)
{
	struct workspace *ws = x->cli->ws;
	if (cli_flag(x->cli, "--offline"))
		x->look = look_not_taken("--offline was given");
	else if (!look_take(ws, &x->cli->arena, LOOK_MS, &x->look, e))
		return false;
	if (!x->look.online)
		cli_say(x->cli, "without the chain: %.*s", text_shown(x->look.trouble),
			(const char *)x->look.trouble.p);
	x->src.look = &x->look;
	return true;
}

/* Verdicts are judged from the log. What lies beside it stops no report: it is said to be wrong, in the report too. */
static void read_policy(struct reporting *x)
{
	struct err why = {0};
	if (!judging_policy(x->cli->ws, &x->cli->arena, &x->src.policy, &why)) {
		x->src.policy = NULL;
		x->src.policy_trouble = text_safe_err(&x->cli->arena, &why);
		cli_say(x->cli, "the workspace's policy: %s", x->src.policy_trouble);
	}
	err_clear(&why);
}

static bool gather(struct reporting *x, struct err *e)
{
	struct arena *a = &x->cli->arena;
	struct workspace *ws = x->cli->ws;
	if (!look(x, e) || !checkpoint(x, e))
		return false;
	read_policy(x);
	if (!people_look(ws, a, &x->people, e))
		return false;
	x->src.people = &x->people;
	x->src.ws = ws;
	x->src.now = time_now();
	x->src.tool = tool(a);
	x->src.clock = clock_words(a);
	x->report.made = x->src.now;
	x->report.deployment = arena_str(a, ws->deployment.name);
	x->report.deployment_id = ws->deployment.id;
	return true;
}

/* The report carries the proofs; here they are in the form that programs of ours read. */
static bool keep_proofs(struct reporting *x, struct governance *g, struct err *e)
{
	const char *path = cli_option(x->cli, "--proofs");
	struct buf b = {0};
	if (path == NULL || !g->proofs_known)
		return true;
	json_canonical(&b, g->proofs);
	g->kept = fs_write(path, buf_view(&b), 0644, e);
	buf_release(&b);
	return g->kept;
}

static bool deployment_facts(struct reporting *x, struct err *e)
{
	struct arena *a = &x->cli->arena;
	struct governance g;
	governing_read(x->cli->ws, a, &x->look, &g);
	return upgrading_releases(x->cli->ws, a, &g.releases, e) && keep_proofs(x, &g, e) &&
	       facts_deployment(a, &x->report, &x->src, &g, e);
}

static bool facts(struct reporting *x, struct err *e)
{
	struct arena *a = &x->cli->arena;
	switch (x->kind) {
	case REPORT_CHANGE:
		return facts_change(a, &x->report, &x->src, span_str(x->cli->args[1]), e);
	case REPORT_PERIOD:
		return facts_period(a, &x->report, &x->src, &x->period, e);
	case REPORT_MEETING:
		return facts_meeting(a, &x->report, &x->src, x->cli->n_args == 2 ? x->cli->args[1] : NULL, e);
	case REPORT_DEPLOYMENT:
		return deployment_facts(x, e);
	case N_REPORT_KINDS:
		break;
	}
	BUG("report kind %d", (int)x->kind);
}

/* One more line than now: its own. Said before that line is logged. */
static bool digest_page(struct reporting *x, struct err *e)
{
	const size_t n = x->report.evidence.n + 1;
	report_html_digest(&x->digest, &x->report);
	return n <= REPORT_HTML_MAX_LINES ||
	       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a page holds at most %u lines of evidence, this report rests on "
		       "%zu: ask for json or csv, or for a shorter period", REPORT_HTML_MAX_LINES, n);
}

static bool make(struct reporting *x, struct err *e)
{
	struct arena *a = &x->cli->arena;
	if (!gather(x, e) || !facts(x, e))
		return false;
	facts_export(a, &x->report, &x->src);
	if (!report_evidence(a, &x->report, x->cli->ws->log, EVIDENCE_LIMITS, e))
		return false;
	facts_shown(a, &x->report);
	if (x->form->write == NULL)
		return digest_page(x, e);
	x->form->write(&x->file, &x->report);
	sha256(&x->digest, buf_view(&x->file));
	return true;
}

/* ---- what becomes of it ----------------------------------------------------------------------------------------- */

static struct json *summary(struct reporting *x)
{
	struct arena *a = &x->cli->arena;
	const struct report_evidence *ev = &x->report.evidence;
	struct json *o = json_object(a);
	size_t withheld = 0;
	for (const struct report_line *l = ev->first; l != NULL; l = l->next)
		withheld += l->withheld != NULL;
	json_set(o, a, "digest", json_bare(a, SPAN_HASH(&x->digest)));
	json_set(o, a, "form", json_str(a, x->form->name));
	json_set(o, a, "lines", json_u64(a, ev->n - withheld));
	json_set(o, a, "report", json_str(a, report_kind_name(x->kind)));
	json_set(o, a, "root", json_bare(a, SPAN_HASH(&ev->root)));
	json_set(o, a, "size", json_u64(a, ev->size));
	json_set(o, a, "subject", json_str(a, x->report.subject));
	json_set(o, a, "withheld", json_u64(a, withheld));
	return o;
}

static bool log_it(struct reporting *x, struct err *e)
{
	struct cli *cli = x->cli;
	struct line l = workspace_line(cli->ws, "report.made", span_of(NULL, 0), summary(x));
	if (!x->appends)
		return true;
	if (!log_append(cli->ws->log, &l, e))
		return false;
	x->line = l.seq;
	return views_catch_up(cli->ws->views, e);
}

/* The page is written when its digest is logged: it carries that line, under a checkpoint over it. */
static bool finish_page(struct reporting *x, struct err *e)
{
	struct log *l = x->cli->ws->log;
	if (x->form->write != NULL)
		return true;
	if (x->appends && (!log_checkpoint(l, NULL, e) ||
			   !report_evidence_made(&x->cli->arena, &x->report, l, EVIDENCE_LIMITS, x->line, e)))
		return false;
	return report_write_html(&x->file, &x->report, e);
}

static void say_summary(struct reporting *x, const char *path)
{
	struct cli *cli = x->cli;
	const struct report_evidence *ev = &x->report.evidence;
	struct buf digest = {0}, marks = {0};
	struct hash32 whole;
	sha256(&whole, buf_view(&x->file));
	buf_hex(&digest, SPAN_HASH(&whole));
	report_marks(&marks, &x->report, NULL);
	cli_text(cli, "%s: %s, under the checkpoint over %llu lines; %s\nSHA-256 %s\n", path,
		 text_safe_str(&cli->arena, span_str(x->report.title), false), (unsigned long long)ev->size,
		 buf_cstr(&marks), buf_cstr(&digest));
	buf_release(&marks);
	buf_release(&digest);
}

static bool give(struct reporting *x, struct err *e)
{
	struct cli *cli = x->cli;
	struct arena *a = &cli->arena;
	const char *path = cli_option(cli, "-o");
	struct hash32 whole;
	if (path != NULL && !fs_write(path, buf_view(&x->file), 0644, e))
		return false;
	if (path != NULL)
		say_summary(x, path);
	else
		buf_span(&cli->text, buf_view(&x->file));
	sha256(&whole, buf_view(&x->file));
	cli->result = summary(x);
	json_set(cli->result, a, "bytes", json_u64(a, x->file.n));
	json_set(cli->result, a, "file", path != NULL ? json_str(a, path) : json_null(a));
	json_set(cli->result, a, "fileDigest", json_bare(a, SPAN_HASH(&whole)));
	json_set(cli->result, a, "findings", json_u64(a, report_marked(&x->report, REPORT_FINDING)));
	json_set(cli->result, a, "look", json_u64(a, report_marked(&x->report, REPORT_LOOK)));
	json_set(cli->result, a, "line", x->appends ? json_u64(a, x->line) : json_null(a));
	json_set(cli->result, a, "text", path == NULL ? json_text(a, buf_view(&x->file)) : json_null(a));
	return true;
}

bool cmd_report(struct cli *cli, struct err *e)
{
	struct reporting x = { .cli = cli };
	const bool ok = read_kind(&x, e) && read_form(&x, e) && read_period(&x, e) && open_to_append(&x, e) &&
			make(&x, e) && log_it(&x, e) && finish_page(&x, e) && give(&x, e);
	buf_release(&x.file);
	return ok;
}
