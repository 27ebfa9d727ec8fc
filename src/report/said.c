#include "src/report/said.h"

#include <string.h>

/* What lines of a kind are, and what one of them says: {member} is the member's value; {member?} with a blank before
 * it, or nothing where the value is null or empty. */
static const struct { const char *kind, *meaning, *words; } sentences[] = {
	{ "log.opened", "the log was opened",
	  "The log was opened as {origin}, on chain {chainId}, for the Safe {safe} and the timelock {timelock}" },
	{ "deployment.adopted", "a changed deployment profile was adopted",
	  "A changed deployment profile was adopted: {deployment}, Safe {safe}, timelock {timelock}" },
	{ "clock.stepped-back", "this machine's clock stepped back",
	  "This machine's clock stepped back, from {from} to {to}" },
	{ "log.restored", "the log was restored from a backup",
	  "The log was restored from a backup and goes on behind line {last}; lines known to be missing: {missing}; "
	  "lines refilled: {refilled}" },
	{ "log.backed-up", "the log was backed up", "The first {size} lines of the log were backed up" },
	{ "log.exported", "the log was exported",
	  "The first {size} lines of the log were exported as {form}; files withheld: {withheld}" },
	{ "log.key-rotated", "the log key was changed",
	  "The log key was changed; the old key vouches for the new one, {logKey}" },
	{ "log.key-succeeded", "the log key was lost, and replaced by the owners",
	  "The log key was lost; the owners vouch for the new one, {logKey}" },
	{ "log.archive-asked", "somebody asked to archive old files",
	  "Somebody asked to move {blobs} old files into the archive {name}" },
	{ "log.archived", "old files were archived",
	  "The archive {name} was made: its old files left the log, as line {asked} had asked" },
	{ "blob.erase-asked", "somebody asked to erase a private file",
	  "Somebody asked to have the private file {blob} erased: {reason}" },
	{ "blob.erased", "a private file was erased",
	  "The private file {blob} was erased, as line {asked} had asked" },
	{ "person.named", "an id was given a name",
	  "The id {person} was given a name, which the log keeps apart from its lines" },
	{ "checkpoint.cosigned", "somebody else signed what the log holds",
	  "The {by} {key} signed that they had seen the first {size} lines" },
	{ "policy.offered", "a policy was offered to the owners",
	  "The policy {policy} was offered to the owners, to take the place of {previous}" },
	{ "policy.signed", "an owner signed for a policy", "The owner {owner} signed for the policy {policy}" },
	{ "policy.adopted", "a policy came into force",
	  "The policy {policy} is in force, in the place of {previous}" },
	{ "policy.judged", "a change was judged under a policy", "The policy's verdict:{step?} {verdict}" },
	{ "releases.offered", "a list of releases was offered to the owners",
	  "The list of releases {releases} was offered to the owners, to take the place of {previous}" },
	{ "releases.signed", "an owner signed for a list of releases",
	  "The owner {owner} signed for the list of releases {releases}" },
	{ "releases.adopted", "a list of releases came into force",
	  "The list of releases {releases} is in force, in the place of {previous}" },
	{ "meeting.opened", "a meeting was opened",
	  "The meeting {meeting} was opened: {title}. Present: {present}. On the agenda: {agenda}" },
	{ "meeting.decided", "a meeting decided about a change",
	  "The meeting {meeting} decided: {decision}.{note?}" },
	{ "meeting.closed", "a meeting was closed",
	  "The meeting {meeting} was closed; its minutes are the file {minutes}" },
	{ "alert.raised", "a look at the chain found what should not be, and an alert was raised",
	  "The alert {alert} [{code}] was raised, {severity}, looking at block {block}: {words}" },
	{ "alert.cleared", "a later look no longer found what an alert was about",
	  "The alert {alert} was cleared: not found any more, looking at block {block}" },
	{ "alert.acknowledged", "somebody said that he has seen an alert",
	  "The alert {alert} was acknowledged: {note}" },
	{ "report.made", "a report was made",
	  "A report was made: {report} {subject}, as {form}, from the first {size} lines; lines shown: {lines}, "
	  "withheld: {withheld}" },
	{ "change.drafted", "a change was drafted, or drafted anew", "It was drafted: {title}" },
	{ "change.proposed", "a change was proposed: words and calls were frozen", "It was proposed: {title}" },
	{ "operation.planned", "a change's operation on the timelock was computed",
	  "Its operation on the timelock was computed: {operation}" },
	{ "change.withdrawn", "a change was taken back", "It was taken back:{reason?}" },
	{ "change.verified", "what a change did was read back from the contracts",
	  "What it did was read back; as it was meant: {ok}" },
	{ "change.reviewed", "somebody looked at a change after it was done", "It was reviewed: {outcome}.{note?}" },
	{ "step.packed", "a file that signers review and sign was written",
	  "The file to be signed for the step {step} was written, for the Safe's nonce {nonce}" },
	{ "signature.added", "an owner's signature was taken in", "{owner} signed the step {step}" },
	{ "answer.declined", "an owner declined to sign", "An owner declined to sign the step {step}" },
	{ "answer.refused", "an owner's signer program refused to sign",
	  "An owner's signer program refused to sign the step {step}" },
	{ "signature.refused", "a signature was not accepted", "A signature was not accepted" },
	{ "key.attested", "an owner's key signed a challenge", "The key {account} signed a challenge" },
	{ "block.vouched", "an owner vouched for a block", "An owner vouched for a block" },
	{ "submit.intended", "a step was about to be sent to the chain",
	  "The step {step} was about to be sent, as transaction {txHash}" },
	{ "submit.answered", "a node answered a submission", "A node answered the submission of the step {step}" },
	{ "submit.printed", "a transaction was written out, to be sent by other means",
	  "The transaction of the step {step} was written out, to be sent by other means" },
	{ "submit.rejected", "a submission was stopped, or the chain did not take it",
	  "The step {step} was not sent, or the chain did not take it" },
	{ "step.mined", "a step is on chain", "The step {step} is on chain, in block {block}, transaction {txHash}" },
	{ "step.failed", "a step failed on chain",
	  "The step {step} failed on chain, in block {block}, transaction {txHash}" },
	{ "upgrade.linked", "an upgrade was linked to its way back", "It was linked to its way back" },
};

