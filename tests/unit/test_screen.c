/* The signer's full screen: every view compared whole with tests/screens/signer_*.txt at 80x24 and 132x50 (text, then
 * styles, then the cursor), and what its keys do. */
#include <limits.h>
#include <string.h>

#include "src/base/fs.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "src/signer/screen.h"
#include "src/signer/session.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"
#include "tests/support/screens.h"

#define NOW INT64_C(1795003600)      /* an hour after the sample was proposed */
#define PHRASE "alpha bravo charlie delta echo foxtrot golf hotel"

struct desk {
	struct sample sample;
	struct signer s;
	struct input input;
	struct pin pin;
	struct reviewed r;
	struct line before;           /* the journal's one line */
	struct err refused;
	struct screen c;
};

static void prepare(struct desk *d)
{
	*d = (struct desk){ .s = { .terminal = { .fd = -1 }, .landlocked = true } };
	sample_rotate(&d->sample);
	d->sample.p.n_signatures = 0;
	sample_log(&d->sample, 1u << STEP_SCHEDULE);
	screen_init(&d->c, &d->s);
	time_fix((struct unix_time){ NOW * 1000 });
}

/* Opens the packet, as a person who chose it sees it. Phrase and places are fixed: the screens are compared. */
static void open_packet(struct desk *d)
{
	struct err e = {0};

	d->pin = (struct pin){ .deployment = d->sample.d, .path = "pin" };
	d->s.home.pins = &d->pin;
	d->s.home.n_pins = 1;
	d->input = (struct input){ "packet.json", sample_seal(&d->sample) };
	d->s.inputs = &d->input;
	d->s.n_inputs = 1;
	assert_ok(review_open(&d->s, &d->r, "packet.json", &e), &e);
	d->r.checked.phrase = PHRASE;
	d->c.n = 2;
	screen_show(&d->c, &d->r, 0);
	d->c.hidden = (struct hidden){ { 2, 5 } };
}

static void done(struct desk *d)
{
	err_clear(&d->refused);
	screen_release(&d->c);
	arena_release(&d->s.arena);
	sample_release(&d->sample);
}

static void draw(struct desk *d, size_t rows, size_t cols, struct buf *out)
{
	struct grid g;

	grid_init(&g, rows, cols, false);
	screen_draw(&d->c, &g);
	if (out != NULL)
		grid_dump(&g, out, true);
	grid_release(&g);
}

static void same_at(struct desk *d, const char *name, size_t rows, size_t cols)
{
	struct arena a = {0};
	struct grid g;

	grid_init(&g, rows, cols, false);
	screen_draw(&d->c, &g);
	screen_same(arena_fmt(&a, "signer_%s_%zux%zu", name, cols, rows), &g);
	grid_release(&g);
	arena_release(&a);
}

static void same_screen(struct desk *d, const char *name)
{
	const size_t top = d->c.top;

	same_at(d, name, 24, 80);
	d->c.top = top;
	same_at(d, name, 50, 132);
	d->c.top = top;
	draw(d, 24, 80, NULL);
}

static enum screen_effect keys(struct desk *d, const char *text)
{
	enum screen_effect what = SCREEN_EFFECT_NONE;

	for (; *text != '\0'; text++)
		what = screen_key(&d->c, (uint8_t)*text);
	return what;
}

static enum screen_effect key(struct desk *d, uint32_t k)
{
	const enum screen_effect what = screen_key(&d->c, k);

	draw(d, 24, 80, NULL);
	return what;
}

static void read_to_the_end(struct desk *d)
{
	draw(d, 24, 80, NULL);
	key(d, K_END);
	assert_true(d->c.seen);
}

static void journal(struct desk *d, const char *body)
{
	d->before = (struct line){ .time = { (NOW - 6 * 86400) * 1000 },
				   .kind = span_str("packet.signed"),
				   .change = span_str("SC-7"),
				   .body = json_parse(&d->s.arena, span_str(body), NULL) };
	assert_non_null(d->before.body);
	d->s.journal.lines = &d->before;
	d->s.journal.n = 1;
}

