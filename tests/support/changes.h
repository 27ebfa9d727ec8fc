/* Lines of changes in a test's log: bodies as the commands write them, hashes of one byte over and over. Each is
 * added to the transaction that is open, or committed. The test fails when that fails. */
#ifndef SETGOV_TESTS_SUPPORT_CHANGES_H
#define SETGOV_TESTS_SUPPORT_CHANGES_H

#include "src/gov/change.h"
#include "tests/support/logs.h"

struct hash32 test_hash(uint8_t byte);
/* `after` may be NULL. */
void test_draft(struct log *l, const char *change, enum route route, const char *title, const char *after);
/* One call with these two bytes as data; on route timelock a delay of a day, and operation.planned in the same
 * transaction. */
void test_propose(struct log *l, const char *change, enum route route, const char *title, unsigned data,
		  const char *after);
void test_pack(struct log *l, const char *change, enum step_kind step, uint64_t nonce, uint8_t hash);
void test_sign(struct log *l, const char *change, enum step_kind step, uint8_t owner, uint8_t hash);
/* answer.refused, or answer.declined. */
void test_note(struct log *l, const char *change, enum step_kind step, bool declined);
void test_send(struct log *l, const char *change, enum step_kind step, uint8_t tx);
/* step.mined, or step.failed. */
void test_receipt(struct log *l, const char *change, enum step_kind step, bool mined, uint64_t block_time);
void test_withdraw(struct log *l, const char *change);

#endif
