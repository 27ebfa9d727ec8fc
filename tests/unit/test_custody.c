/* What events about owners, modules, roles and code come to, and within what they happened. */
#include "src/evm/abi.h"
#include "src/gov/custody.h"
#include "tests/support/check.h"

static const struct addr safe = {{ 1 }}, timelock = {{ 2 }}, registry = {{ 3 }};
static const struct addr a1 = { .b = { [19] = 0xa1 } }, a2 = { .b = { [19] = 0xa2 } }, a3 = { .b = { [19] = 0xa3 } };

struct world {
	struct arena a;
	struct hash32 topics[N_CUSTODY_KINDS];
	struct custody_event v[32];
	size_t n;
	struct custody c;
};

static void set_up(struct world *w)
{
	memset(w, 0, sizeof(*w));
	custody_topics(w->topics);
}

static void tear_down(struct world *w)
{
	arena_release(&w->a);
}

static struct hash32 word(const struct addr *at)
{
	struct hash32 out = {{0}};
	memcpy(out.b + 12, at->b, sizeof(at->b));
	return out;
}

static struct custody_event *put(struct world *w, const struct addr *at, enum custody_kind kind, const struct addr *who)
{
	struct custody_event *e = &w->v[w->n];
	*e = (struct custody_event){ .kind = kind, .at = *at, .index = w->n, .tx = {{ (uint8_t)w->n }} };
	w->n++;
	if (who != NULL)
		e->who = *who;
	return e;
}

static void made(struct world *w, const struct addr *owners, size_t n)
{
	struct custody_event *e = put(w, &safe, CUSTODY_SAFE_MADE, NULL);
	e->owners = owners;
	e->n_owners = n;
	e->number = n;
}

static void replay(struct world *w)
{
	custody_replay(&w->a, &w->c, &safe, &timelock, w->v, w->n);
}

/* ---- reading ---- */

static void read_says(struct world *w, const struct chain_event *e, enum custody_kind kind, struct custody_event *out)
{
	bool unreadable;
	assert_true(custody_read(&w->a, out, w->topics, e, &unreadable));
	assert_false(unreadable);
	assert_int_equal(out->kind, kind);
}

static void an_owner_is_read_from_a_topic_or_from_data(void **state)
{
	struct world w;
	struct custody_event got;
	struct hash32 who = word(&a1);
	(void)state;
	set_up(&w);
	struct chain_event e = { .address = safe, .topics = { w.topics[CUSTODY_OWNER_ADDED], who }, .n_topics = 2 };
	read_says(&w, &e, CUSTODY_OWNER_ADDED, &got);
	assert_true(addr_eq(&got.who, &a1));
	e.n_topics = 1;                                        /* Safe 1.3.0 */
	e.data = SPAN_HASH(&who);
	read_says(&w, &e, CUSTODY_OWNER_ADDED, &got);
	assert_true(addr_eq(&got.who, &a1));
	tear_down(&w);
}

static void a_setup_is_read_whole(void **state)
{
	struct world w;
	struct custody_event got;
	struct abi_value owners[2] = { abi_address(&abi_address_type, &a1), abi_address(&abi_address_type, &a2) };
	struct abi_value items[4];
	const struct u256 two = u256_from_u64(2);
	struct buf data = {0};
	(void)state;
	set_up(&w);
	const struct abi_type *t = abi_type_parse(&w.a, span_str("(address[],uint256,address,address)"), NULL);
	items[0] = abi_items(t->fields[0].type, owners, 2);
	items[1] = abi_word(&abi_uint256, &two);
	items[2] = abi_address(&abi_address_type, &registry);
	items[3] = abi_address(&abi_address_type, &a3);
	const struct abi_value tuple = abi_items(t, items, 4);
	abi_encode(&data, &tuple);
	struct chain_event e = { .address = safe, .topics = { w.topics[CUSTODY_SAFE_MADE], word(&a3) }, .n_topics = 2,
				 .data = buf_view(&data) };
	read_says(&w, &e, CUSTODY_SAFE_MADE, &got);
	assert_int_equal(got.n_owners, 2);
	assert_true(addr_eq(&got.owners[1], &a2));
	assert_int_equal(got.number, 2);
	assert_true(addr_eq(&got.other, &registry) && addr_eq(&got.who, &a3));
	e.data.n--;
	bool unreadable;
	assert_false(custody_read(&w.a, &got, w.topics, &e, &unreadable));
	assert_true(unreadable);
	buf_release(&data);
	tear_down(&w);
}

