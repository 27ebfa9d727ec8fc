/* A step on its way out: who may send it, whether it may go, the transaction, the payer's signature. */
#include "src/cli/sending.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/cli/judging.h"
#include "src/cli/onchain.h"
#include "src/cli/packing.h"
#include "src/cli/spawn.h"
#include "src/crypto/keystore.h"
#include "src/evm/address.h"
#include "src/gov/units.h"

#define SIGNER_OUTPUT ((size_t)1 << 20)

struct step *sending_step(struct sending *s)
{
	return &s->change.steps[s->kind];
}

/* What failed is logged too. */
bool sending_log_rejected(struct sending *s, const struct hash32 *tx, const char *code, const char *text,
			 struct err *e)
{
	struct arena *a = s->a;
	struct json *body = json_object(a);
	struct buf safe = {0};
	text_safe(&safe, span_str(text), false);
	json_set(body, a, "code", json_str(a, code));
	json_set(body, a, "step", json_str(a, step_name(s->kind)));
	json_set(body, a, "text", json_text(a, buf_view(&safe)));
	json_set(body, a, "txHash", tx != NULL ? json_0x(a, SPAN_HASH(tx)) : json_null(a));
	buf_release(&safe);
	return workspace_append(s->ws, "submit.rejected", s->change.id, body, e);
}

/* Logs the refusal that is in *e and returns false with it. */
bool sending_reject(struct sending *s, struct err *e)
{
	struct err ignored = {0};
	struct buf text = {0};
	buf_span(&text, buf_view(&e->what));
	if (!sending_log_rejected(s, NULL, e->refusal != NULL ? e->refusal : "FAILED", buf_cstr(&text),
				  &ignored))
		cli_say(s->cli, "the refusal could not be logged: %s", buf_cstr(&ignored.what));
	err_clear(&ignored);
	buf_release(&text);
	return false;
}

/* ---- who sends it ---- */

bool sending_open_payer(struct sending *s, struct err *e)
{
	struct span file;
	s->key_file = cli_option(s->cli, "--from");
	if (s->key_file == NULL)
		return true;
	if (!cli_read(s->cli, &file, s->key_file, KEYSTORE_FILE_MAX, e))
		return false;
	const struct json *doc = json_parse(s->a, file, e);
	if (doc == NULL || !keystore_address(&s->payer, doc, e))
		return err_file(e, s->key_file, 0);
	s->has_payer = true;
	if (deployment_is_owner(&s->ws->deployment, &s->payer))
		return err_refuse(e, "OWNER-KEY", "%s is an owner's key: an owner's key pays for nothing",
				  s->key_file);
	return true;
}

static bool has_role(const struct chain_roles *r, enum step_kind k)
{
	switch (k) {
	case STEP_SCHEDULE: return r->proposer;
	case STEP_EXECUTE: return r->executor;
	case STEP_CANCEL: return r->canceller;
	}
	return false;
}

/* The timelock says who may; the Safe where it may, because then the signatures say who wanted it. */
bool sending_pick_sender(struct sending *s, struct err *e)
{
	static const char *const role[] = { "proposer", "executor", "canceller" };
	struct chain_roles r[3] = {
		{.account = s->ws->deployment.safe}, {.account = s->payer}, {.account = {{0}}}};
	if (s->change.proposal.route == ROUTE_DIRECT)
		return true;
	if (!chain_roles(&s->chain, &s->ws->deployment.timelock, r, 3, e))
		return false;
	const bool safe = has_role(&r[0], s->kind), payer = s->has_payer && has_role(&r[1], s->kind);
	const bool anyone = has_role(&r[2], s->kind);
	const bool complete = sending_step(s)->n_signatures >= s->facts.threshold &&
			      sending_step(s)->nonce == s->facts.safe_nonce;
	s->by_timelock = (payer || (anyone && s->has_payer)) && !(safe && complete);
	if (!safe && !s->by_timelock)
		return err_refuse(e, "ROLE", "on chain this Safe is not a %s of the timelock%s", role[s->kind],
				  s->has_payer ? ", and neither is the payer" : "");
	return true;
}

/* ---- may it go? ---- */

