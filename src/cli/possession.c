#include "src/cli/possession.h"

#include "audit-log/census.h"
#include "src/base/text.h"
#include "src/evm/address.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

struct attestation possession_asked(const struct workspace *ws, struct span change, const struct addr *account)
{
	return (struct attestation){ .deployment = ws->deployment.id, .origin = log_origin(ws->log), .change = change,
				     .account = *account };
}

/* ---- from the log ---- */

struct telling { struct arena *a; struct facts *out; uint64_t block; };

static bool tell(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	const struct telling *t = ctx;
	struct line l;
	struct span account;
	(void)seq;
	(void)leaf;
	if (!line_parse(t->a, &l, arena_copy(t->a, raw), e))
		return false;
	const struct json *signature = json_find(l.body, "signature");
	if (line_kind_is(&l, "key.attested") && json_get_str(l.body, "account", &account, NULL) && signature != NULL)
		facts_add(t->a, t->out, arena_fmt(t->a, "possession.%s", arena_str(t->a, account)), signature,
			  FACT_CLAIMED, t->block);
	return true;
}

bool possession_facts(struct workspace *ws, struct arena *a, struct facts *out, struct span change, uint64_t block,
		      struct err *e)
{
	struct telling t = { a, out, block };
	return log_each_of_change(ws->log, change, tell, &t, e);
}

static const char *fact_name(struct arena *a, const struct addr *account)
{
	struct buf b = {0};
	buf_str(&b, "possession.");
	addr_format(&b, account);
	const char *name = arena_str(a, buf_view(&b));
	buf_release(&b);
	return name;
}

/* ---- into the log ---- */

static bool add(struct workspace *ws, struct arena *a, const struct attestation *t, struct possession *out,
		struct err *e)
{
	const struct person *who = deployment_person_at(&ws->deployment, &t->account);
	const char *name = fact_name(a, &t->account);
	struct facts known = {0};
	uint8_t bytes[65];
	if (!possession_facts(ws, a, &known, t->change, 0, e))
		return false;
	out->known = facts_find(&known, span_str(name)) != NULL;
	out->change = t->change;
	out->words = arena_fmt(a, "%s %s its key for %.*s", name + sizeof("possession.") - 1,
			       out->known ? "is known to have shown" : "has shown", SHOWN(t->change));
	if (out->known)
		return true;
	struct json *body = json_object(a);
	sig_to_bytes(bytes, &t->sig);
	json_set(body, a, "account", json_addr(a, &t->account));
	json_set(body, a, "deployment", json_bare(a, SPAN_HASH(&t->deployment)));
	json_set(body, a, "origin", json_text(a, t->origin));
	json_set(body, a, "signature", json_0x(a, span_of(bytes, sizeof(bytes))));
	struct line l = workspace_line(ws, "key.attested", t->change, body);
	if (who != NULL) {
		l.actor = who->id;
		l.auth = span_str("signature");
	}
	return log_add_line(ws->log, &l, e);
}

bool possession_take(struct workspace *ws, struct arena *a, const struct signed_message *m, struct possession *out,
		     struct err *why, struct err *e)
{
	const struct census *census;
	struct attestation t;
	if (!attestation_of(&t, m, why) || !attestation_check(&t, &ws->deployment, why))
		return false;
	if (!span_eq(t.origin, log_origin(ws->log)))
		return err_refuse(why, "LOG-OTHER", "it is about another log");
	if (!census_of(ws->log, &census, e))
		return false;
	if (counts_find(&census->changes, t.change) == NULL)
		return err_refuse(why, "CHANGE", "it is for %.*s, which the log does not know", SHOWN(t.change));
	return add(ws, a, &t, out, e);
}

/* ---- a signature and nothing else ---- */

static bool is_for(const struct workspace *ws, const struct change *c, const struct sig *sig, struct span text,
		   struct attestation *out)
{
	struct addr account;
	if (!addr_parse(&account, text, NULL))
		return false;
	*out = possession_asked(ws, c->id, &account);
	out->sig = *sig;
	return attestation_check(out, &ws->deployment, NULL);
}

static bool is_for_change(const struct workspace *ws, const struct change *c, const struct sig *sig,
			  struct attestation *out)
{
	const struct json *actions = c->proposed ? c->proposal.actions : c->draft.actions;
	for (const struct json *x = actions->first; x != NULL; x = x->next) {
		const struct json *args = json_find(x, "args");
		for (const struct json *v = args != NULL ? args->first : NULL; v != NULL; v = v->next)
			if (v->type == JSON_STRING && is_for(ws, c, sig, v->text, out))
				return true;
	}
	return false;
}

bool possession_bare(struct workspace *ws, struct arena *a, const struct changes *all, struct span bytes,
		     struct possession *out, bool *found, struct err *e)
{
	struct attestation t;
	struct sig sig;
	*found = false;
	if (!sig_from_bytes(&sig, bytes, NULL))
		return true;
	for (size_t i = 0; i < all->n && !*found; i++)
		*found = !all->v[i].withdrawn && !all->v[i].steps[STEP_EXECUTE].mined &&
			 is_for_change(ws, &all->v[i], &sig, &t);
	return !*found || add(ws, a, &t, out, e);
}
