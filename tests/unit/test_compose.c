/* Composing a change, key by key: what is asked, what is wrong at which field, what is kept on disk, and the command
 * that saves it. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/evm/address.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/screens.h"
#include "tui/console/compose.h"
#include "tui/console/frame.h"

#define OLD "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
#define OLD_LOWER "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
#define NEW "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"

/* A console whose half-typed files are real. */
struct desk {
	struct test_console t;
	struct compose_file f;
	struct buf asked;             /* the newest EFFECT_NOW */
	struct buf ran;               /* every other effect, a line each */
	ended_fn *now;                /* who is told of what is so now */
};

static void note(struct buf *out, const struct effect *e)
{
	for (size_t k = 0; k < e->n_words; k++)
		buf_fmt(out, strchr(e->words[k], ' ') != NULL || e->words[k][0] == '\0' ? "%s'%s'" : "%s%s",
			k > 0 ? " " : "", e->words[k]);
	buf_byte(out, '\n');
}

/* As perform.c does it. What is not of composing stays in t.fx for test_console_ended(). */
static void perform_all(struct desk *d)
{
	struct effects *fx = &d->t.fx, more = {0};
	struct act x = { &d->t.s, &d->t.m, &more };
	size_t kept = 0;
	for (size_t i = 0; i < fx->n; i++) {
		if (compose_perform(&x, &d->f, &fx->v[i]))
			continue;
		if (fx->v[i].kind == EFFECT_NOW) {
			buf_clear(&d->asked);
			note(&d->asked, &fx->v[i]);
			d->now = fx->v[i].then;
			continue;
		}
		note(&d->ran, &fx->v[i]);
		fx->v[kept++] = fx->v[i];
	}
	fx->n = kept;
	for (size_t i = 0; i < more.n; i++)
		assert_true(compose_perform(&x, &d->f, &more.v[i]));
	arena_release(&more.arena);
}

static void press(struct desk *d, const char *key)
{
	test_console_keys(&d->t, key);
	perform_all(d);
}

/* Like test_console_keys(), one key at a time, each performed. */
static void keys(struct desk *d, const char *text)
{
	char one[32];
	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		if (*text == '\'') {
			for (text++; *text != '\''; text++) {
				snprintf(one, sizeof(one), "'%c'", *text);
				press(d, one);
			}
			n = 1;
		} else if (n > 0) {
			snprintf(one, sizeof(one), "%.*s", (int)n, text);
			press(d, one);
		}
		text += n;
		text += *text == ' ';
	}
}

static void open_desk(struct desk *d)
{
	*d = (struct desk){0};
	test_console_open(&d->t);
	keys(d, "n");
}

static void close_desk(struct desk *d)
{
	compose_file_leave(&d->f);
	compose_free(d->t.s.compose);
	d->t.s.compose = NULL;
	buf_release(&d->asked);
	buf_release(&d->ran);
	test_console_release(&d->t);
}

static struct compose *composing(const struct desk *d)
{
	assert_non_null(d->t.s.compose);
	return d->t.s.compose;
}

static const char *trouble(const struct desk *d, const char *field)
{
	const struct composed *a = compose_current(composing(d));
	return buf_cstr(&form_field(&a->form, field)->trouble);
}

static void rotate(struct desk *d)
{
	keys(d, "'rotate' Enter '" OLD "' Enter '" NEW "' Enter");
	assert_int_equal(composing(d)->page, COMPOSE_BATCH);
}

static void words(struct desk *d)
{
	keys(d, "w 'Rotate the key' Enter 'Quarterly' Enter Enter Enter Enter Enter Enter Enter");
	assert_int_equal(composing(d)->page, COMPOSE_REVIEW);
}

static void same_screens(struct desk *d, const char *name)
{
	static const struct { size_t rows, cols; const char *size; } sizes[] = {
		{ 24, 80, "80x24" }, { 50, 132, "132x50" },
	};
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct grid g;
		grid_init(&g, sizes[i].rows, sizes[i].cols, false);
		frame_draw(&d->t.s, &d->t.m, &g);
		screen_same(arena_fmt(&d->t.a, "console_compose_%s_%s", name, sizes[i].size), &g);
		grid_release(&g);
	}
}

