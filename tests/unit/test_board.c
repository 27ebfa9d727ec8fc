/* What is done with a change, by keys: from a key to the command's words, from how it ended to what is said; and the
 * board, as it is drawn. */
#include "src/base/fs.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tui/console/board.h"

struct key_case {
	enum view_id view;
	const char *change, *keys;
	const char *effects;          /* whole, or "" */
	const char *said;             /* whole, or NULL: nothing */
};

static void check_case(const struct key_case *c, bool offline)
{
	struct test_console t;
	struct buf effects = {0};
	test_console_open(&t);
	if (offline)
		test_console_offline(&t);
	test_console_go(&t, c->view, c->change);
	test_console_keys(&t, c->keys);
	test_console_effects(&t, &effects);
	print_message("%s: %s\n", c->change, c->keys);
	assert_buf_str(&effects, c->effects);
	assert_buf_str(&t.s.said, c->said != NULL ? c->said : "");
	buf_release(&effects);
	test_console_release(&t);
}

#define CHECK_CASES(cases) \
	do { \
		for (size_t i_ = 0; i_ < ARRAY_LEN(cases); i_++) \
			check_case(&(cases)[i_], false); \
	} while (0)

static void a_key_becomes_one_command_whose_words_are_these(void **state)
{
	static const struct key_case cases[] = {
		{ VIEW_CHANGE, "SC-3", "p Enter", "RUN propose SC-3 --line 16\n", NULL },
		{ VIEW_CHANGE, "SC-3", "p y", "RUN propose SC-3 --line 16\n", NULL },
		{ VIEW_CHANGE, "SC-1", "w 'second thoughts' Enter", "RUN withdraw SC-1 --reason 'second thoughts'\n",
		NULL },
		{ VIEW_BOARD, "SC-1", "e Enter Enter Enter",
		  "RUN packet SC-1 --step schedule -o /media/STICK/SC-1.schedule.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Right Enter Right Enter 'two.json' Enter",
		  "RUN packet SC-1 --step execute -o /run/media/anna/BLUE/two.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Enter Right Right Enter Enter", "RUN packet SC-1 --step schedule\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Enter Right Right Enter 'x.json' Enter",
		  "RUN packet SC-1 --step schedule -o WS/packets/x.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Enter '/tmp/x.json' Enter",
		  "RUN packet SC-1 --step schedule -o /tmp/x.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Enter Enter '../x' Enter",
		  "RUN packet SC-1 --step schedule -o ../x\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Enter Right Right 'build/x.json' Enter",
		  "RUN packet SC-1 --step schedule -o build/x.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "i 'back.json' Enter", "RUN collect /media/STICK/back.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "i '/tmp/answers' Enter", "RUN collect /tmp/answers\n", NULL },
		{ VIEW_BOARD, "SC-1", "e Enter Left Enter '-x/y z.json' Enter",
		  "RUN packet SC-1 --step schedule -o './-x/y z.json'\n", NULL },
		{ VIEW_BOARD, "SC-5", "e Enter Enter", "RUN packet SC-5 --step execute -o "
		"/media/STICK/SC-5.execute.json\n",
		  NULL },
		{ VIEW_BOARD, "SC-1", "f Enter Enter",
		  "RUN packet SC-1 --step schedule --refresh -o /media/STICK/SC-1.schedule.json\n", NULL },
		{ VIEW_BOARD, "SC-4", "X Enter Enter",
		  "RUN packet SC-4 --step cancel -o /media/STICK/SC-4.cancel.json\n", NULL },
		{ VIEW_CHANGE, "SC-4", "X Enter Enter",
		  "RUN packet SC-4 --step cancel -o /media/STICK/SC-4.cancel.json\n", NULL },
		{ VIEW_BOARD, "SC-1", "i Enter Enter", "RUN collect /media/STICK\n", NULL },
		{ VIEW_BOARD, "SC-1", "i Right Right Enter Enter", "RUN collect WS/packets\n", NULL },
		{ VIEW_BOARD, "SC-1", "i Left Enter '-answers' Enter", "RUN collect ./-answers\n", NULL },
		{ VIEW_BOARD, "SC-1", "s Enter 'signer-1' Enter", "RUN packet SC-1 --step schedule\n", NULL },
		{ VIEW_BOARD, "SC-2", "R Enter Enter Enter",
		  "RUN draft safe.reject nonce=5 --title 'Spend a nonce of the Safe' --reason 'signatures for SC-2 "
		  "must not be used'\n", NULL },
		{ VIEW_BOARD, "SC-4", "R Enter Enter Enter",
		  "RUN draft safe.reject nonce=6 --title 'Spend a nonce of the Safe' --reason 'signatures for SC-4 "
		  "must not be used'\n", NULL },
	};
	(void)state;
	CHECK_CASES(cases);
}

