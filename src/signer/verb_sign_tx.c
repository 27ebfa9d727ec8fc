/* sign-tx: the outer transaction of a packet's step, built here from the packet and the pin, signed by a
 * payer's key that is no owner's. The console says nonce, gas and fees, and these only under the pinned caps.
 * Nothing else is ever signed. */
#include <stdlib.h>

#include "src/base/text.h"
#include "src/crypto/keystore.h"
#include "src/crypto/wipe.h"
#include "src/evm/address.h"
#include "src/evm/transaction.h"
#include "src/gov/units.h"
#include "src/signer/review.h"

#define SAFE_INTEGER ((UINT64_C(1) << 53) - 1)        /* as JSON and the journal take it */

static bool number(const struct signer *s, const char *name, struct u256 *out, struct err *e)
{
	const char *text = signer_option(s, name);
	if (text == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "sign-tx needs %s", name);
	return u256_parse(out, span_str(text), e) || err_in(e, "%s", name);
}

static bool small_number(const struct signer *s, const char *name, uint64_t *out, struct err *e)
{
	struct u256 v;
	return number(s, name, &v, e) &&
	       ((u256_fits_u64(&v, out) && *out <= SAFE_INTEGER) ||
		err_set(e, ERR_RANGE, ERR_NO_OFFSET, "more than 2^53-1") || err_in(e, "%s", name));
}

static bool over_cap(struct err *e, const char *what, const struct u256 *found, const struct u256 *cap)
{
	struct buf f = {0}, c = {0};
	wei_format(&f, found);
	wei_format(&c, cap);
	err_refuse(e, "FEE-CAP", "%s is %s per gas, pinned is at most %s", what, buf_cstr(&f), buf_cstr(&c));
	buf_release(&f);
	buf_release(&c);
	return false;
}

static bool read_price(const struct signer *s, const struct fee_caps *caps, struct transaction *tx,
		       struct err *e)
{
	if (!small_number(s, "--nonce", &tx->nonce, e) || !small_number(s, "--gas", &tx->gas, e) ||
	    !number(s, "--max-fee", &tx->max_fee, e) || !number(s, "--max-priority", &tx->max_priority, e))
		return false;
	if (tx->gas > caps->gas)
		return err_refuse(e, "FEE-CAP", "gas is %llu, pinned is at most %llu",
				  (unsigned long long)tx->gas, (unsigned long long)caps->gas);
	if (u256_cmp(&tx->max_fee, &caps->max_fee) > 0)
		return over_cap(e, "the fee", &tx->max_fee, &caps->max_fee);
	if (u256_cmp(&tx->max_priority, &caps->max_priority) > 0)
		return over_cap(e, "the tip", &tx->max_priority, &caps->max_priority);
	return u256_cmp(&tx->max_priority, &tx->max_fee) <= 0 ||
	       err_set(e, ERR_RANGE, ERR_NO_OFFSET, "the tip is more than the whole fee");
}

static const struct checked_step *find_step(const struct signer *s, const struct reviewed *r, struct err *e)
{
	const char *name = signer_option(s, "--step");
	enum step_kind kind;
	if (name == NULL) {
		err_set(e, ERR_USAGE, ERR_NO_OFFSET, "sign-tx needs --step");
		return NULL;
	}
	if (!step_parse(&kind, span_str(name), e)) {
		err_in(e, "--step");
		return NULL;
	}
	for (size_t i = 0; i < r->checked.n_steps; i++)
		if (r->checked.steps[i].step == kind)
			return &r->checked.steps[i];
	err_refuse(e, "STEP", "the packet has no step %s", name);
	return NULL;
}

/* execTransaction with the owners' signatures that the packet carries; packet_check() verified each. */
static bool safe_call(const struct reviewed *r, const struct checked_step *step, struct buf *data,
		      struct transaction *tx, struct err *e)
{
	struct owner_signature *v = calloc(r->packet.n_signatures + 1, sizeof(*v));
	struct buf blob = {0};
	size_t n = 0;
	if (v == NULL)
		die("out of memory");
	for (size_t i = 0; i < r->packet.n_signatures; i++)
		if (r->packet.signatures[i].step == step->step)
			v[n++] = r->packet.signatures[i].by;
	bool ok = n > 0 || err_refuse(e, "SIGNATURES", "the packet carries no owner's signature for this step");
	ok = ok && safe_signatures_pack(&blob, v, n, e);
	if (ok)
		safe_exec_calldata(data, &step->tx, buf_view(&blob));
	tx->to = r->pin->deployment.safe;
	buf_release(&blob);
	free(v);
	return ok;
}

