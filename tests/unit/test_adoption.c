/* An adoption, of a policy or a list of releases: one way to write it, every field is signed, how many owners it takes,
 * and what does not fit. */
#include "src/policy/adoption.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"

#define P(name, threshold) "{\"format\":\"setgov-policy/1\",\"name\":\"" name "\",\"rules\":[],\"semantics\":1," \
			   "\"threshold\":" threshold "}"
#define D32 "1111111111111111111111111111111111111111111111111111111111111111"
#define FILE_TEXT "{\"deployment\":\"" D32 "\",\"expires\":1795000000,\"format\":\"setgov-adoption/1\"," \
		  "\"origin\":\"setgov/1/log\",\"policy\":" P("New", "1") ",\"previous\":" P("Old", "3")   \
		  ",\"signatures\":[]}\n"

#define RELEASE(version) "{\"audit\":\"" D32 "\",\"codeHash\":\"0x" D32 "\",\"contract\":\"C\",\"layout\":\"" D32 \
			 "\",\"metadata\":null,\"version\":\"" version "\"}"
#define L(name, entries) "{\"format\":\"setgov-releases/1\",\"name\":\"" name "\",\"releases\":[" entries "]}"
#define RELEASES_TEXT "{\"deployment\":\"" D32 "\",\"expires\":0,\"format\":\"setgov-adoption/1\"," \
		      "\"origin\":\"setgov/1/log\",\"previous\":" L("Old", "") ",\"releases\":"   \
		      L("New", RELEASE("1.0")) ",\"signatures\":[]}\n"

static const struct { const char *text; enum adoptable_kind kind; const char *said; } files[] = {
	{ FILE_TEXT, ADOPT_POLICY, "the name: was Old, is New now" },
	{ RELEASES_TEXT, ADOPT_RELEASES, "  the name: was Old, is New now\n  COMES    C 1.0\n    code      0x" D32 "\n"
	  "    metadata  none\n    layout    " D32 "\n    audit     " D32 "\n" },
};

static void an_adoption_is_one_canonical_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct arena a = {0};
		struct adoption x;
		struct buf again = {0};
		struct err e = {0};

		assert_ok(adoption_parse(&a, &x, span_str(files[i].text), &e), &e);
		assert_int_equal(x.document->kind, files[i].kind);
		assert_span_str(x.document->name, "New");
		assert_span_str(x.previous->name, "Old");
		adoption_write(&a, &again, &x);
		assert_buf_str(&again, files[i].text);
		buf_clear(&again);
		adoptable_differences(&again, x.previous, x.document);
		assert_non_null(strstr(buf_cstr(&again), files[i].said));
		buf_release(&again);
		arena_release(&a);
	}
}

