/* trust-policy, trust-releases: pin the policy that packets of a deployment are judged by, and the list of code
 * that may be installed. The document alone after a person has read it and compared its phrase with somebody
 * else's; an adoption that enough owners have signed after a person has read it: their signatures say what the
 * phrase would. From then on a packet with none or another policy is refused, and one that goes by another list. */
#include <string.h>

#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/signer/adopting.h"
#include "src/signer/hearing.h"

/* The deployment that --for names, or the only one that is pinned. */
static bool pin_meant(struct signer *s, const struct pin **out, struct err *e)
{
	const char *id = signer_option(s, "--for");
	struct hash32 wanted;
	if (id != NULL) {
		if (!hex_bare(wanted.b, sizeof(wanted.b), span_str(id), e))
			return err_in(e, "--for");
		*out = home_pin(&s->home, &wanted);
		return *out != NULL || err_refuse(e, "NOT-PINNED", "this machine has not pinned that deployment");
	}
	if (s->home.n_pins != 1)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%zu deployments are pinned: --for ID says which is meant",
			       s->home.n_pins);
	*out = &s->home.pins[0];
	return true;
}

/* By the owners' signatures: what was proposed under the policy before is judged under both from then on. */
static bool takes_place(const struct pin *pin, const struct adoptable *x, const struct json *by)
{
	return x->policy != NULL && by->type == JSON_ARRAY && pin->policy != NULL &&
	       !hash32_eq(&pin->policy->digest, &x->digest);
}

/* The journal's line first: what it names and is not here stops what goes by it. `by`: the owners whose signatures it
 * rests on; null: a phrase that somebody heard. */
static bool pin_it(struct signer *s, const struct pin *pin, const struct adoptable *x, struct json *by, struct err *e)
{
	struct arena *a = &s->arena;
	const char *word = adoptable_word(x->kind);
	const struct adoptable *was = adopting_pinned(s, pin, x->kind);
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&pin->deployment.id)));
	json_set(body, a, "name", json_text(a, x->name));
	json_set(body, a, word, json_bare(a, SPAN_HASH(&x->digest)));
	json_set(body, a, "replaces", was != NULL ? json_bare(a, SPAN_HASH(&was->digest)) : json_null(a));
	json_set(body, a, "signedBy", by);
	if (takes_place(pin, x, by) && !home_keep_replaced(&s->home, &pin->deployment.id, pin->policy, e))
		return false;
	return journal_add(&s->journal, arena_fmt(a, "%s.pinned", word), span_of(NULL, 0), body, e) &&
	       home_add_adopted(&s->home, &pin->deployment.id, x, e);
}

static void say_pinned(struct signer *s, const struct pin *pin, const struct adoptable *x)
{
	static const char *const says[N_ADOPTABLES] = {
		[ADOPT_POLICY] = "a packet of this deployment has to name this policy from now on",
		[ADOPT_RELEASES] = "what a packet of this deployment says of releases has to be this list from now on",
	};
	buf_fmt(&s->text, "Pinned: %s.\n", says[x->kind]);
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "deployment", json_bare(&s->arena, SPAN_HASH(&pin->deployment.id)));
	json_set(s->result, &s->arena, adoptable_word(x->kind), json_bare(&s->arena, SPAN_HASH(&x->digest)));
}

/* ---- a policy or a list alone ---- */

static bool trust_alone(struct signer *s, enum adoptable_kind kind, struct span file, struct err *e)
{
	const struct adoptable *x;
	const struct pin *pin;
	if (!pin_meant(s, &pin, e))
		return false;
	if (!adoptable_parse(&s->arena, &x, kind, file, e))
		return json_err_file(e, s->args[0], file);
	deployment_banner(&s->text, &pin->deployment);
	buf_byte(&s->text, '\n');
	adopting_document(&s->text, adopting_pinned(s, pin, kind), x);
	if (!hearing_confirm(s, &x->digest, adoptable_called(kind), "DIGEST", e) ||
	    !pin_it(s, pin, x, json_null(&s->arena), e))
		return false;
	say_pinned(s, pin, x);
	return true;
}

/* ---- an adoption ---- */

