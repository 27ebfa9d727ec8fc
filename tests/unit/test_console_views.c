/* What each view shows, whole, at 80x24 and 132x50, with attributes: tests/screens/console_*.txt. */
#include "src/evm/address.h"
#include "src/base/fs.h"
#include "src/crypto/hash.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/packets.h"
#include "tests/support/screens.h"
#include "tui/console/frame.h"

static void draw(struct test_console *t, size_t rows, size_t cols, const char *name)
{
	struct grid g;
	grid_init(&g, rows, cols, false);
	frame_draw(&t->s, &t->m, &g);
	if (name != NULL)
		screen_same(arena_fmt(&t->a, "console_%s_%zux%zu", name, cols, rows), &g);
	grid_release(&g);
}

/* Keys that move go by what was drawn last: the frame is drawn before each of them, at each size from the place's own
 * beginning. */
static void moved(struct test_console *t, const char *keys, const char *name)
{
	static const size_t sizes[][2] = { { 24, 80 }, { 50, 132 } };
	const struct place before = *state_place(&t->s);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		*state_place(&t->s) = before;
		draw(t, sizes[i][0], sizes[i][1], NULL);
		for (const char *k = keys; *k != '\0'; k += strspn(k, " ")) {
			const size_t n = strcspn(k, " ");
			test_console_keys(t, arena_str(&t->a, span_of(k, n)));
			draw(t, sizes[i][0], sizes[i][1], NULL);
			k += n;
		}
		draw(t, sizes[i][0], sizes[i][1], name);
	}
	*state_place(&t->s) = before;
}

static void show(enum view_id view, const char *change, const char *keys, const char *name)
{
	struct test_console t;
	test_console_open(&t);
	test_console_go(&t, view, change);
	test_console_keys(&t, keys);
	test_console_screen(&t, name);
	test_console_release(&t);
}

static void show_moved(enum view_id view, const char *change, const char *keys, const char *name)
{
	struct test_console t;
	test_console_open(&t);
	test_console_go(&t, view, change);
	moved(&t, keys, name);
	test_console_release(&t);
}

/* ---- facts that the fixture has not ---- */

static struct addr address(uint8_t byte)
{
	struct addr a;
	memset(a.b, byte, sizeof(a.b));
	return a;
}

static struct hash32 hash(uint8_t byte)
{
	struct hash32 h;
	memset(h.b, byte, sizeof(h.b));
	return h;
}

static void add_operation(struct test_console *t)
{
	struct snapshot *s = &t->m.snapshot;
	struct arena *a = &t->m.snapshot_arena;
	struct snapshot_operation *all = ARENA_ARRAY(a, struct snapshot_operation, s->n_operations + 1);
	memcpy(all, s->operations, s->n_operations * sizeof(*all));
	struct snapshot_operation *op = &all[s->n_operations++];
	*op = (struct snapshot_operation){ .id = hash(0xab), .timestamp = TEST_NOW + 7200, .known_block = true,
					   .block = 118, .tx = hash(0xcd), .salt = hash(0x5a), .delay = 86400 };
	op->sentences = ARENA_ARRAY(a, const char *, 2);
	op->sentences[op->n_sentences++] = "registry 0x7272727272727272727272727272727272727272 "
		"transferOwnership(address): newOwner = 0x6666666666666666666666666666666666666666";
	op->sentences[op->n_sentences++] = "not readable: no ABI has selector 0xdeadbeef";
	s->operations = all;
	s->foreign = ARENA_ARRAY(a, struct snapshot_foreign_tx, 1);
	s->foreign[s->n_foreign++] = (struct snapshot_foreign_tx){ .safe_tx_hash = hash(0xef), .tx = hash(0x12),
								   .block = 117, .ok = true };
}

static void add_findings(struct test_console *t)
{
	const struct snapshot_finding found[] = {
		{ .code = span_str("UNKNOWN-TX"), .words = span_str("said by its own alert") },
		{ .code = span_str("THRESHOLD"), .words = span_str("one signature alone moves the Safe") },
	};
	struct snapshot *s = &t->m.snapshot;
	s->findings = ARENA_ARRAY(&t->m.snapshot_arena, struct snapshot_finding, ARRAY_LEN(found));
	memcpy(s->findings, found, sizeof(found));
	s->n_findings = ARRAY_LEN(found);
}

