/* alerts, alerts look, alerts ack: what the log says of findings on chain. A look writes down what is new and what is
 * gone; people say that they have seen it. None of it changes anything on chain. */
#include "audit-log/alerts.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/cli/look.h"
#include "src/gov/findings.h"

/* ---- one alert ---- */

static void put_time(struct cli *cli, struct unix_time t)
{
	time_format_minute(&cli->text, t.ms / 1000);
}

static void put_safe(struct cli *cli, struct span text)
{
	text_safe(&cli->text, text, false);
}

static void say_look(struct cli *cli, const char *what, struct unix_time when, struct span who,
		     const struct alert_look *look, uint64_t seq)
{
	cli_text(cli, "    %s ", what);
	put_time(cli, when);
	cli_text(cli, " by ");
	put_safe(cli, who);
	cli_text(cli, ", line %llu; looked at block %llu through ", (unsigned long long)seq,
		 (unsigned long long)look->block);
	for (size_t i = 0; i < look->n_endpoints; i++) {
		cli_text(cli, i > 0 ? ", " : "");
		put_safe(cli, look->endpoints[i]);
	}
	cli_text(cli, "\n");
}

static void say_event(struct cli *cli, const struct snapshot_finding *f)
{
	if (!f->has_event)
		return;
	cli_text(cli, "    event %llu of block %llu, transaction ", (unsigned long long)f->event.index,
		 (unsigned long long)f->event.block);
	buf_0xhex(&cli->text, SPAN_HASH(&f->event.tx));
	cli_text(cli, "\n");
}

static void say_acks(struct cli *cli, const struct logged_alert *x)
{
	for (size_t i = 0; i < x->n_acks; i++) {
		const struct alert_ack *ack = &x->acks[i];
		cli_text(cli, "    acknowledged ");
		put_time(cli, ack->time);
		cli_text(cli, " by ");
		put_safe(cli, ack->by);
		cli_text(cli, " (%.*s), line %llu: ", text_shown(ack->auth), (const char *)ack->auth.p,
			 (unsigned long long)ack->seq);
		put_safe(cli, ack->note);
		if (ack->ticket.n > 0) {
			cli_text(cli, "; ticket ");
			put_safe(cli, ack->ticket);
		}
		if (ack->lapses) {
			cli_text(cli, "; until ");
			time_format_minute(&cli->text, (int64_t)ack->until);
		}
		cli_text(cli, "\n");
	}
}

static void say_alert(struct cli *cli, const struct logged_alert *x, struct unix_time now)
{
	put_safe(cli, x->id);
	cli_text(cli, "  %s [", severity_name(x->finding.severity));
	put_safe(cli, x->finding.code);
	cli_text(cli, "]  %s\n    ", alert_standing(x, now));
	put_safe(cli, x->finding.words);
	cli_text(cli, "\n    found: ");
	put_safe(cli, x->finding.found);
	cli_text(cli, "; expected: ");
	put_safe(cli, x->finding.expected);
	cli_text(cli, "\n");
	say_event(cli, &x->finding);
	if (x->change.n > 0)
		cli_text(cli, "    concerns %.*s\n", text_shown(x->change), (const char *)x->change.p);
	say_look(cli, "raised", x->time, x->by, &x->seen, x->seq);
	say_acks(cli, x);
	if (!x->cleared)
		cli_text(cli, "    next: %s\n", finding_next(&x->finding));
	if (x->cleared)
		say_look(cli, "cleared", x->cleared_at, x->cleared_by, &x->cleared_in, x->cleared_seq);
}

/* ---- as JSON ---- */

