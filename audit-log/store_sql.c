#include "audit-log/store_state.h"

#include <string.h>

static const char *const statement_sql[] = {
#define S(id, sql) sql,
	STATEMENTS(S)
#undef S
};

bool store_fail(const struct store *s, const char *doing, struct err *e)
{
	err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: %s", doing, sqlite3_errmsg(s->db));
	return err_file(e, s->path, 0);
}

bool store_run(const struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(s, sql, e);
}

bool store_ask(const struct store *s, const char *sql, struct buf *out, struct err *e)
{
	sqlite3_stmt *st;
	bool ok = false;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return store_fail(s, sql, e);
	if (sqlite3_step(st) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		buf_str(out, text ? text : "");
		ok = true;
	}
	sqlite3_finalize(st);
	return ok || store_fail(s, sql, e);
}

bool store_demand(const struct store *s, const char *pragma, const char *wanted, struct err *e)
{
	struct buf found = {0};
	bool ok = store_ask(s, pragma, &found, e);

	if (ok && strcasecmp(buf_cstr(&found), wanted) != 0) {
		err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: needed %s, found %s", pragma, wanted, buf_cstr(&found));
		ok = err_file(e, s->path, 0);
	}
	buf_release(&found);
	return ok;
}

static bool prepare(struct store *s, enum statement which, struct err *e)
{
	bool ok;

	s->preparing = true;
	ok = sqlite3_prepare_v3(s->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, &s->st[which], NULL) ==
	     SQLITE_OK;
	s->preparing = false;
	return ok || store_fail(s, statement_sql[which], e);
}

bool store_prepare_all(struct store *s, struct err *e)
{
	for (size_t i = 0; i < N_STATEMENTS; i++)
		if (!prepare(s, (enum statement)i, e))
			return false;
	return true;
}

sqlite3_stmt *store_ready(struct store *s, enum statement which, struct err *e)
{
	return s->st[which] || prepare(s, which, e) ? s->st[which] : NULL;
}

bool store_done(struct store *s, enum statement which, struct err *e)
{
	sqlite3_stmt *st = store_ready(s, which, e);
	bool ok;

	if (!st)
		return false;
	ok = sqlite3_step(st) == SQLITE_DONE || store_fail(s, statement_sql[which], e);
	sqlite3_reset(st);
	return ok;
}
