/* One key, one step: moving, searching, any command, questions, how commands end; and the table of keys itself. */
#include "src/base/text.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tui/console/frame.h"
#include "tui/kit/key.h"

/* As on a terminal of 80x24: drawn before each key. Keys are separated by blanks. */
static void keys(struct test_console *t, const char *list)
{
	struct grid g;
	grid_init(&g, 24, 80, false);
	frame_draw(&t->s, &t->m, &g);
	for (const char *k = list; *k != '\0'; k += strspn(k, " ")) {
		const size_t n = *k == '\'' ? strcspn(k + 1, "'") + 2 : strcspn(k, " ");
		test_console_keys(t, arena_str(&t->a, span_of(k, n)));
		grid_clear(&g);
		frame_draw(&t->s, &t->m, &g);
		k += n;
	}
	grid_release(&g);
}

static void start(struct test_console *t, enum view_id view, const char *change)
{
	static const struct command_row commands[] = {
		{ "log export", "FILE", "write the log to a file", false },
		{ "log verify", "", "recompute the change log", false },
		{ "key new", "", "make a key", true },
		{ "status", "", "one look at the chain", false },
	};
	test_console_open(t);
	t->m.commands = commands;
	t->m.n_commands = ARRAY_LEN(commands);
	if (view != VIEW_QUEUE)
		test_console_go(t, view, change);
}

static void assert_effects(struct test_console *t, const char *text)
{
	struct buf b = {0};
	test_console_effects(t, &b);
	assert_buf_str(&b, text);
	buf_release(&b);
}

/* ---- moving ---- */

static void keys_move_in_a_list_and_stop_at_its_ends(void **state)
{
	static const struct { const char *keys; size_t cursor; } cases[] = {
		{ "Up", 0 }, { "Down", 1 }, { "j j k", 1 }, { "End", 6 }, { "End Down", 6 }, { "End Home", 0 },
		{ "PgDn PgDn PgDn PgDn", 6 }, { "End PgUp PgUp PgUp", 0 },
	};
	struct test_console t;
	(void)state;
	start(&t, VIEW_QUEUE, NULL);
	assert_int_equal(t.m.queue.n, 7);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		state_place(&t.s)->at = (struct scroll){0};
		keys(&t, cases[i].keys);
		if (state_place(&t.s)->at.cursor != cases[i].cursor)
			fail_msg("%s: %zu", cases[i].keys, state_place(&t.s)->at.cursor);
	}
	test_console_release(&t);
}

static void keys_move_on_a_page_and_every_row_of_it_can_be_seen(void **state)
{
	struct test_console t;
	size_t pages = 0;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-1");
	keys(&t, "Up");
	assert_int_equal(state_place(&t.s)->at.top, 0);
	for (size_t seen = t.s.body_rows; seen < t.s.body.rows; seen += t.s.body_rows, pages++) {
		const size_t before = state_place(&t.s)->at.top;
		keys(&t, "PgDn");
		assert_true(state_place(&t.s)->at.top > before);
		assert_true(state_place(&t.s)->at.top <= before + t.s.body_rows);
	}
	assert_true(pages > 1);
	assert_int_equal(state_place(&t.s)->at.top, t.s.body.rows - t.s.body_rows);
	keys(&t, "Home");
	for (size_t i = 0; i < t.s.body.rows + 20; i++) {
		const size_t before = state_place(&t.s)->at.top;
		keys(&t, "Down");
		assert_true(state_place(&t.s)->at.top <= before + t.s.body_rows);
	}
	assert_int_equal(state_place(&t.s)->item, 1000 + t.m.change.n_lines - 1);
	keys(&t, "Enter");
	assert_int_equal(state_place(&t.s)->view, VIEW_LINE);
	assert_int_equal(state_place(&t.s)->seq, 7);
	test_console_release(&t);
}

static void a_preview_is_one_key_away(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-1");
	keys(&t, "E");
	assert_int_equal(t.fx.n, 1);
	assert_int_equal(t.fx.v[0].kind, EFFECT_PRINT);
	assert_string_equal(t.fx.v[0].words[0], "preview");
	assert_string_equal(t.fx.v[0].words[1], "SC-1");
	test_console_release(&t);
	start(&t, VIEW_QUEUE, NULL);
	keys(&t, "E");
	assert_string_equal(t.fx.v[0].words[1], "--queue");
	test_console_release(&t);
}

