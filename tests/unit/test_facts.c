/* What reports say of a log: each fact from its lines, what is missing or not kept called so, and nothing left out
 * because it is not known. (test_policy.c has the facts that rules ask for.) */
#include <inttypes.h>

#include "audit-log/workspace.h"
#include "src/base/fs.h"
#include "src/evm/address.h"
#include "src/gov/findings.h"
#include "src/report/evidence.h"
#include "src/report/facts.h"
#include "tests/support/changes.h"
#include "tests/support/check.h"

#define NOW INT64_C(1750000000000)            /* 2025-06-15T15:06:40Z */
#define DAY (INT64_C(86400) * 1000)
#define P1 "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
#define P2 "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
#define P3 "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
#define H64(pair) pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair \
	pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair

#define H62(pair) pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair \
	pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair pair

struct bench {
	struct arena a;
	struct workspace ws;
	struct report r;
	struct report_source src;
	struct people people;         /* know_people() */
	struct hash32 evidence;       /* blob: a threshold of two */
};

static void bench_open(struct bench *b)
{
	struct err e = {0};
	struct buf profile = {0};

	*b = (struct bench){0};
	time_fix((struct unix_time){ NOW });
	assert_ok(fs_read(&profile, "contracts/deployments/demo.json", PROFILE_MAX, &e), &e);
	assert_ok(deployment_parse(&b->a, &b->ws.deployment, arena_copy(&b->a, buf_view(&profile)), &e), &e);
	assert_ok(pinned_builtin(&b->a, &b->ws.pin, &b->ws.deployment, &e), &e);
	buf_release(&profile);
	b->ws.log = test_log_create(temporary_directory(&b->a), NULL);
	assert_ok(log_begin(b->ws.log, &e) &&
		  log_add_blob(b->ws.log, span_str("{\"facts\":[{\"name\":\"safe.threshold\",\"source\":\"claimed\","
						   "\"value\":2}],\"reads\":[]}"), BLOB_PUBLIC, &b->evidence, &e) &&
		  log_commit(b->ws.log, &e), &e);
	b->ws.views = views_open(b->ws.log, &e);
	assert_ok(b->ws.views != NULL, &e);
	b->ws.actor = span_str("console");
	b->ws.auth = span_str("os-user");
	b->src = (struct report_source){ .ws = &b->ws, .tool = "test", .now = { NOW } };
}

static void bench_close(struct bench *b)
{
	views_release(b->ws.views);
	log_release(b->ws.log);
	arena_release(&b->ws.arena);
	arena_release(&b->a);
}

/* A line by this actor; body is JSON. */
static uint64_t add(struct bench *b, const char *kind, const char *change, const char *actor, const char *body)
{
	struct line l = { .kind = span_str(kind), .change = span_str(change), .actor = span_str(actor),
			  .auth = span_str("claimed") };
	struct err e = {0};

	l.body = json_parse(&b->a, span_str(body), &e);
	assert_ok(l.body != NULL && log_append(b->ws.log, &l, &e) && views_catch_up(b->ws.views, &e), &e);
	return l.seq;
}

#define WORDS \
	"{\"title\":\"Stop it\",\"reason\":\"because\",\"ticket\":\"T-1\",\"category\":\"%s\",\"impact\":\"none\"," \
	"\"rollback\":\"\",\"attachments\":[],\"actions\":[{\"action\":\"registry.pause\",\"args\":{}}]," \
	"\"route\":\"%s\",\"delay\":%u,\"after\":null"

static void draft(struct bench *b, const char *change, const char *by, const char *category, const char *route)
{
	const unsigned delay = strcmp(route, "direct") == 0 ? 0 : 86400;

	add(b, "change.drafted", change, by, arena_fmt(&b->a, WORDS "}", category, route, delay));
}

static void propose(struct bench *b, const char *change, const char *by, const char *category, const char *route)
{
	const unsigned delay = strcmp(route, "direct") == 0 ? 0 : 86400;

	add(b, "change.proposed", change, by,
	    arena_fmt(&b->a, WORDS ",\"calls\":[{\"data\":\"0x8456cb59\","
		      "\"to\":\"0x0DCd1Bf9A1b36cE34237eEaFef220932846BCD82\","
		      "\"value\":\"0\"}],\"predecessor\":\"0x" H64("00") "\",\"deployment\":\"" H64("11")
		      "\",\"catalogue\":\"" H64("11") "\",\"abi\":\"" H64("11") "\",\"policy\":null}",
		      category, route, delay));
}

static void pack(struct bench *b, const char *change, const char *step, unsigned nonce)
{
	struct buf digest = {0};

	buf_hex(&digest, SPAN_HASH(&b->evidence));
	add(b, "step.packed", change, "console",
	    arena_fmt(&b->a, "{\"core\":\"" H64("c0") "\",\"evidence\":\"%s\",\"nonce\":%u,\"packet\":\"" H64("ee")
		      "\",\"safeTxHash\":\"0x" H64("aa") "\",\"step\":\"%s\",\"supersedes\":null}",
		      buf_cstr(&digest), nonce, step));
	buf_release(&digest);
}

static void sign(struct bench *b, const char *change, const char *step, const char *who, const char *owner)
{
	add(b, "signature.added", change, who,
	    arena_fmt(&b->a, "{\"compared\":\"signer\",\"journalHead\":null,\"owner\":\"%s\",\"packet\":\"" H64("ee")
		      "\",\"safeTxHash\":\"0x" H64("aa") "\",\"signature\":\"" H64("dd") "\",\"step\":\"%s\"}",
		      owner, step));
}

static uint64_t mine(struct bench *b, const char *change, const char *step, int64_t ms)
{
	return add(b, "step.mined", change, "console",
		   arena_fmt(&b->a, "{\"block\":7,\"blockHash\":\"0x" H64("bb") "\",\"blockTime\":%" PRId64
			     ",\"gasUsed\":1,\"receipt\":\"" H64("cc") "\",\"safeTxHash\":\"0x" H64("aa")
			     "\",\"step\":\"%s\",\"txHash\":\"0x" H64("77") "\"}", ms / 1000, step));
}

