/* Log lines: what is accepted is written back as the same bytes, and a peek agrees with the parser; what is
 * refused says why. */
#include <string.h>

#include "src/gov/restored.h"
#include "tests/fuzz/target.h"

static void check_accepted(const struct line *l)
{
	struct line_peek p;
	struct buf out = {0};

	demand(line_write(&out, l, NULL), "an accepted line cannot be written");
	demand(span_eq(buf_view(&out), l->raw), "an accepted line is written as other bytes");
	demand(line_peek(&p, l->raw), "an accepted line does not start as one");
	demand(p.seq == l->seq && hash32_eq(&p.prev, &l->prev) && memcmp(p.id, l->id, sizeof(p.id)) == 0 &&
		       span_eq(p.kind, l->kind) && span_eq(p.change, l->change),
	       "the peek sees another line than the parser");
	buf_release(&out);
}

/* A signer believes it when its packet's lines fit: what it reads is in order, or refused with a reason. */
static void check_restored(const struct line *l)
{
	struct restored_line r;
	struct err e = {0};

	if (!line_kind_is(l, "log.restored"))
		return;
	if (restored_read(&r, l, &e))
		demand(r.last < l->seq && !restored_explains(&r, r.last + 1), "a restored log explains away its copy");
	else
		demand(e.what.n != 0, "a refused log.restored has no reason");
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct err e = {0};
	struct line_peek p;
	struct line l;

	(void)line_peek(&p, span_of(data, n));
	if (line_parse(&a, &l, span_of(data, n), &e)) {
		check_accepted(&l);
		check_restored(&l);
	} else {
		demand(e.what.n != 0 && (e.at != ERR_NO_OFFSET || e.field.n != 0 || n > LINE_MAX_BYTES),
		       "a refused line has no place");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
