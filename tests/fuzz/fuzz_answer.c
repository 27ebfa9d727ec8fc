/* Answers: what is accepted is written back as the same bytes (but for the last newline); what is refused has a
 * place. */
#include "src/gov/packet.h"
#include "tests/fuzz/target.h"

static void check_accepted(struct arena *a, const struct answer *ans, struct span in)
{
	struct buf out = {0};

	answer_write(a, &out, ans);
	demand(span_eq(buf_view(&out), in) || span_eq(span_of(out.p, out.n - 1), in),
	       "an accepted answer is written as other bytes");
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct answer ans;
	struct err e = {0};

	if (answer_parse(&a, &ans, span_of(data, n), &e))
		check_accepted(&a, &ans, span_of(data, n));
	else
		demand(e.what.n != 0 && (e.at != ERR_NO_OFFSET || e.field.n != 0 || n > 65536),
		       "a refused answer has no place");
	err_clear(&e);
	arena_release(&a);
	return 0;
}
