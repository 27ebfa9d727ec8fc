#include "tests/support/changes.h"

#include <inttypes.h>
#include <string.h>

#include "audit-log/log_state.h"
#include "tests/support/check.h"

#define WORDS \
	"{\"title\":\"%s\",\"reason\":\"R\",\"ticket\":\"\",\"category\":\"\",\"impact\":\"\",\"rollback\":\"\"," \
	"\"attachments\":[],\"actions\":[{\"action\":\"registry.pause\",\"args\":{}}]"

struct hash32 test_hash(uint8_t byte)
{
	struct hash32 h;

	memset(h.b, byte, sizeof(h.b));
	return h;
}

static const char *bare(struct arena *a, struct hash32 h)
{
	struct buf b = {0};
	const char *out;

	buf_hex(&b, SPAN_HASH(&h));
	out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* Takes the text of the body. */
static const struct json *add(struct log *l, struct arena *a, const char *kind, const char *change, const char *body)
{
	struct line line = test_line(a, kind, change, "");
	struct err e = {0};

	line.body = json_parse(a, span_str(body), &e);
	assert_ok(line.body != NULL, &e);
	assert_ok(log_add_line(l, &line, &e), &e);
	return line.body;
}

/* False: one is open already. */
static bool begin(struct log *l)
{
	struct err e = {0};

	if (l->in_transaction)
		return false;
	assert_ok(log_begin(l, &e), &e);
	return true;
}

static void commit(struct log *l, bool begun)
{
	struct err e = {0};

	if (begun)
		assert_ok(log_commit(l, &e), &e);
}

static void add_one(struct log *l, struct arena *a, const char *kind, const char *change, const char *body)
{
	const bool begun = begin(l);

	add(l, a, kind, change, body);
	commit(l, begun);
	arena_release(a);
}

static const char *quoted_or_null(struct arena *a, const char *s)
{
	return s != NULL ? arena_fmt(a, "\"%s\"", s) : "null";
}

void test_draft(struct log *l, const char *change, enum route route, const char *title, const char *after)
{
	struct arena a = {0};

	add_one(l, &a, "change.drafted", change,
		arena_fmt(&a, WORDS ",\"route\":\"%s\",\"delay\":%u,\"after\":%s}", title, route_name(route),
			  route == ROUTE_DIRECT ? 0u : 86400u, quoted_or_null(&a, after)));
}

static void plan(struct log *l, struct arena *a, const char *change, const struct json *body)
{
	const struct tree_head head = log_head(l);
	struct operation op;
	struct proposal p;
	struct hash32 id;
	struct err e = {0};

	assert_ok(proposal_from_json(a, &p, body, true, &e), &e);
	op = proposal_operation(&p, &head.root);
	timelock_id(&id, &op);
	add(l, a, "operation.planned", change,
	    arena_fmt(a, "{\"operation\":\"0x%s\",\"salt\":\"0x%s\",\"size\":%" PRIu64 "}", bare(a, id),
		      bare(a, head.root), head.size));
}

void test_propose(struct log *l, const char *change, enum route route, const char *title, unsigned data,
		  const char *after)
{
	struct arena a = {0};
	const bool begun = begin(l);
	const char *digest = bare(&a, test_hash(0x11)), *zero = bare(&a, test_hash(0));
	const struct json *body = add(l, &a, "change.proposed", change,
		arena_fmt(&a, WORDS ",\"route\":\"%s\",\"delay\":%u,\"after\":%s,\"calls\":[{\"data\":\"0x%04x\","
			  "\"to\":\"0x7777777777777777777777777777777777777777\",\"value\":\"0\"}],"
			  "\"predecessor\":\"0x%s\",\"deployment\":\"%s\",\"catalogue\":\"%s\",\"abi\":\"%s\","
			  "\"policy\":null}",
			  title, route_name(route), route == ROUTE_DIRECT ? 0u : 86400u, quoted_or_null(&a, after),
			  data & 0xffff, zero, digest, digest, digest));

	if (route == ROUTE_TIMELOCK)
		plan(l, &a, change, body);
	commit(l, begun);
	arena_release(&a);
}

void test_pack(struct log *l, const char *change, enum step_kind step, uint64_t nonce, uint8_t hash)
{
	struct arena a = {0};

	add_one(l, &a, "step.packed", change,
		arena_fmt(&a, "{\"core\":\"%s\",\"evidence\":null,\"nonce\":%" PRIu64 ",\"packet\":\"%s\","
			  "\"safeTxHash\":\"0x%s\",\"step\":\"%s\",\"supersedes\":null}",
			  bare(&a, test_hash(0xc0)), nonce, bare(&a, test_hash((uint8_t)~hash)),
			  bare(&a, test_hash(hash)), step_name(step)));
}

void test_sign(struct log *l, const char *change, enum step_kind step, uint8_t owner, uint8_t hash)
{
	struct arena a = {0};

	add_one(l, &a, "signature.added", change,
		arena_fmt(&a, "{\"compared\":null,\"journalHead\":null,\"owner\":\"0x%.40s\",\"packet\":null,"
			  "\"safeTxHash\":\"0x%s\",\"signature\":\"%s\",\"step\":\"%s\"}",
			  bare(&a, test_hash(owner)), bare(&a, test_hash(hash)), bare(&a, test_hash(0xdd)),
			  step_name(step)));
}

void test_note(struct log *l, const char *change, enum step_kind step, bool declined)
{
	struct arena a = {0};

	add_one(l, &a, declined ? "answer.declined" : "answer.refused", change,
		arena_fmt(&a, "{\"owner\":null,\"code\":%s,\"step\":\"%s\",\"text\":\"No.\"}",
			  declined ? "null" : "\"SALT\"", step_name(step)));
}

void test_send(struct log *l, const char *change, enum step_kind step, uint8_t tx)
{
	struct arena a = {0};

	add_one(l, &a, "submit.intended", change,
		arena_fmt(&a, "{\"nonce\":0,\"raw\":\"%s\",\"sender\":\"0x%.40s\",\"step\":\"%s\",\"txHash\":\"0x%s\"}",
			  bare(&a, test_hash(0xee)), bare(&a, test_hash(0x99)), step_name(step),
			  bare(&a, test_hash(tx))));
}

void test_receipt(struct log *l, const char *change, enum step_kind step, bool mined, uint64_t block_time)
{
	struct arena a = {0};

	add_one(l, &a, mined ? "step.mined" : "step.failed", change,
		arena_fmt(&a, "{\"block\":7,\"blockTime\":%" PRIu64 ",\"step\":\"%s\",\"txHash\":\"0x%s\"}", block_time,
			  step_name(step), bare(&a, test_hash(0x77))));
}

void test_withdraw(struct log *l, const char *change)
{
	struct arena a = {0};

	add_one(l, &a, "change.withdrawn", change, "{\"reason\":\"R\"}");
}
