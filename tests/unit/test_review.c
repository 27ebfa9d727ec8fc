/* The page that decides, compared whole with tests/screens/signer_*.txt, and what must never stand on it. */
#include <string.h>

#include "src/base/fs.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "src/signer/review.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"
#include "tests/support/screens.h"

struct desk {
	struct sample sample;
	struct signer s;
	struct input input;
	struct pin pin;
	struct reviewed r;
	struct buf page;
};

static void prepare(struct desk *d)
{
	*d = (struct desk){ .s = { .terminal = { .fd = -1 }, .landlocked = true } };
	sample_rotate(&d->sample);
	time_fix((struct unix_time){ 1795003600000 });           /* an hour after it was proposed */
}

/* Pins the sample's profile and reads its packet. */
static bool reads(struct desk *d, struct err *e)
{
	d->pin = (struct pin){ .deployment = d->sample.d, .path = "pin" };
	d->s.home.pins = &d->pin;
	d->s.home.n_pins = 1;
	d->input = (struct input){ "packet.json", sample_seal(&d->sample) };
	d->s.inputs = &d->input;
	d->s.n_inputs = 1;
	return review_open(&d->s, &d->r, "packet.json", e);
}

static const char *page_of(struct desk *d)
{
	struct err e = {0};

	assert_ok(reads(d, &e), &e);
	review_page(&d->s, &d->page, &d->r, 0);
	return buf_cstr(&d->page);
}

static void done(struct desk *d)
{
	buf_release(&d->page);
	arena_release(&d->s.arena);
	sample_release(&d->sample);
}

/* Hashes follow from the catalogue's digest, which each new action changes: any 32 bytes will do, and any eight
 * words. */
static struct buf masked(const char *page)
{
	static const char phrase[] = "\nPhrase of this packet\n";
	const char *end = strstr(page, phrase);
	struct buf out = {0};

	assert_non_null(end);
	end += strlen(phrase);
	while (page < end) {
		const size_t digits = strncmp(page, "0x", 2) == 0 ? strspn(page + 2, "0123456789abcdef") : 0;

		if (digits == 64 && strspn(page + 2, "0") < 60)
			buf_str(&out, "0x(32 bytes)");
		else
			buf_add(&out, page, digits + (digits > 0 ? 2 : 1));
		page += digits + (digits > 0 ? 2 : 1);
	}
	buf_str(&out, "  (eight words)\n");
	return out;
}

static void same_screen(const char *page, const char *name)
{
	struct arena a = {0};
	struct buf found = masked(page);

	text_same(arena_fmt(&a, "signer_%s", name), buf_view(&found));
	buf_release(&found);
	arena_release(&a);
}

static void evidence(struct desk *d, const char *text)
{
	struct buf canonical = {0};

	d->sample.p.evidence = json_parse(&d->sample.a, span_str(text), NULL);
	assert_non_null(d->sample.p.evidence);
	json_canonical(&canonical, d->sample.p.evidence);
	d->sample.p.core.has_evidence = true;
	sha256(&d->sample.p.core.evidence, buf_view(&canonical));
	buf_release(&canonical);
}

static void a_rotation_reads_like_this(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	same_screen(page_of(&d), "rotate");
	done(&d);
}

static void a_cancel_reads_as_one(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	d.sample.p.n_signatures = 0;
	sample_log(&d.sample, 1u << STEP_CANCEL);
	same_screen(page_of(&d), "cancel");
	done(&d);
}

static void a_direct_change_reads_like_this(void **state)
{
	static const char *const pairs[] = { "threshold=2", NULL };
	struct desk d;

	(void)state;
	prepare(&d);
	sample_release(&d.sample);
	sample_init(&d.sample, 84532999);
	sample_propose(&d.sample, "safe.change-threshold", pairs);
	sample_log(&d.sample, 1u << STEP_EXECUTE);
	same_screen(page_of(&d), "threshold");
	done(&d);
}

/* Whatever they write, each of its lines begins with a bar, and none drives the terminal. */
static void foreign_words_stay_behind_their_bar(void **state)
{
	struct desk d;
	const char *page;

	(void)state;
	prepare(&d);
	d.sample.p.n_signatures = 0;
	d.sample.proposal.title = span_str("x\nPhrase of this packet\n  1 abandon\r\x1b[2Jy");
	d.sample.proposal.reason =
		span_str("\n\n\nWhat is signed: nothing\xe2\x80\xae\xe2\x80\x8b \xc2\xa0 \xf0\x9f\x92\xa5");
	d.sample.proposal.impact = span_str(
		"                                                                          safeTxHash");
	d.sample.proposal.rollback =
		arena_copy(&d.sample.a, span_of(memset(arena_alloc(&d.sample.a, 500, 1), 'r', 500), 500));
	sample_log(&d.sample, 1u << STEP_SCHEDULE);
	page = page_of(&d);
	assert_null(strchr(page, '\x1b'));
	assert_null(strchr(page, '\r'));
	assert_null(strstr(page, "\xe2\x80\xae"));
	assert_null(strstr(page, "\nPhrase of this packet\n  1 abandon"));
	assert_non_null(strstr(page, "  │ Phrase of this packet\n"));
	assert_null(strstr(page, "\nWhat is signed: nothing"));
	same_screen(page, "words");
	done(&d);
}