/* ---- picking and filling in ---- */

static void words_typed_find_the_action(void **state)
{
	struct desk d;
	const struct action_def *def;
	(void)state;
	open_desk(&d);
	assert_int_equal(composing(&d)->page, COMPOSE_PICK);
	keys(&d, "'key retire'");
	assert_true(compose_pick_row(composing(&d), &d.t.ws.pin, 0, &def));
	assert_span_str(action_name(def), "sequencer.rotate");
	assert_false(compose_pick_row(composing(&d), &d.t.ws.pin, 1, &def));
	keys(&d, "'x' Enter");
	assert_int_equal(composing(&d)->page, COMPOSE_PICK);
	assert_buf_str(&d.t.s.said, "No action of the catalogue has all these words.");
	close_desk(&d);
}

static void sentence_and_calls_follow_the_last_key(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter '" OLD "' Enter '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293B'");
	const struct composed *a = compose_current(composing(&d));
	assert_null(a->sentence);
	assert_string_equal(a->waits, "1 of 2 arguments is still to be filled in or put right");
	assert_string_equal(trouble(&d, "new"), "an address has 40 digits after 0x, found 39");
	keys(&d, "'C'");
	assert_non_null(a->sentence);
	assert_non_null(strstr(a->sentence, NEW));
	assert_int_equal(a->n_calls, 2);
	assert_true(strncmp(a->calls[0].data, "0x", 2) == 0 && strlen(a->calls[0].data) == 2 + 2 * 68);
	assert_non_null(a->calls[1].explained);
	close_desk(&d);
}

static void each_wrong_field_says_its_own_trouble(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'create-tier' Enter 'gold' Tab '5' Tab '-1 ether' Tab '1e9'");
	assert_string_equal(trouble(&d, "name"), "");
	assert_string_equal(trouble(&d, "perTx"), "needed a unit: 0.05 ether, 20 gwei or 5 wei");
	assert_true(form_field(&compose_current(composing(&d))->form, "perDay")->trouble.n > 0);
	assert_true(form_field(&compose_current(composing(&d))->form, "perMonth")->trouble.n > 0);
	close_desk(&d);
}

static void limits_out_of_order_are_told_at_the_second(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'create-tier' Enter 'gold' Tab '5 wei' Tab '4 wei' Tab '6 wei'");
	assert_true(strncmp(trouble(&d, "perDay"), "perTx and perDay: ", 18) == 0);
	assert_string_equal(trouble(&d, "perTx"), "");
	close_desk(&d);
}

static void a_wrong_checksum_says_where_and_not_what(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter '0x70997970c51812dc3A010C7d01b50e0d17dc79C8'");
	assert_string_equal(trouble(&d, "old"), "the checksum (EIP-55) does not fit, first at character 11: mistyped? "
						"Copy it anew from where it came from");
	close_desk(&d);
}

static void a_lower_case_address_gets_its_checksum(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter '" OLD_LOWER "'");
	const struct field *old = form_field(&compose_current(composing(&d))->form, "old");
	assert_string_equal(old->beside, "with its checksum: " OLD "; not in the address book of this profile");
	assert_buf_str(&old->edit.text, OLD_LOWER);
	keys(&d, "Tab");
	assert_buf_str(&old->edit.text, OLD);
	close_desk(&d);
}

static void a_name_of_the_address_book_becomes_its_address(void **state)
{
	struct desk d;
	struct buf p3 = {0};
	(void)state;
	open_desk(&d);
	addr_format(&p3, &deployment_person(&d.t.d, span_str("p3"))->address);
	keys(&d, "'rotate' Enter 'p3' Tab");
	const struct form *f = &compose_current(composing(&d))->form;
	assert_span_str(form_value(f, "old"), buf_cstr(&p3));
	keys(&d, "Ctrl-O 'p3' Enter");
	assert_int_equal(composing(&d)->page, COMPOSE_ARGS);
	assert_span_str(form_value(f, "new"), buf_cstr(&p3));
	assert_true(strncmp(trouble(&d, "new"), "old and new: ", 13) == 0);
	buf_release(&p3);
	close_desk(&d);
}

