#include "tests/support/console.h"

#include <stdlib.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "tests/support/check.h"
#include "tests/support/packets.h"
#include "tests/support/screens.h"
#include "tui/console/frame.h"
#include "tui/kit/key.h"

#define CHAIN 84532999

/* ---- lines ---- */

static void append(struct test_console *t, struct workspace *ws, const char *kind, const char *change,
		   const struct json *body)
{
	struct err e = {0};
	(void)t;
	assert_ok(workspace_append(ws, kind, span_str(change), body, &e), &e);
}

static struct json *hash_or_null(struct arena *a, const struct hash32 *h)
{
	return h != NULL ? json_bare(a, SPAN_HASH(h)) : json_null(a);
}

static void propose(struct test_console *t, struct workspace *ws, const char *id, struct sample *s, bool frozen)
{
	struct arena *a = &t->a;
	struct change c;
	struct err e = {0};
	append(t, ws, "change.drafted", id, proposal_to_json(a, &s->proposal, false));
	if (!frozen)
		return;
	append(t, ws, "change.proposed", id, proposal_to_json(a, &s->proposal, true));
	const struct tree_head head = log_head(ws->log);
	if (s->proposal.route == ROUTE_DIRECT)
		return;
	assert_ok(views_catch_up(ws->views, &e), &e);
	const struct operation op = proposal_operation(&s->proposal, &head.root);
	struct hash32 operation;
	timelock_id(&operation, &op);
	struct json *body = json_object(a);
	json_set(body, a, "operation", json_0x(a, SPAN_HASH(&operation)));
	json_set(body, a, "salt", json_0x(a, SPAN_HASH(&head.root)));
	json_set(body, a, "size", json_u64(a, head.size));
	append(t, ws, "operation.planned", id, body);
	assert_ok(workspace_change(ws, a, id, &c, &e), &e);
}

static void pack(struct test_console *t, struct workspace *ws, const char *id, enum step_kind step, uint64_t nonce)
{
	struct arena *a = &t->a;
	const struct u256 chain_id = u256_from_u64(t->d.chain_id);
	struct change c;
	struct safe_tx tx;
	struct safe_hashes hashes;
	struct hash32 core;
	struct err e = {0};
	assert_ok(workspace_change(ws, a, id, &c, &e), &e);
	assert_ok(change_step_tx(a, &tx, &t->d, &c.proposal, &c.root, step, nonce, &e), &e);
	safe_hash(&hashes, SAFE_CURRENT, &chain_id, &t->d.safe, &tx);
	sha256(&core, span_str(arena_fmt(a, "%s %d %llu", id, (int)step, (unsigned long long)nonce)));
	struct json *body = json_object(a);
	json_set(body, a, "core", json_bare(a, SPAN_HASH(&core)));
	json_set(body, a, "evidence", json_null(a));
	json_set(body, a, "nonce", json_u64(a, nonce));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&core)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&hashes.tx)));
	json_set(body, a, "step", json_str(a, step_name(step)));
	json_set(body, a, "supersedes", hash_or_null(a, c.steps[step].packed ? &c.steps[step].packet : NULL));
	append(t, ws, "step.packed", id, body);
}

static void sign(struct test_console *t, struct workspace *ws, const char *id, enum step_kind step, unsigned owner)
{
	struct arena *a = &t->a;
	struct change c;
	struct hash32 digest;
	struct err e = {0};
	assert_ok(workspace_change(ws, a, id, &c, &e), &e);
	sha256(&digest, span_str(arena_fmt(a, "signature of %u", owner)));
	struct json *body = json_object(a);
	json_set(body, a, "compared", json_str(a, "signer"));
	json_set(body, a, "journalHead", json_null(a));
	json_set(body, a, "owner", json_addr(a, &t->d.people[owner].address));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&c.steps[step].packet)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&c.steps[step].safe_tx_hash)));
	json_set(body, a, "signature", json_bare(a, SPAN_HASH(&digest)));
	json_set(body, a, "step", json_str(a, step_name(step)));
	append(t, ws, "signature.added", id, body);
}

/* A refusal has a code. */
static void say_no(struct test_console *t, struct workspace *ws, const char *id, enum step_kind step, unsigned owner,
		   const char *code, const char *text)
{
	struct arena *a = &t->a;
	struct json *body = json_object(a);
	if (code != NULL)
		json_set(body, a, "code", json_str(a, code));
	json_set(body, a, "owner", json_addr(a, &t->d.people[owner].address));
	json_set(body, a, "step", json_str(a, step_name(step)));
	json_set(body, a, "text", json_str(a, text));
	append(t, ws, code != NULL ? "answer.refused" : "answer.declined", id, body);
}

