/* setgov: one command, once. Finds it in the table, opens what it needs, runs it, prints its result, and turns
 * an error into words and an exit status. The commands are in cmd_*.c; what they need of a workspace is in
 * audit-log/workspace.h. Without a command, on a terminal, it is the console (tui/console/console.h). */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "src/cli/command.h"
#include "src/cli/spawn.h"
#include "audit-log/workspace.h"
#include "tui/console/console.h"
#include "tui/console/demo.h"

static struct json *error_json(struct arena *a, const struct err *e)
{
	struct json *o = json_object(a), *in = json_object(a);
	if (e->refusal != NULL)
		json_set(in, a, "code", json_str(a, e->refusal));
	if (e->file.n > 0)
		json_set(in, a, "file", json_text(a, buf_view(&e->file)));
	if (e->field.n > 0)
		json_set(in, a, "field", json_text(a, buf_view(&e->field)));
	if (e->at != ERR_NO_OFFSET)
		json_set(in, a, "byte", json_u64(a, e->at));
	json_set(in, a, "what", json_text(a, buf_view(&e->what)));
	json_set(o, a, "error", in);
	return o;
}

static void print_result(struct cli *cli)
{
	if (cli->json && cli->result != NULL) {
		cli->text.n = 0;
		json_pretty(&cli->text, cli->result);
		buf_byte(&cli->text, '\n');
	}
	cli_flush(cli);
}

static bool run(struct cli *cli, struct err *e)
{
	struct workspace ws = {0};
	bool ok = true;
	if (cli->command->needs & CMD_LOG)
		ok = workspace_open(&ws, cli->dir, (cli->command->needs & CMD_APPEND) == CMD_APPEND, cli->as,
				    e);
	if (ws.warning != NULL)
		cli_say(cli, "WARNING: %s", ws.warning);
	if (ok) {
		cli->ws = cli->command->needs & CMD_LOG ? &ws : NULL;
		ok = cli->command->run(cli, e);
	}
	workspace_release(&ws);
	return ok;
}

/* ---- the console ---- */

/* Commands that ask the person something: the signer wants the terminal for a passphrase. */
static bool wants_terminal(const struct command *c)
{
	return strcmp(c->name, "submit") == 0;
}

static const struct command_row *command_rows(struct arena *a)
{
	struct command_row *rows = ARENA_ARRAY(a, struct command_row, n_commands);
	for (size_t i = 0; i < n_commands; i++)
		rows[i] = (struct command_row){ commands[i].name, commands[i].args, commands[i].help,
						wants_terminal(&commands[i]) };
	return rows;
}

static bool run_console(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	const struct console_options o = {
		.dir = cli->dir, .as = cli->as, .setgov = spawn_self(a),
		.signer = spawn_beside(a, "setgov-signer", "SETGOV_SIGNER"),
		.demo = demo_find(a, spawn_self(a)), .commands = command_rows(a), .n_commands = n_commands,
	};
	struct term *t = cli->plain ? term_plain_open(STDIN_FILENO, STDOUT_FILENO, 0, e)
				    : term_curses_open(STDIN_FILENO, e);
	if (t == NULL)
		return false;
	const bool ok = console_run(&o, t, e);
	term_close(t);
	return ok;
}

/* The log key's seed and bearer signatures pass through this process: nobody gets them from a core dump or a
 * debugger. */
static void harden(void)
{
	const struct rlimit none = {0, 0};
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		die("cannot forbid core dumps");
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	struct err e = {0};
	int status = 0;
	harden();
	bool ok = cli_parse(&cli, argc - 1, argv + 1, &e);
	if (ok && cli.command == NULL && (cli.plain || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))))
		ok = run_console(&cli, &e);      /* --plain works on pipes, too */
	else if (ok && cli.command == NULL)
		help_overview(&cli.text);
	else if (ok)
		ok = run(&cli, &e);
	if (!ok) {
		struct buf words = {0};
		err_format(&e, &words);
		fprintf(stderr, "setgov: %s\n", buf_cstr(&words));
		buf_release(&words);
		status = err_exit_status(&e);
		if (cli.json)
			cli.result = error_json(&cli.arena, &e);
		else
			buf_clear(&cli.text);
	} else {
		status = cli.status;
	}
	print_result(&cli);
	err_clear(&e);
	buf_release(&cli.text);
	arena_release(&cli.arena);
	return status;
}
