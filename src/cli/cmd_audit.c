/* setgov audit EXPORT: an export against the auditor's own node, both ways, and samples by seed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/chain/reader.h"
#include "src/cli/cmd.h"
#include "src/cli/export_read.h"
#include "src/crypto/hash.h"
#include "src/crypto/keccak.h"

#define SAMPLES 25u
#define CONTRACTS_MAX 64u

/* What is counted on chain, and where the log has to have it. */
enum population { POP_SAFE, POP_SCHEDULED, POP_EXECUTED, POP_CANCELLED, POP_UPGRADE, POP_ROLE, POP_OWNER };
#define N_POPULATIONS 7
static const char *const population_names[N_POPULATIONS] = {
	"Safe transactions", "operations scheduled", "operations executed", "operations cancelled", "upgrades",
	"role changes", "owner changes",
};
static const struct { const char *signature; enum population population; } kinds[] = {
	{ "ExecutionSuccess(bytes32,uint256)", POP_SAFE },
	{ "ExecutionFailure(bytes32,uint256)", POP_SAFE },
	{ "CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)", POP_SCHEDULED },
	{ "CallExecuted(bytes32,uint256,address,uint256,bytes)", POP_EXECUTED },
	{ "Cancelled(bytes32)", POP_CANCELLED },
	{ "Upgraded(address)", POP_UPGRADE },
	{ "AdminChanged(address,address)", POP_UPGRADE },
	{ "ChangedMasterCopy(address)", POP_UPGRADE },
	{ "RoleGranted(bytes32,address,address)", POP_ROLE },
	{ "RoleRevoked(bytes32,address,address)", POP_ROLE },
	{ "RoleAdminChanged(bytes32,bytes32,bytes32)", POP_ROLE },
	{ "MinDelayChange(uint256,uint256)", POP_ROLE },
	{ "OwnershipTransferred(address,address)", POP_OWNER },
	{ "OwnershipTransferStarted(address,address)", POP_OWNER },
	{ "AddedOwner(address)", POP_OWNER },
	{ "RemovedOwner(address)", POP_OWNER },
	{ "ChangedThreshold(uint256)", POP_OWNER },
	{ "EnabledModule(address)", POP_OWNER },
	{ "DisabledModule(address)", POP_OWNER },
	{ "ChangedGuard(address)", POP_OWNER },
};

struct counts { size_t chain, log, chain_only, log_only; };

struct audit {
	struct cli *cli;
	struct export_read x;
	struct chain chain;
	uint64_t from, to;
	struct hash32 topics[ARRAY_LEN(kinds)];
	const struct chain_log *logs;
	size_t n_logs;
	const struct export_step **by_tx;     /* the log's steps, by transaction */
	bool *found;                  /* of each step of the log: the chain has it */
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
	json_set(o, a, "population", json_str(a, population_names[p]));
	json_set(o, a, "text", json_str(a, words));
	json_set(o, a, "txHash", json_str(a, buf_cstr(&hex)));
	json_push(t->differences, o);
	cli_text(t->cli, "ONLY %s  %s: block %" PRIu64 ", transaction %s%s%s\n",
		 strcmp(side, "chain") == 0 ? "ON CHAIN" : "IN THE LOG", population_names[p], block, buf_cstr(&hex),
		 words[0] != '\0' ? ", " : "", words);
	buf_release(&hex);
}

/* ---- chain to log ---- */

