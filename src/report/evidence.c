#include "src/report/evidence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/cosignatures.h"
#include "src/report/approvals.h"
#include "src/report/roots.h"

/* ---- which lines ------------------------------------------------------------------------------------------------ */

static int by_seq(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static size_t count(const struct report *r)
{
	size_t n = 0;
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		for (const struct report_row *row = s->first; row != NULL; row = row->next)
			n += row->n_lines;
	return n;
}

static bool is_newest(const struct log_cosignatures *all, size_t at)
{
	for (size_t i = at + 1; i < all->n; i++)
		if (all->v[i].witness == all->v[at].witness && span_eq(all->v[i].key, all->v[at].key))
			return false;
	return true;
}

static void each_once(struct seqs *s)
{
	size_t n = 0;
	qsort(s->seq, s->n, sizeof(*s->seq), by_seq);
	for (size_t i = 0; i < s->n; i++)
		if (i == 0 || s->seq[i] != s->seq[i - 1])
			s->seq[n++] = s->seq[i];
	s->n = n;
}

/* Each once, ascending: what rows rest on; line 0, which names the log, the chain and the Safe; and the newest word of
 * each cosigner. Where those cannot be read there are none: a cosignature that is not one is for log verify to name. */
static struct seqs seqs_of(struct arena *a, const struct report *r, struct log *l)
{
	struct log_cosignatures cosigned;
	struct err why = {0};
	if (!log_cosignatures(l, a, &cosigned, &why))
		cosigned.n = 0;
	err_clear(&why);
	struct seqs out = { ARENA_ARRAY(a, uint64_t, count(r) + 1 + cosigned.n), 0 };
	out.seq[out.n++] = 0;
	for (size_t i = 0; i < cosigned.n; i++)
		if (is_newest(&cosigned, i))
			out.seq[out.n++] = cosigned.v[i].seq;
	for (const struct report_section *s = r->first; s != NULL; s = s->next)
		for (const struct report_row *row = s->first; row != NULL; row = row->next)
			for (size_t i = 0; i < row->n_lines; i++)
				out.seq[out.n++] = row->lines[i];
	each_once(&out);
	return out;
}

/* Those, and what has to stand beside the signatures of the ones that will be carried. */
static bool add_approvals(struct arena *a, struct approvals *found, struct seqs *s, struct log *l, size_t carried,
			  struct err *e)
{
	const struct seqs first = { s->seq, s->n < carried ? s->n : carried };
	if (!approvals_find(a, found, l, &first, e))
		return false;
	const struct seqs beside = approvals_beside(a, found);
	struct seqs all = { ARENA_ARRAY(a, uint64_t, s->n + beside.n + 1), s->n + beside.n };
	memcpy(all.seq, s->seq, s->n * sizeof(*s->seq));
	memcpy(all.seq + s->n, beside.seq, beside.n * sizeof(*s->seq));
	each_once(&all);
	*s = all;
	return true;
}

/* ---- the checkpoint --------------------------------------------------------------------------------------------- */

static bool take_checkpoint(struct arena *a, struct report_evidence *ev, struct log *l, struct err *e)
{
	struct buf note = {0}, vkey = {0};
	struct tree_head head;
	struct checkpoint opened;
	struct hash32 root;
	if (!log_newest_checkpoint(l, &note, &head, e))
		return false;
	ev->checkpoint = arena_copy(a, buf_view(&note));
	note_key_format(&vkey, log_key_at(l, head.size));
	ev->vkey = arena_str(a, buf_view(&vkey));
	ev->origin = arena_str(a, log_origin(l));
	buf_release(&note);
	buf_release(&vkey);
	if (!checkpoint_open(a, &opened, ev->checkpoint, log_key_at(l, head.size), e) ||
	    !log_root_at(l, opened.head.size, &root, e))
		return false;
	ev->size = opened.head.size;
	ev->root = opened.head.root;
	return hash32_eq(&root, &opened.head.root) ||
	       err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the newest checkpoint is not over this log's first %llu lines",
		       (unsigned long long)opened.head.size);
}

/* ---- the lines -------------------------------------------------------------------------------------------------- */

static bool take_path(struct arena *a, struct report_line *line, struct log *l, uint64_t size, struct err *e)
{
	struct merkle_path path;
	struct hash32 *hash;
	if (line->seq >= size)
		return true;
	if (!log_path(l, line->seq, size, &path, e))
		return false;
	hash = ARENA_ARRAY(a, struct hash32, path.n + 1);
	memcpy(hash, path.hash, path.n * sizeof(*hash));
	line->path.hash = hash;
	line->path.n = path.n;
	return true;
}

static bool take_leaf(struct report_line *line, struct log *l, struct err *e)
{
	const struct merkle_nodes nodes = log_nodes(l);
	return nodes.read(nodes.ctx, &line->leaf, merkle_index(0, line->seq), e);
}

/* With its bytes while there is room for them. */
static bool take_line(struct arena *a, struct report_line *line, struct log *l, uint64_t size,
		      struct evidence_limits *room, struct err *e)
{
	struct buf raw = {0};
	bool ok = true;
	line->withheld = "left out: this file carries no more lines";
	if (room->lines > 0 && room->bytes > 0) {
		ok = log_line(l, line->seq, &raw, e);
		if (ok && raw.n <= room->bytes) {
			room->lines--;
			room->bytes -= raw.n;
			line->raw = arena_copy(a, buf_view(&raw));
			line->withheld = NULL;
			line_leaf(&line->leaf, line->raw);
		}
	}
	buf_release(&raw);
	if (!ok)
		return false;
	return line->withheld != NULL ? take_leaf(line, l, e) : take_path(a, line, l, size, e);
}

static struct report_line *add_line(struct arena *a, struct report_evidence *ev, uint64_t seq)
{
	struct report_line *line = ARENA_NEW(a, struct report_line);
	line->seq = seq;
	if (ev->last == NULL)
		ev->first = line;
	else
		ev->last->next = line;
	ev->last = line;
	ev->n++;
	return line;
}

bool report_evidence(struct arena *a, struct report *r, struct log *l, struct evidence_limits limits, struct err *e)
{
	struct report_evidence *ev = &r->evidence;
	struct approvals found;
	struct seqs s = seqs_of(a, r, l);
	*ev = (struct report_evidence){0};
	if (!take_checkpoint(a, ev, l, e) || !add_approvals(a, &found, &s, l, limits.lines, e))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!take_line(a, add_line(a, ev, s.seq[i]), l, ev->size, &limits, e))
			return err_in(e, "line %llu", (unsigned long long)s.seq[i]);
	approvals_take(a, ev, &found, l);
	return report_roots(a, ev, l, e);
}

bool report_evidence_made(struct arena *a, struct report *r, struct log *l, struct evidence_limits limits,
			  uint64_t made, struct err *e)
{
	struct evidence_limits one = { 1, LINE_MAX_BYTES };
	struct report_line *line;
	if (!report_evidence(a, r, l, limits, e))
		return false;
	assert(r->evidence.last == NULL || r->evidence.last->seq < made);
	line = add_line(a, &r->evidence, made);
	r->evidence.made = line;
	return take_line(a, line, l, r->evidence.size, &one, e) || err_in(e, "line %llu", (unsigned long long)made);
}
