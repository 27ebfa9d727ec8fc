/* A policy's adoption: one way to write it, every field is signed, how many owners it takes, and what does not fit. */
#include "src/policy/adoption.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"

#define P(name, threshold) "{\"format\":\"setgov-policy/1\",\"name\":\"" name "\",\"rules\":[],\"semantics\":1," \
			   "\"threshold\":" threshold "}"
#define D32 "1111111111111111111111111111111111111111111111111111111111111111"
#define FILE_TEXT "{\"deployment\":\"" D32 "\",\"expires\":1795000000,\"format\":\"setgov-adoption/1\"," \
		  "\"origin\":\"setgov/1/log\",\"policy\":" P("New", "1") ",\"previous\":" P("Old", "3")   \
		  ",\"signatures\":[]}\n"

static void an_adoption_is_one_canonical_line(void **state)
{
	struct arena a = {0};
	struct adoption x;
	struct buf again = {0};
	struct err e = {0};

	(void)state;
	assert_ok(adoption_parse(&a, &x, span_str(FILE_TEXT), &e), &e);
	assert_span_str(x.policy->name, "New");
	assert_span_str(x.previous->name, "Old");
	adoption_write(&a, &again, &x);
	assert_buf_str(&again, FILE_TEXT);
	buf_release(&again);
	arena_release(&a);
}

static const struct { const char *from, *to, *error; } changed[] = {
	{ "{\"deployment", " {\"deployment", "byte 0: not canonical JSON on one line" },
	{ "\n", "\n\n", "byte 354: not canonical JSON on one line" },
	{ "adoption/1", "adoption/2", "format, byte 111: needed setgov-adoption/1" },
	{ "setgov/1/log", "a b", "origin, byte 140: needed the name of a log" },
	{ "\"rules\":[]", "\"rules\":{}", "policy.rules, byte 213: needed an array, found an object" },
	{ "\"previous\"", "\"prior\":null,\"previous\"", "prior, byte 253: " },
	{ "\"previous\":" P("Old", "3") ",", "", "previous, byte 0: missing" },
	{ "\"signatures\":[]", "\"signatures\":{}", "signatures" },
	{ "\"signatures\":[]", "\"signatures\":[{}]", "signatures[0].owner" },
	{ "1795000000", "\"1795000000\"", "expires" },
};

static void anything_else_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
		const char *at = strstr(FILE_TEXT, changed[i].from);
		struct arena a = {0};
		struct adoption x;
		struct err e = {0};
		struct buf text = {0}, said = {0};

		assert_non_null(at);
		buf_add(&text, FILE_TEXT, (size_t)(at - FILE_TEXT));
		buf_str(&text, changed[i].to);
		buf_str(&text, at + strlen(changed[i].from));
		assert_false(adoption_parse(&a, &x, buf_view(&text), &e));
		err_format(&e, &said);
		if (strncmp(buf_cstr(&said), changed[i].error, strlen(changed[i].error)) != 0)
			fail_msg("\"%s\" != \"%s\"", buf_cstr(&said), changed[i].error);
		err_clear(&e);
		buf_release(&text);
		buf_release(&said);
		arena_release(&a);
	}
}

/* ---- an offer among five owners, p1 to p5, whose keys are of bytes 1 to 5 ---- */

struct offered {
	struct sample s;
	struct policy old, new;
	struct adoption x;
	struct message_signature v[SAMPLE_OWNERS];
};

static void parse(struct arena *a, struct policy *out, const char *text)
{
	struct err e = {0};

	assert_ok(policy_parse(a, out, span_str(text), &e), &e);
}

static void sign(struct offered *o, size_t n)
{
	const struct message m = adoption_message(&o->x);
	struct hash32 digest;

	message_digest(&digest, &o->s.d, &m);
	for (size_t i = 0; i < n; i++) {
		uint8_t key[32];

		memset(key, (int)i + 1, sizeof(key));
		assert_true(sig_key_address(&o->v[i].owner, key, NULL));
		assert_true(sig_make(&o->v[i].sig, &digest, key));
	}
	o->x.signatures = o->v;
	o->x.n = n;
}

static void offer(struct offered *o)
{
	*o = (struct offered){0};
	sample_init(&o->s, 84532999);
	parse(&o->s.a, &o->old, P("Old", "3"));
	parse(&o->s.a, &o->new, P("New", "1"));
	o->x = (struct adoption){ .deployment = o->s.d.id, .origin = span_str("setgov/1/log"), .expires = 100,
				  .policy = &o->new, .previous = &o->old };
}

static const struct unix_time in_time = { 100999 }, late = { 101000 };