static void what_is_not_what_its_topic_says_counts_for_nothing(void **state)
{
	struct world w;
	struct custody_event got;
	struct hash32 who = word(&a1);
	bool unreadable;
	(void)state;
	set_up(&w);
	struct chain_event e = { .address = safe, .topics = { w.topics[CUSTODY_OWNER_ADDED], who }, .n_topics = 2,
				 .data = SPAN_HASH(&who) };
	assert_false(custody_read(&w.a, &got, w.topics, &e, &unreadable));           /* a word too many */
	assert_true(unreadable);
	e.data = span_of(NULL, 0);
	e.topics[1].b[0] = 1;
	assert_false(custody_read(&w.a, &got, w.topics, &e, &unreadable));           /* no address */
	assert_true(unreadable);
	e.topics[0] = (struct hash32){{ 5 }};
	assert_false(custody_read(&w.a, &got, w.topics, &e, &unreadable));           /* something else */
	assert_false(unreadable);
	e.topics[0] = w.topics[CUSTODY_GRANTED];
	e.n_topics = 1;
	assert_false(custody_read(&w.a, &got, w.topics, &e, &unreadable));           /* roles are topics */
	assert_true(unreadable);
	tear_down(&w);
}

/* ---- replay ---- */

static void owners_are_those_of_the_setup_and_what_came_after(void **state)
{
	struct world w;
	const struct addr first[] = { a1, a2 };
	(void)state;
	set_up(&w);
	/* What the setup delegated to enables a module; its event is before that of the setup. */
	put(&w, &safe, CUSTODY_MODULE_ENABLED, &registry);
	made(&w, first, 2);
	put(&w, &safe, CUSTODY_OWNER_REMOVED, &a1);
	put(&w, &safe, CUSTODY_OWNER_ADDED, &a3);
	put(&w, &safe, CUSTODY_THRESHOLD, NULL)->number = 1;
	put(&w, &registry, CUSTODY_OWNER_ADDED, &a1);          /* of another Safe */
	replay(&w);
	assert_ptr_equal(w.c.made, &w.v[1]);
	assert_int_equal(w.c.owners.n, 2);
	assert_null(custody_member(&w.c.owners, &a1));
	assert_ptr_equal(custody_member(&w.c.owners, &a2)->by, &w.v[1]);
	assert_ptr_equal(custody_member(&w.c.owners, &a3)->by, &w.v[3]);
	assert_non_null(custody_member(&w.c.modules, &registry));
	assert_int_equal(w.c.ever.n, 4);
	assert_int_equal(w.c.threshold.number, 1);
	assert_true(w.c.guard.known && w.c.guard.by == NULL && addr_is_zero(&w.c.guard.at));
	assert_false(w.c.singleton.known);
	tear_down(&w);
}

static void a_second_setup_is_not_one(void **state)
{
	struct world w;
	const struct addr first[] = { a1 }, second[] = { a3 };
	(void)state;
	set_up(&w);
	made(&w, first, 1);
	made(&w, second, 1);
	replay(&w);
	assert_int_equal(w.c.owners.n, 1);
	assert_non_null(custody_member(&w.c.owners, &a1));
	tear_down(&w);
}

static void without_a_setup_nothing_is_said_of_owners(void **state)
{
	struct world w;
	(void)state;
	set_up(&w);
	put(&w, &safe, CUSTODY_OWNER_ADDED, &a3);
	replay(&w);
	assert_null(w.c.made);
	assert_false(w.c.threshold.known || w.c.guard.known || w.c.timelock_whole);
	tear_down(&w);
}

static void a_role_that_was_taken_back_is_not_held(void **state)
{
	struct world w;
	const struct hash32 role = {{ 9 }};
	(void)state;
	set_up(&w);
	put(&w, &timelock, CUSTODY_GRANTED, &a1)->id = role;
	put(&w, &timelock, CUSTODY_GRANTED, &a2)->id = role;
	put(&w, &timelock, CUSTODY_DELAY, NULL)->from_nothing = true;
	put(&w, &timelock, CUSTODY_REVOKED, &a1)->id = role;
	put(&w, &registry, CUSTODY_REVOKED, &a2)->id = role;   /* of another contract */
	put(&w, &timelock, CUSTODY_DELAY, NULL)->number = 5;
	replay(&w);
	assert_null(custody_role(&w.c, &role, &a1));
	assert_ptr_equal(custody_role(&w.c, &role, &a2)->by, &w.v[1]);
	assert_true(w.c.timelock_whole);
	assert_int_equal(w.c.delay.number, 5);
	tear_down(&w);
}