static bool check_signatures(struct sending *s, struct err *e)
{
	const struct step *step = sending_step(s);
	struct owner_signature *all;
	size_t n = 0;
	if (s->by_timelock)
		return true;
	if (!packing_signatures(s->ws, s->a, step, &all, e))
		return false;
	for (size_t i = 0; i < step->n_signatures; i++)         /* the chain's owners, not the profile's */
		for (size_t k = 0; k < s->safe.owner_count; k++)
			if (addr_eq(&all[i].owner, &s->safe.owners[k]))
				all[n++] = all[i];
	s->signatures = all;
	s->n_signatures = n;
	if (n < s->facts.threshold)
		return err_refuse(e, "SIGNATURES", "%zu of %llu signatures by owners of the Safe", n,
				  (unsigned long long)s->facts.threshold);
	return true;
}

static bool check_nonce(struct sending *s, struct err *e)
{
	const uint64_t nonce = sending_step(s)->nonce, own = s->facts.safe_nonce;
	if (s->by_timelock || nonce == own)
		return true;
	if (nonce > own)
		return err_refuse(
			e, "NONCE",
			"the step is signed for nonce %llu and the Safe is at %llu: what holds the nonces "
			"between goes first",
			(unsigned long long)nonce, (unsigned long long)own);
	return err_refuse(
		e, "STALE",
		"the step is signed for nonce %llu and the Safe is at %llu: its signatures are dead; setgov "
		"packet %s --step %s gives it a new nonce",
		(unsigned long long)nonce, (unsigned long long)own, s->id, step_name(s->kind));
}

static bool check_operation(struct sending *s, struct err *e)
{
	const uint64_t at = s->facts.operation_timestamp, now = s->facts.block_time;
	const enum timelock_state state = timelock_state_at(at, now);
	struct buf left = {0};
	if (s->change.proposal.route == ROUTE_DIRECT)
		return true;
	const bool good = s->kind == STEP_SCHEDULE ? state == TIMELOCK_UNSET :
			  s->kind == STEP_EXECUTE ? state == TIMELOCK_READY :
			  state == TIMELOCK_WAITING || state == TIMELOCK_READY;
	if (good)
		return true;
	if (s->kind == STEP_EXECUTE && state == TIMELOCK_WAITING) {
		duration_format(&left, at - now);
		err_refuse(e, "TOO-EARLY", "the operation is ready in %s, at ", buf_cstr(&left));
		time_format_minute(&e->what, (int64_t)at);
		buf_str(&e->what, " by the chain's clock");
	} else {
		err_refuse(e, "OPERATION", "the operation is %s on chain: %s is not possible",
			   timelock_state_name(state), step_name(s->kind));
	}
	buf_release(&left);
	return false;
}

/* What is said of it goes into the log before it goes, or does not go. */
static bool check_policy(struct sending *s, struct err *e)
{
	struct judgements judged;
	struct err why = {0};
	const struct addr *payer = s->has_payer ? &s->payer : NULL;
	const bool ok = judging_step(s->ws, &s->chain, s->a, &s->change, s->kind, true, payer, &judged, e);
	if (!ok && (!err_is_set(e) || e->code != ERR_REFUSED))
		return false;
	if (judging_keep(s->ws, s->a, &s->change, s->kind, &judged, ok ? e : &why))
		return ok;
	if (!ok)
		cli_say(s->cli, "the verdict could not be logged: %s", buf_cstr(&why.what));
	err_clear(&why);
	return false;
}

