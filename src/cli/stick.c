#include "src/cli/stick.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *name, const char *end)
{
	const size_t n = strlen(name), m = strlen(end);
	return n > m && strcmp(name + n - m, end) == 0;
}

static bool is_answer(const char *name)
{
	return ends_with(name, ".answer.json") || ends_with(name, ".message.json") || ends_with(name, ".sig");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool list(struct arena *a, DIR *d, const char *dir, struct stick *out, struct err *e)
{
	const char *slash = ends_with(dir, "/") ? "" : "/";
	for (const struct dirent *x; (x = readdir(d)) != NULL;) {
		if (!is_answer(x->d_name))
			continue;
		if (out->n == STICK_MAX)
			return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more than %u answers: name them, or empty it",
				       STICK_MAX);
		out->path[out->n++] = arena_fmt(a, "%s%s%s", dir, slash, x->d_name);
	}
	return true;
}

bool stick_list(struct arena *a, const char *dir, struct stick *out, struct err *e)
{
	DIR *d = opendir(dir);
	*out = (struct stick){ .path = ARENA_ARRAY(a, const char *, STICK_MAX) };
	if (d == NULL)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "%s", strerror(errno)) || err_file(e, dir, 0);
	const bool ok = list(a, d, dir, out, e);
	closedir(d);
	if (ok && out->n > 0)
		qsort(out->path, out->n, sizeof(*out->path), by_name);
	return ok || err_file(e, dir, 0);
}
