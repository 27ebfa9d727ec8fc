/* An export's manifest as a follower keeps it, and a log.restored line: what is refused says why, what is accepted is
 * in order and holds together. */
#include <string.h>

#include "audit-log/holes.h"
#include "audit-log/withheld.h"
#include "tests/fuzz/target.h"

static void check_manifest(struct arena *a, struct span in)
{
	struct withheld w;
	struct err e = {0};

	if (withheld_read(a, &w, in, &e)) {
		for (size_t i = 0; i < w.n; i++) {
			demand(withheld_find(&w, &w.v[i].digest) != NULL, "a blob that is withheld is not found");
			demand(!i || memcmp(w.v[i - 1].digest.b, w.v[i].digest.b, 32) <= 0, "not in order");
		}
	} else {
		demand(e.what.n != 0, "a refused manifest has no reason");
	}
	err_clear(&e);
}

/* The one manifest that is under a checkpoint says so of this one, and of no other. */
static void check_claim(struct arena *a, struct span in)
{
	static const uint8_t seed[32] = { 1 };
	const struct note_key key = note_key_of_seed(a, span_str("x"), seed);
	struct tree_head head = {0}, other;
	struct err e = {0};

	if (!manifest_size(a, in, &head.size, NULL))
		return;
	other = head;
	other.size++;
	if (!manifest_is_under(a, in, &head, &key, &e))
		demand(e.what.n != 0, "a refused manifest has no reason");
	demand(!manifest_is_under(a, in, &other, &key, NULL), "a manifest is under two checkpoints");
	err_clear(&e);
}

static void check_hole(struct arena *a, struct span in)
{
	struct log_hole h;
	struct err e = {0};
	struct line l;

	if (!line_parse(a, &l, in, NULL))
		return;
	if (log_hole_read(a, &h, &l, &e)) {
		demand(h.known || !h.missing, "lines are missing that nobody has seen");
		demand(h.asked || !h.n_anchors, "operations on a chain that was not asked");
		demand(strncmp(log_hole_words(a, &h), "after line ", 11) == 0, "a hole without words");
	} else {
		demand(e.what.n != 0, "a refused line has no reason");
	}
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};

	check_manifest(&a, span_of(data, n));
	check_claim(&a, span_of(data, n));
	check_hole(&a, span_of(data, n));
	arena_release(&a);
	return 0;
}
