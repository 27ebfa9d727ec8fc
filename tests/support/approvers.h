/* A change of a test's log that owners approve of, as the commands write it: its lines' bodies, with real hashes and
 * signatures by the keys of cosigners.h. It makes one call through the timelock. */
#ifndef SETGOV_TESTS_SUPPORT_APPROVERS_H
#define SETGOV_TESTS_SUPPORT_APPROVERS_H

#include "src/gov/change.h"
#include "tests/support/logs.h"

struct json *test_adopted_body(struct arena *a);       /* deployment.adopted: of which timelock the change is */
struct json *test_proposed_body(struct arena *a, uint8_t call);        /* the call's data is this byte */
/* `salt` is the root over the lines up to the proposal. */
struct json *test_planned_body(struct arena *a, const struct tree_head *salt, uint8_t call);

struct test_step {
	struct hash32 salt;
	uint8_t call;
	enum step_kind kind;
	uint64_t nonce;
};
struct json *test_packed_body(struct arena *a, const struct test_step *s);
struct json *test_mined_body(struct arena *a, const struct test_step *s);
/* Says that `owner` signed what `signer` did; `high`: with the other s that fits, which is no signature by our rules.
 * Within a transaction: the signature is put into the log as a bearer's blob. */
struct json *test_signed_body(struct arena *a, struct log *l, const struct test_step *s, unsigned owner,
			      unsigned signer, bool high);
/* The 65 bytes. */
struct span test_approval(struct arena *a, const struct test_step *s, unsigned signer);

#endif
