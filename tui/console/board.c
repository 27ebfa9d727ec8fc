#include "tui/console/board.h"

#include "src/evm/address.h"
#include "src/base/when.h"

static int64_t when_of(const struct model *m, uint64_t seq)
{
	for (size_t i = 0; i < m->change.n_lines; i++)
		if (m->change.lines[i].line.seq == seq)
			return m->change.lines[i].line.time.ms / 1000;
	return 0;
}

static bool on_chain(const struct model *m, const struct addr *at)
{
	for (size_t i = 0; i < m->snapshot.n_owners; i++)
		if (addr_eq(&m->snapshot.owners[i], at))
			return true;
	return !m->snapshot.online;
}

const struct person *board_speaker(const struct model *m, const struct step_note *n)
{
	struct addr at;
	return addr_parse(&at, n->owner_text, NULL) ? deployment_person_at(&m->ws->deployment, &at) : NULL;
}

static const struct step_note *newest_note(const struct model *m, const struct step *s, const struct addr *owner)
{
	for (size_t i = s->n_notes; i-- > 0;) {
		const struct person *who = board_speaker(m, &s->notes[i]);
		if (s->notes[i].seq >= s->packed_seq && who != NULL && addr_eq(&who->address, owner))
			return &s->notes[i];
	}
	return NULL;
}

struct board_square board_square(const struct model *m, enum step_kind k, const struct addr *owner)
{
	const struct step *s = &m->change.c.steps[k];
	const struct step_note *note = newest_note(m, s, owner);
	for (size_t i = 0; i < s->n_signatures; i++)
		if (addr_eq(&s->signatures[i].owner, owner))
			return (struct board_square){ .mark = BOARD_SIGNED, .when = when_of(m, s->signatures[i].seq),
						      .counts = on_chain(m, owner) };
	if (note == NULL)
		return (struct board_square){ .mark = BOARD_MISSING };
	return (struct board_square){ .mark = note->declined ? BOARD_DECLINED : BOARD_REFUSED, .note = note,
				      .when = when_of(m, note->seq) };
}

size_t board_signed(const struct model *m, enum step_kind k)
{
	const struct step *s = &m->change.c.steps[k];
	size_t n = 0;
	for (size_t i = 0; i < s->n_signatures; i++)
		n += on_chain(m, &s->signatures[i].owner);
	return n;
}

const struct addr *board_stranger(const struct model *m, size_t i)
{
	for (size_t k = 0; k < m->snapshot.n_owners; k++)
		if (!deployment_is_owner(&m->ws->deployment, &m->snapshot.owners[k]) && i-- == 0)
			return &m->snapshot.owners[k];
	return NULL;
}

const struct person *board_former(const struct model *m, size_t i)
{
	const struct deployment *d = &m->ws->deployment;
	for (size_t k = 0; k < d->n_people; k++)
		if (d->people[k].owner && !on_chain(m, &d->people[k].address) && i-- == 0)
			return &d->people[k];
	return NULL;
}

bool board_has(const struct change *c, enum step_kind k)
{
	if (c->withdrawn && !c->steps[k].packed)
		return false;
	switch (k) {
	case STEP_SCHEDULE: return c->proposal.route == ROUTE_TIMELOCK;
	case STEP_EXECUTE: return true;
	case STEP_CANCEL: return c->steps[STEP_CANCEL].packed;
	}
	BUG("no such step");
}

/* ---- what it waits for ---- */

static bool waits_for_timelock(struct buf *out, const struct model *m, enum step_kind k)
{
	const struct model_change *x = &m->change;
	const uint64_t at = x->facts.operation_timestamp, now = model_chain_time(m);
	if (!x->facts.known || k != STEP_EXECUTE || x->c.proposal.route != ROUTE_TIMELOCK || at <= now)
		return false;
	buf_str(out, "the timelock: ready ");
	when_relative(out, (int64_t)at, (int64_t)now);
	return true;
}

static void waits_for_others(struct buf *out, const struct model *m, enum step_kind k)
{
	const struct model_change *x = &m->change;
	const uint64_t nonce = x->c.steps[k].nonce, own = x->facts.safe_nonce;
	if (nonce > own)
		buf_fmt(out, "its turn: the Safe is at nonce %llu, what comes before %llu goes first",
			(unsigned long long)own, (unsigned long long)nonce);
	else if (!waits_for_timelock(out, m, k))
		buf_str(out, "somebody to send it: u (submit)");
}

static void waits_for_packet(struct buf *out, const struct model *m, enum step_kind k)
{
	const struct change *c = &m->change.c;
	if (k == STEP_EXECUTE && c->proposal.route == ROUTE_TIMELOCK && !c->steps[STEP_SCHEDULE].mined)
		buf_str(out, "schedule, and then the delay; e (export) could pack it ahead");
	else if (waits_for_timelock(out, m, k))
		buf_str(out, "; e (export) could pack it ahead");
	else
		buf_str(out, "a packet: e (export)");
}

static void waits_for_signatures(struct buf *out, const struct model *m, enum step_kind k)
{
	const size_t got = board_signed(m, k);
	const uint64_t needed = m->change.facts.threshold;
	if (m->change.facts.known && got < needed)
		buf_fmt(out, "%llu more signature%s: e (export), i (import)", (unsigned long long)(needed - got),
			needed - got == 1 ? "" : "s");
	else if (m->change.facts.known)
		waits_for_others(out, m, k);
	else
		buf_str(out, "signatures; how many is not known: the chain has not been asked");
}

void board_waits(struct buf *out, const struct model *m, enum step_kind k)
{
	const struct change *c = &m->change.c;
	const struct step *s = &c->steps[k];
	switch (step_state_of(c, k, &m->change.facts)) {
	case STEP_NONE: waits_for_packet(out, m, k); break;
	case STEP_MINED: buf_fmt(out, "nothing: it is in block %llu", (unsigned long long)s->block); break;
	case STEP_FAILED: buf_str(out, "a new packet: it failed on chain, e (export)"); break;
	case STEP_STALE:
		buf_fmt(out, "a new packet: the Safe has passed nonce %llu, e (export)", (unsigned long long)s->nonce);
		break;
	case STEP_SUBMITTED: buf_str(out, "its block: it is sent, u follows it"); break;
	case STEP_UNSIGNED:
	case STEP_PARTLY_SIGNED:
	case STEP_COMPLETE:
		if (c->withdrawn && k != STEP_CANCEL)
			buf_str(out, "nothing: it is withdrawn");
		else
			waits_for_signatures(out, m, k);
		break;
	}
}