static void add_endpoints(struct test_console *t)
{
	struct snapshot *s = &t->m.snapshot;
	struct endpoint *named = ARENA_ARRAY(&t->a, struct endpoint, 2);
	named[0] = (struct endpoint){ span_str("ours"), span_str("https://rpc.example/a") };
	named[1] = (struct endpoint){ span_str("theirs"), span_str("https://other.example/v1/chain") };
	t->ws.deployment.endpoints = named;
	t->ws.deployment.n_endpoints = 2;
	s->n_endpoints = 0;
	s->endpoints = ARENA_ARRAY(&t->m.snapshot_arena, struct snapshot_endpoint, 2);
	s->endpoints[s->n_endpoints++] = (struct snapshot_endpoint){ .name = named[0].name, .ok = true };
	s->endpoints[s->n_endpoints++] = (struct snapshot_endpoint){
		.name = named[1].name, .words = span_str("block 112 is 8 behind the others") };
}

static void add_roles(struct test_console *t)
{
	struct snapshot *s = &t->m.snapshot;
	s->roles = ARENA_ARRAY(&t->m.snapshot_arena, struct snapshot_role, 4);
	s->roles[s->n_roles++] = (struct snapshot_role){ .account = t->d.safe, .proposer = true, .executor = true,
							 .canceller = true };
	s->roles[s->n_roles++] = (struct snapshot_role){ .account = t->d.timelock, .admin = true };
	s->roles[s->n_roles++] = (struct snapshot_role){ .account = t->d.people[0].address };
	s->roles[s->n_roles++] = (struct snapshot_role){ .account = address(0x66), .proposer = true };
}

static void add_contracts(struct test_console *t)
{
	struct snapshot *s = &t->m.snapshot;
	s->contracts = ARENA_ARRAY(&t->m.snapshot_arena, struct snapshot_contract, t->d.n_contracts);
	for (size_t i = 0; i < t->d.n_contracts; i++)
		s->contracts[s->n_contracts++] = (struct snapshot_contract){
			.name = t->d.contracts[i].name, .address = t->d.contracts[i].address, .has_code = i != 1,
			.has_owner = i == 0 || i == 2, .owner = i == 0 ? t->d.timelock : address(0x66),
			.has_implementation = i == 0, .implementation = address(0x74),
		};
}

/* A whole look: what is as it should be, and a few things that are not. */
static void see_more(struct test_console *t)
{
	struct snapshot *s = &t->m.snapshot;
	add_endpoints(t);
	add_roles(t);
	add_contracts(t);
	s->block_hash = hash(0xbb);
	s->has_finalized = true;
	s->finalized = 64;
	s->singleton = address(0x75);
	s->fallback_handler = address(0x76);
	s->modules_known = true;
	s->modules = ARENA_ARRAY(&t->m.snapshot_arena, struct addr, 1);
	s->modules[s->n_modules++] = address(0x77);
	s->owners[4] = address(0x99);
}

/* ---- the queue ---- */

static void the_queue_is_drawn_like_this(void **state)
{
	(void)state;
	show(VIEW_QUEUE, NULL, "", "console_queue");
	show_moved(VIEW_QUEUE, NULL, "End", "queue_end");
	show(VIEW_QUEUE, NULL, "z", "console_queue_compact");
}

static void what_the_log_does_not_know_comes_first(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	add_operation(&t);
	test_console_screen(&t, "console_queue_unknown");
	test_console_release(&t);
}

static void what_stands_out_is_said_in_words(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	for (size_t i = 0; i < t.m.queue.n; i++) {
		struct queue_row *r = &t.m.queue.row[i];
		r->stale = i == 0;
		r->nonce_twice = i <= 1;
		r->duplicate_of = i == 1 ? "SC-6" : NULL;
		r->after = i == 1 ? "SC-4" : NULL;
	}
	t.m.queue.row[2].trouble = "line 19: nonce: needed a number, found \x1b[31m\"x\"";
	test_console_screen(&t, "console_queue_stands_out");
	test_console_keys(&t, "z");
	test_console_screen(&t, "console_queue_stands_out_compact");
	test_console_release(&t);
}

static void offline_the_queue_is_what_the_log_says(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	test_console_offline(&t);
	test_console_screen(&t, "console_queue_offline");
	test_console_release(&t);
}

static void an_empty_workspace_says_what_to_do(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.queue.n = 0;
	test_console_screen(&t, "console_queue_empty");
	test_console_release(&t);
}

static void without_utf_8_nothing_is_lost(void **state)
{
	struct test_console t;
	struct grid g;
	(void)state;
	test_console_open(&t);
	add_operation(&t);
	grid_init(&g, 24, 80, true);
	frame_draw(&t.s, &t.m, &g);
	screen_same("console_queue_ascii_80x24", &g);
	for (size_t i = 0; i < g.rows * g.cols; i++)
		assert_true(g.cells[i].c < 127 && g.cells[i].mark == 0);
	grid_release(&g);
	test_console_release(&t);
}

