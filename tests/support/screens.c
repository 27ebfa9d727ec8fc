#include "tests/support/screens.h"

#include <stdlib.h>

#include "src/base/fs.h"
#include "tests/support/check.h"

void screen_same(const char *name, const struct grid *g)
{
	struct arena a = {0};
	struct buf now = {0}, kept = {0};
	struct err e = {0};
	const char *path = arena_fmt(&a, "tests/screens/%s.txt", name);
	grid_dump(g, &now, true);
	if (getenv("UPDATE_SCREENS") != NULL)
		assert_ok(fs_write(path, buf_view(&now), 0644, &e), &e);
	assert_ok(fs_read(&kept, path, 1 << 20, &e), &e);
	if (!span_eq(buf_view(&kept), buf_view(&now)))
		print_error("%s is\n%sand now\n%s", path, buf_cstr(&kept), buf_cstr(&now));
	assert_true(span_eq(buf_view(&kept), buf_view(&now)));
	buf_release(&now);
	buf_release(&kept);
	arena_release(&a);
}
