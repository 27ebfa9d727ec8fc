#include "src/policy/adoptable.h"

#include "src/policy/sentence.h"

static bool parse_policy(struct arena *a, struct adoptable *out, struct span text, struct err *e)
{
	struct policy *p = ARENA_NEW(a, struct policy);
	if (!policy_parse(a, p, text, e))
		return false;
	*out = *adoptable_of_policy(a, p);
	return true;
}

static bool parse_releases(struct arena *a, struct adoptable *out, struct span text, struct err *e)
{
	struct releases *r = ARENA_NEW(a, struct releases);
	if (!releases_parse(a, r, text, e))
		return false;
	*out = *adoptable_of_releases(a, r);
	return true;
}

static void say_policy(struct buf *out, const struct adoptable *x)
{
	policy_sentences(out, x->policy);
}

static void say_releases(struct buf *out, const struct adoptable *x)
{
	releases_format(out, x->releases);
	buf_str(out, "  No other code may be installed where the policy goes by this list.\n");
}

static size_t policies_differ(struct buf *out, const struct adoptable *old, const struct adoptable *now)
{
	return policy_differences(out, old->policy, now->policy);
}

static size_t lists_differ(struct buf *out, const struct adoptable *old, const struct adoptable *now)
{
	return releases_differences(out, old->releases, now->releases);
}

static const struct {
	const char *word, *called, *code, *about, *format;
	enum message_type message;
	size_t max;
	bool (*parse)(struct arena *a, struct adoptable *out, struct span text, struct err *e);
	void (*say)(struct buf *out, const struct adoptable *x);
	size_t (*differ)(struct buf *out, const struct adoptable *old, const struct adoptable *now);
} kinds[N_ADOPTABLES] = {
	[ADOPT_POLICY] = { "policy", "policy", "POLICY",
			   "A policy's adoption. It moves nothing on chain; it says what may be done to it.",
			   POLICY_FORMAT, MESSAGE_POLICY_ADOPTION, POLICY_MAX, parse_policy, say_policy,
			   policies_differ },
	[ADOPT_RELEASES] = { "releases", "list of releases", "RELEASES",
			     "The adoption of a list of releases. It moves nothing on chain; it says which code may "
			     "be installed.",
			     RELEASES_FORMAT, MESSAGE_RELEASES_ADOPTION, RELEASES_MAX, parse_releases, say_releases,
			     lists_differ },
};

const char *adoptable_word(enum adoptable_kind kind)
{
	return kinds[kind].word;
}

const char *adoptable_called(enum adoptable_kind kind)
{
	return kinds[kind].called;
}

const char *adoptable_code(enum adoptable_kind kind)
{
	return kinds[kind].code;
}

const char *adoptable_about(enum adoptable_kind kind)
{
	return kinds[kind].about;
}

enum message_type adoptable_message(enum adoptable_kind kind)
{
	return kinds[kind].message;
}

size_t adoptable_max(enum adoptable_kind kind)
{
	return kinds[kind].max;
}

enum adoptable_kind adoptable_kind_of(struct arena *a, struct span text)
{
	const struct json *doc = json_parse(a, text, NULL);
	struct span format;
	if (doc != NULL && json_get_str(doc, "format", &format, NULL))
		for (size_t i = 0; i < N_ADOPTABLES; i++)
			if (span_is(format, kinds[i].format))
				return (enum adoptable_kind)i;
	return ADOPT_POLICY;
}

bool adoptable_parse(struct arena *a, const struct adoptable **out, enum adoptable_kind kind, struct span text,
		     struct err *e)
{
	struct adoptable *x = ARENA_NEW(a, struct adoptable);
	*out = x;
	return kinds[kind].parse(a, x, text, e);
}

static const struct adoptable *keep(struct arena *a, struct adoptable x)
{
	struct adoptable *kept = ARENA_NEW(a, struct adoptable);
	*kept = x;
	return kept;
}

const struct adoptable *adoptable_of_policy(struct arena *a, const struct policy *p)
{
	return p == NULL ? NULL : keep(a, (struct adoptable){ .kind = ADOPT_POLICY, .name = p->name,
							      .digest = p->digest, .doc = p->doc, .policy = p });
}

const struct adoptable *adoptable_of_releases(struct arena *a, const struct releases *r)
{
	return r == NULL ? NULL : keep(a, (struct adoptable){ .kind = ADOPT_RELEASES, .name = r->name,
							      .digest = r->digest, .doc = r->doc, .releases = r });
}

void adoptable_sentences(struct buf *out, const struct adoptable *x)
{
	kinds[x->kind].say(out, x);
}

size_t adoptable_differences(struct buf *out, const struct adoptable *old, const struct adoptable *now)
{
	return kinds[now->kind].differ(out, old, now);
}
