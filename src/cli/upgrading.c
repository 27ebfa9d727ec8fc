#include "src/cli/upgrading.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/chain/upgrade.h"
#include "src/cli/offering.h"
#include "src/cli/previewing.h"
#include "src/crypto/keccak.h"
#include "src/evm/address.h"
#include "src/gov/layout.h"

/* ---- the list of releases ---- */

bool upgrading_releases(struct workspace *ws, struct arena *a, const struct releases **out, struct err *e)
{
	struct offering x;
	*out = NULL;
	if (!offering_read(ws, a, ADOPT_RELEASES, &x, e))
		return false;
	if (x.now.current != NULL)
		*out = x.now.current->releases;
	return true;
}

/* ---- facts ---- */

struct finding {
	const struct upgrading *u;
	struct arena *a;
	struct facts *out;
	const struct releases *releases;      /* or NULL */
	struct upgrade *v;
	size_t n;
};

static void add(struct finding *f, const char *name, const struct json *value)
{
	facts_add(f->a, f->out, name, value, FACT_CLAIMED, f->u->block);
}

static const char *address_text(struct finding *f, const struct addr *at)
{
	struct buf b = {0};
	addr_format(&b, at);
	const char *text = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

static struct json *hash_or_null(struct finding *f, bool there, const struct hash32 *h)
{
	return there ? json_0x(f->a, SPAN_HASH(h)) : json_null(f->a);
}

static void add_code(struct finding *f, const struct upgrade *u)
{
	const char *at = address_text(f, &u->implementation);
	struct hash32 code, metadata = {{0}};
	const bool has_metadata = upgrade_metadata(&metadata, u->code);
	keccak256(&code, u->code);
	add(f, arena_fmt(f->a, "code-hash.%s", at), hash_or_null(f, u->code.n > 0, &code));
	add(f, arena_fmt(f->a, "metadata.%s", at), hash_or_null(f, has_metadata, &metadata));
	add(f, arena_fmt(f->a, "uuid.%s", at), hash_or_null(f, u->has_uuid, &u->uuid));
	add(f, arena_fmt(f->a, "initialized.%s", at), json_str(f->a, arena_fmt(f->a, "%" PRIu64, u->initialized)));
	if (!addr_is_zero(&u->current))
		add(f, arena_fmt(f->a, "implementation.%.*s", (int)u->proxy->name.n, (const char *)u->proxy->name.p),
		    json_addr(f->a, &u->current));
}

/* ---- layouts ---- */

static const struct layout *layout_of(struct finding *f, const struct release *x, struct json *missing)
{
	struct buf b = {0};
	struct err e = {0};
	struct hash32 digest;
	const struct json *doc = NULL;
	if (log_blob(f->u->ws->log, &x->layout, &b, NULL, &e))
		doc = json_parse(f->a, arena_copy(f->a, buf_view(&b)), &e);
	buf_release(&b);
	const struct layout *l = doc != NULL && layout_digest(&digest, doc, &e) && hash32_eq(&digest, &x->layout)
				 ? layout_parse(f->a, doc, &e) : NULL;
	err_clear(&e);
	if (l == NULL)
		json_push(missing, json_bare(f->a, SPAN_HASH(&x->layout)));
	return l;
}

static struct json *release_json(struct finding *f, const struct release *x)
{
	return x == NULL ? json_null(f->a)
			 : json_str(f->a, arena_fmt(f->a, "%.*s %.*s", (int)x->contract.n, (const char *)x->contract.p,
						    (int)x->version.n, (const char *)x->version.p));
}

/* Going back, what the newer code appended is left behind: it is enough that it had broken nothing. */
static void compare(struct finding *f, struct json *breaks, const struct layout *from, const struct layout *to)
{
	const bool back = f->u->change->rollback_of.n > 0;
	struct layout_findings found;
	layout_compare(f->a, &found, back ? to : from, back ? from : to);
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].breaks)
			json_push(breaks, json_str(f->a, arena_fmt(f->a, "%s %s", layout_kind_name(found.v[i].kind),
								   found.v[i].text)));
}

static const struct release *release_at(struct finding *f, struct span code)
{
	struct hash32 hash;
	keccak256(&hash, code);
	return f->releases != NULL && code.n > 0 ? releases_code(f->releases, &hash) : NULL;
}

static bool add_layout(struct finding *f, const struct upgrade *u, const char *name, struct err *e)
{
	struct json *o = json_object(f->a), *breaks = json_array(f->a), *missing = json_array(f->a);
	struct span now;
	if (!chain_code(f->u->chain, f->a, &u->current, &now, e))
		return false;
	const struct release *from = release_at(f, now), *to = release_at(f, u->code);
	const struct layout *old = from != NULL ? layout_of(f, from, missing) : NULL;
	const struct layout *new = to != NULL ? layout_of(f, to, missing) : NULL;
	if (old != NULL && new != NULL)
		compare(f, breaks, old, new);
	json_set(o, f->a, "breaks", breaks);
	json_set(o, f->a, "from", release_json(f, from));
	json_set(o, f->a, "missing", missing);
	json_set(o, f->a, "to", release_json(f, to));
	add(f, name, o);
	return true;
}

/* ---- the way back ---- */

