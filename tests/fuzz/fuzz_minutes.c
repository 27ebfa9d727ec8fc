/* Whatever people write, in the minutes it is text: plain, on one line, and each mark that Markdown or HTML would take
 * for its own stands behind a backslash. */
#include <string.h>

#include "src/base/text.h"
#include "src/cli/minutes.h"
#include "tests/fuzz/target.h"

/* "12." begins a list, "-" does, too; only at the start of a line. */
static bool begins_a_block(struct span s)
{
	size_t digits = 0;

	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	return s.n > 0 && (strchr("-+=", (char)s.p[0]) != NULL ||
			   (digits < s.n && (s.p[digits] == '.' || s.p[digits] == ')')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf safe = {0}, out = {0}, bare = {0};

	text_safe(&safe, span_of(data, n), false);
	minutes_text(&out, span_of(data, n));
	DEMAND(text_is_plain(buf_view(&out), false));
	DEMAND(!begins_a_block(buf_view(&out)));
	for (size_t i = 0; i < out.n; i++) {
		DEMAND(strchr("`*_[]<>#|~&!", (char)out.p[i]) == NULL);
		if (out.p[i] == '\\')
			DEMAND(++i < out.n);
		buf_byte(&bare, out.p[i]);
	}
	DEMAND(span_eq(buf_view(&bare), buf_view(&safe)));       /* and nothing else was changed */
	buf_release(&safe);
	buf_release(&out);
	buf_release(&bare);
	return 0;
}