static bool kind_of(const struct audit *t, const struct chain_log *l, size_t *kind)
{
	for (size_t i = 0; l->topic_count > 0 && i < ARRAY_LEN(kinds); i++)
		if (hash32_eq(&t->topics[i], &l->topics[0])) {
			*kind = i;
			return true;
		}
	return false;
}

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
	t->found = ARENA_ARRAY(&t->cli->arena, bool, t->x.n_steps + 1);
	for (size_t i = 0; i < t->x.n_steps; i++)
		t->by_tx[i] = &t->x.steps[i];
	if (t->x.n_steps > 1)
		qsort(t->by_tx, t->x.n_steps, sizeof(*t->by_tx), compare_tx);
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
	static const char *const steps[] = { [POP_SCHEDULED] = "schedule", [POP_EXECUTED] = "execute",
					     [POP_CANCELLED] = "cancel" };
	for (size_t i = first_of(t, &l->tx_hash); i < t->x.n_steps && hash32_eq(&t->by_tx[i]->tx, &l->tx_hash); i++) {
		const struct export_step *s = t->by_tx[i];
		if (p == POP_SAFE && !names(l, &s->safe_tx_hash))
			continue;
		if ((p == POP_SCHEDULED || p == POP_EXECUTED || p == POP_CANCELLED) &&
		    (!names(l, &s->operation) || strcmp(s->step, steps[p]) != 0))
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
	if (!kind_of(t, l, &kind) || is_another_call_of(l, kinds[kind].population))
		return;
	const enum population p = kinds[kind].population;
	const struct export_step *s = step_behind(t, l, p);
	t->counts[p].chain++;
	if (s != NULL) {
		t->counts[p].log++;
		t->found[s - t->x.steps] = true;
	} else {
		t->counts[p].chain_only++;
		differ(t, p, "chain", l->block, &l->tx_hash, kinds[kind].signature);
	}
}

/* ---- log to chain ---- */

static void judge_step(struct audit *t, size_t i)
{
	const struct export_step *s = &t->x.steps[i];
	if (t->found[i] || !s->mined || s->block < t->from || s->block > t->to)
		return;
	t->counts[POP_SAFE].log_only++;
	differ(t, POP_SAFE, "log", s->block, &s->tx,
	       arena_fmt(&t->cli->arena, "line %" PRIu64 ", %s of %s", s->seq, s->step, s->change));
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
	cli_text(t->cli, "\nSamples by seed %s: the first %u of %zu by SHA-256(\"%s SEQ\")\n", seed, SAMPLES, n, seed);
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
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--rpc URL names your own node");
	if (d->n_contracts > CONTRACTS_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "at most %u contracts, found %zu", CONTRACTS_MAX,
			       d->n_contracts);
	for (size_t i = 0; i < d->n_contracts; i++)
		at[i] = d->contracts[i].address;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		keccak256(&t->topics[i], span_str(kinds[i].signature));
	if (!chain_open(&t->chain, &node, 1, d->chain_id, &d->genesis, e))
		return false;
	t->to = t->chain.pin.number;
	if (!read_block(t->cli, "--from", &t->from, e) || !read_block(t->cli, "--to", &t->to, e))
		return false;
	if (t->to > t->chain.pin.number || t->from > t->to)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the chain has blocks 0 to %" PRIu64, t->chain.pin.number);
	if (!chain_logs(&t->chain, &t->cli->arena, at, d->n_contracts, t->topics, ARRAY_LEN(kinds), t->from, t->to,
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
		json_set(o, a, "population", json_str(a, population_names[i]));
		json_push(list, o);
		cli_text(t->cli, "%-22s %9zu %9zu %14zu %12zu\n", population_names[i], n->chain, n->log, n->chain_only,
			 n->log_only);
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
		say_export(&t);
		for (size_t i = 0; i < t.n_logs; i++)
			judge_log(&t, &t.logs[i]);
		for (size_t i = 0; i < t.x.n_steps; i++)
			judge_step(&t, i);
		cli->result = json_object(a);
		json_set(cli->result, a, "counts", say_counts(&t));
		json_set(cli->result, a, "differences", t.differences);
		json_set(cli->result, a, "from", json_u64(a, t.from));
		json_set(cli->result, a, "lines", json_u64(a, t.x.lines));
		json_set(cli->result, a, "root", json_bare(a, SPAN_HASH(&t.x.head.root)));
		json_set(cli->result, a, "samples", seed != NULL ? draw(&t, seed) : json_array(a));
		json_set(cli->result, a, "to", json_u64(a, t.to));
		cli->status = t.differences->n > 0;
	}
	chain_release(&t.chain);
	return ok;
}
