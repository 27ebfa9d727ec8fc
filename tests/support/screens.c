#include "tests/support/screens.h"

#include "src/base/fs.h"
#include "tests/support/check.h"

#define SCREEN_MAX ((size_t)1 << 20)

static struct span next_line(struct span *rest)
{
	const uint8_t *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
	const size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
	const struct span line = span_of(rest->p, n);
	*rest = end != NULL ? span_of(end + 1, rest->n - n - 1) : span_of(NULL, 0);
	return line;
}

static void print_difference(struct span wanted, struct span found)
{
	for (size_t number = 1; wanted.n > 0 || found.n > 0; number++) {
		const struct span was = next_line(&wanted), is = next_line(&found);
		if (span_eq(was, is))
			continue;
		print_error("%4zu - %.*s\n", number, (int)was.n, (const char *)was.p);
		print_error("%4zu + %.*s\n", number, (int)is.n, (const char *)is.p);
	}
}

static void compare(const char *path, struct span found, const char *file, int line)
{
	struct buf wanted = {0};
	struct err e = {0};
	if (!fs_read(&wanted, path, SCREEN_MAX, &e)) {
		print_error("%s: %s; UPDATE_SCREENS=1 writes it\n", path, buf_cstr(&e.what));
		_fail(file, line);
	}
	const bool same = span_eq(buf_view(&wanted), found);
	if (!same) {
		print_error("%s is another screen (- wanted, + found); UPDATE_SCREENS=1 writes it anew\n", path);
		print_difference(buf_view(&wanted), found);
	}
	buf_release(&wanted);
	if (!same)
		_fail(file, line);
}

void check_shown(const char *name, struct span found, const char *file, int line)
{
	const char *update = getenv("UPDATE_SCREENS");
	struct arena a = {0};
	struct err e = {0};
	const char *path = arena_fmt(&a, "tests/screens/%s.txt", name);
	if (update != NULL && strcmp(update, "1") == 0)
		check_ok(fs_write(path, found, 0644, &e), &e, file, line);
	else
		compare(path, found, file, line);
	arena_release(&a);
}

void check_screen(const char *name, const struct grid *g, const char *file, int line)
{
	struct buf found = {0};
	grid_dump(g, &found, true);
	check_shown(name, buf_view(&found), file, line);
	buf_release(&found);
}