static void an_empty_field_complains_once_it_was_left(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter");
	assert_string_equal(trouble(&d, "old"), "");
	keys(&d, "Enter");
	assert_string_equal(trouble(&d, "old"), "this is needed: the key to retire");
	assert_string_equal(trouble(&d, "new"), "");
	keys(&d, "Enter");
	assert_string_equal(trouble(&d, "new"), "this is needed: the key that takes its place");
	assert_int_equal(composing(&d)->page, COMPOSE_ARGS);
	assert_int_equal(compose_current(composing(&d))->form.focus, 0);
	close_desk(&d);
}

static void what_the_chain_fills_need_not_be_typed(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'swap-owner' Enter 'p1' Tab '" NEW "' Tab Enter");
	const struct composed *a = compose_current(composing(&d));
	assert_true(a->good);
	assert_null(a->sentence);
	assert_string_equal(a->waits, "prev (the owner before the old one in the Safe's list) is read from the chain "
				      "when it is saved: sentence and calldata follow then");
	close_desk(&d);
}

static void what_is_so_now_stands_beside_its_field(void **state)
{
	struct desk d;
	struct effects fx = {0};
	struct err e = {0};
	(void)state;
	open_desk(&d);
	keys(&d, "'min-deposit' Enter '5 wei'");
	assert_buf_str(&d.asked, "actions paymaster.set-min-deposit 'amount=5 wei' contract=paymaster --now\n");
	const struct ended how = {
		.ok = true,
		.json = json_parse(&d.t.a, span_str("[{\"now\":[{\"say\":\"paymaster: smallest deposit\","
						    "\"now\":\"1000000000000000\",\"arg\":\"amount\"},"
						    "{\"say\":\"paymaster: paused\",\"now\":\"false\",\"arg\":null}]"
						    "}]"), &e),
	};
	step_ended(&d.t.s, &d.t.m, d.now, NULL, &how, &fx);
	assert_string_equal(form_field(&compose_current(composing(&d))->form, "amount")->beside, "now 0.001 ether");
	same_screens(&d, "now");
	arena_release(&fx.arena);
	close_desk(&d);
}

/* ---- the batch ---- */

static void actions_are_put_in_order(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	keys(&d, "a 'registry.pause' Enter Enter");
	struct compose *c = composing(&d);
	assert_int_equal(c->n, 2);
	assert_int_equal(c->at, 1);
	keys(&d, "K");
	assert_span_str(action_name(c->actions[0]->def), "registry.pause");
	assert_int_equal(c->at, 0);
	keys(&d, "J x y");
	assert_int_equal(c->n, 1);
	assert_span_str(action_name(c->actions[0]->def), "sequencer.rotate");
	close_desk(&d);
}

static void direct_and_timelock_do_not_mix(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	keys(&d, "a 'safe.reject' Enter '7' Enter");
	assert_string_equal(composing(&d)->complaint,
			    "Direct actions and timelock actions do not mix in one change: make two.");
	words(&d);
	keys(&d, "s");
	assert_buf_str(&d.ran, "");
	assert_buf_str(&d.t.s.said, "Not yet: what is missing stands on the page.");
	close_desk(&d);
}

/* ---- saving ---- */

static void enter_all_the_way_ends_at_the_review(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	assert_int_equal(composing(&d)->page, COMPOSE_BATCH);
	keys(&d, "Enter");
	assert_int_equal(composing(&d)->page, COMPOSE_WORDS);
	keys(&d, "'Rotate' Enter 'Old' Enter Enter Enter Enter Enter Enter Enter");
	assert_int_equal(composing(&d)->page, COMPOSE_REVIEW);
	keys(&d, "e e");
	assert_int_equal(composing(&d)->page, COMPOSE_ARGS);
	keys(&d, "Enter");                               /* the last field has the focus still */
	assert_int_equal(composing(&d)->page, COMPOSE_BATCH);
	keys(&d, "Enter");                               /* the words are there */
	assert_int_equal(composing(&d)->page, COMPOSE_REVIEW);
	keys(&d, "w Ctrl-R");
	assert_int_equal(composing(&d)->page, COMPOSE_REVIEW);
	close_desk(&d);
}

