/* What lies on a stick that comes back from signers: which files of a directory are answers, by their names. It reads
 * no file; whoever filled the directory also named them (collect makes the names harmless, and follows no link). */
#ifndef SETGOV_CLI_STICK_H
#define SETGOV_CLI_STICK_H

#include "src/base/arena.h"
#include "src/base/err.h"

#define STICK_MAX 4096u               /* answers in a directory; one with more is refused whole */

struct stick {
	const char **path;            /* dir/name, in the order of the names */
	size_t n;
};
/* *.answer.json, *.message.json, *.sig, in the arena. ERR_IO, ERR_RANGE, naming the directory. */
MUST_CHECK bool stick_list(struct arena *a, const char *dir, struct stick *out, struct err *e);

#endif