static bool is_empty(const struct json *v)
{
	return json_is_null(v) || ((v->type == JSON_STRING) && v->text.n == 0) ||
	       ((v->type == JSON_ARRAY || v->type == JSON_OBJECT) && v->first == NULL);
}

static void put_value(struct buf *out, const struct json *v);

static void put_list(struct buf *out, const struct json *list)
{
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		buf_str(out, v != list->first ? ", " : "");
		if (list->type == JSON_OBJECT) {
			buf_span(out, v->name);
			buf_byte(out, ' ');
		}
		put_value(out, v);
	}
}

static void put_value(struct buf *out, const struct json *v)
{
	if (is_empty(v)) {
		buf_str(out, "none");
		return;
	}
	switch (v->type) {
	case JSON_NULL:
		break;
	case JSON_FALSE:
		buf_str(out, "no");
		break;
	case JSON_TRUE:
		buf_str(out, "yes");
		break;
	case JSON_NUMBER:
	case JSON_STRING:
		buf_span(out, v->text);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		put_list(out, v);
		break;
	}
}

/* From behind the brace to the one that closes it. */
static void put_member(struct buf *out, const struct json *body, struct span name)
{
	const bool optional = name.n > 0 && name.p[name.n - 1] == '?';
	struct buf member = {0};
	buf_span(&member, span_of(name.p, name.n - optional));
	const struct json *v = json_find(body, buf_cstr(&member));
	buf_release(&member);
	if (optional && is_empty(v))
		return;
	buf_str(out, optional ? " " : "");
	put_value(out, v);
}

static void put_sentence(struct buf *out, const char *words, const struct json *body)
{
	for (const char *at = words; *at != '\0'; at++) {
		const char *end = *at == '{' ? strchr(at, '}') : NULL;
		if (end == NULL) {
			buf_byte(out, (uint8_t)*at);
			continue;
		}
		put_member(out, body, span_of(at + 1, (size_t)(end - at) - 1));
		at = end;
	}
}

void said_line(struct buf *out, const struct line *l)
{
	for (size_t i = 0; i < ARRAY_LEN(sentences); i++)
		if (line_kind_is(l, sentences[i].kind)) {
			put_sentence(out, sentences[i].words, l->body);
			return;
		}
	bool first = true;
	for (const struct json *v = l->body->first; v != NULL; v = v->next) {
		buf_str(out, first ? "" : "; ");
		buf_span(out, v->name);
		buf_str(out, ": ");
		put_value(out, v);
		first = false;
	}
}

const char *said_kind(struct span kind)
{
	for (size_t i = 0; i < ARRAY_LEN(sentences); i++)
		if (span_is(kind, sentences[i].kind))
			return sentences[i].meaning;
	return "a kind that this program does not know";
}

const char *said_outcome(struct span kind)
{
	static const char *const words[][2] = {
		{ "answer.declined", "declined" }, { "answer.refused", "refused" }, { "policy.judged", "denied" },
		{ "signature.refused", "denied" }, { "submit.rejected", "denied" }, { "step.failed", "failed" },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_is(kind, words[i][0]))
			return words[i][1];
	return "refused";
}