/* A direct emergency, asked for by p1 and signed by him and p2: executed now. */
static void emergency(struct bench *b, const char *change)
{
	draft(b, change, "p1", "Emergency", "direct");
	propose(b, change, "p1", "Emergency", "direct");
	pack(b, change, "execute", 3);
	sign(b, change, "execute", "p1", P1);
	sign(b, change, "execute", "p2", P2);
	mine(b, change, "execute", NOW);
}

static void scheduled_and_executed(struct bench *b, const char *change, int64_t waited)
{
	draft(b, change, "p3", "normal", "timelock");
	propose(b, change, "p3", "normal", "timelock");
	mine(b, change, "schedule", NOW);
	mine(b, change, "execute", NOW + waited);
}

/* The log adopts the demo's profile, and gives p1 a name; reports are made with both. */
static void know_people(struct bench *b)
{
	struct buf identity = {0}, name = {0};
	struct hash32 profile, blob;
	struct err e = {0};

	json_canonical(&identity, b->ws.deployment.identity);
	person_name_write(&name, span_str("Ada Example"));
	assert_ok(log_begin(b->ws.log, &e) &&
		  log_add_blob(b->ws.log, buf_view(&identity), BLOB_PUBLIC, &profile, &e) &&
		  log_add_blob(b->ws.log, buf_view(&name), BLOB_PRIVATE, &blob, &e) && log_commit(b->ws.log, &e), &e);
	buf_clear(&identity);
	buf_clear(&name);
	buf_hex(&identity, SPAN_HASH(&profile));
	buf_hex(&name, SPAN_HASH(&blob));
	add(b, "deployment.adopted", "", "console", arena_fmt(&b->a, "{\"profile\":\"%s\"}", buf_cstr(&identity)));
	add(b, "person.named", "", "console", arena_fmt(&b->a, "{\"name\":\"%s\",\"person\":\"p1\"}", buf_cstr(&name)));
	assert_ok(people_look(&b->ws, &b->a, &b->people, &e), &e);
	b->src.people = &b->people;
	buf_release(&identity);
	buf_release(&name);
}

static struct report_section *section(struct bench *b, const char *id)
{
	for (struct report_section *s = b->r.first; s != NULL; s = s->next)
		if (strcmp(s->id, id) == 0)
			return s;
	fail_msg("no section %s", id);
	return NULL;
}

static const char *cell(const struct report_section *s, const struct report_row *row, const char *column)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (strcmp(s->columns[i], column) == 0)
			return row->cells[i];
	fail_msg("no column %s in %s", column, s->id);
	return NULL;
}

/* The first row whose first cell is this, or NULL. */
static struct report_row *find(const struct report_section *s, const char *first)
{
	struct report_row *row = s->first;

	while (row != NULL && strcmp(row->cells[0], first) != 0)
		row = row->next;
	return row;
}

static void assert_cell(struct bench *b, const char *id, const char *first, const char *column, const char *text,
			enum report_mark mark)
{
	const struct report_section *s = section(b, id);
	const struct report_row *row = find(s, first);

	if (row == NULL)
		fail_msg("%s has no row %s", id, first);
	assert_string_equal(cell(s, row, column), text);
	if (row->mark != mark)
		fail_msg("%s, %s: marked %s", id, first, report_mark_name(row->mark));
}

static void assert_fact(struct bench *b, const char *id, const char *field, const char *value, enum report_mark mark)
{
	assert_cell(b, id, field, "value", value, mark);
}

static void report_change(struct bench *b, const char *change)
{
	struct err e = {0};

	b->r = (struct report){0};
	assert_ok(facts_change(&b->a, &b->r, &b->src, span_str(change), &e), &e);
	facts_export(&b->a, &b->r, &b->src);
}

static void report_period(struct bench *b, int64_t from, int64_t to)
{
	const struct period p = { { from }, { to } };
	struct err e = {0};

	b->r = (struct report){0};
	assert_ok(facts_period(&b->a, &b->r, &b->src, &p, &e), &e);
}

/* ---- a change --------------------------------------------------------------------------------------------------- */

static void a_change_record_says_who_asked_and_who_approved(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	report_change(&b, "SC-1");
	assert_string_equal(b.r.title, "Change SC-1: Stop it");
	assert_fact(&b, "request", "requested_by", "p1", REPORT_PLAIN);
	assert_fact(&b, "request", "risk", "high", REPORT_PLAIN);
	assert_fact(&b, "request", "backout_plan", "", REPORT_LOOK);
	assert_fact(&b, "request", "emergency", "yes", REPORT_PLAIN);
	assert_fact(&b, "outcome", "outcome", "executed", REPORT_PLAIN);
	assert_fact(&b, "outcome", "effect_verified", "no: nobody read it back", REPORT_FINDING);
	assert_fact(&b, "outcome", "requester_is_approver", "yes", REPORT_LOOK);
	assert_cell(&b, "approvals", "execute", "approver_id", "p1", REPORT_LOOK);
	assert_cell(&b, "approvals", "execute", "is_requester", "yes", REPORT_LOOK);
	assert_cell(&b, "approval_evidence", "execute", "compared_by", "signer", REPORT_PLAIN);
	assert_cell(&b, "quorum", "execute", "quorum_needed", "2", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "quorum", "execute", "quorum_met", "yes", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "life_cycle", "executed_at", "time_source", "block", REPORT_PLAIN);
	assert_cell(&b, "life_cycle", "drafted_at", "time_source", "console clock", REPORT_PLAIN);
	assert_cell(&b, "blocks", "execute", "finality", "the chain was not asked", REPORT_PLAIN);
	assert_int_equal(section(&b, "history")->n, 6);
	bench_close(&b);
}

