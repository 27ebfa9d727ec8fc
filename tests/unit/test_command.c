/* The command line and the command table. */
#include <string.h>

#include "src/cli/command.h"
#include "tests/support/check.h"
#include "tui/console/keys.h"

static bool parse(struct cli *cli, struct err *e, int argc, const char *const argv[])
{
	union { const char *const *in; char **out; } u = { argv };
	*cli = (struct cli){0};
	return cli_parse(cli, argc, u.out, e);
}
#define PARSE(cli, e, ...)                                                                                     \
	parse(cli, e, (int)ARRAY_LEN(((const char *const[]){__VA_ARGS__})), (const char *const[]){__VA_ARGS__})

static void the_longest_command_name_wins(void **state)
{
	struct cli cli;
	struct err e = {0};
	(void)state;
	assert_true(PARSE(&cli, &e, "log", "verify"));
	assert_string_equal(cli.command->name, "log verify");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "log"));
	assert_err(&e, ERR_USAGE, "\"log\" needs a second word; setgov help log lists them");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "log", "verfy"));
	assert_err(&e, ERR_USAGE, "no command \"log verfy\"; setgov help log lists them");
	arena_release(&cli.arena);
	err_clear(&e);
}

static void options_and_arguments_mix_in_any_order(void **state)
{
	struct cli cli;
	struct err e = {0};
	(void)state;
	assert_true(PARSE(&cli, &e, "-C", "w", "packet", "--step", "execute", "SC-1", "--lean", "--json"));
	assert_string_equal(cli.dir, "w");
	assert_int_equal(cli.n_args, 1);
	assert_string_equal(cli.args[0], "SC-1");
	assert_string_equal(cli_option(&cli, "--step"), "execute");
	assert_true(cli_flag(&cli, "--lean"));
	assert_true(cli.json);
	assert_null(cli_option(&cli, "-o"));
	arena_release(&cli.arena);
	assert_true(PARSE(&cli, &e, "packet", "--step=cancel", "--", "--odd"));
	assert_string_equal(cli_option(&cli, "--step"), "cancel");
	assert_string_equal(cli.args[0], "--odd");
	arena_release(&cli.arena);
}

static void a_wrong_command_line_says_what_is_wrong(void **state)
{
	struct cli cli;
	struct err e = {0};
	(void)state;
	assert_false(PARSE(&cli, &e, "packet", "SC-1", "--from", "x"));
	assert_err(&e, ERR_USAGE, "packet has no option --from");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "packet", "SC-1", "--step"));
	assert_err(&e, ERR_USAGE, "--step needs a value: S");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "packet", "SC-1", "--lean=yes"));
	assert_err(&e, ERR_USAGE, "--lean takes no value");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "packet", "SC-1", "--step", "a", "--step", "b"));
	assert_err(&e, ERR_USAGE, "--step is given twice");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "packet"));
	assert_err(&e, ERR_USAGE, "usage: setgov packet CHANGE");
	arena_release(&cli.arena);
	assert_false(PARSE(&cli, &e, "fly"));
	assert_err(&e, ERR_USAGE, "no command \"fly\"; setgov help lists them");
	arena_release(&cli.arena);
	err_clear(&e);
}

static void every_command_and_option_explains_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_commands; i++) {
		const struct command *c = &commands[i];
		assert_true(strlen(c->help) > 3);
		assert_non_null(c->run);
		assert_true((c->needs & CMD_APPEND) != 2);       /* writing needs reading */
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(commands[k].name, c->name);
		for (size_t o = 0; o < c->n_options; o++) {
			assert_true(strlen(c->options[o].help) > 3);
			for (size_t k = 0; k < n_common_options; k++)
				assert_string_not_equal(common_options[k].name, c->options[o].name);
		}
	}
}

static void help_man_and_completion_know_every_command(void **state)
{
	struct buf overview = {0}, man = {0}, completion = {0}, one = {0};
	(void)state;
	help_overview(&overview);
	help_man(&man);
	help_completion(&completion);
	for (size_t i = 0; i < n_commands; i++) {
		assert_non_null(strstr(buf_cstr(&overview), commands[i].name));
		assert_non_null(strstr(buf_cstr(&overview), commands[i].help));
		buf_clear(&one);
		help_command(&one, &commands[i]);
		for (size_t o = 0; o < commands[i].n_options; o++)
			assert_non_null(strstr(buf_cstr(&one), commands[i].options[o].help));
	}
	assert_non_null(strstr(buf_cstr(&man), ".SS setgov hash safe\\-tx FILE"));
	assert_non_null(strstr(buf_cstr(&completion), "complete -F _setgov setgov"));
	buf_release(&overview);
	buf_release(&man);
	buf_release(&completion);
	buf_release(&one);
}

/* Text as roff has it: a dash that is typed is escaped. */
static void assert_in_man(const char *man, const char *text)
{
	struct buf escaped = {0};
	for (; *text != '\0'; text++)
		buf_fmt(&escaped, "%s%c", *text == '-' ? "\\" : "", *text);
	if (strstr(man, buf_cstr(&escaped)) == NULL)
		fail_msg("the man page does not say \"%s\"", buf_cstr(&escaped));
	buf_release(&escaped);
}

static void the_man_page_tells_what_each_key_of_the_console_does(void **state)
{
	struct buf man = {0};
	(void)state;
	help_man(&man);
	const char *keys = strstr(buf_cstr(&man), "\n.SH KEYS\n");
	assert_non_null(keys);
	assert_true(strstr(buf_cstr(&man), "\n.SH OPTIONS\n") < keys);
	assert_true(keys < strstr(buf_cstr(&man), "\n.SH EXIT STATUS\n"));
	for (size_t i = 0; i < n_bindings; i++) {
		assert_in_man(keys, bindings[i].help);
		if (bindings[i].view != VIEW_ANY)
			assert_in_man(keys, keys_title(bindings[i].view));
	}
	for (size_t i = 0; i < n_glossary; i++)
		assert_in_man(keys, glossary[i].means);
	buf_release(&man);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_command_name_wins),
		cmocka_unit_test(options_and_arguments_mix_in_any_order),
		cmocka_unit_test(a_wrong_command_line_says_what_is_wrong),
		cmocka_unit_test(every_command_and_option_explains_itself),
		cmocka_unit_test(help_man_and_completion_know_every_command),
		cmocka_unit_test(the_man_page_tells_what_each_key_of_the_console_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
