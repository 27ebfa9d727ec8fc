#include "src/cli/packing.h"

#include "audit-log/keys.h"
#include "src/evm/address.h"

/* At most, the newest ones. */
#define CARRIED_LINES 1000u
#define CARRIED_BYTES ((size_t)512 << 10)

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

/* The walk back from the end of the log to where every owner has been. */
struct carry {
	struct arena *a;
	const struct deployment *d;
	bool *answered;               /* one for each person */
	size_t missing;               /* owners of whom no answer was met yet */
	struct span *packets;         /* answered ones of which the packing was not met yet */
	size_t n_packets;
	struct span *lines;           /* newest first */
	size_t n, bytes;
};

static void carry_answer(struct carry *c, const struct line *l)
{
	struct addr owner;
	struct span packet;
	if (!json_get_addr(l->body, "owner", &owner, NULL) || !json_get_str(l->body, "packet", &packet, NULL))
		return;
	const struct person *who = deployment_person_at(c->d, &owner);
	if (who == NULL || !who->owner || c->answered[who - c->d->people])
		return;
	c->answered[who - c->d->people] = true;
	c->missing--;
	c->packets[c->n_packets++] = packet;
}

static void carry_packing(struct carry *c, const struct line *l)
{
	struct span packet;
	if (!json_get_str(l->body, "packet", &packet, NULL))
		return;
	for (size_t i = 0; i < c->n_packets;) {
		if (span_eq(c->packets[i], packet))
			c->packets[i] = c->packets[--c->n_packets];
		else
			i++;
	}
}

static bool is_answer(const struct line *l)
{
	return line_kind_is(l, "signature.added") || line_kind_is(l, "answer.refused") ||
	       line_kind_is(l, "answer.declined");
}

/* False when this line has been seen by all: what was packed before their answers was in their hands. */
static bool carry_line(struct carry *c, const struct line *l)
{
	if (is_answer(l))
		carry_answer(c, l);
	else if (line_kind_is(l, "step.packed"))
		carry_packing(c, l);
	if (c->missing == 0 && c->n_packets == 0)
		return false;
	c->bytes += l->raw.n;
	if (c->bytes <= CARRIED_BYTES)
		c->lines[c->n++] = l->raw;
	return c->bytes <= CARRIED_BYTES && c->n < CARRIED_LINES;
}

static void reverse(struct span *v, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const struct span one = v[i];
		v[i] = v[n - 1 - i];
		v[n - 1 - i] = one;
	}
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

/* What the owners have not seen since their last answers: their journals can refill a log. */
static bool carried_lines(struct workspace *ws, struct arena *a, struct packet *out, struct err *e)
{
	const struct deployment *d = &ws->deployment;
	struct carry c = { .a = a, .d = d, .missing = deployment_owners(d) };
	c.answered = ARENA_ARRAY(a, bool, d->n_people);
	c.packets = ARENA_ARRAY(a, struct span, d->n_people);
	c.lines = ARENA_ARRAY(a, struct span, CARRIED_LINES);
	for (uint64_t seq = log_size(ws->log); seq-- > 0;) {
		struct line l;
		if (!log_line_read(ws->log, a, seq, &l, e))
			return false;
		if (!carry_line(&c, &l))
			break;
	}
	reverse(c.lines, c.n);
	return carry_keys(ws, a, out, &c, e);
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