static void one_goes_from_view_to_view_and_back(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_QUEUE, NULL);
	keys(&t, "Enter");
	assert_int_equal(state_place(&t.s)->view, VIEW_CHANGE);
	assert_string_equal(state_place(&t.s)->change, "SC-1");
	keys(&t, "h");
	assert_int_equal(state_place(&t.s)->view, VIEW_LOG);
	assert_buf_str(&t.s.filter, "SC-1");
	keys(&t, "Enter Right");
	assert_int_equal(state_place(&t.s)->view, VIEW_LINE);
	assert_int_equal(state_place(&t.s)->seq, 8);
	keys(&t, "c");
	assert_string_equal(state_place(&t.s)->change, "SC-2");
	keys(&t, "Esc Esc Esc Esc");
	assert_int_equal(state_place(&t.s)->view, VIEW_QUEUE);
	keys(&t, "Esc");
	assert_buf_str(&t.s.said, "This is the first view: Q leaves the console.");
	keys(&t, "a Enter");
	assert_int_equal(state_place(&t.s)->view, VIEW_CHANGE);
	assert_string_equal(state_place(&t.s)->change, "SC-2");      /* the loose one */
	assert_false(t.s.leaving);
	keys(&t, "Q");
	assert_true(t.s.leaving);
	test_console_release(&t);
}

/* ---- searching ---- */

static void a_search_goes_round_a_list(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGES, NULL);
	keys(&t, "/ 'withdrawn'");
	assert_int_equal(state_place(&t.s)->at.cursor, 4);           /* while it is typed */
	keys(&t, "Enter .");
	assert_int_equal(state_place(&t.s)->at.cursor, 4);           /* it is the only one */
	keys(&t, "/ 'PROPOSED' Enter");
	assert_int_equal(state_place(&t.s)->at.cursor, 5);
	keys(&t, ".");
	assert_int_equal(state_place(&t.s)->at.cursor, 0);
	keys(&t, ",");
	assert_int_equal(state_place(&t.s)->at.cursor, 5);
	keys(&t, "/ 'nobody' Enter .");
	assert_buf_str(&t.s.said, "\"nobody\" is not in this view.");
	keys(&t, "/ Esc .");
	assert_buf_str(&t.s.said, "Nothing is looked for: / begins a search.");
	test_console_release(&t);
}

static void a_search_scrolls_a_page(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-1");
	keys(&t, "/ 'safetxhash' Enter");
	const size_t top = state_place(&t.s)->at.top;
	assert_true(top > 0);
	assert_true(paper_search(&t.s.body, top, span_str("safeTxHash")) < top + t.s.body_rows);
	keys(&t, "Home .");
	assert_int_equal(state_place(&t.s)->at.top, top);
	test_console_release(&t);
}

/* ---- any command ---- */

static void tab_completes_commands(void **state)
{
	static const struct { const char *keys, *line; } cases[] = {
		{ "'st' Tab", "status " }, { "'l' Tab", "log " }, { "'log v' Tab", "log verify " },
		{ "'x' Tab", "x" }, { "'log e' Tab 'f.json'", "log export f.json" },
	};
	struct test_console t;
	(void)state;
	start(&t, VIEW_QUEUE, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		keys(&t, ":");
		keys(&t, cases[i].keys);
		assert_buf_str(&t.s.command.text, cases[i].line);
		keys(&t, "Esc");
		assert_int_equal(t.s.mode, MODE_VIEW);
	}
	keys(&t, ": 'log export x' Tab");
	assert_buf_str(&t.s.said, "log export FILE: write the log to a file");
	test_console_release(&t);
}

