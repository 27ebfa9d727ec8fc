/* What `submit` works with: a step, who sends it, the transaction that does, and the payer's signature. What
 * becomes of it is outcome.h; the ways through are in cmd_submit.c. */
#ifndef SETGOV_CLI_SENDING_H
#define SETGOV_CLI_SENDING_H

#include "src/chain/submit.h"
#include "src/cli/command.h"
#include "audit-log/workspace.h"
#include "src/evm/transaction.h"

/* Everything about one step that is being sent; src/cli/cmd_submit.c fills it from the top. */
struct sending {
	struct cli *cli;
	struct workspace *ws;
	struct arena *a;
	const char *id;
	enum step_kind kind;
	struct change change;
	struct chain chain;
	struct chain_safe safe;
	struct chain_facts facts;
	const struct abi **abis;
	size_t n_abis;
	bool has_payer, by_timelock;  /* by_timelock: the payer calls the timelock itself */
	struct addr payer;
	const char *key_file;
	struct safe_tx tx;            /* the step's Safe transaction */
	struct owner_signature *signatures;   /* by the chain's owners */
	size_t n_signatures;
	unsigned wait_ms;
	const struct submission *live;   /* the newest that was not rejected, or NULL */
};

struct step *sending_step(struct sending *s);
/* What failed is logged too: a submission (tx) that is dead, or an attempt (NULL) that was refused. */
MUST_CHECK bool sending_log_rejected(struct sending *s, const struct hash32 *tx, const char *code,
				     const char *text, struct err *e);
/* Logs the refusal that is in *e, and returns false with it. */
bool sending_reject(struct sending *s, struct err *e);

/* --from: the payer's address, by what the file says of itself. An owner's is refused: "OWNER-KEY". */
MUST_CHECK bool sending_open_payer(struct sending *s, struct err *e);
/* Sets by_timelock. "ROLE": neither this Safe nor the payer may, on chain. */
MUST_CHECK bool sending_pick_sender(struct sending *s, struct err *e);
/* "WITHDRAWN", "TOO-EARLY", "OPERATION", "NONCE", "STALE", "SIGNATURES": each refusal is logged. */
MUST_CHECK bool sending_check(struct sending *s, struct err *e);
/* The unsigned transaction, priced under the caps; a replacement keeps the nonce of what it replaces and pays
 * more. "WOULD-REVERT" says why, "FEE-CAP" and "REPLACE" as in chain/submit.h. */
MUST_CHECK bool sending_prepare(struct sending *s, const struct submission *replaced, struct transaction *tx,
				struct err *e);
struct json *sending_json(struct sending *s, const struct transaction *tx);
/* Has setgov-signer sign it, and compares what comes back with what was asked for: "SIGNER". */
MUST_CHECK bool sending_sign(struct sending *s, const struct transaction *tx, struct span *raw, struct err *e);

#endif