static struct json *owners_of(struct arena *a, const struct adoption *x)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < x->n; i++)
		json_push(list, json_addr(a, &x->signatures[i].owner));
	return list;
}

/* The page is shown also where it is not enough: whoever brought the file wants to know what it would say. */
static bool trust_adopted(struct signer *s, enum adoptable_kind kind, struct err *e)
{
	struct adopting w;
	if (signer_option(s, "--for") != NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "an adoption names its deployment: without --for");
	if (!adopting_read_kind(s, &w, s->args[0], kind, e))
		return false;
	adopting_page(&s->text, &w);
	if (!adoption_is_complete(&w.x, &w.pin->deployment, w.pin->policy, e))
		return false;
	buf_str(&s->text, "The owners ");
	adopting_names(&s->text, &w);
	buf_str(&s->text, " have signed it: their signatures are right.\n");
	if (!hearing_agree(s, &w.x.document->digest, adoptable_called(kind), "DIGEST", e) ||
	    !pin_it(s, w.pin, w.x.document, owners_of(&s->arena, &w.x), e))
		return false;
	say_pinned(s, w.pin, w.x.document);
	return true;
}

static bool trust(struct signer *s, enum adoptable_kind kind, struct err *e)
{
	struct span file;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	return adopting_is(s, file) ? trust_adopted(s, kind, e) : trust_alone(s, kind, file, e);
}

bool verb_trust_policy(struct signer *s, struct err *e)
{
	return trust(s, ADOPT_POLICY, e);
}

bool verb_trust_releases(struct signer *s, struct err *e)
{
	return trust(s, ADOPT_RELEASES, e);
}

/* ---- what the journal says is pinned ---- */

/* The newest line about this deployment; NULL: none. */
static const struct line *journal_pinned(const struct signer *s, const char *kind, const struct hash32 *deployment)
{
	for (size_t i = s->journal.n; i-- > 0;) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of;
		if (line_kind_is(l, kind) && json_get_bare_hash(l->body, "deployment", &of, NULL) &&
		    hash32_eq(&of, deployment))
			return l;
	}
	return NULL;
}

/* The one that was pinned before, where the owners' signatures put another in its place, and it is here as it was. */
static bool is_replaced(const struct line *l, const struct policy *p)
{
	const struct json *by = l != NULL ? json_find(l->body, "signedBy") : NULL;
	struct hash32 digest;
	return by != NULL && by->type == JSON_ARRAY && p != NULL &&
	       json_get_bare_hash(l->body, "replaces", &digest, NULL) && hash32_eq(&digest, &p->digest);
}

static bool knows_policies(const struct signer *s)
{
	for (size_t i = 0; i < s->journal.n; i++)
		if (line_kind_is(&s->journal.lines[i], "policy.pinned"))
			return true;
	return false;
}

/* Once a policy was pinned, class production signs nothing without one: a profile pinned anew needs it anew. */
void policies_check(struct signer *s)
{
	const bool known = knows_policies(s);
	for (size_t i = 0; i < s->home.n_pins; i++) {
		struct pin *pin = &s->home.pins[i];
		struct hash32 digest;
		const struct line *l = journal_pinned(s, "policy.pinned", &pin->deployment.id);
		const bool wanted = l != NULL && json_get_bare_hash(l->body, "policy", &digest, NULL);
		const bool here = wanted && pin->policy != NULL && hash32_eq(&pin->policy->digest, &digest);
		pin->policy_lost = (wanted || (known && pin->deployment.class == CLASS_PRODUCTION)) && !here;
		if (!here)
			pin->policy = NULL;
		if (!here || !is_replaced(l, pin->replaced))
			pin->replaced = NULL;
	}
}

void releases_check(struct signer *s)
{
	for (size_t i = 0; i < s->home.n_pins; i++) {
		struct pin *pin = &s->home.pins[i];
		struct hash32 digest;
		const struct line *l = journal_pinned(s, "releases.pinned", &pin->deployment.id);
		const bool wanted = l != NULL && json_get_bare_hash(l->body, "releases", &digest, NULL);
		const bool here = wanted && pin->releases != NULL && hash32_eq(&pin->releases->digest, &digest);
		pin->releases_lost = wanted && !here;
		if (!here)
			pin->releases = NULL;
	}
}
