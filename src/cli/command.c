#include "src/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fs.h"

const struct option common_options[] = {
	{ "-C", "DIR", "the workspace (default: the current directory)", false },
	{ "--as", "PERSON", "who acts: an id from the profile's people", false },
	{ "--json", NULL, "one JSON document on standard output", false },
	{ "--plain", NULL, "line by line, no full screen", false },
};
const size_t n_common_options = ARRAY_LEN(common_options);

static const struct option *option_in(const struct option *o, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(o[i].name) == len && memcmp(o[i].name, name, len) == 0)
			return &o[i];
	return NULL;
}

/* The command whose words the line starts with; the longest name wins ("log verify" before "log"). */
static const struct command *command_of(int argc, char **argv, int *words)
{
	const struct command *best = NULL;
	*words = 0;
	for (size_t i = 0; i < n_commands; i++) {
		const char *name = commands[i].name;
		const char *space = strchr(name, ' ');
		const size_t first = space != NULL ? (size_t)(space - name) : strlen(name);
		if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0)
			continue;
		if (space == NULL && *words < 1) {
			best = &commands[i];
			*words = 1;
		} else if (space != NULL && argc > 1 && strcmp(argv[1], space + 1) == 0) {
			best = &commands[i];
			*words = 2;
		}
	}
	return best;
}

/* "policy" begins commands and is none: who asks for it, or for a second word that there is not, is told where
 * they are. */
static bool no_command(int argc, char **argv, struct err *e)
{
	const size_t len = strlen(argv[0]);
	for (size_t i = 0; i < n_commands; i++) {
		if (strncmp(commands[i].name, argv[0], len) != 0 || commands[i].name[len] != ' ')
			continue;
		if (argc > 1 && argv[1][0] != '-')
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "no command \"%s %s\"; setgov help %s lists them",
				       argv[0], argv[1], argv[0]);
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "\"%s\" needs a second word; setgov help %s lists them",
			       argv[0], argv[0]);
	}
	return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "no command \"%s\"; setgov help lists them", argv[0]);
}

static bool take_option(struct cli *cli, const char *word, char **rest, int left, int *used, struct err *e)
{
	const char *eq = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
	const size_t len = eq != NULL ? (size_t)(eq - word) : strlen(word);
	const struct option *o = option_in(common_options, n_common_options, word, len);
	*used = 0;
	if (o == NULL && cli->command != NULL)
		o = option_in(cli->command->options, cli->command->n_options, word, len);
	if (o == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s has no option %.*s",
			       cli->command != NULL ? cli->command->name : "setgov", (int)len, word);
	for (size_t i = 0; i < cli->n_given; i++)
		if (cli->given[i].option == o && !o->many)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s is given twice", o->name);
	const char *value = NULL;
	if (o->value == NULL && eq != NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s takes no value", o->name);
	if (o->value != NULL && eq != NULL) {
		value = eq + 1;
	} else if (o->value != NULL) {
		if (left < 1)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s needs a value: %s", o->name, o->value);
		value = rest[0];
		*used = 1;
	}
	cli->given[cli->n_given++] = (struct given){ o, value };
	return true;
}

static bool check_count(const struct cli *cli, struct err *e)
{
	const struct command *c = cli->command;
	if ((int)cli->n_args < c->min_args || (c->max_args >= 0 && (int)cli->n_args > c->max_args))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "usage: setgov %s %s", c->name, c->args);
	return true;
}

bool cli_parse(struct cli *cli, int argc, char **argv, struct err *e)
{
	const size_t n = (size_t)argc;
	int words = 0, at = 0, used = 0;
	cli->given = ARENA_ARRAY(&cli->arena, struct given, n + 1);
	cli->args = ARENA_ARRAY(&cli->arena, const char *, n + 1);
	/* Common options may stand before the command. */
	while (at < argc && argv[at][0] == '-' && strcmp(argv[at], "--help") != 0) {
		if (!take_option(cli, argv[at], argv + at + 1, argc - at - 1, &used, e))
			return false;
		at += 1 + used;
	}
	if (at < argc) {
		cli->command = command_of(argc - at, argv + at, &words);
		if (cli->command == NULL && strcmp(argv[at], "--help") != 0)
			return no_command(argc - at, argv + at, e);
	}
	bool options = true;
	for (at += words; at < argc; at++) {
		const char *w = argv[at];
		if (options && strcmp(w, "--") == 0) {
			options = false;
		} else if (options && strcmp(w, "--help") == 0) {
			cli->args[0] = cli->command != NULL ? cli->command->name : NULL;
			cli->n_args = cli->command != NULL;
			cli->command = command_of(1, (char *[]){ (char *)"help" }, &words);
			return true;
		} else if (options && w[0] == '-' && w[1] != '\0') {
			if (!take_option(cli, w, argv + at + 1, argc - at - 1, &used, e))
				return false;
			at += used;
		} else {
			cli->args[cli->n_args++] = w;
		}
	}
	cli->dir = cli_option(cli, "-C") != NULL ? cli_option(cli, "-C") : ".";
	cli->as = cli_option(cli, "--as");
	cli->json = cli_flag(cli, "--json");
	cli->plain = cli_flag(cli, "--plain");
	return cli->command == NULL || check_count(cli, e);
}

static const struct given *given_of(const struct cli *cli, const char *name)
{
	for (size_t i = cli->n_given; i-- > 0;)
		if (strcmp(cli->given[i].option->name, name) == 0)
			return &cli->given[i];
	return NULL;
}

const char *cli_option(const struct cli *cli, const char *name)
{
	const struct given *g = given_of(cli, name);
	return g != NULL ? g->value : NULL;
}

bool cli_flag(const struct cli *cli, const char *name)
{
	return given_of(cli, name) != NULL;
}

void cli_text(struct cli *cli, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&cli->text, fmt, ap);
	va_end(ap);
}

void cli_flush(struct cli *cli)
{
	fwrite(buf_cstr(&cli->text), 1, cli->text.n, stdout);
	if (fflush(stdout) != 0)
		die("cannot write to standard output");
	buf_clear(&cli->text);
}

void cli_say(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;
	(void)cli;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

bool cli_read(struct cli *cli, struct span *out, const char *path, size_t cap, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, cap, e);
	if (ok)
		*out = arena_copy(&cli->arena, buf_view(&b));
	buf_release(&b);
	return ok;
}