static void a_policy_cannot_lower_its_own_bar(void **state)
{
	struct offered o;
	struct policy none, many;
	struct err e = {0};

	(void)state;
	offer(&o);
	parse(&o.s.a, &many, P("Many", "9"));
	parse(&o.s.a, &none, P("None", "0"));
	assert_int_equal(adoption_needs(&o.old, &o.new, &o.s.d), 3);
	assert_int_equal(adoption_needs(NULL, &o.new, &o.s.d), 3);       /* as the profile says */
	assert_int_equal(adoption_needs(NULL, &many, &o.s.d), 5);        /* no more than there are */
	assert_int_equal(adoption_needs(&none, &o.new, &o.s.d), 3);
	assert_int_equal(adoption_needs(&o.new, &o.old, &o.s.d), 3);     /* not less, whatever a policy says */
	o.s.d.threshold = 4;
	assert_int_equal(adoption_needs(&o.old, &o.new, &o.s.d), 4);
	o.s.d.threshold = 1;
	assert_int_equal(adoption_needs(&o.new, &o.old, &o.s.d), 1);
	assert_int_equal(adoption_needs(NULL, &o.old, &o.s.d), 3);
	o.s.d.threshold = 3;
	sign(&o, 2);
	assert_false(adoption_is_complete(&o.x, &o.s.d, &o.old, &e));
	assert_err(&e, ERR_REFUSED, "[INCOMPLETE] 2 of 3 owners have signed it: 1 missing");
	err_clear(&e);
	sign(&o, 3);
	assert_ok(adoption_is_complete(&o.x, &o.s.d, &o.old, &e), &e);
	o.v[2] = o.v[1];
	assert_false(adoption_is_complete(&o.x, &o.s.d, &o.old, &e));
	assert_err(&e, ERR_REFUSED, "[INCOMPLETE] 2 of 3 owners have signed it: 1 missing");
	err_clear(&e);
	sample_release(&o.s);
}

static void no_field_can_be_another_one_afterwards(void **state)
{
	struct offered o;
	struct err e = {0};

	(void)state;
	for (int field = 0; field < 6; field++) {
		offer(&o);
		sign(&o, 3);
		assert_ok(adoption_is_complete(&o.x, &o.s.d, &o.old, &e), &e);
		if (field == 0)
			o.x.origin = span_str("setgov/1/other");
		else if (field == 1)
			o.x.deployment.b[0] ^= 1;
		else if (field == 2)
			o.x.policy = &o.old;
		else if (field == 3)
			o.x.previous = NULL;
		else if (field == 4)
			o.x.expires = 0;
		else
			o.v[0].owner = o.v[1].owner;
		assert_false(adoption_is_complete(&o.x, &o.s.d, &o.old, &e));
		assert_string_equal(e.refusal, "WRONG-OWNER");
		err_clear(&e);
		sample_release(&o.s);
	}
}

static void refused(struct offered *o, const struct policy *in_force, struct unix_time now, const char *text)
{
	struct err e = {0};

	assert_false(adoption_fits(&o->x, &o->s.d, in_force, now, &e));
	assert_err(&e, ERR_REFUSED, text);
	err_clear(&e);
}

static void what_is_for_another_place_or_time_does_not_fit(void **state)
{
	struct offered o;
	struct policy third;
	struct err e = {0};

	(void)state;
	offer(&o);
	parse(&o.s.a, &third, P("Third", "3"));
	assert_ok(adoption_fits(&o.x, &o.s.d, &o.old, in_time, &e), &e);
	assert_ok(adoption_fits(&o.x, &o.s.d, &o.new, in_time, &e), &e);         /* in force already */
	refused(&o, &o.old, late, "[EXPIRED] the offer lapsed on 1970-01-01 00:01 UTC: it has to be made again");
	refused(&o, NULL, in_time,
		"[PREVIOUS] it takes the place of the policy Old, and no policy is in force here");
	refused(&o, &third, in_time, "[PREVIOUS] the policy that it takes the place of is not the one in force here: "
		"an older offer, or one made elsewhere");
	o.x.expires = 0;
	assert_ok(adoption_fits(&o.x, &o.s.d, &o.old, late, &e), &e);
	o.x.previous = NULL;
	assert_ok(adoption_fits(&o.x, &o.s.d, NULL, in_time, &e), &e);
	refused(&o, &o.old, in_time, "[PREVIOUS] it says that it is the first policy, and Old is in force here");
	o.x.deployment.b[31] ^= 1;
	refused(&o, NULL, in_time, "[DEPLOYMENT] an adoption for another deployment");
	sample_release(&o.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_adoption_is_one_canonical_line),
		cmocka_unit_test(anything_else_is_refused_with_its_place),
		cmocka_unit_test(a_policy_cannot_lower_its_own_bar),
		cmocka_unit_test(no_field_can_be_another_one_afterwards),
		cmocka_unit_test(what_is_for_another_place_or_time_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
