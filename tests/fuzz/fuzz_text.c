/* Whatever comes in, text_safe() makes plain UTF-8 of it, and wrapping loses no word. */
#include "src/base/text.h"
#include "tests/fuzz/target.h"

static size_t visible(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] != ' ' && s.p[i] != '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const size_t columns = n ? data[0] : 0;
	struct buf safe = {0}, wrapped = {0};
	size_t fit;

	text_safe(&safe, span_of(data, n), true);
	DEMAND(text_is_utf8(buf_view(&safe)));
	DEMAND(text_is_plain(buf_view(&safe), true));
	fit = text_fit(buf_view(&safe), columns);
	DEMAND(fit <= safe.n && text_width(span_of(safe.p, fit)) <= columns);
	text_wrap(&wrapped, buf_view(&safe), columns, columns / 4);
	DEMAND(visible(buf_view(&wrapped)) == visible(buf_view(&safe)));
	buf_release(&safe);
	buf_release(&wrapped);
	return 0;
}
