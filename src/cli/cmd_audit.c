/* setgov audit EXPORT: an export against the auditor's own nodes, both ways; what came before the log, apart; what no
 * node can leave out; and samples by seed. What is said is said here; audit_*.c find it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/cli/audit_parts.h"
#include "src/cli/cmd.h"
#include "src/crypto/hash.h"

#define SAMPLES 25u

/* ---- samples ---- */

struct sample { struct hash32 order; const struct export_step *step; };

static int by_order(const void *a, const void *b)
{
	return memcmp(((const struct sample *)a)->order.b, ((const struct sample *)b)->order.b, 32);
}

/* The first 25 by SHA-256("SEED SEQ"): whoever has the seed draws the same, with sha256sum. */
static struct json *draw(struct audit *t, const char *seed)
{
	struct arena *a = t->a;
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

/* ---- the chain ---- */

static bool read_block(const struct cli *cli, const char *option, uint64_t *out, struct err *e)
{
	const char *text = cli_option(cli, option);
	struct u256 v;
	if (text == NULL)
		return true;
	return (u256_parse(&v, span_str(text), e) && u256_fits_u64(&v, out)) ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s: needed a block number", option);
}

/* Each --rpc is a node of its own: what they do not agree on is refused. */
static bool open_nodes(struct audit *t, struct err *e)
{
	const struct deployment *d = &t->x.deployment;
	struct endpoint nodes[RPC_MAX_ENDPOINTS];
	size_t n = 0;
	for (size_t i = 0; i < t->cli->n_given; i++) {
		if (strcmp(t->cli->given[i].option->name, "--rpc") != 0)
			continue;
		if (n == RPC_MAX_ENDPOINTS)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "at most %zu nodes", (size_t)RPC_MAX_ENDPOINTS);
		nodes[n].name = span_str(n == 0 ? "rpc" : arena_fmt(t->a, "rpc-%zu", n + 1));
		nodes[n++].url = span_str(t->cli->given[i].value);
	}
	if (n == 0)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "needed --rpc URL, your own node: the export is held against what it says");
	if (n == 1)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "your node against another: --rpc can be given twice");
	return chain_open(&t->chain, nodes, n, d->chain_id, &d->genesis, e);
}

static bool read_range(struct audit *t, struct err *e)
{
	t->to = t->chain.pin.number;
	if (!read_block(t->cli, "--from", &t->from, e) || !read_block(t->cli, "--to", &t->to, e))
		return false;
	if (t->to > t->chain.pin.number || t->from > t->to)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the chain has blocks 0 to %" PRIu64, t->chain.pin.number);
	t->end = t->chain.pin;
	return t->to == t->end.number || chain_block(&t->chain, t->to, &t->end, e);
}

/* Everything that is proven is proven from this block's hash. */
static bool judge_end(struct audit *t, struct err *e)
{
	const char *text = cli_option(t->cli, "--block-hash");
	struct buf hex = {0};
	struct hash32 given;
	bool ok = true;
	buf_0xhex(&hex, SPAN_HASH(&t->end.hash));
	if (text == NULL)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "the hash of block %" PRIu64 ", from which all that is proven "
			   "follows: %s is your node's word. Compare it with another source, and give it with "
			   "--block-hash",
			   t->to, buf_cstr(&hex));
	else if (!hex_fixed(given.b, sizeof(given.b), span_str(text), e))
		ok = err_in(e, "--block-hash");
	else if (!hash32_eq(&given, &t->end.hash))
		ok = err_refuse(e, "BLOCK-HASH", "block %" PRIu64 " is %s on your node, not what you gave: it is on "
			   "another chain, or lies", t->to, buf_cstr(&hex));
	else
		t->end_given = true;
	buf_release(&hex);
	return ok;
}

/* Events are asked for by number: the last block has to be the same as before. */
static bool still_there(struct audit *t, struct err *e)
{
	struct block b;
	return chain_block(&t->chain, t->to, &b, e) &&
	       (hash32_eq(&b.hash, &t->end.hash) ||
		err_refuse(e, "REORG", "block %" PRIu64 " was replaced while events were being read: try again",
			   t->to));
}