static void what_is_missing_is_said_before_anything_is_asked(void **state)
{
	static const struct key_case cases[] = {
		{ VIEW_BOARD, "SC-1", "u 'x'", "", "x does nothing here; ? shows the keys." },
		{ VIEW_BOARD, "SC-1", "u", "",
		  "schedule of SC-1 has 1 of 3 signatures; not signed by p2, p3, p4, p5. Next: e (export the packet), "
		  "i (import the answers)." },
		{ VIEW_BOARD, "SC-6", "u", "",
		  "schedule of SC-6 has nonce 8 and the Safe is at 4: what holds the nonces between goes first. Next: "
		  "q shows what that is." },
		{ VIEW_BOARD, "SC-5", "u", "", "SC-5 has no packet that waits. Next: e writes one." },
		{ VIEW_BOARD, "SC-5", "f", "", "SC-5 has no packet that waits. Next: e writes one." },
		{ VIEW_BOARD, "SC-3", "e", "",
		  "SC-3 is a draft. Next: p, on its page, proposes it; then there is something to sign." },
		{ VIEW_BOARD, "SC-3", "u", "",
		  "SC-3 is a draft. Next: p, on its page, proposes it; then there is something to sign." },
		{ VIEW_BOARD, "SC-2", "e", "",
		  "SC-2 is withdrawn: nobody should sign it. Next: R, if a signature is loose." },
		{ VIEW_BOARD, "SC-2", "s", "", "Nothing of SC-2 waits for a signature." },
		{ VIEW_BOARD, "SC-1", "X", "",
		  "SC-1 is not scheduled: there is nothing to cancel. Next: w, on its page, withdraws it." },
		{ VIEW_BOARD, "SC-5", "X", "",
		  "SC-5 has no operation in the timelock. Next: w, on its page, withdraws it; R spends the nonce of "
		  "loose signatures." },
		{ VIEW_CHANGE, "SC-1", "p", "", "SC-1 is proposed already. Next: s (signatures)." },
		{ VIEW_CHANGE, "SC-2", "p", "", "SC-2 was withdrawn. Next: n composes another change." },
		{ VIEW_CHANGE, "SC-2", "w", "", "SC-2 is withdrawn already." },
		{ VIEW_CHANGE, "SC-4", "w", "",
		  "SC-4 is on chain: it cannot be withdrawn. Next: X packs a cancellation of its operation." },
		{ VIEW_CHANGE, "SC-1", "e", "", "SC-1 is frozen and stays as it is. Next: n composes another change." },
	};
	(void)state;
	CHECK_CASES(cases);
}

/* ---- bad input ---- */

static void assert_trouble(struct test_console *t, const char *field, const char *text)
{
	assert_int_equal(t->s.mode, MODE_ASK);
	assert_int_equal(t->fx.n, 0);
	assert_buf_str(&form_field(&t->s.ask.form, field)->trouble, text);
}