static void everybody_is_named_with_the_role_of_that_time(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	know_people(&b);
	emergency(&b, "SC-1");
	add(&b, "change.reviewed", "SC-1", "mallory", "{\"note\":\"fine\",\"outcome\":\"good\"}");
	report_change(&b, "SC-1");
	assert_fact(&b, "request", "requested_by", "p1", REPORT_PLAIN);
	assert_fact(&b, "request", "requester", "owner of the Safe: Ada Example", REPORT_PLAIN);
	assert_fact(&b, "post_review", "reviewer", "nobody of the profile", REPORT_PLAIN);
	assert_cell(&b, "approvals", "execute", "approver", "owner of the Safe: Ada Example", REPORT_LOOK);
	assert_cell(&b, "people", "p1", "name", "Ada Example", REPORT_PLAIN);
	assert_cell(&b, "people", "p1", "address", P1, REPORT_PLAIN);
	assert_cell(&b, "people", "payer", "role", "in the profile, no owner", REPORT_PLAIN);
	assert_int_equal(section(&b, "people")->n, 6);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_cell(&b, "emergencies", "SC-1", "declarer", "owner of the Safe: Ada Example", REPORT_PLAIN);
	assert_cell(&b, "changes", "SC-1", "approved_by", "p1, p2", REPORT_LOOK);
	assert_cell(&b, "signers", "p2", "approver", "owner of the Safe: no name in the log", REPORT_PLAIN);
	bench_close(&b);
}

static void finality_is_the_chains_word(void **state)
{
	struct bench b;
	struct snapshot look = { .online = true, .block = 9, .has_safe_head = true, .safe_head = 8,
				 .has_finalized = true, .finalized = 7 };

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	b.src.look = &look;
	report_change(&b, "SC-1");
	assert_cell(&b, "blocks", "execute", "finality", "finalized (up to block 7)", REPORT_PLAIN);
	look.finalized = 6;
	report_change(&b, "SC-1");
	assert_cell(&b, "blocks", "execute", "finality", "safe, not finalized (up to block 8)",
		    REPORT_PLAIN);
	look.safe_head = 6;
	report_change(&b, "SC-1");
	assert_cell(&b, "blocks", "execute", "finality", "not final: block 9 is the newest", REPORT_PLAIN);
	bench_close(&b);
}

static void fewer_signatures_than_the_threshold_are_a_finding(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	draft(&b, "SC-1", "p3", "normal", "direct");
	propose(&b, "SC-1", "p3", "normal", "direct");
	pack(&b, "SC-1", "execute", 3);
	sign(&b, "SC-1", "execute", "p1", P1);
	mine(&b, "SC-1", "execute", NOW);
	report_change(&b, "SC-1");
	assert_cell(&b, "quorum", "execute", "quorum_met", "no", REPORT_FINDING);
	assert_fact(&b, "outcome", "under_quorum", "yes: fewer signatures in this log than the Safe's threshold",
		    REPORT_FINDING);
	assert_fact(&b, "outcome", "requester_is_approver", "no, and not enough have signed", REPORT_PLAIN);
	bench_close(&b);
}

static void what_was_read_back_is_held_against_what_was_meant(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	add(&b, "change.verified", "SC-1", "console",
	    "{\"block\":8,\"ok\":false,\"reads\":[{\"contract\":\"registry\",\"expect\":\"true\",\"found\":\"true\","
	    "\"getter\":\"a()\"},{\"contract\":\"attestation\",\"expect\":\"true\",\"found\":\"false\","
	    "\"getter\":\"b()\"}]}");
	report_change(&b, "SC-1");
	assert_cell(&b, "effect_read_back", "registry", "found", "true", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "effect_read_back", "attestation", "found", "false", REPORT_FINDING);
	assert_int_equal(find(section(&b, "outcome"), "effect_verified")->mark, REPORT_FINDING);
	bench_close(&b);
}

/* As the console has it: the catalogue says which getter gives wei. */
static void what_is_in_wei_is_shown_in_a_unit(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	add(&b, "change.drafted", "SC-1", "p1",
	    "{\"title\":\"More\",\"reason\":\"because\",\"ticket\":\"\",\"category\":\"normal\",\"impact\":\"\","
	    "\"rollback\":\"\",\"attachments\":[],\"actions\":[{\"action\":\"paymaster.set-min-deposit\",\"args\":"
	    "{\"amount\":\"5000000000000000000\",\"contract\":\"paymaster\"}}],\"route\":\"timelock\",\"delay\":86400,"
	    "\"after\":null}");
	add(&b, "change.verified", "SC-1", "console",
	    "{\"block\":8,\"ok\":true,\"reads\":[{\"contract\":\"paymaster\",\"expect\":\"5000000000000000000\","
	    "\"found\":\"5000000000000000000\",\"getter\":\"minDeposit()\"}]}");
	report_change(&b, "SC-1");
	assert_cell(&b, "effect_read_back", "paymaster", "say", "paymaster: smallest deposit",
		    REPORT_AS_IT_SHOULD);
	assert_cell(&b, "effect_read_back", "paymaster", "expected", "5 ether", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "effect_read_back", "paymaster", "found", "5 ether", REPORT_AS_IT_SHOULD);
	bench_close(&b);
}

static void refusals_and_failures_are_listed(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	add(&b, "answer.refused", "SC-1", "p3",
	    "{\"code\":\"CALLS\",\"owner\":\"" P3 "\",\"packet\":\"" H64("ee") "\",\"safeTxHash\":\"0x" H64("aa")
	    "\",\"source\":\"" H64("12") "\",\"step\":\"execute\",\"text\":\"not those calls\"}");
	add(&b, "submit.rejected", "SC-1", "console",
	    "{\"code\":\"nonce\",\"endpoint\":\"main\",\"step\":\"execute\",\"text\":\"too low\",\"txHash\":null}");
	report_change(&b, "SC-1");
	assert_int_equal(section(&b, "denied")->n, 2);
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->first, "error"), "not those calls");
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->last, "error"), "too low");
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_int_equal(section(&b, "denied")->n, 2);
	assert_cell(&b, "signers", "p3", "refused_by_program", "1", REPORT_LOOK);
	bench_close(&b);
}