/* ---- changes ---- */

static void changes_are_drawn_like_this(void **state)
{
	(void)state;
	show(VIEW_CHANGES, NULL, "", "console_changes");
	show(VIEW_CHANGE, "SC-1", "", "console_change");
	show_moved(VIEW_CHANGE, "SC-1", "PgDn", "change_below");
	show_moved(VIEW_CHANGE, "SC-1", "End", "change_end");
	show_moved(VIEW_CHANGE, "SC-4", "PgDn", "change_scheduled");
	show(VIEW_CHANGE, "SC-3", "", "console_change_draft");
}

static void a_change_that_is_done_shows_what_became_of_it(void **state)
{
	struct test_console t;
	struct err e = {0};
	(void)state;
	test_console_open(&t);
	test_console_go(&t, VIEW_CHANGE, "SC-4");
	struct model_change *x = &t.m.change;
	x->c.steps[STEP_EXECUTE].mined = x->c.read_back = x->c.verified = true;
	x->c.steps[STEP_EXECUTE].block = 119;
	x->c.steps[STEP_EXECUTE].tx = hash(0x31);
	x->facts.operation_timestamp = 1;
	x->reads = json_parse(&x->arena, span_str("[{\"contract\":\"registry\",\"say\":\"0x3333 is a sequencer\","
		"\"before\":\"true\",\"expect\":\"true\"},{\"contract\":\"registry\",\"say\":\"0x1111 is a sequencer\","
		"\"before\":\"true\",\"expect\":\"false\"}]"), &e);
	assert_ok(x->reads != NULL, &e);
	test_console_screen(&t, "console_change_executed");
	test_console_release(&t);
}

static void the_policy_is_shown_rule_by_rule(void **state)
{
	struct test_console t;
	struct err e = {0};
	(void)state;
	test_console_open(&t);
	test_console_go(&t, VIEW_CHANGE, "SC-1");
	struct model_change *x = &t.m.change;
	x->has_policy = true;
	x->verdict = json_parse(&x->arena, span_str("{\"verdict\":\"failed\",\"rules\":["
		"{\"rule\":\"sequencers\",\"verdict\":\"passed\",\"text\":\"allowed: sequencer.rotate\",\"why\":"
		"\"the operators rotate sequencer keys\"},{\"rule\":\"words\",\"verdict\":\"failed\",\"text\":"
		"\"missing: ticket\",\"why\":\"whoever signs has to know what for\\u001b[2J\"},"
		"{\"rule\":\"three-of-five\",\"verdict\":\"pending\",\"text\":\"3 signatures are needed, there is 1\"},"
		"{\"rule\":\"rate\",\"verdict\":\"passed on the console's word\",\"text\":\"1 in 1 day\"},"
		"{\"rule\":7}]}"), &e);
	assert_ok(x->verdict != NULL, &e);
	moved(&t, "PgDn", "change_policy");
	test_console_release(&t);
}

static void append(struct test_console *t, const char *kind, const char *change, const struct json *body)
{
	struct workspace ws = {0};
	struct err e = {0};
	bool changed;
	assert_ok(workspace_open(&ws, t->dir, true, NULL, &e), &e);
	assert_ok(workspace_append(&ws, kind, span_str(change), body, &e), &e);
	workspace_release(&ws);
	assert_ok(load_refresh(&t->m, &changed, &e), &e);
}

static void an_upgrade_and_its_way_back_name_each_other(void **state)
{
	struct test_console t;
	struct err e = {0};
	const struct json *to, *from;
	(void)state;
	test_console_open(&t);
	to = json_parse(&t.a, span_str("{\"previous\":{\"paymaster\":\"0x14dC79964da2C08b23698B3D3cc7Ca32193d9955\"},"
				       "\"rollback\":\"SC-3\",\"rollbackOf\":null}"), &e);
	from = json_parse(&t.a, span_str("{\"previous\":{\"paymaster\":\"0x14dC79964da2C08b23698B3D3cc7Ca32193d9955\"},"
					 "\"rollback\":null,\"rollbackOf\":\"SC-1\"}"), &e);
	append(&t, "upgrade.linked", "SC-1", to);
	append(&t, "upgrade.linked", "SC-3", from);
	test_console_go(&t, VIEW_CHANGE, "SC-1");
	test_console_screen(&t, "console_change_way_back");
	test_console_go(&t, VIEW_CHANGE, "SC-3");
	test_console_screen(&t, "console_change_takes_back");
	test_console_release(&t);
}