bool sending_check(struct sending *s, struct err *e)
{
	if (s->change.withdrawn && s->kind != STEP_CANCEL)
		return err_refuse(e, "WITHDRAWN", "%s was withdrawn", s->id) || sending_reject(s, e);
	if (!check_operation(s, e) || !check_nonce(s, e) || !check_signatures(s, e) || !check_policy(s, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? sending_reject(s, e) : false;
	return true;
}

/* ---- the transaction ---- */

static bool build_call(struct sending *s, struct buf *data, struct addr *to, struct u256 *value, struct err *e)
{
	struct buf blob = {0};
	bool ok = true;
	if (s->by_timelock) {
		*to = s->tx.to;
		*value = s->tx.value;
		buf_span(data, s->tx.data);
	} else {
		*to = s->ws->deployment.safe;
		*value = (struct u256){0};
		ok = safe_signatures_pack(&blob, s->signatures, s->n_signatures, e);
		safe_exec_calldata(data, &s->tx, buf_view(&blob));
	}
	buf_release(&blob);
	return ok;
}

/* GS013 hides the reason: ask for it by running the inner call alone. */
static void explain_revert(struct sending *s, struct err *e)
{
	struct buf why = {0};
	struct err ignored = {0};
	if (e->refusal == NULL || strcmp(e->refusal, "WOULD-REVERT") != 0 || s->by_timelock ||
	    strstr(buf_cstr(&e->what), "GS013") == NULL)
		return;
	if (chain_explain_gs013(&s->chain, s->a, &s->ws->deployment.safe, &s->tx.to, &s->tx.value, s->tx.data,
				s->abis, s->n_abis, &why, &ignored))
		err_refuse(e, "WOULD-REVERT", "%s", buf_cstr(&why));
	err_clear(&ignored);
	buf_release(&why);
}

static bool fee_option(struct sending *s, const char *name, struct u256 *out, bool *given, struct err *e)
{
	const char *text = cli_option(s->cli, name);
	*given = text != NULL;
	return text == NULL || wei_parse(out, span_str(text), e) || err_in(e, "%s", name);
}

bool sending_prepare(struct sending *s, const struct submission *replaced, struct transaction *tx,
		     struct err *e)
{
	const struct deployment *d = &s->ws->deployment;
	struct submit_fees wish = {0}, old = {0};
	struct submit_request q = {
		.from = s->payer, .caps = d->caps,
		.abis = s->abis, .n_abis = s->n_abis,
	};
	struct buf *data = ARENA_NEW(s->a, struct buf), raw = {0};
	bool fee, tip,
		ok = build_call(s, data, &q.to, &q.value, e) &&
		     fee_option(s, "--max-fee", &wish.max_fee, &fee, e) &&
		     fee_option(s, "--max-priority", &wish.max_priority, &tip, e);
	q.data = arena_copy(s->a, buf_view(data));
	buf_release(data);
	if (ok && fee != tip)
		ok = err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--max-fee and --max-priority come together");
	if (ok && fee)
		q.wish = &wish;
	if (ok && replaced != NULL) {
		struct transaction before;
		struct sig sig;
		ok = log_blob(s->ws->log, &replaced->raw, &raw, NULL, e) &&
		     transaction_decode(s->a, &before, &sig, arena_copy(s->a, buf_view(&raw)), e);
		old = (struct submit_fees){ before.max_fee, before.max_priority };
		q.replaces = &old;
		q.has_nonce = true;
		q.nonce = replaced->nonce;
	}
	ok = ok && submit_prepare(&s->chain, s->a, &q, tx, e);
	if (!ok && err_is_set(e) && e->code == ERR_REFUSED)
		explain_revert(s, e);
	buf_release(&raw);
	return ok;
}

struct json *sending_json(struct sending *s, const struct transaction *tx)
{
	struct arena *a = s->a;
	struct json *o = json_object(a);
	struct buf rlp = {0};
	transaction_encode(&rlp, tx, NULL);
	json_set(o, a, "chainId", json_u64(a, tx->chain_id));
	json_set(o, a, "from", s->has_payer ? json_addr(a, &s->payer) : json_null(a));
	json_set(o, a, "to", json_addr(a, &tx->to));
	json_set(o, a, "value", json_u256(a, &tx->value));
	json_set(o, a, "data", json_0x(a, tx->data));
	json_set(o, a, "nonce", json_u64(a, tx->nonce));
	json_set(o, a, "gas", json_u64(a, tx->gas));
	json_set(o, a, "maxFeePerGas", json_u256(a, &tx->max_fee));
	json_set(o, a, "maxPriorityFeePerGas", json_u256(a, &tx->max_priority));
	json_set(o, a, "unsigned", json_0x(a, buf_view(&rlp)));
	buf_release(&rlp);
	return o;
}

/* ---- the payer's signature ---- */

static bool signer_reply(struct sending *s, struct span text, const struct transaction *want, struct span *raw,
			 struct err *e)
{
	struct transaction got;
	struct sig sig;
	struct addr from;
	struct span hex;
	struct buf bytes = {0}, a = {0}, b = {0};
	const struct json *doc = json_parse(s->a, text, e);
	bool ok = doc != NULL && json_get_str(doc, "raw", &hex, e) && hex_decode(&bytes, hex, e);
	if (ok) {
		*raw = arena_copy(s->a, buf_view(&bytes));
		ok = transaction_decode(s->a, &got, &sig, *raw, e) && transaction_sender(&from, &got, &sig, e);
	}
	if (!ok) {
		err_in(e, "setgov-signer's reply");
	} else {
		transaction_encode(&a, want, NULL);
		transaction_encode(&b, &got, NULL);
		if (!span_eq(buf_view(&a), buf_view(&b)) || !addr_eq(&from, &s->payer))
			ok = err_refuse(e, "SIGNER",
					"setgov-signer signed another transaction than it was asked for");
	}
	buf_release(&bytes);
	buf_release(&a);
	buf_release(&b);
	return ok;
}

/* HOME of a key file HOME/keys/NAME: where its pins are, too. NULL when the file lies elsewhere, or when the
 * environment says where the signer's home is. */
static const char *home_of_key(struct sending *s)
{
	const char *name = strrchr(s->key_file, '/');
	static const char keys[] = "/keys";
	if (getenv("SETGOV_SIGNER_HOME") != NULL || name == NULL)
		return NULL;
	const size_t dir = (size_t)(name - s->key_file), n = strlen(keys);
	if (dir <= n || memcmp(name - n, keys, n) != 0)
		return NULL;
	return arena_fmt(s->a, "%.*s", (int)(dir - n), s->key_file);
}

static bool ask_signer(struct sending *s, const char *packet, const struct transaction *tx, struct span *raw,
		       struct err *e)
{
	struct buf fee = {0}, tip = {0}, out = {0};
	const char *fd = cli_option(s->cli, "--passphrase-fd");
	const char *argv[24];
	size_t n = 0;
	int status = 0;
	u256_format(&fee, &tx->max_fee);
	u256_format(&tip, &tx->max_priority);
	argv[n++] = spawn_beside(s->a, "setgov-signer", "SETGOV_SIGNER");
	argv[n++] = "sign-tx";
	argv[n++] = packet;
	argv[n++] = "--step";
	argv[n++] = step_name(s->kind);
	argv[n++] = "--nonce";
	argv[n++] = arena_fmt(s->a, "%llu", (unsigned long long)tx->nonce);
	argv[n++] = "--gas";
	argv[n++] = arena_fmt(s->a, "%llu", (unsigned long long)tx->gas);
	argv[n++] = "--max-fee";
	argv[n++] = arena_str(s->a, buf_view(&fee));
	argv[n++] = "--max-priority";
	argv[n++] = arena_str(s->a, buf_view(&tip));
	argv[n++] = "--key-file";
	argv[n++] = s->key_file;
	if (home_of_key(s) != NULL) {
		argv[n++] = "--home";
		argv[n++] = home_of_key(s);
	}
	if (s->by_timelock)
		argv[n++] = "--direct";
	if (fd != NULL) {
		argv[n++] = "--passphrase-fd";
		argv[n++] = fd;
	}
	argv[n] = NULL;
	bool ok = spawn_run(argv, &out, SIGNER_OUTPUT, &status, e);
	if (ok && status != 0)
		ok = status == 1 ? err_refuse(e, "SIGNER", "setgov-signer refused, see above")
				 : err_set(e, status == 4 ? ERR_IO : ERR_SYNTAX, ERR_NO_OFFSET,
					   "setgov-signer failed, see above");
	ok = ok && signer_reply(s, arena_copy(s->a, buf_view(&out)), tx, raw, e);
	buf_release(&fee);
	buf_release(&tip);
	buf_release(&out);
	return ok;
}

/* The signer reads the packet from a file of its own; it holds signatures, so it is nobody else's and goes at
 * once. */
bool sending_sign(struct sending *s, const struct transaction *tx, struct span *raw, struct err *e)
{
	struct packet packet;
	struct buf b = {0};
	const char *dir = arena_fmt(s->a, "%s/packets", s->cli->dir);
	const char *path = arena_fmt(s->a, "%s/.%s.%s.%ld.submit.json", dir, s->id, step_name(s->kind),
				     (long)getpid());
	if (!packing_packet(s->ws, s->a, &s->change, s->kind, false, &packet, e) || !fs_mkdirs(dir, 0700, e))
		return false;
	packet_write(s->a, &b, &packet);
	bool ok = fs_write(path, buf_view(&b), 0600, e);
	buf_release(&b);
	ok = ok && ask_signer(s, path, tx, raw, e);
	unlink(path);
	return ok;
}