static void bad_input_stays_in_its_field_with_a_reason(void **state)
{
	static const struct { const char *change, *keys, *field, *trouble; enum view_id view; } cases[] = {
		{ "SC-1", "w Enter", "reason", "this is needed", VIEW_CHANGE },
		{ "SC-1", "e Enter Left Enter Enter", "path", "somewhere else needs a path", VIEW_BOARD },
		{ "SC-1", "e Enter Left Enter '~/x' Enter", "path", "~ stands for nothing here: write the path out",
		VIEW_BOARD },
		{ "SC-1", "e Enter Enter 'in/x' Enter", "path",
		  "only a file's name, in the place that was chosen; \"somewhere else\" takes a path", VIEW_BOARD },
		{ "SC-1", "i Left Enter Enter", "path", "somewhere else needs a path", VIEW_BOARD },
		{ "SC-1", "i Ctrl-U Enter Enter", "where", "this is needed", VIEW_BOARD },
		{ "SC-2", "R Ctrl-U Enter Enter Enter", "nonce", "this is needed", VIEW_BOARD },
		{ "SC-2", "R Ctrl-U 'five' Enter Enter Enter", "nonce", "a nonce is a whole number", VIEW_BOARD },
		{ "SC-2", "R Ctrl-U '-1' Enter Enter Enter", "nonce", "a nonce is a whole number", VIEW_BOARD },
		{ "SC-2", "R Ctrl-U '18446744073709551616' Enter Enter Enter", "nonce", "a nonce is a whole number",
		VIEW_BOARD },
		{ "SC-2", "R Ctrl-U '3' Enter Enter Enter", "nonce", "the Safe is at 4: that one is spent",
		VIEW_BOARD },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct test_console t;
		test_console_open(&t);
		test_console_go(&t, cases[i].view, cases[i].change);
		test_console_keys(&t, cases[i].keys);
		print_message("%s: %s\n", cases[i].change, cases[i].keys);
		assert_trouble(&t, cases[i].field, cases[i].trouble);
		test_console_release(&t);
	}
}

static void escape_leaves_a_question_and_nothing_happens(void **state)
{
	static const char *const keys[] = { "e Esc", "f Esc", "i Esc", "s Esc", "R Esc" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct test_console t;
		test_console_open(&t);
		test_console_go(&t, VIEW_BOARD, "SC-1");
		test_console_keys(&t, keys[i]);
		assert_int_equal(t.s.mode, MODE_VIEW);
		assert_int_equal(t.fx.n, 0);
		test_console_release(&t);
	}
}

/* ---- how commands end ---- */

static void start(struct test_console *t, enum view_id view, const char *change, const char *keys)
{
	test_console_open(t);
	test_console_go(t, view, change);
	test_console_keys(t, keys);
	assert_true(t->fx.n > 0);
}

static void assert_effects(const struct test_console *t, const char *text)
{
	struct buf b = {0};
	test_console_effects(t, &b);
	assert_buf_str(&b, text);
	buf_release(&b);
}

static void after_proposing_the_packet_is_offered(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-3", "p Enter");
	test_console_ended(&t, 0, "{\"change\":\"SC-3\",\"operation\":\"0x12\"}", NULL, "");
	assert_int_equal(state_place(&t.s)->view, VIEW_BOARD);
	assert_string_equal(t.s.ask.title, "Write the packet of SC-3");
	assert_buf_str(&t.s.said, "SC-3 is proposed and frozen. Next: write its packet for the signers (Esc: later, "
		       "by e).");
	test_console_keys(&t, "Enter Enter");
	assert_effects(&t, "RUN packet SC-3 --step schedule -o /media/STICK/SC-3.schedule.json\n");
	test_console_release(&t);
}

static void a_refusal_comes_with_what_to_do_next(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-3", "p Enter");
	test_console_ended(&t, 1, NULL, "DELAY", "[DELAY] the timelock demands 1 day at least");
	assert_buf_str(&t.s.said, "[DELAY] the timelock demands 1 day at least Next: e, on the page of the draft, "
		       "asks for a longer delay.");
	assert_int_equal(t.s.mode, MODE_VIEW);
	test_console_release(&t);
}

