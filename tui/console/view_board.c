/* Owners x steps: who has signed what, who has not, and why not. The items are the steps. */
#include "src/base/text.h"
#include "tui/console/board.h"
#include "tui/console/state.h"
#include "tui/console/view_change.h"
#include "src/base/when.h"
#include "tui/console/who.h"

static void when_add(struct paper *p, int64_t when)
{
	struct buf b = {0};
	if (when != 0) {
		time_format_minute(&b, when);
		paper_add(p, STYLE_DIM, " %s", buf_cstr(&b));
	}
	buf_release(&b);
}

static void why(const struct step_note *n, struct paper *p)
{
	paper_foreign(p, 6, n->declined ? "their reason, as the answer file claims" :
		      "what the signer's machine found, as the answer file claims", n->text);
}

/* One owner: mark, id and address whole, what happened. */
static void square(const struct model *m, enum step_kind k, const struct person *owner, struct paper *p)
{
	const struct board_square s = board_square(m, k, &owner->address);
	if (s.mark == BOARD_MISSING && m->change.c.steps[k].mined)
		return;                                          /* nobody is missed any more */
	paper_begin(p, 2, 6);
	switch (s.mark) {
	case BOARD_SIGNED: paper_add(p, STYLE_GOOD, "✓ "); break;
	case BOARD_MISSING: paper_add(p, STYLE_DIM, "· "); break;
	case BOARD_REFUSED:
	case BOARD_DECLINED: paper_add(p, STYLE_BAD, "! "); break;
	}
	who_add(p, m, &owner->address);
	switch (s.mark) {
	case BOARD_SIGNED: paper_add(p, STYLE_GOOD, " signed"); break;
	case BOARD_MISSING: paper_add(p, STYLE_DIM, " missing"); break;
	case BOARD_DECLINED: paper_add(p, STYLE_BAD, " DECLINED"); break;
	case BOARD_REFUSED:
		paper_add(p, STYLE_BAD, " REFUSED ");
		paper_add_foreign(p, s.note->code);
		break;
	}
	when_add(p, s.when);
	if (s.mark == BOARD_SIGNED && !s.counts)
		paper_add(p, STYLE_BAD, " ! no owner on chain: does not count");
	paper_end(p);
	if (s.note != NULL)
		why(s.note, p);
}

/* ---- a step ---- */

/* Signatures by people who are no owners on chain complete nothing. */
static const char *state_words(const struct model *m, enum step_kind k)
{
	const enum step_state state = step_state_of(&m->change.c, k, &m->change.facts);
	const bool short_of = m->change.facts.known && board_signed(m, k) < m->change.facts.threshold;
	return step_state_name(state == STEP_COMPLETE && short_of ? STEP_PARTLY_SIGNED : state);
}

static void step_head(const struct model *m, enum step_kind k, struct paper *p)
{
	const struct step *s = &m->change.c.steps[k];
	const struct chain_facts *f = &m->change.facts;
	struct buf waits = {0};
	paper_begin(p, 0, 2);
	paper_add(p, STYLE_TITLE, "%s", step_name(k));
	if (s->packed) {
		paper_add(p, STYLE_TEXT, " · nonce %llu · %zu of ", (unsigned long long)s->nonce, board_signed(m, k));
		if (f->known)
			paper_add(p, STYLE_TEXT, "%llu signed", (unsigned long long)f->threshold);
		else
			paper_add(p, STYLE_TEXT, "? signed");
	}
	paper_add(p, STYLE_TEXT, " · %s", s->packed ? state_words(m, k) : "no packet yet");
	paper_end(p);
	board_waits(&waits, m, k);
	paper_line(p, STYLE_KEY, 2, "waits for %s", buf_cstr(&waits));
	buf_release(&waits);
}

