#include "tui/console/demo.h"

#include <string.h>

#include "src/base/fs.h"

static const char *workspace_at(struct arena *a, const char *dir)
{
	return fs_exists(arena_fmt(a, "%s/log.db", dir)) ? dir : NULL;
}

const char *demo_find(struct arena *a, const char *program)
{
	const char *slash = strrchr(program, '/'), *found = NULL;
	if (slash != NULL)
		found = workspace_at(a, arena_fmt(a, "%.*s/demo/console", (int)(slash - program), program));
	return found != NULL ? found : workspace_at(a, "build/demo/console");
}