/* The timelock's own call, for a payer who holds the role himself. On route direct the Safe alone can act. */
static bool direct_call(const struct reviewed *r, const struct checked_step *step, struct buf *data,
			struct transaction *tx, struct err *e)
{
	if (r->checked.proposal.route != ROUTE_TIMELOCK)
		return err_refuse(e, "DIRECT", "only the Safe can send this step");
	tx->to = step->tx.to;
	tx->value = step->tx.value;
	buf_span(data, step->tx.data);
	return true;
}

/* ---- who pays ---- */

struct payer {
	const char *path;
	struct span file;             /* keystore */
	struct addr address;          /* as the file says; the key itself is asked too */
};

static bool refuse_owner(const struct signer *s, const struct addr *a, struct err *e)
{
	return !home_is_any_owner(&s->home, a) ||
	       err_refuse(e, "OWNER-KEY",
			  "this is an owner's key: it signs what the Safe does, and never pays for a "
			  "transaction");
}

/* A file from elsewhere has no class: it may pay where nothing has value. */
static bool check_payer_class(const struct signer *s, const struct deployment *d, const struct addr *a,
			      struct err *e)
{
	const struct key_file *known = home_key(&s->home, a);
	if (known != NULL && !known->finished)
		return err_refuse(e, "KEY", "the journal does not know this key for its class");
	if (known == NULL && d->class == CLASS_PRODUCTION)
		return err_refuse(e, "KEY-CLASS",
				  "nobody knows for which class this key was made: import it first");
	if (known != NULL && known->class != d->class)
		return err_refuse(e, "KEY-CLASS", "the key was made for class %s, the deployment is %s",
				  deployment_class_name(known->class), deployment_class_name(d->class));
	return true;
}

static bool open_payer(struct signer *s, struct payer *p, struct err *e)
{
	const char *key_file = signer_option(s, "--key-file"), *key = signer_option(s, "--key");
	if ((key_file != NULL) == (key != NULL))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "whose key pays? --key-file FILE or --key ADDRESS");
	if (key_file != NULL) {
		p->path = key_file;
		const struct json *doc =
			signer_input(s, key_file, &p->file, e) ? json_parse(&s->arena, p->file, e) : NULL;
		return (doc != NULL && keystore_address(&p->address, doc, e)) || err_file(e, key_file, 0);
	}
	if (!addr_parse(&p->address, span_str(key), e))
		return err_in(e, "--key");
	const struct key_file *k = home_key(&s->home, &p->address);
	if (k == NULL)
		return err_refuse(e, "NO-KEY", "the key %s is not on this machine", key);
	p->path = k->path;
	return signer_keystore(s, k, &p->file, e);
}

/* ---- signing ---- */

/* What a person at the terminal gives the passphrase for. */
static void say(struct signer *s, const struct reviewed *r, const struct checked_step *step,
		const struct transaction *tx, const struct payer *p)
{
	struct buf b = {0};
	struct u256 most;
	deployment_banner(&b, &r->pin->deployment);
	buf_fmt(&b, "\n%.*s, step %s\n", text_shown(r->checked.line.change),
		(const char *)r->checked.line.change.p, step_name(step->step));
	for (size_t i = 0; i < r->checked.n_sentences; i++)
		buf_fmt(&b, "  %s\n", r->checked.sentences[i]);
	buf_str(&b, "  sent by       ");
	addr_format(&b, &p->address);
	buf_str(&b, "\n  to            ");
	addr_format(&b, &tx->to);
	if (u256_mul_u64(&most, &tx->max_fee, tx->gas)) {
		buf_str(&b, "\n  costs at most ");
		wei_format_ether(&b, &most);
	}
	buf_str(&b, "\n  sends         ");
	wei_format(&b, &tx->value);
	terminal_lines(&s->terminal, buf_view(&b));
	buf_release(&b);
}