static void the_stick_is_called_safe_only_when_the_command_synced_it(void **state)
{
	static const struct { const char *json, *yes; } cases[] = {
		{ "{\"synced\":true}", "Written and synced: the stick can be removed." },
		{ "{\"synced\":false}", "Not known to be synced" },
		{ "{\"synced\":\"true\"}", "Not known to be synced" },
		{ "{}", "Not known to be synced" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct test_console t;
		start(&t, VIEW_BOARD, "SC-1", "e Enter Enter Enter");
		test_console_ended(&t, 0, cases[i].json, NULL, "");
		assert_int_equal(state_place(&t.s)->view, VIEW_RESULT);
		assert_non_null(strstr(buf_cstr(&t.s.result), cases[i].yes));
		assert_true((strstr(buf_cstr(&t.s.result), "can be removed") != NULL) == (i == 0));
		test_console_release(&t);
	}
}

static void nothing_is_said_of_a_stick_when_the_packet_lies_in_the_workspace(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_BOARD, "SC-1", "e Enter Right Right Enter Enter");
	test_console_ended(&t, 0, arena_fmt(&t.a, "{\"file\":\"%s/packets/SC-1.schedule.json\",\"synced\":true}",
					    t.ws.dir), NULL, "");
	assert_non_null(strstr(buf_cstr(&t.s.result), "Written and synced, in the workspace."));
	assert_null(strstr(buf_cstr(&t.s.result), "stick"));
	test_console_release(&t);
}

#define COLLECTED \
	"[{\"file\":\"/s/a\",\"result\":\"added\",\"change\":\"SC-1\",\"step\":\"schedule\",\"owner\":" \
	"\"0xc48B812bB43401392c037381AcA934F4069C0517\"}," \
	"{\"file\":\"/s/b\",\"result\":\"known\",\"change\":\"SC-1\",\"step\":\"schedule\"}," \
	"{\"file\":\"/s/c\",\"result\":\"refusal\",\"change\":\"SC-1\",\"step\":\"schedule\",\"code\":\"CLOCK\"," \
	"\"owner\":null,\"text\":\"too early\\u001b[2J\"}," \
	"{\"file\":\"/s/d\",\"result\":\"declined\",\"change\":\"SC-1\",\"step\":\"schedule\",\"owner\":" \
	"\"0x5050A4F4b3f9338C3472dcC01A87C76A144b3c9c\",\"text\":\"no\"}," \
	"{\"file\":\"/s/e\",\"result\":\"refused\",\"code\":\"STALE\",\"text\":\"no step has it\"}," \
	"{\"file\":\"/s/f\",\"result\":\"unreadable\",\"text\":\"no such file\"}]"

static void what_came_back_is_told_file_by_file(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_BOARD, "SC-1", "i Enter Enter");
	test_console_ended(&t, 1, COLLECTED, NULL, "it ended with status 1");
	assert_buf_str(&t.s.result,
		"1 added, 1 known already, 2 refused or declined by signers, 2 not accepted\n\n"
		"/s/a\n    added: p4 signed schedule of SC-1\n"
		"/s/b\n    known already: schedule of SC-1\n"
		"/s/c\n    REFUSED [CLOCK] by the machine of a signer, schedule of SC-1: too early\\u{001B}[2J\n"
		"/s/d\n    DECLINED: p2 does not sign schedule of SC-1: no\n"
		"/s/e\n    NOT ACCEPTED [STALE]: no step has it\n"
		"/s/f\n    NOT READ: no such file\n\n"
		"Next: Esc, and the board shows who is missing; u (submit) sends the step when enough have signed.\n");
	assert_buf_str(&t.s.said, "1 added, 1 known, 2 refused or declined, 2 not accepted.");
	assert_int_equal(t.s.said_style, STYLE_BAD);
	test_console_release(&t);
}

static void withdrawing_says_loudly_what_stays_loose_and_offers_to_spend_it(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-1", "w 'no' Enter");
	test_console_ended(&t, 0,
			   "{\"loose\":1,\"looseSteps\":[{\"nonce\":4,\"signatures\":1,\"step\":"
			   "\"schedule\",\"signers\":[\"p1\"]}]}", NULL, "");
	assert_int_equal(t.s.ask.style, STYLE_BAD);
	assert_buf_str(&t.s.ask.text,
		"! LOOSE: step schedule, signed by p1 for nonce 4. Whoever has as many signatures as the Safe needs "
		"can run it until nonce 4 is spent, withdrawn or not.\n"
		"A rejection, itself a change that the owners sign, spends that nonce. Enter drafts it; Esc: later, "
		"by R among the signatures.");
	test_console_keys(&t, "Enter Enter Enter");
	assert_effects(&t, "RUN draft safe.reject nonce=4 --title 'Spend a nonce of the Safe' --reason 'SC-1 was "
		       "withdrawn and its signatures are loose'\n");
	test_console_ended(&t, 0, "{\"change\":\"SC-7\"}", NULL, "");
	assert_string_equal(t.s.ask.title, "Propose SC-7");
	test_console_release(&t);
}

