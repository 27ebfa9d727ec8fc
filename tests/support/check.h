/* What every unit test uses: cmocka with its includes, and assertions about errors, bytes and vector files. Tests run
 * from the top of the repository. */
#ifndef SETGOV_TESTS_SUPPORT_CHECK_H
#define SETGOV_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"

/* The code, and the whole of err_format()'s text. */
#define assert_err(e, code, text) check_err((e), (code), (text), __FILE__, __LINE__)
/* No error happened; says which one did. */
#define assert_ok(expression, e) check_ok((expression), (e), __FILE__, __LINE__)
/* n bytes at p, against hex digits without 0x. */
#define assert_hex(p, n, hex) check_hex((p), (n), (hex), __FILE__, __LINE__)
#define assert_span_str(span, text) check_text((span), (text), __FILE__, __LINE__)
#define assert_buf_str(buf, text) check_text(buf_view(buf), (text), __FILE__, __LINE__)

void check_err(const struct err *e, enum err_code code, const char *text, const char *file, int line);
void check_ok(bool ok, const struct err *e, const char *file, int line);
void check_hex(const void *p, size_t n, const char *hex, const char *file, int line);
void check_text(struct span s, const char *text, const char *file, int line);

/* tests/vectors/<path>, whole; the test fails when it cannot be read. buf_release() it. */
struct buf read_vector(const char *path);
/* The same, parsed; lives in the arena. */
const struct json *json_vector(struct arena *a, const char *path);
/* Other projects' vector files, for `make vectors DIR=…`: DIR/<path>, or the test is skipped when there is no DIR. */
struct buf read_foreign_vector(const char *path);
/* Bytes of hex digits without 0x, in the arena. */
struct span hex_bytes(struct arena *a, const char *hex);
/* A fresh directory under TMPDIR, in the arena; removed with all it holds at exit. */
const char *temporary_directory(struct arena *a);

#endif