static void a_command_runs_with_the_words_that_were_typed(void **state)
{
	static const struct { const char *line, *effects, *said; } cases[] = {
		{ "status", "PRINT status\n", "" },
		{ "  ", "", "There is no such command; Tab completes, ? lists them." },
		{ "log export \"my file\"", "PRINT log export 'my file'\n", "" },
		{ "log export a\"b c\"d", "PRINT log export 'ab cd'\n", "" },
		{ "key new", "FRONT key new\n", "" },
		{ "statusx", "", "There is no such command; Tab completes, ? lists them." },
	};
	struct test_console t;
	(void)state;
	start(&t, VIEW_QUEUE, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		keys(&t, arena_fmt(&t.a, ": '%s' Enter", cases[i].line));
		assert_effects(&t, cases[i].effects);
		assert_buf_str(&t.s.said, cases[i].said);
	}
	t.s.running.on = true;
	buf_str(&t.s.running.what, "setgov status");
	keys(&t, ": 'status' Enter");
	assert_effects(&t, "");
	assert_buf_str(&t.s.said, "setgov status is still under way: Ctrl-C stops it.");
	keys(&t, "Q");
	assert_false(t.s.leaving);
	keys(&t, "Ctrl-C");
	assert_effects(&t, "STOP\n");
	assert_true(t.s.running.stopping);
	test_console_release(&t);
}

static void how_a_command_ended_is_said(void **state)
{
	static const struct { struct ended how; const char *done, *said; enum style style; } cases[] = {
		{ { .ok = true, .words = "" }, "SC-3 is proposed.", "SC-3 is proposed.", STYLE_GOOD },
		{ { .ok = true, .words = "" }, NULL, "Done.", STYLE_GOOD },
		{ { .status = 1, .code = "STALE", .words = "refused, STALE: no" }, "never", "refused, STALE: no",
		  STYLE_BAD },
		{ { .status = -1, .stopped = true, .words = "killed" }, "never", "Stopped.", STYLE_WARN },
	};
	struct test_console t;
	(void)state;
	start(&t, VIEW_QUEUE, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		step_ended(&t.s, &t.m, NULL, cases[i].done, &cases[i].how, &t.fx);
		assert_buf_str(&t.s.said, cases[i].said);
		assert_int_equal(t.s.said_style, cases[i].style);
	}
	keys(&t, "Down");
	assert_int_equal(t.s.said.n, 0);                             /* it stays until the next key */
	test_console_release(&t);
}

/* ---- questions ---- */

static void a_question_is_left_by_escape_and_not_answered_half(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-1");
	keys(&t, "w Enter");
	assert_int_equal(t.s.mode, MODE_ASK);
	assert_buf_str(&t.s.ask.form.fields[0].trouble, "this is needed");
	assert_effects(&t, "");
	keys(&t, "q");                                               /* typed, not a command */
	assert_int_equal(state_place(&t.s)->view, VIEW_CHANGE);
	assert_int_equal(t.s.ask.form.fields[0].trouble.n, 0);
	keys(&t, "Esc");
	assert_int_equal(t.s.mode, MODE_VIEW);
	keys(&t, "w Ctrl-C");
	assert_int_equal(t.s.mode, MODE_VIEW);
	assert_effects(&t, "");
	test_console_release(&t);
}

/* ---- a meeting ---- */

static void append(struct test_console *t, const char *kind, const struct json *body)
{
	struct workspace ws = {0};
	struct err e = {0};
	bool changed;
	assert_ok(workspace_open(&ws, t->dir, true, NULL, &e), &e);
	assert_ok(workspace_append(&ws, kind, span_str(""), body, &e), &e);
	workspace_release(&ws);
	assert_ok(load_refresh(&t->m, &changed, &e), &e);
}

static void start_meeting(struct test_console *t, enum view_id view, const char *change)
{
	struct meeting m = { .id = span_str("M-1") };
	start(t, VIEW_QUEUE, NULL);
	id_list_add(&t->a, &m.agenda, span_str("SC-4"));
	id_list_add(&t->a, &m.agenda, span_str("SC-3"));
	id_list_add(&t->a, &m.present, span_str("p1"));
	append(t, "meeting.opened", meeting_opened_json(&t->a, &m));
	test_console_go(t, view, change);
}