/* What was signed before: under this proposal, or under another one with these members besides. */
static const char *signed_body(struct desk *d, bool same, const char *more)
{
	struct hash32 proposal = {{ 1 }};
	struct buf id = {0}, leaf = {0};
	const char *out;

	if (same)
		line_leaf(&proposal, d->r.packet.core.proposal);
	buf_hex(&id, SPAN_HASH(&d->pin.deployment.id));
	buf_hex(&leaf, SPAN_HASH(&proposal));
	out = arena_fmt(&d->s.arena,
			"{\"deployment\":\"%s\",\"nonce\":3,\"proposal\":\"%s\",\"safeTxHash\":\"0x%064d\","
			"\"step\":\"schedule\"%s}",
			buf_cstr(&id), buf_cstr(&leaf), 7, more);
	buf_release(&id);
	buf_release(&leaf);
	return out;
}

/* ---- what each view shows ---- */

static void packets_are_listed_with_size_and_age(void **state)
{
	struct found files[] = {
		{ "/media/anna/STICK/SC-7.schedule.json", 2486, NOW - 300, true, true },
		{ "/media/anna/STICK/SC-8.\x1b[2Jexecute.json", 123456, NOW - 26 * 3600, true, false },
		{ "SC-1.cancel.json", 500, NOW - 9 * 86400, true, false },
		{ "deployment.json", 5000, NOW - 60, false, false },
		{ "init.json", 12, NOW - 9 * 86400, false, false },
	};
	struct desk d;

	(void)state;
	prepare(&d);
	same_screen(&d, "load_none");
	d.c.files = files;
	d.c.n_files = ARRAY_LEN(files);
	key(&d, K_DOWN);
	same_screen(&d, "load");
	assert_int_equal(keys(&d, " "), SCREEN_EFFECT_NONE);
	assert_true(files[1].chosen);
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_OPEN);
	assert_int_equal(keys(&d, "r"), SCREEN_EFFECT_LOOK);
	done(&d);
}

static void the_page_decides(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	same_screen(&d, "decide");
	key(&d, K_PAGE_DOWN);
	same_screen(&d, "decide_end");
	done(&d);
}

static void production_is_another_banner_and_weak_checks_are_said(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	d.pin.deployment.class = CLASS_PRODUCTION;
	d.s.landlocked = false;
	d.s.swap = true;
	d.s.interface = "wlan0";
	same_screen(&d, "production");
	done(&d);
}

static void an_execute_is_compared_with_the_schedule_that_was_signed_here(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	sample_log(&d.sample, 1u << STEP_EXECUTE);
	open_packet(&d);
	journal(&d, signed_body(&d, true, ""));
	read_to_the_end(&d);
	same_screen(&d, "execute_same");
	journal(&d, signed_body(&d, false,
				",\"delay\":172800,\"sentences\":[\"Pause the registry.\"],\"predecessor\":"
				"\"0x00000000000000000000000000000000000000000000000000000000000000aa\""));
	key(&d, K_END);
	same_screen(&d, "execute_differs");
	d.s.journal.n = 0;
	key(&d, K_END);
	same_screen(&d, "execute_unknown");
	done(&d);
}

/* Both keys arrive before a frame was drawn. */
static void the_end_is_that_of_the_page_with_its_details(void **state)
{
	struct desk d;
	struct buf page = {0};

	(void)state;
	prepare(&d);
	open_packet(&d);
	draw(&d, 24, 80, NULL);
	keys(&d, "d");
	screen_key(&d.c, K_END);
	draw(&d, 24, 80, &page);
	assert_null(strstr(buf_cstr(&page), "more below"));
	assert_non_null(strstr(buf_cstr(&page), "safeTxHash"));
	buf_release(&page);
	done(&d);
}

static void details_come_on_demand(void **state)
{
	struct desk d;
	struct buf page = {0};

	(void)state;
	prepare(&d);
	open_packet(&d);
	draw(&d, 24, 80, NULL);
	keys(&d, "d");
	draw(&d, 200, 80, &page);
	assert_non_null(strstr(buf_cstr(&page), "scheduleBatch("));
	assert_non_null(strstr(buf_cstr(&page), "The old one is two years old"));
	assert_non_null(strstr(buf_cstr(&page), "ok  each safeTxHash was computed here"));
	keys(&d, "d");
	buf_clear(&page);
	draw(&d, 200, 80, &page);
	assert_null(strstr(buf_cstr(&page), "scheduleBatch("));
	buf_release(&page);
	done(&d);
}