static bool read_chain(struct audit *t, struct err *e)
{
	struct chain_log *logs;
	recount_topics(t->topics);
	if (!open_nodes(t, e) || !read_range(t, e) || !judge_end(t, e) || !audit_begin(t, e))
		return false;
	struct addr *at = ARENA_ARRAY(t->a, struct addr, t->n_contracts + 1);
	for (size_t i = 0; i < t->n_contracts; i++)
		at[i] = t->contracts[i].at;
	if (!chain_logs(&t->chain, t->a, at, t->n_contracts, t->topics, RECOUNT_EVENTS, t->from, t->to, &logs,
			&t->n_logs, e))
		return false;
	t->logs = logs;
	return still_there(t, e);
}

/* ---- saying ---- */

static void say_export(struct audit *t)
{
	const struct export_read *x = &t->x;
	cli_text(t->cli, "%" PRIu64 " lines, root ", x->lines);
	buf_hex(&t->cli->text, SPAN_HASH(&x->head.root));
	cli_text(t->cli, "\nChecked: form, seq, chain, time, and the checkpoint over the first %" PRIu64 "\n",
		   x->vouched);
	if (x->vouched < x->lines)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "lines %" PRIu64 " to %" PRIu64 ", which the checkpoint is "
			   "not over: anybody could have appended them, and they count for nothing here", x->vouched,
			   x->lines - 1);
	cli_text(t->cli, "Log key %s%s\n", x->vkey,
		 x->n_keys > 1 ? arena_fmt(t->a, ", number %zu of this log: each was vouched for by the one before",
					   x->n_keys) : "");
	if (cli_option(t->cli, "--vkey") == NULL)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "the key is the export's own; compare it with a copy from "
			   "another channel, or give it with --vkey");
	cli_text(t->cli, "Blocks %" PRIu64 " to %" PRIu64 "; the log began after block %" PRIu64 ": %s\n\n", t->from,
		   t->to,
		 t->began, t->began_by);
}

static struct json *say_counts(struct audit *t)
{
	struct arena *a = t->a;
	struct json *list = json_array(a);
	cli_text(t->cli, "%-22s %9s %9s %9s %14s %12s\n", "", "on chain", "before", "in both", "chain alone",
		 "log alone");
	for (size_t i = 0; i < N_POPULATIONS; i++) {
		const struct counts *n = &t->counts[i];
		struct json *o = json_object(a);
		json_set(o, a, "before", json_u64(a, n->before));
		json_set(o, a, "both", json_u64(a, n->both));
		json_set(o, a, "chain", json_u64(a, n->chain));
		json_set(o, a, "chainAlone", json_u64(a, n->chain_only));
		json_set(o, a, "logAlone", json_u64(a, n->log_only));
		json_set(o, a, "population", json_str(a, population_name((enum population)i)));
		json_push(list, o);
		cli_text(t->cli, "%-22s %9zu %9zu %9zu %14zu %12zu\n", population_name((enum population)i), n->chain,
			 n->before, n->both, n->chain_only, n->log_only);
	}
	return list;
}

static struct json *say_events(struct audit *t, const struct audit_events *events, bool before)
{
	struct arena *a = t->a;
	struct json *list = json_array(a);
	for (size_t i = 0; i < events->n; i++) {
		const struct audit_event *v = &events->v[i];
		struct json *o = json_object(a);
		struct buf hex = {0};
		buf_0xhex(&hex, SPAN_HASH(&v->tx));
		json_set(o, a, "block", json_u64(a, v->block));
		if (!before)
			json_set(o, a, "only", json_str(a, v->in_log ? "log" : "chain"));
		json_set(o, a, "population", json_str(a, population_name(v->population)));
		json_set(o, a, "text", json_str(a, v->words));
		json_set(o, a, "txHash", json_str(a, buf_cstr(&hex)));
		json_push(list, o);
		cli_text(t->cli, "%s  %s: block %" PRIu64 ", transaction %s, %s\n",
			 before ? "BEFORE" : v->in_log ? "ONLY IN THE LOG" : "ONLY ON CHAIN",
			 population_name(v->population),
			 v->block, buf_cstr(&hex), v->words);
		buf_release(&hex);
	}
	return list;
}

