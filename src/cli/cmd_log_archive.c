/* log archive: old blobs into a segment, by two people. */
#include <string.h>

#include "audit-log/archive.h"
#include "src/base/u256.h"
#include "src/cli/cmd.h"
#include "src/cli/judging.h"

static bool read_before(struct unix_time *out, const char *text, struct err *e)
{
	return time_parse_day(out, span_str(text), false, e) || err_in(e, "--before");
}

static bool read_keep(unsigned *out, const char *text, struct err *e)
{
	struct u256 v;
	uint64_t n = 0;
	if (text == NULL)
		return true;
	if (!u256_parse(&v, span_str(text), e))
		return err_in(e, "--keep");
	if (!u256_fits_u64(&v, &n) || n < KEPT_MONTHS_LEAST || n > KEPT_MONTHS_MOST)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "needed %u to %u months", KEPT_MONTHS_LEAST,
			       KEPT_MONTHS_MOST) || err_in(e, "--keep");
	*out = (unsigned)n;
	return true;
}

/* What --keep says, or else the policy in force, for each class. */
static bool read_table(struct cli *cli, struct retention_table *out, struct err *e)
{
	const struct policy *p;
	unsigned all = 0;
	if (!read_keep(&all, cli_option(cli, "--keep"), e) || !judging_policy(cli->ws, &cli->arena, &p, e))
		return false;
	*out = retention_of(p, all);
	return true;
}

static bool read_wish(struct cli *cli, struct archiving *out, struct err *e)
{
	const char *before = cli_option(cli, "--before");
	out->dir = cli_option(cli, "-o");
	out->actor = cli->ws->actor;
	out->auth = cli->ws->auth;
	if (before == NULL || out->dir == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "archiving needs --before DAY and -o DIR");
	if (cli->as == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "two people archive: say who you are, --as ID");
	return read_before(&out->retention.before, before, e) && read_table(cli, &out->retention.table, e);
}

static void say(struct cli *cli, const struct archived *r, const char *dir)
{
	cli_text(cli, "Segment %s: %zu blobs of %llu bytes, read back whole. Its list has the SHA-256 ", dir, r->blobs,
		 (unsigned long long)r->bytes);
	buf_hex(&cli->text, SPAN_HASH(&r->segment));
	cli_text(cli, "\n");
	if (!hash32_is_zero(&r->retention)) {
		cli_text(cli, "How long each class stays on line is in the table (a blob) with the SHA-256 ");
		buf_hex(&cli->text, SPAN_HASH(&r->retention));
		cli_text(cli, "\n");
	}
	if (!r->gone) {
		cli_text(cli, "%s has asked for it (line %llu). Nothing leaves the log until somebody else says the "
			 "same.\n", r->asker, (unsigned long long)r->seq);
		return;
	}
	cli_text(cli, "Archived (line %llu), as %s had asked: those bytes are in the segment alone from now on. "
		 "Keep it, twice.\nWho the two were is what --as claimed. log verify --archive DIR checks it.\n",
		 (unsigned long long)r->seq, r->asker);
	if (r->wal_left)
		cli_text(cli, "Somebody else is reading the log: log.db-wal keeps the bytes until the last one closes "
			 "it.\n");
}

bool cmd_log_archive(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct archiving what = {0};
	struct archived r;
	if (!read_wish(cli, &what, e) || !log_archive(cli->ws->log, a, &r, &what, e))
		return false;
	say(cli, &r, what.dir);
	cli->result = json_object(a);
	json_set(cli->result, a, "archived", json_bool(a, r.gone));
	json_set(cli->result, a, "asked", json_str(a, r.asker));
	json_set(cli->result, a, "blobs", json_u64(a, r.blobs));
	json_set(cli->result, a, "bytes", json_u64(a, r.bytes));
	json_set(cli->result, a, "line", json_u64(a, r.seq));
	json_set(cli->result, a, "retention", hash32_is_zero(&r.retention) ? json_null(a)
									    : json_bare(a, SPAN_HASH(&r.retention)));
	json_set(cli->result, a, "segment", json_bare(a, SPAN_HASH(&r.segment)));
	json_set(cli->result, a, "walLeft", json_bool(a, r.wal_left));
	return views_catch_up(cli->ws->views, e);
}