/* What is signed has its kind in it: the same digests under another kind are another message. */
static void the_terms_of_a_message_are_those_it_was_made_of(void **state)
{
	struct hash32 digests[N_ADOPTABLES];
	struct sample s;

	(void)state;
	sample_init(&s, 84532999);
	for (int k = 0; k < N_ADOPTABLES; k++) {
		const struct adoption_terms t = { .kind = (enum adoptable_kind)k, .origin = span_str("setgov/1/log"),
						  .deployment = {{1}}, .document = {{2}}, .previous = {{3}},
						  .expires = 4 };
		const struct message m = adoption_says(&t), other = { .type = MESSAGE_CHECKPOINT };
		struct adoption_terms again;

		assert_true(adoption_of(&again, &m));
		assert_int_equal(again.kind, k);
		assert_span_str(again.origin, "setgov/1/log");
		assert_int_equal(again.deployment.b[0], 1);
		assert_int_equal(again.document.b[0], 2);
		assert_int_equal(again.previous.b[0], 3);
		assert_int_equal(again.expires, 4);
		assert_false(adoption_of(&again, &other));
		message_digest(&digests[k], &s.d, &m);
	}
	assert_memory_not_equal(&digests[ADOPT_POLICY], &digests[ADOPT_RELEASES], sizeof(digests[0]));
	sample_release(&s);
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
	{ "\"signatures\"", "\"releases\":{},\"signatures\"", "policy, byte " },       /* one of the two */
	{ "\"policy\"", "\"releases\"", "releases.rules, byte 215: unknown member" },
	{ "setgov-policy/1\",\"name\":\"Old", "setgov-releases/1\",\"name\":\"Old", "previous.format, byte " },
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
	const struct adoptable *before, *after;
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
	o->before = adoptable_of_policy(&o->s.a, &o->old);
	o->after = adoptable_of_policy(&o->s.a, &o->new);
	o->x = (struct adoption){ .deployment = o->s.d.id, .origin = span_str("setgov/1/log"), .expires = 100,
				  .document = o->after, .previous = o->before };
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
	assert_int_equal(adoption_needs(&o.old, o.after, &o.s.d), 3);
	assert_int_equal(adoption_needs(NULL, o.after, &o.s.d), 3);      /* as the profile says */
	assert_int_equal(adoption_needs(NULL, adoptable_of_policy(&o.s.a, &many), &o.s.d), 5);    /* as there are */
	assert_int_equal(adoption_needs(&none, o.after, &o.s.d), 3);
	assert_int_equal(adoption_needs(&o.new, o.before, &o.s.d), 3);   /* not less, whatever a policy says */
	o.s.d.threshold = 4;
	assert_int_equal(adoption_needs(&o.old, o.after, &o.s.d), 4);
	o.s.d.threshold = 1;
	assert_int_equal(adoption_needs(&o.new, o.before, &o.s.d), 1);
	assert_int_equal(adoption_needs(NULL, o.before, &o.s.d), 3);
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

static void a_list_takes_as_many_owners_as_the_policy_in_force_says(void **state)
{
	struct offered o;
	struct policy four;
	struct releases list;
	struct err e = {0};

	(void)state;
	offer(&o);
	parse(&o.s.a, &four, P("Four", "4"));
	assert_ok(releases_parse(&o.s.a, &list, span_str(L("New", RELEASE("1.0"))), &e), &e);
	o.x.document = adoptable_of_releases(&o.s.a, &list);
	o.x.previous = NULL;
	assert_int_equal(adoption_needs(&four, o.x.document, &o.s.d), 4);
	assert_int_equal(adoption_needs(NULL, o.x.document, &o.s.d), 3);         /* as the profile says */
	sign(&o, 3);
	assert_false(adoption_is_complete(&o.x, &o.s.d, &four, &e));
	assert_err(&e, ERR_REFUSED, "[INCOMPLETE] 3 of 4 owners have signed it: 1 missing");
	err_clear(&e);
	sign(&o, 4);
	assert_ok(adoption_is_complete(&o.x, &o.s.d, &four, &e), &e);
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
			o.x.document = o.before;
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

static void refused(struct offered *o, const struct adoptable *in_force, struct unix_time now, const char *text)
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
	assert_ok(adoption_fits(&o.x, &o.s.d, o.before, in_time, &e), &e);
	assert_ok(adoption_fits(&o.x, &o.s.d, o.after, in_time, &e), &e);        /* in force already */
	refused(&o, o.before, late, "[EXPIRED] the offer lapsed on 1970-01-01 00:01 UTC: it has to be made again");
	refused(&o, NULL, in_time,
		"[PREVIOUS] it takes the place of the policy Old, and no policy is in force here");
	refused(&o, adoptable_of_policy(&o.s.a, &third), in_time,
		"[PREVIOUS] the policy that it takes the place of is not the one in force here: an older "
		"offer, or one made elsewhere");
	o.x.expires = 0;
	assert_ok(adoption_fits(&o.x, &o.s.d, o.before, late, &e), &e);
	o.x.previous = NULL;
	assert_ok(adoption_fits(&o.x, &o.s.d, NULL, in_time, &e), &e);
	refused(&o, o.before, in_time, "[PREVIOUS] it says that it is the first policy, and Old is in force here");
	o.x.deployment.b[31] ^= 1;
	refused(&o, NULL, in_time, "[DEPLOYMENT] an adoption for another deployment");
	sample_release(&o.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_adoption_is_one_canonical_line),
		cmocka_unit_test(anything_else_is_refused_with_its_place),
		cmocka_unit_test(the_terms_of_a_message_are_those_it_was_made_of),
		cmocka_unit_test(a_policy_cannot_lower_its_own_bar),
		cmocka_unit_test(a_list_takes_as_many_owners_as_the_policy_in_force_says),
		cmocka_unit_test(no_field_can_be_another_one_afterwards),
		cmocka_unit_test(what_is_for_another_place_or_time_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