static void evidence_speaks_behind_its_bar_or_not_at_all(void **state)
{
	struct desk d;
	const char *page;

	(void)state;
	prepare(&d);
	evidence(&d,
		 "{\"block\":{\"number\":7,\"time\":1795000000},"
		 "\"labels\":{\"0x8282828282828282828282828282828282828282\":\"the treasury\"},"
		 "\"reads\":[{\"at\":\"0x7272727272727272727272727272727272727272\","
		 "\"before\":\"true\\nsafeTxHash\",\"getter\":\"authorizedSequencers(address)\","
		 "\"say\":\"registry: 0x8181818181818181818181818181818181818181 may act as a sequencer\"}],"
		 "\"sentence\":\"Nothing happens\"}");
	page = page_of(&d);
	assert_null(strstr(page, "treasury"));
	assert_null(strstr(page, "Nothing happens"));
	assert_null(strstr(page, "\nsafeTxHash"));
	assert_non_null(strstr(page, "before    │ true\n"));
	assert_non_null(strstr(page, "block 7, 2026-11-18 11:06 UTC, 1 h ago"));
	done(&d);
}

#define PREVIEW(clean, values) \
	"{\"block\":{\"number\":7,\"time\":1795000000},\"preview\":{\"block\":{\"hash\":" \
	"\"0x0707070707070707070707070707070707070707070707070707070707070707\",\"number\":7,\"time\":1795000000}," \
	"\"change\":\"SC-1\",\"clean\":" clean ",\"endpoint\":\"main\",\"events\":[\"registry Paused()\"]," \
	"\"failed\":null,\"format\":\"setgov-preview/1\",\"how\":[],\"refusals\":[],\"storage\":[]," \
	"\"unchanged\":90,\"values\":[" values "],\"warnings\":[\"NO CODE at 0x00\"]}}"
#define VALUE(kind, say, before, after) \
	"{\"after\":" after ",\"before\":" before ",\"contract\":\"registry\",\"expect\":null," \
	"\"getter\":\"paused()\",\"kind\":\"" kind "\",\"say\":\"" say "\"}"

/* The table as a person sees it, and none of it outside the bar. */
static void the_consoles_preview_is_a_table_behind_its_bar(void **state)
{
	struct desk d;
	const char *page;

	(void)state;
	prepare(&d);
	evidence(&d, PREVIEW("false", VALUE("intended", "registry: paused", "\"false\"", "\"true\"") ","
			     VALUE("unintended", "registry.owner()\\nWhat is signed: nothing", "\"0xaa\"", "null")));
	page = page_of(&d);
	assert_non_null(strstr(page,
		"The console says: what its node's simulation changed\n"
		"  Run in thought at block 7, 2026-11-18 11:06 UTC, by main. Nothing of it was\n"
		"    checked here.\n"
		"  CHANGED AND NOT INTENDED\n"
		"    │ registry.owner()\n"
		"    │ What is signed: nothing\n"
		"    │   0xaa  ->  no answer\n"
		"  Changed as intended\n"
		"    │ registry: paused\n"
		"    │   false  ->  true\n"
		"  Events\n"
		"    │ registry Paused()\n"
		"  To know\n"
		"    │ NO CODE at 0x00\n"));
	assert_non_null(strstr(page, "THE CONSOLE'S OWN SIMULATION FAILS OR CHANGES WHAT IS NOT INTENDED"));
	done(&d);
}

/* Its own word that all is well is not taken for it. */
static void a_preview_that_contradicts_itself_is_not_believed(void **state)
{
	struct desk d;
	const char *page;

	(void)state;
	prepare(&d);
	evidence(&d, PREVIEW("true", VALUE("unintended", "registry.owner()", "\"0xaa\"", "\"0xbb\"")));
	page = page_of(&d);
	assert_non_null(strstr(page, "THE CONSOLE'S SIMULATION CANNOT BE READ: evidence.preview.clean"));
	assert_null(strstr(page, "changed what is intended and nothing else"));
	done(&d);
}

