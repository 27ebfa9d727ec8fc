/* trust-policy: pins the policy that packets of a deployment are judged by, after a person has read it and compared its
 * phrase with somebody else's. From then on a packet with none or another is refused. */
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/policy/rules.h"
#include "src/signer/hearing.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

static void put_members(struct buf *out, const struct json *rule)
{
	for (const struct json *v = rule->first; v != NULL; v = v->next) {
		struct buf text = {0};
		if (listed_word("name why kind", v->name))
			continue;
		json_canonical(&text, v);
		buf_fmt(out, "    %.*s  ", SHOWN(v->name));
		text_safe(out, buf_view(&text), false);
		buf_byte(out, '\n');
		buf_release(&text);
	}
}

static void put_rule(struct buf *out, const struct rule *x, const struct json *doc)
{
	buf_fmt(out, "  %.*s: %s: %s\n    because %.*s\n", SHOWN(x->name), rule_row(x->kind)->name,
		rule_row(x->kind)->says, SHOWN(x->why));
	put_members(out, doc);
}

/* Rule by rule: what goes, comes, or says something else. */
static void differences(struct buf *out, const struct policy *old, const struct policy *new)
{
	for (size_t i = 0; i < old->n_rules; i++)
		if (policy_rule(new, old->rules[i].name) == NULL)
			buf_fmt(out, "  %.*s goes\n", SHOWN(old->rules[i].name));
	for (size_t i = 0; i < new->n_rules; i++) {
		const struct rule *x = &new->rules[i], *was = policy_rule(old, x->name);
		const struct json *doc = json_at(json_find(new->doc, "rules"), i);
		if (was == NULL) {
			buf_fmt(out, "  %.*s is new\n", SHOWN(x->name));
			continue;
		}
		const struct json *before = json_at(json_find(old->doc, "rules"), (size_t)(was - old->rules));
		if (json_same(before, doc))
			continue;
		buf_fmt(out, "  %.*s was\n", SHOWN(x->name));
		put_members(out, before);
	}
}

static void page(struct buf *out, const struct pin *pin, const struct policy *p)
{
	struct buf phrase = {0};
	words_phrase(&phrase, &p->digest);
	deployment_banner(out, &pin->deployment);
	buf_fmt(out, "\nPOLICY %.*s\n", SHOWN(p->name));
	for (size_t i = 0; i < p->n_rules; i++)
		put_rule(out, &p->rules[i], json_at(json_find(p->doc, "rules"), i));
	buf_str(out, "  What no rule allows is denied.\n");
	if (pin->policy != NULL && !hash32_eq(&pin->policy->digest, &p->digest)) {
		buf_fmt(out, "It takes the place of %.*s. What changes:\n", SHOWN(pin->policy->name));
		differences(out, pin->policy, p);
	}
	buf_str(out, "  digest      ");
	buf_hex(out, SPAN_HASH(&p->digest));
	buf_fmt(out, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

bool signer_pin_meant(struct signer *s, const struct pin **out, struct err *e)
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

/* The journal's line first: a policy that it names and that is not here stops everything. */
static bool pin_it(struct signer *s, const struct pin *pin, const struct policy *p, struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&pin->deployment.id)));
	json_set(body, a, "name", json_text(a, p->name));
	json_set(body, a, "policy", json_bare(a, SPAN_HASH(&p->digest)));
	json_set(body, a, "replaces", pin->policy != NULL ? json_bare(a, SPAN_HASH(&pin->policy->digest)) :
		json_null(a));
	return journal_add(&s->journal, "policy.pinned", span_of(NULL, 0), body, e) &&
	       home_add_policy(&s->home, &pin->deployment.id, p, e);
}

static bool read_policy(struct signer *s, struct policy *p, struct err *e)
{
	struct span file;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	return policy_parse(&s->arena, p, file, e) ||
	       err_file(e, s->args[0], err_is_set(e) && e->at <= file.n ? json_line(file, e->at) : 0);
}

bool verb_trust_policy(struct signer *s, struct err *e)
{
	const struct pin *pin;
	struct policy p;
	if (!signer_pin_meant(s, &pin, e) || !read_policy(s, &p, e))
		return false;
	page(&s->text, pin, &p);
	if (!hearing_confirm(s, &p.digest, "policy", "DIGEST", e) || !pin_it(s, pin, &p, e))
		return false;
	buf_str(&s->text, "Pinned: a packet of this deployment has to name this policy from now on.\n");
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "deployment", json_bare(&s->arena, SPAN_HASH(&pin->deployment.id)));
	json_set(s->result, &s->arena, "policy", json_bare(&s->arena, SPAN_HASH(&p.digest)));
	return true;
}

/* The digest in the newest line about this deployment. */
static bool journal_policy(const struct signer *s, const struct hash32 *deployment, struct hash32 *out)
{
	for (size_t i = s->journal.n; i-- > 0;) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of;
		if (line_kind_is(l, "policy.pinned") && json_get_bare_hash(l->body, "deployment", &of, NULL) &&
		    hash32_eq(&of, deployment))
			return json_get_bare_hash(l->body, "policy", out, NULL);
	}
	return false;
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
		const bool wanted = journal_policy(s, &pin->deployment.id, &digest);
		const bool here = wanted && pin->policy != NULL && hash32_eq(&pin->policy->digest, &digest);
		pin->policy_lost = (wanted || (known && pin->deployment.class == CLASS_PRODUCTION)) && !here;
		if (!here)
			pin->policy = NULL;
	}
}