/* Thirty of them: nothing is cut, and what is not in sight is counted. */
static void a_batch_is_longer_than_the_screen(void **state)
{
	struct json *all;
	struct desk d;
	struct err e = {0};
	bool direct;

	(void)state;
	prepare(&d);
	all = json_array(&d.sample.a);
	for (unsigned i = 0; i < 30; i++) {
		const struct span typed = span_str(arena_fmt(&d.sample.a, "sequencer=0x%040x", 0x1001 + i));
		struct json *one;

		assert_ok(action_read(&d.sample.a, &one, &d.sample.pin, span_str("sequencer.authorize"), &typed, 1, &e),
			  &e);
		json_push(all, one);
	}
	d.sample.proposal.actions = all;
	assert_ok(actions_compile(&d.sample.a, &d.sample.proposal.calls, &direct, &d.sample.pin, all, &e), &e);
	sample_log(&d.sample, 1u << STEP_SCHEDULE);
	open_packet(&d);
	same_screen(&d, "batch");
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_DECIDE);
	assert_non_null(d.c.note);
	read_to_the_end(&d);
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_COMPARE);
	done(&d);
}

static void the_questions_look_like_this(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	read_to_the_end(&d);
	key(&d, K_ENTER);
	same_screen(&d, "compare");
	key(&d, K_DOWN);
	key(&d, K_DOWN);
	key(&d, K_DOWN);
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_COMPARE);
	assert_null(d.c.compared);
	same_screen(&d, "compare_sheet");
	key(&d, K_UP);
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_CHANGE);
	same_screen(&d, "change");
	key(&d, K_ESC);
	key(&d, K_UP);
	key(&d, K_UP);
	key(&d, K_ENTER);
	assert_string_equal(d.c.compared, "signer");
	keys(&d, "charlie");
	same_screen(&d, "words");
	d.c.stars = 5;
	screen_go(&d.c, SCREEN_VIEW_PASSPHRASE);
	same_screen(&d, "passphrase");
	done(&d);
}

static void what_came_of_it_looks_like_this(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	d.c.given = 1;
	d.c.written = "Answer written to /media/anna/STICK/SC-7.schedule.p1.answer.json\n"
		      "  digest 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
	screen_show_result(&d.c, false);
	same_screen(&d, "result");
	d.c.at = 1;
	d.c.given = 0;
	screen_show_result(&d.c, true);
	same_screen(&d, "declined");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NEXT);
	(void)err_refuse(&d.refused, "CALLS", "differ from the calls that the actions compile to");
	(void)err_in(&d.refused, "core.proposal.body.calls");
	d.c.whom = "p2 or p3";
	screen_show_refusal(&d.c, &d.r, &d.refused);
	same_screen(&d, "refusal");
	done(&d);
}

static void saying_no_takes_a_reason(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	draw(&d, 24, 80, NULL);
	keys(&d, "n");
	assert_int_equal(d.c.view, SCREEN_VIEW_DECLINE);
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
	assert_non_null(d.c.note);
	keys(&d, "the new address is not ours");
	same_screen(&d, "decline");
	assert_int_equal(screen_key(&d.c, K_ENTER), SCREEN_EFFECT_DECLINE);
	key(&d, K_ESC);
	assert_int_equal(d.c.view, SCREEN_VIEW_DECIDE);
	done(&d);
}

static void help_lists_the_keys_of_the_view_it_was_asked_for_in(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	draw(&d, 24, 80, NULL);
	keys(&d, "?");
	same_screen(&d, "help");
	key(&d, K_ESC);
	assert_int_equal(d.c.view, SCREEN_VIEW_DECIDE);
	done(&d);
}

/* ---- what keys do ---- */

static void a_wrong_word_is_refused_after_three_tries(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	read_to_the_end(&d);
	key(&d, K_ENTER);
	key(&d, K_ENTER);
	for (unsigned i = 0; i < SESSION_TRIES; i++) {
		assert_int_equal(d.c.view, SCREEN_VIEW_WORDS);
		keys(&d, "charlie");
		assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
		keys(&d, "golf");
		assert_int_equal(key(&d, K_ENTER), i + 1 < SESSION_TRIES ? SCREEN_EFFECT_NONE : SCREEN_EFFECT_WRONG);
	}
	done(&d);
}

static void the_two_hidden_words_lead_to_the_passphrase(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	read_to_the_end(&d);
	key(&d, K_ENTER);
	key(&d, K_ENTER);
	keys(&d, " Charlie ");
	key(&d, K_ENTER);
	keys(&d, "foxtrot");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_SIGN);
	done(&d);
}