static void a_meeting_is_opened_by_one_command(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_MEETING, NULL);
	keys(&t, "D");
	assert_buf_str(&t.s.said, "No meeting is open. Next: m, then o, opens one.");
	keys(&t, "m");
	assert_buf_str(&t.s.said, "There was no meeting yet: o opens one.");
	keys(&t, "o 'Weekly' Enter 'p1, p9' Enter Enter");
	assert_effects(&t, "");
	assert_buf_str(&t.s.ask.form.fields[1].trouble,
		       "\"p9\" is not in the profile, which has p1 p2 p3 p4 p5");
	keys(&t, "Backspace '3' Enter 'SC-9' Enter");
	assert_buf_str(&t.s.ask.form.fields[2].trouble, "the log has no change \"SC-9\"; v lists them");
	keys(&t, "Backspace '4 SC-1' Enter");
	assert_effects(&t, "RUN meeting open SC-4 SC-1 --title Weekly --present p1 --present p3\n");
	test_console_ended(&t, 0, "{\"meeting\":\"M-1\"}", NULL, "");
	assert_buf_str(&t.s.said, "M-1 is open. Next: Right turns to the first change.");
	keys(&t, "o Enter Enter Enter");
	assert_effects(&t, "RUN meeting open\n");
	test_console_release(&t);
}

static void a_meeting_is_paged_through(void **state)
{
	static const struct { const char *keys, *change, *said; } cases[] = {
		{ "Left", "", "This is the agenda itself; Right turns to its first change." },
		{ "Right", "SC-4", "" }, { "Right", "SC-3", "" },
		{ "Right", "SC-3", "This is the last of the agenda." }, { "Left", "SC-4", "" }, { "Left", "", "" },
		{ "Down Down Enter", "SC-3", "" }, { "l m", "SC-3", "" },    /* it goes on where it was left */
	};
	struct test_console t;
	(void)state;
	start_meeting(&t, VIEW_MEETING, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		keys(&t, cases[i].keys);
		assert_string_equal(state_place(&t.s)->change, cases[i].change);
		assert_buf_str(&t.s.said, cases[i].said);
	}
	assert_true(t.m.change.loaded);
	test_console_release(&t);
}

/* " --packet DIGEST" of the packets on the page, from the model. */
static const char *packets_shown(struct test_console *t)
{
	struct buf b = {0};
	struct tabled_step table[N_STEPS];
	const size_t n = meeting_table(&t->m.change.c, table);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		buf_str(&b, " --packet ");
		buf_hex(&b, SPAN_HASH(&table[i].packet));
	}
	const char *out = arena_str(&t->a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void what_a_meeting_decides_is_one_command(void **state)
{
	struct test_console t;
	(void)state;
	start_meeting(&t, VIEW_MEETING, NULL);
	keys(&t, "D");
	assert_buf_str(&t.s.said, "No change is on the page. Next: Right turns to the first one.");
	keys(&t, "Right D 'app' Enter 'after the freeze' Enter ' p2' Enter");
	assert_effects(&t, arena_fmt(&t.a, "RUN meeting decide SC-4 approved --note 'after the freeze' --present p1 "
				     "--present p2%s\n", packets_shown(&t)));
	test_console_ended(&t, 0, "{\"decision\":\"approved\",\"steps\":[{\"step\":\"execute\",\"phrase\":\"a b c\"}]}",
			   NULL, "");
	assert_buf_str(&t.s.said, "SC-4 is approved, in the log. Next: Right turns the page.\nexecute: a b c");
	keys(&t, "Right D 'app' Enter Enter Enter");                 /* a draft */
	assert_effects(&t, "");
	assert_buf_str(&t.s.ask.form.fields[0].trouble,
		       "a draft can still change: propose it first (p, on its page), or defer it");
	keys(&t, "Esc D 'def' Enter Enter Ctrl-U Enter");
	assert_effects(&t, "RUN meeting decide SC-3 deferred --packet none\n");
	test_console_release(&t);
	start_meeting(&t, VIEW_CHANGE, "SC-1");
	keys(&t, "D 'rej' Enter Enter Enter");
	assert_effects(&t, arena_fmt(&t.a, "RUN meeting decide SC-1 rejected --present p1%s\n", packets_shown(&t)));
	test_console_ended(&t, 0, "{\"decision\":\"rejected\"}", NULL, "");
	assert_buf_str(&t.s.said, "SC-1 is rejected, in the log. Next: w withdraws it, if it is not to be.");
	test_console_release(&t);
}

static void a_meeting_is_closed_and_its_minutes_are_shown(void **state)
{
	struct test_console t;
	(void)state;
	start_meeting(&t, VIEW_MEETING, NULL);
	keys(&t, "o");
	assert_buf_str(&t.s.said, "M-1 is open already. Next: m closes it and leaves its minutes.");
	keys(&t, "m Enter");
	assert_effects(&t, "RUN meeting minutes M-1 --close -o WS/minutes/M-1.md\n");
	test_console_ended(&t, 0, "{\"meeting\":\"M-1\",\"minutes\":\"# M-1\\n\"}", NULL, "");
	assert_int_equal(state_place(&t.s)->view, VIEW_RESULT);
	assert_buf_str(&t.s.result, "# M-1\n");
	assert_buf_str(&t.s.said, "M-1 is closed; its minutes are in the log and in the file.");
	keys(&t, "Esc m Ctrl-U '~/x.md' Enter");
	assert_effects(&t, "");
	assert_int_equal(t.s.mode, MODE_ASK);
	test_console_release(&t);
}

/* ---- the table of keys ---- */

/* What means something else in one view than everywhere else, and is meant to. */
static bool may_shadow(const struct binding *b)
{
	static const struct { enum view_id view; uint32_t key; } meant[] = {
		{ VIEW_BOARD, 'u' }, { VIEW_DEPLOYMENT, 'u' }, { VIEW_ALERTS, 'u' },
		{ VIEW_MEETING, 'o' }, { VIEW_MEETING, 'm' }, { VIEW_FIRST, 'v' },
	};
	for (size_t i = 0; i < ARRAY_LEN(meant); i++)
		if (b->view == meant[i].view && b->key == meant[i].key)
			return true;
	return b->view > VIEW_ANY;                               /* a page of the composer has the keyboard to itself */
}

static void the_table_of_keys_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_bindings; i++) {
		const struct binding *b = &bindings[i];
		assert_non_null(b->act);
		assert_true(b->help != NULL && b->help[0] != '\0');
		assert_true(b->foot == NULL || b->foot[0] != '\0');
		assert_true(text_is_plain(span_str(b->help), false));
		for (size_t k = i + 1; k < n_bindings; k++)
			if (bindings[k].key == b->key && bindings[k].view == b->view)
				fail_msg("\"%s\" and \"%s\" have one key", b->help, bindings[k].help);
		for (size_t k = 0; k < n_bindings; k++)
			if (b->view != VIEW_ANY && bindings[k].view == VIEW_ANY && bindings[k].key == b->key &&
			    !may_shadow(b))
				fail_msg("\"%s\" hides \"%s\"", b->help, bindings[k].help);
	}
	for (size_t i = 0; i < n_glossary; i++)
		assert_true(glossary[i].term[0] != '\0' && glossary[i].means[0] != '\0');
}

