/* setgov audit EXPORT: an export against the auditor's own node, both ways, and samples by seed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/cmd.h"
#include "src/cli/export_read.h"
#include "src/cli/recount.h"
#include "src/crypto/hash.h"

#define SAMPLES 25u
#define CONTRACTS_MAX 64u

static const char *const step_of_population[] = {
	[POP_SCHEDULED] = "schedule", [POP_EXECUTED] = "execute", [POP_CANCELLED] = "cancel",
};

struct counts { size_t chain, log, chain_only, log_only; };

struct audit {
	struct cli *cli;
	struct export_read x;
	struct chain chain;
	uint64_t from, to;
	struct hash32 topics[RECOUNT_EVENTS];
	const struct chain_log *logs;
	size_t n_logs;
	const struct export_step **by_tx;     /* the log's steps, by transaction */
	const struct chain_log **by_log;      /* the chain's events, by transaction */
	bool *taken;                  /* of each of them: some call of the log's explains it */
	struct counts counts[N_POPULATIONS];
	struct json *differences;
};

/* ---- saying ---- */

static void differ(struct audit *t, enum population p, const char *side, uint64_t block, const struct hash32 *tx,
		   const char *words)
{
	struct arena *a = &t->cli->arena;
	struct json *o = json_object(a);
	struct buf hex = {0};
	buf_0xhex(&hex, SPAN_HASH(tx));
	json_set(o, a, "block", json_u64(a, block));
	json_set(o, a, "only", json_str(a, side));
	json_set(o, a, "population", json_str(a, population_name(p)));
	json_set(o, a, "text", json_str(a, words));
	json_set(o, a, "txHash", json_str(a, buf_cstr(&hex)));
	json_push(t->differences, o);
	cli_text(t->cli, "ONLY %s  %s: block %" PRIu64 ", transaction %s%s%s\n",
		 strcmp(side, "chain") == 0 ? "ON CHAIN" : "IN THE LOG", population_name(p), block, buf_cstr(&hex),
		 words[0] != '\0' ? ", " : "", words);
	buf_release(&hex);
}

/* ---- chain to log ---- */

/* The Safe's events name the safeTxHash, the timelock's the operation: as topic, or as the first word of the data. */
static bool names(const struct chain_log *l, const struct hash32 *what)
{
	if (hash32_is_zero(what))
		return false;
	return l->topic_count > 1 ? hash32_eq(&l->topics[1], what)
				  : l->data.n >= 32 && memcmp(l->data.p, what->b, 32) == 0;
}

static int compare_tx(const void *a, const void *b)
{
	const struct export_step *x = *(const struct export_step *const *)a, *y = *(const struct export_step *const *)b;
	return memcmp(x->tx.b, y->tx.b, sizeof(x->tx.b));
}

static void index_steps(struct audit *t)
{
	t->by_tx = ARENA_ARRAY(&t->cli->arena, const struct export_step *, t->x.n_steps + 1);
	for (size_t i = 0; i < t->x.n_steps; i++)
		t->by_tx[i] = &t->x.steps[i];
	if (t->x.n_steps > 1)
		qsort(t->by_tx, t->x.n_steps, sizeof(*t->by_tx), compare_tx);
}

static int compare_log(const void *a, const void *b)
{
	const struct chain_log *x = *(const struct chain_log *const *)a, *y = *(const struct chain_log *const *)b;
	const int by = memcmp(x->tx_hash.b, y->tx_hash.b, sizeof(x->tx_hash.b));
	return by != 0 ? by : (x->index > y->index) - (x->index < y->index);
}

static void index_logs(struct audit *t)
{
	t->by_log = ARENA_ARRAY(&t->cli->arena, const struct chain_log *, t->n_logs + 1);
	t->taken = ARENA_ARRAY(&t->cli->arena, bool, t->n_logs + 1);
	for (size_t i = 0; i < t->n_logs; i++)
		t->by_log[i] = &t->logs[i];
	if (t->n_logs > 1)
		qsort(t->by_log, t->n_logs, sizeof(*t->by_log), compare_log);
}

