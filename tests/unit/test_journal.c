/* The signer's journal: each line names the one before, two runs share it, and a power cut leaves it usable. */
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/signer/journal.h"
#include "tests/support/check.h"

struct place {
	struct arena a;
	const char *dir, *file;
};

static struct place fresh(void)
{
	struct place p = {0};

	p.dir = temporary_directory(&p.a);
	p.file = arena_fmt(&p.a, "%s/journal.jsonl", p.dir);
	return p;
}

static void add(struct place *p, struct journal *j, const char *kind)
{
	struct json *body = json_object(&p->a);
	struct err e = {0};

	json_set(body, &p->a, "code", json_str(&p->a, "X"));
	assert_ok(journal_add(j, kind, span_str("SC-7"), body, &e), &e);
}

static struct journal opened(const struct place *p)
{
	struct journal j;
	struct err e = {0};

	assert_ok(journal_open(&j, p->dir, &e), &e);
	return j;
}

static struct place with_lines(unsigned n)
{
	struct place p = fresh();
	struct journal j = opened(&p);

	while (n-- > 0)
		add(&p, &j, "packet.refused");
	journal_release(&j);
	return p;
}

static void append_text(const struct place *p, const char *text)
{
	struct err e = {0};

	assert_ok(fs_append(p->file, span_str(text), 0600, &e), &e);
}

/* The file with one text in another's place. */
static void edit(const struct place *p, const char *from, const char *to)
{
	struct buf b = {0}, out = {0};
	struct err e = {0};
	const char *at;

	assert_ok(fs_read(&b, p->file, 1u << 20, &e), &e);
	at = strstr(buf_cstr(&b), from);
	assert_non_null(at);
	buf_add(&out, b.p, (size_t)(at - (const char *)b.p));
	buf_str(&out, to);
	buf_str(&out, at + strlen(from));
	assert_ok(fs_write(p->file, buf_view(&out), 0600, &e), &e);
	buf_release(&b);
	buf_release(&out);
}