static void judged(struct bench *b, const char *step, const char *verdict)
{
	struct buf body = {0};

	buf_fmt(&body, "{\"evidence\":null,\"facts\":\"" H64("ab") "\",\"policy\":\"" H64("cd") "\",\"proposal\":null,"
		"\"step\":%s,\"verdict\":\"%s\"}", step, verdict);
	add(b, "policy.judged", "SC-1", "console", buf_cstr(&body));
	buf_release(&body);
}

static void what_the_policy_refused_is_listed_with_the_refusals(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	draft(&b, "SC-1", "p3", "normal", "timelock");
	judged(&b, "null", "pending");
	judged(&b, "null", "failed");
	report_change(&b, "SC-1");
	assert_int_equal(section(&b, "denied")->n, 1);
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->first, "code"), "POLICY");
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->first, "error"),
			    "the policy failed it; by which rule cannot be told: the policy is not in this log, or is "
			    "not readable any more");
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_int_equal(section(&b, "denied")->n, 1);
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->first, "code"), "POLICY");
	assert_int_equal(section(&b, "denied")->first->mark, REPORT_LOOK);
	bench_close(&b);
}

/* A verdict under each of two policies, and the submission that they stopped. */
static void what_the_policy_stopped_at_submit_is_one_row(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	draft(&b, "SC-1", "p3", "normal", "timelock");
	for (int attempt = 0; attempt < 2; attempt++) {
		judged(&b, "\"schedule\"", "failed");
		judged(&b, "\"schedule\"", "failed");
		add(&b, "submit.rejected", "SC-1", "console", "{\"code\":\"POLICY\",\"step\":\"schedule\","
		    "\"text\":\"failed: delay (waits 1 hour)\",\"txHash\":null}");
	}
	judged(&b, "\"execute\"", "failed");
	report_change(&b, "SC-1");
	assert_int_equal(section(&b, "denied")->n, 3);
	assert_int_equal(section(&b, "denied")->first->n_lines, 3);
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->first, "error"),
			    "failed: delay (waits 1 hour)");
	assert_string_equal(cell(section(&b, "denied"), section(&b, "denied")->first, "outcome"), "denied");
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_int_equal(section(&b, "denied")->n, 3);
	assert_int_equal(section(&b, "denied")->first->n_lines, 3);
	bench_close(&b);
}

static void what_is_no_changes_is_a_sentence(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	add(&b, "clock.stepped-back", "", "console",
	    "{\"from\":\"2025-06-15T15:06:41.000Z\",\"to\":\"2025-06-15T15:06:40.000Z\"}");
	add(&b, "meeting.opened", "", "p1",
	    "{\"agenda\":[\"SC-1\",\"SC-2\"],\"meeting\":\"M-1\",\"present\":[],\"title\":\"Weekly\"}");
	add(&b, "brand.new", "", "p1", "{\"a\":[1,2],\"b\":{\"c\":null,\"d\":true}}");
	report_period(&b, NOW - DAY, NOW + DAY);
	struct report_section *s = section(&b, "governance");
	const struct report_row *row = s->first->next;
	assert_string_equal(cell(s, row, "what"), "This machine's clock stepped back, from 2025-06-15T15:06:41.000Z to "
			    "2025-06-15T15:06:40.000Z");
	assert_int_equal(row->mark, REPORT_LOOK);
	assert_string_equal(cell(s, row->next, "what"),
			    "The meeting M-1 was opened: Weekly. Present: none. On the agenda: SC-1, SC-2");
	assert_string_equal(cell(s, row->next->next, "what"), "a: 1, 2; b: c none, d yes");
	bench_close(&b);
}

static void lines_that_cannot_be_understood_are_a_finding(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	draft(&b, "SC-1", "p1", "normal", "direct");
	add(&b, "step.packed", "SC-1", "console", "{\"step\":\"sideways\"}");
	report_change(&b, "SC-1");
	assert_fact(&b, "outcome", "outcome", "not understood", REPORT_PLAIN);
	assert_int_equal(find(section(&b, "outcome"), "trouble")->mark, REPORT_FINDING);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_int_equal(find(section(&b, "changes"), "SC-1")->mark, REPORT_FINDING);
	bench_close(&b);
}

/* Whoever holds the log key can write any line: it is a finding, and hides nothing else. */
/* Whoever goes back to a backup can show a checkpoint from before it: then nothing that was shown is lost. */
static void a_restore_that_lost_nothing_is_to_be_looked_at(void **state)
{
	struct bench b;
	struct buf leaf = {0};

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	const struct hash32 last = log_last_leaf(b.ws.log);
	buf_hex(&leaf, SPAN_HASH(&last));
	add(&b, "log.restored", "", "console",
	    arena_fmt(&b.a, "{\"anchors\":[],\"last\":%llu,\"lastLeaf\":\"%s\",\"missing\":0,"
		      "\"seen\":\"%s\",\"seenSize\":1}", (unsigned long long)log_size(b.ws.log) - 1, buf_cstr(&leaf),
		      "test.example/log\\n1\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n\\n"
		      "\\u2014 test.example/log "
		      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
		      "\\n"));
	buf_release(&leaf);
	report_change(&b, "SC-1");
	assert_non_null(section(&b, "gaps")->first);
	assert_int_equal(section(&b, "gaps")->first->mark, REPORT_LOOK);
	bench_close(&b);
}