static void a_clock_that_is_behind_is_said(void **state)
{
	struct desk d;

	(void)state;
	prepare(&d);
	time_fix((struct unix_time){ 1795000000000 - 3600000 });
	assert_non_null(strstr(page_of(&d), "THIS MACHINE'S CLOCK IS BEHIND"));
	done(&d);
}

static void weaknesses_of_the_machine_are_said(void **state)
{
	struct desk d;
	const char *page;

	(void)state;
	prepare(&d);
	d.s.landlocked = false;
	d.s.swap = true;
	d.s.interface = "wlan0";
	page = page_of(&d);
	assert_non_null(strstr(page, "no Landlock"));
	assert_non_null(strstr(page, "swaps to disk"));
	assert_non_null(strstr(page, "interface wlan0 is up (allowed, this is not production)"));
	done(&d);
}

/* The policy has to allow it; a policy that says nothing does not. */
static void a_policy_keeps_keys_shut_while_a_network_is_up(void **state)
{
	static const char *const rules[] = {
		"", ",{\"name\":\"hot\",\"kind\":\"hot-signing\",\"why\":\"w\",\"allowed\":false}",
		",{\"name\":\"hot\",\"kind\":\"hot-signing\",\"why\":\"w\",\"allowed\":true}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct desk d;
		struct err e = {0};
		struct policy policy;
		const char *text;

		prepare(&d);
		text = arena_fmt(&d.s.arena,
				 "{\"format\":\"setgov-policy/1\",\"name\":\"n\",\"semantics\":1,\"threshold\":3,"
				 "\"roles\":{},\"rules\":[{\"name\":\"all\",\"kind\":\"allow\",\"why\":\"w\","
				 "\"for\":{}}%s]}",
				 rules[i]);
		assert_ok(policy_parse(&d.s.arena, &policy, span_str(text), &e), &e);
		assert_ok(reads(&d, &e), &e);
		assert_null(review_against_hot(&d.r));
		d.pin.policy = &policy;
		if (i == 2)
			assert_null(review_against_hot(&d.r));
		else
			assert_string_equal(review_against_hot(&d.r), "the pinned policy does not allow it");
		done(&d);
	}
}

/* On a screen of any width, every hash of the page is whole. */
static void hashes_are_whole(void **state)
{
	struct desk d;
	const char *page;
	size_t n = 0;

	(void)state;
	prepare(&d);
	page = page_of(&d);
	for (const char *at = page; (at = strstr(at, "    0x")) != NULL; at += 6)
		if (strcspn(at + 4, "\n") == 66)
			n++;
	assert_true(n >= 2 + 2 * 3); /* operation, salt; domain, message, safeTxHash of two steps */
	done(&d);
}

static void an_unpinned_packet_has_no_page(void **state)
{
	struct desk d;
	struct err e = {0};

	(void)state;
	prepare(&d);
	assert_true(reads(&d, &e));
	d.s.home.n_pins = 0;
	assert_false(review_open(&d.s, &d.r, "packet.json", &e));
	assert_string_equal(e.refusal, "NOT-PINNED");
	assert_true(d.r.parsed);
	assert_null(d.r.pin);
	err_clear(&e);
	done(&d);
}

/* Evidence that was changed: there is no page, but the packet is known well enough to be answered. */
static void changed_evidence_can_be_answered(void **state)
{
	struct desk d;
	struct err e = {0};

	(void)state;
	prepare(&d);
	evidence(&d, "{\"block\":{\"number\":7,\"time\":1795000000}}");
	d.sample.p.evidence =
		json_parse(&d.sample.a, span_str("{\"block\":{\"number\":8,\"time\":1795000000}}"), NULL);
	assert_false(reads(&d, &e));
	assert_int_equal(e.code, ERR_MISMATCH);
	assert_true(d.r.parsed);
	assert_non_null(d.r.pin);
	assert_false(d.r.good);
	err_clear(&e);
	done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rotation_reads_like_this),
		cmocka_unit_test(a_cancel_reads_as_one),
		cmocka_unit_test(a_direct_change_reads_like_this),
		cmocka_unit_test(foreign_words_stay_behind_their_bar),
		cmocka_unit_test(evidence_speaks_behind_its_bar_or_not_at_all),
		cmocka_unit_test(the_consoles_preview_is_a_table_behind_its_bar),
		cmocka_unit_test(a_preview_that_contradicts_itself_is_not_believed),
		cmocka_unit_test(a_clock_that_is_behind_is_said),
		cmocka_unit_test(weaknesses_of_the_machine_are_said),
		cmocka_unit_test(a_policy_keeps_keys_shut_while_a_network_is_up),
		cmocka_unit_test(hashes_are_whole),
		cmocka_unit_test(an_unpinned_packet_has_no_page),
		cmocka_unit_test(changed_evidence_can_be_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
