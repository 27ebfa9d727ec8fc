#include "tests/support/packets.h"

#include <string.h>

#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/proof/note.h"
#include "tests/support/check.h"

#define ORIGIN "test/log"

static void key_of(uint8_t key[32], unsigned owner)
{
	memset(key, (int)owner + 1, 32);
}

static const char *owner_address(struct arena *a, unsigned owner)
{
	struct buf text = {0};
	struct addr addr;
	uint8_t key[32];
	const char *out;

	key_of(key, owner);
	assert_true(sig_key_address(&addr, key, NULL));
	addr_format(&text, &addr);
	out = arena_str(a, buf_view(&text));
	buf_release(&text);
	return out;
}

const char *sample_profile(struct arena *a, uint64_t chain_id)
{
	const char *people = "";

	for (unsigned i = 0; i < SAMPLE_OWNERS; i++)
		people = arena_fmt(a, "%s%s{\"id\":\"p%u\",\"address\":\"%s\",\"owner\":true}", people,
				   i == 0 ? "" : ",", i + 1, owner_address(a, i));
	return arena_fmt(a,
			 "{\"format\":\"setgov-deployment/1\",\"identity\":{\"name\":\"sample\",\"class\":\"test\","
		"\"chainId\":%llu,\"genesisHash\":\"0x%064d\",\"safe\":\"0x7070707070707070707070707070707070707070\","
		"\"safeVersion\":\"1.4.1\",\"threshold\":3,"
		"\"timelock\":\"0x7171717171717171717171717171717171717171\",\"contracts\":{"
		"\"registry\":{\"abi\":\"SetRegistry\",\"address\":\"0x7272727272727272727272727272727272727272\"},"
		"\"paymaster\":{\"abi\":\"SetPaymaster\",\"address\":\"0x7373737373737373737373737373737373737373\"},"
		"\"timelock\":{\"abi\":\"SetTimelock\",\"address\":\"0x7171717171717171717171717171717171717171\"},"
		"\"safe\":{\"abi\":\"Safe\",\"address\":\"0x7070707070707070707070707070707070707070\"}},"
		"\"people\":[%s],\"feeCaps\":{\"maxFeePerGas\":\"200 gwei\",\"maxPriorityFeePerGas\":\"5 "
		"gwei\",\"gas\":2000000}},"
		"\"local\":{\"endpoints\":[]}}", (unsigned long long)chain_id, 7, people);
}

void sample_init(struct sample *s, uint64_t chain_id)
{
	struct err e = {0};

	*s = (struct sample){ .nonce = 4 };
	memset(s->log_seed, 0x42, sizeof(s->log_seed));
	assert_ok(deployment_parse(&s->a, &s->d, span_str(sample_profile(&s->a, chain_id)), &e), &e);
	assert_ok(pinned_builtin(&s->a, &s->pin, &s->d, &e), &e);
}

void sample_propose(struct sample *s, const char *action, const char *const pairs[])
{
	struct proposal *p = &s->proposal;
	struct json *one = NULL, *all = json_array(&s->a);
	struct span typed[8];
	struct err e = {0};
	bool direct = false;
	size_t n = 0;

	for (; pairs[n] != NULL; n++)
		typed[n] = span_str(pairs[n]);
	assert_ok(action_read(&s->a, &one, &s->pin, span_str(action), typed, n, &e), &e);
	json_push(all, one);
	*p = (struct proposal){ .title = span_str("New key"), .reason = span_str("The old one is two years old"),
				.actions = all, .deployment = s->d.id, .catalogue = s->pin.catalogue_digest,
				.abi = s->pin.abi_digest };
	assert_ok(actions_compile(&s->a, &p->calls, &direct, &s->pin, all, &e), &e);
	p->route = direct ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	p->delay = direct ? 0 : 86400;
}

/* ---- the log ---- */

struct kept {
	struct hash32 v[64];
	size_t n;
};

static bool read_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	const struct kept *k = ctx;

	(void)e;
	*out = k->v[index];
	return index < k->n;
}

static struct span proposal_line(struct sample *s)
{
	struct line l = { .seq = SAMPLE_SEQ, .time = { 1795000000000 }, .kind = span_str("change.proposed"),
			  .change = span_str("SC-7"), .actor = span_str("p1"), .auth = span_str("os-user") };
	struct buf raw = {0};
	struct err e = {0};
	struct span out;

	l.body = proposal_to_json(&s->a, &s->proposal, true);
	assert_ok(line_write(&raw, &l, &e), &e);
	out = arena_copy(&s->a, buf_view(&raw));
	buf_release(&raw);
	return out;
}

static void grow(struct frontier *f, struct kept *k, struct span line)
{
	struct hash32 leaf, more[MERKLE_LEVELS];
	size_t n;

	line_leaf(&leaf, line);
	n = frontier_add(f, &leaf, more);
	for (size_t i = 0; i < n; i++)
		k->v[k->n++] = more[i];
}