static void a_line_that_nobody_can_read_hides_no_other(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	scheduled_and_executed(&b, "SC-2", DAY);
	add(&b, "step.packed", "SC-2", "console", "{\"step\":\"sideways\"}");
	add(&b, "checkpoint.cosigned", "", "console", "{}");
	add(&b, "log.restored", "", "console", "{}");
	report_change(&b, "SC-1");
	assert_fact(&b, "outcome", "outcome", "executed", REPORT_PLAIN);
	assert_int_equal(find(section(&b, "anchoring"), "cosigned_by")->mark, REPORT_FINDING);
	assert_int_equal(section(&b, "gaps")->first->mark, REPORT_FINDING);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_cell(&b, "changes", "SC-1", "outcome", "executed", REPORT_LOOK);
	assert_cell(&b, "changes", "SC-2", "outcome", "not understood", REPORT_FINDING);
	assert_int_equal(find(section(&b, "unanchored_tail"), "cosigned_lines")->mark, REPORT_FINDING);
	bench_close(&b);
}

static void a_policy_that_cannot_be_read_is_a_finding(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	report_change(&b, "SC-1");
	assert_fact(&b, "export", "policy_now", "none", REPORT_PLAIN);
	b.src.policy_trouble = "policy.json:1: not JSON";
	report_change(&b, "SC-1");
	assert_fact(&b, "export", "policy_now", "cannot be read: policy.json:1: not JSON", REPORT_FINDING);
	bench_close(&b);
}

static void a_change_that_is_not_there_is_missing(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	assert_false(facts_change(&b.a, &b.r, &b.src, span_str("SC-9"), &e));
	assert_err(&e, ERR_MISSING, "the log has no change SC-9");
	err_clear(&e);
	bench_close(&b);
}

/* ---- emergencies ------------------------------------------------------------------------------------------------ */

static void an_emergency_is_overdue_until_it_is_reviewed_in_time(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	b.src.now.ms = NOW + 3 * DAY;
	report_change(&b, "SC-1");
	assert_fact(&b, "post_review", "reviewed_by", "nobody yet", REPORT_PLAIN);
	assert_fact(&b, "post_review", "overdue", "no", REPORT_AS_IT_SHOULD);
	b.src.now.ms = NOW + 3 * DAY + 1;
	report_change(&b, "SC-1");
	assert_fact(&b, "post_review", "overdue", "yes", REPORT_FINDING);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_cell(&b, "emergency_reviews", "SC-1", "overdue", "yes", REPORT_FINDING);
	time_fix((struct unix_time){ NOW + DAY });
	add(&b, "change.reviewed", "SC-1", "p3", "{\"note\":\"fine\",\"outcome\":\"good\"}");
	report_change(&b, "SC-1");
	assert_fact(&b, "post_review", "reviewed_by", "p3", REPORT_AS_IT_SHOULD);
	assert_fact(&b, "post_review", "overdue", "no", REPORT_AS_IT_SHOULD);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_cell(&b, "emergency_reviews", "SC-1", "overdue", "no", REPORT_AS_IT_SHOULD);
	bench_close(&b);
}

static void a_review_by_who_asked_for_it_is_a_finding(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	add(&b, "change.reviewed", "SC-1", "p1", "{\"note\":\"\",\"outcome\":\"good\"}");
	report_change(&b, "SC-1");
	assert_fact(&b, "post_review", "reviewed_by", "p1", REPORT_FINDING);
	bench_close(&b);
}

static void an_emergency_says_what_it_was_let_off(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	report_change(&b, "SC-1");
	assert_fact(&b, "post_review", "declared_by", "p1", REPORT_PLAIN);
	assert_fact(&b, "post_review", "declared_reason", "because", REPORT_PLAIN);
	assert_fact(&b, "post_review", "bypassed_rule", "none: it was under no policy", REPORT_PLAIN);
	assert_fact(&b, "post_review", "scope", "this change alone", REPORT_PLAIN);
	assert_fact(&b, "post_review", "expires_at", "nothing was waived", REPORT_PLAIN);
	judged(&b, "\"execute\"", "passed");
	report_change(&b, "SC-1");
	assert_fact(&b, "post_review", "bypassed_rule", "not known of every verdict: the policy is not in this log, or "
		    "is not readable any more", REPORT_PLAIN);
	assert_fact(&b, "post_review", "expires_at", "not known", REPORT_PLAIN);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_cell(&b, "emergencies", "SC-1", "scope", "this change alone", REPORT_PLAIN);
	bench_close(&b);
}

/* ---- a period --------------------------------------------------------------------------------------------------- */

static void a_period_has_its_own_lines_and_changes_only(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	time_fix((struct unix_time){ NOW + 10 * DAY });
	draft(&b, "SC-2", "p2", "normal", "timelock");
	report_period(&b, NOW + DAY, NOW + 11 * DAY);
	assert_fact(&b, "range", "rows_in_range", "1", REPORT_PLAIN);
	assert_fact(&b, "range", "first_seq", "7", REPORT_PLAIN);
	assert_null(find(section(&b, "changes"), "SC-1"));
	assert_cell(&b, "changes", "SC-2", "outcome", "drafted", REPORT_PLAIN);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_fact(&b, "range", "rows_in_range", "7", REPORT_PLAIN);
	assert_null(find(section(&b, "changes"), "SC-2"));
	assert_cell(&b, "by_class", "Emergency, risk high: executed", "changes", "1", REPORT_PLAIN);
	assert_cell(&b, "signers", "p1", "signed", "1", REPORT_PLAIN);
	assert_cell(&b, "signers", "p4", "signed", "0", REPORT_LOOK);
	assert_cell(&b, "four_eyes", "SC-1", "exception", "the requester approved it", REPORT_LOOK);
	report_period(&b, NOW - 9 * DAY, NOW - 8 * DAY);
	assert_fact(&b, "range", "rows_in_range", "0", REPORT_PLAIN);
	assert_int_equal(section(&b, "changes")->n, 0);
	bench_close(&b);
}

static void a_period_that_is_to_come_says_so(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	report_period(&b, NOW + DAY, NOW + 2 * DAY);
	assert_fact(&b, "range", "not_over", "it lies in the future: nothing can be said of it", REPORT_LOOK);
	assert_fact(&b, "range", "rows_in_range", "0", REPORT_PLAIN);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_fact(&b, "range", "not_over", "it is not over: what comes after this report was made is not in it",
		    REPORT_LOOK);
	report_period(&b, NOW - DAY, NOW);
	assert_null(find(section(&b, "range"), "not_over"));
	bench_close(&b);
}