static void nobody_types_the_change_instead(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	read_to_the_end(&d);
	key(&d, K_ENTER);
	key(&d, K_DOWN);
	key(&d, K_DOWN);
	key(&d, K_ENTER);
	for (unsigned i = 0; i <= SESSION_TRIES; i++) {          /* a typing error, however often */
		keys(&d, "SC-8");
		assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
		assert_int_equal(d.c.view, SCREEN_VIEW_CHANGE);
		assert_non_null(d.c.note);
	}
	keys(&d, "SC-7");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_SIGN);
	assert_string_equal(d.c.compared, "nobody");
	done(&d);
}

static void other_words_are_never_the_same_ones(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	for (unsigned i = 0; i < 200; i++) {
		const struct hidden before = d.c.hidden;

		keys(&d, "o");
		assert_true(d.c.hidden.at[0] < d.c.hidden.at[1] && d.c.hidden.at[1] < 8);
		assert_int_equal(hidden_mask(before) & hidden_mask(d.c.hidden), 0);
	}
	done(&d);
}

/* Neither the page nor any question shows them, however long one looks. */
static void hidden_words_are_on_no_view(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	d.c.details = true;
	d.c.compared = "signer";
	for (int v = SCREEN_VIEW_DECIDE; v <= SCREEN_VIEW_PASSPHRASE; v++) {
		struct buf page = {0};

		d.c.view = (enum screen_view)v;
		draw(&d, 200, 80, &page);
		assert_null(strstr(buf_cstr(&page), "charlie"));
		assert_null(strstr(buf_cstr(&page), "foxtrot"));
		buf_release(&page);
	}
	done(&d);
}

static void a_second_machine_shows_them_all_and_signs_nothing(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	d.c.reviewing = true;
	d.c.n = 1;
	read_to_the_end(&d);
	same_screen(&d, "review");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
	assert_int_equal(keys(&d, "n"), SCREEN_EFFECT_NONE);
	assert_int_equal(d.c.view, SCREEN_VIEW_DECIDE);
	assert_int_equal(keys(&d, "q"), SCREEN_EFFECT_STOP);
	done(&d);
}

static void a_machine_that_is_behind_asks_for_the_date(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	time_fix((struct unix_time){ (NOW - 90 * 86400) * 1000 });
	open_packet(&d);
	read_to_the_end(&d);
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_DATE);
	keys(&d, "2026-08-20");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
	assert_int_equal(d.c.view, SCREEN_VIEW_DATE);
	same_screen(&d, "date");
	for (unsigned i = 0; i < 10; i++)
		key(&d, K_BACKSPACE);
	keys(&d, "2026-13-01");
	key(&d, K_ENTER);
	assert_string_equal(d.c.note, "a day is typed as 2026-11-18: year, month, day");
	for (unsigned i = 0; i < 10; i++)
		key(&d, K_BACKSPACE);
	keys(&d, "2028-11-19");
	key(&d, K_ENTER);
	assert_non_null(strstr(d.c.note, "more than a year"));
	for (unsigned i = 0; i < 10; i++)
		key(&d, K_BACKSPACE);
	keys(&d, "2026-11-19");
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_COMPARE);
	assert_string_equal(d.c.today, "2026-11-19");
	done(&d);
}

/* What was typed for an older packet of the session says nothing about a newer one. */
static void a_date_that_is_too_early_for_the_next_packet_is_asked_for_again(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	time_fix((struct unix_time){ (NOW - 90 * 86400) * 1000 });
	open_packet(&d);
	d.c.today = "2026-09-01";
	read_to_the_end(&d);
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_DATE);
	key(&d, K_ESC);
	d.c.today = "2026-11-19";
	read_to_the_end(&d);
	key(&d, K_ENTER);
	assert_int_equal(d.c.view, SCREEN_VIEW_COMPARE);
	done(&d);
}

static void five_minutes_without_a_key_lock(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	for (unsigned i = 1; i < IDLE_SECONDS; i++)
		assert_int_equal(screen_seconds(&d.c, 1), SCREEN_EFFECT_NONE);
	key(&d, K_DOWN);
	for (unsigned i = 1; i < IDLE_SECONDS; i++)
		assert_int_equal(screen_seconds(&d.c, 1), SCREEN_EFFECT_NONE);
	assert_int_equal(screen_seconds(&d.c, 1), SCREEN_EFFECT_LOCK);
	assert_int_equal(screen_seconds(&d.c, 1), SCREEN_EFFECT_NONE);
	key(&d, K_DOWN);
	assert_int_equal(screen_seconds(&d.c, UINT_MAX), SCREEN_EFFECT_LOCK);    /* the laptop was shut */
	done(&d);
}

