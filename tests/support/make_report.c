/* make_report DIR LINES [unsealed|lying|other-signer|high-s|other-calls]: a log of so many lines in DIR/log and
 * DIR/page.html, a report's page over it. Prints what a reader would have from another channel, as JSON:
 * {"root","size","vkey","oldRoot","oldSize","safe","owners":[…],"unspent","witness","messages":[an owner's file…],
 * "witnessed"}: messages and witnessed are cosignatures of the page's own checkpoint, which came after it; unspent is
 * an approval's signature that no page may carry. */
#include <string.h>

#include "src/base/fs.h"
#include "src/report/report_html.h"
#include "src/base/json.h"
#include "src/evm/address.h"
#include "tests/support/check.h"
#include "tests/support/cosigners.h"
#include "tests/support/logs.h"
#include "tests/support/reports.h"

static const struct json *known(struct arena *a, struct log *l, const struct report_evidence *ev)
{
	const struct tree_head head = { ev->size, ev->root };
	struct json *o = json_object(a), *owners = json_array(a), *messages = json_array(a);
	for (unsigned i = 1; i <= TEST_COSIGNERS; i++) {
		const struct addr owner = test_cosigner(i);
		json_push(owners, json_addr(a, &owner));
		json_push(messages, json_str(a, test_cosignature(a, i, &head)));
	}
	json_set(o, a, "messages", messages);
	json_set(o, a, "oldRoot", json_bare(a, SPAN_HASH(&ev->roots->head.root)));
	json_set(o, a, "oldSize", json_u64(a, ev->roots->head.size));
	json_set(o, a, "owners", owners);
	json_set(o, a, "root", json_bare(a, SPAN_HASH(&ev->root)));
	json_set(o, a, "safe", json_str(a, arena_fmt(a, "%u:%s", TEST_CHAIN, TEST_SAFE)));
	json_set(o, a, "size", json_u64(a, ev->size));
	json_set(o, a, "unspent", json_bare(a, test_report_unspent(a, l)));
	json_set(o, a, "vkey", json_str(a, ev->vkey));
	json_set(o, a, "witness", json_str(a, test_witness(a)));
	json_set(o, a, "witnessed", json_str(a, test_witnessed(a, &head)));
	return o;
}

static enum test_report_kind kind_named(const char *name)
{
	static const char *const names[] = { "", "unsealed", "lying", "other-signer", "high-s", "other-calls" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum test_report_kind)i;
	BUG("no report is %s", name);
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct buf page = {0}, said = {0};
	struct err e = {0};
	if (argc < 3)
		return 2;
	const enum test_report_kind kind = argc == 3 ? TEST_REPORT_SEALED : kind_named(argv[3]);
	const struct report *r = test_report(&a, fs_join(argv[1], "log"), strtoull(argv[2], NULL, 10), kind);
	const struct report_evidence *ev = &r->evidence;
	assert_ok(report_write_html(&page, r, &e), &e);
	assert_ok(fs_write(fs_join(argv[1], "page.html"), buf_view(&page), 0600, &e), &e);
	struct log *l = test_log_open(fs_join(argv[1], "log"), NULL);
	json_canonical(&said, known(&a, l, ev));
	log_release(l);
	buf_byte(&said, '\n');
	fputs(buf_cstr(&said), stdout);
	buf_release(&page);
	buf_release(&said);
	arena_release(&a);
	return 0;
}
