/* make_report DIR LINES [unsealed]: a log of so many lines in DIR/log and DIR/page.html, a report's page over it.
 * Prints what a reader would have from another channel, as JSON: {"root","size","vkey","oldRoot","oldSize"}. */
#include <string.h>

#include "src/base/fs.h"
#include "src/report/report_html.h"
#include "tests/support/check.h"
#include "tests/support/reports.h"

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct buf page = {0}, said = {0};
	struct err e = {0};
	if (argc < 3)
		return 2;
	const struct report *r = test_report(&a, fs_join(argv[1], "log"), strtoull(argv[2], NULL, 10), argc == 3);
	const struct report_evidence *ev = &r->evidence;
	assert_ok(report_write_html(&page, r, &e), &e);
	assert_ok(fs_write(fs_join(argv[1], "page.html"), buf_view(&page), 0600, &e), &e);
	buf_str(&said, "{\"root\":\"");
	buf_hex(&said, SPAN_HASH(&ev->root));
	buf_fmt(&said, "\",\"size\":%llu,\"vkey\":\"%s\",\"oldRoot\":\"", (unsigned long long)ev->size, ev->vkey);
	buf_hex(&said, SPAN_HASH(&ev->roots->head.root));
	buf_fmt(&said, "\",\"oldSize\":%llu}\n", (unsigned long long)ev->roots->head.size);
	fputs(buf_cstr(&said), stdout);
	buf_release(&page);
	buf_release(&said);
	arena_release(&a);
	return 0;
}
