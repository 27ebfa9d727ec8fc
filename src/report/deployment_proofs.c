/* State proofs, whole: each word that was proven, the accounts it lies in, the header above them, and every node, so
 * that somebody with a Keccak-256 and nothing of ours can walk them again. */
#include <inttypes.h>

#include "src/report/deployment_of.h"

/* "0 3 4": the numbers of a list. */
static void put_places(struct rows *t, const char *column, const struct json *list)
{
	struct buf b = {0};
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		buf_str(&b, v != list->first ? " " : "");
		buf_span(&b, v->text);
	}
	rows_put(t, column, buf_view(&b));
	buf_release(&b);
}

static void header(struct evidence_of *x)
{
	const struct header *h = &x->g->proven.header;
	struct rows t = rows_begin_facts(x->a, x->r, "state_proof_header", "The block that the proofs lead to");
	t.s->text = "Keccak-256 of the header is the block's hash. Ask for that hash elsewhere: whether the block is "
		    "the chain's, no proof can say. The fourth item of the header's RLP is the state root.";
	rows_fact_fmt(&t, "block_number", "%" PRIu64, h->number);
	rows_fact(&t, "block_hash", span_str(""));
	rows_0x(&t, "value", &h->hash);
	rows_fact(&t, "state_root", span_str(""));
	rows_0x(&t, "value", &h->state_root);
	rows_fact(&t, "header", json_find(x->g->proofs, "header")->text);
	rows_fact(&t, "proofs_sha256", span_str(""));
	rows_bare(&t, "value", &x->g->proofs_digest);
	rows_fact(&t, "proofs_file", span_str(x->g->kept ? "kept" : "not kept: --proofs FILE keeps them"));
}

static void accounts(struct evidence_of *x)
{
	static const char *const columns[] = { "account", "address", "code_hash", "storage_root", "account_proof" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "state_proof_accounts", "Proven accounts", columns);
	const struct json *list = json_find(x->g->proofs, "accounts"), *v = list->first;
	t.s->text = "account_proof: the numbers of its nodes, root first. The key is Keccak-256 of the address; what "
		    "stands there is the RLP of nonce, balance, storage root and code hash.";
	for (size_t i = 0; i < x->g->proven.n_accounts; i++, v = v->next) {
		const struct proven_account *p = &x->g->proven.accounts[i];
		rows_next(&t);
		rows_fmt(&t, "account", "%zu", i + 1);
		rows_str(&t, "address", deployment_named(x, &p->at));
		rows_0x(&t, "code_hash", &p->account.code_hash);
		rows_0x(&t, "storage_root", &p->account.storage_root);
		put_places(&t, "account_proof", json_find(v, "proof"));
	}
}

/* What the word says; one word may hold several values. */
static void put_meaning(struct evidence_of *x, struct rows *t, const struct proven_word *w)
{
	const struct named_slot *s;
	struct buf name = {0}, value = {0};
	size_t i = 0;
	while ((s = slots_at(&x->g->slots, &i, &w->at, &w->slot)) != NULL) {
		buf_fmt(&name, "%s%s", name.n > 0 ? "\n" : "", s->name);
		buf_str(&value, value.n > 0 ? "\n" : "");
		slot_say(x->a, &value, s, x->d, &w->word);
	}
	rows_put(t, "what", buf_view(&name));
	rows_put(t, "value", buf_view(&value));
	buf_release(&name);
	buf_release(&value);
}

static void slot(struct evidence_of *x, struct rows *t, size_t i, const struct json *asked)
{
	const struct proven_word *w = &x->g->proven.words[i];
	rows_next(t);
	rows_fmt(t, "no", "%zu", i + 1);
	put_meaning(x, t, w);
	rows_addr(t, "address", &w->at);
	rows_0x(t, "slot", &w->slot);
	rows_0x(t, "word", &w->word);
	put_places(t, "storage_proof", json_find(asked, "proof"));
}

static void slots(struct evidence_of *x)
{
	static const char *const columns[] = { "no", "what", "value", "address", "slot", "word", "storage_proof" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "state_proofs", "What state proofs show", columns);
	size_t i = 0;
	if (!x->g->proofs_known) {
		t.s->text = arena_fmt(x->a, "No proofs: %s. What the tables say is the node's word.",
				      x->g->proofs_trouble);
		return;
	}
	t.s->text = arena_fmt(x->a, "Each was followed from the state root of block %" PRIu64 " to its account and "
			      "on to its slot. storage_proof: the numbers of its nodes, the account's storage root "
			      "first; the key is Keccak-256 of the slot, a slot that is not in the trie is 0. The "
			      "Safe's lists begin at 0x…01, and each member's slot names the next. A proof shows "
			      "what is asked for: that nobody else has a role, or counts as an owner, it cannot "
			      "show, for who has is a key that nobody can list; asked was about "
			      "everybody whom the profile, an event or a list names.%s",
			      x->g->proven.header.number, x->g->cut ? " There were more than one set of proofs holds: "
			      "the newest holders and former members are left out." : "");
	for (const struct json *v = json_find(x->g->proofs, "accounts")->first; v != NULL; v = v->next)
		for (const struct json *s = json_find(v, "slots")->first; s != NULL; s = s->next)
			slot(x, &t, i++, s);
}

static void nodes(struct evidence_of *x)
{
	static const char *const columns[] = { "node", "rlp" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "state_proof_nodes", "The nodes of the proofs", columns);
	size_t i = 0;
	t.s->text = "Each node's Keccak-256 is what the node before it, or the root, names.";
	for (const struct json *v = json_find(x->g->proofs, "nodes")->first; v != NULL; v = v->next) {
		rows_next(&t);
		rows_fmt(&t, "node", "%zu", i++);
		rows_put(&t, "rlp", v->text);
	}
}

void deployment_proofs(struct evidence_of *x)
{
	slots(x);
	if (!x->g->proofs_known)
		return;
	accounts(x);
	header(x);
	nodes(x);
}
