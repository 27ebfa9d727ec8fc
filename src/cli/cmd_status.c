/* setgov status: one look at the chain, and where the log stands. With --json it is the snapshot that the console reads
 * (docs/formats.md, section 6). It ends within --timeout and well, whatever the nodes do: what is wrong with them is
 * part of what it says. */
#include "audit-log/alerts.h"
#include "audit-log/holes.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/cli/cmd.h"
#include "src/cli/look.h"
#include "src/evm/address.h"
#include "src/gov/findings.h"
#include "src/gov/units.h"

/* ---- as JSON: the log's members in front ---- */

static struct json *holes_json(struct arena *a, const struct log_holes *holes)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < holes->n; i++) {
		struct json *o = json_object(a);
		if (!log_hole_is_open(&holes->v[i]))
			continue;
		json_set(o, a, "line", json_u64(a, holes->v[i].seq));
		json_set(o, a, "missing", holes->v[i].known ? json_u64(a, holes->v[i].missing) : json_null(a));
		json_set(o, a, "text", json_str(a, log_hole_words(a, &holes->v[i])));
		json_push(list, o);
	}
	return list;
}

static void json_result(struct cli *cli, const struct tree_head *head, const struct log_holes *holes,
			const struct snapshot *s)
{
	struct arena *a = &cli->arena;
	const struct deployment *d = &cli->ws->deployment;
	const struct json *look = snapshot_to_json(a, s);
	cli->result = json_object(a);
	json_set(cli->result, a, "class", json_str(a, deployment_class_name(d->class)));
	json_set(cli->result, a, "deployment", json_bare(a, SPAN_HASH(&d->id)));
	json_set(cli->result, a, "name", json_text(a, d->name));
	json_set(cli->result, a, "size", json_u64(a, head->size));
	json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(&head->root)));
	json_set(cli->result, a, "holes", holes_json(a, holes));
	for (const struct json *v = look->first; v != NULL; v = v->next)
		json_set(cli->result, a, arena_str(a, v->name), json_copy(a, v));
}

/* ---- as text ---- */

static void chain_line(struct cli *cli, const struct snapshot *s)
{
	struct buf delay = {0};
	if (!s->online) {
		cli_text(cli, "without the chain: %.*s\n", (int)s->trouble.n, (const char *)s->trouble.p);
		return;
	}
	duration_format(&delay, s->min_delay);
	cli_text(cli, "block %llu", (unsigned long long)s->block);
	if (s->has_finalized)
		cli_text(cli, ", final up to %llu", (unsigned long long)s->finalized);
	cli_text(cli, "; Safe nonce %llu, %llu of %zu sign; timelock delay %s\n", (unsigned long long)s->safe_nonce,
		 (unsigned long long)s->threshold, s->n_owners, buf_cstr(&delay));
	buf_release(&delay);
}

static void endpoint_lines(struct cli *cli, const struct snapshot *s)
{
	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct snapshot_endpoint *p = &s->endpoints[i];
		cli_text(cli, "endpoint %.*s: ", (int)p->name.n, (const char *)p->name.p);
		if (p->ok)
			cli_text(cli, "answers\n");
		else
			cli_text(cli, "%.*s\n", (int)p->words.n, (const char *)p->words.p);
	}
}

static void balance_lines(struct cli *cli, const struct snapshot *s)
{
	for (size_t i = 0; i < s->n_balances; i++) {
		cli_text(cli, "%.*s ", (int)s->balances[i].person.n, (const char *)s->balances[i].person.p);
		addr_format(&cli->text, &s->balances[i].address);
		cli_text(cli, " has ");
		wei_format(&cli->text, &s->balances[i].wei);
		cli_text(cli, "\n");
	}
}

static void finding_lines(struct cli *cli, const struct snapshot *s)
{
	size_t unknown = 0;
	if (s->online && s->n_findings == 0)
		cli_text(cli, "nothing found on chain that is not as it should be\n");
	for (size_t i = 0; i < s->n_findings; i++) {
		const struct snapshot_finding *f = &s->findings[i];
		cli_text(cli, "%s [%.*s] %.*s\n", f->severity == SEVERITY_CRITICAL ? "CRITICAL" : "WARNING",
			 (int)f->code.n, (const char *)f->code.p, (int)f->words.n, (const char *)f->words.p);
		if (f->alert.n > 0)
			cli_text(cli, "        %.*s, %s\n", text_shown(f->alert), (const char *)f->alert.p,
				 f->acknowledged ? "acknowledged" : "not acknowledged");
		else
			cli_text(cli, "        not in the log\n");
		cli_text(cli, "        next: %s\n", finding_next(f));
		unknown += f->alert.n == 0;
	}
	if (unknown > 0)
		cli_text(cli, "%zu finding%s not in the log: setgov alerts look writes %s down\n", unknown,
			 unknown == 1 ? " is" : "s are", unknown == 1 ? "it" : "them");
}

static void hole_lines(struct cli *cli, const struct log_holes *holes)
{
	for (size_t i = 0; i < holes->n; i++)
		if (log_hole_is_open(&holes->v[i]))
			cli_text(cli, "HOLE  line %llu: %s\n", (unsigned long long)holes->v[i].seq,
				 log_hole_words(&cli->arena, &holes->v[i]));
}

static void text_result(struct cli *cli, const struct tree_head *head, const struct log_holes *holes,
			const struct snapshot *s)
{
	deployment_banner(&cli->text, &cli->ws->deployment);
	cli_text(cli, "\n");
	chain_line(cli, s);
	cli_text(cli, "log: %llu lines, root ", (unsigned long long)head->size);
	buf_hex(&cli->text, SPAN_HASH(&head->root));
	cli_text(cli, "\n");
	hole_lines(cli, holes);
	endpoint_lines(cli, s);
	balance_lines(cli, s);
	finding_lines(cli, s);
}

bool cmd_status(struct cli *cli, struct err *e)
{
	const struct tree_head head = log_head(cli->ws->log);
	struct log_holes holes;
	struct snapshot s;
	int64_t within_ms;
	if (!look_timeout(&within_ms, cli_option(cli, "--timeout"), e) ||
	    !log_holes(cli->ws->log, &cli->arena, &holes, e))
		return false;
	if (cli_flag(cli, "--offline"))
		s = look_not_taken("not asked: --offline");
	else if (!look_take(cli->ws, &cli->arena, within_ms, &s, e) || !alerts_mark(cli->ws, &cli->arena, &s, e))
		return false;
	json_result(cli, &head, &holes, &s);
	text_result(cli, &head, &holes, &s);
	return true;
}