static struct json *time_json(struct arena *a, struct unix_time t)
{
	struct buf b = {0};
	time_format(&b, t);
	struct json *out = json_text(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct json *safe_json(struct arena *a, struct span text)
{
	return json_str(a, text_safe_str(a, text, false));
}

static struct json *look_json(struct arena *a, struct unix_time when, struct span who, const struct alert_look *look,
			      uint64_t seq)
{
	struct json *o = json_object(a), *names = json_array(a);
	for (size_t i = 0; i < look->n_endpoints; i++)
		json_push(names, safe_json(a, look->endpoints[i]));
	json_set(o, a, "time", time_json(a, when));
	json_set(o, a, "by", safe_json(a, who));
	json_set(o, a, "line", json_u64(a, seq));
	json_set(o, a, "block", json_u64(a, look->block));
	json_set(o, a, "blockHash", json_0x(a, SPAN_HASH(&look->block_hash)));
	json_set(o, a, "endpoints", names);
	return o;
}

static struct json *acks_json(struct arena *a, const struct logged_alert *x)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < x->n_acks; i++) {
		const struct alert_ack *ack = &x->acks[i];
		struct json *o = json_object(a);
		json_set(o, a, "time", time_json(a, ack->time));
		json_set(o, a, "by", safe_json(a, ack->by));
		json_set(o, a, "auth", safe_json(a, ack->auth));
		json_set(o, a, "line", json_u64(a, ack->seq));
		json_set(o, a, "note", safe_json(a, ack->note));
		json_set(o, a, "ticket", safe_json(a, ack->ticket));
		json_set(o, a, "until", ack->lapses ? json_u64(a, ack->until) : json_null(a));
		json_push(list, o);
	}
	return list;
}

static struct json *alert_json(struct arena *a, const struct logged_alert *x, struct unix_time now)
{
	const struct snapshot_finding *f = &x->finding;
	struct json *o = json_object(a);
	json_set(o, a, "alert", safe_json(a, x->id));
	json_set(o, a, "severity", json_str(a, severity_name(f->severity)));
	json_set(o, a, "code", safe_json(a, f->code));
	json_set(o, a, "subject", safe_json(a, f->subject));
	json_set(o, a, "words", safe_json(a, f->words));
	json_set(o, a, "found", safe_json(a, f->found));
	json_set(o, a, "expected", safe_json(a, f->expected));
	json_set(o, a, "event", f->has_event ? finding_event_json(a, &f->event) : json_null(a));
	json_set(o, a, "change", x->change.n > 0 ? safe_json(a, x->change) : json_null(a));
	json_set(o, a, "raised", look_json(a, x->time, x->by, &x->seen, x->seq));
	json_set(o, a, "cleared", x->cleared ? look_json(a, x->cleared_at, x->cleared_by, &x->cleared_in,
							 x->cleared_seq) : json_null(a));
	json_set(o, a, "acknowledged", json_bool(a, alert_acknowledged(x, now) != NULL));
	json_set(o, a, "acknowledgements", acks_json(a, x));
	return o;
}

/* ---- alerts ---- */

struct counts { size_t open, unacknowledged; };

static struct counts count(const struct alert_log *m, struct unix_time now)
{
	struct counts n = {0};
	for (size_t i = 0; i < m->n; i++) {
		n.open += !m->v[i].cleared;
		n.unacknowledged += alert_acknowledged(&m->v[i], now) == NULL;
	}
	return n;
}

static void leave_out_settled(struct alert_log *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n; i++)
		if (!alert_is_settled(&m->v[i]))
			m->v[n++] = m->v[i];
	m->n = n;
}

bool cmd_alerts(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const struct unix_time now = time_now();
	const bool all = cli_flag(cli, "--all");
	struct json *list = json_array(a);
	struct alert_log m;
	if (!alerts_all(cli->ws->log, a, &m, e))
		return false;
	if (!all)
		leave_out_settled(&m);
	const struct counts n = count(&m, now);
	for (size_t i = 0; i < m.n; i++) {
		say_alert(cli, &m.v[i], now);
		json_push(list, alert_json(a, &m.v[i], now));
	}
	if (m.n == 0)
		cli_text(cli, all ? "The log has no alerts.\n" : "No alert is open, and none waits for anybody.\n");
	else
		cli_text(cli, "%zu open, %zu not acknowledged\n", n.open, n.unacknowledged);
	cli->result = json_object(a);
	json_set(cli->result, a, "alerts", list);
	json_set(cli->result, a, "open", json_u64(a, n.open));
	json_set(cli->result, a, "unacknowledged", json_u64(a, n.unacknowledged));
	return true;
}

/* ---- alerts look ---- */

static struct json *ids_json(struct arena *a, const struct span *v, size_t n)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < n; i++)
		json_push(list, json_text(a, v[i]));
	return list;
}

static void say_ids(struct cli *cli, const struct alert_log *m, const char *what, const struct span *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct logged_alert *x = alert_log_find(m, v[i]);
		cli_text(cli, "%s %.*s", what, text_shown(v[i]), (const char *)v[i].p);
		if (x != NULL) {
			cli_text(cli, " [");
			put_safe(cli, x->finding.code);
			cli_text(cli, "] ");
			put_safe(cli, x->finding.words);
		}
		cli_text(cli, "\n");
	}
}