/* A key that is in no table does nothing; one that is stands there once, and says what it does. */
static void the_table_of_keys_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < screen_n_bindings; i++) {
		const struct screen_binding *b = &screen_bindings[i];

		assert_true(b->help[0] != '\0');
		assert_true(b->key == K_NONE || screen_binding(b->view, false, b->key) == b);
	}
	for (int v = 0; v < N_SCREEN_VIEWS; v++)
		assert_non_null(screen_binding((enum screen_view)v, false, K_CTRL('c')));
}

static void every_footer_fits_the_narrowest_screen(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	open_packet(&d);
	d.c.compared = "own";
	(void)err_refuse(&d.refused, "CALLS", "x");
	d.c.refused = &d.refused;
	for (int v = 0; v < N_SCREEN_VIEWS; v++) {
		struct grid g;

		d.c.view = (enum screen_view)v;
		grid_init(&g, 24, 80, false);
		screen_draw(&d.c, &g);
		assert_int_equal(grid_cell(&g, 23, 79)->c, ' ');
		grid_release(&g);
	}
	done(&d);
}

/* The packet's own hash is not on the view that asks for it. */
static void a_blocks_hash_is_typed_and_compared(void **state)
{
	static const char *const hash = "0x4141414141414141414141414141414141414141414141414141414141414141";
	struct desk d;
	struct buf page = {0};

	(void)state;
	prepare(&d);
	open_packet(&d);
	key(&d, 'b');
	assert_int_equal(d.c.view, SCREEN_VIEW_DECIDE);
	assert_non_null(strstr(d.c.note, "carries no state proofs"));
	d.r.proofs.there = true;
	d.r.proofs.proven.header.number = 1234;
	d.r.proofs.proven.header.time = NOW - 600;
	memset(d.r.proofs.proven.header.hash.b, 0x41, sizeof(d.r.proofs.proven.header.hash.b));
	key(&d, 'b');
	same_screen(&d, "block");
	draw(&d, 24, 80, &page);
	assert_null(strstr(buf_cstr(&page), "0x4141"));
	keys(&d, "0x41");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
	assert_string_equal(d.c.note, "A block's hash is 0x and 64 hexadecimal digits.");
	for (size_t i = 0; i < 31; i++)
		keys(&d, "42");
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_NONE);
	same_screen(&d, "block_differs");
	assert_int_equal(d.c.view, SCREEN_VIEW_BLOCK);
	key(&d, K_ESC);
	key(&d, 'b');
	keys(&d, hash);
	assert_int_equal(key(&d, K_ENTER), SCREEN_EFFECT_PROVEN);
	d.r.proofs.hash_given = true;
	key(&d, K_ESC);
	key(&d, 'b');
	assert_int_equal(d.c.view, SCREEN_VIEW_DECIDE);
	assert_non_null(strstr(d.c.note, "proven"));
	buf_release(&page);
	done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_blocks_hash_is_typed_and_compared),
		cmocka_unit_test(packets_are_listed_with_size_and_age),
		cmocka_unit_test(the_page_decides),
		cmocka_unit_test(production_is_another_banner_and_weak_checks_are_said),
		cmocka_unit_test(an_execute_is_compared_with_the_schedule_that_was_signed_here),
		cmocka_unit_test(the_end_is_that_of_the_page_with_its_details),
		cmocka_unit_test(details_come_on_demand),
		cmocka_unit_test(a_batch_is_longer_than_the_screen),
		cmocka_unit_test(the_questions_look_like_this),
		cmocka_unit_test(what_came_of_it_looks_like_this),
		cmocka_unit_test(saying_no_takes_a_reason),
		cmocka_unit_test(help_lists_the_keys_of_the_view_it_was_asked_for_in),
		cmocka_unit_test(a_wrong_word_is_refused_after_three_tries),
		cmocka_unit_test(the_two_hidden_words_lead_to_the_passphrase),
		cmocka_unit_test(nobody_types_the_change_instead),
		cmocka_unit_test(other_words_are_never_the_same_ones),
		cmocka_unit_test(hidden_words_are_on_no_view),
		cmocka_unit_test(a_second_machine_shows_them_all_and_signs_nothing),
		cmocka_unit_test(a_machine_that_is_behind_asks_for_the_date),
		cmocka_unit_test(a_date_that_is_too_early_for_the_next_packet_is_asked_for_again),
		cmocka_unit_test(five_minutes_without_a_key_lock),
		cmocka_unit_test(the_table_of_keys_is_whole),
		cmocka_unit_test(every_footer_fits_the_narrowest_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
