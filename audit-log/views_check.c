/* views.db against the lines it was made from. */
#include <stdlib.h>
#include <string.h>

#include "audit-log/views_state.h"
#include "src/base/fs.h"

struct comparing {
	struct views kept, anew;
	void (*fn)(void *ctx, const char *text);
	void *ctx;
};

static const char *const tables[] = { "change", "step", "change_line", "kind_line", "actor_line", "naming", "blob",
				      "alert", "alert_line" };

static void say(const struct comparing *c, const char *table, const char *what)
{
	struct buf text = {0};

	buf_fmt(&text, "views.db, table %s: %s; setgov log rebuild makes it anew", table, what);
	c->fn(c->ctx, buf_cstr(&text));
	buf_release(&text);
}

static bool same_column(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
	const void *x = sqlite3_column_blob(a, column), *y = sqlite3_column_blob(b, column);
	const int n = sqlite3_column_bytes(a, column);

	return sqlite3_column_type(a, column) == sqlite3_column_type(b, column) &&
	       n == sqlite3_column_bytes(b, column) && (n == 0 || memcmp(x, y, (size_t)n) == 0);
}

static bool same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	const int n = sqlite3_column_count(a);

	if (n != sqlite3_column_count(b))
		return false;
	for (int i = 0; i < n; i++)
		if (!same_column(a, b, i))
			return false;
	return true;
}

/* NULL: every row is the same. */
static const char *difference(sqlite3_stmt *kept, sqlite3_stmt *anew)
{
	for (;;) {
		const int a = sqlite3_step(kept), b = sqlite3_step(anew);

		if (a == SQLITE_DONE && b == SQLITE_DONE)
			return NULL;
		if (a == SQLITE_ROW && b == SQLITE_ROW) {
			if (!same_row(kept, anew))
				return "a row is not what the lines come to";
			continue;
		}
		return a == SQLITE_DONE ? "rows are missing" : a == SQLITE_ROW ? "rows are too many"
									       : "it cannot be read";
	}
}

static void compare_table(const struct comparing *c, const char *table)
{
	sqlite3_stmt *kept = NULL, *anew = NULL;
	struct buf sql = {0};
	const char *what = "it cannot be read";

	buf_fmt(&sql, "SELECT * FROM %s ORDER BY 1, 2", table);
	if (sqlite3_prepare_v2(c->kept.db, buf_cstr(&sql), -1, &kept, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(c->anew.db, buf_cstr(&sql), -1, &anew, NULL) == SQLITE_OK)
		what = difference(kept, anew);
	sqlite3_finalize(kept);
	sqlite3_finalize(anew);
	buf_release(&sql);
	if (what)
		say(c, table, what);
}

/* An index with a row less hides it from the queries that use the index. */
static void check_structure(const struct comparing *c)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(c->kept.db, "PRAGMA integrity_check(1)", -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		say(c, "any", "integrity_check cannot run");
	else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
		say(c, "any", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
}

/* The file's pages, as they are, in a database that goes away again. */
static bool copy_kept(struct views *kept, const char *path)
{
	sqlite3 *from = NULL;
	sqlite3_backup *backup = NULL;
	bool ok = false;

	if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    sqlite3_open_v2("", &kept->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) ==
		SQLITE_OK) {
		sqlite3_busy_timeout(from, 10000);
		backup = sqlite3_backup_init(kept->db, "main", from, "main");
		ok = backup && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
		ok = sqlite3_backup_finish(backup) == SQLITE_OK && ok;
	}
	sqlite3_close(from);
	return ok && views_ready(kept);
}

static bool compare(struct comparing *c, const char *path, bool *compared, struct err *e)
{
	if (!copy_kept(&c->kept, path) || views_apply(&c->kept, NULL) != FINE)
		return true;
	if (!views_connect(&c->anew, "") || views_apply(&c->anew, e) != FINE)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "the views cannot be made from the lines");
	*compared = true;
	check_structure(c);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		compare_table(c, tables[i]);
	return true;
}

bool views_compare(struct log *l, bool *compared, void (*fn)(void *ctx, const char *text), void *ctx, struct err *e)
{
	struct comparing c = { .kept = { .log = l }, .anew = { .log = l }, .fn = fn, .ctx = ctx };
	char *path = fs_join(log_dir(l), "views.db");
	bool ok = true;

	*compared = false;
	if (fs_exists(path)) {
		ok = compare(&c, path, compared, e);
		views_close(&c.kept);
		views_close(&c.anew);
	}
	free(path);
	return ok;
}