static void withdrawing_without_signatures_is_over(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_CHANGE, "SC-3", "w 'no' Enter");
	test_console_ended(&t, 0, "{\"loose\":0,\"looseSteps\":[]}", NULL, "");
	assert_int_equal(t.s.mode, MODE_VIEW);
	assert_buf_str(&t.s.said, "SC-3 is withdrawn; no signature of it is loose. Next: q (what else waits).");
	test_console_release(&t);
}

/* ---- a signer here ---- */

static void a_signer_here_gets_the_packet_and_its_answer_is_collected(void **state)
{
	static const int answered[] = { 0, 1 };          /* signed; refused or declined */
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answered); i++) {
		struct test_console t;
		start(&t, VIEW_BOARD, "SC-1", "s Enter 'signer-1' Enter");
		test_console_ended(&t, 0, "{\"file\":\"packets/SC-1.schedule.json\"}", NULL, "");
		assert_effects(&t, "SIGN sign WS/packets/SC-1.schedule.json -o "
			       "WS/packets/SC-1.schedule.here-1795000000000.answer.json --home signer-1\n");
		test_console_ended(&t, answered[i], NULL, NULL, "");
		assert_effects(&t, "RUN collect WS/packets/SC-1.schedule.here-1795000000000.answer.json\n");
		test_console_release(&t);
	}
}

static void a_signer_that_did_not_answer_is_not_collected(void **state)
{
	struct test_console t;
	(void)state;
	start(&t, VIEW_BOARD, "SC-1", "s Enter Enter");
	test_console_ended(&t, 0, "{}", NULL, "");
	test_console_ended(&t, 4, NULL, NULL, "no terminal");
	assert_int_equal(t.fx.n, 0);
	assert_buf_str(&t.s.said, "Nothing was signed. no terminal");
	test_console_release(&t);
}

static void in_class_production_nobody_signs_here(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.ws.deployment.class = CLASS_PRODUCTION;
	test_console_go(&t, VIEW_BOARD, "SC-1");
	test_console_keys(&t, "s");
	assert_int_equal(t.s.mode, MODE_VIEW);
	assert_buf_str(&t.s.said, "Class production: a key that can move this chain is never unlocked on a machine "
		       "with a network. Next: e writes the packet for the signers' own machines.");
	test_console_release(&t);
}

/* ---- submit ---- */

static void submitting_says_what_will_happen_and_remembers_the_payer(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.snapshot.safe_nonce = 8;
	test_console_go(&t, VIEW_BOARD, "SC-6");
	test_console_keys(&t, "u");
	assert_string_equal(t.s.ask.title, "Send schedule of SC-6 to the chain");
	assert_buf_str(&t.s.ask.text,
		"The Safe tells the timelock at nonce 8; nothing changes yet, and for 1 day it can be cancelled.\n"
		"Signed by p1, p2, p3: 3 of 3.\n"
		"The payer's key pays for gas and signs nothing else: at most 200 gwei per gas, of it 5 gwei for the "
		"block's maker, and 2000000 gas. An owner's key pays for nothing.\n"
		"setgov-signer asks for the payer's passphrase, in front of this screen.");
	test_console_keys(&t, "'~/payer.json' Enter");
	assert_trouble(&t, "payer", "~ stands for nothing here: write the path out");
	test_console_keys(&t, "Ctrl-U 'payer.json' Enter");
	assert_effects(&t, "FRONT submit SC-6 schedule --from payer.json\n");
	test_console_ended(&t, 4, NULL, NULL, "no receipt in 60 s.");
	assert_buf_str(&t.s.said, "no receipt in 60 s. It may be out there all the same. Next: u again follows what "
		       "was sent, and never sends a second one.");
	test_console_keys(&t, "u Enter");
	assert_effects(&t, "FRONT submit SC-6 schedule --from payer.json\n");
	test_console_ended(&t, 0, NULL, NULL, "");
	assert_buf_str(&t.s.said, "schedule of SC-6 is on chain. Next: the timelock waits now; q counts down. When it "
		       "is ready, e packs execute for the signers.");
	test_console_release(&t);
}