static void saving_is_one_command_and_then_a_proposal(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	keys(&d, "a 'registry.pause' Enter Enter");
	keys(&d, "w 'Rotate the key' Enter 'It is \"old\"' Enter 'https://x/1' Enter 'em' Enter Enter Enter '48h' Enter "
		 "'SC-1' Enter");
	assert_int_equal(composing(&d)->page, COMPOSE_REVIEW);
	keys(&d, "p");
	assert_buf_str(&d.ran, "draft sequencer.rotate old=" OLD " new=" NEW " + registry.pause contract=registry "
			       "--title 'Rotate the key' --reason 'It is \"old\"' --ticket https://x/1 "
			       "--category emergency --delay 48h --after SC-1\n");
	assert_true(fs_exists(d.f.path));
	test_console_ended(&d.t, 0, "{\"line\":12,\"change\":\"SC-7\",\"state\":\"drafted\"}", NULL, "");
	buf_clear(&d.ran);
	perform_all(&d);
	assert_buf_str(&d.ran, "propose SC-7 --line 12\n");
	assert_null(d.f.path);
	assert_null(d.t.s.compose);
	assert_int_equal(state_place(&d.t.s)->view, VIEW_CHANGE);
	assert_string_equal(state_place(&d.t.s)->change, "SC-7");
	close_desk(&d);
}

static void a_refusal_goes_to_the_field_it_names(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	words(&d);
	keys(&d, "s");
	test_console_ended(&d.t, 3, "{\"error\":{\"field\":\"sequencer.rotate.new\",\"what\":\"is known already\"}}",
			   NULL, "sequencer.rotate.new: is known already");
	assert_int_equal(composing(&d)->page, COMPOSE_ARGS);
	assert_string_equal(trouble(&d, "new"), "is known already");
	assert_buf_str(&d.t.s.said, "Not saved: sequencer.rotate.new: is known already");
	keys(&d, "Esc w Esc r s");
	test_console_ended(&d.t, 2, "{\"error\":{\"field\":\"--delay\",\"what\":\"too long\"}}", NULL,
			   "--delay: too long");
	assert_int_equal(composing(&d)->page, COMPOSE_WORDS);
	assert_int_equal(composing(&d)->words.focus, WORD_DELAY);
	assert_buf_str(&composing(&d)->words.fields[WORD_DELAY].trouble, "too long");
	close_desk(&d);
}

static void a_draft_comes_back_as_it_would_be_typed(void **state)
{
	struct desk d;
	struct effects fx = {0};
	(void)state;
	open_desk(&d);
	keys(&d, "Esc");
	test_console_go(&d.t, VIEW_CHANGE, "SC-3");
	struct act x = { &d.t.s, &d.t.m, &fx };
	compose_edit(&x, "SC-3");
	arena_release(&fx.arena);
	assert_int_equal(composing(&d)->page, COMPOSE_BATCH);
	assert_true(composing(&d)->n > 0 && composing(&d)->actions[0]->good);
	keys(&d, "r s");
	assert_non_null(strstr(buf_cstr(&d.ran), " --ticket '' "));
	assert_non_null(strstr(buf_cstr(&d.ran), " --edit SC-3\n"));
	const size_t depth = d.t.s.depth;
	test_console_ended(&d.t, 0, "{\"change\":\"SC-3\"}", NULL, "");
	assert_string_equal(state_place(&d.t.s)->change, "SC-3");
	assert_int_equal(d.t.s.depth, depth - 1);
	close_desk(&d);
}

static void a_direct_change_has_no_delay(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'safe.reject' Enter '7' Enter w Up Tab Tab Tab Tab Tab Tab '48h' Tab 'SC-1'");
	const struct form *f = &composing(&d)->words;
	assert_buf_str(&f->fields[WORD_DELAY].trouble, "a direct change has no delay: leave it empty");
	assert_buf_str(&f->fields[WORD_AFTER].trouble, "a direct change waits for no other: leave it empty");
	close_desk(&d);
}

/* ---- on disk ---- */