/* What the rollback makes of this contract. */
static bool goes_back_to(struct finding *f, struct json **out, const struct change *c, const struct contract *proxy,
			 struct err *e)
{
	const struct proposal *p = c->proposed ? &c->proposal : &c->draft;
	struct calls calls;
	bool direct;
	size_t n;
	*out = json_null(f->a);
	if (!actions_compile(f->a, &calls, &direct, &f->u->ws->pin, p->actions, e))
		return false;
	const struct upgrade *v = upgrades_of(f->a, &n, calls, &f->u->ws->deployment);
	for (size_t i = 0; i < n; i++)
		if (v[i].proxy == proxy)
			*out = json_addr(f->a, &v[i].implementation);
	return true;
}

/* The change that is drafted for it, as it reads now. */
static bool drafted_rollback(struct finding *f, struct json *o, const struct upgrade *u, struct err *e)
{
	const struct change *c = f->u->change;
	struct json *to = json_null(f->a);
	struct change back;
	if (c->rollback.n > 0) {
		if (!workspace_change(f->u->ws, f->a, arena_str(f->a, c->rollback), &back, e) ||
		    (!back.withdrawn && !goes_back_to(f, &to, &back, u->proxy, e)))
			return false;
	}
	json_set(o, f->a, "change", c->rollback.n > 0 ? json_text(f->a, c->rollback) : json_null(f->a));
	json_set(o, f->a, "implementation", to);
	return true;
}

static bool add_rollback(struct finding *f, const struct upgrade *u, const char *name, struct err *e)
{
	const struct change *c = f->u->change;
	struct json *o = json_object(f->a);
	if (c->rollback_of.n > 0) {
		json_set(o, f->a, "of", json_text(f->a, c->rollback_of));
	} else if (!f->u->proposed) {          /* proposing drafts it */
		json_set(o, f->a, "change", json_null(f->a));
		json_set(o, f->a, "implementation", json_addr(f->a, &u->current));
	} else if (!drafted_rollback(f, o, u, e)) {
		return err_in(e, "rollback");
	}
	add(f, name, o);
	return true;
}

/* ---- the simulation ---- */

static void push_effect(struct finding *f, struct json *list, const struct effect *x)
{
	struct buf b = {0};
	buf_str(&b, x->name);
	if (x->after.p != NULL) {
		buf_str(&b, " ");
		text_safe(&b, x->before.p != NULL ? x->before : span_str("no answer"), false);
		buf_str(&b, " -> ");
		text_safe(&b, x->after, false);
	}
	json_push(list, json_text(f->a, arena_copy(f->a, buf_view(&b))));
	buf_release(&b);
}

static bool add_preview(struct finding *f, struct err *e)
{
	struct json *o = json_object(f->a), *lost = json_array(f->a), *other = json_array(f->a),
		    *wrong = json_array(f->a);
	struct effects x;
	if (!previewing_run(f->u->ws, f->u->chain, f->a, f->u->change, NULL, &x, e))
		return err_in(e, "preview");
	for (size_t i = 0; x.ran && i < x.n; i++) {
		if (x.v[i].before.p != NULL && x.v[i].after.p == NULL)
			push_effect(f, lost, &x.v[i]);
		else if (x.v[i].kind == EFFECT_UNINTENDED)
			push_effect(f, other, &x.v[i]);
		else if (x.v[i].kind == EFFECT_WRONG)
			push_effect(f, wrong, &x.v[i]);
	}
	json_set(o, f->a, "failed", x.ran ? json_null(f->a) : json_str(f->a, x.failed));
	json_set(o, f->a, "lost", lost);
	json_set(o, f->a, "unintended", other);
	json_set(o, f->a, "wrong", wrong);
	add(f, "preview", o);
	return true;
}

/* ---- all of it ---- */

static bool is_asked(const struct policy *p)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].kind == RULE_UPGRADE || (p->rules[i].kind == RULE_CODE && p->rules[i].releases))
			return true;
	return false;
}

/* The upgrades of one action are those of its calls: facts are named by the action. */
static bool add_action(struct finding *f, size_t i, const struct json *action, struct err *e)
{
	struct json *one = json_array(f->a);
	struct calls calls;
	bool direct;
	size_t n;
	json_push(one, json_copy(f->a, action));
	if (!actions_compile(f->a, &calls, &direct, &f->u->ws->pin, one, e))
		return false;
	struct upgrade *v = upgrades_of(f->a, &n, calls, &f->u->ws->deployment);
	if (!chain_upgrades(f->u->chain, f->a, v, n, e))
		return false;
	for (size_t k = 0; k < n; k++) {
		add_code(f, &v[k]);
		if (!add_layout(f, &v[k], arena_fmt(f->a, "action[%zu].layout", i), e) ||
		    !add_rollback(f, &v[k], arena_fmt(f->a, "action[%zu].rollback", i), e))
			return false;
	}
	return true;
}

bool upgrading_facts(const struct upgrading *u, struct arena *a, struct facts *out, struct err *e)
{
	struct finding f = { .u = u, .a = a, .out = out };
	size_t i = 0;
	f.v = upgrades_of(a, &f.n, u->proposal->calls, &u->ws->deployment);
	if (f.n == 0 || !is_asked(u->policy))
		return true;
	if (!upgrading_releases(u->ws, a, &f.releases, e))
		return false;
	if (f.releases != NULL)
		add(&f, "releases", f.releases->doc);
	for (const struct json *v = u->proposal->actions->first; v != NULL; v = v->next, i++)
		if (!add_action(&f, i, v, e))
			return false;
	return add_preview(&f, e);
}