/* 15 rotations make 30 calls of one function; a pause among them is what somebody has to see. */
static void draft_batch(struct test_console *t)
{
	struct sample s;
	sample_init(&s, t->d.chain_id);
	struct json *all = json_array(&s.a);
	for (unsigned i = 0; i < 16; i++) {
		const char *const rotate[] = { arena_fmt(&s.a, "old=0x%040x", 0x1000 + i),
					       arena_fmt(&s.a, "new=0x%040x", 0x2000 + i), NULL };
		const char *const pause[] = { NULL };
		sample_propose(&s, i == 7 ? "registry.pause" : "sequencer.rotate", i == 7 ? pause : rotate);
		json_push(all, s.proposal.actions->first);
	}
	s.proposal.actions = all;
	s.proposal.title = span_str("Rotate all sequencer keys");
	append(t, "change.drafted", "SC-7", proposal_to_json(&s.a, &s.proposal, false));
	sample_release(&s);
}

static void in_a_batch_of_like_calls_the_exception_comes_first(void **state)
{
	struct test_console t;
	struct buf page = {0};
	(void)state;
	test_console_open(&t);
	draft_batch(&t);
	test_console_go(&t, VIEW_CHANGE, "SC-7");
	test_console_screen(&t, "console_change_batch");
	test_console_keys(&t, "/ 'alike' Enter");
	test_console_screen(&t, "console_change_batch_calls");
	test_console_view(&t, 80, &page);
	const char *exception = strstr(buf_cstr(&page), "pause()"), *group = strstr(buf_cstr(&page), "30 calls alike");
	assert_non_null(exception);
	assert_non_null(group);
	assert_true(exception < group);
	buf_release(&page);
	test_console_release(&t);
}

static void words_that_are_too_long_wrap_and_cannot_look_like_ours(void **state)
{
	struct test_console t;
	struct sample s;
	(void)state;
	test_console_open(&t);
	sample_init(&s, t.d.chain_id);
	sample_propose(&s, "sequencer.rotate", (const char *const[]){ "old=0x1111111111111111111111111111111111111111",
		       "new=0x2222222222222222222222222222222222222222", NULL });
	s.proposal.title = span_str("A_title_without_a_single_blank_in_it_that_is_longer_than_any_terminal_of_"
				    "eighty_columns_can_show_in_one_row");
	s.proposal.reason = span_str("Because.\n\xe2\x9c\x93 verified by all owners\n\xe2\x80\xae" "evitceffe\x1b[2J");
	append(&t, "change.drafted", "SC-7", proposal_to_json(&s.a, &s.proposal, false));
	sample_release(&s);
	test_console_go(&t, VIEW_CHANGE, "SC-7");
	test_console_screen(&t, "console_change_long");
	test_console_release(&t);
}

/* ---- log, help, result ---- */

static void the_log_is_drawn_like_this(void **state)
{
	(void)state;
	show(VIEW_LOG, NULL, "", "console_log");
	show(VIEW_CHANGE, "SC-1", "h", "console_log_filtered");
	show(VIEW_LOG, NULL, "Enter", "console_line");
	show(VIEW_LOG, NULL, "f 'nonsense' Enter", "console_log_nothing");
}

static const struct command_row commands[] = {
	{ "log verify", "[--from N]", "recompute the change log", false },
	{ "status", "", "one look at the chain", false },
};

/* As setgov preview prints it (tests/e2e/preview.sh has it from a chain). */
static const char preview[] =
	"SC-1, run in thought at block 25 (2026-11-18 12:06 UTC) by main: the node's word\n"
	"  schedule by the Safe, by its own execTransaction; that 3 of its 5 owners approve is taken for given\n"
	"  execute by the Safe, by its own execTransaction; that 3 of its 5 owners approve is taken for given\n"
	"CHANGED AND NOT INTENDED\n"
	"  registry.totalCommitments()\n"
	"    0  ->  7\n"
	"Changed as intended\n"
	"  registry: 0x2222222222222222222222222222222222222222 may act as a sequencer\n"
	"    false  ->  true\n"
	"Did not change: 89 values that were read before and after (--all shows them)\n"
	"Storage that differs\n"
	"  UNNAMED: registry slot 0x0000000000000000000000000000000000000000000000000000000000000777\n"
	"    0x0000000000000000000000000000000000000000000000000000000000000000\n"
	"    ->  0x0000000000000000000000000000000000000000000000000000000000000007\n";