static void mined(struct test_console *t, struct workspace *ws, const char *id, enum step_kind step)
{
	struct arena *a = &t->a;
	struct hash32 tx;
	sha256(&tx, span_str(id));
	struct json *body = json_object(a);
	json_set(body, a, "block", json_u64(a, 57));
	json_set(body, a, "blockTime", json_u64(a, TEST_NOW - 75600));
	json_set(body, a, "step", json_str(a, step_name(step)));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(&tx)));
	append(t, ws, "step.mined", id, body);
}

static void withdraw(struct test_console *t, struct workspace *ws, const char *id)
{
	struct json *body = json_object(&t->a);
	json_set(body, &t->a, "reason", json_str(&t->a, "not needed any more"));
	append(t, ws, "change.withdrawn", id, body);
}

/* ---- the workspace ---- */

static void rotation(struct sample *s, const char *from, const char *to)
{
	const char *const pairs[] = { arena_fmt(&s->a, "old=0x%s%s%s%s", from, from, from, from),
				      arena_fmt(&s->a, "new=0x%s%s%s%s", to, to, to, to), NULL };
	sample_propose(s, "sequencer.rotate", pairs);
	s->proposal.title = span_str("Rotate the sequencer key");
	s->proposal.reason = span_str("Quarterly rotation");
}

#define ONES "1111111111"
#define TWOS "2222222222"
#define THREES "3333333333"

static void write_changes(struct test_console *t, struct workspace *ws, struct sample *s)
{
	static const char *const reject[] = { "nonce=4", NULL };
	rotation(s, ONES, TWOS);
	propose(t, ws, "SC-1", s, true);
	pack(t, ws, "SC-1", STEP_SCHEDULE, 4);
	sign(t, ws, "SC-1", STEP_SCHEDULE, 0);
	say_no(t, ws, "SC-1", STEP_SCHEDULE, 1, NULL, "not on a Friday: the people who run the sequencer are away");
	say_no(t, ws, "SC-1", STEP_SCHEDULE, 2, "CLOCK", "this machine's clock is earlier than the packet's block");
	rotation(s, TWOS, ONES);
	propose(t, ws, "SC-2", s, true);
	pack(t, ws, "SC-2", STEP_SCHEDULE, 5);
	sign(t, ws, "SC-2", STEP_SCHEDULE, 0);
	sign(t, ws, "SC-2", STEP_SCHEDULE, 1);
	sign(t, ws, "SC-2", STEP_SCHEDULE, 3);
	withdraw(t, ws, "SC-2");
	rotation(s, ONES, THREES);
	propose(t, ws, "SC-3", s, false);
	propose(t, ws, "SC-4", s, true);
	pack(t, ws, "SC-4", STEP_SCHEDULE, 3);
	mined(t, ws, "SC-4", STEP_SCHEDULE);
	pack(t, ws, "SC-4", STEP_EXECUTE, 6);
	sign(t, ws, "SC-4", STEP_EXECUTE, 4);
	pack(t, ws, "SC-4", STEP_EXECUTE, 7);
	sample_propose(s, "safe.reject", reject);
	s->proposal.has_nonce = true;
	s->proposal.nonce = 4;
	propose(t, ws, "SC-5", s, true);
	rotation(s, THREES, TWOS);
	propose(t, ws, "SC-6", s, true);
	pack(t, ws, "SC-6", STEP_SCHEDULE, 8);
	for (unsigned owner = 0; owner < 3; owner++)
		sign(t, ws, "SC-6", STEP_SCHEDULE, owner);
}

static void create(struct test_console *t)
{
	struct buf text = {0};
	struct json *body = json_object(&t->a);
	struct err e = {0};
	const char *remember;
	json_set(body, &t->a, "chainId", json_u64(&t->a, t->d.chain_id));
	json_set(body, &t->a, "deployment", json_bare(&t->a, SPAN_HASH(&t->d.id)));
	json_set(body, &t->a, "genesisHash", json_0x(&t->a, SPAN_HASH(&t->d.genesis)));
	json_set(body, &t->a, "profile", json_bare(&t->a, SPAN_HASH(&t->d.id)));
	json_set(body, &t->a, "safe", json_addr(&t->a, &t->d.safe));
	json_set(body, &t->a, "timelock", json_addr(&t->a, &t->d.timelock));
	assert_ok(workspace_state_dir(&t->a, &remember, &e), &e);
	json_canonical(&text, t->d.identity);
	const struct span identity = arena_copy(&t->a, buf_view(&text));
	buf_release(&text);
	const struct log_options options = { remember };
	const struct log_opening opening = { .origin = span_str("test/console"), .actor = span_str(LOCAL_ACTOR),
					     .auth = span_str("os-user"), .body = body, .blobs = &identity,
					     .n_blobs = 1 };
	struct log *log = log_create(t->dir, &opening, &options, &e);
	assert_ok(log != NULL, &e);
	log_release(log);
	assert_ok(fs_write(arena_fmt(&t->a, "%s/deployment.json", t->dir), span_str(sample_profile(&t->a, CHAIN)), 0644,
			   &e), &e);
}

