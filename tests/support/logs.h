/* Making change logs in tests. */
#ifndef SETGOV_TESTS_SUPPORT_LOGS_H
#define SETGOV_TESTS_SUPPORT_LOGS_H

#include "audit-log/append.h"

#define TEST_ORIGIN "test.example/log"
#define TEST_CHAIN 84532999
#define TEST_SAFE "0x41675C099F32341bf84BFc5382aF534df5C7461a"

/* Opening fields with a profile blob; a new log in dir, open for appending. The test fails when that fails. */
struct log *test_log_create(const char *dir, const char *remember);
struct log *test_log_open(const char *dir, const char *remember);
/* Appends a line of this kind with body {"text":text}; change may be NULL. */
void test_log_add(struct log *l, const char *kind, const char *change, const char *text);
/* Grows the log to this many lines, in transactions of up to 100. */
void test_log_grow(struct log *l, uint64_t size);
/* A line, ready for log_add_line(): change.drafted of SC-1 with a title and a text. */
struct line test_line(struct arena *a, const char *kind, const char *change, const char *text);
/* Changes the database file behind the log's back, with triggers dropped first and put back afterwards. */
void test_log_damage(const char *dir, const char *sql);
/* Changes views.db, as whoever has the directory can. */
void test_views_doctor(const char *dir, const char *sql);
/* One line per finding, "CODE seq: text" ("CODE: text" without a seq), and nothing for a good log. */
void test_log_findings(struct buf *out, const char *dir, const char *remember);

#endif