static void a_delay_that_was_not_kept_is_a_finding(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	scheduled_and_executed(&b, "SC-1", DAY);
	scheduled_and_executed(&b, "SC-2", DAY - 1000);
	report_period(&b, NOW - DAY, NOW + 2 * DAY);
	assert_cell(&b, "timelock_delays", "SC-1", "kept", "yes", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "timelock_delays", "SC-2", "kept", "no", REPORT_FINDING);
	assert_cell(&b, "timelock_delays", "SC-2", "delay_actual", "86399", REPORT_FINDING);
	assert_cell(&b, "durations", "in the timelock, until executed", "changes", "2", REPORT_PLAIN);
	assert_cell(&b, "durations", "in the timelock, until executed", "longest_seconds", "86400", REPORT_PLAIN);
	assert_cell(&b, "durations", "lead time: drafted until executed", "shortest_seconds", "86399", REPORT_PLAIN);
	report_change(&b, "SC-2");
	assert_int_equal(find(section(&b, "outcome"), "delay_actual")->mark, REPORT_FINDING);
	bench_close(&b);
}

static void the_chain_that_was_not_asked_is_said_to_be_unknown(void **state)
{
	struct bench b;
	const struct snapshot offline = { .trouble = span_str("nobody answers") };

	(void)state;
	bench_open(&b);
	b.src.look = &offline;
	emergency(&b, "SC-1");
	report_change(&b, "SC-1");
	assert_fact(&b, "export", "chain", "not asked: nobody answers", REPORT_LOOK);
	report_period(&b, NOW - DAY, NOW + DAY);
	assert_string_equal(section(&b, "findings")->text, "Not known: the chain was not asked.");
	bench_close(&b);
}

/* ---- a meeting -------------------------------------------------------------------------------------------------- */

static void report_meeting(struct bench *b, const char *meeting)
{
	struct err e = {0};

	b->r = (struct report){0};
	assert_ok(facts_meeting(&b->a, &b->r, &b->src, meeting, &e), &e);
}

static void a_packet_says_what_to_read_aloud_and_what_is_new(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b);
	draft(&b, "SC-1", "p1", "normal", "timelock");
	propose(&b, "SC-1", "p1", "normal", "timelock");
	report_meeting(&b, NULL);
	assert_string_equal(b.r.subject, "the next meeting");
	assert_fact(&b, "change_SC-1", "read_aloud", "nothing: no packet is on the table", REPORT_PLAIN);
	assert_string_equal(section(&b, "differences")->text, "This log has no earlier packet.");
	add(&b, "report.made", "", "console", "{\"digest\":\"" H64("00") "\",\"report\":\"meeting\",\"size\":3}");
	pack(&b, "SC-1", "schedule", 4);
	add(&b, "meeting.opened", "", "console",
	    "{\"agenda\":[\"SC-1\"],\"meeting\":\"M-1\",\"present\":[\"p1\"],\"title\":\"Call\"}");
	report_meeting(&b, NULL);
	assert_string_equal(b.r.title, "Meeting packet of M-1: Call");
	assert_fact(&b, "change_SC-1", "read_aloud", "schedule at nonce 4: upon jazz roof tape upon jazz roof tape",
		    REPORT_PLAIN);
	assert_int_equal(section(&b, "sign_off")->n, deployment_owners(&b.ws.deployment));
	assert_int_equal(section(&b, "differences")->n, 1);
	assert_cell(&b, "differences", "SC-1", "action", "step.packed", REPORT_PLAIN);
	bench_close(&b);
}

/* A decision that is none, a change that the log does not have: each is told of, and the packet is made. */
static void a_bad_line_stops_no_packet(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	draft(&b, "SC-1", "p1", "normal", "direct");
	add(&b, "meeting.opened", "", "p1", "{\"agenda\":7}");
	add(&b, "meeting.opened", "", "p1",
	    "{\"agenda\":[\"SC-9\",\"SC-1\"],\"meeting\":\"M-1\",\"present\":[\"p1\"],\"title\":\"Weekly\"}");
	const uint64_t bad = add(&b, "meeting.decided", "SC-1", "p1",
				 "{\"decision\":\"perhaps\",\"meeting\":\"M-1\",\"note\":\"\",\"present\":[],"
				 "\"steps\":[]}");
	b.r = (struct report){0};
	assert_ok(facts_meeting(&b.a, &b.r, &b.src, NULL, &e), &e);
	const struct report_section *s = section(&b, "meeting");
	assert_string_equal(cell(s, s->first->next->next, "value"), "the agenda has SC-9, which the log does not have");
	assert_int_equal(s->first->next->next->mark, REPORT_FINDING);
	assert_int_equal(s->first->next->mark, REPORT_FINDING);
	assert_int_equal(s->first->next->lines[0], bad);
	assert_int_equal(section(&b, "agenda")->n, 1);
	assert_cell(&b, "agenda", "1", "change_id", "SC-1", REPORT_PLAIN);
	bench_close(&b);
}

static void a_meeting_that_is_not_there_is_refused(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	assert_false(facts_meeting(&b.a, &b.r, &b.src, "M-7", &e));
	assert_err(&e, ERR_REFUSED, "[MEETING-UNKNOWN] the log has no meeting M-7");
	err_clear(&e);
	bench_close(&b);
}

/* ---- a deployment ----------------------------------------------------------------------------------------------- */

static void report_deployment(struct bench *b, const struct governance *g)
{
	struct err e = {0};

	b->r = (struct report){0};
	assert_ok(facts_deployment(&b->a, &b->r, &b->src, g, &e), &e);
}

/* As it should be; tests then spoil it. */
static struct snapshot good_look(struct bench *b)
{
	const struct deployment *d = &b->ws.deployment;
	struct snapshot s = { .online = true, .block = 9, .threshold = 3, .min_delay = 86400, .modules_known = true,
			      .safe_version = d->safe_version, .events_known = true };