static void the_newest_owner_and_code_of_a_contract_hold(void **state)
{
	struct world w;
	(void)state;
	set_up(&w);
	put(&w, &registry, CUSTODY_OWNED, &a1);
	put(&w, &registry, CUSTODY_UPGRADED, &a2);
	put(&w, &registry, CUSTODY_OWNED, &a3);
	replay(&w);
	const struct custody_contract *c = custody_contract(&w.c, &registry);
	assert_true(c->owner.known && addr_eq(&c->owner.at, &a3) && addr_eq(&c->implementation.at, &a2));
	assert_false(c->admin.known);
	tear_down(&w);
}

static void the_factory_says_whose_code_it_was_made_with(void **state)
{
	struct world w;
	(void)state;
	set_up(&w);
	put(&w, &registry, CUSTODY_PROXY_MADE, &a1)->other = a2;      /* of another Safe */
	put(&w, &registry, CUSTODY_PROXY_MADE, &safe)->other = a3;
	replay(&w);
	assert_true(addr_eq(&w.c.singleton.at, &a3));
	put(&w, &safe, CUSTODY_SINGLETON, &a1);
	replay(&w);
	assert_true(addr_eq(&w.c.singleton.at, &a1));
	tear_down(&w);
}

static void more_members_than_anybody_looks_at_are_said_to_be_more(void **state)
{
	struct world w;
	struct custody_event *v;
	(void)state;
	set_up(&w);
	v = ARENA_ARRAY(&w.a, struct custody_event, CUSTODY_MAX + 1);
	for (size_t i = 0; i <= CUSTODY_MAX; i++)
		v[i] = (struct custody_event){ .kind = CUSTODY_MODULE_ENABLED, .at = safe,
					       .who = {{ (uint8_t)(i >> 8), (uint8_t)i, 1 }} };
	custody_replay(&w.a, &w.c, &safe, &timelock, v, CUSTODY_MAX + 1);
	assert_int_equal(w.c.modules.n, CUSTODY_MAX);
	assert_true(w.c.more);
	tear_down(&w);
}

/* ---- within ---- */

static void an_event_is_of_the_next_execution_in_its_transaction(void **state)
{
	struct world w;
	(void)state;
	set_up(&w);
	put(&w, &safe, CUSTODY_OWNER_ADDED, &a1);              /* alone */
	put(&w, &safe, CUSTODY_THRESHOLD, NULL);
	put(&w, &safe, CUSTODY_SAFE_RAN, NULL);
	put(&w, &safe, CUSTODY_MODULE_ENABLED, &a2);           /* after it, in the same transaction */
	put(&w, &registry, CUSTODY_OWNED, &a3);
	put(&w, &registry, CUSTODY_SAFE_RAN, NULL);            /* says who is not the Safe */
	put(&w, &timelock, CUSTODY_OPERATION_RAN, NULL);
	put(&w, &safe, CUSTODY_SAFE_RAN, NULL);
	for (size_t i = 1; i < 4; i++)
		w.v[i].tx = (struct hash32){{ 0xee }};
	for (size_t i = 4; i < 8; i++)
		w.v[i].tx = (struct hash32){{ 0xff }};
	const struct custody_event **in = custody_within(&w.a, &safe, &timelock, w.v, w.n);
	assert_null(in[0]);
	assert_ptr_equal(in[1], &w.v[2]);
	assert_null(in[3]);
	assert_ptr_equal(in[4], &w.v[6]);
	assert_ptr_equal(in[6], &w.v[7]);
	tear_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_owner_is_read_from_a_topic_or_from_data),
		cmocka_unit_test(a_setup_is_read_whole),
		cmocka_unit_test(what_is_not_what_its_topic_says_counts_for_nothing),
		cmocka_unit_test(owners_are_those_of_the_setup_and_what_came_after),
		cmocka_unit_test(a_second_setup_is_not_one),
		cmocka_unit_test(without_a_setup_nothing_is_said_of_owners),
		cmocka_unit_test(a_role_that_was_taken_back_is_not_held),
		cmocka_unit_test(the_newest_owner_and_code_of_a_contract_hold),
		cmocka_unit_test(the_factory_says_whose_code_it_was_made_with),
		cmocka_unit_test(more_members_than_anybody_looks_at_are_said_to_be_more),
		cmocka_unit_test(an_event_is_of_the_next_execution_in_its_transaction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
