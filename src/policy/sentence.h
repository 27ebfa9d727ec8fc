/* A policy in sentences, and one policy against another: what people read before they pin it, sign it or adopt it. The
 * same words in `setgov policy show`, on the signer's page and in the log's review. Names, amounts and times stand as
 * the policy's author wrote them; people who hold a role are named with it. Pure. */
#ifndef SETGOV_POLICY_SENTENCE_H
#define SETGOV_POLICY_SENTENCE_H

#include "src/policy/policy.h"

/* "For paymaster.withdraw: amount is at most 50 ether." One sentence or more, on one line. */
void rule_sentence(struct buf *out, const struct policy *p, const struct rule *x);
/* Every rule, with its name and its reason; then what is true of all policies. */
void policy_sentences(struct buf *out, const struct policy *p);
/* What changes from `old` to `new`, and nothing else. First in short: how many rules go, come and change, and which of
 * them loosen, or may (drift.h). Then all of it: name, semantics, threshold, roles, then rule by rule what goes,
 * what comes, and what says something else, whole. Returns how many differences it said; 0 exactly when the two are the
 * same document. */
size_t policy_differences(struct buf *out, const struct policy *old, const struct policy *new);

#endif
