/* trust: pins a deployment after a person has read it and compared its phrase with somebody else's. */
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/gov/catalogue.h"
#include "src/gov/units.h"
#include "src/signer/hearing.h"

static void put_address(struct buf *out, const struct addr *a)
{
	addr_format(out, a);
}

static void page(struct buf *out, const struct deployment *d)
{
	struct buf phrase = {0};
	words_phrase(&phrase, &d->id);
	deployment_banner(out, d);
	buf_fmt(out, "\n  chain id    %llu\n  genesis     0x", (unsigned long long)d->chain_id);
	buf_hex(out, SPAN_HASH(&d->genesis));
	buf_str(out, "\n  Safe        ");
	put_address(out, &d->safe);
	buf_str(out, " version ");
	text_safe(out, d->safe_version, false);
	buf_fmt(out, "\n  threshold   %llu of %zu owners sign", (unsigned long long)d->threshold, deployment_owners(d));
	buf_str(out, "\n  timelock    ");
	put_address(out, &d->timelock);
	buf_str(out, "\n  contracts\n");
	for (size_t i = 0; i < d->n_contracts; i++) {
		buf_fmt(out, "    %-14.*s ", text_shown(d->contracts[i].name),
			(const char *)d->contracts[i].name.p);
		put_address(out, &d->contracts[i].address);
		buf_fmt(out, " %.*s\n", text_shown(d->contracts[i].abi), (const char *)d->contracts[i].abi.p);
	}
	buf_str(out, "  people\n");
	for (size_t i = 0; i < d->n_people; i++) {
		buf_fmt(out, "    %-14.*s ", text_shown(d->people[i].id), (const char *)d->people[i].id.p);
		put_address(out, &d->people[i].address);
		buf_fmt(out, "%s\n", d->people[i].owner ? " owner of the Safe" : "");
	}
	buf_str(out, "  a transaction costs at most ");
	wei_format(out, &d->caps.max_fee);
	buf_str(out, " a gas, of which ");
	wei_format(out, &d->caps.max_priority);
	buf_fmt(out, " for the block's maker, and %llu gas\n", (unsigned long long)d->caps.gas);
	buf_str(out, "  id          ");
	buf_hex(out, SPAN_HASH(&d->id));
	buf_fmt(out, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

/* ---- what changes ---- */

static void differences(struct buf *out, const struct json *old, const struct json *new, const char *name);

static void one_difference(struct buf *out, const struct json *old, const struct json *new, const char *name,
			   struct span key)
{
	struct buf path = {0};
	buf_fmt(&path, "%s%s%.*s", name, name[0] != '\0' ? "." : "", text_shown(key), (const char *)key.p);
	differences(out, old, new, buf_cstr(&path));
	buf_release(&path);
}

static const struct json *member(const struct json *object, struct span key)
{
	for (const struct json *v = object->first; v != NULL; v = v->next)
		if (span_eq(v->name, key))
			return v;
	return NULL;
}

static void object_differences(struct buf *out, const struct json *old, const struct json *new,
			       const char *name)
{
	for (const struct json *v = old->first; v != NULL; v = v->next)
		one_difference(out, v, member(new, v->name), name, v->name);
	for (const struct json *v = new->first; v != NULL; v = v->next)
		if (member(old, v->name) == NULL)
			one_difference(out, NULL, v, name, v->name);
}

static const struct json *person_of(const struct json *people, struct span id)
{
	struct span found;
	for (const struct json *v = people->first; v != NULL; v = v->next)
		if (json_get_str(v, "id", &found, NULL) && span_eq(found, id))
			return v;
	return NULL;
}

/* People by their ids, wherever they stand in the list. */
static void people_differences(struct buf *out, const struct json *old, const struct json *new,
			       const char *name)
{
	struct span id;
	for (const struct json *v = old->first; v != NULL; v = v->next)
		if (json_get_str(v, "id", &id, NULL))
			one_difference(out, v, person_of(new, id), name, id);
	for (const struct json *v = new->first; v != NULL; v = v->next)
		if (json_get_str(v, "id", &id, NULL) && person_of(old, id) == NULL)
			one_difference(out, NULL, v, name, id);
}

static void value_line(struct buf *out, const char *label, const struct json *v)
{
	struct buf text = {0};
	if (v != NULL)
		json_canonical(&text, v);
	else
		buf_str(&text, "(nothing)");
	buf_fmt(out, "    %s  ", label);
	text_safe(out, buf_view(&text), false);
	buf_byte(out, '\n');
	buf_release(&text);
}

/* Field by field, wherever canonical bytes differ. */
static void differences(struct buf *out, const struct json *old, const struct json *new, const char *name)
{
	if (old != NULL && new != NULL && json_same(old, new))
		return;
	if (old != NULL && new != NULL && old->type == JSON_OBJECT && new->type == JSON_OBJECT) {
		object_differences(out, old, new, name);
		return;
	}
	if (old != NULL && new != NULL && strcmp(name, "people") == 0) {
		people_differences(out, old, new, name);
		return;
	}
	buf_fmt(out, "  %s\n", name);
	value_line(out, "old", old);
	value_line(out, "new", new);
}

/* The pins that this one takes the place of: the same chain, and the same Safe or the same name. */
static bool replaces(const struct pin *p, const struct deployment *d)
{
	return p->deployment.chain_id == d->chain_id && !hash32_eq(&p->deployment.id, &d->id) &&
	       (addr_eq(&p->deployment.safe, &d->safe) ||
		(span_eq(p->deployment.name, d->name) && p->deployment.class == d->class));
}

static bool check_class(const struct signer *s, const struct deployment *d, struct err *e)
{
	for (size_t i = 0; i < s->home.n_pins; i++) {
		const struct deployment *p = &s->home.pins[i].deployment;
		if (p->chain_id == d->chain_id && addr_eq(&p->safe, &d->safe) && p->class != d->class)
			return err_refuse(e, "CLASS", "this Safe is pinned as %s: it cannot be %s too",
					  deployment_class_name(p->class), deployment_class_name(d->class));
	}
	return true;
}

/* The journal's line, then the pin; the same for each that it takes the place of. */
static bool pin_it(struct signer *s, const struct deployment *d, const struct pin *old, struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "class", json_str(a, deployment_class_name(d->class)));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&d->id)));
	json_set(body, a, "name", json_text(a, d->name));
	if (old != NULL)
		json_set(body, a, "replaces", json_bare(a, SPAN_HASH(&old->deployment.id)));
	return journal_add(&s->journal, old != NULL ? "pin.replaced" : "pin.added", span_of(NULL, 0), body,
			   e) &&
	       home_add_pin(&s->home, d, old, e);
}

