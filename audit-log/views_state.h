/* What open views hold, and how they speak with SQLite: for views*.c alone. views.c opens and makes anew; views_apply.c
 * puts lines in, views_fold.c what changes come to; views_ask.c takes out, and views_hints.c for the log; views_check.c
 * compares. */
#ifndef SETGOV_AUDIT_LOG_VIEWS_STATE_H
#define SETGOV_AUDIT_LOG_VIEWS_STATE_H

#include <sqlite3.h>

#include "audit-log/views.h"

/* The columns of struct views_change. */
#define CHANGE_COLUMNS \
	"id, number, title, last_kind, first_seq, last_seq, lines, first_time, last_time, proposed, withdrawn," \
	" verified, trouble, words_seq, route, delay, after, scheduled, executed, cancelled, operation, likeness"
#define STEP_COLUMNS \
	"kind, packed, packed_seq, nonce, safe_tx_hash, packet, signers, submitted, mined, failed, block_time," \
	" refused, declined, left_behind"

/* PAGE_…: ?1 change, ?2 kind, ?3 actor, ?4 before, ?5 limit. */
#define AND_KIND  " AND (?2 = '' OR EXISTS (SELECT 1 FROM kind_line k WHERE k.kind = ?2 AND k.seq = l.seq))"
#define AND_ACTOR " AND (?3 = '' OR EXISTS (SELECT 1 FROM actor_line a WHERE a.actor = ?3 AND a.seq = l.seq))"
#define NEWEST    " AND seq < ?4 ORDER BY seq DESC LIMIT ?5"

#define STATEMENTS(S) \
	S(APPLIED,      "SELECT size, leaf, origin, blobs FROM applied") \
	S(SET_APPLIED,  "INSERT OR REPLACE INTO applied (one, size, leaf, origin, blobs) VALUES (1, ?1, ?2, ?3, ?4)") \
	S(PUT_CHANGE,   "INSERT INTO change (id, number, title, last_kind, first_seq, last_seq, lines, first_time," \
			" last_time, proposed, withdrawn) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?6, ?7, ?8)" \
			" ON CONFLICT (id) DO UPDATE SET title = iif(?3 = '', title, ?3), last_kind = ?4," \
			" last_seq = ?5, lines = lines + 1, last_time = ?6, proposed = proposed OR ?7," \
			" withdrawn = withdrawn OR ?8, unfolded = 1") \
	S(PUT_LINE_OF_CHANGE, "INSERT INTO change_line VALUES (?1, ?2)") \
	S(PUT_LINE_OF_KIND, "INSERT INTO kind_line VALUES (?1, ?2)") \
	S(PUT_LINE_OF_ACTOR, "INSERT INTO actor_line VALUES (?1, ?2)") \
	S(PUT_NAMING,   "INSERT OR IGNORE INTO naming VALUES (?1, ?2)") \
	S(PUT_BLOB,     "INSERT OR IGNORE INTO blob VALUES (?1, ?2)") \
	S(UNFOLDED,     "SELECT id FROM change WHERE unfolded ORDER BY first_seq LIMIT 1") \
	S(FOLDED,       "UPDATE change SET unfolded = 0, verified = ?2, trouble = ?3, words_seq = ?4, route = ?5," \
			" delay = ?6, after = ?7, scheduled = ?8, executed = ?9, cancelled = ?10, operation = ?11," \
			" likeness = ?12, over = ?13, held_nonce = ?14 WHERE id = ?1") \
	S(DROP_STEPS,   "DELETE FROM step WHERE change = ?1") \
	S(PUT_STEP,     "INSERT INTO step (change, " STEP_COLUMNS ")" \
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)") \
	S(COUNT_CHANGES, "SELECT count(*) FROM change") \
	S(CHANGES,      "SELECT " CHANGE_COLUMNS " FROM change ORDER BY first_seq") \
	S(CHANGE,       "SELECT " CHANGE_COLUMNS " FROM change WHERE id = ?1") \
	S(WAITING,      "SELECT " CHANGE_COLUMNS " FROM change WHERE " WAITS " AND (NOT over OR held_nonce >= ?1)" \
			" ORDER BY number, id") \
	S(STEPS,        "SELECT " STEP_COLUMNS " FROM step WHERE change = ?1 ORDER BY kind") \
	S(OPERATIONS,   "SELECT id, operation FROM change WHERE " PLANNED " ORDER BY first_seq") \
	S(OF_CHANGE,    "SELECT seq FROM change_line WHERE change = ?1 ORDER BY seq") \
	S(OF_KIND,      "SELECT seq FROM kind_line WHERE kind = ?1 ORDER BY seq") \
	S(NAMING,       "SELECT seq FROM naming WHERE value = ?1 ORDER BY seq") \
	S(PAGE_CHANGE,  "SELECT seq FROM change_line l WHERE change = ?1" AND_KIND AND_ACTOR NEWEST) \
	S(PAGE_KIND,    "SELECT seq FROM kind_line l WHERE kind = ?2" AND_ACTOR NEWEST) \
	S(PAGE_ACTOR,   "SELECT seq FROM actor_line l WHERE actor = ?3" NEWEST) \
	S(PUT_ALERT,    "INSERT OR IGNORE INTO alert VALUES (?1, NULL, NULL)") \
	S(PUT_LINE_OF_ALERT, "INSERT OR IGNORE INTO alert_line VALUES (?1, ?2)") \
	S(CLEARED,      "UPDATE alert SET cleared = ?2 WHERE number = ?1") \
	S(ACKNOWLEDGED, "UPDATE alert SET acknowledged = max(coalesce(acknowledged, ?2), ?2) WHERE number = ?1") \
	S(ALERTS,       "SELECT seq FROM alert_line ORDER BY seq") \
	S(UNSETTLED_ALERTS, "SELECT l.seq FROM alert a JOIN alert_line l ON l.number = a.number" \
			" WHERE " UNSETTLED " ORDER BY l.seq") \
	S(BLOB,         "SELECT i FROM blob WHERE digest = ?1")