static void refused(const struct place *p, const char *line)
{
	struct journal j;
	struct err e = {0};
	struct buf text = {0};

	assert_false(journal_open(&j, p->dir, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, "JOURNAL");
	err_format(&e, &text);
	if (strstr(buf_cstr(&text), line) == NULL)
		fail_msg("needed \"%s\" in: %s", line, buf_cstr(&text));
	buf_release(&text);
	err_clear(&e);
	journal_release(&j);
}

static void the_first_line_says_what_it_is(void **state)
{
	struct place p = with_lines(1);
	struct journal j = opened(&p);
	struct stat st;

	(void)state;
	assert_int_equal(j.n, 2);
	assert_true(line_kind_is(&j.lines[0], "journal.opened"));
	assert_true(hash32_is_zero(&j.lines[0].prev));
	assert_true(line_kind_is(&j.lines[1], "packet.refused"));
	assert_span_str(j.lines[1].change, "SC-7");
	assert_int_equal(stat(p.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	journal_release(&j);
	arena_release(&p.a);
}

static void the_head_is_the_last_lines_leaf(void **state)
{
	struct place p = with_lines(3);
	struct journal j = opened(&p);
	struct hash32 leaf;

	(void)state;
	line_leaf(&leaf, j.lines[3].raw);
	assert_true(hash32_eq(&leaf, &j.head));
	line_leaf(&leaf, j.lines[2].raw);
	assert_true(hash32_eq(&leaf, &j.lines[3].prev));
	journal_release(&j);
	arena_release(&p.a);
}

static void a_journal_that_is_not_there_is_empty(void **state)
{
	struct place p = fresh();
	struct journal j = opened(&p);

	(void)state;
	assert_int_equal(j.n, 0);
	assert_true(hash32_is_zero(&j.head));
	assert_false(fs_exists(p.file));
	journal_release(&j);
	arena_release(&p.a);
}

static void a_changed_line_is_named(void **state)
{
	struct place p = with_lines(3);

	(void)state;
	edit(&p, "\"code\":\"X\"", "\"code\":\"Y\"");
	refused(&p, "line 2 does not follow");
	arena_release(&p.a);
	p = with_lines(2);
	edit(&p, "\"seq\":1", "\"seq\": 1");
	refused(&p, "journal.jsonl:2: line 1");
	arena_release(&p.a);
}

static void a_line_that_is_gone_is_missed(void **state)
{
	struct place p = with_lines(3);
	struct buf b = {0};
	struct err e = {0};
	const char *second, *third;

	(void)state;
	assert_ok(fs_read(&b, p.file, 1u << 20, &e), &e);
	second = strchr(buf_cstr(&b), '\n') + 1;
	third = strchr(second, '\n') + 1;
	edit(&p, arena_fmt(&p.a, "%.*s", (int)(third - second), second), "");
	refused(&p, "line 1 does not follow");
	buf_release(&b);
	arena_release(&p.a);
}

static void a_torn_tail_speaks_of_nothing_and_is_mended(void **state)
{
	struct place p = with_lines(2);
	struct journal j;

	(void)state;
	append_text(&p, "{\"seq\":3,\"id\":\"00");
	j = opened(&p);
	assert_int_equal(j.n, 3);
	assert_int_equal(j.torn, 17);
	add(&p, &j, "packet.signed");
	assert_int_equal(j.n, 5);
	assert_true(line_kind_is(&j.lines[3], "journal.mended"));
	journal_release(&j);
	j = opened(&p);
	assert_int_equal(j.n, 5);
	assert_int_equal(j.torn, 0);
	journal_release(&j);
	arena_release(&p.a);
}

static void a_first_line_that_was_torn_is_begun_again(void **state)
{
	struct place p = fresh();
	struct journal j;

	(void)state;
	append_text(&p, "{\"seq\":0");
	j = opened(&p);
	add(&p, &j, "packet.signed");
	assert_int_equal(j.n, 2);
	assert_true(line_kind_is(&j.lines[0], "journal.opened"));
	journal_release(&j);
	arena_release(&p.a);
}

/* Another run wrote since this one read. */
static void lines_of_another_run_come_first(void **state)
{
	struct place p = with_lines(1);
	struct journal one = opened(&p), two = opened(&p);

	(void)state;
	add(&p, &one, "packet.signed");
	add(&p, &two, "packet.declined");
	assert_int_equal(two.n, 4);
	assert_true(line_kind_is(&two.lines[2], "packet.signed"));
	add(&p, &one, "packet.signed");
	assert_int_equal(one.n, 5);
	journal_release(&one);
	journal_release(&two);
	one = opened(&p);
	assert_int_equal(one.n, 5);
	journal_release(&one);
	arena_release(&p.a);
}

static void a_journal_that_shrinks_while_it_is_open_is_refused(void **state)
{
	struct place p = with_lines(2);
	struct journal j = opened(&p);
	struct err e = {0};

	(void)state;
	assert_int_equal(truncate(p.file, 10), 0);
	assert_false(journal_add(&j, "packet.signed", span_of(NULL, 0), json_object(&p.a), &e));
	assert_string_equal(e.refusal, "JOURNAL");
	err_clear(&e);
	journal_release(&j);
	arena_release(&p.a);
}

static void a_line_that_is_too_long_leaves_nothing(void **state)
{
	struct place p = with_lines(1);
	struct journal j = opened(&p);
	struct json *body = json_object(&p.a);
	struct err e = {0};
	char *text = arena_alloc(&p.a, LINE_MAX_BYTES + 1, 1);

	(void)state;
	memset(text, 'x', LINE_MAX_BYTES);
	json_set(body, &p.a, "text", json_str(&p.a, text));
	assert_false(journal_add(&j, "packet.declined", span_of(NULL, 0), body, &e));
	assert_int_equal(e.code, ERR_RANGE);
	err_clear(&e);
	journal_release(&j);
	j = opened(&p);
	assert_int_equal(j.n, 2);
	journal_release(&j);
	arena_release(&p.a);
}

/* Killed at any moment: what is there is a journal, and holds every line that was said to be on disk. */
static void a_killed_run_leaves_a_journal(void **state)
{
	struct place p = with_lines(1);
	struct journal j;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		const pid_t child = fork();
		int status;

		if (child == 0) {
			struct journal own = opened(&p);

			for (;;)
				add(&p, &own, "packet.signed");
		}
		usleep(500 + 300 * i);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		j = opened(&p);
		add(&p, &j, "packet.refused");
		journal_release(&j);
	}
	arena_release(&p.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_says_what_it_is),
		cmocka_unit_test(the_head_is_the_last_lines_leaf),
		cmocka_unit_test(a_journal_that_is_not_there_is_empty),
		cmocka_unit_test(a_changed_line_is_named),
		cmocka_unit_test(a_line_that_is_gone_is_missed),
		cmocka_unit_test(a_torn_tail_speaks_of_nothing_and_is_mended),
		cmocka_unit_test(a_first_line_that_was_torn_is_begun_again),
		cmocka_unit_test(lines_of_another_run_come_first),
		cmocka_unit_test(a_journal_that_shrinks_while_it_is_open_is_refused),
		cmocka_unit_test(a_line_that_is_too_long_leaves_nothing),
		cmocka_unit_test(a_killed_run_leaves_a_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