static void help_and_results_are_drawn_like_this(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.commands = commands;
	t.m.n_commands = ARRAY_LEN(commands);
	test_console_go(&t, VIEW_BOARD, "SC-1");
	test_console_keys(&t, "?");
	test_console_screen(&t, "console_help");
	moved(&t, "End", "help_end");
	buf_str(&t.s.result_title, "setgov log verify");
	buf_str(&t.s.result, "34 lines, every leaf recomputed\n\nThe log is whole.\n\x1b[1mnot bold\n");
	test_console_go(&t, VIEW_RESULT, NULL);
	test_console_screen(&t, "console_result");
	buf_clear(&t.s.result_title);
	buf_clear(&t.s.result);
	buf_str(&t.s.result_title, "What SC-1 would do");
	buf_str(&t.s.result, preview);
	test_console_screen(&t, "console_effects");
	test_console_release(&t);
}

/* ---- alerts ---- */

static void alerts_are_drawn_like_this(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	add_operation(&t);
	add_findings(&t);
	add_endpoints(&t);
	t.m.snapshot.events_known = false;
	t.m.snapshot.events_trouble = span_str("ours: eth_getLogs is not supported");
	t.m.queue.row[0].stale = true;
	t.ws.warning = "the log has 34 lines, this machine has seen 35 of it";
	test_console_go(&t, VIEW_ALERTS, NULL);
	test_console_screen(&t, "console_alerts");
	moved(&t, "PgDn", "alerts_below");
	moved(&t, "End", "alerts_end");
	test_console_release(&t);
}

/* The threshold's is acknowledged, until a day; the guard's was cleared before anybody had seen it. */
static void add_logged(struct test_console *t)
{
	static struct alert_ack ack = { .lapses = true, .until = TEST_NOW + 86400, .seq = 33,
					.time = { (TEST_NOW - 600) * 1000 } };
	struct logged_alert *v = ARENA_ARRAY(&t->m.logged.arena, struct logged_alert, 2);
	ack.by = span_str("p2");
	ack.auth = span_str("claimed");
	ack.note = span_str("The owners were called; SC-7 puts it right \x1b[2J");
	ack.ticket = span_str("https://tickets.example/7");
	v[0] = (struct logged_alert){ .id = span_str("AL-1"), .number = 1, .by = span_str("p1"), .seq = 31,
				      .time = { (TEST_NOW - 3600) * 1000 }, .acks = &ack, .n_acks = 1 };
	v[0].finding = (struct snapshot_finding){ .code = span_str("THRESHOLD"),
						  .words = span_str("one signature alone moves the Safe") };
	v[1] = (struct logged_alert){ .id = span_str("AL-2"), .number = 2, .by = span_str("p1"), .seq = 32,
				      .time = { (TEST_NOW - 3600) * 1000 }, .cleared = true, .cleared_seq = 34,
				      .cleared_by = span_str("p4"), .cleared_in = { .block = 119 },
				      .cleared_at = { (TEST_NOW - 60) * 1000 } };
	v[1].finding = (struct snapshot_finding){
		.code = span_str("GUARD"), .words = span_str("the Safe has the guard "
		"0x6666666666666666666666666666666666666666, which can hold up every transaction and is not in the "
		"profile") };
	t->m.logged.log = (struct alert_log){ .v = v, .n = 2, .part = true };
	t->m.logged.n_unacknowledged = 1;
}

static void what_the_log_says_of_an_alert_stands_below_it(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	add_operation(&t);
	add_findings(&t);
	add_logged(&t);
	t.m.queue.n = 0;
	test_console_go(&t, VIEW_ALERTS, NULL);
	test_console_screen(&t, "console_alerts_logged");
	moved(&t, "End", "alerts_logged_end");
	test_console_release(&t);
}

static void an_alert_is_acknowledged_by_its_command(void **state)
{
	struct test_console t;
	struct buf b = {0};
	(void)state;
	test_console_open(&t);
	add_findings(&t);
	add_logged(&t);
	t.m.queue.n = 0;
	test_console_go(&t, VIEW_ALERTS, NULL);
	test_console_keys(&t, "A");
	test_console_screen(&t, "console_alerts_ack");
	test_console_keys(&t, "Enter Enter Enter");          /* a reason is needed */
	test_console_effects(&t, &b);
	assert_buf_str(&b, "");
	test_console_keys(&t, "'Called them' Enter Enter '2026-12-01' Enter");
	test_console_effects(&t, &b);
	assert_buf_str(&b, "RUN alerts ack AL-1 --note 'Called them' --until 2026-12-01\n");
	test_console_ended(&t, 0, "{\"alert\":\"AL-1\",\"by\":\"p2\",\"line\":35}", NULL, "");
	assert_buf_str(&t.s.said, "AL-1 is acknowledged by p2, in the log.");
	buf_clear(&b);
	test_console_keys(&t, "W");
	test_console_effects(&t, &b);
	assert_buf_str(&b, "RUN alerts look\n");
	test_console_ended(&t, 0, "{\"raised\":[\"AL-3\"],\"cleared\":[]}", NULL, "");
	assert_buf_str(&t.s.said,
		       "The log has it: 1 raised, 0 cleared. Next: A says that you have seen one.");
	buf_release(&b);
	test_console_release(&t);
}

