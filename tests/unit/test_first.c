/* The first run: no workspace, three ways on, and what each of them asks, does and says. */
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "src/base/fs.h"
#include "tui/console/demo.h"
#include "tui/console/view_first.h"

#define DEMO "/opt/setgov/build/demo/console"

static void assert_effects(const struct test_console *t, const char *text)
{
	struct buf b = {0};
	test_console_effects(t, &b);
	assert_buf_str(&b, text);
	buf_release(&b);
}

static void keys_of_the_first_run_become_these_commands(void **state)
{
	static const struct { const char *keys, *effects; } cases[] = {
		{ "e", "OPEN " DEMO "\n" },
		{ "i 'set chain.json' Enter Enter", "RUN init --deployment 'set chain.json' -C .\n" },
		{ "i 'p.json' Enter Ctrl-U 'gov' Enter", "RUN init --deployment p.json -C gov\n" },
		{ "v '/mnt/log' Enter", "RUN log verify -C /mnt/log\n" },
		{ "i Enter Enter", "" },
		{ "i '~/p.json' Enter Enter", "" },
		{ "i 'p.json' Enter Ctrl-U Enter", "" },
		{ "v Enter", "" },
		{ "v '~' Enter", "" },
		{ "i Esc", "" },
		{ "q", "" },
		{ "l", "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct test_console t;
		test_console_empty(&t);
		t.m.demo = DEMO;
		test_console_keys(&t, cases[i].keys);
		print_message("%s\n", cases[i].keys);
		assert_effects(&t, cases[i].effects);
		test_console_release(&t);
	}
}

static void enter_does_what_the_focus_is_on(void **state)
{
	static const char *const titles[] = { [FIRST_INIT] = "Make a workspace", [FIRST_VERIFY] = "Check a log" };
	(void)state;
	for (uint32_t i = FIRST_INIT; i <= FIRST_VERIFY; i++) {
		struct test_console t;
		test_console_empty(&t);
		state_place(&t.s)->item = i;
		test_console_keys(&t, "Enter");
		assert_string_equal(t.s.ask.title, titles[i]);
		test_console_release(&t);
	}
}

static void without_the_demo_it_is_said_how_it_is_made(void **state)
{
	struct test_console t;
	(void)state;
	test_console_empty(&t);
	test_console_keys(&t, "e");
	assert_int_equal(t.fx.n, 0);
	assert_buf_str(&t.s.said, "There is no demo here yet. Next: leave (Q), run make demo in setgov's own "
		       "directory (a minute), and start setgov there again.");
	test_console_release(&t);
}

static void a_workspace_that_was_made_is_opened_and_its_phrase_shown(void **state)
{
	struct test_console t;
	(void)state;
	test_console_empty(&t);
	test_console_keys(&t, "i 'p.json' Enter Ctrl-U 'gov' Enter");
	test_console_ended(&t, 0, "{\"deployment\":\"1234\",\"phrase\":\"a b c d e f g h\"}", NULL, "");
	assert_effects(&t, "OPEN gov\n");
	assert_int_equal(state_place(&t.s)->view, VIEW_RESULT);
	assert_non_null(strstr(buf_cstr(&t.s.result), "phrase      a b c d e f g h\n"));
	state_home(&t.s, VIEW_QUEUE);
	assert_int_equal(t.s.depth, 2);
	assert_int_equal(state_place(&t.s)->view, VIEW_RESULT);
	assert_true(state_back(&t.s));
	assert_int_equal(state_place(&t.s)->view, VIEW_QUEUE);
	test_console_release(&t);
}

static void a_profile_that_is_refused_opens_nothing(void **state)
{
	struct test_console t;
	(void)state;
	test_console_empty(&t);
	test_console_keys(&t, "i 'p.json' Enter Enter");
	test_console_ended(&t, 3, "{\"error\":{\"what\":\"x\"}}", NULL, "p.json: name, byte 3: missing");
	assert_int_equal(t.fx.n, 0);
	assert_int_equal(state_place(&t.s)->view, VIEW_FIRST);
	assert_buf_str(&t.s.said, "p.json: name, byte 3: missing");
	test_console_release(&t);
}

#define REPORT(ok, done, findings) \
	"{\"ok\":" ok ",\"size\":34,\"root\":\"ab\"," \
	"\"checks\":[{\"done\":" done ",\"what\":\"lines\",\"text\":\"34\"}," \
	"{\"done\":false,\"what\":\"anchor\",\"text\":\"the chain was not asked\"}],\"findings\":[" findings "]}"

static void a_log_is_told_check_by_check_and_not_checked_is_not_passed(void **state)
{
	struct test_console t;
	(void)state;
	test_console_empty(&t);
	test_console_keys(&t, "v 'x' Enter");
	test_console_ended(&t, 0, REPORT("true", "true", ""), NULL, "");
	assert_buf_str(&t.s.result, "The log is whole.\n\n34 lines, root ab\n\nchecked lines: 34\nNOT CHECKED anchor: "
		       "the chain was not asked\n\nNext: compare size and root with somebody who wrote them down "
		       "elsewhere.\n");
	test_console_keys(&t, "Esc v 'x' Enter");
	test_console_ended(&t, 1, REPORT("false", "true", "{\"code\":\"LEAF\",\"seq\":7,\"text\":\"differs\"}"), NULL,
			   "");
	assert_buf_str(&t.s.result, "! The log is DAMAGED.\n\n34 lines, root ab\n\n! FOUND [LEAF] line 7: "
		       "differs\nchecked lines: 34\nNOT CHECKED anchor: the chain was not asked\n\nNext: keep this "
		       "copy as it is, and compare it with a checkpoint that was kept elsewhere.\n");
	assert_int_equal(t.s.said_style, STYLE_BAD);
	test_console_release(&t);
}

static void the_demo_is_found_beside_the_program(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a), *program = arena_fmt(&a, "%s/setgov", dir);
	const char *demo = arena_fmt(&a, "%s/demo/console", dir);
	struct err e = {0};
	(void)state;
	const char *elsewhere = demo_find(&a, program);
	assert_true(elsewhere == NULL || strcmp(elsewhere, "build/demo/console") == 0);
	assert_ok(fs_mkdirs(demo, 0700, &e), &e);
	assert_ok(fs_write(arena_fmt(&a, "%s/log.db", demo), span_str("x"), 0600, &e), &e);
	assert_string_equal(demo_find(&a, program), demo);
	arena_release(&a);
}

static void the_first_run_is_drawn_like_this(void **state)
{
	struct test_console t;
	(void)state;
	test_console_empty(&t);
	test_console_screen(&t, "console_first");
	t.m.demo = DEMO;
	state_place(&t.s)->item = FIRST_DEMO;
	test_console_screen(&t, "console_first_demo");
	test_console_keys(&t, "i '~/p.json' Enter Enter");
	test_console_screen(&t, "console_first_init");
	test_console_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_the_first_run_become_these_commands),
		cmocka_unit_test(enter_does_what_the_focus_is_on),
		cmocka_unit_test(without_the_demo_it_is_said_how_it_is_made),
		cmocka_unit_test(a_workspace_that_was_made_is_opened_and_its_phrase_shown),
		cmocka_unit_test(a_profile_that_is_refused_opens_nothing),
		cmocka_unit_test(a_log_is_told_check_by_check_and_not_checked_is_not_passed),
		cmocka_unit_test(the_demo_is_found_beside_the_program),
		cmocka_unit_test(the_first_run_is_drawn_like_this),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
