/* Signed notes, checkpoints and keys: what is accepted has one spelling; what is refused says why. */
#include <string.h>

#include "src/base/base64.h"
#include "src/proof/handover.h"
#include "tests/fuzz/target.h"

static void write_note(struct buf *out, const struct note *n)
{
	buf_span(out, n->text);
	buf_byte(out, '\n');
	for (size_t i = 0; i < n->n; i++) {
		struct buf data = {0};

		buf_add(&data, n->signatures[i].id, 4);
		buf_span(&data, n->signatures[i].bytes);
		buf_str(out, "\xe2\x80\x94 ");
		buf_span(out, n->signatures[i].name);
		buf_byte(out, ' ');
		buf_base64(out, buf_view(&data));
		buf_byte(out, '\n');
		buf_release(&data);
	}
}

static void check_note(struct arena *a, struct span in)
{
	struct err e = {0};
	struct buf again = {0};
	struct note n;

	if (note_parse(a, &n, in, &e)) {
		write_note(&again, &n);
		demand(span_eq(buf_view(&again), in), "an accepted note is written as other bytes");
	} else {
		demand(e.what.n != 0, "a refused note has no reason");
	}
	err_clear(&e);
	buf_release(&again);
}

static void check_checkpoint(struct span in)
{
	struct buf again = {0};
	struct checkpoint c;

	if (checkpoint_parse(&c, in, NULL)) {
		checkpoint_write(&again, c.origin, &c.head);
		buf_span(&again, c.extensions);
		demand(span_eq(buf_view(&again), in), "an accepted checkpoint is written as other bytes");
	}
	buf_release(&again);
}

static void check_handover(struct arena *a, struct span in)
{
	struct handover h;
	struct checkpoint c;
	struct err e = {0};
	struct buf text = {0};

	if (handover_open(a, &h, in, &e)) {
		checkpoint_write(&text, h.next.name, &h.head);
		buf_fmt(&text, "key ");
		note_key_format(&text, &h.next);
		buf_fmt(&text, "\nfrom ");
		note_key_format(&text, &h.old);
		buf_byte(&text, '\n');
		demand(span_eq(buf_view(&text), h.note.text), "an accepted hand-over is written as other bytes");
		demand(checkpoint_parse(&c, h.note.text, NULL) && handover_is(&c), "a hand-over is no checkpoint");
	} else {
		demand(e.what.n != 0, "a refused hand-over has no reason");
	}
	err_clear(&e);
	buf_release(&text);
}

static void check_key(struct arena *a, struct span in)
{
	struct buf again = {0};
	struct note_key key;

	if (note_key_parse(a, &key, in, NULL)) {
		note_key_format(&again, &key);
		demand(again.n == in.n && strncasecmp(buf_cstr(&again), (const char *)in.p, in.n) == 0,
		       "an accepted key is written as other bytes");
	}
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};

	check_note(&a, span_of(data, n));
	check_checkpoint(span_of(data, n));
	check_handover(&a, span_of(data, n));
	check_key(&a, span_of(data, n));
	arena_release(&a);
	return 0;
}