static void offline_alerts_say_what_they_cannot_know(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	test_console_offline(&t);
	test_console_go(&t, VIEW_ALERTS, NULL);
	test_console_screen(&t, "console_alerts_offline");
	test_console_release(&t);
}

static void without_alerts_it_is_said_that_nobody_watches(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.queue.n = 0;
	test_console_go(&t, VIEW_ALERTS, NULL);
	test_console_screen(&t, "console_alerts_none");
	test_console_release(&t);
}

/* ---- the deployment ---- */

static void the_deployment_is_drawn_like_this(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	see_more(&t);
	t.ws.dir = "/srv/setgov";
	test_console_go(&t, VIEW_DEPLOYMENT, NULL);
	test_console_screen(&t, "console_deployment");
	moved(&t, "PgDn", "deployment_below");
	moved(&t, "PgDn PgDn", "deployment_contracts");
	moved(&t, "End", "deployment_end");
	test_console_release(&t);
}

static void add_line(struct test_console *t, struct log *log, const char *kind, const char *body)
{
	struct err e = {0};
	struct line l = workspace_line(&t->ws, kind, span_of(NULL, 0), json_parse(&t->a, span_str(body), &e));
	assert_ok(log_append(log, &l, &e), &e);
}

/* Two of a kind: the first adopted, the second signed by one owner. */
static void add_adoptions(struct test_console *t, const char *word, const char *const texts[2])
{
	struct buf id = {0}, hex[2] = {{0}}, owner = {0};
	struct err e = {0};
	buf_hex(&id, SPAN_HASH(&t->ws.deployment.id));
	addr_format(&owner, &t->ws.deployment.people[0].address);
	struct log *log = log_open(t->dir, LOG_APPEND, NULL, &e);
	assert_ok(log != NULL && log_begin(log, &e), &e);
	for (size_t i = 0; i < 2; i++) {
		struct hash32 digest;
		assert_ok(log_add_blob(log, span_str(texts[i]), BLOB_PUBLIC, &digest, &e), &e);
		buf_hex(&hex[i], SPAN_HASH(&digest));
	}
	assert_ok(log_commit(log, &e), &e);
	for (size_t i = 0; i < 2; i++) {
		const char *body = arena_fmt(&t->a, "{\"deployment\":\"%s\",\"expires\":%d,\"message\":\"0x%064d\","
			"\"previous\":%s,\"%s\":\"%s\"}", buf_cstr(&id), i == 0 ? 0 : 2000000000, (int)i + 1,
			i == 0 ? "null" : arena_fmt(&t->a, "\"%s\"", buf_cstr(&hex[0])), word, buf_cstr(&hex[i]));
		add_line(t, log, arena_fmt(&t->a, "%s.offered", word), body);
		add_line(t, log, arena_fmt(&t->a, "%s.signed", word), arena_fmt(&t->a, "{\"message\":\"0x%064d\","
			"\"owner\":\"%s\",\"signature\":\"%0128d1b\"}", (int)i + 1, buf_cstr(&owner), 0));
		if (i == 0)
			add_line(t, log, arena_fmt(&t->a, "%s.adopted", word), body);
	}
	log_release(log);
	buf_release(&id);
	buf_release(&hex[0]);
	buf_release(&hex[1]);
	buf_release(&owner);
}

/* One policy adopted, one that waits for its second and third owner. */
static void add_policies(struct test_console *t)
{
	static const char *const texts[] = {
		"{\"format\":\"setgov-policy/1\",\"name\":\"Mainnet\",\"rules\":[],\"semantics\":1,\"threshold\":2}",
		"{\"format\":\"setgov-policy/1\",\"name\":\"Mainnet, stricter\",\"rules\":[],\"semantics\":1}",
	};
	add_adoptions(t, "policy", texts);
}

#define ONES    "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS    "2222222222222222222222222222222222222222222222222222222222222222"
#define THREES  "3333333333333333333333333333333333333333333333333333333333333333"
#define UNKNOWN "\"layout\":\"" ONES "\",\"metadata\":null,"
/* One audited, one excepted, one neither. */
static const char list[] = "{\"format\":\"setgov-releases/1\",\"name\":\"Set Chain releases\",\"releases\":["
	"{\"audit\":\"" ONES "\",\"codeHash\":\"0x" ONES "\",\"contract\":\"SetPaymaster\"," UNKNOWN
	"\"version\":\"1.0.0\"},"
	"{\"audit\":null,\"codeHash\":\"0x" TWOS "\",\"contract\":\"SetPaymaster\","
	"\"exception\":\"the hot fix of T-9\"," UNKNOWN
	"\"version\":\"1.0.1\"},"
	"{\"audit\":null,\"codeHash\":\"0x" THREES "\","
	"\"contract\":\"SetRegistry\"," UNKNOWN "\"version\":\"2.0.0\"}]}";

