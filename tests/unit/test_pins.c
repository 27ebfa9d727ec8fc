/* The signer's directory: a pin is what its name says or stops everything, a key has its class, copies are
 * nobody's. */
#include <string.h>
#include <sys/stat.h>

#include "src/base/fs.h"
#include "src/signer/home.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"

struct place {
	struct sample s;
	const char *dir;
	struct home home;
};

static void open_again(struct place *p)
{
	struct err e = {0};

	home_release(&p->home);
	assert_ok(home_open(&p->home, p->dir, &e), &e);
}

static struct place fresh(void)
{
	struct place p = {0};
	struct err e = {0};

	sample_init(&p.s, 84532999);
	p.dir = arena_fmt(&p.s.a, "%s/home", temporary_directory(&p.s.a));
	assert_ok(home_make(p.dir, &e), &e);
	assert_ok(home_open(&p.home, p.dir, &e), &e);
	return p;
}

static void done(struct place *p)
{
	home_release(&p->home);
	sample_release(&p->s);
}

static void put(struct place *p, const char *name, const char *text)
{
	struct err e = {0};

	assert_ok(fs_write(arena_fmt(&p->s.a, "%s/%s", p->dir, name), span_str(text), 0600, &e), &e);
}

static void refused(struct place *p, const char *code)
{
	struct err e = {0};

	home_release(&p->home);
	assert_false(home_open(&p->home, p->dir, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_string_equal(e.refusal, code);
	err_clear(&e);
}

static struct addr owner(const struct place *p, size_t i)
{
	return p->s.d.people[i].address;
}

static void directories_are_for_their_owner_alone(void **state)
{
	static const char *const subs[] = { "", "/keys", "/pins" };
	struct place p = fresh();
	struct stat st;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(subs); i++) {
		assert_int_equal(stat(arena_fmt(&p.s.a, "%s%s", p.dir, subs[i]), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0700);
	}
	assert_int_equal(p.home.n_keys + p.home.n_pins, 0);
	done(&p);
}

static void a_pin_comes_back_as_it_was(void **state)
{
	struct place p = fresh();
	struct err e = {0};
	struct addr stranger = {{ 1 }}, first;

	(void)state;
	assert_ok(home_add_pin(&p.home, &p.s.d, NULL, &e), &e);
	open_again(&p);
	assert_int_equal(p.home.n_pins, 1);
	assert_non_null(home_pin(&p.home, &p.s.d.id));
	assert_true(hash32_eq(&p.home.pins[0].deployment.id, &p.s.d.id));
	assert_int_equal(p.home.pins[0].deployment.n_endpoints, 0);
	first = owner(&p, 0);
	assert_true(home_is_any_owner(&p.home, &first));
	assert_false(home_is_any_owner(&p.home, &stranger));
	done(&p);
}

static void a_pin_takes_anothers_place(void **state)
{
	struct place p = fresh();
	struct sample other;
	struct err e = {0};

	(void)state;
	assert_ok(home_add_pin(&p.home, &p.s.d, NULL, &e), &e);
	open_again(&p);
	sample_init(&other, 84532001);
	assert_ok(home_add_pin(&p.home, &other.d, &p.home.pins[0], &e), &e);
	open_again(&p);
	assert_int_equal(p.home.n_pins, 1);
	assert_non_null(home_pin(&p.home, &other.d.id));
	assert_null(home_pin(&p.home, &p.s.d.id));
	sample_release(&other);
	done(&p);
}

static void a_pin_that_is_not_what_its_name_says_stops_everything(void **state)
{
	struct place p = fresh();
	struct buf text = {0};
	const char *name = arena_fmt(&p.s.a, "pins/%064d.json", 7);

	(void)state;
	json_canonical(&text, p.s.d.identity);
	put(&p, name, buf_cstr(&text));
	refused(&p, "PIN");
	put(&p, name, "{}");
	refused(&p, "PIN");
	put(&p, name, "");
	refused(&p, "PIN");
	buf_release(&text);
	done(&p);
}

static void a_key_without_its_class_stops_everything(void **state)
{
	struct place p = fresh();

	(void)state;
	put(&p, "keys/0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1.json", "{}");
	refused(&p, "KEY");
	put(&p, "keys/0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1.class", "productio\n");
	refused(&p, "KEY");
	put(&p, "keys/0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1.class", "production\n");
	open_again(&p);
	assert_int_equal(p.home.n_keys, 1);
	assert_int_equal(p.home.keys[0].class, CLASS_PRODUCTION);
	assert_false(p.home.keys[0].finished);           /* the journal says that, not the file */
	done(&p);
}

static void a_finished_key_is_not_replaced(void **state)
{
	struct place p = fresh();
	const struct addr a = owner(&p, 0);
	struct err e = {0};

	(void)state;
	assert_ok(home_add_key(&p.home, &a, CLASS_TEST, span_str("one"), &e), &e);
	open_again(&p);
	p.home.keys[0].finished = true;
	assert_false(home_add_key(&p.home, &a, CLASS_PRODUCTION, span_str("two"), &e));
	assert_err(&e, ERR_REFUSED, "[EXISTS] this key is here already");
	err_clear(&e);
	open_again(&p);
	assert_int_equal(p.home.keys[0].class, CLASS_TEST);
	/* one that was never finished is */
	assert_ok(home_add_key(&p.home, &a, CLASS_REHEARSAL, span_str("two"), &e), &e);
	open_again(&p);
	assert_int_equal(p.home.n_keys, 1);
	assert_int_equal(p.home.keys[0].class, CLASS_REHEARSAL);
	home_remove_key(&p.home, &a);
	open_again(&p);
	assert_int_equal(p.home.n_keys, 0);
	done(&p);
}

static void files_of_other_names_are_nobodys(void **state)
{
	struct place p = fresh();

	(void)state;
	put(&p, "keys/old copy.json", "{}");
	put(&p, "keys/.0x.json", "{}");
	put(&p, "pins/.hidden.json", "{}");
	put(&p, "pins/notes.txt", "call p2");
	open_again(&p);
	assert_int_equal(p.home.n_keys + p.home.n_pins, 0);
	done(&p);
}

static void a_class_is_one_of_three(void **state)
{
	enum deployment_class c;
	struct err e = {0};

	(void)state;
	assert_true(class_parse(&c, span_str("rehearsal"), &e));
	assert_int_equal(c, CLASS_REHEARSAL);
	assert_false(class_parse(&c, span_str("Test"), &e));
	assert_err(&e, ERR_USAGE, "a class is production, test or rehearsal");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directories_are_for_their_owner_alone),
		cmocka_unit_test(a_pin_comes_back_as_it_was),
		cmocka_unit_test(a_pin_takes_anothers_place),
		cmocka_unit_test(a_pin_that_is_not_what_its_name_says_stops_everything),
		cmocka_unit_test(a_key_without_its_class_stops_everything),
		cmocka_unit_test(a_finished_key_is_not_replaced),
		cmocka_unit_test(files_of_other_names_are_nobodys),
		cmocka_unit_test(a_class_is_one_of_three),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
