/* adopt-policy, adopt-releases: an owner signs that a policy, or a list of releases, takes the place of the one that is
 * pinned here. What he signs is the message PolicyAdoption or ReleasesAdoption; the pin moves when enough owners have
 * signed, with trust-policy or trust-releases. `review` shows the same page and signs nothing. */
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/signer/adopting.h"
#include "src/signer/hearing.h"
#include "src/signer/vouch.h"
#include "tui/kit/term.h"

/* On disk here before it can be anywhere else. */
static bool log_it(struct signer *s, const struct adopting *w, const struct addr *owner, struct err *e)
{
	const struct adoption_terms t = adoption_terms(&w->x);
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&t.deployment)));
	json_set(body, a, "expires", json_u64(a, t.expires));
	json_set(body, a, "name", json_text(a, w->x.document->name));
	json_set(body, a, "origin", json_text(a, t.origin));
	json_set(body, a, "owner", json_addr(a, owner));
	json_set(body, a, adoptable_word(t.kind), json_bare(a, SPAN_HASH(&t.document)));
	json_set(body, a, "previous", json_bare(a, SPAN_HASH(&t.previous)));
	return journal_add(&s->journal, "adoption.signed", span_of(NULL, 0), body, e);
}

static bool adopt(struct signer *s, enum adoptable_kind kind, struct err *e)
{
	const char *word = adoptable_word(kind);
	const struct key_file *key;
	struct signed_message made;
	struct adopting w;
	if (!adopting_read_kind(s, &w, s->args[0], kind, e) || !vouch_key(s, &w.pin->deployment, &key, e))
		return false;
	const struct message m = adoption_message(&w.x);
	adopting_page(&s->text, &w);
	if (!hearing_confirm(s, &w.x.document->digest, adoptable_called(kind), "DIGEST", e) ||
	    !vouch_sign(s, &w.pin->deployment, key, &m, &made, e) ||
	    !log_it(s, &w, &key->address, e) || !vouch_write(s, &w.pin->deployment, &made, "Signature", e))
		return false;
	buf_fmt(&s->text, "This machine's pin has not moved: it does when enough owners have signed (trust-%s).\n",
		word);
	json_set(s->result, &s->arena, word, json_bare(&s->arena, SPAN_HASH(&w.x.document->digest)));
	return true;
}

bool verb_adopt_policy(struct signer *s, struct err *e)
{
	return adopt(s, ADOPT_POLICY, e);
}

bool verb_adopt_releases(struct signer *s, struct err *e)
{
	return adopt(s, ADOPT_RELEASES, e);
}

static struct json *review_result(struct signer *s, const struct adopting *w)
{
	struct arena *a = &s->arena;
	struct json *o = json_object(a), *by = json_array(a);
	struct buf phrase = {0};
	words_phrase(&phrase, &w->x.document->digest);
	for (size_t i = 0; i < w->x.n; i++)
		json_push(by, json_addr(a, &w->x.signatures[i].owner));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&w->x.deployment)));
	json_set(o, a, "expires", json_u64(a, w->x.expires));
	json_set(o, a, "needed", json_u64(a, w->needs));
	json_set(o, a, "origin", json_text(a, w->x.origin));
	json_set(o, a, "phrase", json_text(a, arena_copy(a, buf_view(&phrase))));
	json_set(o, a, adoptable_word(w->x.document->kind), json_bare(a, SPAN_HASH(&w->x.document->digest)));
	json_set(o, a, "previous", w->pinned != NULL ? json_bare(a, SPAN_HASH(&w->pinned->digest)) : json_null(a));
	json_set(o, a, "signedBy", by);
	buf_release(&phrase);
	return o;
}

bool adopting_review(struct signer *s, struct err *e)
{
	struct adopting w;
	const bool leaf = s->screen != NULL;
	term_close(s->screen);        /* this page is read line by line */
	s->screen = NULL;
	if (!adopting_read(s, &w, s->args[0], e))
		return false;
	adopting_page(&s->text, &w);
	s->result = review_result(s, &w);
	if (leaf && !terminal_page(&s->terminal, buf_view(&s->text), e))
		return false;
	if (leaf)
		buf_clear(&s->text);
	return true;
}
