/* trust: pins a deployment after a person has read it and compared its phrase with somebody else's. */
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/gov/catalogue.h"
#include "src/gov/units.h"
#include "src/signer/signer.h"

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
	buf_fmt(out, " a gas, %llu gas\n", (unsigned long long)d->caps.gas);
	buf_str(out, "  id          ");
	buf_hex(out, SPAN_HASH(&d->id));
	buf_fmt(out, "\n  phrase      %s\n", buf_cstr(&phrase));
	buf_release(&phrase);
}

/* Field by field, wherever canonical bytes differ. */
static void differences(struct buf *out, const struct json *old, const struct json *new, const char *name,
			size_t depth)
{
	struct buf a = {0}, b = {0};
	if (old != NULL && new != NULL && json_same(old, new))
		return;
	if (old != NULL && new != NULL && old->type == new->type && old->type == JSON_OBJECT && depth < 3) {
		for (const struct json *v = old->first; v != NULL; v = v->next) {
			struct buf path = {0}, key = {0};
			buf_span(&key, v->name);
			buf_fmt(&path, "%s%s%s", name, name[0] != '\0' ? "." : "", buf_cstr(&key));
			differences(out, v, json_find(new, buf_cstr(&key)), buf_cstr(&path), depth + 1);
			buf_release(&path);
			buf_release(&key);
		}
		for (const struct json *v = new->first; v != NULL; v = v->next) {
			struct buf path = {0}, key = {0};
			buf_span(&key, v->name);
			if (json_find(old, buf_cstr(&key)) == NULL) {
				buf_fmt(&path, "%s%s%s", name, name[0] != '\0' ? "." : "", buf_cstr(&key));
				differences(out, NULL, v, buf_cstr(&path), depth + 1);
			}
			buf_release(&path);
			buf_release(&key);
		}
		return;
	}
	if (old != NULL)
		json_canonical(&a, old);
	if (new != NULL)
		json_canonical(&b, new);
	buf_fmt(out, "  %s\n    old  ", name);
	text_safe(out, old != NULL ? buf_view(&a) : span_str("(nothing)"), false);
	buf_str(out, "\n    new  ");
	text_safe(out, new != NULL ? buf_view(&b) : span_str("(nothing)"), false);
	buf_byte(out, '\n');
	buf_release(&a);
	buf_release(&b);
}

/* The pin that this one takes the place of: the same chain, and the same Safe or the same name. */
static bool find_replaced(const struct signer *s, const struct deployment *d, const struct pin **out,
			  struct err *e)
{
	*out = NULL;
	for (size_t i = 0; i < s->home.n_pins; i++) {
		const struct deployment *p = &s->home.pins[i].deployment;
		const bool same_safe = p->chain_id == d->chain_id && addr_eq(&p->safe, &d->safe);
		if (same_safe && p->class != d->class)
			return err_refuse(e, "CLASS", "this Safe is pinned as %s: it cannot be %s too",
					  deployment_class_name(p->class), deployment_class_name(d->class));
		if (same_safe ||
		    (p->chain_id == d->chain_id && span_eq(p->name, d->name) && p->class == d->class))
			*out = &s->home.pins[i];
	}
	return true;
}

static struct span word_at(struct span phrase, size_t i)
{
	size_t start = 0;
	for (size_t k = 0; k <= phrase.n; k++)
		if (k == phrase.n || phrase.p[k] == ' ') {
			if (i-- == 0)
				return span_of(phrase.p + start, k - start);
			start = k + 1;
		}
	return span_of(NULL, 0);
}

/* Read from another source than this screen: a call, a sheet, another machine. Or the whole id, by --expect. */
static bool confirm(struct signer *s, const struct deployment *d, struct err *e)
{
	const char *expect = signer_option(s, "--expect");
	struct hash32 id;
	struct buf phrase = {0}, first = {0}, last = {0};
	if (expect != NULL) {
		if (!hex_bare(id.b, sizeof(id.b), span_str(expect), e))
			return err_in(e, "--expect");
		return hash32_eq(&id, &d->id) ||
		       err_refuse(e, "EXPECT", "--expect names another deployment than this file is");
	}
	if (!terminal_is_there(&s->terminal))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "nobody is at a terminal: scripts give --expect ID");
	words_phrase(&phrase, &d->id);
	terminal_say(&s->terminal,
		     "%s\nRead the phrase from another source than this machine: from the other owners.\n",
		     buf_cstr(&s->text));
	bool ok = terminal_ask(&s->terminal, "Its first word: ", &first, e) &&
		  terminal_ask(&s->terminal, "Its last word:  ", &last, e);
	if (ok && (!span_eq(buf_view(&first), word_at(buf_view(&phrase), 0)) ||
		   !span_eq(buf_view(&last), word_at(buf_view(&phrase), WORDS_IN_PHRASE - 1))))
		ok = err_refuse(e, "PHRASE",
				"these are not the words of this deployment's phrase: do not trust the file, "
				"call somebody");
	if (ok)
		buf_clear(&s->text);
	buf_release(&phrase);
	buf_release(&first);
	buf_release(&last);
	return ok;
}

static bool log_pin(struct signer *s, const struct deployment *d, const struct pin *old, struct err *e)
{
	struct arena *a = &s->arena;
	struct json *body = json_object(a);
	json_set(body, a, "class", json_str(a, deployment_class_name(d->class)));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&d->id)));
	json_set(body, a, "name", json_text(a, d->name));
	if (old != NULL)
		json_set(body, a, "replaces", json_bare(a, SPAN_HASH(&old->deployment.id)));
	return journal_add(&s->journal, old != NULL ? "pin.replaced" : "pin.added", span_of(NULL, 0), body, e);
}

bool verb_trust(struct signer *s, struct err *e)
{
	struct deployment d;
	struct pinned pin;
	const struct pin *old;
	struct span file;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	if (!deployment_parse(&s->arena, &d, file, e) || !pinned_builtin(&s->arena, &pin, &d, e))
		return err_file(e, s->args[0], 0);
	if (d.class == CLASS_PRODUCTION && !s->landlocked)
		return err_refuse(e, "SANDBOX",
				  "this kernel has no Landlock: a production deployment is not served here");
	s->result = json_object(&s->arena);
	json_set(s->result, &s->arena, "deployment", json_bare(&s->arena, SPAN_HASH(&d.id)));
	page(&s->text, &d);
	if (home_pin(&s->home, &d.id) != NULL) {
		buf_str(&s->text, "This deployment is pinned already.\n");
		return true;
	}
	if (!find_replaced(s, &d, &old, e))
		return false;
	if (old != NULL) {
		buf_str(&s->text, "It takes the place of a pinned deployment. What changes:\n");
		differences(&s->text, old->deployment.identity, d.identity, "", 0);
	}
	if (!confirm(s, &d, e) || !log_pin(s, &d, old, e) || !home_add_pin(&s->home, &d, old, e))
		return false;
	buf_str(&s->text, "Pinned: Safe, chain, contracts and people come from here from now on.\n");
	return true;
}