/* A pin counts while the journal says so: the newest line that speaks of it made it, and did not replace it. */
void pins_check(struct signer *s)
{
	size_t n = 0;
	for (size_t k = 0; k < s->home.n_pins; k++) {
		const struct hash32 *id = &s->home.pins[k].deployment.id;
		bool live = false;
		for (size_t i = 0; i < s->journal.n; i++) {
			const struct line *l = &s->journal.lines[i];
			struct hash32 h;
			if (!line_kind_is(l, "pin.added") && !line_kind_is(l, "pin.replaced"))
				continue;
			if (json_get_bare_hash(l->body, "deployment", &h, NULL) && hash32_eq(&h, id))
				live = true;
			else if (json_get_bare_hash(l->body, "replaces", &h, NULL) && hash32_eq(&h, id))
				live = false;
		}
		if (live)
			s->home.pins[n++] = s->home.pins[k];
		else
			fprintf(stderr,
				"setgov-signer: %s is not a pin that the journal has: it does not count\n",
				s->home.pins[k].path);
	}
	s->home.n_pins = n;
}

static bool read_profile(struct signer *s, struct deployment *d, struct err *e)
{
	struct pinned pin;
	struct span file;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	if (!deployment_parse(&s->arena, d, file, e) || !pinned_builtin(&s->arena, &pin, d, e))
		return err_file(e, s->args[0], 0);
	return signer_may_serve(s, d->class, e);
}

bool verb_trust(struct signer *s, struct err *e)
{
	struct deployment d;
	size_t old = 0;
	if (!read_profile(s, &d, e) || !check_class(s, &d, e))
		return false;
	page(&s->text, &d);
	const bool known = home_pin(&s->home, &d.id) != NULL;
	for (size_t i = 0; i < s->home.n_pins; i++)
		if (replaces(&s->home.pins[i], &d)) {
			old++;
			buf_str(&s->text, "It takes the place of a pinned deployment. What changes:\n");
			differences(&s->text, s->home.pins[i].deployment.identity, d.identity, "");
		}
	if ((!known || old > 0 || signer_flag(s, "--expect")) && !hearing_confirm(s, &d.id, "deployment", "ID", e))
		return false;
	for (size_t i = 0; i < s->home.n_pins; i++)
		if (replaces(&s->home.pins[i], &d) && !pin_it(s, &d, &s->home.pins[i], e))
			return false;
	if (!known && old == 0 && !pin_it(s, &d, NULL, e))
		return false;
	buf_str(&s->text, known ? "This deployment is pinned already.\n"
				: "Pinned: Safe, chain, contracts and people come from here from now on.\n");
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "deployment", json_bare(&s->arena, SPAN_HASH(&d.id)));
	return true;
}