static void set_path(struct sample *s, struct kept *k)
{
	const struct merkle_nodes nodes = { read_node, k };
	struct merkle_path *path = ARENA_NEW(&s->a, struct merkle_path);
	struct err e = {0};

	assert_ok(merkle_prove(path, SAMPLE_SEQ, SAMPLE_SEQ + 1, &nodes, &e), &e);
	s->p.core.path = path->hash;
	s->p.core.n_path = path->n;
}

static void set_steps(struct sample *s, unsigned steps)
{
	struct packet_step *v = ARENA_ARRAY(&s->a, struct packet_step, N_STEPS);
	const struct u256 chain_id = u256_from_u64(s->d.chain_id);
	struct packet_core *core = &s->p.core;
	struct err e = {0};

	core->steps = v;
	core->n_steps = 0;
	for (int k = 0; k < N_STEPS; k++) {
		const uint64_t nonce = s->nonce + core->n_steps;
		struct safe_hashes hashes;
		struct safe_tx tx;

		if (!(steps & 1u << k))
			continue;
		assert_ok(change_step_tx(&s->a, &tx, &s->d, &s->proposal, &core->root, (enum step_kind)k,
					 nonce, &e), &e);
		safe_hash(&hashes, SAFE_CURRENT, &chain_id, &s->d.safe, &tx);
		v[core->n_steps++] = (struct packet_step){ (enum step_kind)k, nonce, hashes.tx };
	}
}

void sample_checkpoint(struct sample *s)
{
	struct packet_core *core = &s->p.core;
	const struct tree_head head = { core->size, core->root };
	const struct note_key key = note_key_of_seed(&s->a, span_str(ORIGIN), s->log_seed);
	struct buf text = {0}, note = {0}, vkey = {0};

	checkpoint_write(&text, span_str(ORIGIN), &head);
	note_sign(&note, buf_view(&text), span_str(ORIGIN), s->log_seed);
	note_key_format(&vkey, &key);
	core->checkpoint = arena_copy(&s->a, buf_view(&note));
	core->log_key = arena_copy(&s->a, buf_view(&vkey));
	buf_release(&text);
	buf_release(&note);
	buf_release(&vkey);
}

void sample_log(struct sample *s, unsigned steps)
{
	struct packet_core *core = &s->p.core;
	struct frontier f = {0};
	struct kept kept = {0};

	for (unsigned i = 0; i < SAMPLE_SEQ; i++)
		grow(&f, &kept, span_str(arena_fmt(&s->a, "line %u", i)));
	*core = (struct packet_core){ .deployment = s->proposal.deployment, .catalogue = s->proposal.catalogue,
				      .abi = s->proposal.abi, .change = span_str("SC-7"), .size = SAMPLE_SEQ + 1 };
	core->proposal = proposal_line(s);
	grow(&f, &kept, core->proposal);
	frontier_root(&f, &core->root);
	set_path(s, &kept);
	sample_checkpoint(s);
	set_steps(s, steps);
}

/* ---- the file ---- */

void sample_add_signature(struct sample *s, unsigned owner, enum step_kind step)
{
	struct packet_signature *v = ARENA_ARRAY(&s->a, struct packet_signature, s->p.n_signatures + 1);
	struct packet_signature *mine = &v[s->p.n_signatures];
	const struct packet_step *of = NULL;
	uint8_t key[32];

	for (size_t i = 0; i < s->p.n_signatures; i++)
		v[i] = s->p.signatures[i];
	for (size_t i = 0; i < s->p.core.n_steps; i++)
		if (s->p.core.steps[i].step == step)
			of = &s->p.core.steps[i];
	assert_non_null(of);
	key_of(key, owner);
	mine->step = step;
	assert_true(sig_key_address(&mine->by.owner, key, NULL));
	assert_true(sig_make(&mine->by.sig, &of->safe_tx_hash, key));
	s->p.signatures = v;
	s->p.n_signatures++;
}

struct span sample_seal(struct sample *s)
{
	struct buf core = {0}, file = {0};
	struct span out;

	packet_core_write(&s->a, &core, &s->p.core);
	s->p.core_text = arena_copy(&s->a, buf_view(&core));
	sha256(&s->p.digest, s->p.core_text);
	packet_write(&s->a, &file, &s->p);
	out = arena_copy(&s->a, buf_view(&file));
	buf_release(&core);
	buf_release(&file);
	return out;
}

void sample_rotate(struct sample *s)
{
	static const char *const pairs[] = { "old=0x8181818181818181818181818181818181818181",
					     "new=0x8282828282828282828282828282828282828282", NULL };

	sample_init(s, 84532999);
	sample_propose(s, "sequencer.rotate", pairs);
	sample_log(s, 1u << STEP_SCHEDULE | 1u << STEP_EXECUTE);
	sample_add_signature(s, 1, STEP_SCHEDULE);
}

void sample_release(struct sample *s)
{
	arena_release(&s->a);
}