	s.owners = ARENA_ARRAY(&b->a, struct addr, d->n_people + 1);
	for (size_t i = 0; i < d->n_people; i++)
		if (d->people[i].owner)
			s.owners[s.n_owners++] = d->people[i].address;
	s.contracts = ARENA_ARRAY(&b->a, struct snapshot_contract, 2);
	s.contracts[0] = (struct snapshot_contract){ .name = span_str("registry"), .address = { { 7 } },
						     .has_code = true, .has_owner = true, .owner = d->timelock };
	s.n_contracts = 1;
	s.roles = ARENA_ARRAY(&b->a, struct snapshot_role, 3);
	s.roles[0] = (struct snapshot_role){ .account = d->safe, .proposer = true, .executor = true,
					     .canceller = true };
	s.roles[1] = (struct snapshot_role){ .account = d->timelock, .admin = true };
	s.n_roles = 2;
	return s;
}

/* What these events come to, in a report. */
static struct governance told(struct bench *b, const struct custody_event *events, size_t n)
{
	struct governance g = { .known = true, .events = events, .n_events = n, .proofs_trouble = "not asked" };

	custody_replay(&b->a, &g.told, &b->ws.deployment.safe, &b->ws.deployment.timelock, events, n);
	return g;
}

static void who_holds_the_deployment_has_its_transaction_and_block(void **state)
{
	struct bench b;
	struct snapshot look;
	struct governance g;
	struct custody_event events[1] = { { .kind = CUSTODY_OWNED, .at = { { 7 } }, .tx = { { 5 } }, .block = 4,
					     .index = 3, .block_hash = { { 6 } }, .block_time = 1700000000,
					     .has_time = true } };

	(void)state;
	bench_open(&b);
	look = good_look(&b);
	b.src.look = &look;
	events[0].who = b.ws.deployment.timelock;
	g = told(&b, events, 1);
	report_deployment(&b, &g);
	assert_cell(&b, "contracts", "registry", "block_number", "4", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "contracts", "registry", "log_index", "3", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "contracts", "registry", "block_hash", "0x06" H62("00"), REPORT_AS_IT_SHOULD);
	assert_cell(&b, "contracts", "registry", "block_time", "2023-11-14T22:13:20.000Z", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "contracts", "registry", "change", "not by a change of this log", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "contracts", "registry", "proof", "none: not asked", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "roles", "proposer", "set_by", "no event since the profile's first block", REPORT_AS_IT_SHOULD);
	assert_fact(&b, "safe", "threshold", "3 of 5", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "signers", "p1", "verified_by", "nothing yet: this key has signed nothing in this log",
		    REPORT_LOOK);
	assert_string_equal(section(&b, "state_proofs")->text,
			    "No proofs: not asked. What the tables say is the node's word.");
	bench_close(&b);
}

static void what_a_change_of_the_log_did_is_its_own(void **state)
{
	struct bench b;
	struct snapshot look;
	struct governance g;
	struct custody_event events[3] = {
		{ .kind = CUSTODY_THRESHOLD, .number = 3, .tx = { { 5 } }, .block = 7, .index = 1 },
		{ .kind = CUSTODY_SAFE_RAN, .tx = { { 5 } }, .block = 7, .index = 2 },
		{ .kind = CUSTODY_MODULE_ENABLED, .who = { { 9 } }, .tx = { { 5 } }, .block = 8, .index = 3 },
	};

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	look = good_look(&b);
	b.src.look = &look;
	look.modules = &events[2].who;
	look.n_modules = 1;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		events[i].at = b.ws.deployment.safe;
	memset(events[1].id.b, 0xaa, sizeof(events[1].id.b));
	g = told(&b, events, ARRAY_LEN(events));
	report_deployment(&b, &g);
	assert_cell(&b, "safe", "threshold", "change", "SC-1", REPORT_AS_IT_SHOULD);
	assert_true(find(section(&b, "safe"), "threshold")->n_lines > 0);
	assert_cell(&b, "safe", "module", "change", "not by a change of this log", REPORT_FINDING);
	assert_cell(&b, "custody_history", "EnabledModule", "change", "not by a change of this log",
		    REPORT_FINDING);
	assert_non_null(find(section(&b, "findings"), "UNKNOWN-CHANGE"));
	assert_int_equal(section(&b, "custody_history")->n, 2);
	bench_close(&b);
}

static void what_events_and_getters_say_differently_is_a_finding(void **state)
{
	struct bench b;
	struct snapshot look;
	struct governance g;
	struct custody_event events[2] = { { .kind = CUSTODY_SAFE_MADE, .number = 3 },
					   { .kind = CUSTODY_DELAY, .from_nothing = true, .number = 60 } };

	(void)state;
	bench_open(&b);
	look = good_look(&b);
	b.src.look = &look;
	events[0].at = b.ws.deployment.safe;
	events[0].owners = look.owners;
	events[0].n_owners = look.n_owners - 1;
	events[1].at = b.ws.deployment.timelock;
	g = told(&b, events, ARRAY_LEN(events));
	report_deployment(&b, &g);
	assert_cell(&b, "sources", "safe.owners", "agree", "NO", REPORT_FINDING);
	assert_cell(&b, "sources", "safe.threshold", "agree", "as far as it is known", REPORT_LOOK);
	assert_cell(&b, "sources", "timelock.min_delay", "by_events", "60", REPORT_FINDING);
	assert_cell(&b, "sources", "safe.singleton", "by_events",
		    "not known: its beginning is before the first block whose events were read", REPORT_LOOK);
	assert_non_null(find(section(&b, "findings"), "SOURCES"));
	assert_cell(&b, "checklist", "Events, getters and state proofs agree", "answer", "no", REPORT_FINDING);
	bench_close(&b);
}

