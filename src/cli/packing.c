#include "src/cli/packing.h"

#include <string.h>

#include "audit-log/keys.h"

#define CARRIED_LINES 200             /* at most, of those since the last answer */

static bool blob_of(struct workspace *ws, struct arena *a, const struct hash32 *digest, struct span *out,
		    struct err *e)
{
	struct buf b = {0};
	const bool ok = log_blob(ws->log, digest, &b, NULL, e);
	if (ok)
		*out = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return ok;
}

bool packing_signatures(struct workspace *ws, struct arena *a, const struct step *step,
			struct owner_signature **out, struct err *e)
{
	struct owner_signature *v = ARENA_ARRAY(a, struct owner_signature, step->n_signatures + 1);
	for (size_t i = 0; i < step->n_signatures; i++) {
		struct span bytes;
		v[i].owner = step->signatures[i].owner;
		if (!blob_of(ws, a, &step->signatures[i].digest, &bytes, e) ||
		    !sig_from_bytes(&v[i].sig, bytes, e))
			return false;
	}
	*out = v;
	return true;
}

struct carry {
	struct arena *a;
	struct span lines[CARRIED_LINES];
	size_t n;
};

/* What the owners have not seen since somebody answered: their journals can refill a log. */
static bool carry_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct carry *c = ctx;
	struct line l;
	(void)seq;
	(void)leaf;
	if (!line_parse(c->a, &l, arena_copy(c->a, raw), e))
		return false;
	if (line_kind_is(&l, "signature.added") || line_kind_is(&l, "answer.refused") ||
	    line_kind_is(&l, "answer.declined"))
		c->n = 0;
	if (c->n == CARRIED_LINES) {
		memmove(c->lines, c->lines + 1, (CARRIED_LINES - 1) * sizeof(c->lines[0]));
		c->n--;
	}
	c->lines[c->n++] = l.raw;
	return true;
}

static bool carries(const struct carry *c, struct span line)
{
	for (size_t i = 0; i < c->n; i++)
		if (span_eq(c->lines[i], line))
			return true;
	return false;
}

/* Whoever pinned an earlier log key follows by the lines that changed it. */
static bool carry_keys(struct workspace *ws, struct arena *a, struct packet *out, const struct carry *c, struct err *e)
{
	const struct log_keys *keys = log_keys(ws->log);
	struct span *lines = ARENA_ARRAY(a, struct span, keys->n + c->n + 1);
	size_t n = 0;
	for (size_t i = 1; i < keys->n; i++) {
		struct buf raw = {0};
		const bool ok = log_line(ws->log, keys->v[i].line, &raw, e);
		lines[n] = ok ? arena_copy(a, buf_view(&raw)) : lines[n];
		buf_release(&raw);
		if (!ok)
			return false;
		n += !carries(c, lines[n]);
	}
	for (size_t i = 0; i < c->n; i++)
		lines[n++] = c->lines[i];
	out->lines = lines;
	out->n_lines = n;
	return true;
}

static bool carried_lines(struct workspace *ws, struct arena *a, struct packet *out, struct err *e)
{
	struct carry *c = ARENA_NEW(a, struct carry);
	const uint64_t size = log_size(ws->log);
	c->a = a;
	return log_each(ws->log, size > 2 * CARRIED_LINES ? size - 2 * CARRIED_LINES : 0, size, carry_line, c, e) &&
	       carry_keys(ws, a, out, c, e);
}

bool packing_packet(struct workspace *ws, struct arena *a, const struct change *change, enum step_kind step,
		    bool lean, struct packet *out, struct err *e)
{
	const struct step *s = &change->steps[step];
	struct owner_signature *signatures;
	struct span core, evidence;
	*out = (struct packet){0};
	if (!blob_of(ws, a, &s->core, &core, e) || !packing_signatures(ws, a, s, &signatures, e))
		return false;
	out->core_text = core;
	out->digest = s->core;
	struct packet_signature *v = ARENA_ARRAY(a, struct packet_signature, s->n_signatures + 1);
	for (size_t i = 0; i < s->n_signatures; i++)
		v[i] = (struct packet_signature){ step, signatures[i] };
	out->signatures = v;
	out->n_signatures = s->n_signatures;
	if (lean)
		return true;
	if (s->has_evidence) {
		if (!blob_of(ws, a, &s->evidence, &evidence, e))
			return false;
		out->evidence = json_parse(a, evidence, e);
		if (out->evidence == NULL)
			return false;
	}
	return carried_lines(ws, a, out, e);
}
