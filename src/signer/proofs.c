#include "src/signer/proofs.h"

#include <inttypes.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/base/time.h"

/* ---- checking ---- */

/* The hash that a person has from elsewhere. */
static bool compare_hash(struct signer *s, struct review_proofs *v, struct err *e)
{
	const char *text = s->block_hash != NULL ? s->block_hash : signer_option(s, "--block-hash");
	struct hash32 given;
	struct buf found = {0};
	if (text == NULL)
		return true;
	if (!hex_fixed(given.b, 32, span_str(text), e))
		return err_in(e, "--block-hash");
	if (!v->there)
		return err_refuse(e, "BLOCK-HASH",
				  "the packet carries no state proofs: there is nothing to hold it against");
	v->hash_given = hash32_eq(&given, &v->proven.header.hash);
	buf_0xhex(&found, SPAN_HASH(&v->proven.header.hash));
	if (!v->hash_given)
		err_refuse(e, "BLOCK-HASH", "the proofs are about block %" PRIu64 " with the hash %s, not about the "
			   "block whose hash you gave", v->proven.header.number, buf_cstr(&found));
	buf_release(&found);
	return v->hash_given;
}

bool proofs_open(struct signer *s, struct review_proofs *out, const struct packet *p, const struct checked_packet *c,
		 const struct pinned *pin, struct err *e)
{
	const struct hash32 *operation = c->proposal.route == ROUTE_TIMELOCK ? &c->operation_id : NULL;
	*out = (struct review_proofs){0};
	if (!carried_proofs(&s->arena, &out->proven, &out->facts, &out->there, pin, p, c, e))
		return false;
	if (out->there && !proven_values(&s->arena, &out->values, &out->n, &out->proven, pin, c->proposal.actions,
					 c->proposal.calls, operation, e))
		return err_in(e, "evidence");
	return compare_hash(s, out, e);
}

/* ---- showing ---- */

static bool is_listed(const struct addr *v, size_t n, const struct addr *who)
{
	for (size_t i = 0; i < n; i++)
		if (addr_eq(&v[i], who))
			return true;
	return false;
}

/* The owners here are the profile's; the chain's may be others. */
static void owners(struct arena *a, struct paper *out, const struct review_proofs *v, const struct deployment *d)
{
	const struct addr *list;
	size_t n, known = 0;
	if (!proven_list(a, &list, &n, &v->proven, &d->safe, false))
		return;
	for (size_t i = 0; i < d->n_people; i++)
		known += d->people[i].owner && is_listed(list, n, &d->people[i].address);
	if (known != n || known != deployment_owners(d))
		paper_line(out, STYLE_BAD, 2,
			   "THE SAFE'S OWNERS ARE NOT THOSE OF THE PINNED PROFILE: compare them below.");
}

static void nonces(struct paper *out, const struct review_proofs *v, const struct checked_packet *c,
		   const struct deployment *d)
{
	uint64_t proven, mine;
	if (!proven_number(v->values, v->n, &d->safe, "nonce()", &proven))
		return;
	for (size_t i = 0; i < c->n_steps; i++)
		if (u256_fits_u64(&c->steps[i].tx.nonce, &mine) && mine < proven)
			paper_line(out, STYLE_BAD, 2, "NONCE %" PRIu64 " OF STEP %s IS SPENT: the Safe is at %" PRIu64
				   ", this can never run.", mine, step_name(c->steps[i].step), proven);
}

void proofs_write(struct arena *a, struct paper *out, const struct review_proofs *v, const struct checked_packet *c,
		  const struct deployment *d)
{
	const struct header *h = &v->proven.header;
	struct buf at = {0}, hash = {0};
	if (!v->there)
		return;
	time_format_minute(&at, (int64_t)h->time);
	buf_0xhex(&hash, SPAN_HASH(&h->hash));
	paper_title(out, v->hash_given ? "PROVEN: the chain's state" : "The chain's state, by proofs checked here");
	paper_line(out, STYLE_TEXT, 2, "True in block %" PRIu64 " (time %s) if its hash is", h->number, buf_cstr(&at));
	paper_span(out, STYLE_HASH, 4, buf_view(&hash));
	if (v->hash_given)
		paper_line(out, STYLE_GOOD, 2, "That is the hash you gave.");
	else
		paper_line(out, STYLE_WARN, 2, "Nobody gave this machine that hash: not proven yet. Read it from "
			   "another source than this packet and give it: key b on this screen, or --block-hash.");
	owners(a, out, v, d);
	nonces(out, v, c, d);
	for (size_t i = 0; i < v->n; i++) {
		paper_begin(out, 2, 6);
		paper_add(out, STYLE_DIM, "%s: ", v->values[i].name);
		paper_add_span(out, STYLE_TEXT, span_str(v->values[i].text));
		paper_end(out);
	}
	buf_release(&at);
	buf_release(&hash);
}

struct json *proofs_to_json(struct arena *a, const struct review_proofs *v)
{
	struct json *o, *block, *values;
	if (!v->there)
		return json_null(a);
	o = json_object(a);
	block = json_object(a);
	values = json_array(a);
	json_set(block, a, "hash", json_0x(a, SPAN_HASH(&v->proven.header.hash)));
	json_set(block, a, "number", json_u64(a, v->proven.header.number));
	json_set(block, a, "time", json_u64(a, v->proven.header.time));
	for (size_t i = 0; i < v->n; i++) {
		struct json *one = json_object(a);
		json_set(one, a, "name", json_str(a, v->values[i].name));
		json_set(one, a, "value", json_str(a, v->values[i].text));
		json_push(values, one);
	}
	json_set(o, a, "block", block);
	json_set(o, a, "source", json_str(a, v->hash_given ? "proven" : "proven if the hash is right"));
	json_set(o, a, "values", values);
	return o;
}