static void who_may_send_it_without_the_safe_is_said(void **state)
{
	struct test_console t;
	struct snapshot_role roles[] = { { .executor = true } };
	(void)state;
	test_console_open(&t);
	t.m.snapshot.roles = roles;
	t.m.snapshot.n_roles = 1;
	t.m.snapshot.block_time = TEST_NOW + 20000;
	t.m.snapshot.safe_nonce = 7;
	test_console_go(&t, VIEW_BOARD, "SC-4");
	test_console_keys(&t, "u");
	assert_non_null(strstr(buf_cstr(&t.s.ask.text), "On chain this step may also be sent, without the Safe, by "
			       "anyone."));
	test_console_release(&t);
}

static void before_its_time_an_execute_is_not_asked_for(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.snapshot.threshold = 0;
	test_console_go(&t, VIEW_BOARD, "SC-4");
	test_console_keys(&t, "u");
	assert_int_equal(t.s.mode, MODE_VIEW);
	assert_buf_str(&t.s.said, "The operation of SC-4 is ready 2026-11-18 14:06 UTC, in 3 h, by the chain's clock. "
		       "Next: signatures can be gathered meanwhile.");
	test_console_release(&t);
}

static void while_a_command_runs_no_other_is_asked_for(void **state)
{
	static const char *const keys[] = { "e", "f", "i", "s", "u", "X", "R" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct test_console t;
		test_console_open(&t);
		test_console_go(&t, VIEW_BOARD, "SC-1");
		t.s.running.on = true;
		buf_str(&t.s.running.what, "Proposing SC-3");
		test_console_keys(&t, keys[i]);
		assert_int_equal(t.s.mode, MODE_VIEW);
		assert_buf_str(&t.s.said, "Proposing SC-3 is still under way: Ctrl-C stops it.");
		test_console_release(&t);
	}
}

static void in_the_queue_the_focused_row_is_meant(void **state)
{
	static const struct { const char *change, *said; enum view_id view; } rows[] = {
		{ "SC-3", "Read it first. Next: p proposes it as it stands here.", VIEW_CHANGE },
		{ "SC-1", "SC-1 is proposed already. Next: s (signatures).", VIEW_QUEUE },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct test_console t;
		size_t at = 0;
		test_console_open(&t);
		while (at + 1 < t.m.queue.n && strcmp(t.m.queue.row[at].change, rows[i].change) != 0)
			at++;
		state_place(&t.s)->at.cursor = at;
		test_console_keys(&t, "p");
		assert_effects(&t, "");
		assert_buf_str(&t.s.said, rows[i].said);
		assert_int_equal(state_place(&t.s)->view, rows[i].view);
		test_console_release(&t);
	}
}

static void signatures_of_former_owners_are_not_sent(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.snapshot.safe_nonce = 8;
	memset(t.m.snapshot.owners[0].b, 0x99, 20);
	test_console_go(&t, VIEW_BOARD, "SC-6");
	test_console_keys(&t, "u");
	assert_int_equal(t.s.mode, MODE_VIEW);
	assert_buf_str(&t.s.said, "schedule of SC-6 has 2 of 3 signatures; not signed by p4, p5. Next: e (export the "
		       "packet), i (import the answers).");
	test_console_release(&t);
}

/* ---- the board ---- */

static void the_board_is_drawn_like_this(void **state)
{
	static const char *const changes[] = { "SC-1", "SC-2", "SC-4" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct test_console t;
		test_console_open(&t);
		test_console_go(&t, VIEW_BOARD, changes[i]);
		test_console_screen(&t, arena_fmt(&t.a, "console_board_%s", changes[i]));
		test_console_release(&t);
	}
}

static void questions_are_drawn_like_this(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	test_console_go(&t, VIEW_BOARD, "SC-1");
	test_console_screen(&t, "console_board_SC-1");
	test_console_keys(&t, "e");
	test_console_screen(&t, "console_board_export");
	test_console_keys(&t, "Esc s");
	test_console_screen(&t, "console_board_sign_here");
	test_console_release(&t);
}