static size_t first_log_of(const struct audit *t, const struct hash32 *tx)
{
	size_t low = 0, high = t->n_logs;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (memcmp(t->by_log[mid]->tx_hash.b, tx->b, sizeof(tx->b)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The place of the first step of this transaction, or of where it would be. */
static size_t first_of(const struct audit *t, const struct hash32 *tx)
{
	size_t low = 0, high = t->x.n_steps;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (memcmp(t->by_tx[mid]->tx.b, tx->b, sizeof(tx->b)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A step of the log in the same transaction; of a Safe transaction or an operation also the one that it names. */
static const struct export_step *step_behind(const struct audit *t, const struct chain_log *l, enum population p)
{
	for (size_t i = first_of(t, &l->tx_hash); i < t->x.n_steps && hash32_eq(&t->by_tx[i]->tx, &l->tx_hash); i++) {
		const struct export_step *s = t->by_tx[i];
		if (p == POP_SAFE && !names(l, &s->safe_tx_hash))
			continue;
		if ((p == POP_SCHEDULED || p == POP_EXECUTED || p == POP_CANCELLED) &&
		    (!names(l, &s->operation) || strcmp(s->step, step_of_population[p]) != 0))
			continue;
		return s;
	}
	return NULL;
}

static bool is_another_call_of(const struct chain_log *l, enum population p)
{
	static const struct hash32 first = {{0}};
	return (p == POP_SCHEDULED || p == POP_EXECUTED) && l->topic_count > 2 && !hash32_eq(&l->topics[2], &first);
}

static void judge_log(struct audit *t, const struct chain_log *l)
{
	size_t kind = 0;
	if (!recount_kind(t->topics, l, &kind) || is_another_call_of(l, recount_population(kind)))
		return;
	const enum population p = recount_population(kind);
	t->counts[p].chain++;
	if (step_behind(t, l, p) != NULL) {
		t->counts[p].log++;
	} else {
		t->counts[p].chain_only++;
		differ(t, p, "chain", l->block, &l->tx_hash, recount_words(&t->cli->arena, &t->x.deployment, kind, l));
	}
}

/* ---- log to chain ---- */

static void log_alone(struct audit *t, enum population p, const struct export_step *s, const char *what)
{
	t->counts[p].log_only++;
	differ(t, p, "log", s->block, &s->tx,
	       arena_fmt(&t->cli->arena, "line %" PRIu64 ", %s of %s%s%s", s->seq, s->step, s->change,
			 what != NULL ? ": " : "", what != NULL ? what : ""));
}

/* An event of this population in the step's transaction that names this. */
static bool chain_names(const struct audit *t, const struct export_step *s, enum population p,
			const struct hash32 *what)
{
	size_t kind;
	for (size_t i = first_log_of(t, &s->tx); i < t->n_logs && hash32_eq(&t->by_log[i]->tx_hash, &s->tx); i++)
		if (recount_kind(t->topics, t->by_log[i], &kind) && recount_population(kind) == p &&
		    names(t->by_log[i], what))
			return true;
	return false;
}

/* Each event answers for one call: a second call of the same kind needs one of its own. */
static bool chain_has_effect(struct audit *t, const struct export_step *s, const struct call *c)
{
	for (size_t i = first_log_of(t, &s->tx); i < t->n_logs && hash32_eq(&t->by_log[i]->tx_hash, &s->tx); i++)
		if (!t->taken[i] && recount_is_of(t->topics, c, t->by_log[i])) {
			t->taken[i] = true;
			return true;
		}
	return false;
}

/* What a step calls on a contract that the profile does not name leaves events that were not asked for. */
static bool is_asked_about(const struct audit *t, const struct call *c)
{
	for (size_t i = 0; i < t->x.deployment.n_contracts; i++)
		if (addr_eq(&t->x.deployment.contracts[i].address, &c->to))
			return true;
	return false;
}

static void judge_calls(struct audit *t, const struct export_step *s)
{
	for (size_t i = 0; i < s->calls.n; i++) {
		const struct call *c = &s->calls.v[i];
		enum population p;
		const char *what;
		if (is_asked_about(t, c) && recount_expects(c, &p, &what) && !chain_has_effect(t, s, c))
			log_alone(t, p, s, what);
	}
}

static void judge_step(struct audit *t, const struct export_step *s)
{
	if (!s->mined || s->block < t->from || s->block > t->to)
		return;
	if (!hash32_is_zero(&s->safe_tx_hash) && !chain_names(t, s, POP_SAFE, &s->safe_tx_hash))
		log_alone(t, POP_SAFE, s, NULL);
	for (enum population p = POP_SCHEDULED; p <= POP_CANCELLED; p++)
		if (!hash32_is_zero(&s->operation) && strcmp(s->step, step_of_population[p]) == 0 &&
		    !chain_names(t, s, p, &s->operation))
			log_alone(t, p, s, NULL);
	judge_calls(t, s);
}

/* ---- samples ---- */

struct sample { struct hash32 order; const struct export_step *step; };

static int by_order(const void *a, const void *b)
{
	return memcmp(((const struct sample *)a)->order.b, ((const struct sample *)b)->order.b, 32);
}

/* The first 25 by SHA-256("SEED SEQ"): whoever has the seed draws the same, with sha256sum. */
static struct json *draw(struct audit *t, const char *seed)
{
	struct arena *a = &t->cli->arena;
	struct json *list = json_array(a);
	struct sample *v = ARENA_ARRAY(a, struct sample, t->x.n_steps + 1);
	size_t n = 0;
	for (size_t i = 0; i < t->x.n_steps; i++) {
		const struct export_step *s = &t->x.steps[i];
		if (!s->mined || s->block < t->from || s->block > t->to)
			continue;
		sha256(&v[n].order, span_str(arena_fmt(a, "%s %" PRIu64, seed, s->seq)));
		v[n++].step = s;
	}
	if (n > 1)
		qsort(v, n, sizeof(*v), by_order);
	cli_text(t->cli, "\nSamples by seed %s: the first %zu of %zu by SHA-256(\"%s SEQ\")\n", seed,
		 n < SAMPLES ? n : (size_t)SAMPLES, n, seed);
	for (size_t i = 0; i < n && i < SAMPLES; i++) {
		const struct export_step *s = v[i].step;
		struct json *o = json_object(a);
		json_set(o, a, "block", json_u64(a, s->block));
		json_set(o, a, "change", json_str(a, s->change));
		json_set(o, a, "seq", json_u64(a, s->seq));
		json_set(o, a, "step", json_str(a, s->step));
		json_set(o, a, "txHash", json_0x(a, SPAN_HASH(&s->tx)));
		json_push(list, o);
		cli_text(t->cli, "  %-8s %-8s line %" PRIu64 ", block %" PRIu64 ", transaction 0x", s->change, s->step,
			 s->seq, s->block);
		buf_hex(&t->cli->text, SPAN_HASH(&s->tx));
		cli_text(t->cli, "\n");
	}
	return list;
}

/* ---- all of it ---- */

static bool read_block(const struct cli *cli, const char *option, uint64_t *out, struct err *e)
{
	const char *text = cli_option(cli, option);
	struct u256 v;
	if (text == NULL)
		return true;
	return (u256_parse(&v, span_str(text), e) && u256_fits_u64(&v, out)) ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s: needed a block number", option);
}

static bool read_chain(struct audit *t, struct err *e)
{
	const struct deployment *d = &t->x.deployment;
	const char *url = cli_option(t->cli, "--rpc");
	const struct endpoint node = { span_str("rpc"), span_str(url != NULL ? url : "") };
	struct addr at[CONTRACTS_MAX];
	struct chain_log *logs;
	if (url == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "needed --rpc URL, your own node: the export is held against what it says");
	if (d->n_contracts > CONTRACTS_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %u contracts, found %zu", CONTRACTS_MAX,
			       d->n_contracts);
	for (size_t i = 0; i < d->n_contracts; i++)
		at[i] = d->contracts[i].address;
	recount_topics(t->topics);
	if (!chain_open(&t->chain, &node, 1, d->chain_id, &d->genesis, e))
		return false;
	t->to = t->chain.pin.number;
	if (!read_block(t->cli, "--from", &t->from, e) || !read_block(t->cli, "--to", &t->to, e))
		return false;
	if (t->to > t->chain.pin.number || t->from > t->to)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the chain has blocks 0 to %" PRIu64, t->chain.pin.number);
	if (!chain_logs(&t->chain, &t->cli->arena, at, d->n_contracts, t->topics, RECOUNT_EVENTS, t->from, t->to,
			&logs, &t->n_logs, e))
		return false;
	t->logs = logs;
	return true;
}

static void say_export(struct audit *t)
{
	const struct export_read *x = &t->x;
	cli_text(t->cli, "%" PRIu64 " lines, root ", x->lines);
	buf_hex(&t->cli->text, SPAN_HASH(&x->head.root));
	cli_text(t->cli, "\nChecked: form, seq, chain, time, and the checkpoint over the first %" PRIu64 "\n",
		 x->vouched);
	if (x->vouched < x->lines)
		cli_text(t->cli, "NOT CHECKED: lines %" PRIu64 " to %" PRIu64 ", which the checkpoint is not over: "
			 "anybody could have appended them, and they count for nothing here\n",
			 x->vouched, x->lines - 1);
	cli_text(t->cli, "Log key %s%s%s\n", x->vkey,
		 x->n_keys > 1 ? arena_fmt(&t->cli->arena, ", number %zu of this log: each was vouched for by the one "
					   "before", x->n_keys) : "",
		 cli_option(t->cli, "--vkey") != NULL ? "" : "\nNOT CHECKED: the key is the export's own; compare "
							     "it with a copy from another channel, or give it "
							     "with --vkey");
	cli_text(t->cli, "Blocks %" PRIu64 " to %" PRIu64 "\n\n", t->from, t->to);
}

static struct json *say_counts(struct audit *t)
{
	struct arena *a = &t->cli->arena;
	struct json *list = json_array(a);
	cli_text(t->cli, "%-22s %9s %9s %14s %12s\n", "", "on chain", "in both", "chain alone", "log alone");
	for (size_t i = 0; i < N_POPULATIONS; i++) {
		const struct counts *n = &t->counts[i];
		struct json *o = json_object(a);
		json_set(o, a, "both", json_u64(a, n->log));
		json_set(o, a, "chain", json_u64(a, n->chain));
		json_set(o, a, "chainAlone", json_u64(a, n->chain_only));
		json_set(o, a, "logAlone", json_u64(a, n->log_only));
		json_set(o, a, "population", json_str(a, population_name((enum population)i)));
		json_push(list, o);
		cli_text(t->cli, "%-22s %9zu %9zu %14zu %12zu\n", population_name((enum population)i), n->chain,
			 n->log, n->chain_only, n->log_only);
	}
	return list;
}

bool cmd_audit(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct audit t = { .cli = cli, .differences = json_array(a) };
	const char *seed = cli_option(cli, "--seed");
	const bool ok = export_read(a, &t.x, cli->args[0], cli_option(cli, "--vkey"), e) && read_chain(&t, e);
	if (ok) {
		index_steps(&t);
		index_logs(&t);
		say_export(&t);
		for (size_t i = 0; i < t.n_logs; i++)
			judge_log(&t, &t.logs[i]);
		for (size_t i = 0; i < t.x.n_steps; i++)
			judge_step(&t, &t.x.steps[i]);
		cli->result = json_object(a);
		json_set(cli->result, a, "counts", say_counts(&t));
		json_set(cli->result, a, "differences", t.differences);
		json_set(cli->result, a, "from", json_u64(a, t.from));
		json_set(cli->result, a, "lines", json_u64(a, t.x.lines));
		json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(&t.x.head.root)));
		json_set(cli->result, a, "samples", seed != NULL ? draw(&t, seed) : json_array(a));
		json_set(cli->result, a, "to", json_u64(a, t.to));
		json_set(cli->result, a, "vouched", json_u64(a, t.x.vouched));
		cli->status = t.differences->n > 0;
	}
	chain_release(&t.chain);
	return ok;
}