/* A view's own keys all stand in its footer on 80 columns; those of every view as far as there is room. */
static void the_keys_of_a_view_fit_its_footer(void **state)
{
	(void)state;
	for (int v = 0; v < N_VIEW_KEYS; v++) {
		size_t cols = 1;
		for (size_t i = 0; i < n_bindings; i++) {
			struct buf name = {0};
			if ((int)bindings[i].view == v && bindings[i].foot != NULL) {
				key_name(&name, bindings[i].key);
				cols += text_width(buf_view(&name)) + strlen(bindings[i].foot) + 3;
			}
			buf_release(&name);
		}
		if (v != VIEW_ANY && cols > 80 - 19 + 2)         /* no blanks behind the last */
			fail_msg("%s: %zu columns", keys_title((enum view_id)v), cols);
	}
}

static bool offers(struct test_console *t, enum view_id view, const char *change, uint32_t key)
{
	const struct act x = { &t->s, &t->m, NULL };
	test_console_go(t, view, change);
	return binding_may(&x, binding_of(view, key));
}

static void the_footer_leaves_out_what_cannot_be_done(void **state)
{
	static const struct { enum view_id view; const char *change; uint32_t key; bool offered; } cases[] = {
		{ VIEW_CHANGE, "SC-3", 'p', true },  { VIEW_CHANGE, "SC-1", 'p', false },      /* a draft; frozen */
		{ VIEW_CHANGE, "SC-2", 'p', false }, { VIEW_CHANGE, "SC-2", 'w', false },      /* withdrawn */
		{ VIEW_CHANGE, "SC-1", 'w', true },  { VIEW_CHANGE, "SC-4", 'w', false },      /* on chain */
		{ VIEW_CHANGE, "SC-4", 'X', true },  { VIEW_CHANGE, "SC-1", 'X', false },
		{ VIEW_BOARD, "SC-1", 'e', true },   { VIEW_BOARD, "SC-3", 'e', false },
		{ VIEW_BOARD, "SC-1", 'u', true },   { VIEW_BOARD, "SC-3", 'u', false },
		{ VIEW_BOARD, "SC-1", 's', true },   { VIEW_BOARD, "SC-2", 's', false },
		{ VIEW_BOARD, "SC-3", 'i', true },
	};
	struct test_console t;
	(void)state;
	test_console_open(&t);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (offers(&t, cases[i].view, cases[i].change, cases[i].key) != cases[i].offered)
			fail_msg("%s: %c", cases[i].change, (int)cases[i].key);
	t.ws.deployment.class = CLASS_PRODUCTION;
	assert_false(offers(&t, VIEW_BOARD, "SC-1", 's'));
	test_console_release(&t);
}