enum statement {
#define S(id, sql) ST_##id,
	STATEMENTS(S)
#undef S
	N_STATEMENTS
};

/* Conditions of partial indexes: a question that uses one says it word for word. */
#define WAITS   "(NOT over OR held_nonce IS NOT NULL)"
#define UNSETTLED "(cleared IS NULL OR acknowledged IS NULL OR acknowledged <= cleared)"
#define PLANNED "(operation IS NOT NULL AND NOT executed)"

struct views {
	struct log *log;
	char *path;
	sqlite3 *db;                  /* NULL between close and open */
	sqlite3_stmt *st[N_STATEMENTS];
	uint64_t size;                /* lines applied */
	struct hash32 leaf;           /* of the last one */
	uint64_t blobs;               /* blob rows applied */
};

/* Two kinds of trouble: the views file is no good, which is cured by making it anew and is nobody's business; or the
 * log cannot be read, which is an error of the caller's. */
enum outcome { FINE, NO_GOOD, LOG_FAILED };

/* Opens this database ("": a temporary one) and makes the tables where they are not; false: no good. */
MUST_CHECK bool views_connect(struct views *v, const char *path);
/* The same for one that is open. */
MUST_CHECK bool views_ready(struct views *v);
void views_close(struct views *v);
/* Applies the lines that it has not applied yet, all of them or none. */
MUST_CHECK enum outcome views_apply(struct views *v, struct err *e);
/* What the file says it has applied; nothing in a new one. False: it is another log's. */
MUST_CHECK bool views_load_applied(struct views *v);

/* Folds each change that has lines its columns do not know of. Within the transaction that applied those lines. */
MUST_CHECK enum outcome views_fold(struct views *v, struct err *e);

/* Notes what a line says about an alert; any other line is none of its business. False: no good. */
MUST_CHECK bool views_fold_alert(struct views *v, const struct line *l);

/* SQL that answers nothing. */
bool views_run(struct views *v, const char *sql);
/* Runs a statement that answers nothing, and readies it for the next time. */
MUST_CHECK bool views_done(struct views *v, enum statement which);
void views_bind_text(sqlite3_stmt *st, int column, struct span text);
void views_bind_hash(sqlite3_stmt *st, int column, const struct hash32 *h);
void views_bind_u64(sqlite3_stmt *st, int column, uint64_t n);
uint64_t views_u64(sqlite3_stmt *st, int column);
const char *views_str(sqlite3_stmt *st, int column, struct arena *a);
/* False: not what views_fold() wrote. */
MUST_CHECK bool views_column_change(sqlite3_stmt *st, struct arena *a, struct views_change *out);

/* Runs one question; when the views turn out to be no good, makes them anew and asks once more. */
typedef bool views_question(struct views *v, void *ctx);
MUST_CHECK bool views_ask(struct views *v, views_question *q, void *ctx, struct err *e);
/* The question behind every struct seqs: the statement's parameters are bound. */
MUST_CHECK bool views_take_seqs(struct views *v, enum statement which, struct arena *a, struct seqs *out);
MUST_CHECK bool views_take_kinds(struct views *v, struct arena *a, const char *const kinds[], size_t n,
				 struct seqs *out);

/* The log asks these views first (log_set_hints). */
void views_give_hints(struct views *v);

#endif
