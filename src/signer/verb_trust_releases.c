/* trust-releases: pins the list of code that may be installed, after a person has read it and compared its phrase with
 * somebody else's. It is pinned on its own, so that an upgrade does not change the policy; a packet that goes by
 * another list, or by one where none is pinned, is refused. */
#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/signer/hearing.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

static void page(struct buf *out, const struct pin *pin, const struct releases *r)
{
	struct buf phrase = {0};
	words_phrase(&phrase, &r->digest);
	deployment_banner(out, &pin->deployment);
	buf_fmt(out, "\nRELEASES %.*s\n", SHOWN(r->name));
	releases_format(out, r);
	buf_str(out, "  No other code may be installed where the policy goes by this list.\n");
	if (pin->releases != NULL && !hash32_eq(&pin->releases->digest, &r->digest)) {
		buf_fmt(out, "It takes the place of %.*s. What changes:\n", SHOWN(pin->releases->name));
		releases_differences(out, pin->releases, r);
	}
	buf_str(out, "  digest      ");
	buf_hex(out, SPAN_HASH(&r->digest));
	buf_fmt(out, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

/* The journal's line first, as for a policy. */
static bool pin_it(struct signer *s, const struct pin *pin, const struct releases *r, struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&pin->deployment.id)));
	json_set(body, a, "name", json_text(a, r->name));
	json_set(body, a, "releases", json_bare(a, SPAN_HASH(&r->digest)));
	json_set(body, a, "replaces", pin->releases != NULL ? json_bare(a, SPAN_HASH(&pin->releases->digest))
							    : json_null(a));
	return journal_add(&s->journal, "releases.pinned", span_of(NULL, 0), body, e) &&
	       home_add_releases(&s->home, &pin->deployment.id, r, e);
}

static bool read_list(struct signer *s, struct releases *r, struct err *e)
{
	struct span file;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	return releases_parse(&s->arena, r, file, e) || json_err_file(e, s->args[0], file);
}

bool verb_trust_releases(struct signer *s, struct err *e)
{
	const struct pin *pin;
	struct releases r;
	if (!signer_pin_meant(s, &pin, e) || !read_list(s, &r, e))
		return false;
	page(&s->text, pin, &r);
	if (!hearing_confirm(s, &r.digest, "list of releases", "DIGEST", e) || !pin_it(s, pin, &r, e))
		return false;
	buf_str(&s->text, "Pinned: what a packet of this deployment says of releases has to be this list from now "
		"on.\n");
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "deployment", json_bare(&s->arena, SPAN_HASH(&pin->deployment.id)));
	json_set(s->result, &s->arena, "releases", json_bare(&s->arena, SPAN_HASH(&r.digest)));
	return true;
}

/* The newest line about this deployment. */
static bool journal_releases(const struct signer *s, const struct hash32 *deployment, struct hash32 *out)
{
	for (size_t i = s->journal.n; i-- > 0;) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of;
		if (line_kind_is(l, "releases.pinned") && json_get_bare_hash(l->body, "deployment", &of, NULL) &&
		    hash32_eq(&of, deployment))
			return json_get_bare_hash(l->body, "releases", out, NULL);
	}
	return false;
}

void releases_check(struct signer *s)
{
	for (size_t i = 0; i < s->home.n_pins; i++) {
		struct pin *pin = &s->home.pins[i];
		struct hash32 digest;
		if (pin->releases != NULL && !(journal_releases(s, &pin->deployment.id, &digest) &&
					       hash32_eq(&pin->releases->digest, &digest)))
			pin->releases = NULL;
	}
}