static void a_killed_console_leaves_what_was_typed(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter '0x70'");
	compose_file_leave(&d.f);                      /* what the kernel does for a process that is killed */
	compose_free(d.t.s.compose);
	d.t.s.compose = NULL;
	d.t.s.depth = 1;
	keys(&d, "n");
	assert_int_equal(composing(&d)->page, COMPOSE_LEFT);
	assert_int_equal(composing(&d)->left.n, 1);
	keys(&d, "Enter");
	assert_int_equal(composing(&d)->page, COMPOSE_BATCH);
	assert_span_str(form_value(&composing(&d)->actions[0]->form, "old"), "0x70");
	close_desk(&d);
}

static void esc_keeps_and_n_goes_on(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter '0x70' Esc Esc");
	assert_int_equal(state_place(&d.t.s)->view, VIEW_QUEUE);
	assert_buf_str(&d.t.s.said, "It is kept as it is typed: n goes on with it.");
	keys(&d, "n");
	assert_int_equal(composing(&d)->page, COMPOSE_BATCH);
	keys(&d, "Enter Ctrl-C");
	assert_span_str(form_value(&compose_current(composing(&d))->form, "old"), "0x70");
	close_desk(&d);
}

static void what_is_thrown_away_is_asked_for_and_gone(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	const char *path = arena_str(&d.t.a, span_str(d.f.path));
	keys(&d, "X n");
	assert_true(fs_exists(path));
	keys(&d, "n");                                 /* puts it aside, and lists it */
	assert_int_equal(composing(&d)->page, COMPOSE_LEFT);
	assert_int_equal(composing(&d)->left.n, 1);
	keys(&d, "x n");
	assert_true(fs_exists(path));
	keys(&d, "Enter X y");
	assert_false(fs_exists(path));
	assert_null(d.t.s.compose);
	assert_int_equal(state_place(&d.t.s)->view, VIEW_QUEUE);
	keys(&d, "n");
	rotate(&d);
	keys(&d, "n x y");
	assert_int_equal(composing(&d)->page, COMPOSE_PICK);
	close_desk(&d);
}

static void a_second_form_puts_the_first_aside(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	rotate(&d);
	test_console_go(&d.t, VIEW_CHANGE, "SC-3");
	struct act x = { &d.t.s, &d.t.m, &d.t.fx };
	d.t.fx = (struct effects){0};
	compose_edit(&x, "SC-3");
	perform_all(&d);
	assert_buf_str(&d.t.s.said, "What was half typed before is put aside: n lists it.");
	keys(&d, "Down n");
	assert_int_equal(composing(&d)->left.n, 2);
	close_desk(&d);
}

/* compose/ of a shared workspace, made a link to a directory of the reader's: its files are no half-typed changes. */
static void nothing_is_thrown_away_behind_a_link(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a), *home = temporary_directory(&a);
	struct left_rows left;
	struct err e = {0};
	(void)state;
	assert_ok(fs_write(arena_fmt(&a, "%s/key.json", home), span_str("{}"), 0600, &e), &e);
	assert_int_equal(symlink(home, arena_fmt(&a, "%s/compose", dir)), 0);
	assert_false(compose_files(&a, dir, &left, &e));
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(left.n, 0);
	err_clear(&e);
	arena_release(&a);
}

static void two_consoles_never_take_the_same_file(void **state)
{
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	struct compose_file one = {0}, two = {0};
	struct half_typed half;
	struct left_rows left;
	struct err e = {0};
	struct buf text = {0};
	(void)state;
	half_typed_write(&text, &(struct half_typed){ .actor = span_str("p1"), .host = span_str("desk"), .pid = 7 });
	assert_ok(compose_file_write(&one, dir, buf_view(&text), &e), &e);
	assert_ok(compose_file_write(&one, dir, buf_view(&text), &e), &e);
	assert_ok(compose_files(&a, dir, &left, &e), &e);
	assert_int_equal(left.n, 1);
	assert_true(left.row[0].taken);
	assert_false(compose_file_take(&two, dir, left.row[0].name, &a, &half, &e));
	assert_string_equal(e.refusal, "TAKEN");
	err_clear(&e);
	compose_file_leave(&one);
	assert_ok(compose_file_take(&two, dir, left.row[0].name, &a, &half, &e), &e);
	assert_span_str(half.actor, "p1");
	assert_ok(compose_file_drop(&two, &e), &e);
	assert_ok(compose_files(&a, dir, &left, &e), &e);
	assert_int_equal(left.n, 0);
	buf_release(&text);
	arena_release(&a);
}