#define OTHER_LIST "{\"format\":\"setgov-releases/1\",\"name\":\"Another\",\"releases\":[]}"

static void write_list(struct test_console *t, const char *text)
{
	struct err e = {0};
	assert_ok(fs_write(arena_fmt(&t->a, "%s/releases.json", t->dir), span_str(text), 0644, &e), &e);
	t->m.adopted_loaded = false;
	test_console_go(t, VIEW_DEPLOYMENT, NULL);
}

static void the_list_of_releases_in_force_stands_on_the_deployments_page(void **state)
{
	static const char *const texts[] = { list, OTHER_LIST };
	struct test_console t;
	bool changed;
	struct err e = {0};
	(void)state;
	test_console_open(&t);
	add_adoptions(&t, "releases", texts);
	assert_ok(load_refresh(&t.m, &changed, &e), &e);
	write_list(&t, list);
	test_console_screen(&t, "console_deployment_releases");
	t.ws.dir = "/srv/setgov";              /* the page names it; the list is read already */
	moved(&t, "PgDn", "deployment_releases_below");
	t.ws.dir = t.dir;
	write_list(&t, OTHER_LIST);
	test_console_screen(&t, "console_deployment_releases_other");
	write_list(&t, "{\"format\":\"setgov-releases/1\",\"name\":7,\"releases\":[]}");
	const char **trouble = &t.m.adopted[ADOPT_RELEASES].trouble;
	*trouble = strstr(*trouble, "releases.json");        /* the directory is another one each time */
	test_console_screen(&t, "console_deployment_releases_bad");
	test_console_release(&t);
}

static void a_list_that_nobody_has_signed_is_called_so(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	write_list(&t, list);
	test_console_screen(&t, "console_deployment_releases_unsigned");
	test_console_release(&t);
}

static void a_policy_that_waits_for_owners_stands_on_the_deployments_page(void **state)
{
	struct test_console t;
	bool changed;
	struct err e = {0};
	(void)state;
	test_console_open(&t);
	add_policies(&t);
	assert_ok(load_refresh(&t.m, &changed, &e), &e);
	test_console_go(&t, VIEW_DEPLOYMENT, NULL);
	test_console_screen(&t, "console_deployment_policy");
	test_console_release(&t);
}

static void offline_the_deployment_is_the_profile(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	test_console_offline(&t);
	t.ws.dir = "/srv/setgov";
	test_console_go(&t, VIEW_DEPLOYMENT, NULL);
	test_console_screen(&t, "console_deployment_offline");
	test_console_release(&t);
}

/* ---- meetings ---- */

static void open_meeting(struct test_console *t)
{
	struct meeting m = { .id = span_str("M-1"), .title = span_str("Weekly keyholders") };
	id_list_add(&t->a, &m.agenda, span_str("SC-4"));
	id_list_add(&t->a, &m.agenda, span_str("SC-1"));
	id_list_add(&t->a, &m.present, span_str("p1"));
	id_list_add(&t->a, &m.present, span_str("p3"));
	append(t, "meeting.opened", "", meeting_opened_json(&t->a, &m));
}

static void decide(struct test_console *t)
{
	struct meeting_decision d = { .change = span_str("SC-4"), .decision = DECISION_APPROVED,
				      .note = span_str("after the freeze") };
	id_list_add(&t->a, &d.present, span_str("p1"));
	append(t, "meeting.decided", "SC-4", meeting_decided_json(&t->a, span_str("M-1"), &d));
}

static void without_a_meeting_it_is_said_how_to_open_one(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	test_console_go(&t, VIEW_MEETING, NULL);
	test_console_screen(&t, "console_meeting_none");
	test_console_keys(&t, "o");
	test_console_screen(&t, "console_meeting_open");
	test_console_release(&t);
}

static void the_pages_of_a_meeting_are_drawn_like_this(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	open_meeting(&t);
	decide(&t);
	t.ws.dir = "/srv/setgov";
	test_console_go(&t, VIEW_MEETING, NULL);
	test_console_screen(&t, "console_meeting_agenda");
	test_console_keys(&t, "Right Right");
	test_console_screen(&t, "console_meeting_change");
	test_console_keys(&t, "D");
	test_console_screen(&t, "console_meeting_decide");
	test_console_keys(&t, "Esc m");
	test_console_screen(&t, "console_meeting_close");
	test_console_release(&t);
}