static bool sign(struct signer *s, const struct payer *p, const struct transaction *tx, struct sig *sig,
		 struct err *e)
{
	struct hash32 digest;
	struct addr own;
	bool ok = false;
	struct secret *passphrase = signer_passphrase(s, "Passphrase of the payer's key: ", e), *key = NULL;
	if (passphrase == NULL)
		return false;
	key = signer_unlock(s, p->path, p->file, passphrase, &p->address, e);
	/* Asked of the key itself, not of what a file says about it. */
	if (key == NULL || !sig_key_address(&own, secret_bytes(key), e) || !refuse_owner(s, &own, e))
		goto out;
	transaction_digest(&digest, tx);
	ok = sig_make(sig, &digest, secret_bytes(key)) ||
	     err_set(e, ERR_CRYPTO, ERR_NO_OFFSET, "the key could not sign");
out:
	stack_wipe();
	secret_free(key);
	secret_free(passphrase);
	return ok;
}

static bool log_tx(struct signer *s, const struct reviewed *r, const struct checked_step *step,
		   const struct transaction *tx, const struct addr *from, const struct hash32 *hash,
		   struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&r->pin->deployment.id)));
	json_set(body, a, "from", json_addr(a, from));
	json_set(body, a, "gas", json_u64(a, tx->gas));
	json_set(body, a, "maxFeePerGas", json_u256(a, &tx->max_fee));
	json_set(body, a, "maxPriorityFeePerGas", json_u256(a, &tx->max_priority));
	json_set(body, a, "nonce", json_u64(a, tx->nonce));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(&r->packet.digest)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&step->hashes.tx)));
	json_set(body, a, "step", json_str(a, step_name(step->step)));
	json_set(body, a, "to", json_addr(a, &tx->to));
	json_set(body, a, "txHash", json_0x(a, SPAN_HASH(hash)));
	return journal_add(&s->journal, "tx.signed", r->checked.line.change, body, e);
}

/* Printed when the journal has it. */
static void put_result(struct signer *s, const struct transaction *tx, const struct addr *from,
		       const struct hash32 *hash, struct span raw)
{
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "from", json_addr(&s->arena, from));
	json_set(s->result, &s->arena, "hash", json_0x(&s->arena, SPAN_HASH(hash)));
	json_set(s->result, &s->arena, "nonce", json_u64(&s->arena, tx->nonce));
	json_set(s->result, &s->arena, "raw", json_0x(&s->arena, raw));
	s->json = true;
}

static bool build(struct signer *s, const struct reviewed *r, const struct checked_step *step,
		  struct transaction *tx, struct err *e)
{
	struct buf data = {0};
	const bool ok = signer_flag(s, "--direct") ? direct_call(r, step, &data, tx, e)
						   : safe_call(r, step, &data, tx, e);
	tx->chain_id = r->pin->deployment.chain_id;
	tx->data = arena_copy(&s->arena, buf_view(&data));
	buf_release(&data);
	return ok;
}

static bool may_send(struct signer *s, const struct reviewed *r, struct err *e)
{
	if (!signer_may_serve(s, r->pin->deployment.class, e))
		return false;
	return !r->checked.has_raw || err_refuse(e, "RAW", "a raw call is not sent until a policy allows it");
}

bool verb_sign_tx(struct signer *s, struct err *e)
{
	struct reviewed r;
	struct transaction tx = { .kind = TX_1559, .has_to = true };
	struct payer p = {0};
	struct buf raw = {0};
	struct sig sig;
	struct hash32 hash;
	if (!review_open(s, &r, s->args[0], e) || !may_send(s, &r, e))
		return false;
	const struct checked_step *step = find_step(s, &r, e);
	if (step == NULL || !read_price(s, &r.pin->deployment.caps, &tx, e) || !open_payer(s, &p, e) ||
	    !refuse_owner(s, &p.address, e) || !check_payer_class(s, &r.pin->deployment, &p.address, e) ||
	    !build(s, &r, step, &tx, e))
		return false;
	if (!signer_flag(s, "--passphrase-fd") && terminal_is_there(&s->terminal))
		say(s, &r, step, &tx, &p);
	if (!sign(s, &p, &tx, &sig, e))
		return false;
	transaction_encode(&raw, &tx, &sig);
	transaction_hash(&hash, &tx, &sig);
	const bool ok = log_tx(s, &r, step, &tx, &p.address, &hash, e);
	if (ok)
		put_result(s, &tx, &p.address, &hash, buf_view(&raw));
	buf_release(&raw);
	return ok;
}