static void the_file_is_for_its_owner_alone(void **state)
{
	struct desk d;
	struct stat st;
	(void)state;
	open_desk(&d);
	keys(&d, "'rotate' Enter '0x70'");
	assert_int_equal(stat(d.f.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(arena_fmt(&d.t.a, "%s/compose", d.t.ws.dir), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	close_desk(&d);
}

/* Writes one text after the other until it is killed; what is there is then one of them, whole. */
static void write_for_ever(const char *dir)
{
	struct compose_file f = {0};
	struct half_typed h = { .actor = span_str("p1"), .host = span_str("desk") };
	for (;;) {
		struct buf text = {0};
		h.pid++;
		half_typed_write(&text, &h);
		if (!compose_file_write(&f, dir, buf_view(&text), NULL))
			_exit(1);
		buf_release(&text);
	}
}

static void a_kill_at_any_moment_leaves_a_whole_file(void **state)
{
	(void)state;
	for (useconds_t wait = 2000; wait < 12000; wait += 1000) {
		struct arena a = {0};
		const char *dir = temporary_directory(&a);
		struct left_rows left;
		struct err e = {0};
		int status;
		const pid_t pid = fork();
		if (pid == 0)
			write_for_ever(dir);
		usleep(wait);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_ok(compose_files(&a, dir, &left, &e), &e);
		assert_true(left.n <= 1);
		if (left.n == 1)
			assert_null(left.row[0].trouble);
		arena_release(&a);
	}
}

#define FILE_TEXT(time, words) "{\"actions\":[{\"action\":\"a.b\",\"args\":{\"x\":\"1\"}}],\"edits\":\"\"," \
	"\"format\":\"setgov-compose/1\",\"holder\":{\"actor\":\"p1\",\"host\":\"h\",\"pid\":1},\"time\":\"" time \
	"\",\"words\":{" words "}}"
#define TIME "2026-11-23T10:15:02.123Z"
#define WORDS_WITH(title) "\"after\":\"\",\"category\":\"\",\"delay\":\"\",\"impact\":\"\",\"reason\":\"\"," \
	"\"rollback\":\"\",\"ticket\":\"\",\"title\":\"" title "\""
#define WORDS WORDS_WITH("")

static void a_hostile_file_is_refused_where_it_is_wrong(void **state)
{
	static const struct { const char *text, *trouble; } cases[] = {
		{ "", "byte 0: needed a JSON value, found the end" },
		{ FILE_TEXT("yesterday", WORDS), "time, byte 136: a time is written 2026-11-23T10:15:02.123Z" },
		{ FILE_TEXT(TIME, "\"title\":\"\""), "words.reason, byte 171: missing" },
		{ FILE_TEXT(TIME, WORDS ",\"x\":\"\""), "words.x, byte 273: unknown member" },
		{ FILE_TEXT(TIME, WORDS) " ", "byte 270: not canonical JSON" },
		{ FILE_TEXT(TIME, WORDS_WITH("\\u001b[2J")),
		  "words.title, byte 266: needed one line of text, found byte 0x1b" },
		{ "{\"format\":\"setgov-compose/2\"}", "format, byte 10: needed \"setgov-compose/1\"" },
	};
	struct arena a = {0};
	struct half_typed half;
	(void)state;
	assert_true(half_typed_read(&a, &half, span_str(FILE_TEXT(TIME, WORDS)), NULL));
	assert_span_str(half.actions[0].args[0].text, "1");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = {0};
		struct buf found = {0};
		assert_false(half_typed_read(&a, &half, span_str(cases[i].text), &e));
		err_format(&e, &found);
		assert_buf_str(&found, cases[i].trouble);
		buf_release(&found);
		err_clear(&e);
	}
	arena_release(&a);
}

/* ---- screens ---- */

static void screens_of_composing(void **state)
{
	struct desk d;
	(void)state;
	open_desk(&d);
	same_screens(&d, "pick");
	keys(&d, "'tier' Down");
	same_screens(&d, "found");
	keys(&d, "Ctrl-U 'rotate' Enter '" OLD_LOWER "' Enter '0x3c44CdDdB6a900fa2b585dd299e03d12FA4293BC'");
	same_screens(&d, "checksum");
	keys(&d, "Ctrl-U '" NEW "'");
	same_screens(&d, "args");
	keys(&d, "Ctrl-O 'p'");
	same_screens(&d, "book");
	keys(&d, "Esc Enter a 'create-tier' Enter 'gold' Tab '5' Tab '4 wei' Tab '-1'");
	same_screens(&d, "wrong");
	keys(&d, "Esc");
	same_screens(&d, "batch");
	keys(&d, "x y w 'Rotate the key' Enter Enter");
	same_screens(&d, "words");
	keys(&d, "Esc r");
	same_screens(&d, "not_ready");
	keys(&d, "Esc");
	keys(&d, "Down Up Up Up");
	composing(&d)->words.focus = WORD_REASON;
	keys(&d, "'Quarterly' Esc r");
	same_screens(&d, "review");
	close_desk(&d);
}

static void screen_of_what_was_left(void **state)
{
	struct desk d;
	struct arena a = {0};
	struct compose_file f = {0};
	struct buf text = {0};
	struct err e = {0};
	struct half_typed h = { .actor = span_str("p2"), .host = span_str("desk"), .pid = 7 };
	(void)state;
	*(&d) = (struct desk){0};
	test_console_open(&d.t);
	h.time = (struct unix_time){ (TEST_NOW - 7200) * 1000 };
	h.words[WORD_TITLE] = span_str("Rotate the key");
	h.actions = ARENA_ARRAY(&a, struct half_action, 1);
	h.actions[0].name = span_str("sequencer.rotate");
	h.n_actions = 1;
	half_typed_write(&text, &h);
	assert_ok(compose_file_write(&f, d.t.ws.dir, buf_view(&text), &e), &e);
	keys(&d, "n");
	same_screens(&d, "left");
	keys(&d, "Enter");
	assert_buf_str(&d.t.s.said, "Another console has it open.");
	compose_file_leave(&f);
	buf_release(&text);
	arena_release(&a);
	close_desk(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_typed_find_the_action),
		cmocka_unit_test(sentence_and_calls_follow_the_last_key),
		cmocka_unit_test(each_wrong_field_says_its_own_trouble),
		cmocka_unit_test(limits_out_of_order_are_told_at_the_second),
		cmocka_unit_test(a_wrong_checksum_says_where_and_not_what),
		cmocka_unit_test(a_lower_case_address_gets_its_checksum),
		cmocka_unit_test(a_name_of_the_address_book_becomes_its_address),
		cmocka_unit_test(an_empty_field_complains_once_it_was_left),
		cmocka_unit_test(what_the_chain_fills_need_not_be_typed),
		cmocka_unit_test(what_is_so_now_stands_beside_its_field),
		cmocka_unit_test(actions_are_put_in_order),
		cmocka_unit_test(direct_and_timelock_do_not_mix),
		cmocka_unit_test(enter_all_the_way_ends_at_the_review),
		cmocka_unit_test(saving_is_one_command_and_then_a_proposal),
		cmocka_unit_test(a_refusal_goes_to_the_field_it_names),
		cmocka_unit_test(a_draft_comes_back_as_it_would_be_typed),
		cmocka_unit_test(a_direct_change_has_no_delay),
		cmocka_unit_test(a_killed_console_leaves_what_was_typed),
		cmocka_unit_test(esc_keeps_and_n_goes_on),
		cmocka_unit_test(nothing_is_thrown_away_behind_a_link),
		cmocka_unit_test(what_is_thrown_away_is_asked_for_and_gone),
		cmocka_unit_test(a_second_form_puts_the_first_aside),
		cmocka_unit_test(two_consoles_never_take_the_same_file),
		cmocka_unit_test(the_file_is_for_its_owner_alone),
		cmocka_unit_test(a_kill_at_any_moment_leaves_a_whole_file),
		cmocka_unit_test(a_hostile_file_is_refused_where_it_is_wrong),
		cmocka_unit_test(screens_of_composing),
		cmocka_unit_test(screen_of_what_was_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
