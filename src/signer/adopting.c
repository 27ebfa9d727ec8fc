#include "src/signer/adopting.h"

#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/policy/sentence.h"

bool adopting_is(struct signer *s, struct span file)
{
	const struct json *doc = json_parse(&s->arena, file, NULL);
	struct span format;
	return doc != NULL && json_get_str(doc, "format", &format, NULL) && span_is(format, ADOPTION_FORMAT);
}

/* ---- what this machine knows of the log ---- */

/* The log that a line of the journal speaks of. */
static bool log_of(struct signer *s, const struct line *l, struct span *origin)
{
	struct span bytes;
	struct checkpoint c;
	struct note n;
	if (line_kind_is(l, "adoption.signed"))
		return json_get_str(l->body, "origin", origin, NULL);
	if (!json_get_str(l->body, "checkpoint", &bytes, NULL) || !note_parse(&s->arena, &n, bytes, NULL) ||
	    !checkpoint_parse(&c, n.text, NULL))
		return false;
	*origin = c.origin;
	return true;
}

static bool same_log(struct signer *s, struct adopting *w, struct err *e)
{
	if (!deployment_names_log(&w->pin->deployment, w->x.origin))
		return err_refuse(e, "LOG-OTHER", "the offer is of a log that is not named after this chain and Safe");
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of;
		struct span origin;
		if (!json_get_bare_hash(l->body, "deployment", &of, NULL) ||
		    !hash32_eq(&of, &w->x.deployment) || !log_of(s, l, &origin))
			continue;
		if (!span_eq(origin, w->x.origin))
			return err_refuse(e, "LOG-OTHER", "the offer is of another log than what this machine signed "
					  "before (journal line %zu)", i);
		w->knows_log = true;
	}
	return true;
}

/* Two policies for one place: an owner may change his mind, and has to see that he does. */
static void find_rival(struct signer *s, struct adopting *w)
{
	const struct message m = adoption_message(&w->x);
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct hash32 of, policy, previous;
		struct span name;
		if (line_kind_is(l, "adoption.signed") && json_get_bare_hash(l->body, "deployment", &of, NULL) &&
		    json_get_bare_hash(l->body, "policy", &policy, NULL) &&
		    json_get_bare_hash(l->body, "previous", &previous, NULL) &&
		    json_get_str(l->body, "name", &name, NULL) && hash32_eq(&of, &w->x.deployment) &&
		    hash32_eq(&previous, &m.says[3].hash) && !hash32_eq(&policy, &w->x.policy->digest))
			w->rival = arena_str(&s->arena, name);
	}
}

/* ---- reading ---- */

static bool find_pin(struct signer *s, struct adopting *w, struct err *e)
{
	w->pin = home_pin(&s->home, &w->x.deployment);
	if (w->pin == NULL)
		return err_refuse(e, "NOT-PINNED", "the adoption is for a deployment that this machine has not pinned");
	return !w->pin->policy_lost ||
	       err_refuse(e, "POLICY", "no policy is pinned here where one has to be: setgov-signer trust-policy "
			  "POLICY pins the one in force by its phrase first");
}

bool adopting_read(struct signer *s, struct adopting *out, const char *path, struct err *e)
{
	struct span file;
	*out = (struct adopting){0};
	if (!signer_input(s, path, &file, e))
		return false;
	if (!adoption_parse(&s->arena, &out->x, file, e))
		return err_file(e, path, 0);
	if (!find_pin(s, out, e) ||
	    !adoption_fits(&out->x, &out->pin->deployment, out->pin->policy, time_now(), e) || !same_log(s, out, e))
		return false;
	const struct message m = adoption_message(&out->x);
	out->needs = adoption_needs(out->pin->policy, out->x.policy, &out->pin->deployment);
	find_rival(s, out);
	return message_count(&out->n_owners, &out->pin->deployment, &m, out->x.signatures, out->x.n, e);
}

/* ---- shown ---- */

void adopting_names(struct buf *out, const struct adopting *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->pin->deployment.n_people; i++) {
		const struct person *p = &w->pin->deployment.people[i];
		bool has = false;
		for (size_t k = 0; k < w->x.n; k++)
			has |= addr_eq(&w->x.signatures[k].owner, &p->address);
		if (!has)
			continue;
		if (n++ > 0)
			buf_str(out, n == w->n_owners ? " and " : ", ");
		buf_span(out, p->id);
	}
	if (n == 0)
		buf_str(out, "nobody");
}

void adopting_policy(struct buf *out, const struct policy *pinned, const struct policy *p)
{
	struct buf phrase = {0};
	buf_str(out, "\nPOLICY ");
	text_safe(out, p->name, false);
	if (pinned == NULL) {
		buf_str(out, "\nNo policy is pinned here: nothing takes its place.\n");
	} else if (hash32_eq(&pinned->digest, &p->digest)) {
		buf_str(out, "\nIt is pinned here already: nothing changes.\n");
	} else {
		buf_str(out, "\nIt takes the place of ");
		text_safe(out, pinned->name, false);
		buf_str(out, ", which is pinned here. What changes:\n");
		policy_differences(out, pinned, p);
		buf_str(out, "\nWhat it says, whole:\n");
	}
	policy_sentences(out, p);
	words_phrase(&phrase, &p->digest);
	buf_str(out, "  digest      ");
	buf_hex(out, SPAN_HASH(&p->digest));
	buf_fmt(out, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

static void put_expiry(struct buf *out, const struct adopting *w)
{
	if (w->x.expires == 0) {
		buf_str(out, "never");
		return;
	}
	time_format_minute(out, (int64_t)w->x.expires);
	buf_str(out, "; this machine's clock says ");
	time_format_minute(out, time_now().ms / 1000);
}

void adopting_page(struct buf *out, const struct adopting *w)
{
	const struct message m = adoption_message(&w->x);
	struct hash32 digest;
	message_digest(&digest, &w->pin->deployment, &m);
	deployment_banner(out, &w->pin->deployment);
	buf_str(out, "\nA policy's adoption. It moves nothing on chain; it says what may be done to it.\n");
	adopting_policy(out, w->pin->policy, w->x.policy);
	buf_str(out, "  log         ");
	text_safe(out, w->x.origin, false);
	buf_str(out, w->knows_log ? "" : "\n              NOT CHECKED: this machine has signed nothing of this log");
	buf_str(out, "\n  lapses      ");
	put_expiry(out, w);
	buf_str(out, "\n  adoption    0x");
	buf_hex(out, SPAN_HASH(&digest));
	buf_str(out, " (EIP-712)\n  signed by   ");
	adopting_names(out, w);
	buf_fmt(out, "; it takes %zu owners\n", w->needs);
	if (w->rival != NULL) {
		buf_str(out, "  NOTE: this machine signed another policy for the same place before: ");
		text_safe(out, span_str(w->rival), false);
		buf_byte(out, '\n');
	}
}