static void every_key_of_the_table_can_be_typed_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_bindings; i++) {
		struct buf name = {0};
		uint32_t key;
		key_name(&name, bindings[i].key);
		assert_true(key_parse(&key, buf_view(&name)));
		assert_int_equal(key, bindings[i].key);
		buf_release(&name);
	}
}

/* A letter of it opens the question of how SC-1 is withdrawn; the rest is neither its reason nor its Enter. */
static void what_is_pasted_answers_no_question_that_nobody_saw(void **state)
{
	static const char pasted[] = "why not?\n";
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-1");
	for (const char *c = pasted; *c != '\0'; c++)
		step(&t.s, &t.m, *c == '\n' ? K_ENTER : (uint32_t)*c, &t.fx);
	assert_int_equal(t.s.mode, MODE_ASK);
	assert_int_equal(t.fx.n, 0);
	assert_buf_str(&form_field(&t.s.ask.form, "reason")->edit.text, "");
	struct grid g;
	grid_init(&g, 24, 80, false);
	frame_draw(&t.s, &t.m, &g);
	grid_release(&g);
	test_console_keys(&t, "'second thoughts' Enter");
	assert_int_equal(t.fx.n, 1);
	test_console_release(&t);
}

/* Typed, or pasted: half of a command is not run, and the console lives on. */
static void a_command_of_too_many_words_is_not_performed(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_QUEUE, NULL);
	test_console_keys(&t, ": 'status'");
	for (int i = 0; i < EFFECT_WORDS_MAX; i++)
		edit_set(&t.s.command, span_str(arena_fmt(&t.a, "%s a", buf_cstr(&t.s.command.text))));
	test_console_keys(&t, "Enter");
	assert_int_equal(t.fx.n, 1);
	assert_true(t.fx.v[0].too_long);
	assert_int_equal(t.fx.v[0].n_words, EFFECT_WORDS_MAX);
	test_console_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_preview_is_one_key_away),
		cmocka_unit_test(keys_move_in_a_list_and_stop_at_its_ends),
		cmocka_unit_test(keys_move_on_a_page_and_every_row_of_it_can_be_seen),
		cmocka_unit_test(one_goes_from_view_to_view_and_back),
		cmocka_unit_test(a_search_goes_round_a_list),
		cmocka_unit_test(a_search_scrolls_a_page),
		cmocka_unit_test(tab_completes_commands),
		cmocka_unit_test(a_command_runs_with_the_words_that_were_typed),
		cmocka_unit_test(how_a_command_ended_is_said),
		cmocka_unit_test(a_question_is_left_by_escape_and_not_answered_half),
		cmocka_unit_test(a_meeting_is_opened_by_one_command),
		cmocka_unit_test(a_meeting_is_paged_through),
		cmocka_unit_test(what_a_meeting_decides_is_one_command),
		cmocka_unit_test(a_meeting_is_closed_and_its_minutes_are_shown),
		cmocka_unit_test(the_table_of_keys_is_sound),
		cmocka_unit_test(the_keys_of_a_view_fit_its_footer),
		cmocka_unit_test(the_footer_leaves_out_what_cannot_be_done),
		cmocka_unit_test(every_key_of_the_table_can_be_typed_by_its_name),
		cmocka_unit_test(what_is_pasted_answers_no_question_that_nobody_saw),
		cmocka_unit_test(a_command_of_too_many_words_is_not_performed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