static void dangers(const struct model *m, enum step_kind k, struct paper *p)
{
	const struct step *s = &m->change.c.steps[k];
	const struct chain_facts *f = &m->change.facts;
	if (step_is_loose(&m->change.c, k, f))
		paper_line(p, STYLE_BAD, 2, "! LOOSE: whoever has enough signatures can run it until nonce %llu is "
			   "spent; R drafts the rejection that spends it", (unsigned long long)s->nonce);
	for (size_t i = 0; i < s->n_left; i++) {
		const bool dead = f->known && s->left[i].nonce < f->safe_nonce;
		paper_line(p, dead ? STYLE_DIM : STYLE_BAD, 2, "%s%zu signature%s left behind at nonce %llu: %s",
			   dead ? "" : "! LOOSE: ", s->left[i].n_signatures, s->left[i].n_signatures == 1 ? "" : "s",
			   (unsigned long long)s->left[i].nonce, dead ? "dead, the Safe has passed it" :
			   "usable by anyone who has enough of them, until that nonce is spent");
		who_hash(p, 4, "safeTxHash", &s->left[i].safe_tx_hash);
	}
}

/* Said about a packet that the step has given up, or by nobody that the profile knows. */
static void other_notes(const struct model *m, enum step_kind k, struct paper *p)
{
	const struct step *s = &m->change.c.steps[k];
	for (size_t i = 0; i < s->n_notes; i++) {
		const struct step_note *n = &s->notes[i];
		const struct person *who = board_speaker(m, n);
		if (who != NULL && who->owner && board_square(m, k, &who->address).note == n)
			continue;
		paper_begin(p, 2, 6);
		paper_add(p, STYLE_WARN, n->declined ? "! declined" : "! refused ");
		paper_add_foreign(p, n->code);
		paper_add(p, STYLE_WARN, n->seq < s->packed_seq ? ", an earlier packet, by " : ", by ");
		if (who != NULL)
			who_add(p, m, &who->address);
		else if (n->owner_text.n > 0)
			paper_add_foreign(p, n->owner_text);
		else
			paper_add(p, STYLE_TEXT, "somebody who does not say who");
		paper_end(p);
		why(n, p);
	}
}

static void one_step(const struct model *m, enum step_kind k, struct paper *p)
{
	const struct deployment *d = &m->ws->deployment;
	const struct step *s = &m->change.c.steps[k];
	step_head(m, k, p);
	for (size_t i = 0; s->packed && i < d->n_people; i++)
		if (d->people[i].owner)
			square(m, k, &d->people[i], p);
	other_notes(m, k, p);
	dangers(m, k, p);
	if (s->packed) {
		who_phrase(p, 2, &s->packet);
		who_hash(p, 2, "safeTxHash", &s->safe_tx_hash);
	}
	if (s->mined)
		who_hash(p, 2, "transaction", &s->tx);
}

/* ---- the profile against the chain ---- */

static void differences(const struct model *m, struct paper *p)
{
	const struct addr *stranger;
	const struct person *former;
	if (board_stranger(m, 0) == NULL && board_former(m, 0) == NULL)
		return;
	paper_title(p, "! The owners on chain are not those of the profile");
	for (size_t i = 0; (stranger = board_stranger(m, i)) != NULL; i++) {
		paper_begin(p, 2, 4);
		paper_add(p, STYLE_BAD, "! owner on chain, not in the profile: ");
		who_add(p, m, stranger);
		paper_end(p);
	}
	for (size_t i = 0; (former = board_former(m, i)) != NULL; i++) {
		paper_begin(p, 2, 4);
		paper_add(p, STYLE_BAD, "! in the profile, no owner on chain: ");
		who_add(p, m, &former->address);
		paper_end(p);
	}
}

static void page(const struct seen *x, struct paper *p)
{
	const struct model *m = x->m;
	if (!change_is_there(x, p))
		return;
	change_head(x, p);
	if (!m->change.c.proposed) {
		paper_blank(p);
		paper_line(p, STYLE_TEXT, 0, "A draft has nothing to sign. Enter opens its page; p, there, proposes "
			   "it.");
		return;
	}
	for (int k = 0; k < N_STEPS; k++) {
		if (!board_has(&m->change.c, (enum step_kind)k))
			continue;
		paper_item(p, PAPER_NO_ITEM);
		paper_blank(p);
		paper_item(p, (uint32_t)k);
		one_step(m, (enum step_kind)k, p);
	}
	paper_item(p, PAPER_NO_ITEM);
	differences(m, p);
}

const struct view board_view = { .page = page };