/* Copies a shipped policy into the workspace; what `s` does then. */
static const char *sign_here_under(struct test_console *t, const char *policy)
{
	struct buf text = {0};
	struct err e = {0};
	assert_ok(fs_read(&text, policy, 1u << 20, &e), &e);
	assert_ok(fs_write(arena_fmt(&t->a, "%s/policy.json", t->dir), buf_view(&text), 0644, &e), &e);
	load_forget_change(&t->m);
	test_console_go(t, VIEW_BOARD, "SC-1");
	test_console_keys(t, "s");
	buf_release(&text);
	return t->s.mode == MODE_ASK ? "asks" : buf_cstr(&t->s.said);
}

static void a_key_signs_here_only_where_the_policy_allows_it(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	assert_string_equal(sign_here_under(&t, "policies/set-chain-mainnet.json"),
			    "The policy does not allow keys on a machine with a network. Next: e writes the packet "
			    "for the signers' own machines.");
	assert_string_equal(sign_here_under(&t, "policies/schema.json"),      /* no policy at all */
			    "The policy does not allow keys on a machine with a network. Next: e writes the packet "
			    "for the signers' own machines.");
	assert_string_equal(sign_here_under(&t, "policies/set-chain-devnet.json"), "asks");
	test_console_release(&t);
}

static void offline_the_board_shows_what_the_log_knows(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	test_console_offline(&t);
	test_console_go(&t, VIEW_BOARD, "SC-6");
	test_console_screen(&t, "console_board_offline");
	test_console_release(&t);
}

static void owners_that_differ_on_chain_are_shown_and_their_signatures_do_not_count(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	memset(t.m.snapshot.owners[0].b, 0x99, 20);
	test_console_go(&t, VIEW_BOARD, "SC-6");
	assert_int_equal(board_signed(&t.m, STEP_SCHEDULE), 2);
	assert_false(board_square(&t.m, STEP_SCHEDULE, &t.d.people[0].address).counts);
	test_console_screen(&t, "console_board_owners");
	test_console_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_becomes_one_command_whose_words_are_these),
		cmocka_unit_test(what_is_missing_is_said_before_anything_is_asked),
		cmocka_unit_test(bad_input_stays_in_its_field_with_a_reason),
		cmocka_unit_test(escape_leaves_a_question_and_nothing_happens),
		cmocka_unit_test(after_proposing_the_packet_is_offered),
		cmocka_unit_test(a_refusal_comes_with_what_to_do_next),
		cmocka_unit_test(the_stick_is_called_safe_only_when_the_command_synced_it),
		cmocka_unit_test(what_came_back_is_told_file_by_file),
		cmocka_unit_test(withdrawing_says_loudly_what_stays_loose_and_offers_to_spend_it),
		cmocka_unit_test(withdrawing_without_signatures_is_over),
		cmocka_unit_test(a_signer_here_gets_the_packet_and_its_answer_is_collected),
		cmocka_unit_test(a_signer_that_did_not_answer_is_not_collected),
		cmocka_unit_test(in_class_production_nobody_signs_here),
		cmocka_unit_test(submitting_says_what_will_happen_and_remembers_the_payer),
		cmocka_unit_test(who_may_send_it_without_the_safe_is_said),
		cmocka_unit_test(before_its_time_an_execute_is_not_asked_for),
		cmocka_unit_test(while_a_command_runs_no_other_is_asked_for),
		cmocka_unit_test(nothing_is_said_of_a_stick_when_the_packet_lies_in_the_workspace),
		cmocka_unit_test(in_the_queue_the_focused_row_is_meant),
		cmocka_unit_test(signatures_of_former_owners_are_not_sent),
		cmocka_unit_test(the_board_is_drawn_like_this),
		cmocka_unit_test(questions_are_drawn_like_this),
		cmocka_unit_test(a_key_signs_here_only_where_the_policy_allows_it),
		cmocka_unit_test(offline_the_board_shows_what_the_log_knows),
		cmocka_unit_test(owners_that_differ_on_chain_are_shown_and_their_signatures_do_not_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