static struct json *say_facts(struct audit *t, const struct audit_facts *facts, const char *title)
{
	static const char *const words[] = { [AUDIT_OK] = "ok", [AUDIT_LOOK] = "look", [AUDIT_DIFFERS] = "differs" };
	static const char *const marks[] = { [AUDIT_OK] = "ok", [AUDIT_LOOK] = "LOOK", [AUDIT_DIFFERS] = "DIFFERS" };
	struct json *list = json_array(t->a);
	if (facts->n > 0)
		cli_text(t->cli, "\n%s\n", title);
	for (size_t i = 0; i < facts->n; i++) {
		struct json *o = json_object(t->a);
		json_set(o, t->a, "text", json_text(t->a, span_str(facts->v[i].words)));
		json_set(o, t->a, "verdict", json_str(t->a, words[facts->v[i].verdict]));
		json_push(list, o);
		cli_text(t->cli, "  %-7s  %s\n", marks[facts->v[i].verdict], facts->v[i].words);
	}
	return list;
}

static struct json *say_unchecked(struct audit *t)
{
	struct json *list = json_array(t->a);
	cli_text(t->cli, "\n");
	for (size_t i = 0; i < t->unchecked.n; i++) {
		json_push(list, json_text(t->a, span_str(t->unchecked.v[i].words)));
		cli_text(t->cli, "NOT CHECKED: %s\n", t->unchecked.v[i].words);
	}
	return list;
}

static size_t differing(const struct audit_facts *facts)
{
	size_t n = 0;
	for (size_t i = 0; i < facts->n; i++)
		n += facts->v[i].verdict == AUDIT_DIFFERS;
	return n;
}

static size_t differences(const struct audit *t)
{
	return t->differences.n + differing(&t->files) + differing(&t->anchors) + differing(&t->opening) +
	       differing(&t->counters);
}

static const char *found(const struct audit *t)
{
	const size_t n = differences(t);
	return n == 0 ? "Nothing differs." : arena_fmt(t->a, "%zu difference%s.", n, n == 1 ? "" : "s");
}

static void say(struct audit *t)
{
	struct arena *a = t->a;
	const char *seed = cli_option(t->cli, "--seed");
	struct json *o = json_object(a), *began = json_object(a), *end = json_object(a);
	say_export(t);
	json_set(o, a, "counts", say_counts(t));
	cli_text(t->cli, "\n%s\n", found(t));
	json_set(o, a, "differences", say_events(t, &t->differences, false));
	if (t->before.n > 0)
		cli_text(t->cli, "\nBefore the log began, or before a contract was in it: %zu, no difference\n",
			 t->before.n);
	json_set(o, a, "before", say_events(t, &t->before, true));
	json_set(o, a, "files", say_facts(t, &t->files, "What the export shows"));
	json_set(o, a, "anchors", say_facts(t, &t->anchors, "Roots of the log that the chain has seen"));
	json_set(o, a, "opening", say_facts(t, &t->opening,
		 arena_fmt(a, "In block %" PRIu64 ", against the profile in line 0", t->began)));
	json_set(o, a, "counters", say_facts(t, &t->counters, t->end_given
		 ? "Proven from the block hash that you gave" : "Proven from the last block's hash, which is your "
		 "node's word"));
	json_set(o, a, "notChecked", say_unchecked(t));
	json_set(began, a, "block", json_u64(a, t->began));
	json_set(began, a, "by", json_str(a, t->began_by));
	json_set(o, a, "began", began);
	json_set(end, a, "given", json_bool(a, t->end_given));
	json_set(end, a, "hash", json_0x(a, SPAN_HASH(&t->end.hash)));
	json_set(end, a, "number", json_u64(a, t->end.number));
	json_set(o, a, "block", end);
	json_set(o, a, "from", json_u64(a, t->from));
	json_set(o, a, "lines", json_u64(a, t->x.lines));
	json_set(o, a, "root", json_bare(a, SPAN_HASH(&t->x.head.root)));
	json_set(o, a, "samples", seed != NULL ? draw(t, seed) : json_array(a));
	json_set(o, a, "to", json_u64(a, t->to));
	json_set(o, a, "vouched", json_u64(a, t->x.vouched));
	json_set(o, a, "withheld", withholding_json(a, &t->x.withheld));
	t->cli->result = o;
	t->cli->status = differences(t) > 0;
}

bool cmd_audit(struct cli *cli, struct err *e)
{
	struct audit t = { .cli = cli, .a = &cli->arena };
	const bool ok = export_read(t.a, &t.x, cli->args[0], cli_option(cli, "--vkey"), e) && read_chain(&t, e);
	if (ok) {
		audit_files(&t);
		audit_match(&t);
		audit_opening(&t);
		audit_count(&t);
		audit_headers(&t);
		say(&t);
	}
	chain_release(&t.chain);
	return ok;
}