static void say_written(struct cli *cli, const struct snapshot *s, const struct alert_log *m,
			const struct alerts_written *w)
{
	const struct counts n = count(m, s->taken);
	struct arena *a = &cli->arena;
	cli_text(cli, "looked at block %llu\n", (unsigned long long)s->block);
	say_ids(cli, m, "raised ", w->raised, w->n_raised);
	say_ids(cli, m, "cleared", w->cleared, w->n_cleared);
	if (w->n_raised + w->n_cleared == 0)
		cli_text(cli, "nothing new: the log is as it was\n");
	cli_text(cli, "%zu open, %zu not acknowledged\n", n.open, n.unacknowledged);
	cli->result = json_object(a);
	json_set(cli->result, a, "block", json_u64(a, alert_look_of(a, s).block));
	json_set(cli->result, a, "raised", ids_json(a, w->raised, w->n_raised));
	json_set(cli->result, a, "cleared", ids_json(a, w->cleared, w->n_cleared));
	json_set(cli->result, a, "findings", json_u64(a, s->n_findings));
	json_set(cli->result, a, "open", json_u64(a, n.open));
	json_set(cli->result, a, "unacknowledged", json_u64(a, n.unacknowledged));
	if (cli_flag(cli, "--exit-code") && n.unacknowledged > 0)
		cli->status = 1;
}

bool cmd_alerts_look(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct alerts_written written;
	struct alert_log m;
	struct snapshot s;
	int64_t within_ms;
	if (!look_timeout(&within_ms, cli_option(cli, "--timeout"), e) || !look_take(cli->ws, a, within_ms, &s, e))
		return false;
	if (!s.online)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET,
			       "the chain was not looked at, and nothing was written: %.*s", text_shown(s.trouble),
			       (const char *)s.trouble.p);
	if (!alerts_write(cli->ws, a, &s, &written, e) || !alerts_all(cli->ws->log, a, &m, e))
		return false;
	say_written(cli, &s, &m, &written);
	return true;
}

/* ---- alerts ack ---- */

static bool read_words(const struct cli *cli, const char *option, struct span *out, struct err *e)
{
	const char *given = cli_option(cli, option);
	*out = span_str(given != NULL ? given : "");
	if (!text_is_utf8(*out))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8") || err_in(e, "%s", option);
	return out->n <= ALERT_NOTE_MAX ||
	       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %u bytes, found %zu", ALERT_NOTE_MAX, out->n) ||
	       err_in(e, "%s", option);
}

static bool is_blank(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != ' ' && text.p[i] != '\t' && text.p[i] != '\n')
			return false;
	return true;
}

static bool read_note(const struct cli *cli, struct span *out, struct err *e)
{
	if (!read_words(cli, "--note", out, e))
		return false;
	return !is_blank(*out) ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET,
		       "acknowledging takes --note: what is known of it, and what is done");
}

static bool read_until(const struct cli *cli, struct alert_ack *out, struct err *e)
{
	const char *given = cli_option(cli, "--until");
	struct unix_time until;
	if (given == NULL)
		return true;
	if (!time_parse_day(&until, span_str(given), true, e))
		return err_in(e, "--until");
	if (until.ms <= time_now().ms)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed a time to come, found one that is over") ||
		       err_in(e, "--until");
	out->lapses = true;
	out->until = (uint64_t)(until.ms / 1000);
	return true;
}

bool cmd_alerts_ack(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const struct span id = span_str(cli->args[0]);
	struct alert_ack ack = { .by = cli->ws->actor, .auth = cli->ws->auth };
	uint64_t number;
	if (!alert_number(id, &number))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "needed an alert, like AL-3");
	if (!read_note(cli, &ack.note, e) || !read_words(cli, "--ticket", &ack.ticket, e) ||
	    !read_until(cli, &ack, e) || !alerts_acknowledge(cli->ws, a, id, &ack, e))
		return false;
	cli_text(cli, "%s is acknowledged by ", cli->args[0]);
	put_safe(cli, ack.by);
	cli_text(cli, "\n");
	cli->result = json_object(a);
	json_set(cli->result, a, "alert", json_text(a, id));
	json_set(cli->result, a, "by", safe_json(a, ack.by));
	json_set(cli->result, a, "line", json_u64(a, log_size(cli->ws->log) - 1));
	return true;
}