static void fix(struct test_console *t)
{
	const char *home = temporary_directory(&t->a);
	t->dir = arena_fmt(&t->a, "%s/workspace", home);
	assert_int_equal(setenv("XDG_STATE_HOME", arena_fmt(&t->a, "%s/state", home), 1), 0);
	time_fix((struct unix_time){ TEST_NOW * 1000 });
	random_fix(UINT64_C(0x5e7905));
}

void test_console_empty(struct test_console *t)
{
	*t = (struct test_console){0};
	fix(t);
	t->m.now = time_now();
	state_init(&t->s, VIEW_FIRST);
}

static void see_chain(struct test_console *t)
{
	struct snapshot *s = &t->m.snapshot;
	struct arena *a = &t->m.snapshot_arena;
	struct err e = {0};
	struct change c;
	*s = (struct snapshot){ .taken = { (TEST_NOW - 12) * 1000 }, .online = true, .block = 120,
				.block_time = TEST_NOW - 14, .safe_nonce = 4, .threshold = 3, .min_delay = 86400,
				.safe_version = span_str("1.4.1"), .events_known = true };
	s->owners = ARENA_ARRAY(a, struct addr, t->d.n_people);
	for (size_t i = 0; i < t->d.n_people; i++)
		s->owners[s->n_owners++] = t->d.people[i].address;
	s->endpoints = ARENA_NEW(a, struct snapshot_endpoint);
	s->endpoints[s->n_endpoints++] = (struct snapshot_endpoint){ .name = span_str("node"), .ok = true };
	s->operations = ARENA_ARRAY(a, struct snapshot_operation, 6);
	for (unsigned i = 1; i <= 6; i++) {
		const char *id = arena_fmt(a, "SC-%u", i);
		assert_ok(workspace_look(&t->ws, &t->a, id, &c, &e), &e);
		if (c.proposed && c.proposal.route == ROUTE_TIMELOCK)
			s->operations[s->n_operations++] = (struct snapshot_operation){
				.id = c.operation, .change = span_str(id),
				.timestamp = i == 4 ? TEST_NOW + 10800 : 0 };
	}
}

void test_console_open(struct test_console *t)
{
	struct workspace ws = {0};
	struct sample s;
	struct err e = {0};
	*t = (struct test_console){0};
	fix(t);
	sample_init(&s, CHAIN);
	assert_ok(deployment_parse(&t->a, &t->d, span_str(sample_profile(&t->a, CHAIN)), &e), &e);
	create(t);
	assert_ok(workspace_open(&ws, t->dir, true, NULL, &e), &e);
	write_changes(t, &ws, &s);
	workspace_release(&ws);
	sample_release(&s);
	assert_ok(workspace_open(&t->ws, t->dir, false, NULL, &e), &e);
	t->m.ws = &t->ws;
	t->m.now = time_now();
	t->m.asking = ASK_ANSWERED;
	see_chain(t);
	t->m.mounts_seen = t->m.now;                     /* this machine's own are not looked for */
	mounts_parse(&t->m.mounts_arena, &t->m.mounts, span_str("/dev/sdb1 /media/STICK vfat rw 0 0\n"
		     "/dev/sdc1 /run/media/anna/BLUE vfat rw 0 0\n"));
	assert_ok(load_queue(&t->m, &e), &e);
	state_init(&t->s, VIEW_QUEUE);
}

void test_console_offline(struct test_console *t)
{
	struct err e = {0};
	t->m.offline = true;
	t->m.snapshot = (struct snapshot){0};
	load_forget_change(&t->m);
	assert_ok(load_queue(&t->m, &e), &e);
	load_place(&t->m, &t->s);
}

void test_console_release(struct test_console *t)
{
	model_release(&t->m);
	state_release(&t->s);
	workspace_release(&t->ws);
	arena_release(&t->fx.arena);
	arena_release(&t->a);
	random_fix(0);
}

/* ---- keys and effects ---- */

void test_console_go(struct test_console *t, enum view_id view, const char *change)
{
	state_go(&t->s, view, change);
	load_place(&t->m, &t->s);
}

static void press(struct test_console *t, uint32_t key)
{
	t->s.ask.shown = true;                           /* a person's keys have frames between them */
	step(&t->s, &t->m, key, &t->fx);
	load_place(&t->m, &t->s);
}

