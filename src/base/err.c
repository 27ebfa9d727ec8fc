#include "src/base/err.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_RESTORES 4

/* The one thing that may outlive a failing program: how to give the terminal back. */
static void (*restores[MAX_RESTORES])(void);

bool (err_set)(struct err *e, enum err_code code, size_t at, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return false;
	err_clear(e);
	e->code = code;
	e->at = at;
	va_start(ap, fmt);
	buf_vfmt(&e->what, fmt, ap);
	va_end(ap);
	return false;
}

bool (err_refuse)(struct err *e, const char *refusal, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return false;
	err_clear(e);
	e->code = ERR_REFUSED;
	e->refusal = refusal;
	e->at = ERR_NO_OFFSET;
	va_start(ap, fmt);
	buf_vfmt(&e->what, fmt, ap);
	va_end(ap);
	return false;
}

bool (err_in)(struct err *e, const char *fmt, ...)
{
	struct buf field = {0};
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	buf_vfmt(&field, fmt, ap);
	va_end(ap);
	if (e->field.n && e->field.p[0] != '[' && field.n)
		buf_byte(&field, '.');
	buf_span(&field, buf_view(&e->field));
	buf_release(&e->field);
	e->field = field;
	return false;
}

bool (err_file)(struct err *e, const char *path, size_t line)
{
	if (!e || e->file.n)
		return false;
	buf_str(&e->file, path);
	if (line)
		buf_fmt(&e->file, ":%zu", line);
	return false;
}

bool err_is_set(const struct err *e)
{
	return e->code != ERR_NONE;
}

void err_clear(struct err *e)
{
	buf_release(&e->file);
	buf_release(&e->field);
	buf_release(&e->what);
	*e = (struct err){0};
}

/* UTF-8 passes, so that names stay readable; control bytes do not, so that no error text drives a terminal.
 * text_safe() is the thorough one, for text that came from outside; it stands on this floor's buf and err. */
static void escape_controls(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		const uint8_t c = s.p[i];

		/* 0xc2 0x80..0x9f are the C1 controls: one byte to some terminals */
		if (c == 0xc2 && i + 1 < s.n && s.p[i + 1] >= 0x80 && s.p[i + 1] <= 0x9f)
			buf_fmt(out, "\\u{%04X}", s.p[++i]);
		else if (c < 0x20 || c == 0x7f)
			buf_fmt(out, "\\u{%04X}", c);
		else
			buf_byte(out, c);
	}
}

void err_format(const struct err *e, struct buf *out)
{
	if (e->file.n) {
		escape_controls(out, buf_view(&e->file));
		buf_str(out, ": ");
	}
	if (e->field.n)
		escape_controls(out, buf_view(&e->field));
	if (e->at != ERR_NO_OFFSET && err_is_set(e))
		buf_fmt(out, "%sbyte %zu", e->field.n ? ", " : "", e->at);
	if (e->field.n || (e->at != ERR_NO_OFFSET && err_is_set(e)))
		buf_str(out, ": ");
	if (e->refusal)
		buf_fmt(out, "[%s] ", e->refusal);
	escape_controls(out, buf_view(&e->what));
}

int err_exit_status(const struct err *e)
{
	switch (e->code) {
	case ERR_NONE:
		return 0;
	case ERR_MISMATCH:
	case ERR_REFUSED:
	case ERR_CRYPTO:
		return 1;
	case ERR_USAGE:
		return 2;
	case ERR_SYNTAX:
	case ERR_RANGE:
	case ERR_MISSING:
	case ERR_UNKNOWN:
		return 3;
	case ERR_IO:
	case ERR_CHAIN:
		return 4;
	}
	return 4;
}

void die_at_exit(void (*restore)(void))
{
	for (size_t i = 0; i < MAX_RESTORES; i++) {
		if (restores[i] == restore)
			return;
		if (!restores[i]) {
			restores[i] = restore;
			return;
		}
	}
	BUG("more than %d things to restore", MAX_RESTORES);
}

/* Uses no memory of its own: this is also where running out of it ends. */
void die(const char *fmt, ...)
{
	va_list ap;

	for (size_t i = MAX_RESTORES; i-- > 0;) {
		void (*restore)(void) = restores[i];

		restores[i] = NULL;
		if (restore)
			restore();
	}
	fflush(stdout);
	fputs("setgov: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	_exit(4);
}