static void a_key_is_verified_by_what_it_signed(void **state)
{
	struct bench b;
	struct snapshot look;
	const struct governance g = { .known = true, .proofs_trouble = "not asked" };

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	add(&b, "key.attested", "SC-2", "console", "{\"account\":\"" P3 "\"}");
	look = good_look(&b);
	b.src.look = &look;
	report_deployment(&b, &g);
	assert_cell(&b, "signers", "p1", "verified_by", "a signature, SC-1", REPORT_AS_IT_SHOULD);
	assert_cell(&b, "signers", "p3", "verified_by", "a challenge it signed, SC-2", REPORT_AS_IT_SHOULD);
	assert_int_equal(find(section(&b, "signers"), "p4")->mark, REPORT_LOOK);
	bench_close(&b);
}

static void what_is_not_as_it_should_be_is_a_finding(void **state)
{
	struct bench b;
	struct snapshot look;
	const struct governance g = { .known = true, .proofs_trouble = "not asked" };

	(void)state;
	bench_open(&b);
	look = good_look(&b);
	b.src.look = &look;
	look.contracts[0].owner = (struct addr){ { 9 } };
	look.roles[2] = (struct snapshot_role){ .account = { { 9 } }, .admin = true };
	look.n_roles = 3;
	look.n_owners--;
	look.min_delay = 0;
	findings_judge(&b.a, &look, NULL, &b.ws.deployment);
	report_deployment(&b, &g);
	assert_int_equal(find(section(&b, "contracts"), "registry")->mark, REPORT_FINDING);
	assert_int_equal(section(&b, "roles")->last->mark, REPORT_FINDING);
	assert_int_equal(find(section(&b, "timelock"), "min_delay")->mark, REPORT_FINDING);
	assert_int_equal(find(section(&b, "signers"), "p5")->mark, REPORT_FINDING);
	assert_cell(&b, "checklist", "Every contract belongs to the timelock", "answer", "no", REPORT_FINDING);
	assert_cell(&b, "checklist", "The Safe's owners are those of the profile", "answer", "no", REPORT_FINDING);
	assert_true(section(&b, "findings")->n >= 4);
	bench_close(&b);
}

static void a_deployment_is_reported_without_the_chain_and_says_so(void **state)
{
	struct bench b;
	const struct governance g = { .trouble = "the chain was not asked",
				      .proofs_trouble = "the chain was not asked" };

	(void)state;
	bench_open(&b);
	report_deployment(&b, &g);
	assert_string_equal(section(&b, "safe")->text, "not known: the chain was not asked");
	assert_cell(&b, "signers", "p1", "owner_on_safe", "not known", REPORT_LOOK);
	assert_cell(&b, "checklist", "The timelock asks for a delay, and a production one for a day", "answer",
		    "not known", REPORT_LOOK);
	bench_close(&b);
}

/* ---- evidence --------------------------------------------------------------------------------------------------- */

static void every_line_that_is_shown_is_counted(void **state)
{
	struct bench b;
	struct err e = {0};

	(void)state;
	bench_open(&b);
	emergency(&b, "SC-1");
	report_change(&b, "SC-1");
	assert_ok(report_evidence(&b.a, &b.r, b.ws.log, (struct evidence_limits){ 4, 1 << 20 }, &e), &e);
	facts_shown(&b.a, &b.r);
	assert_fact(&b, "export", "lines_shown", "4", REPORT_PLAIN);
	assert_fact(&b, "export", "lines_withheld", "3", REPORT_PLAIN);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_record_says_who_asked_and_who_approved),
		cmocka_unit_test(everybody_is_named_with_the_role_of_that_time),
		cmocka_unit_test(finality_is_the_chains_word),
		cmocka_unit_test(fewer_signatures_than_the_threshold_are_a_finding),
		cmocka_unit_test(what_was_read_back_is_held_against_what_was_meant),
		cmocka_unit_test(what_is_in_wei_is_shown_in_a_unit),
		cmocka_unit_test(refusals_and_failures_are_listed),
		cmocka_unit_test(what_the_policy_refused_is_listed_with_the_refusals),
		cmocka_unit_test(what_the_policy_stopped_at_submit_is_one_row),
		cmocka_unit_test(what_is_no_changes_is_a_sentence),
		cmocka_unit_test(lines_that_cannot_be_understood_are_a_finding),
		cmocka_unit_test(a_restore_that_lost_nothing_is_to_be_looked_at),
		cmocka_unit_test(a_line_that_nobody_can_read_hides_no_other),
		cmocka_unit_test(a_policy_that_cannot_be_read_is_a_finding),
		cmocka_unit_test(a_change_that_is_not_there_is_missing),
		cmocka_unit_test(an_emergency_is_overdue_until_it_is_reviewed_in_time),
		cmocka_unit_test(a_review_by_who_asked_for_it_is_a_finding),
		cmocka_unit_test(an_emergency_says_what_it_was_let_off),
		cmocka_unit_test(a_period_has_its_own_lines_and_changes_only),
		cmocka_unit_test(a_period_that_is_to_come_says_so),
		cmocka_unit_test(a_delay_that_was_not_kept_is_a_finding),
		cmocka_unit_test(the_chain_that_was_not_asked_is_said_to_be_unknown),
		cmocka_unit_test(a_packet_says_what_to_read_aloud_and_what_is_new),
		cmocka_unit_test(a_bad_line_stops_no_packet),
		cmocka_unit_test(a_meeting_that_is_not_there_is_refused),
		cmocka_unit_test(who_holds_the_deployment_has_its_transaction_and_block),
		cmocka_unit_test(what_a_change_of_the_log_did_is_its_own),
		cmocka_unit_test(what_events_and_getters_say_differently_is_a_finding),
		cmocka_unit_test(a_key_is_verified_by_what_it_signed),
		cmocka_unit_test(what_is_not_as_it_should_be_is_a_finding),
		cmocka_unit_test(a_deployment_is_reported_without_the_chain_and_says_so),
		cmocka_unit_test(every_line_that_is_shown_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