/* ---- the frame ---- */

static void what_is_typed_runs_and_is_said_stands_above_the_footer(void **state)
{
	struct test_console t;
	(void)state;
	test_console_open(&t);
	t.m.commands = commands;
	t.m.n_commands = ARRAY_LEN(commands);
	test_console_keys(&t, "/ 'sequencer'");
	test_console_screen(&t, "console_frame_search");
	test_console_keys(&t, "Enter : 'log verify --from 3'");
	test_console_screen(&t, "console_frame_command");
	test_console_keys(&t, "Esc");
	t.s.running.on = true;
	buf_str(&t.s.running.what, "Proposing SC-3");
	buf_str(&t.s.running.progress, "asking for the delay");
	t.s.running.since = (struct unix_time){ (TEST_NOW - 7) * 1000 };
	test_console_screen(&t, "console_frame_running");
	t.s.running.on = false;
	state_say(&t.s, STYLE_BAD, "refused, NOT-PROPOSED: SC-3 is only drafted and can still change. Next: p, on its "
		  "page, proposes it; and then all of this is long enough to take more than one row of the screen.");
	test_console_screen(&t, "console_frame_error");
	test_console_release(&t);
}

static void a_question_stands_above_the_footer(void **state)
{
	(void)state;
	show(VIEW_CHANGE, "SC-3", "p", "console_ask_propose");
	show(VIEW_CHANGE, "SC-1", "w", "console_ask_withdraw");
}

static void a_countdown_by_the_log_says_so(void **state)
{
	struct test_console t;
	struct buf b = {0};
	(void)state;
	test_console_open(&t);
	test_console_go(&t, VIEW_QUEUE, NULL);
	for (size_t i = 0; i < t.m.queue.n; i++) {
		t.m.queue.row[i].timestamp = TEST_NOW + 7200;
		t.m.queue.row[i].timestamp_known = i > 0;
	}
	test_console_view(&t, 200, &b);
	const char *found = strstr(buf_cstr(&b), "operation ready in 2 h by the log");
	assert_non_null(found);
	assert_null(strstr(found + 1, "operation ready in 2 h by the log"));
	buf_release(&b);
	test_console_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_is_drawn_like_this),
		cmocka_unit_test(what_the_log_does_not_know_comes_first),
		cmocka_unit_test(what_stands_out_is_said_in_words),
		cmocka_unit_test(offline_the_queue_is_what_the_log_says),
		cmocka_unit_test(an_empty_workspace_says_what_to_do),
		cmocka_unit_test(without_utf_8_nothing_is_lost),
		cmocka_unit_test(changes_are_drawn_like_this),
		cmocka_unit_test(a_change_that_is_done_shows_what_became_of_it),
		cmocka_unit_test(the_policy_is_shown_rule_by_rule),
		cmocka_unit_test(an_upgrade_and_its_way_back_name_each_other),
		cmocka_unit_test(in_a_batch_of_like_calls_the_exception_comes_first),
		cmocka_unit_test(words_that_are_too_long_wrap_and_cannot_look_like_ours),
		cmocka_unit_test(the_log_is_drawn_like_this),
		cmocka_unit_test(help_and_results_are_drawn_like_this),
		cmocka_unit_test(alerts_are_drawn_like_this),
		cmocka_unit_test(what_the_log_says_of_an_alert_stands_below_it),
		cmocka_unit_test(an_alert_is_acknowledged_by_its_command),
		cmocka_unit_test(offline_alerts_say_what_they_cannot_know),
		cmocka_unit_test(without_alerts_it_is_said_that_nobody_watches),
		cmocka_unit_test(the_deployment_is_drawn_like_this),
		cmocka_unit_test(offline_the_deployment_is_the_profile),
		cmocka_unit_test(a_policy_that_waits_for_owners_stands_on_the_deployments_page),
		cmocka_unit_test(the_list_of_releases_in_force_stands_on_the_deployments_page),
		cmocka_unit_test(a_list_that_nobody_has_signed_is_called_so),
		cmocka_unit_test(without_a_meeting_it_is_said_how_to_open_one),
		cmocka_unit_test(the_pages_of_a_meeting_are_drawn_like_this),
		cmocka_unit_test(what_is_typed_runs_and_is_said_stands_above_the_footer),
		cmocka_unit_test(a_question_stands_above_the_footer),
		cmocka_unit_test(a_countdown_by_the_log_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
