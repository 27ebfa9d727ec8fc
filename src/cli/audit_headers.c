/* Every header of the blocks, each the parent of the next, up to the last block's hash: a header's bloom filter says of
 * what contracts and kinds there can be events in its block. What a node leaves out, it leaves in there. */
#include "src/cli/audit_parts.h"

#include <inttypes.h>
#include <string.h>

#include "src/chain/proofs.h"

#define BATCH 100u
/* In a filter with fewer bits set, six that are set by chance come once in more than a million times. */
#define SPARSE 128u

struct sieve {
	struct audit *t;
	struct bloom_key *contracts, topics[RECOUNT_EVENTS];
	struct hash32 expected;       /* of the block that comes next, which is the one below */
	size_t with;                  /* blocks that can have events that were asked for */
	size_t unclear;               /* a contract that is shown, and a kind that is shown of another */
};

static size_t first_in(const struct audit *t, uint64_t block)
{
	size_t low = 0, high = t->n_logs;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (t->logs[mid].block < block)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What the node shows of a block: events of this contract, and of this kind, if only of another one. */
struct shown { bool both, contract, topic; };

static struct shown shown_in(const struct audit *t, uint64_t block, const struct addr *at, const struct hash32 *topic)
{
	struct shown s = {0};
	for (size_t i = first_in(t, block); i < t->n_logs && t->logs[i].block == block; i++) {
		const bool of = addr_eq(&t->logs[i].address, at), kind = hash32_eq(&t->logs[i].topics[0], topic);
		s.both |= of && kind;
		s.contract |= of;
		s.topic |= kind;
	}
	return s;
}

/* The contract may be in the filter for an event that is nobody's business here. */
static bool shows_other(struct audit *t, uint64_t block, const struct addr *at)
{
	struct chain_log *logs;
	size_t n;
	return chain_logs(&t->chain, t->a, at, 1, NULL, 0, block, block, &logs, &n, NULL) && n > 0;
}

static void judge_pair(struct sieve *s, const struct header *h, size_t contract, size_t topic)
{
	struct audit *t = s->t;
	const struct addr *at = &t->contracts[contract].at;
	const struct shown shown = shown_in(t, h->number, at, &t->topics[topic]);
	if (shown.both)
		return;
	const bool there = shown.contract || shows_other(t, h->number, at);
	if (there && shown.topic) {
		s->unclear++;
		return;
	}
	/* A contract that is there, and a kind of event that others have, too, are no lie yet. */
	const bool sure = !there && header_bloom_bits(h) < SPARSE;
	audit_note(t, sure ? &t->counters : &t->unchecked, sure ? AUDIT_DIFFERS : AUDIT_LOOK,
		   "block %" PRIu64 ": its header has %s and %s, and your node shows no such event. Its receipts would "
		   "tell",
		   h->number, audit_addresses(t, at, 1), recount_signature(topic));
}

static void sift(struct sieve *s, const struct header *h)
{
	struct audit *t = s->t;
	bool some = false;
	for (size_t i = 0; i < t->n_contracts; i++) {
		if (!header_may_have(h, &s->contracts[i]))
			continue;
		for (size_t k = 0; k < RECOUNT_EVENTS; k++)
			if (header_may_have(h, &s->topics[k])) {
				judge_pair(s, h, i, k);
				some = true;
			}
	}
	s->with += some;
}

static bool sift_all(struct sieve *s, struct err *e)
{
	struct audit *t = s->t;
	struct header *v = ARENA_ARRAY(t->a, struct header, BATCH);
	for (uint64_t end = t->to + 1; end > t->from;) {
		const size_t n = end - t->from < BATCH ? (size_t)(end - t->from) : BATCH;
		struct arena a = {0};
		const bool ok = chain_headers(&t->chain, &a, end - n, n, v, e);
		arena_release(&a);
		if (!ok)
			return false;
		for (size_t i = n; i-- > 0;) {
			if (!hash32_eq(&v[i].hash, &s->expected) || v[i].number != end - n + i)
				return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the header of block %" PRIu64 " is not "
					   "the "
					       "one that the block after it names", end - n + i);
			s->expected = v[i].parent;
			sift(s, &v[i]);
		}
		end -= n;
	}
	return true;
}

void audit_headers(struct audit *t)
{
	struct sieve s = { .t = t, .expected = t->end.hash };
	struct err e = {0};
	if (!cli_flag(t->cli, "--headers")) {
		audit_note(t, &t->unchecked, AUDIT_LOOK, "events that your node leaves out of the blocks, as far as "
			   "nothing below "
			   "counts them: --headers has each block's header tell what can be in it");
		return;
	}
	s.contracts = ARENA_ARRAY(t->a, struct bloom_key, t->n_contracts + 1);
	for (size_t i = 0; i < t->n_contracts; i++)
		s.contracts[i] = bloom_key_of(span_of(t->contracts[i].at.b, sizeof(t->contracts[i].at.b)));
	for (size_t k = 0; k < RECOUNT_EVENTS; k++)
		s.topics[k] = bloom_key_of(SPAN_HASH(&t->topics[k]));
	if (!sift_all(&s, &e))
		audit_not_checked(t, "what the headers of the blocks say of events", &e);
	else
		audit_note(t, &t->counters, AUDIT_OK, "headers of blocks %" PRIu64 " to %" PRIu64 ": each names the "
			   "one before; "
			   "%zu of them can have events that were asked for", t->from, t->to, s.with);
	if (s.unclear > 0)
		audit_note(t, &t->unchecked, AUDIT_LOOK, "events that a header cannot tell from those that are shown, "
			   "of a "
			   "contract and of a kind that its block has both: %zu", s.unclear);
}
