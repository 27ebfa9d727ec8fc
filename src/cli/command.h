/* The command table: dispatch, help, completion, the man page and their tests are all made from it.
 *
 * A command reads its arguments from struct cli, puts its result there (cli_text() or cli_json(): one of the
 * two is printed to standard output when it returns) and words about it to standard error with cli_say(). It
 * returns false with a struct err; main() prints that and turns it into the exit status (0 done, 1 refused, 2
 * usage, 3 bad input, 4 the outside world). */
#ifndef SETGOV_CLI_COMMAND_H
#define SETGOV_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"

struct workspace;

/* What main() has ready before run() is called. */
enum needs {
	CMD_NOTHING = 0,              /* no workspace, no network */
	CMD_LOG = 1,                  /* an open workspace to read */
	CMD_APPEND = 2 | CMD_LOG,     /* … and to write: only the holder of the log key */
	CMD_NET = 4,                  /* may spawn setgov-net; a command without it works on a plane */
};

struct option {
	const char *name;             /* "--title" */
	const char *value;            /* "T", or NULL for a flag */
	const char *help;
	bool many;                    /* may be given more than once */
};

struct cli;

struct command {
	const char *name;             /* one or two words */
	bool (*run)(struct cli *cli, struct err *e);
	unsigned needs;
	const char *args;             /* "CHANGE STEP", as help shows it */
	int min_args, max_args;       /* max -1: any number */
	const char *help;
	const struct option *options;
	size_t n_options;
};

extern const struct command commands[];
extern const size_t n_commands;
/* Options that every command takes: -C, --as, --json, --plain. */
extern const struct option common_options[];
extern const size_t n_common_options;

struct given {
	const struct option *option;
	const char *value;            /* NULL for a flag */
};

struct cli {
	struct arena arena;           /* lives until main() ends */
	const struct command *command;
	const char **args;            /* what is neither command nor option, in order */
	size_t n_args;
	struct given *given;
	size_t n_given;
	const char *dir;              /* -C, or "." */
	const char *as;               /* --as: the actor's id, or NULL */
	bool json, plain;
	struct workspace *ws;         /* when the command needs one */
	struct buf text;              /* the result, for people */
	struct json *result;          /* the result, for --json */
	int status; /* exit status of a command that worked and still has bad news (log verify) */
};

/* Splits a command line by the table. ERR_USAGE. */
MUST_CHECK bool cli_parse(struct cli *cli, int argc, char **argv, struct err *e);
const char *cli_option(const struct cli *cli, const char *name);          /* its (last) value, or NULL */
bool cli_flag(const struct cli *cli, const char *name);
/* Appends to the text result. */
void cli_text(struct cli *cli, const char *fmt, ...) PRINTF(2, 3);
/* What the text result has so far goes to standard output now: for one that is larger than memory should hold. What can
 * fail is best done before: an error that comes later stands behind half a result. */
void cli_flush(struct cli *cli);
/* A line to standard error. */
void cli_say(const struct cli *cli, const char *fmt, ...) PRINTF(2, 3);
/* An input file, whole, in cli->arena; "-" is standard input. */
MUST_CHECK bool cli_read(struct cli *cli, struct span *out, const char *path, size_t cap, struct err *e);

/* Help made from the table: all commands, or one. */
void help_overview(struct buf *out);
void help_command(struct buf *out, const struct command *c);
void help_man(struct buf *out);                /* setgov.1, roff */
void help_completion(struct buf *out);         /* bash */

#endif
