/* Snapshots: what is accepted is written and read back to the same bytes; what is refused has a place and a reason. */
#include "src/base/text.h"
#include "src/gov/snapshot.h"
#include "tests/fuzz/target.h"

static void check_sentences(const struct snapshot_operation *op)
{
	for (size_t i = 0; i < op->n_sentences; i++)
		demand(text_is_plain(span_str(op->sentences[i]), false), "a sentence that deceives");
}

static void check_words(const struct snapshot *s)
{
	demand(text_is_plain(s->trouble, false) && text_is_plain(s->events_trouble, false), "trouble that deceives");
	for (size_t i = 0; i < s->n_findings; i++)
		demand(text_is_plain(s->findings[i].words, false) && text_is_plain(s->findings[i].subject, false) &&
		       text_is_plain(s->findings[i].found, false) && text_is_plain(s->findings[i].expected, false) &&
		       text_is_plain(s->findings[i].alert, false), "a finding that deceives");
	for (size_t i = 0; i < s->n_operations; i++)
		check_sentences(&s->operations[i]);
}

static void check_again(struct arena *a, const struct snapshot *s)
{
	struct snapshot again;
	struct buf once = {0}, twice = {0};
	uint64_t at;

	json_pretty(&once, snapshot_to_json(a, s));
	demand(snapshot_from_json(a, &again, buf_view(&once), NULL), "a snapshot cannot be read back");
	json_pretty(&twice, snapshot_to_json(a, &again));
	demand(span_eq(buf_view(&once), buf_view(&twice)), "a snapshot is written in two ways");
	for (size_t i = 0; i < s->n_operations; i++)
		demand(snapshot_operation_at(s, &s->operations[i].id, &at), "an operation is not found");
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct snapshot s;
	struct err e = {0};

	if (snapshot_from_json(&a, &s, span_of(data, n), &e)) {
		check_words(&s);
		check_again(&a, &s);
	} else {
		demand(e.code != ERR_NONE && e.what.n > 0, "refused without a reason");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