static struct span type_quoted(struct test_console *t, struct span rest)
{
	while (rest.n > 0 && rest.p[0] != '\'') {
		uint32_t c;
		const size_t n = text_decode(rest, &c);
		assert_true(n > 0);
		press(t, c);
		rest = span_of(rest.p + n, rest.n - n);
	}
	assert_true(rest.n > 0);
	return span_of(rest.p + 1, rest.n - 1);
}

void test_console_keys(struct test_console *t, const char *keys)
{
	struct span rest = span_str(keys);
	arena_release(&t->fx.arena);
	t->fx = (struct effects){0};
	while (rest.n > 0) {
		size_t n = 0;
		uint32_t key;
		if (rest.p[0] == '\'') {
			rest = type_quoted(t, span_of(rest.p + 1, rest.n - 1));
			continue;
		}
		while (n < rest.n && rest.p[n] != ' ')
			n++;
		if (n > 0) {
			assert_true(key_parse(&key, span_of(rest.p, n)));
			press(t, key);
		}
		rest = n < rest.n ? span_of(rest.p + n + 1, rest.n - n - 1) : span_of(NULL, 0);
	}
}

void test_console_effects(const struct test_console *t, struct buf *out)
{
	static const char *const names[] = {
		[EFFECT_RUN] = "RUN", [EFFECT_FRONT] = "FRONT", [EFFECT_PRINT] = "PRINT", [EFFECT_STOP] = "STOP",
		[EFFECT_LOOK] = "LOOK", [EFFECT_OFFLINE] = "OFFLINE", [EFFECT_FIND_COMPOSE] = "FIND",
		[EFFECT_TAKE_COMPOSE] = "TAKE", [EFFECT_THROW_COMPOSE] = "THROW", [EFFECT_SAVE_COMPOSE] = "SAVE",
		[EFFECT_LEAVE_COMPOSE] = "LEAVE", [EFFECT_DROP_COMPOSE] = "DROP", [EFFECT_NOW] = "NOW",
		 [EFFECT_SIGN] = "SIGN", [EFFECT_OPEN] = "OPEN",
	};
	for (size_t i = 0; i < t->fx.n; i++) {
		const struct effect *e = &t->fx.v[i];
		buf_str(out, names[e->kind]);
		for (size_t k = 0; k < e->n_words; k++) {
			const bool quoted = e->words[k][0] == '\0' || strchr(e->words[k], ' ') != NULL;
			const char *quote = quoted ? "'" : "", *word = e->words[k];
			const bool ours = t->dir != NULL && strncmp(word, t->dir, strlen(t->dir)) == 0;
			buf_fmt(out, " %s%s%s%s", quote, ours ? "WS" : "", word + (ours ? strlen(t->dir) : 0), quote);
		}
		buf_byte(out, '\n');
	}
}

void test_console_ended(struct test_console *t, int status, const char *json, const char *code, const char *words)
{
	struct effects before = t->fx;
	struct err e = {0};
	assert_true(before.n > 0);
	const struct ended how = {
		.ok = status == 0, .status = status, .code = code, .words = words, .said = words,
		.json = json != NULL ? json_parse(&before.arena, span_str(json), &e) : NULL,
	};
	assert_ok(json == NULL || how.json != NULL, &e);
	t->fx = (struct effects){0};
	buf_clear(&t->s.said);
	step_ended(&t->s, &t->m, before.v[0].then, before.v[0].done, &how, &t->fx);
	arena_release(&before.arena);
	load_place(&t->m, &t->s);
}

void test_console_view(struct test_console *t, size_t cols, struct buf *out)
{
	const struct seen seen = { &t->m, &t->s };
	const struct view *v = view_of(state_place(&t->s)->view);
	struct paper p;
	paper_init(&p, cols, false);
	if (v->page != NULL)
		v->page(&seen, &p);
	for (size_t i = 0; v->count != NULL && i < v->count(&seen); i++)
		v->item(&seen, i, &p);
	paper_text(&p, out);
	paper_release(&p);
}

static void draw_size(struct test_console *t, const char *name, size_t rows, size_t cols)
{
	struct grid g;
	grid_init(&g, rows, cols, false);
	frame_draw(&t->s, &t->m, &g);
	load_place(&t->m, &t->s);                        /* as the console does when its window has grown */
	grid_clear(&g);
	frame_draw(&t->s, &t->m, &g);
	screen_same(arena_fmt(&t->a, "%s_%zux%zu", name, cols, rows), &g);
	grid_release(&g);
}

void test_console_screen(struct test_console *t, const char *name)
{
	draw_size(t, name, 24, 80);
	draw_size(t, name, 50, 132);
}
