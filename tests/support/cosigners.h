/* Owners and a witness who cosign a test's log, with keys that everybody has. */
#ifndef SETGOV_TESTS_SUPPORT_COSIGNERS_H
#define SETGOV_TESTS_SUPPORT_COSIGNERS_H

#include "src/base/json.h"
#include "src/gov/cosignature.h"

#define TEST_COSIGNERS 3              /* owners, counted from 1; their keys are 1, 2 and 3 */
#define TEST_WITNESSED 1795000000u    /* when the witness saw everything, in seconds */

struct addr test_cosigner(unsigned owner);
const char *test_witness(struct arena *a);            /* its vkey */
/* The owner's file, as setgov-signer cosign writes it; the witness's line, as it stands below the note. */
const char *test_cosignature(struct arena *a, unsigned owner, const struct tree_head *head);
const char *test_witnessed(struct arena *a, const struct tree_head *head);
/* The body of a line checkpoint.cosigned; owner 0 is the witness. What was signed is `over`, which a true one says. */
struct json *test_cosigned(struct arena *a, unsigned owner, const struct tree_head *head,
			   const struct tree_head *over);

#endif
